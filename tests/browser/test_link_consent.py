"""A resident agrees to a price on a telephone of 390 × 844, and to the new one after it has changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.browser.test_field import draw_name
from tests.web.test_link_consent import quoted
from tests.web.test_paid_service import Office

from guanjia.cases.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAIN = ".pfoot .big:not(.ghost)"


@pytest.mark.rule("S000-1-4.3.2b")
def test_consent_by_link(transactional_db, monkeypatch, new_page, sign_in, visit, shot, accessible) -> None:
    office = Office(monkeypatch)
    case, link = quoted(office)
    page = new_page(viewport=PHONE)
    visit(page, link)
    shot(page, "link-consent")
    accessible(page)
    assert page.locator(MAIN).bounding_box()["height"] >= 60
    page.get_by_label("我知道这是收费服务").check()
    draw_name(page)
    office.act(
        "receptionist", "set_service", case.number, service="engineering", item="水管维修", quantity="1"
    )
    page.locator(MAIN).click()
    expect(page.get_by_role("alert")).to_contain_text("原来 ¥50.00，现在 ¥80.00")
    page.errors.clear()  # the browser notes the 409 that was meant
    expect(page.locator("[name='told_chargeable']")).not_to_be_checked()
    shot(page, "link-consent-changed")
    accessible(page)
    page.get_by_label("我知道这是收费服务").check()
    draw_name(page)
    page.locator(MAIN).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("您已同意费用")
    assert Case.objects.get(pk=case.pk).facts["agreed_fee"] == 8000
    office.act("receptionist", "change_price", case.number, price="95.00", change_reason="要换一节管")
    visit(page, link)
    expect(page.locator(".bill")).to_contain_text("您原来同意的")
    shot(page, "link-consent-again")
    accessible(page)
    page.get_by_role("link", name="不同意").click()
    page.get_by_label("为什么不同意").fill("太贵")
    draw_name(page)
    shot(page, "link-refuse", full=False)
    accessible(page)
    page.locator(MAIN).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("按您的意思不做了")
    desk = new_page(viewport={"width": 1440, "height": 900})
    sign_in(desk, office.stage.person("receptionist"))
    visit(desk, f"/cases/{case.number}/")
    expect(desk.locator(".signed")).to_contain_text("手机链接")
    shot(desk, "link-consent-case")
    accessible(desk)
