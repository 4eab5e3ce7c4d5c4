"""Browser tests of the pages: an office with people, a signed-in browser, pictures, axe.

Pictures go to var/shots/ and are looked at by people; axe must find nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page

from guanjia.estate.models import Company, Office
from guanjia.staff.models import Post, Role

SHOTS = Path("var/shots")
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def shot() -> Callable[..., Path]:
    """`shot(page, "desk")` leaves a picture in var/shots/; full=False takes the window only."""

    def take(page: Page, name: str, *, full: bool = True) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full, animations="disabled")
        return path

    return take


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Asserts that axe finds no violation of WCAG 2.2 AA on the page as it stands, and that nothing sticks out."""

    def check(page: Page) -> None:
        results = Axe().run(
            page,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        assert results.violations_count == 0, results.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"the page is {wide}px wider than its window"

    return check


@pytest.fixture
def office(transactional_db: None) -> Office:
    """An office."""
    company = Company.objects.create(name="翠湖物业", short="翠湖")
    return Office.objects.create(
        company=company,
        code="chk",
        name="翠湖花园管理处",
        estate_name="翠湖花园",
        duty_phone="0755-0000 0120",
    )


@pytest.fixture
def staff(office: Office) -> Callable[..., object]:
    """`staff("周敏", Role.RECEPTIONIST)` makes somebody with a post in the office."""

    def make(name: str, *roles: Role) -> object:
        user = get_user_model().objects.create_user(
            username=f"u{name}", password="a long pass phrase", name=name
        )
        for role in roles:
            Post.objects.create(user=user, company=office.company, office=office, role=role)
        return user

    return make


@pytest.fixture
def sign_in(live_server: object) -> Callable[[Page, object], None]:
    """`sign_in(page, user)` puts the user's session into the browser, without the sign-in page."""

    def put(page: Page, user: object) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]  # type: ignore[attr-defined]
        )

    return put


@pytest.fixture
def visit(live_server: object) -> Callable[[Page, str], None]:
    """`visit(page, "/parts/")` opens an address and waits for it to settle; a page that fails fails the test."""

    def go(page: Page, address: str) -> None:
        response = page.goto(f"{live_server.url}{address}")  # type: ignore[attr-defined]
        assert response and response.ok, f"{address}: {response and response.status}"
        page.wait_for_load_state("networkidle")

    return go
