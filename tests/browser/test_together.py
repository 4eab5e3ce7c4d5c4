"""Six households complain of the same lift and end in one collective case; nobody does anything and the matter climbs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.engine.crowd import CROWD, complain, do
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import together
from guanjia.cases.models import Case
from guanjia.intake.classification import load_defaults
from guanjia.ops.cards.stage import Stage, build

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


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_six_complaints_of_one_lift_end_in_one_case(stage, size, new_page, sign_in, visit, shot, accessible):
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    for n, call in enumerate(CALLS):
        stage.now = at(f"24 09:{n}5")
        visit(page, "/desk/")
        page.locator("#line").fill(call)
        expect(page.locator(".omni .parse")).to_be_visible()
        if n:
            expect(page.locator(".omni .crowd")).to_contain_text("可能是几户说的同一件事")
            if n in (1, 4):
                shot(page, f"together-desk-{n}-{size['width']}", full=False)
                accessible(page)
            page.locator(".omni .crowd").get_by_text("并入").first.click()
        page.get_by_role("button", name="只登记").click()
        expect(page.get_by_text("已登记").first).to_be_visible()
    whole = Case.objects.get(category="collective")
    assert len(together.children(whole)) == 5
    assert "became_collective" in whole.facts["events"]
    sixth = complain(stage, at("24 10:20"), "6-1-0302", "电梯广告太吵，电梯又坏")
    late = complain(stage, at("24 10:30"), "3-2-1502", "升降机还是不动")
    do(stage, whole, at("24 09:47"), "report")
    do(
        stage,
        whole,
        at("24 10:00"),
        "agree_time",
        by="director",
        household="3-2-1502",
        agreed_at="2026-03-24 18:30",
    )
    do(stage, whole, at("24 10:10"), "visit", by="director", household="3-2-1402")
    stage.now = at("24 11:30")
    page = new_page(viewport=size)
    sign_in(page, stage.person("director"))
    visit(page, f"/cases/{whole.number}/")
    expect(page.get_by_role("heading", name="相关业户 5")).to_be_visible()
    expect(page.locator(".dupline")).to_contain_text(late.number)
    assert sixth.number not in page.content()
    expect(page.locator(".dupline").get_by_role("button")).to_have_count(0)
    shot(page, f"together-case-{size['width']}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    accessible(page)
    desk = new_page(viewport=size)
    sign_in(desk, stage.person("receptionist"))
    visit(desk, f"/cases/{whole.number}/")
    desk.locator(".dupline").get_by_role("button", name="并入").click()
    expect(desk.get_by_role("heading", name="相关业户 6")).to_be_visible()
    page.locator(".hhs").get_by_role("link", name="去办 3-2-1602").first.click()
    assert "household=3-2-1602" in page.url
    shot(page, f"together-act-{size['width']}", full=False)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
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
