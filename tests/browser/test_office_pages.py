"""The office's pages at a desk and on a phone: axe finds nothing, nothing sticks out, pictures are kept to look at."""

from __future__ import annotations

import pytest
from tests.browser.conftest import PHONE
from tests.web.repair import BEGINS, TO_DONE, Repair

from guanjia import clock
from guanjia.engine.advance import advance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
NARROW = {"width": 1280, "height": 800}

PAGES = {
    "desk": ("receptionist", "/desk/?q=3-2-1502 王女士 厨房水管爆了 13800001234"),
    "desk-idle": ("receptionist", "/desk/"),
    "case": ("eng_supervisor", "/cases/BX2603-0001/"),
    "case-open": ("receptionist", "/cases/BX2603-0002/"),
    "act": ("receptionist", "/cases/BX2603-0002/do/reschedule/"),
    "list": ("receptionist", "/cases/?scope=all"),
    "sheet": ("receptionist", "/registers/entrusted-repair-h/repair_sheet/"),
    "callbacks": ("eng_supervisor", "/callbacks/"),
    "household": ("receptionist", "/households/3-2-1502/"),
    "cashier": ("cashier", "/cashier/"),
    "day": ("cashier", "/cashier/day/"),
    "month": ("cashier", "/cashier/month/?period=2026-03"),
    "receipt": ("cashier", "/cashier/receipts/SJ2603-0001/"),
    "register": ("receptionist", "/registers/entrusted-repair-h/duty_log/"),
    "outstanding": ("receptionist", "/registers/outstanding/"),
    "statement": ("cashier", "/cashier/statement/unit:3-2-1502/"),
    "director": ("director", "/director/"),
    "arrivals": ("director", "/director/arrivals/"),
    "weeks": ("director", "/director/weeks/"),
    "duties": ("director", "/director/duties/?scope=overdue"),
    "statistics": ("director", "/statistics/"),
    "behind": ("director", "/statistics/2026-03/entrusted-repair-h/arrived_in_time/"),
}


@pytest.fixture
def office_of_a_day(transactional_db, monkeypatch) -> Repair:
    """A repair that is paid for, one on its way with an appointment, one that waits too long."""
    found = Repair()
    found.play(*TO_DONE)
    found.do("return_sheet", sheet_back=True)
    found.do("book", by="cashier", finance_copy_here=True)
    found.do("collect", by="cashier", received="200", method="wechat")
    later = {"timing": "appointment", "appointment_at": "2026-03-24T15:30", "contact_name": "何先明"}
    found.send(found.report("3-2-1402", "更换客厅筒灯", **later))
    found.report("6-1-0302", "卫生间主水管漏水", contact_name="刘伟")
    found.at = BEGINS.replace(hour=12)
    advance(found.at)
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.mark.once
@pytest.mark.parametrize("size", [DESK, NARROW, PHONE], ids=["desk", "narrow", "phone"])
def test_pages_are_accessible_and_fit(office_of_a_day, size, new_page, sign_in, visit, shot, accessible):
    for name, (who, address) in PAGES.items():
        page = new_page(viewport=size)
        sign_in(page, office_of_a_day.person(who))
        visit(page, address)
        shot(page, f"office-{name}-{size['width']}", full=size is PHONE)
        accessible(page)
        page.close()


def test_the_bar_of_actions_covers_nothing(office_of_a_day, new_page, sign_in, visit):
    page = new_page(viewport=NARROW)
    sign_in(page, office_of_a_day.person("eng_supervisor"))
    visit(page, "/cases/BX2603-0001/")
    page.keyboard.press("End")
    page.mouse.wheel(0, 10_000)
    page.wait_for_timeout(200)
    bar = page.locator("#actions").bounding_box()
    last = page.locator(".three").bounding_box()
    assert last["y"] + last["height"] <= bar["y"] + 1
