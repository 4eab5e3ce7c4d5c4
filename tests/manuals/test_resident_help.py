"""The manual of calls for help where a card cannot show it: pages, lists, the API, another manual's procedure."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.api.conftest import Caller

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.api.actions import issue_token
from guanjia.cases import actions as cases_actions
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import Resident, nearness, open_case, perform, view_of
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.records.models import Record
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(settings.MANUALS_ROOT)
TEXT = read(ROOT / "resident-help-h")
COMPLAINTS = """
schema = 1

[manual]
key = "complaints"
version = "1"
title = "投诉处理规程"
short = "投诉规程"

[[clause]]
id = "1"
text = "半天内回话。"

[[category]]
key = "complaint"
standard = "complaint"
label = "投诉"
prefix = "TS"
procedure = "complaint"

[[procedure]]
key = "complaint"
label = "投诉"

[[procedure.state]]
key = "open"
label = "处理中"

[[procedure.state]]
key = "closed"
label = "已办结"
end = true

[[procedure.action]]
key = "register"
label = "登记投诉"
clause = "1"
by = ["receptionist"]
opens = true
to = "open"
field = [
  { key = "unit", label = "房号", kind = "unit", required = true },
  { key = "matter", label = "投诉什么", kind = "long", required = true },
]
emits = ["reported"]

[[procedure.action]]
key = "answer"
label = "回话"
clause = "1"
by = ["receptionist"]
from = ["open"]
to = "closed"
emits = ["answered", "closed"]

[[obligation]]
key = "answer"
label = "回话"
clause = "1"
duty = "answer"
owner = "receptionist"
start = ["reported"]
stop = ["answered"]
limit = "12h"
"""


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT, read(ROOT / "entrusted-repair-h"), COMPLAINTS], {}, on("03-01 09:00"))


def called(stage: Stage, kind: str, at: str = "03-24 10:00", **more: object) -> Case:
    data = {"kind": kind, "unit": "3-2-1502", "channel": "phone", **more}
    return open_case(stage.office, "help", actor=stage.person("receptionist"), at=on(at), data=data).case


def ill(stage: Stage) -> Case:
    return called(stage, "medical", floor=15, matter="老人胸口疼")


def browser(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: str) -> Client:
    monkeypatch.setattr(clock, "now", lambda: on(now))
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def others(case: Case) -> list[Case]:
    return [one.source for one in cases.links_of(case) if one.kind == "follows" and one.target_id == case.pk]


class TestHandedOn:
    @pytest.mark.rule("S004-5-7")
    def test_a_complaint_opens_a_case_of_the_complaint_s_manual(self, stage: Stage) -> None:
        case = called(stage, "complaint", matter="楼上装修太吵", contact_phone="13800001234")
        [complaint] = others(case)
        assert (case.state, complaint.category, complaint.manual_key) == (
            "handed_on",
            "complaint",
            "complaints",
        )
        assert complaint.facts["matter"] == "楼上装修太吵"
        assert "contact_phone" not in complaint.facts, "that manual does not ask for it"
        due = Obligation.objects.get(case=complaint, key="answer").due_at
        assert due == on("03-24 22:00")

    @pytest.mark.rule("S004-5-5", "S004-5-6")
    @pytest.mark.parametrize("kind", ["repair", "paid"])
    def test_the_job_is_linked_to_the_request(self, stage: Stage, kind: str) -> None:
        case = called(stage, kind, matter="水管爆了", contact_phone="13800001234", timing="now")
        [job] = others(case)
        assert (job.category, job.manual_key) == ("repair", "entrusted-repair-h")
        assert Obligation.objects.get(case=job, key="arrive").due_at == on("03-24 10:15")

    @pytest.mark.rule("S004-5-4.1")
    def test_the_incident_is_linked_to_the_request(self, stage: Stage) -> None:
        [incident] = others(called(stage, "incident", incident_kind="fire", matter="厨房着火"))
        assert (incident.category, incident.facts["incident_kind"]) == ("incident", "fire")


class TestTopOfThePage:
    @pytest.mark.rule("S004-5-2.5")
    def test_the_reminder_is_at_the_top_and_a_report_is_one_press(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = ill(stage)
        client = browser(stage, "receptionist", monkeypatch, "03-24 10:01")
        page = client.get(reverse("case", args=[case.number])).content.decode()
        assert 0 < page.index("别硬撑") < page.index('id="ob-h"')
        address = reverse("case-act", args=[case.number, "report_up"])
        form = page[page.index(f'action="{address}"') :]
        key = re.search(r'name="key" value="([^"]+)"', form)
        assert key is not None
        for _again in range(2):  # pressed twice, logged once
            assert client.post(address, {"key": key[1]}).status_code == 302
        lines = [(line.actor_label, line.at) for line in case.events.filter(action="report_up")]
        assert lines == [("周敏", on("03-24 10:01"))]

    @pytest.mark.rule("S004-5-2.2a")
    def test_who_is_nearest_is_proposed_until_somebody_goes(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guard = stage.person("马建")
        earlier = called(stage, "incident", "03-24 09:20", incident_kind="theft", matter="门被撬了")
        perform(
            earlier,
            "alert",
            actor=stage.person("receptionist"),
            at=on("03-24 09:21"),
            data={"helper": guard.pk},
        )
        earlier.refresh_from_db()
        perform(earlier, "arrive", actor=guard, at=on("03-24 09:30"), data={})
        case = ill(stage)
        client = browser(stage, "receptionist", monkeypatch, "03-24 10:01")
        page = client.get(reverse("case", args=[case.number])).content.decode()
        near = page[page.index("谁最近") :]
        assert near.index("马建") < near.index("</li>")
        assert "09:30 到 3栋2单元1502" in near
        form = client.get(
            reverse("case-act", args=[case.number, "alert"]), {"helper": guard.pk}
        ).content.decode()
        options = re.findall(r'<option value="(\d+)"( selected)?', form)
        assert options[0] == (str(guard.pk), " selected")
        perform(
            case, "alert", actor=stage.person("receptionist"), at=on("03-24 10:02"), data={"helper": guard.pk}
        )
        client = browser(stage, "receptionist", monkeypatch, "03-24 10:03")
        assert "谁最近" not in client.get(reverse("case", args=[case.number])).content.decode()

    def test_the_guard_who_was_sent_has_it_on_his_telephone(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case, guard = ill(stage), stage.person("马建")
        data = {"helper": guard.pk}
        perform(case, "alert", actor=stage.person("receptionist"), at=on("03-24 10:02"), data=data)
        client = browser(stage, "马建", monkeypatch, "03-24 10:03")
        page = client.get(reverse("field-job", args=[case.number])).content.decode()
        assert "别硬撑" in page and "要送医院就打 120" in page and "到现场了" in page
        assert client.get(reverse("field")).status_code == 200

    def test_a_post_that_a_shift_names_tells_where_somebody_is(self, stage: Stage) -> None:
        guard, case = stage.person("马建"), ill(stage)
        staff.add_shift(stage.office, guard, "3栋岗", on("03-24 08:00"), on("03-24 16:00"))
        staff.add_shift(stage.office, stage.person("赵铁军"), "6栋岗", on("03-24 08:00"), on("03-24 16:00"))
        first, *_rest = nearness.nearest(stage.office, ["security"], case.unit, on("03-24 10:00"))
        assert (first.user, first.where, first.near) == (guard, "3栋岗", True)
        assert not nearness.nearest(stage.office, ["security"], case.unit, on("03-24 17:00"))[0].near


@pytest.mark.rule("S004-5-1b")
def test_every_list_says_which_class(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    ill(stage)
    called(stage, "other", matter="借推车")
    client = browser(stage, "cs_supervisor", monkeypatch, "03-24 10:01")
    for name in ("cases", "desk"):
        page = client.get(reverse(name)).content.decode()
        assert "特别求助" in page, name
    assert "一般求助" in client.get(reverse("cases")).content.decode()
    exported = client.get(reverse("cases-export", args=["csv"]))
    text = b"".join(exported.streaming_content).decode()  # type: ignore[attr-defined]
    assert "特别求助·急救病人求助 老人胸口疼" in text and "一般求助·其他求助 借推车" in text


@pytest.mark.rule("S004-5-3.3")
class TestSecret:
    SECRETS = ("邻居的病情", "不能告诉别人")

    def asked(self, stage: Stage) -> Case:
        guard, supervisor = stage.person("赵铁军"), stage.person("cs_supervisor")
        more: dict[str, Any] = {"medium": "oral", "confidential": True, "secret_matter": self.SECRETS[0]}
        case = called(stage, "enquiry", receiver=guard.pk, **more)
        data = {"answered_by": "oral", "secret_answer": self.SECRETS[1], "secrecy_kept": True}
        perform(case, "answer", actor=supervisor, at=on("03-24 10:05"), data=data)
        case.refresh_from_db()
        return case

    @pytest.mark.parametrize(("who", "reads"), [("receptionist", False), ("eng_supervisor", False), ("finance", False), ("cs_supervisor", True), ("director", True)])  # fmt: skip
    def test_the_page_and_the_api_show_it_only_to_those_named(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str, reads: bool
    ) -> None:
        case = self.asked(stage)
        client = browser(stage, who, monkeypatch, "03-24 10:10")
        page = client.get(reverse("case", args=[case.number])).content.decode()
        assert ("保密，您的岗位看不到" in page) is not reads
        api = Caller(issue_token(stage.person(who), label="试", at=on("03-24 10:10"))[1])
        whole = [api.request("get", f"/cases/{case.number}{more}") for more in ("", "/timeline")]
        assert [one.status_code for one in whole] == [200, 200]
        for text in (page, "".join(str(one.json()) for one in whole)):
            assert [word in text for word in self.SECRETS] == [reads, reads]

    def test_a_telephone_and_a_resident_s_link_do_not_show_it(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = self.asked(stage)
        for doer in (Resident("何先明", may_act=True), stage.person("田大勇")):
            view = view_of(case, doer, on("03-24 10:10"))
            assert not {"secret_matter", "secret_answer"} & view.facts.keys()
        token = cases_actions.invite(case, case.party, "view", on("03-24 10:06"))
        monkeypatch.setattr(clock, "now", lambda: on("03-24 10:10"))
        page = Client().get(f"/r/{token}/").content.decode()
        assert case.number in page and not any(word in page for word in self.SECRETS)

    def test_no_list_message_or_paper_says_it(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        case = self.asked(stage)
        assert case.subject == "一般求助·咨询求助（保密）"
        said = [f"{one.subject}{one.body}" for one in Message.objects.all()]
        said += [str(one.data) for one in Record.objects.all()]
        assert not any(word in text for text in said for word in self.SECRETS)
        client = browser(stage, "director", monkeypatch, "03-24 10:10")
        for scope in ("closed", "all"):
            page = client.get(reverse("cases"), {"scope": scope, "q": self.SECRETS[0]}).content.decode()
            assert case.number not in page
