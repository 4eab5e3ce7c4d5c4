"""Nobody sees or changes another office's data: every address of the site, walked from its own table of addresses.

A new address fails here until it has an entry that says what it is: OBJECT (names something of an office), OWN (a page of
one's own office), SHARED (the same for every office), SAMPLE (made-up content), OPEN (needs no sign-in). The stranger holds every role, in another
office of the same company: what keeps them out is the office, not the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.web.repair import BEGINS
from tests.web.two_offices import KEY, VERSION, World

from guanjia import clock
from guanjia.adoption import queries as adopted

pytestmark = pytest.mark.django_db

Args = Callable[[World], tuple[object, ...]]


@dataclass(frozen=True)
class Entry:
    """What an address is, with which arguments and how it is called."""

    kind: str
    args: Args = lambda world: ()
    data: Callable[[World], dict[str, object]] = lambda world: {}
    post: bool = False
    why: str = ""


def thing(
    *args: object, post: bool = False, data: Callable[[World], dict[str, object]] | None = None
) -> Entry:
    """An address of something of the office: 403 or 404 for a stranger. Arguments: values, or names of the world."""
    return Entry(
        "object", lambda world: tuple(_of(world, one) for one in args), data or (lambda world: {}), post
    )


def own(*args: object, post: bool = False, data: Callable[[World], dict[str, object]] | None = None) -> Entry:
    """A page of one's own office: whatever it answers holds nothing of another office."""
    return Entry(
        "own", lambda world: tuple(_of(world, one) for one in args), data or (lambda world: {}), post
    )


def shared(*args: object) -> Entry:
    """A page that is the same for every office but for what the office itself has set."""
    return Entry("own", lambda world: args)


def sample(*args: object) -> Entry:
    """A page with made-up content, for people of the house only."""
    return Entry("sample", lambda world: args)


def free(why: str, *args: object) -> Entry:
    """An address that needs no sign-in, and why."""
    return Entry("open", lambda world: tuple(_of(world, one) for one in args), why=why)


def _of(world: World, one: object) -> object:
    return one(world) if callable(one) else one


def number(world: World) -> str:
    return world.case.number


def record(world: World) -> int:
    return world.record.pk


ENTRIES: dict[str, Entry] = {
    "healthz": free("the supervisor and load balancers ask it; it says no more than that the site works"),
    "login": free("this is where one signs in"), "logout": free("signing out asks for nothing"),
    "set_language": free("keeps a word in one's own session"),
    "words": free("translated words for scripts"),
    "resident": free("the link is the authority; tests/web/test_resident.py", lambda world: world.token),
    "resident-act": free("the link is the authority", lambda world: world.token, "rate"),
    "home": own(),
    "switch-office": thing(post=True, data=lambda world: {"office": world.office.code}),
    "parts": sample(), "parts-act": own(), "parts-more": own(),
    "parts-page": sample("phone"),
    # desk
    "desk": own(),
    "desk-parse": own(data=lambda world: {"line": "3-2-1502 王秀兰 水管爆了"}),
    "desk-register": own(post=True, data=lambda world: {"line": "3-2-1502 水管爆了"}),
    "desk-worklist": own(),
    "desk-row": thing(lambda world: world.obligation.pk),
    "desk-reveal": thing(lambda world: world.phone.pk, post=True),
    "shift": own(), "shift-board": own(),
    "shift-tick": thing(number, "note", post=True), "shift-log": own(), "shift-log-export": own("csv"),
    "books": own(), "book": own("owner-reception-manual", "lost_found"), "book-enter": own("owner-reception-manual", "lost_found"),
    "book-export": own("owner-reception-manual", "lost_found", "csv"),
    "desk-ringing": own(), "desk-ringing-here": own(), "calls": own(), "calls-back": own(), "calls-export": own("csv"),
    "letters": own(), "letter": thing(lambda world: world.letter.pk),
    "letter-drop": thing(lambda world: world.letter.pk, post=True, data=lambda world: {"reason": "x"}),
    "letter-add": thing(lambda world: world.letter.pk, post=True, data=lambda world: {"number": world.case.number}),
    "call-reveal": thing(lambda world: world.call.pk, post=True),
    "callbacks": own(), "agreements": own(), "agreements-month": own(), "agreements-quarter": own(),
    "agreements-export": own("csv"), "agreements-month-export": own("csv"), "agreements-quarter-export": own("csv"),
    "households": own(),
    "household": thing("3-2-1502"),
    "cases": own(), "cases-export": own("csv"),
    "case": thing(number), "case-choose": own(), "case-new": own("repair"),
    "case-live": thing(number),
    "case-act": thing(number, "note"),
    "case-tie": thing(number, post=True, data=lambda world: {"number": world.case.number}),
    "case-untie": thing(number, post=True),
    "case-join": thing(number, post=True, data=lambda world: {"others": world.case.number}),
    "case-apart": thing(number, post=True, data=lambda world: {"others": world.case.number}),
    "case-take-out": thing(number, post=True, data=lambda world: {"others": world.case.number, "why": "x"}),
    "case-together": thing(number, "pdf"),
    "samples": own(), "case-sample": thing(number), "case-sample-export": thing(number, "csv"),
    "case-undo": thing(number, post=True),
    "case-counted": thing(number, lambda world: world.obligation.pk),
    "case-counted-export": thing(number, lambda world: world.obligation.pk, "csv"),
    "case-link": thing(number, post=True),
    "case-paper": thing(number, record),
    "case-paper-xlsx": thing(number, record),
    "case-sheet": thing(number, record),
    "attachment": thing(lambda world: world.file.pk),
    # cashier
    "cashier": own(), "cashier-open-export": own("csv"),
    "cashier-day": own(), "cashier-day-pdf": own(),
    "cashier-count": own(post=True, data=lambda world: {"counted": "0", "key": "k"}),
    "cashier-deposit": own(post=True, data=lambda world: {"amount": "1", "slip": "1", "key": "k"}),
    "cashier-close": own(post=True), "cashier-check": own(post=True),
    "cashier-month": own(), "cashier-month-export": own("csv"),
    "arrears": own(), "arrears-export": own("csv"),
    "arrears-step": thing(number, "collect", post=True),
    "requests": own(), "requests-export": own("csv"),
    "requests-act": own("collect"), "requests-print": own(post=True, data=lambda world: {"scope": "all"}),
    "requests-job": thing(lambda world: world.check.pk), "requests-file": thing(lambda world: world.check.pk),
    "reconcile": own(), "reconcile-export": own("xlsx"), "archive": own(), "archive-export": own("csv"),
    "deposit-void": thing(lambda world: world.deposit.pk, post=True), "deposit-pdf": thing(lambda world: world.deposit.pk),
    "receipts": own(), "receipts-export": own("csv"),
    "receipt": thing(lambda world: world.receipt.number),
    "receipt-pdf": thing(lambda world: world.receipt.number),
    "statement": own(lambda world: f"unit:{world.case.unit_id}"),
    "registers": own(),
    "outstanding": own(), "outstanding-export": own("csv"),
    "register": own(KEY, "repair_sheet"), "register-export": own(KEY, "repair_sheet", "csv"),
    "register-moved": own("repair_sheet"), "register-export-moved": own("repair_sheet", "csv"),
    # field
    "field": own(),
    "field-worker": free("the same for everybody; names scripts and style sheets"),
    "field-kept": own(),
    "field-kit": thing(number),
    "field-job": thing(number),
    "field-act": thing(number, "arrive"),
    "field-paper": thing(number, record),
    # director
    "director": own(), "statistics": own(),
    "statistics-export": own("2026-03", "csv"),
    "company": own(), "company-export": own("2026-03", "csv"),
    "company-complaints": own(), "company-complaints-export": own("csv"),
    "company-behind": own(data=lambda world: {"office": world.office.code}),
    "company-behind-export": own("csv", data=lambda world: {"office": world.office.code}),
    "company-pass-down": own(post=True, data=lambda world: {"office": world.office.code, "matter": "x"}),
    "company-received": own(post=True, data=lambda world: {"office": world.office.code, "number": world.case.number}),
    "arrivals": own(), "arrivals-export": own("2026-03", "csv"),
    "weeks": own(), "weeks-export": own("2026-03", "csv"),
    "duties": own(), "duties-export": own("csv"),
    "statistic": own("2026-03", KEY, "requests"), "statistic-export": own("2026-03", KEY, "requests", "csv"),
    # manuals
    "manuals": shared(),
    "manual": shared(KEY, VERSION),
    "manual-text": shared(KEY, VERSION), "manual-notice": own(KEY, VERSION, "contacts"),
    "manual-clause": shared(KEY, VERSION, "一.四)"),
    "manual-diff": shared(KEY, VERSION, VERSION),
    "manual-add": own(),
    "manual-adopt": own(KEY, VERSION),
    "manual-drop": own(KEY, post=True),
    "manual-figures": own(KEY),
    "manual-company-figures": own(KEY),
    "manual-wording": own(KEY, VERSION, post=True, data=lambda world: {"clause": "一.四)", "text": ""}),
    # administration
    "inbox": own(),
    "inbox-read": own(post=True, data=lambda world: {"id": world.message.pk}),
    "settings": own(),
    "settings-people": own(), "settings-people-export": own("csv"),
    "settings-person-new": own(),
    "settings-person": thing(lambda world: world.user.pk),
    "settings-person-change": thing(
        lambda world: world.user.pk, "password", post=True, data=lambda world: {"password": "a long pass phrase"}
    ),
    "settings-shifts": own(), "settings-shifts-export": own("csv"),
    "settings-shift-add": own(
        post=True,
        data=lambda world: {"user": world.user.pk, "label": "班", "first": "2026-04-01", "begins": "08:00", "ends": "16:00"},
    ),
    "settings-shift-remove": thing(lambda world: world.shift.pk, post=True),
    "settings-absence-add": own(
        post=True,
        data=lambda world: {
            "user": world.user.pk, "begins_at": "2026-04-01T08:00", "ends_at": "2026-04-02T08:00", "reason": "病",
        },
    ),
    "settings-absence-end": thing(lambda world: world.absence.pk, post=True),
    "settings-hours": own(),
    "settings-calendar": own("office"),
    "settings-table": own(), "settings-table-export": own("csv"),
    "settings-table-new": own(),
    "settings-table-defaults": own(post=True),
    "settings-table-row": thing(lambda world: world.row.pk),
    "settings-table-remove": thing(lambda world: world.row.pk, post=True),
    "settings-items": own(),
    "settings-item-change": own("end", post=True, data=lambda world: {"name": "更换水龙头", "evaluation": "x"}),
    "settings-suppliers": own(),
    "settings-supplier-change": own("end", post=True, data=lambda world: {"name": "金音琴行", "evaluation": "x"}),
    "settings-list-export": own("items", "csv"),
    "settings-households": own(),
    "settings-import-check": own(post=True),
    "settings-households-template": own(),
    "settings-households-export": own("csv"),
    "settings-import-bad": thing(lambda world: world.check.pk),
    "settings-import-commit": thing(lambda world: world.check.pk, post=True),
    "settings-jobs": own(), "settings-jobs-export": own("csv"),
    "settings-job": thing(lambda world: world.check.pk), "settings-job-live": thing(lambda world: world.check.pk),
    "settings-access": own(), "settings-access-export": own("csv"),
    "settings-outbox": own(),
    "settings-resend": thing(lambda world: world.message.pk, post=True),
    "settings-lines": own(), "settings-lines-export": own("csv"), "settings-line-new": own(),
    "settings-line": thing(lambda world: world.line.pk),
    "settings-line-key": thing(lambda world: world.line.pk, post=True),
    "settings-line-change": thing(
        lambda world: world.line.pk, "name", post=True, data=lambda world: {"label": "x", "rings_in_time": "3"}
    ),
    "settings-extension-give": own(post=True, data=lambda world: {"extension": "8", "user": world.user.pk}),
    "settings-extension-drop": thing(lambda world: world.extension.pk, post=True),
    "settings-mailbox": own(), "settings-mailbox-export": own("csv"),
    "settings-mailbox-check": own(post=True), "settings-mailbox-stop": own(post=True),
    "settings-keys": own(),
}  # fmt: skip


def addresses(resolver: URLResolver, front: str = "") -> Iterator[tuple[str, str]]:
    """(address pattern, name) of everything but the API, whose operations tests/api walks."""
    for one in resolver.url_patterns:
        where = front + str(one.pattern)
        if where == "api/":
            continue
        if isinstance(one, URLPattern):
            yield where, one.name or ""
        else:
            yield from addresses(one, where)


ADDRESSES = sorted(addresses(get_resolver()))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """Built once for all addresses, in a transaction that is rolled back; so is what each test writes in it."""
    folder: Path = tmp_path_factory.mktemp("media")
    patch = pytest.MonkeyPatch()
    adopted.forget()
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, SANDBOX=True),
        transaction.atomic(),
    ):
        patch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=2))
        yield World()
        patch.undo()
        transaction.set_rollback(True)
    adopted.forget()


def call(world: World, entry: Entry, name: str, client: Client):
    """The answer of an address."""
    address = reverse(name, args=entry.args(world))
    return (client.post if entry.post else client.get)(address, entry.data(world))


def said(response) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace")


@pytest.mark.parametrize(("where", "name"), ADDRESSES)
def test_an_address_keeps_offices_apart(world, where, name):
    entry = ENTRIES.get(name)
    assert entry is not None, (
        f"{where} ({name or 'without a name'}) needs an entry in ENTRIES: what may a stranger see?"
    )
    anonymous = call(world, entry, name, Client())
    if entry.kind == "open":
        assert anonymous.status_code != 404 or "resident" in name
        assert "/login/" not in anonymous.headers.get("Location", "") or name == "logout"
        return
    assert anonymous.status_code == 302 and anonymous["Location"].startswith("/login/"), anonymous.status_code
    stranger = Client()
    stranger.force_login(world.stranger, backend="django.contrib.auth.backends.ModelBackend")
    before = world.everything()
    response = call(world, entry, name, stranger)
    assert response.status_code < 500
    if entry.kind == "object":
        assert response.status_code in (403, 404), response.status_code
    assert world.everything() == before, f"{where} lets a stranger change another office"
    if entry.kind == "sample":
        return
    text = said(response)
    given = " ".join(str(part) for part in (*entry.args(world), *entry.data(world).values()))
    found = [secret for secret in world.secrets() if secret in text and secret not in given]
    assert not found, f"{where} shows a stranger {found}"


def test_every_entry_is_an_address():
    assert set(ENTRIES) <= {name for _where, name in ADDRESSES}
