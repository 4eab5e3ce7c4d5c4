"""What several households complain of: the hint at the desk and on the case, the decision, the matrix, the paper."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.engine.crowd import CROWD, complain, do, gather
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import together
from guanjia.cases.models import Case
from guanjia.intake.classification import load_defaults
from guanjia.ops.cards.stage import Stage, build

pytestmark = pytest.mark.django_db
MORE = ["3-2-1101", "3-2-0101", "5-1-0101"]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    adoption.forget()
    found = build([CROWD], {}, at("24 08:00"), MORE)
    load_defaults(found.office)
    monkeypatch.setattr(clock, "now", lambda: at("24 12:00"))
    return found


@pytest.fixture
def browser(stage: Stage):
    def sign_in(who: str = "receptionist") -> Client:
        client = Client()
        client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def body(response) -> str:
    return response.content.decode()


def test_the_desk_says_who_else_speaks_of_it_and_why(stage, browser) -> None:
    first = complain(stage, at("24 11:00"), "3-2-1502", "电梯又坏了")
    said = body(browser().get("/desk/parse/", {"line": "3-2-1402 何先明 13700002345 投诉客梯停运"}))
    assert "可能是几户说的同一件事" in said
    assert first.number in said and "都说到「电梯」「坏了」，同在3栋 2单元，相隔1 小时" in said
    assert "合起来 2 户；5 户起算集体投诉" in said


def test_nothing_is_said_twice(stage, browser) -> None:
    """The hint of near-by cases leaves out what the hint of several households says."""
    complain(stage, at("24 11:30"), "3-2-1502", "投诉噪音扰民，半夜电梯吵")
    said = body(browser().get("/desk/parse/", {"line": "3-2-1402 何先明 13700002345 投诉噪音扰民，半夜太吵"}))
    assert "可能是几户说的同一件事" in said
    assert "可能是同一件事：" not in said


LINE = {"line": "3-2-1402 何先明 13700002345 投诉客梯停运", "then": "only"}


def test_registering_and_joining_in_one(stage, browser) -> None:
    first = complain(stage, at("24 11:00"), "3-2-1502", "电梯又坏了")
    browser().post("/desk/register/", {**LINE, "key": "k1", "together": "join", "others": first.number})
    whole = Case.objects.get(category="collective")
    assert [one.unit.code for one in together.children(whole)] == ["3-2-1502", "3-2-1402"]


def test_registering_and_telling_apart_in_one(stage, browser) -> None:
    first = complain(stage, at("24 11:00"), "3-2-1502", "电梯又坏了")
    browser().post("/desk/register/", {**LINE, "key": "k1", "together": "apart", "others": first.number})
    second = Case.objects.get(unit__code="3-2-1402")
    assert together.told_apart(second) == {first.pk}
    assert "可能是几户说的同一件事" not in body(browser().get(f"/cases/{second.number}/"))
    assert Case.objects.filter(category="collective").count() == 0


def test_a_hint_that_nobody_answers_decides_nothing(stage, browser) -> None:
    first = complain(stage, at("24 11:00"), "3-2-1502", "电梯又坏了")
    browser().post("/desk/register/", {**LINE, "key": "k1", "others": first.number})
    second = Case.objects.get(unit__code="3-2-1402")
    assert second.events.count() == 1
    page = body(browser().get(f"/cases/{second.number}/"))
    assert "可能是几户说的同一件事" in page and "不是一回事" in page
    client = browser()
    client.post(f"/cases/{second.number}/join/", {"others": first.number})
    whole = Case.objects.get(category="collective")
    assert whole.number in body(client.get(f"/cases/{second.number}/"))


def test_only_the_desk_decides(stage, browser) -> None:
    first = complain(stage, at("24 11:00"), "3-2-1502", "电梯又坏了")
    second = complain(stage, at("24 11:10"), "3-2-1402", "电梯停了")
    for who, code in (("cashier", 403), ("technician", 403)):
        for door in ("join", "apart", "take-out"):
            answer = browser(who).post(f"/cases/{second.number}/{door}/", {"others": first.number})
            assert answer.status_code == code
    assert "不是一回事" not in body(browser("cashier").get(f"/cases/{second.number}/"))


@pytest.fixture
def whole(stage) -> Case:
    found = gather(stage, at("24 09:30"), "电梯停运")
    rows = (
        ("3-2-1502", "电梯又坏了", {"contact_phone": "13800001234"}),
        ("3-2-1402", "客梯停了", {"in_writing": True}),
        ("3-2-1602", "升降机不动", {}),
    )
    for n, (home, words, more) in enumerate(rows):
        child = complain(stage, at(f"24 09:0{n}"), home, words, **more)
        found = do(stage, found, at("24 09:31"), "join", joined=child.number)
    return found


def test_the_matrix_says_what_each_household_is_owed(stage, browser, whole) -> None:
    do(
        stage,
        whole,
        at("24 10:00"),
        "agree_time",
        by="director",
        household="3-2-1502",
        agreed_at="2026-03-24 18:30",
    )
    do(stage, whole, at("24 11:00"), "visit", by="director", household="3-2-1602")
    page = body(browser("director").get(f"/cases/{whole.number}/"))
    row = {code: page[page.index(f'<th scope="row" class="unit">{code}') :].split("</tr>")[0] for code in
           ("3-2-1502", "3-2-1402", "3-2-1602")}  # fmt: skip
    assert "18:30" in row["3-2-1502"] and "第一户" in row["3-2-1502"] and "不需要" in row["3-2-1502"]
    assert "138****1234" in row["3-2-1502"]
    assert "st over" in row["3-2-1402"], "two hours are over"
    assert f"/cases/{whole.number}/do/agree_time/?household=3-2-1402" in row["3-2-1402"]
    assert f"/cases/{whole.number}/do/write/?household=3-2-1402" in row["3-2-1402"]
    assert "11:00" in row["3-2-1602"]
    assert "上门答复 1/3" in page and "书面答复 0/1" in page


def test_a_cell_leads_to_the_action_with_the_household_filled_in(stage, browser, whole) -> None:
    form = body(browser("director").get(f"/cases/{whole.number}/do/visit/?household=3-2-1402"))
    assert 'value="3-2-1402"' in form


def test_the_rule_is_quoted_and_what_is_missing_is_said(stage, browser, whole) -> None:
    page = body(browser("director").get(f"/cases/{whole.number}/"))
    assert "有 3 户投诉，还差 2 户算集体投诉" in page
    assert "几户就同一件事同时投诉，是集体投诉。" in page


def test_the_ladder_says_how_long_each_rung_took(stage, browser, whole) -> None:
    for n, home in enumerate(("3-2-1101", "3-2-0101")):
        child = complain(stage, at(f"24 09:4{n}"), home, "电梯不动")
        whole = do(stage, whole, at("24 09:50"), "join", joined=child.number)
    do(stage, whole, at("24 09:52"), "report")
    page = body(browser("director").get(f"/cases/{whole.number}/"))
    ladder = page[page.index('<ol class="ladder">') :].split("</ol>")[0]
    assert "认定为集体投诉" in ladder and "用时 2分" in ladder
    assert "10分钟内（本处设定），从「转为集体事件」起算" in ladder
    assert "第 5 户" in page


def test_what_is_still_outside_is_offered_and_taken_in(stage, browser, whole) -> None:
    late = complain(stage, at("24 11:20"), "3-2-1101", "电梯什么时候好，老是坏")
    client = browser()
    assert f"{late.number}</a> 可能是同一件事" in body(client.get(f"/cases/{whole.number}/"))
    client.post(f"/cases/{whole.number}/join/", {"others": late.number})
    assert late in together.children(whole)


def test_one_that_was_joined_wrongly_is_taken_out_with_a_reason(stage, browser, whole) -> None:
    wrong = together.children(whole)[1]
    client = browser()
    client.post(f"/cases/{whole.number}/take-out/", {"others": wrong.number, "why": "说的是货梯"})
    assert wrong not in together.children(whole)
    assert "说的是货梯" in body(client.get(f"/cases/{whole.number}/"))
    assert f"{wrong.number}</a> 可能是同一件事" not in body(client.get(f"/cases/{whole.number}/"))


def test_a_household_that_complains_again_is_one_row_with_the_words_of_both(stage, browser, whole) -> None:
    again = complain(stage, at("24 11:30"), "3-2-1502", "升降机还是不动，老人下不来")
    said = body(browser().get(f"/cases/{again.number}/"))
    assert "这一户已经在里面：并进来还是 3 户，多记一件" in said
    client = browser()
    client.post(f"/cases/{whole.number}/join/", {"others": again.number})
    page = body(client.get(f"/cases/{whole.number}/"))
    assert "相关业户 3<" in page.replace("</h2>", "<") and "4 件投诉" in page
    assert page.count('<th scope="row" class="unit">3-2-1502') == 1
    row = page[page.index('<th scope="row" class="unit">3-2-1502') :].split("</tr>")[0]
    assert "电梯又坏了" in row and "升降机还是不动，老人下不来" in row and again.number in row
    assert row.count("又一件") == 1


def test_alone_with_its_own_first_complaint_it_is_still_offered(stage, browser, whole) -> None:
    """Only what the household itself said before has these words."""
    own = complain(stage, at("24 10:00"), "3-2-1502", "单元门禁刷卡打不开")
    other = complain(stage, at("24 10:01"), "3-2-1402", "单元门禁刷脸没反应")
    gates = gather(stage, at("24 10:02"), "门禁坏了")
    for child in (own, other):
        gates = do(stage, gates, at("24 10:03"), "join", joined=child.number)
    other_words = complain(stage, at("24 11:00"), "3-2-1502", "可视对讲没声音")
    assert gates.number in body(browser().get(f"/cases/{other_words.number}/"))
    do(stage, gates, at("24 11:01"), "take_out", removed=other.number, why="说的是车库门")
    last = complain(stage, at("24 11:02"), "3-2-1502", "单元门还是打不开")
    assert gates.number in body(browser().get(f"/cases/{last.number}/"))


@pytest.mark.parametrize("kind", ["pdf", "xlsx"])
def test_it_goes_to_paper(stage, browser, whole, kind: str) -> None:
    answer = browser().get(f"/cases/{whole.number}/together.{kind}")
    assert answer.status_code == 200
    assert browser().get(f"/cases/{together.children(whole)[0].number}/together.{kind}").status_code == 404


def test_the_company_sees_no_telephone(stage, browser, whole) -> None:
    page = body(browser("vice_president").get(f"/cases/{whole.number}/"))
    table = page[page.index('<table class="grid hhs') :].split("</table>")[0]
    assert "****" not in table and "王秀兰" in table


def test_the_page_costs_the_same_for_three_and_for_five(stage, browser, whole) -> None:
    client = browser("director")
    client.get(f"/cases/{whole.number}/")
    with CaptureQueriesContext(connection) as three:
        client.get(f"/cases/{whole.number}/")
    for n, home in enumerate(("3-2-1101", "3-2-0101")):
        child = complain(stage, at(f"24 09:4{n}"), home, "电梯不动")
        whole = do(stage, whole, at("24 09:50"), "join", joined=child.number)
    with CaptureQueriesContext(connection) as five:
        client.get(f"/cases/{whole.number}/")
    assert len(three) == len(five)
