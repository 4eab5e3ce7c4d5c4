"""Quotas, warnings beside a field and a calendar that moves due times: axe finds nothing, and nothing sticks out."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests.browser.conftest import PHONE
from tests.engine.shares import SHARES
from tests.engine.small import Small
from tests.engine.small import at as on
from tests.engine.test_calendars import WORKING
from tests.engine.test_counting import HOMES, at, do, owed, served

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@SIZES
def test_a_quota_and_what_counts(size, monkeypatch, new_page, sign_in, visit, shot, accessible):
    adoption.forget()
    stage = build([SHARES], {}, at("2-27 09:00"))
    advance(at("3-01 08:00"), offices=[stage.office.pk])
    cases = [served(stage, "3-05 10:00", home, "serve") for home in HOMES[:3]]
    do(stage, cases[0], "3-06 10:00", "call")
    monkeypatch.setattr(clock, "now", lambda: at("3-06 12:00"))
    row = owed("calls")
    addresses = {
        "worklist": reverse("desk"),
        "case": reverse("case", args=[row.case.number]),
        "counted": reverse("case-counted", args=[row.case.number, row.pk]),
    }
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    for name, address in addresses.items():
        visit(page, address)
        shot(page, f"quota-{name}-{size['width']}", full=size is PHONE)
        accessible(page)


@SIZES
def test_what_speaks_against_it_and_what_a_calendar_moves(
    size, monkeypatch, new_page, sign_in, visit, shot, accessible
):
    small = Small(text=WORKING)
    monkeypatch.setattr(clock, "now", lambda: on("24 10:30"))
    page = new_page(viewport=size)
    sign_in(page, small.stage.person("cs_supervisor"))
    visit(page, reverse("case-act", args=[small.case.number, "answer"]))
    shot(page, f"warned-{size['width']}", full=size is PHONE)
    accessible(page)
    sign_in(page, small.stage.person("director"))
    visit(page, reverse("settings-calendar", args=["office"]))
    page.fill("#f-special_days", "2026-03-25 关")
    page.get_by_role("button", name="保存为新的一版").click()
    page.locator("#moving").wait_for()
    shot(page, f"moving-{size['width']}", full=True)
    accessible(page)
    page.get_by_role("button", name="照样保存").click()
    page.wait_for_load_state("networkidle")
    visit(page, reverse("case", args=[small.case.number]))
    assert "日历改了，重算到期时间" in page.content()
