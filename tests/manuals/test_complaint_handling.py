"""The manual of complaints where a card cannot show it: pages, the register of a day, what stands on the form."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import compile_text, read
from guanjia.reports import daybook

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TEXT = read(Path(settings.MANUALS_ROOT) / "complaint-handling-8")
REPAIRS = read(Path(settings.MANUALS_ROOT) / "entrusted-repair-h")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT], {}, on("03-01 09:00"))


def complain(stage: Stage, at: str = "03-04 09:00", who: str = "receptionist", **more: object) -> Case:
    data = {"unit": "3-2-1502", "contact_phone": "13800001234", "matter": "楼道没人扫", **more}
    return open_case(stage.office, "complaint", actor=stage.person(who), at=on(at), data=data).case


def do(stage: Stage, case: Case, at: str, action: str, who: str = "cs_supervisor", **data: object) -> Case:
    return perform(case, action, actor=stage.person(who), at=on(at), data=data).case


def browser(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: str) -> Client:
    monkeypatch.setattr(clock, "now", lambda: on(now))
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, case: Case) -> str:
    return client.get(reverse("case", args=[case.number])).content.decode()


@pytest.mark.rule("S004-1-1", "S004-1-2", "S004-1-3")
def test_the_definitions_stand_beside_the_choice_of_the_class(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = complain(stage, who="cs_supervisor")
    client = browser(stage, "cs_supervisor", monkeypatch, "03-04 09:01")
    shown = client.get(reverse("case-act", args=[case.number, "classify"])).content.decode()
    for words in ("失职、违纪、违法", "服务范围以外的配套引起", "前两类都不是"):
        assert words in shown
    for each in ("有效：", "协助处理：", "无效："):
        assert any(line.startswith(each) for line in shown.replace('help">', "\n").splitlines()), (
            "on its own line"
        )
    assert shown.count('name="verdict"') == 3
    for label in ("管理服务", "收费", "经费管理", "维修养护", "发展商", "外部环境"):
        assert label in shown


@pytest.mark.rule("S004-1-7.3")
def test_patience_stands_at_the_top_of_an_invalid_complaint(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = complain(stage, who="cs_supervisor")
    case = do(stage, case, "03-04 09:05", "classify", verdict="invalid")
    client = browser(stage, "cs_supervisor", monkeypatch, "03-04 09:06")
    assert "耐心地说明" in page(client, case)
    case = do(
        stage, case, "03-04 09:07", "reclassify", reclassified="错了", verdict="assisted", cause="developer"
    )
    assert "耐心地说明" not in page(client, case)


@pytest.mark.rule("S004-1-7.2b")
def test_the_list_of_cases_says_when_it_was_last_followed_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = complain(stage, who="cs_supervisor")
    case = do(stage, case, "03-04 09:05", "classify", verdict="assisted", cause="developer")
    case = do(stage, case, "03-04 09:10", "report_out", addressee="发展商", report_text="外墙漏水")
    do(stage, case, "03-06 10:00", "track", progress="已约施工队")
    client = browser(stage, "cs_supervisor", monkeypatch, "03-06 10:01")
    shown = client.get(reverse("cases")).content.decode()
    assert "2026-03-06 10:00 跟进：已约施工队" in shown


@pytest.mark.rule("S004-1-7.7a", "S004-1-9")
def test_the_day_of_the_duty_record_has_every_complaint_with_its_result(stage: Stage) -> None:
    valid = complain(stage, who="cs_supervisor")
    valid = do(stage, valid, "03-04 09:05", "classify", verdict="valid", about="service", fault="dereliction")
    do(stage, valid, "03-04 10:00", "solve", result="补扫，换人")
    invalid = complain(stage, "03-04 11:00", "cs_supervisor", matter="嫌邻居名牌难看")
    invalid = do(stage, invalid, "03-04 11:05", "classify", verdict="invalid")
    do(stage, invalid, "03-04 11:10", "explain", result="规约没有禁止", reply_means="letter")
    waiting = complain(stage, "03-04 12:00", matter="半夜太吵")
    complain(stage, "03-05 12:00", matter="第二天的")
    day, now = date(2026, 3, 4), on("03-06 09:00")
    rows = daybook.rows(stage.office, compile_text(TEXT), day, now, lambda numbers: ())
    assert [row.case for row in rows] == [valid, invalid, waiting]
    assert "补扫，换人" in rows[0].said
    assert "何静" in rows[0].said
    assert "2026-03-04 10:00" in rows[0].said
    assert "规约没有禁止" in rows[1].said
    assert rows[2].open > 0, "its result is still owed"


BY_THE_ACCUSED = {
    "taken": [("settle_on_spot", "receptionist", {"result": "好了", "settled_at": "2026-03-04 09:10"})],
    "valid": [
        ("contact", "cs_supervisor", {"promised_at": "2026-03-04 18:00"}),
        ("solve", "cs_supervisor", {"result": "好了"}),
    ],
    "handled": [
        (
            "answer",
            "cs_supervisor",
            {
                "reply_means": "counter",
                "no_visit_reason": "在场",
                "reply": "好了",
                "opinion": "-",
                "satisfied": "yes",
            },
        )
    ],
}


@pytest.mark.parametrize("state", BY_THE_ACCUSED)
def test_whoever_is_complained_of_does_no_step_of_it(stage: Stage, state: str) -> None:
    for action, who, data in BY_THE_ACCUSED[state]:
        case = complain(stage, accused=stage.person(who).pk)
        if state != "taken":
            handler = stage.person("cs_supervisor").pk
            case = do(stage, case, "03-04 09:05", "hand_over", "receptionist", handler=handler)
            classes = {"verdict": "valid", "about": "service", "fault": "discipline"}
            case = do(stage, case, "03-04 09:06", "classify", "director", **classes)
        if state == "handled":
            case = do(stage, case, "03-04 09:08", "solve", "director", result="查过了")
        with pytest.raises(Problem, match="投诉的就是您"):
            do(stage, case, "03-04 09:10", action, who, **data)


def test_an_office_may_read_it_otherwise() -> None:
    adoption.forget()
    other = build([TEXT], {"accused_aside": "yes"}, on("03-01 09:00"))
    case = complain(other, who="cs_supervisor", accused=other.person("cs_supervisor").pk)
    assert do(other, case, "03-04 09:05", "classify", verdict="invalid").state == "invalid"


@pytest.mark.rule("S004-1-16.2")
def test_a_daily_look_at_the_log_by_another_manual_is_no_sample_of_it() -> None:
    """Both manuals have a recurring duty `log_check`: each turn is the duty of the manual that names it, of no other."""
    adoption.forget()
    stage = build([REPAIRS, TEXT], {"log_check_rhythm": "weekly on wed"}, on("03-01 09:00"))
    advance(on("03-04 08:00"), offices=[stage.office.pk])
    turns = Case.objects.filter(office=stage.office, category="log_check", opened_at__gte=on("03-04 00:00"))
    daily, sample = (turns.get(manual_key=key) for key in ("entrusted-repair-h", "complaint-handling-8"))
    owed = Obligation.objects.filter(office=stage.office)
    assert [row.key for row in owed.filter(case=daily)] == ["daily_check"]
    do(stage, daily, "03-04 09:00", "check_log", "eng_supervisor", remarks="没有漏记")
    assert [(row.key, row.state) for row in owed.filter(case=sample)] == [("log_check", "open")]


@pytest.mark.rule("S004-1-8.1c", "S004-1-11a")
def test_a_collective_case_says_what_it_is_about_and_each_household_its_own_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What was agreed with one household, or heard on its visit, is not told as if it were of all."""
    adoption.forget()
    stage = build([TEXT], {"collective_from": "2"}, on("03-01 09:00"))
    long = "电梯停了两天，家里老人下不了楼，昨天打电话到值班室说今天修好，到现在也没有人来，也没有人说一声"
    words = {"3-2-1502": "电梯停了", "3-2-1402": long}
    whole = open_case(
        stage.office, "collective", actor=stage.person("receptionist"), at=on("03-04 19:40"),
        data={"matter": "3栋电梯停运"},
    ).case  # fmt: skip
    for home, matter in words.items():
        child = complain(stage, "03-04 19:30", unit=home, matter=matter)
        whole = do(stage, whole, "03-04 19:41", "join", "receptionist", joined=child.number)
    whole = do(stage, whole, "03-04 19:42", "acknowledge", "director")
    whole = do(
        stage, whole, "03-04 19:43", "agree", "director", household="3-2-1402", promised_at="2026-03-05 10:00"
    )
    whole = do(
        stage, whole, "03-04 20:00", "visit", "director", household="3-2-1402", opinion="希望快点",
        satisfied="no", signature={"how": "paper", "name": "何先明"},
    )  # fmt: skip
    whole = do(stage, whole, "03-04 20:10", "organise", "director",
               helper=str(stage.person("eng_supervisor").pk), help_with="请维保来修")  # fmt: skip
    client = browser(stage, "director", monkeypatch, "03-04 20:20")
    shown = page(client, whole)
    content = shown[shown.index('id="i-h"') :].split("</section>")[0]
    assert "3栋电梯停运" in content and "3栋 2单元" in content and "请维保来修" in content
    assert "3-2-1502" in content and "电梯停了" in content
    for of_one in ("希望快点", "不满意", "10:00", "3-2-1402", "哪件投诉"):
        assert of_one not in content
    row = shown[shown.index('<th scope="row" class="unit">3-2-1402') :].split("</tr>")[0]
    assert long in row
