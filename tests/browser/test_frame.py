"""Sign-in, notices and the frame around every page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from guanjia.staff.models import Role

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_the_sign_in_page(new_page, visit, shot, accessible, staff, size):
    page = new_page(viewport={"width": size[0], "height": size[1]})
    visit(page, "/login/?next=/parts/")
    shot(page, f"login-{size[0]}", full=False)
    accessible(page)
    expect(page.locator("#id_username")).to_be_focused()
    staff("周敏", Role.RECEPTIONIST)
    page.fill("#id_username", "u周敏")
    page.fill("#id_password", "wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("工号或密码不对")
    expect(page.locator("#id_password")).to_be_focused()
    shot(page, f"login-wrong-{size[0]}", full=False)
    accessible(page)


def test_notices(new_page, live_server, shot, accessible, office):
    page = new_page()
    page.goto(f"{live_server.url}/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这一页")
    shot(page, "notice-404", full=False)
    accessible(page)
    page.errors.clear()


def test_the_menu_changes_the_language_and_signs_out(page, visit, sign_in, staff, settings, shot):
    settings.SANDBOX = True
    sign_in(page, staff("周敏", Role.RECEPTIONIST))
    visit(page, "/parts/")
    page.get_by_role("button", name="周敏").click()
    shot(page, "menu", full=False)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator(".me").click()
    page.locator("form[data-signout] button").click()
    expect(page.locator("#id_username")).to_be_visible()
