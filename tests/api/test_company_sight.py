"""A key of somebody of the company reads of an office the complaints and what it was told of, and nothing of a repair."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from tests.api.conftest import BASE, Caller, Clock, caller_for
from tests.api.repair import picture
from tests.api.test_isolation import ASKED, World, _build

from guanjia.adoption import queries as adoption
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db
POSTS = ("company_centre", "quality", "vice_president", "general_manager")
# nothing of a case, a household or money: who works there, what can be opened, manuals, figures, the caller's own
OPEN = {
    "/offices/{office}", "/offices/{office}/staff", "/offices/{office}/categories", "/offices/{office}/manuals",
    "/offices/{office}/manuals/{key}", "/offices/{office}/attachments", "/offices/{office}/service-items",
    "/offices/{office}/suppliers", "/offices/{office}/classifications", "/offices/{office}/messages",
}  # fmt: skip
LISTS = {
    "/offices/{office}/cases", "/offices/{office}/cases.csv", "/offices/{office}/worklist", "/offices/{office}/counts",
    "/offices/{office}/statistics",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A finished repair; what a caller writes is rolled back."""
    patch, clock = pytest.MonkeyPatch(), Clock()
    patch.setattr("guanjia.clock.now", clock)
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        yield _build(clock)
        transaction.set_rollback(True)
    patch.undo()


def _of_the_company(world: World, role: str) -> Caller:
    user = staff.create_user(f"co-{role}", "公司的人")
    staff.give_post(user, role, company=world.stage.office.company)
    return caller_for(user)


@pytest.mark.parametrize("role", POSTS)
def test_no_address_shows_a_repair(world: World, role: str) -> None:
    caller = _of_the_company(world, role)
    number, troubles = world.names["number"], []
    for (method, path), (address, body) in sorted(ASKED.items()):
        names = {**world.names, "own": "card"}
        url = address.format(**names)
        with transaction.atomic():
            if body == "file":
                answer = caller.client.post(f"{BASE}{url}", {"file": ContentFile(picture(), "x.png")})
            else:
                sent = json.loads(json.dumps(body).replace("{number}", number)) if body else body
                answer = caller.request(method, url, sent)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        said = text.decode("utf-8", "replace")
        if path in OPEN or (method == "get" and path in LISTS):
            shown = [one for one in (number, "王秀兰", "13800001234", "138****1234") if one in said]
            if answer.status_code not in (200, 201) or shown:
                troubles.append(f"{method} {path} {answer.status_code}: {shown}")
        elif answer.status_code not in (403, 404, 409):
            troubles.append(f"{method} {path} {answer.status_code}: {said[:200]}")
    assert not troubles, "\n".join(troubles)


def test_counts_are_of_what_is_seen(world: World) -> None:
    found = _of_the_company(world, "quality").get("/offices/card/counts")
    assert {found[name] for name in ("all", "overdue", "cases_open", "cases_urgent")} == {0}
