"""The standard of on-request services where a card cannot show it: pages, offices side by side, large numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine import open_case, perform, sampling
from guanjia.engine.adopting import adopt
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.estate.models import Office, Unit
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import DAY_ONE, Stage, build
from guanjia.policy import quotas
from guanjia.policy import sampling as drawing
from guanjia.policy.compiled import Adopted
from guanjia.policy.loader import compile_text, read
from guanjia.reports import monthly
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TEXT = read(Path(settings.MANUALS_ROOT) / "home-service")
SERVICE = {
    "unit": "3-2-1502", "contact_name": "王秀兰", "matter": "打扫两间卧室", "timing": "appointment",
    "appointment_at": "2026-03-05 09:00", "price": "120", "service_kind": "housekeeping", "service": "日常清洁",
}  # fmt: skip


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT], {}, on("02-27 09:00"))


def browser(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Client:
    monkeypatch.setattr(clock, "now", lambda: now)
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def ordered(stage: Stage, at: str = "03-02 09:00", **more: object) -> Case:
    clerk = stage.person("receptionist")
    return open_case(stage.office, "paid_service", actor=clerk, at=on(at), data={**SERVICE, **more}).case


@pytest.mark.rule("S002-1-0")
def test_the_page_of_the_manual_names_its_source(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    client = browser(stage, "receptionist", monkeypatch, on("03-02 09:00"))
    response = client.get(reverse("manual", args=["home-service", "2026.1"]))
    page = response.content.decode()
    for word in ("特约服务作业标准", "VW/ZY/YW/KH3/07(B)", "7.5.1"):
        assert word in page


@pytest.mark.rule("S002-1-2")
def test_each_centre_sees_its_own_and_the_department_all_of_them(stage: Stage) -> None:
    at = on("03-02 10:00")
    version = adoption.versions("home-service")[0]
    figures = adoption.figures(stage.office)["home-service"]
    quality = staff.create_user("dept", "业务管理部的人")
    staff.give_post(quality, "quality", company=stage.office.company, since=DAY_ONE)
    numbers = {"card": ordered(stage).number}
    clerks = {"card": stage.person("receptionist")}
    for code in ("b", "c"):
        office = estate.create_office(stage.office.company, code, f"{code}处", f"{code}园")
        adopt(office, version, at=on("03-01 09:00"), figures=figures)
        building = estate.create_building(office, "1")
        unit = estate.create_unit(building, "0101", floor=1, on=DAY_ONE)
        clerks[code] = staff.create_user(f"clerk-{code}", f"{code}处接待")
        staff.give_post(clerks[code], "receptionist", office=office, since=DAY_ONE)
        for _turn in range(1 if code == "b" else 2):
            data = {**SERVICE, "unit": unit.code}
            done = open_case(office, "paid_service", actor=clerks[code], at=on("03-02 09:00"), data=data)
            numbers[code] = done.case.number
    third = numbers["c"]  # TY2603-0002 is given by the third centre alone
    assert cases.case_for(clerks["c"], third, at).office.code == "c"
    assert cases.case_for(quality, third, at).office.code == "c"
    for code in ("card", "b"):
        with pytest.raises(Problem) as caught:
            cases.case_for(clerks[code], third, at)
        assert caught.value.code == "NOT_FOUND"
        assert cases.case_for(clerks[code], numbers[code], at).office.code == code
    with pytest.raises(Problem) as caught:
        cases.case_for(quality, numbers["b"], at)
    assert caught.value.code == "CASE_AMBIGUOUS", "it sees that number in all three"


@pytest.mark.rule("S002-1-5.2.2h")
@pytest.mark.rule("S002-1-5.2.6")
def test_the_worker_reads_the_conduct_beside_the_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ordered(stage)
    clerk, worker = stage.person("receptionist"), stage.person("technician")
    perform(case, "dispatch", actor=clerk, at=on("03-02 09:05"), data={"server": worker.pk})
    perform(case, "depart", actor=worker, at=on("03-05 08:40"), data={})
    client = browser(stage, "technician", monkeypatch, on("03-05 08:50"))
    page = client.get(reverse("field-job", args=[case.number])).content.decode()
    assert "服务及时，不拖沓。" in page
    assert "只用对讲机或居家对讲" in page
    assert "约定时间" in page and "09:00" in page
    perform(case, "arrive", actor=worker, at=on("03-05 09:00"), data={})
    client = browser(stage, "technician", monkeypatch, on("03-05 09:15"))
    page = client.get(reverse("field-job", args=[case.number])).content.decode()
    assert "服务及时，不拖沓。" in page and "已 00:15" in page


@pytest.mark.rule("S002-1-5.4.3b", "S002-1-5.4.3c", "S002-1-5.4.3d")
@pytest.mark.parametrize(
    ("served", "needed"),
    [(305, 31), (301, 31), (300, 60), (118, 24), (100, 20), (99, 30), (45, 14), (1, 1), (0, 0)],
)
def test_how_many_households_are_asked(served: int, needed: int) -> None:
    assert quotas.needed(follow_up_sample({}), served) == needed


@pytest.mark.rule("S002-1-5.4.3b", "S002-1-5.4.3c")
def test_the_edges_of_the_bands_are_the_office_s_own() -> None:
    own = follow_up_sample({"below_middle": "100", "middle_top": "299"})
    assert quotas.needed(own, 100) == 30
    assert quotas.needed(own, 300) == 30


def follow_up_sample(figures: dict[str, str]) -> quotas.Quota:
    """The quota of the manual as an office with these figures has it."""
    manual = compile_text(TEXT)
    quota = next(one for one in manual.manual.quota if one.key == "follow_up_sample")
    return quotas.resolved(quota, Adopted(manual, figures))


def homes(office: Office, count: int) -> list[Unit]:
    """So many further units, quickly."""
    building = estate.create_building(office, "9")
    found = [
        Unit(
            office=office, building=building, code=f"9-1-{n:04d}", number=f"{n:04d}", stair="1", name=f"9栋1单元{n:04d}"
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    return Unit.objects.bulk_create(found)


def written(stage: Stage, units: Iterable[Unit], **facts: object) -> list[Case]:
    """A finished service in March for each unit, as the engine leaves it, without playing each visit."""
    manual = adoption.versions_at(stage.office, on("03-01 00:00"))
    opened = [
        Case(
            office=stage.office, number=f"TY2603-{n:04d}", category="paid_service", manual_key="home-service",
            manual_version=manual["home-service"], versions=manual, state="done", unit=unit, subject="打扫",
            opened_at=on("03-10 09:00"), facts={"unit": unit.code, "service_kind": "repair", **facts}, last_seq=1, head="",
        )
        for n, unit in enumerate(units, 1)
    ]  # fmt: skip
    opened = Case.objects.bulk_create(opened)
    Event.objects.bulk_create(
        Event(
            office=stage.office, case=case, seq=1, at=on("03-10 10:00"), written_at=on("03-10 10:00"), actor_label="田大勇", action="finish",
            label="做完了", emits=["completed", "served"], state="done", previous="", hash=f"{case.pk}",
        )
        for case in opened
    )  # fmt: skip
    return opened


def month_case(stage: Stage) -> Case:
    advance(on("04-01 00:10"), offices=[stage.office.pk])
    return Case.objects.select_related("office").get(
        office=stage.office, category="follow_up_month", facts__period="2026-03"
    )


def drawn(stage: Stage, jobs: list[Unit]) -> Case:
    written(stage, jobs)
    case = month_case(stage)
    supervisor, clerk = stage.person("cs_supervisor"), stage.person("receptionist")
    perform(case, "draw_households", actor=supervisor, at=on("04-01 09:00"), data={"designee": clerk.pk})
    case.refresh_from_db()
    return case


class TestSample:
    @pytest.mark.rule("S002-1-5.4.3a", "S002-1-5.4.3c")
    def test_a_household_counts_once_and_the_draw_can_be_made_again(self, stage: Stage) -> None:
        units = homes(stage.office, 118)
        case = drawn(stage, [*units, *units[:31], units[4]])
        sample = case.facts["sample"]
        assert (len(sample["of"]), sample["needed"], len(sample["drawn"])) == (118, 24, 24)
        assert sample["reckoning"] == "118 × 20% = 23.6，取 24"
        assert len(set(sample["drawn"])) == 24 and set(sample["drawn"]) <= set(sample["of"])
        assert sorted([*sample["drawn"], *sample["next"]]) == sample["of"]
        assert sampling.same_again(case) == (True, True)
        again = drawing.drawn(sample["seed"], reversed(sample["of"]), sample["needed"])
        assert again["drawn"] == sample["drawn"], "whoever draws from the stored seed gets the same"
        other = drawing.drawn("another seed", sample["of"], sample["needed"])
        assert other["drawn"] != sample["drawn"]

    def test_what_was_changed_afterwards_is_seen(self, stage: Stage) -> None:
        case = drawn(stage, homes(stage.office, 20))
        sample = case.facts["sample"]
        case.facts["sample"] = {**sample, "drawn": sample["drawn"][::-1]}
        assert sampling.same_again(case) == (False, True)
        case.facts["sample"] = {**sample, "of": sample["of"][1:]}
        assert sampling.same_again(case) == (False, False)

    def test_it_cannot_be_drawn_twice(self, stage: Stage) -> None:
        case = drawn(stage, homes(stage.office, 20))
        data = {"designee": stage.person("receptionist").pk}
        with pytest.raises(Problem) as caught:
            perform(
                case, "draw_households", actor=stage.person("cs_supervisor"), at=on("04-01 09:30"), data=data
            )
        assert caught.value.code == "ACTION_REFUSED"

    @pytest.mark.rule("S002-1-5.4.2a", "S002-1-5.4.3a")
    def test_the_supervisor_s_page_and_its_export(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = drawn(stage, homes(stage.office, 10))
        sample = case.facts["sample"]
        asked = Case.objects.get(unit__code=sample["drawn"][0])
        data = {"follow_means": "phone", "satisfied": "yes", "timely": "yes"}
        Event.objects.create(
            office=stage.office, case=asked, seq=2, at=on("04-01 10:00"), written_at=on("04-01 10:00"), actor_label="周敏", action="follow_up",
            label="回访", emits=["followed_up"], data=data, state="done", previous="", hash="x",
        )  # fmt: skip
        client = browser(stage, "cs_supervisor", monkeypatch, on("04-01 12:00"))
        page = client.get(reverse("case-sample", args=[case.number])).content.decode()
        assert "1/3" in page and sample["seed"] in page and "结果一样" in page and "名单一样" in page
        assert reverse("case", args=[asked.number]) in page
        lines = b"".join(
            client.get(reverse("case-sample-export", args=[case.number, "csv"])).streaming_content
        ).decode("utf-8-sig")
        rows = [line.split(",") for line in lines.splitlines()[1:]]
        assert [row[2] for row in rows] == [*sample["drawn"], *sample["next"]]
        assert [row[1] for row in rows] == ["抽中"] * 3 + [""] * 7
        assert rows[0][5] == asked.number
        index = client.get(reverse("samples")).content.decode()
        assert reverse("case-sample", args=[case.number]) in index and sample["seed"] in index
        assert reverse("samples") in client.get(reverse("callbacks")).content.decode()
        assert (
            reverse("case-sample", args=[case.number])
            in client.get(reverse("case", args=[case.number])).content.decode()
        )
        found = client.get(reverse("case-sample", args=[case.number]), {"q": sample["next"][-1]})
        assert sample["drawn"][0] not in found.content.decode().split('id="list-h"')[1]

    def test_there_is_no_page_before_the_draw(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        case = month_case(stage)
        client = browser(stage, "cs_supervisor", monkeypatch, on("04-01 12:00"))
        assert client.get(reverse("case-sample", args=[case.number])).status_code == 404


def judged(stage: Stage, key: str) -> monthly.Verdict:
    adopted = adoption.adopted(stage.office, on("04-01 00:00"))
    found = monthly.figures(stage.office, adopted, "2026-03", on("04-02 00:00"))
    return next(one for one in monthly.verdicts(adopted, found) if one.target.key == key)


class TestTargets:
    @pytest.mark.rule("S002-1-5.2.2c")
    def test_on_time_is_all_of_them(self, stage: Stage) -> None:
        rows = written(stage, homes(stage.office, 60))
        for n, case in enumerate(rows):
            emergency, due = n >= 50, on("03-10 10:00")
            met = due + timedelta(minutes=1) if n == 59 else due
            Obligation.objects.create(
                office=stage.office, case=case, manual_key="home-service", manual_version="x", label="到",
                key="emergency" if emergency else "punctual", clause="5.2.2", state="met", limit_text="", started_by="",
                opened_at=on("03-10 09:50"), unit="seconds", due_at=due, met_at=met, closed_at=met,
                calendar_key="always",
            )  # fmt: skip
        minor, urgent = judged(stage, "minor_on_time"), judged(stage, "emergency_on_time")
        assert (minor.figure.text, minor.met) == ("100.0%", True)
        assert (urgent.figure.text, urgent.met) == ("90.0%", False)
        late = set(urgent.figure.base_numbers) - set(urgent.figure.numbers)
        assert late == {rows[59].number}, "the case is named"

    @pytest.mark.rule("S002-1-5.2.2d")
    @pytest.mark.parametrize(
        ("again", "text", "met"), [(3, "0.75%", True), (4, "1.00%", True), (5, "1.25%", False)]
    )
    def test_redone_at_most_one_in_a_hundred_of_a_quarter(
        self, stage: Stage, again: int, text: str, met: bool
    ) -> None:
        rows = written(stage, homes(stage.office, 400))
        Case.objects.filter(pk__in=[case.pk for case in rows[:200]]).update(opened_at=on("01-10 09:00"))
        Case.objects.filter(pk__in=[case.pk for case in rows[:again]]).update(reopened=1)
        found = judged(stage, "redone")
        assert (found.figure.text, found.met) == (text, met)

    @pytest.mark.rule("S002-1-5.2.2e")
    @pytest.mark.parametrize(("satisfied", "text", "met"), [(57, "95.0%", True), (56, "93.3%", False)])
    def test_satisfied_are_at_least_ninety_five(
        self, stage: Stage, satisfied: int, text: str, met: bool
    ) -> None:
        rows = written(stage, homes(stage.office, 70))
        for n, case in enumerate(rows[:60]):
            case.facts["satisfied"] = "yes" if n < satisfied else "no"
            case.save(update_fields=["facts"])
        found = judged(stage, "satisfaction")
        assert (found.figure.text, found.met) == (text, met)
