"""对账 in a browser: what does not balance stands first, leads to its case, and stops the second signature."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.browser.conftest import PHONE
from tests.web.test_paid_service import NOW, Office
from tests.web.test_reconcile import PAGE, cleaning, confirmation, repaired, signed

from guanjia.ledger import actions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def office(transactional_db, monkeypatch) -> Office:
    return Office(monkeypatch)


@pytest.mark.rule("S000-1-4.9.4b")
@pytest.mark.rule("S000-1-4.9.4c")
def test_a_month_that_does_not_balance_is_not_signed(office, new_page, sign_in, visit, shot, accessible):
    cleaning(office)
    owing = repaired(office)
    till, place, at = office.stage.person("cashier"), office.stage.office, office.now
    actions.count_cash(place, counted_fen=10000, reason="", key="c", at=at, actor=till)
    actions.deposit_cash(place, amount_fen=9000, slip="GH-7", key="d", at=at, actor=till)
    actions.count_cash(place, counted_fen=1000, reason="", key="e", at=at, actor=till)
    actions.close_day(place, at.date(), at=at, actor=till)
    number = confirmation(office)
    office.act("receptionist", "fill_in", number, **signed("cs_signature", "周敏"))
    office.act("finance", "collect", owing.number, received="50.00", method="wechat")
    for size in (DESK, PHONE):
        page = new_page(viewport=size)
        sign_in(page, office.stage.person("finance"))
        visit(page, PAGE)
        page.get_by_text("不平：1 处").wait_for()
        accessible(page)
        shot(page, f"reconcile-{size['width']}")
        if size is PHONE:
            page.close()
    page = new_page(viewport=DESK)
    sign_in(page, office.stage.person("finance"))
    visit(page, PAGE)
    page.get_by_role("link", name="财务部核对签字").click()
    page.locator("[name=received_total]").fill("150.00")
    page.get_by_text("纸面已签").click()
    page.locator("[name=finance_signature-name]").fill("钱会计")
    page.get_by_role("button", name="财务部核对签字").click()
    page.get_by_text("收费有变动").first.wait_for()
    assert all("409" in line for line in page.errors), page.errors
    page.errors.clear()
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="工作单、账上和收据逐单对").click()
    page.locator("table.sides").get_by_role("link", name=owing.number).click()
    page.get_by_role("heading", level=1, name="面盆堵了").wait_for()
    office.act("receptionist", "redo", number, redo_reason="又交了一户")
    office.act("receptionist", "fill_in", number, **signed("cs_signature", "周敏"))
    office.act(
        "finance", "countersign", number, received_total="150.00", **signed("finance_signature", "钱会计")
    )
    office.now = datetime(2026, 4, 1, 9, 0, tzinfo=NOW.tzinfo)
    actions.count_cash(place, counted_fen=1000, reason="", key="f", at=office.now, actor=till)
    actions.close_day(place, date(2026, 3, 31), at=office.now, actor=till)
    visit(page, PAGE)
    page.get_by_text("双方已签").wait_for()
    assert page.locator(".verdict").inner_text() == "平"
    accessible(page)
    shot(page, "reconcile-balanced")
