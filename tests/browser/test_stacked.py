"""Wide tables on a phone in portrait: each line a card with its headings, nothing to be pushed sideways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page
from tests.browser.conftest import PHONE
from tests.engine.bills import ROUND, Bills
from tests.web.repair import TO_DONE, Repair
from tests.web.test_paid_service import Office
from tests.web.test_reconcile import PAGE, repaired

from guanjia import clock
from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.estate import actions as estate
from guanjia.staff import actions as staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STICKS_OUT = """() => [...document.querySelectorAll('.wide')].filter(box => box.scrollWidth > box.clientWidth)
    .map(box => box.innerText.slice(0, 60))"""
UNNAMED = """() => [...document.querySelectorAll('table.cards tbody td')]
    .filter(cell => cell.innerText.trim() && !cell.dataset.label).map(cell => cell.innerText)"""

COVERED = """() => [...document.querySelectorAll('table.cards td[data-label]')]
    .filter(cell => getComputedStyle(cell, '::before').whiteSpace === 'nowrap').map(cell => cell.dataset.label)"""


def stacked(page: Page, heading: str) -> None:
    """No table is wider than its box, each value bears its heading, and the headings are still read aloud."""
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(COVERED) == []
    assert page.locator("table.cards").count()
    assert page.get_by_role("columnheader", name=heading).count()


@pytest.fixture
def phone(new_page):
    """A window as wide as a telephone."""
    return new_page(viewport=PHONE)


def test_the_month_is_compared_by_hand_width(
    transactional_db, monkeypatch, phone, sign_in, visit, shot, accessible
):
    office = Office(monkeypatch)
    repaired(office)
    sign_in(phone, office.stage.person("finance"))
    visit(phone, PAGE)
    shot(phone, "stacked-reconcile")
    stacked(phone, "应收，元")
    accessible(phone)


@pytest.fixture
def centre(transactional_db, monkeypatch):
    """Somebody of the company's centre: an office with a repair that is done, and a second one of a long name."""
    found = Repair()
    found.play(*TO_DONE)
    monkeypatch.setattr(clock, "now", lambda: found.at)
    since = found.at - timedelta(days=30)
    company = found.office.company
    second = estate.create_office(
        company, "second", "清风苑一期二期三期合并管理处", "清风苑", duty_phone="0755-00000199"
    )
    version = queries.version_of("entrusted-repair-h", "2026.1")
    for key, value in queries.figures(found.office)["entrusted-repair-h"].items():
        adoption.set_figure(second, version, key, value, at=since)
    adoption.adopt(second, version, at=since)
    user = staff.create_user("centre", "唐婉")
    staff.give_post(user, "company_centre", company=company)
    return user


@pytest.mark.parametrize(
    ("address", "name"), [("/company/?month=2026-03", "company"), ("/company/complaints/", "complaints")]
)
def test_offices_side_by_side_stand_one_below_the_other(
    centre, phone, sign_in, visit, shot, accessible, address, name
):
    sign_in(phone, centre)
    visit(phone, address)
    shot(phone, f"stacked-{name}")
    stacked(phone, "管理处")
    accessible(phone)


def test_payment_requests_fit_a_phone(transactional_db, monkeypatch, phone, sign_in, visit, shot, accessible):
    found = Bills()
    found.order("3-2-1402", 2550)
    found.send()
    monkeypatch.setattr(clock, "now", lambda: ROUND)
    sign_in(phone, found.stage.person("cashier"))
    visit(phone, "/cashier/requests/")
    shot(phone, "stacked-requests")
    stacked(phone, "未付")
    accessible(phone)
