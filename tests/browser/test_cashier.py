"""The cashier closes a day in a browser and finance signs for it: the sum is shown while counting, axe finds nothing."""

from __future__ import annotations

import pytest
from tests.web.repair import TO_DONE, Repair

from guanjia import clock
from guanjia.ledger.models import DayClose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def till(transactional_db, monkeypatch) -> Repair:
    """A repair that 200 yuan were paid for in cash."""
    found = Repair()
    found.play(*TO_DONE)
    found.do("return_sheet", sheet_back=True)
    found.do("book", by="cashier", finance_copy_here=True)
    found.do("collect", by="cashier", received="200", method="cash")
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


def test_a_day_from_the_count_to_the_signature(till, new_page, sign_in, visit, shot, accessible):
    page = new_page(viewport=DESK)
    sign_in(page, till.person("cashier"))
    visit(page, "/cashier/day/")
    page.get_by_text("按面额点").click()
    page.locator("[data-fen='10000']").fill("1")
    page.locator("[data-fen='5000']").fill("1")
    assert page.locator("#n-counted").input_value() == "150.00"
    assert page.locator("[data-gap]").inner_text() == "-¥50.00"
    page.get_by_role("button", name="记点款").click()
    page.get_by_text("没有写原因").wait_for()
    accessible(page)
    shot(page, "till-difference")
    assert all("422" in line for line in page.errors), page.errors
    page.errors.clear()
    page.locator("#n-reason").fill("找零差错")
    page.get_by_role("button", name="记点款").click()
    page.get_by_text("找零差错").wait_for()
    page.locator("#d-amount").fill("100")
    page.locator("#d-slip").fill("GH-88")
    page.get_by_role("button", name="记送存").click()
    page.get_by_text("GH-88").first.wait_for()
    page.locator("#n-counted").fill("50")
    page.get_by_role("button", name="记点款").click()
    page.get_by_text("相符", exact=True).wait_for()
    page.get_by_role("button", name="关账", exact=True).click()
    page.get_by_text("等财务复核").wait_for()
    accessible(page)
    shot(page, "till-closed")
    page.close()
    page = new_page(viewport=DESK)
    sign_in(page, till.person("finance"))
    visit(page, "/cashier/day/")
    page.get_by_role("button", name="复核并签字").click()
    page.get_by_text("已复核").first.wait_for()
    accessible(page)
    shot(page, "till-checked")
    assert DayClose.objects.get().checked_by == till.person("finance")
