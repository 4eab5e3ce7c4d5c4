"""A confided case that is listed in another one — a shift's book, a month's table, an agreement — stays confided there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.manuals.test_home_service import on
from tests.web.test_agreements import World as Agreements
from tests.web.test_secrets import SECRET as EVERYTHING

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.ops.cards.card import Person, ShiftDef
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.records.models import Record

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S001-1-4.12")]
SECRET = EVERYTHING.replace('["*"]', '["reception"]')
MATTER, NAME = "楼道灯不亮", "王秀兰"
SHIFTS = (
    ShiftDef(who="周敏", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 16:00"),
    ShiftDef(who="李芳", label="中班", begins="2026-03-24 16:00", ends="2026-03-25 00:00"),
)


class Book:
    """An office whose shifts hand over; who reads is its director, who does not its customer service."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, *more: str, manual: str = "poly-reception-standard"
    ) -> None:
        adoption.forget()
        self.patch = monkeypatch
        begins = on("03-24 00:00")
        text = read(settings.MANUALS_ROOT / manual)
        people = [Person(name="李芳", role="receptionist")]
        self.stage: Stage = build([text, *more], {}, begins, more=people, shifts=SHIFTS)
        self.office = self.stage.office
        self.at(begins)

    def at(self, moment: datetime) -> datetime:
        """It is now."""
        self.patch.setattr(clock, "now", lambda: moment)
        advance(moment, offices=[self.office.pk])
        return moment

    def do(self, case: Case, action: str, at: str, who: str, **data: object) -> Case:
        perform(case, action, actor=self.stage.person(who), at=self.at(on(at)), data=data)
        case.refresh_from_db()
        return case

    def book(self) -> Case:
        return Case.objects.filter(category="front_shift").latest("opened_at")

    def handed(self) -> Case:
        """A matter that the early shift hands to the next; the book of the next has begun."""
        zhou = self.stage.person("周敏")
        at = self.at(on("03-24 08:05"))
        book = self.do(self.book(), "sign_book", "03-24 08:05", "周敏", signer=zhou.pk, signed_as="0117")
        told = {
            "contact_name": NAME,
            "unit": "3-2-1502",
            "channel": "counter",
            "matter": MATTER,
            "settled": False,
        }
        at = self.at(on("03-24 15:00"))
        self.case = open_case(self.office, "reception", actor=zhou, at=at, data=told).case
        takes = {"*": {"to": self.stage.person("李芳").pk, "kind": "unfinished"}}
        self.do(book, "hand_over", "03-24 15:58", "周敏", hander=zhou.pk, matters=takes)
        self.at(on("03-24 16:05"))
        return book

    def reads(self, who: str, name: str, *args: object) -> str:
        client = Client()
        client.force_login(self.stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get(reverse(name, args=args))
        assert answer.status_code == 200, (name, answer.status_code)
        body = b"".join(answer) if answer.streaming else answer.content
        return str(body.decode())


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    adoption.forget()


def test_a_shifts_book_keeps_a_confided_matter_by_its_number(patch: pytest.MonkeyPatch) -> None:
    """Who takes it is said; what it is about stays in the case itself."""
    world = Book(patch, SECRET)
    book = world.handed()
    [line] = book.facts["matters_lines"]
    assert line.startswith(f"{world.case.number} ") and "周敏 → 李芳" in line
    kept = [str(book.facts), *(str(one.data) for one in Record.objects.filter(form="shift_book"))]
    assert not [one for one in kept if MATTER in one]
    for who in ("receptionist", "director"):
        assert world.case.number in world.reads(who, "shift")
    assert MATTER in world.reads("director", "shift"), "the matter that is still open"


def test_a_matter_that_nothing_confides_stands_in_the_book(patch: pytest.MonkeyPatch) -> None:
    world = Book(patch)
    book = world.handed()
    assert MATTER in book.facts["matters_lines"][0]
    assert MATTER in world.reads("receptionist", "shift")


def test_what_a_book_kept_before_is_shown_to_those_who_may_read_it(patch: pytest.MonkeyPatch) -> None:
    """Lines, table and forms were kept when nothing was confided yet: shown by who reads, not by when they were kept."""
    world = Book(patch, SECRET)
    with pytest.MonkeyPatch.context() as before:
        before.setattr("guanjia.engine.shifts.veiling.noted", lambda case: case.subject)
        book = world.handed()
    form = Record.objects.filter(reference=f"case:{book.number}").latest("pk")
    assert MATTER in book.facts["matters_lines"][0] and MATTER in str(form.data)
    pages = [
        ("shift",), ("case", book.number), ("case-sheet", book.number, form.pk), ("shift-log",),
        ("register", "poly-reception-standard", "shift_book"),
    ]  # fmt: skip
    shown = {name: (MATTER in world.reads("director", name, *args)) for name, *args in pages}
    assert shown["shift"] and shown["case"] and shown["case-sheet"]
    told = [name for name, *args in pages if MATTER in world.reads("receptionist", name, *args)]
    assert told == []
    assert f"{world.case.number} （保密）：周敏 → 李芳" in world.reads("receptionist", "shift")


def test_the_register_of_a_day_beside_a_daily_duty_is_shown_as_its_reader_may_read_it(
    patch: pytest.MonkeyPatch,
) -> None:
    """The line of the shift stands there under its own number; the matter in it was kept when nothing was confided."""
    world = Book(patch, SECRET, manual="visitor-reception-flow")
    zhou, li = world.stage.person("周敏"), world.stage.person("李芳")
    told = {"visitor": NAME, "matter": MATTER, "channel": "counter", "about": "service", "settled": False}
    told |= {"details": "走廊东头", "promised_at": "2026-03-25 10:00"}
    case = open_case(world.office, "reception", actor=zhou, at=world.at(on("03-24 15:00")), data=told).case
    book = Case.objects.get(category="desk_shift", facts__shift_label="早班")
    takes = {"*": {"to": li.pk}}
    with pytest.MonkeyPatch.context() as before:
        before.setattr("guanjia.engine.shifts.veiling.noted", lambda case: case.subject)
        world.do(book, "hand_over", "03-24 15:58", "周敏", hander=zhou.pk, matters=takes)
    form = Record.objects.get(form="handover")
    assert MATTER in str(form.data)
    world.at(on("03-24 16:05"))
    daily = Case.objects.get(category="roster_check", facts__period="2026-03-24")
    text = world.reads("receptionist", "case", daily.number)
    assert form.number in text and f"{case.number} （保密）：周敏 → 李芳" in text
    assert MATTER not in text
    line = world.reads("director", "case", daily.number).split(form.number)[1].split("</tr>")[0]
    assert MATTER in line


def test_the_form_that_hands_over_names_a_confided_matter_to_those_who_may_read_it(
    patch: pytest.MonkeyPatch,
) -> None:
    world = Book(patch, SECRET)
    zhou = world.stage.person("周敏")
    world.at(on("03-24 08:05"))
    world.do(world.book(), "sign_book", "03-24 08:05", "周敏", signer=zhou.pk, signed_as="0117")
    told = {
        "contact_name": NAME,
        "unit": "3-2-1502",
        "channel": "counter",
        "matter": MATTER,
        "settled": False,
    }
    case = open_case(world.office, "reception", actor=zhou, at=world.at(on("03-24 15:00")), data=told).case
    form = (world.book().number, "hand_over")
    for door in ("case-act", "field-act"):
        text = world.reads("receptionist", door, *form)
        assert case.number in text and MATTER not in text, door
    assert MATTER in world.reads("director", "case-act", *form)


PAGES = ("agreements", "agreements-month", "agreements-quarter")
EXPORTS = ("agreements-export", "agreements-month-export", "agreements-quarter-export")
SEARCHED = ("3-2-1502", "日常清洁", NAME)


def test_an_agreement_that_is_confided_is_listed_without_customer_and_service(
    patch: pytest.MonkeyPatch,
) -> None:
    """Neither shown nor found; with the household by its code, and what is not confided, as before."""
    world = Agreements(EVERYTHING.replace('["*"]', '["agreement", "paid_service"]'))
    case = world.signed("3-2-1502", NAME, "01-05 09:00")
    world.do(case, "plan_visits", "01-05 10:00", visits="2026-01-08 09:00\n2026-02-12 09:00")
    world.asked("3-2-1402", "何先明", "01-06 09:00")
    for who, reads in (("cs_supervisor", False), ("director", True)):
        client = world.client(who, "04-02 09:00", patch)
        for name in PAGES:
            text = client.get(reverse(name), {"month": "2026-02"}).content.decode()
            assert "3-2-1502" in text, name
            assert (NAME in text) is reads, (who, name)
            assert ("日常清洁" in text) is (reads and name != "agreements-quarter"), (who, name)
            for word in SEARCHED:
                found = client.get(reverse(name), {"month": "2026-02", "q": word}).content.decode()
                hit = case.number in found
                expected = reads or word == "3-2-1502"
                assert hit is expected or (word == "日常清洁" and name == "agreements-quarter"), (
                    who,
                    name,
                    word,
                )
        for name in EXPORTS:
            rows = b"".join(client.get(reverse(name, args=["csv"]), {"month": "2026-02"})).decode()
            assert "3-2-1502" in rows
            assert (NAME in rows) is reads, (who, name)
