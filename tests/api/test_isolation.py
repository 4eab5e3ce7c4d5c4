"""Nobody sees another office's data: every address of the API is asked by a stranger, and says that there is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from tests.api.conftest import BASE, Caller, Clock, caller_for
from tests.api.repair import BOOK, CALL, picture, play
from tests.stage import BEGINS

from guanjia.adoption import queries as adoption
from guanjia.api.application import build
from guanjia.cases import actions as cases
from guanjia.cases.models import Access, Case, CaseLink, Event
from guanjia.estate.models import Office, Phone
from guanjia.notify.models import Message
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read
from guanjia.records.models import Record
from guanjia.staff import actions as staff
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
NOT_FOUND = 404
# What belongs to the caller and no office, and is compared line by line below.
OWN = {("get", "/me"), ("get", "/offices")}
# Opened by the key of a telephone line alone, which names its office: tests/api/test_telephone.py.
OF_A_LINE = {("post", "/telephone/events")}
# Addresses of an office, and of one thing in it; the names in braces are those of `World.names`.
ASKED: dict[tuple[str, str], tuple[str, Any]] = {
    ("get", "/offices/{office}"): ("/offices/card", None),
    ("get", "/offices/{office}/staff"): ("/offices/card/staff", None),
    ("get", "/offices/{office}/categories"): ("/offices/card/categories", None),
    ("post", "/offices/{office}/intake/line"): ("/offices/card/intake/line", {"text": "3-2-1502 漏水"}),
    ("get", "/offices/{office}/cases"): ("/offices/card/cases?scope=all", None),
    ("get", "/offices/{office}/cases.csv"): ("/offices/card/cases.csv", None),
    ("post", "/offices/{office}/cases"): ("/offices/card/cases", CALL),
    ("get", "/cases/{number}"): ("/cases/{number}", None),
    ("get", "/cases/{number}/timeline"): ("/cases/{number}/timeline", None),
    ("post", "/cases/{number}/links"): ("/cases/{number}/links", {"number": "{number}"}),
    ("get", "/cases/{number}/actions"): ("/cases/{number}/actions", None),
    ("post", "/cases/{number}/actions/{action}"): ("/cases/{number}/actions/note", {"data": {"text": "x"}}),
    ("get", "/cases/{number}/obligations"): ("/cases/{number}/obligations", None),
    ("get", "/cases/{number}/records"): ("/cases/{number}/records", None),
    ("get", "/offices/{office}/records"): ("/offices/card/records?form=repair_sheet", None),
    ("get", "/offices/{office}/records/{record_id}"): ("/offices/{own}/records/{record}", None),
    ("get", "/offices/{office}/records/{record_id}/pdf"): ("/offices/{own}/records/{record}/pdf", None),
    ("get", "/offices/{office}/books"): ("/offices/card/books", None),
    ("get", "/offices/{office}/books/{manual}/{book}"): (
        "/offices/card/books/entrusted-repair-h/repairs?scope=all",
        None,
    ),
    ("get", "/offices/{office}/books/{manual}/{book}/csv"): (
        "/offices/card/books/entrusted-repair-h/repairs/csv?scope=all",
        None,
    ),
    ("get", "/cases/{number}/balance"): ("/cases/{number}/balance", None),
    ("get", "/offices/{office}/receipts"): ("/offices/card/receipts", None),
    ("get", "/offices/{office}/receipts/{number}"): ("/offices/{own}/receipts/{receipt}", None),
    ("get", "/offices/{office}/receipts/{number}/pdf"): ("/offices/{own}/receipts/{receipt}/pdf", None),
    ("get", "/offices/{office}/open-items"): ("/offices/card/open-items", None),
    ("get", "/offices/{office}/statement"): ("/offices/card/statement?payer=unit:3-2-1502", None),
    ("get", "/offices/{office}/takings"): ("/offices/card/takings", None),
    ("post", "/offices/{office}/attachments"): ("/offices/card/attachments", "file"),
    ("get", "/cases/{number}/attachments"): ("/cases/{number}/attachments", None),
    ("get", "/attachments/{attachment_id}"): ("/attachments/{attachment}", None),
    ("get", "/attachments/{attachment_id}/content"): ("/attachments/{attachment}/content", None),
    ("get", "/offices/{office}/worklist"): ("/offices/card/worklist", None),
    ("get", "/offices/{office}/counts"): ("/offices/card/counts", None),
    ("get", "/offices/{office}/messages"): ("/offices/card/messages", None),
    ("post", "/offices/{office}/messages/{message_id}/read"): (
        "/offices/{own}/messages/{message}/read",
        None,
    ),
    ("get", "/offices/{office}/search"): ("/offices/card/search?text=1502", None),
    ("get", "/offices/{office}/households"): ("/offices/card/households", None),
    ("get", "/offices/{office}/households/{unit_id}"): ("/offices/{own}/households/{unit}", None),
    ("post", "/offices/{office}/phones/{phone_id}/reveal"): ("/offices/{own}/phones/{phone}/reveal", None),
    ("post", "/cases/{number}/phones/{fact}/reveal"): ("/cases/{number}/phones/contact_phone/reveal", None),
    ("get", "/offices/{office}/service-items"): ("/offices/card/service-items", None),
    ("get", "/offices/{office}/suppliers"): ("/offices/card/suppliers", None),
    ("get", "/offices/{office}/classifications"): ("/offices/card/classifications", None),
    ("get", "/offices/{office}/manuals"): ("/offices/card/manuals", None),
    ("get", "/offices/{office}/manuals/{key}"): ("/offices/{own}/manuals/entrusted-repair-h", None),
    ("get", "/offices/{office}/statistics"): ("/offices/card/statistics?month=2026-03", None),
}


def addresses() -> set[tuple[str, str]]:
    """Every method and path that the description names."""
    paths = build().get_openapi_schema(path_prefix="")["paths"]
    return {(method, path) for path, methods in paths.items() for method in methods}


def test_every_address_is_asked_by_a_stranger() -> None:
    """A new address without a line here fails."""
    assert addresses() == set(ASKED) | OWN | OF_A_LINE


@dataclass
class World:
    """A finished repair in the office `card`, and strangers: somebody of another office, and a key of one."""

    stage: stages.Stage
    names: dict[str, Any]
    strangers: dict[str, Caller]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once and rolled back: a stranger writes nothing."""
    patch, clock = pytest.MonkeyPatch(), Clock()
    patch.setattr("guanjia.clock.now", clock)
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        yield _build(clock)
        transaction.set_rollback(True)
    patch.undo()


def _build(clock: Clock) -> World:
    stage = stages.build([read(settings.MANUALS_ROOT / "entrusted-repair-h") + BOOK], {}, BEGINS)
    callers: dict[str, Caller] = {}

    def caller(who: str) -> Caller:
        return callers.setdefault(who, caller_for(stage.person(who)))

    technician = stage.person("technician")
    number = play(caller, clock, technician.pk)
    file = cases.keep_upload(stage.office, ContentFile(picture()), at=BEGINS)
    other, everywhere = _strangers(stage)
    names = {
        "number": number,
        "own": other.code,
        "record": Record.objects.get(form="repair_sheet").pk,
        "receipt": stage.office.receipts.get().number,
        "attachment": file.pk,
        "message": Message.objects.filter(to_user=technician).first().pk,  # type: ignore[union-attr]
        "unit": stage.office.units.get(code="3-2-1502").pk,
        "phone": Phone.objects.get(number="13800001234").pk,
    }
    strangers = {
        "somebody of another office": caller_for(User.objects.get(username="stranger")),
        "a key of another office": caller_for(everywhere, other),
    }
    return World(stage, names, strangers)


def _strangers(stage: stages.Stage) -> tuple[Office, User]:
    """An office of the same company, somebody who may do everything there, and somebody who works in both."""
    other = Office.objects.create(company=stage.office.company, code="plaza", name="广场", estate_name="广场")
    stranger, both = staff.create_user("stranger", "外人"), stage.person("technician")
    for user in (stranger, both):
        for role in ("director", "cashier", "receptionist"):
            staff.give_post(user, role, office=other)
    return other, both


def written() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, Event, CaseLink, Access, Message))


@pytest.mark.parametrize("who", ["somebody of another office", "a key of another office"])
@pytest.mark.parametrize("address", sorted(ASKED), ids=lambda address: " ".join(address))
def test_a_stranger_finds_nothing(address: tuple[str, str], who: str, world: World) -> None:
    path, body = ASKED[address]
    url = path.format(**world.names)
    if isinstance(body, dict):
        body = json.loads(json.dumps(body).replace("{number}", world.names["number"]))
    before = written()
    caller = world.strangers[who]
    if body == "file":
        response = caller.client.post(f"{BASE}{url}", {"file": ContentFile(picture(), "x.png")})
    else:
        response = caller.request(address[0], url, body)
    assert response.status_code == NOT_FOUND, response.content.decode()[:500]
    assert response.json()["code"] == "NOT_FOUND"
    assert written() == before
    for secret in ("13800001234", "王秀兰", "水管爆了"):
        assert secret not in response.content.decode()


READ = sorted(address for address in ASKED if address[0] == "get")


@pytest.mark.parametrize("address", READ, ids=lambda address: " ".join(address))
def test_the_same_address_answers_those_who_work_there(address: tuple[str, str], world: World) -> None:
    """So that the test above does not pass for an address that nobody finds."""
    path, body = ASKED[address]
    url = path.format(**{**world.names, "own": "card"})
    callers = {
        one.name: caller_for(one) for one in (world.stage.person("director"), world.stage.person("cashier"))
    }
    statuses = {callers[name].request(address[0], url, body).status_code for name in callers}
    assert 200 in statuses


def test_the_lists_of_the_caller_hold_only_his_own(world: World) -> None:
    for caller in world.strangers.values():
        assert [one["code"] for one in caller.get("/offices")["items"]] == ["plaza"]
        assert [one["code"] for one in caller.get("/me")["offices"]] == ["plaza"]
        for url in (
            "cases?scope=all",
            "worklist",
            "messages",
            "households",
            "receipts",
            "open-items",
            "suppliers",
        ):
            assert caller.get(f"/offices/plaza/{url}")["total"] == 0, url


@pytest.mark.parametrize("address", sorted(addresses()), ids=lambda address: " ".join(address))
def test_nobody_is_answered_without_a_key(address: tuple[str, str], world: World) -> None:
    path = ASKED.get(address, (address[1], None))[0].format(**world.names)
    response = getattr(Client(), address[0])(f"{BASE}{path}")
    assert response.status_code == 401
    assert response.json()["code"] == "SIGN_IN_REQUIRED"
