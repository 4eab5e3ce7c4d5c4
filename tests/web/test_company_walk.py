"""Every address of the site, walked by every post of the company in an office where there is a repair only.

Nobody told the company of the repair: no page shows that there is one, whose it is, or what it is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from tests.web.repair import BEGINS
from tests.web.test_isolation import ADDRESSES, ENTRIES, call, said
from tests.web.two_offices import World

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.staff import actions as staff
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
POSTS = ("company_centre", "quality", "vice_president", "general_manager")
# of an office, and for these posts all the same: which office to look at
OPEN = {"switch-office"}


def signed(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """An office with one of everything, all of it about a repair; what a test writes is rolled back."""
    folder: Path = tmp_path_factory.mktemp("media")
    patch = pytest.MonkeyPatch()
    adoption.forget()
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, SANDBOX=True),
        transaction.atomic(),
    ):
        patch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=2))
        yield World()
        patch.undo()
        transaction.set_rollback(True)
    adoption.forget()


@pytest.mark.parametrize("role", [*POSTS, "administrator"])
def test_no_page_shows_a_repair_to_a_post_of_the_company(world: World, role: str) -> None:
    """Neither whose it is nor that there is one, nor a form, a receipt, a file or a telephone number of it."""
    user = staff.create_user(f"walks-{role}", "公司的人")
    staff.give_post(user, role, company=world.office.company)
    kept = [
        "王秀兰",
        "厨房水管爆裂",
        "13800001234",
        world.case.number,
        world.receipt.number,
        world.record.number,
    ]
    if role == "administrator":  # keeps the register of households, and sees which messages could not be sent
        kept = ["厨房水管爆裂", world.receipt.number, world.record.number]
    client, troubles = signed(user), []
    client.post(reverse("switch-office"), {"office": world.office.code})
    for where, name in ADDRESSES:
        entry = ENTRIES[name]
        if entry.kind in ("open", "sample") or name in OPEN:
            continue
        with transaction.atomic():
            answer = call(world, entry, name, client)
            text = said(answer)
            transaction.set_rollback(True)
        given = " ".join(str(part) for part in (*entry.args(world), *entry.data(world).values()))
        shown = [one for one in kept if one in text and one not in given]
        if shown or answer.status_code >= 500:
            troubles.append(f"{where} ({name}) {answer.status_code}: {shown}")
        if entry.args(world)[:1] == (world.case.number,) and answer.status_code not in (403, 404):
            troubles.append(f"{where} ({name}) opens the case: {answer.status_code}")
    assert not troubles, "\n".join(troubles)


MONEY = ("cashier", "cashier-day", "cashier-month", "receipts", "arrears", "requests", "reconcile", "archive",
         "registers", "outstanding", "agreements", "households", "letters", "calls", "shift", "desk")  # fmt: skip


@pytest.mark.parametrize("role", POSTS)
@pytest.mark.parametrize("name", MONEY)
def test_books_households_and_the_desk_are_the_offices_own(world: World, role: str, name: str) -> None:
    user = staff.create_user(f"asks-{role}", "公司的人")
    staff.give_post(user, role, company=world.office.company)
    assert signed(user).get(reverse(name)).status_code == 403


def test_the_rail_leads_a_post_of_the_company_nowhere_that_refuses_it(world: World) -> None:
    for role in POSTS:
        user = staff.create_user(f"rail-{role}", "公司的人")
        staff.give_post(user, role, company=world.office.company)
        client = signed(user)
        rail = said(client.get(reverse("cases"))).split('class="rail"')[1].split("</nav>")[0]
        leads = [part.split('"')[0] for part in rail.split('href="')[1:]]
        assert leads
        assert all(client.get(one, follow=True).status_code == 200 for one in leads)
