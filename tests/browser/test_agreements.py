"""Agreements, a month's visits and a quarter's round, at a desk and on a phone: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.manuals.test_home_service import on
from tests.web.test_agreements import World

from guanjia import clock
from guanjia.cases.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


def played() -> World:
    """Three agreements, one of them to be stopped; a month of visits; a round that misses a household."""
    world = World()
    homes = {unit: world.signed(unit, name, "01-05 09:00") for unit, name in (
        ("3-2-1402", "何先明"), ("3-2-1502", "王秀兰"), ("3-2-1602", "吴建平"),
    )}  # fmt: skip
    thursdays = "\n".join(f"2026-04-{day:02d} 09:00" for day in (2, 9, 16, 23, 30))
    for unit in ("3-2-1502", "3-2-1602"):
        world.do(homes[unit], "plan_visits", "03-30 10:00", visits=thursdays)
    ink = {"how": "paper", "name": "王秀兰"}
    world.do(homes["3-2-1502"], "confirm_visits", "03-30 11:00", visits_signature=ink)
    first = Case.objects.filter(category="paid_service", unit__code="3-2-1502").earliest("appointment_at")
    world.do(first, "dispatch", "04-01 09:00", server=world.stage.person("cleaner").pk)
    for action, at, data in (
        ("depart", "04-02 08:40", {}), ("arrive", "04-02 08:58", {}), ("start", "04-02 09:00", {"explained": True}),
        ("finish", "04-02 11:00", {"done": "打扫好了"}),
    ):  # fmt: skip
        world.do(first, action, at, "cleaner", **data)
    world.do(
        homes["3-2-1402"], "plan_stop", "04-03 09:00", stop_on="2026-04-20 00:00", stop_by="us", stop_reason="人手不够"
    )  # fmt: skip
    round_ = Case.objects.get(category="quarter_visits", facts__period="2026-Q2")
    world.do(round_, "visit", "04-04 10:00", household="3-2-1502", visit_means="visit", visit_remark="满意")
    world.do(round_, "visit", "04-05 10:00", household="3-2-1402", visit_means="phone", visit_remark="在外地")
    return world


@pytest.mark.rule("S002-1-5.4.4")
def test_agreements_are_found_and_fit(
    transactional_db, monkeypatch, new_page, sign_in, visit, shot, accessible
) -> None:
    world = played()
    monkeypatch.setattr(clock, "now", lambda: on("04-10 09:00"))
    pages = {
        "list": "/agreements/",
        "month": "/agreements/month/?month=2026-04",
        "quarter": "/agreements/quarter/",
    }
    for size in (DESK, PHONE):
        page = new_page(viewport=size)
        sign_in(page, world.stage.person("cs_supervisor"))
        for name, address in pages.items():
            visit(page, address)
            shot(page, f"agreements-{name}-{size['width']}")
            accessible(page)
    page = new_page(viewport=DESK)
    sign_in(page, world.stage.person("cs_supervisor"))
    visit(page, "/cases/")
    page.get_by_role("link", name="服务协议", exact=True).click()
    page.get_by_role("link", name="当月服务").click()
    page.get_by_role("link", name="9日 过时未到").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1502")
    visit(page, "/callbacks/")
    page.get_by_role("link", name="季度上门回访").click()
    page.get_by_role("link", name="记上门 3-2-1602").click()
    expect(page.get_by_label("哪一户")).to_have_value("3-2-1602")
