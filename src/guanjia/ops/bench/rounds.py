"""A month's charge round from the button to the file for the printer, by the worker's own code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.test.utils import override_settings

from guanjia.cases.models import Case
from guanjia.engine import Intake, door, open_case, perform
from guanjia.engine.advance import advance
from guanjia.engine.rounds import billing_of
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.ops.bench.archive import Archive
from guanjia.ops.bench.bare import Written, written_by
from guanjia.ops.bench.clockwork import middle, once, times
from guanjia.ops.bench.measures import Measure, import_of
from guanjia.ops.bench.world import World
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read
from guanjia.records import pdf
from guanjia.reports import drafts, requests

MANUAL = "reception-contact"
BEGINS, ROUND = stages.moment("2026-03-02 09:00"), stages.moment("2026-03-15 09:00")
PLAYED = 10  # repairs that the engine plays; those of the other households are copies of them
FEE = "40.00"

CALL = {"contact_phone": "13800001234", "matter": "厨房龙头滴水", "trouble": "other", "channel": "phone"}
# action, by whom, the form
WALK: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("issue_slip", "receptionist", {"appointment_at": "2026-03-02 10:00"}),
    ("call", "receptionist", {"repairer": "technician", "called_at": "2026-03-02 09:00"}),
    ("arrive", "technician", {}),
    ("quote", "technician", {"found_out": "阀芯磨损", "quote": FEE}),
    ("consent", "technician", {"agreed_by": "业户"}),
    ("start", "technician", {}),
    ("finish", "technician", {"done": "换了阀芯", "amount": FEE}),
    ("sign", "technician", {"signature": {"how": "paper", "name": "业户"}}),
    ("hand_in", "technician", {}),
    ("mark_summary", "receptionist", {"outcome": "修好了"}),
)  # fmt: skip


@dataclass(frozen=True)
class Round:
    """What came of a round. fen: all that the requests are over; pages: of the file; one: the rows of one request."""

    requests: int
    fen: int
    pages: int
    drawn_ms: float
    printed_ms: float
    one: Written


def new_office(households: int) -> World:
    """An office of `reception-contact` in which every household has a confirmed order that no request has yet."""
    world = World(stages.build([read(Path(settings.MANUALS_ROOT) / MANUAL)], {}, BEGINS), ROUND)
    import_of(world, households)
    for number in range(min(PLAYED, households)):
        _order(world, number)
    Archive().grow(households, lambda *_: None)
    return world


def charge_round(world: World) -> Round:
    """The button of the 15th, the worker's batches, and all papers as one file.

    Raises Problem when a job is refused, and what the manual refuses.
    """
    advance(ROUND, offices=[world.office.pk])
    due = Case.objects.get(office=world.office, category="charge_round")
    pressed = once(lambda: _press(world, due))
    one = _one(world)
    drawn = once(lambda: _work(world, requests.BILL))
    rows = requests.requests(world.office)
    numbers = list(rows.order_by("unit__code").values_list("number", flat=True))
    jobs.ask(
        world.office, requests.PRINT, "打印", by=world.who("cashier"), at=ROUND, permission="see_arrears",
        data={"cases": numbers},
    )  # fmt: skip
    with TemporaryDirectory(prefix="guanjia-bench-") as folder, override_settings(MEDIA_ROOT=folder):
        printed = once(lambda: _work(world, requests.PRINT))
    pages = int(Job.objects.get(kind=requests.PRINT).result["pages"])
    fen = sum(rows.values_list("facts__bill_fen", flat=True))
    return Round(len(numbers), fen, pages, pressed + drawn, printed, one)


def measures_of(households: int) -> Iterator[Measure]:
    """A whole round of so many households; more than one batch, or there is nothing left for the worker."""
    yield from measures_of_round(charge_round(new_office(households)))


def measures_of_round(found: Round) -> Iterator[Measure]:
    """Milliseconds a household of opening and of printing, seconds of the round; floors: bare rows, blank notes."""
    blank = middle(times(lambda _n: pdf.render("note", {}), 10))
    count, bare = found.requests, middle(times(found.one.again, 20))
    whole = (found.drawn_ms + found.printed_ms) / 1000
    yield Measure("round_drawn", count, found.drawn_ms / count, bare, "ms")
    yield Measure("round_printed", count, found.printed_ms / count, blank, "ms")
    yield Measure("charge_round", count, whole, (bare + blank) * count / 1000, "s")


def _order(world: World, number: int) -> None:
    unit, party = world.homes[number]
    at, data = BEGINS + timedelta(minutes=number), {**CALL, "unit": unit}
    desk, hand = world.who("receptionist"), world.who("technician")
    case = open_case(world.office, "repair", actor=desk, at=at, data=data, intake=Intake(party)).case
    for action, who, form in WALK:
        named = {key: hand.pk if value == "technician" else value for key, value in form.items()}
        case = perform(case, action, actor=hand if who == "technician" else desk, at=at, data=named).case


def _press(world: World, due: Case) -> None:
    data = drafts.complete(due, "draw_up", {}, ROUND)
    perform(due, "draw_up", actor=world.who("receptionist"), at=ROUND, data=data)


def _one(world: World) -> Written:
    """One household of the round by itself, to see what it writes."""
    whole = billing_of(Job.objects.get(office=world.office, kind=requests.BILL))
    return written_by(lambda: door.bill_some(whole, whole.homes()[:1], last=False))


def _work(world: World, kind: str) -> None:
    job = jobs.run(Job.objects.get(office=world.office, kind=kind).pk)
    if job is None or job.state != Job.State.DONE:
        raise Problem("JOB_FAILED", str(job and job.trouble), "", status=500)
