"""Six households complain of the same lift and end in one collective case; nobody does anything and the matter climbs."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.browser.test_complaints import act, fill
from tests.engine.crowd import CROWD, complain, do
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import together
from guanjia.cases.models import Case
from guanjia.intake.classification import load_defaults
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
HOMES = ["3-2-1101", "3-2-0101"]
CALLS = (
    "3-2-1502 王秀兰 投诉电梯又坏，修了几次还没修好",
    "3-2-1402 何先明 投诉客梯停运几天了还没修",
    "3-2-1602 吴建平 投诉电梯三天两头停，几天了没人来",
    "3-2-1101 13900000001 投诉电梯不动几天了，老人下不了楼没人来",
    "3-2-0101 13900000002 投诉升降机停了，修了几次又坏",
)


@pytest.fixture
def stage(transactional_db, monkeypatch) -> Stage:
    adoption.forget()
    found = build([CROWD], {}, at("24 08:00"), HOMES)
    load_defaults(found.office)
    found.now = at("24 09:00")  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: found.now)  # type: ignore[attr-defined]
    return found


SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
SIX = ("3-2-1502", "3-2-1402", "3-2-1602", "3-2-1101", "3-2-0101", "3-2-0201")


@pytest.fixture
def real(transactional_db, monkeypatch) -> Stage:
    """The manual of complaints that offices use, and a clock that is moved on."""
    adoption.forget()
    found = build(
        [read(settings.MANUALS_ROOT / "complaint-handling-8")], {}, at("24 08:00"), [*HOMES, SIX[5]]
    )
    load_defaults(found.office)
    found.now = at("24 09:00")  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: found.now)  # type: ignore[attr-defined]
    return found


def call_in(page, real: Stage, visit, shot, accessible, wide: int) -> Case:
    """Five households call the desk; from the second on the hint says why it may be one thing, and a person joins."""
    for n, call in enumerate(CALLS):
        real.now = at(f"24 09:{n}5")
        visit(page, "/desk/")
        page.locator("#line").fill(call)
        expect(page.locator(".omni .parse")).to_be_visible()
        if n:
            crowd = page.locator(".omni .crowd")
            expect(crowd).to_contain_text("可能是几户说的同一件事")
            expect(crowd).to_contain_text("都说到「电梯」")
            expect(crowd).to_contain_text(f"合起来 {n + 1} 户；5 户起算集体投诉")
            if n in (1, 4):
                shot(page, f"real-desk-{n}-{wide}", full=False)
                accessible(page)
            crowd.get_by_text("并入").first.click()
        page.get_by_role("button", name=re.compile(r"^登记( Enter)?$")).click()
        expect(page.get_by_text("已登记").first).to_be_visible()
        assert Case.objects.filter(category="complaint").count() == n + 1
    whole = Case.objects.get(category="collective")
    assert (whole.state, len(together.children(whole))) == ("collective", 5)
    return whole


def row_of(page, home: str):
    """The row of a household in the matrix."""
    return page.locator(".hhs tbody tr").filter(has=page.locator("th.unit", has_text=home))


@SIZES
def test_six_households_of_one_lift_end_in_one_closed_collective_case(
    real, size, new_page, sign_in, visit, shot, accessible
):
    wide = size["width"]
    desk = new_page(viewport=size)
    sign_in(desk, real.person("receptionist"))
    whole = call_in(desk, real, visit, shot, accessible, wide)

    # the sixth writes a letter, and the first complains again: both are offered, and a person takes them in
    letter = complain(
        real, at("24 09:50"), SIX[5], "电梯又停了，请书面答复", channel="letter", in_writing=True
    )
    again = complain(real, at("24 09:55"), SIX[0], "升降机还是不动，老人下不来")
    real.now = at("24 10:00")
    visit(desk, f"/cases/{whole.number}/")
    expect(desk.get_by_role("heading", name="相关业户 5")).to_be_visible()
    for one in (letter, again):
        line = desk.locator(".dupline", has_text=one.number)
        line.get_by_role("button", name="并入").click()
        expect(desk.locator(".dupline", has_text=one.number)).to_have_count(0)
    expect(desk.get_by_role("heading", name="相关业户 6")).to_be_visible()
    expect(desk.locator("section[aria-labelledby=hh-h] header")).to_contain_text("7 件投诉")
    expect(row_of(desk, SIX[0])).to_contain_text("升降机还是不动，老人下不来")
    expect(row_of(desk, SIX[0])).to_contain_text("又一件")
    expect(row_of(desk, SIX[0]).locator("th")).to_have_count(1)
    act(desk, "报主任", {"head_told": "打电话"})
    page = new_page(viewport=size)
    sign_in(page, real.person("director"))
    visit(page, f"/cases/{whole.number}/")
    act(page, "主任接到报告")
    act(page, "通报主管副总经理", {"vice_president_told": "电话"})
    act(page, "通报公司客户投诉处理中心", {"centre_told": "电话"})
    ladder = page.locator(".ladder")
    for rung in (
        "值班员：立即报主任",
        "管理处主任：立即通报主管副总经理",
        "管理处主任：立即通报公司客户投诉处理中心",
    ):
        expect(ladder).to_contain_text(rung)
    expect(page.locator(".ladder .here")).to_contain_text("集体投诉没有人办")  # all has been told
    promise(real, whole, page)
    shot(page, f"real-matrix-{wide}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    accessible(page)
    of_the_company(real, whole, new_page(viewport=size), sign_in, visit, shot, accessible, wide)
    answer_at_every_door(real, whole, page, visit)
    page.reload()
    shot(page, f"real-answered-{wide}")
    act(
        page,
        "填特别事故报告",
        {"course": "电梯停运六小时", "handling": "维保更换门机板", "lesson": "每月检查"},
    )
    act(page, "结案")
    whole.refresh_from_db()
    assert whole.state == "closed" and whole.facts["papers"]["special_incident_report"]
    shot(page, f"real-closed-{wide}")
    accessible(page)
    finish_each(real, whole)


def promise(real: Stage, whole: Case, page) -> None:
    """The director agrees a time with each household: with one on the page, from its cell in the matrix."""
    row_of(page, SIX[1]).get_by_role("link", name=f"去办 {SIX[1]}").first.click()
    expect(page.locator("[name=household]")).to_have_value(SIX[1])
    fill(page, {"promised_at": "2026-03-24T18:30"})
    page.locator("form[data-draft] button[type=submit]").click()
    expect(row_of(page, SIX[1])).to_contain_text("18:30")
    for n, home in enumerate(SIX):
        if n not in (1, 4):
            do(real, whole, at("24 10:10"), "agree", by="director", household=home,
               promised_at=f"2026-03-24 1{n + 1}:00")  # fmt: skip
    do(
        real,
        whole,
        at("24 10:20"),
        "organise",
        by="director",
        helper=real.person("雷志刚").pk,
        help_with="修电梯",
    )
    real.now = at("24 11:20")
    page.reload()
    expect(row_of(page, SIX[4])).to_contain_text("剩 00:25")
    expect(row_of(page, SIX[0])).to_contain_text("11:00")
    expect(row_of(page, SIX[0]).locator(".st.over").first).to_be_visible()
    expect(row_of(page, SIX[5])).not_to_contain_text("不需要")
    expect(row_of(page, SIX[3])).to_contain_text("不需要")
    expect(page.locator("section[aria-labelledby=hh-h] header")).to_contain_text("约定答复时间 5/6")


def of_the_company(real: Stage, whole: Case, page, sign_in, visit, shot, accessible, wide: int) -> None:
    """What the vice-president sees of it: on the company's desk and on the case, without telephones."""
    sign_in(page, real.person("vice_president"))
    visit(page, "/company/complaints/")
    page.locator("section[aria-labelledby=esc-h]").get_by_role("button", name=whole.number).click()
    expect(page.get_by_role("heading", name="相关业户 6")).to_be_visible()
    assert "****" not in page.locator(".hhs").inner_text()
    shot(page, f"real-vice-{wide}")
    accessible(page)


def answer_at_every_door(real: Stage, whole: Case, page, visit) -> None:
    """Every household is visited and signs: one on the page, the others through the same door; the letter is answered."""
    do(real, whole, at("24 12:00"), "solve", by="雷志刚", result="门机板换好，电梯恢复")
    real.now = at("24 13:00")
    visit(page, f"/cases/{whole.number}/")
    row_of(page, SIX[2]).get_by_role("link", name=f"去办 {SIX[2]}").first.click()
    fill(page, {"opinion": "修好就行", "satisfied": "yes", "signature": "吴建平"})
    page.locator("form[data-draft] button[type=submit]").click()
    expect(row_of(page, SIX[2]).locator(".st.done").nth(2)).to_be_visible()
    for n, home in enumerate(SIX):
        if n != 2:
            do(real, whole, at(f"24 14:{n}0"), "visit", by="director", household=home, opinion="好", satisfied="yes",
               signature={"how": "paper", "name": home})  # fmt: skip
    do(real, whole, at("24 15:00"), "write", by="cs_supervisor", household=SIX[5], reply="已修好，并致歉")
    do(real, whole, at("24 15:05"), "agree", by="director", household=SIX[4], promised_at="2026-03-24 15:30")
    do(real, whole, at("24 15:20"), "visit", by="director", household=SIX[4], opinion="好", satisfied="yes",
       signature={"how": "paper", "name": SIX[4]})  # fmt: skip
    real.now = at("24 16:00")
    visit(page, f"/cases/{whole.number}/")
    for said in ("约定答复时间 6/6", "上门答复 6/6", "书面答复 1/1", "签字 6/6"):
        expect(page.locator("section[aria-labelledby=hh-h] header")).to_contain_text(said)


def finish_each(real: Stage, whole: Case) -> None:
    """Each complaint ends with the collective one; nothing of it is owed any more."""
    for child in together.children(whole):
        done = do(real, child, at("24 16:30"), "closed_together", by="cs_supervisor", together=whole.number)
        assert done.closed_at is not None
    assert not Obligation.objects.filter(
        closed_at__isnull=True, case__category__in=("complaint", "collective")
    ).exists()


@SIZES
def test_a_case_with_a_hint_is_decided_on_its_page(stage, size, new_page, sign_in, visit, shot, accessible):
    complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    case = complain(stage, at("24 09:30"), "3-2-1402", "客梯停运了")
    stage.now = at("24 10:00")
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    visit(page, f"/cases/{case.number}/")
    shot(page, f"together-hint-{size['width']}")
    accessible(page)
    page.get_by_role("button", name="不是一回事").click()
    expect(page.get_by_text("不再提示")).to_be_visible()
    expect(page.locator(".crowd")).to_have_count(0)
