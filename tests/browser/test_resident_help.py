"""Somebody is ill: what to do, whom to send, and the log are on one screen, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.manuals.test_resident_help import TEXT, ill, on

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.ops.cards.stage import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.mark.rule("S004-5-2.2a", "S004-5-2.5")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_must_be_done_is_on_one_screen(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([TEXT], {}, on("03-01 09:00"))
    case = ill(stage)
    monkeypatch.setattr(clock, "now", lambda: on("03-24 10:02"))
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    visit(page, f"/cases/{case.number}/")
    shot(page, f"help-{size['width']}", full=False)
    accessible(page)
    bar = page.locator("#actions").bounding_box()
    for words in ("别硬撑", "叫离得最近的人先去", "要送医院就打 120", "谁最近", "值班记录表 ZJ"):
        box = page.locator(".pinned").get_by_text(words).first.bounding_box()
        assert box and bar and box["y"] + box["height"] <= bar["y"], words
    page.locator(".pinned").get_by_role("button", name="向上级报告一次").click()
    expect(page.locator(".events, .tl, #case").get_by_text("向上级报告一次").last).to_be_visible()
    assert Case.objects.get(pk=case.pk).events.filter(action="report_up").count() == 1
    page.locator(".pinned .near li").first.get_by_role("link").last.click()
    page.get_by_role("button", name="通知最近的人").click()
    expect(page.locator(".pinned")).not_to_contain_text("谁最近")
    assert Case.objects.get(pk=case.pk).state == "alerted"
    visit(page, "/cases/new/help/")
    page.get_by_text("急救病人求助").click()
    expect(page.get_by_label("楼层")).to_be_visible()
    shot(page, f"help-new-{size['width']}")
    accessible(page)
