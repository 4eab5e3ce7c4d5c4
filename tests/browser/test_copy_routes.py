"""Where the three copies of a work order go, through the pages in a browser: repair, cleaning, copying; then the archive."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.web.test_paid_service import SIGNED, TECH, Office

from guanjia.cases.models import Case
from guanjia.records.models import Copy

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CLEANER, CS, ENG, MONEY, HEAD = "刘桂香", "receptionist", "eng_supervisor", "finance", "director"
PAPER = {"how": "paper"}


class Walk:
    """Somebody at a desk does an action on its form; the copies are looked at on the page of the case."""

    def __init__(self, office: Office, new_page: Callable[..., Page], sign_in, visit) -> None:
        self.office, self.new_page, self.sign_in, self.visit = office, new_page, sign_in, visit
        self.pages: dict[str, Page] = {}

    def page(self, who: str) -> Page:
        if who not in self.pages:
            self.pages[who] = self.new_page()
            self.sign_in(self.pages[who], self.office.stage.person(who))
        return self.pages[who]

    def do(self, who: str, action: str, number: str, **fields: str) -> None:
        """An action: texts are typed, `True` ticks, a signature is given on paper."""
        page = self.page(who)
        self.visit(page, f"/cases/{number}/do/{action}/")
        for name, value in fields.items():
            if value is True:
                page.locator(f"[name='{name}']").check()
            elif value == "signed":
                page.locator(f"[name='{name}-how'][value='paper']").check(force=True)
                page.locator(f"[name='{name}-name']").fill("签字的人")
            elif page.locator(f"[name='{name}'][type='radio']").count():
                page.locator(f"[name='{name}'][value='{value}']").check(force=True)
            elif page.locator(f"select[name='{name}']").count():
                page.locator(f"select[name='{name}']").select_option(value)
            else:
                page.locator(f"[name='{name}']").fill(value)
        page.locator("form[data-draft] button[type='submit']").click()
        expect(page).to_have_url(re.compile(rf"/cases/{number}/$"))

    def stands(self, case: Case) -> list[tuple[str, str, str]]:
        """(copy, state, holder) of the work order."""
        rows = Copy.objects.filter(record__reference=f"case:{case.number}", record__form="work_order")
        return [(row.key, row.state, row.holder) for row in rows]


@pytest.fixture
def walk(transactional_db, monkeypatch, new_page, sign_in, visit) -> Walk:
    return Walk(Office(monkeypatch), new_page, sign_in, visit)


def repaired(walk: Walk) -> Case:
    """A repair that is done, signed, paid at the door and handed in."""
    office, field = walk.office, {"at": "field-act"}
    case = office.ordered()
    office.act(CS, "dispatch", case.number, technician=str(office.stage.person(TECH).pk))
    for action, data in (
        ("accept", {}), ("arrive", {}), ("finish", {"done": "通了", "quality": "good"}), ("sign", {"opinion": "好", **SIGNED}),
        ("collect_cash", {"received": "50.00"}), ("hand_in", {"sheet_with_money": "on"}),
    ):  # fmt: skip
        office.act(TECH, action, case.number, **field, **data)
    return case


def cleaned(walk: Walk) -> Case:
    """A cleaning that was paid first, done and signed."""
    office, field = walk.office, {"at": "field-act"}
    case = office.ordered(service="cleaning", item="擦窗", matter="擦窗")
    office.act("cashier", "collect", case.number, received="100.00", method="cash")
    office.act(CS, "assign_cleaner", case.number, cleaner=str(office.stage.person(CLEANER).pk))
    for action, data in (
        ("accept", {}), ("arrive", {}), ("finish", {"done": "擦完", "quality": "good"}), ("sign", SIGNED), ("return_sheet", {}),
    ):  # fmt: skip
        office.act(CLEANER, action, case.number, **field, **data)
    return case


@pytest.mark.rule("S000-1-4.4.1b")
@pytest.mark.rule("S000-1-4.9.4a")
def test_a_repairs_copies_go_one_to_each_department(walk: Walk, shot, accessible) -> None:
    case = repaired(walk)
    assert {holder for _key, _state, holder in walk.stands(case)} == {"财务部"}
    walk.do(MONEY, "confirm_payment", case.number, counted="50.00", method="cash")
    assert {holder for _key, _state, holder in walk.stands(case)} == {TECH}
    walk.office.act(TECH, "return_sheet", case.number, at="field-act")
    walk.do(CS, "countersign", case.number, all_done=True, cs_signature="signed")
    walk.do(ENG, "receive_second", case.number)
    assert walk.stands(case) == [
        ("first", "received", "客服组"), ("second", "received", "工程组"), ("third", "handed", "财务部"),
    ]  # fmt: skip
    page = walk.page(CS)
    walk.visit(page, "/registers/archive/")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="财务部"))
    expect(row.get_by_role("link", name="1 财务部")).to_be_visible()
    shot(page, "archive-on-the-way")
    walk.do(CS, "file_first", case.number)
    walk.do(ENG, "file_second", case.number)
    walk.do(CS, "lose_copy", case.number, lost_copy="third", lost_how="路上掉了")
    walk.visit(page, "/registers/")
    page.get_by_role("link", name="部门存档").click()
    page.get_by_role("link", name="1 财务部").click()
    expect(page.get_by_role("heading", level=2).nth(1)).to_contain_text("财务部 遗失 1 联")
    page.get_by_role("link", name=case.number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("王秀兰")
    phone = walk.new_page(viewport=PHONE)
    walk.sign_in(phone, walk.office.stage.person(CS))
    for one, name in ((page, "archive-1440"), (phone, "archive-390")):
        walk.visit(one, "/registers/archive/")
        shot(one, name)
        accessible(one)


@pytest.mark.rule("S000-1-4.5.3")
def test_a_cleanings_second_copy_stays_with_customer_service(walk: Walk) -> None:
    case = cleaned(walk)
    assert {holder for _key, _state, holder in walk.stands(case)} == {"客服组"}
    walk.do(CS, "countersign", case.number, all_done=True, cs_signature="signed")
    assert walk.stands(case)[2] == ("third", "handed", "财务部")
    page = walk.page(ENG)
    walk.visit(page, f"/cases/{case.number}/do/file_second/")
    expect(page.get_by_role("alert").first).to_contain_text("第二联由该存它的部门存档")
    walk.do(CS, "file_first", case.number)
    walk.do(CS, "file_second", case.number)
    walk.do(MONEY, "file_third", case.number)
    assert [state for _key, state, _holder in walk.stands(case)] == ["archived"] * 3
    walk.visit(walk.page(CS), "/registers/archive/?state=archived")
    expect(walk.page(CS).get_by_role("heading", level=2).nth(1)).to_contain_text("已存档 3 联")


@pytest.mark.rule("S000-1-4.6e")
def test_a_copy_made_elsewhere_is_kept_by_the_department_that_made_it(walk: Walk) -> None:
    case = walk.office.ordered(service="copying", item="复印", quantity="20", matter="复印身份证")
    walk.do(HEAD, "serve", case.number, served_how="department", served_by="office", done="印好了")
    walk.do(CS, "sign_counter", case.number, signature="signed")
    assert {holder for _key, _state, holder in walk.stands(case)} == {"财务部"}
    walk.do(MONEY, "collect", case.number, received="10.00", method="cash", finance_signature="signed")
    assert walk.stands(case) == [
        ("first", "handed", "客服组"), ("second", "handed", "办公室"), ("third", "received", "财务部"),
    ]  # fmt: skip
    walk.do(HEAD, "receive_second", case.number)
    walk.do(HEAD, "file_second", case.number)
    walk.do(CS, "file_first", case.number)
    walk.do(MONEY, "file_third", case.number)
    page = walk.page(CS)
    walk.visit(page, "/registers/archive/")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="办公室"))
    row.get_by_role("link", name="1 办公室").click()
    expect(page.get_by_role("table").nth(1)).to_contain_text("复印")
