"""What is measured of the engine and of pure code, and the floor beside each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from guanjia.adoption import queries as adoption
from guanjia.engine.facts import facts_of, reference_of
from guanjia.engine.owing import owed_of
from guanjia.engine.ticking import take, tick
from guanjia.estate.models import Occupancy, Party, Phone, SearchWord, Unit
from guanjia.estate.search import search
from guanjia.intake import households
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.ops.bench.bare import written_by
from guanjia.ops.bench.clockwork import middle, per_run, times
from guanjia.ops.bench.rows import last_of, rows_after
from guanjia.ops.bench.world import WALK, World, household_list
from guanjia.policy.decide import decide
from guanjia.policy.decision import Actor
from guanjia.records import pdf
from guanjia.records import queries as records
from guanjia.reports import printing
from guanjia.worktime import limits
from guanjia.worktime.calendar import Calendar, china_office_hours
from guanjia.worktime.due import due

ESTATE: tuple[type[models.Model], ...] = (Unit, Party, Phone, Occupancy, SearchWord)
MONDAY = datetime(2026, 3, 23, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Measure:
    """One figure of the table. value and floor are in `unit`; size: cases or households that there were."""

    name: str
    size: int
    value: float
    floor: float
    unit: str

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.value / self.floor if self.floor else 0.0

    def as_dict(self) -> dict[str, Any]:
        """As `--json` writes it."""
        return {
            "name": self.name, "backend": connection.vendor, "size": self.size, "value": round(self.value, 4),
            "unit": self.unit, "floor": round(self.floor, 4), "ratio": round(self.ratio, 3),
        }  # fmt: skip


def import_of(world: World, count: int) -> Measure:
    """A household of a list that is taken in; floor: the same rows by bare SQL into tables without an index."""
    content = household_list(count)
    report = households.dry_run(world.office, "list.csv", content)
    before = {model: last_of(model) for model in ESTATE}

    def take_in(_number: int) -> None:
        households.commit(
            world.office, "list.csv", content, sha256=report.sha256, digest=report.digest, on=world.now.date()
        )

    [taken] = times(take_in, 1, warm=0)
    made = {model: rows_after(model, before[model]) for model in ESTATE}
    [bare] = times(lambda _n: _insert_bare(made), 1, warm=0)
    return Measure("import", count, taken / count, bare / count, "ms")


def _insert_bare(made: dict[type[models.Model], list[dict[str, Any]]]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, rows in made.items():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"CREATE TEMPORARY TABLE bare_rows AS SELECT * FROM {table} LIMIT 0")  # noqa: S608
            names = ", ".join(map(connection.ops.quote_name, rows[0]))
            places = ", ".join(["%s"] * len(rows[0]))
            values = [tuple(row.values()) for row in rows]
            cursor.executemany(f"INSERT INTO bare_rows ({names}) VALUES ({places})", values)  # noqa: S608
            cursor.execute("DROP TABLE bare_rows")


def open_case(world: World, size: int, count: int) -> Measure:
    """A repair is registered with all its obligations; floor: the same rows by bare SQL in one transaction."""
    at = world.now - timedelta(hours=1)
    written = written_by(lambda: world.call(0, at))
    taken = times(lambda number: world.call(number, at + timedelta(seconds=number)), count)
    return Measure("open_case", size, middle(taken), middle(times(written.again, count)), "ms")


def statements_per_action(world: World, size: int) -> Measure:
    """Statements of every action of a repair's way, on average; floor: one for each row written."""
    at = world.now - timedelta(hours=20)
    case = world.call(1, at)
    with CaptureQueriesContext(connection) as captured:
        written = written_by(lambda: world.walk(case, at), [case])
    counted = sum("SAVEPOINT" not in query["sql"] and "MAX(" not in query["sql"] for query in captured)
    return Measure(
        "statements_per_action", size, counted / len(WALK), written.statements / len(WALK), "statements"
    )


def due_arithmetic(size: int, count: int) -> Measure:
    """When ten open hours end, over a weekend; floor: minute by minute through the same calendar."""
    calendar, limit = china_office_hours(), limits.parse("10h")
    fast = per_run(lambda: due(limit, MONDAY + timedelta(days=4), calendar), count)
    slow = per_run(
        lambda: _minute_by_minute(calendar, MONDAY + timedelta(days=4), 600), max(count // 1000, 3)
    )
    return Measure("due_arithmetic", size, fast * 1000, slow * 1000, "µs")


def _minute_by_minute(calendar: Calendar, at: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= calendar.is_open(at)
        at += timedelta(minutes=1)
    return at


def decide_once(world: World, size: int, count: int) -> Measure:
    """A decision without a database; floor: the facts of the case to JSON and back."""
    case = world.call(2, world.now)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    facts = facts_of(case, adopted)
    owed = owed_of(obligations.of_case(case))
    actor = Actor(frozenset({"receptionist"}), world.who("receptionist").pk)
    data = {"technician": world.who("technician").pk}
    zone, calendar = ZoneInfo(case.office.time_zone), adoption.head_calendar(case.office, adopted)

    def once() -> None:
        decide(
            adopted, facts, "dispatch", at=world.now, actor=actor, data=data, owed=owed, zone=zone,
            calendar=calendar,
        )  # fmt: skip

    text = json.dumps(facts)
    floor = per_run(lambda: json.loads(text) and json.dumps(facts), count)
    return Measure("decide", size, per_run(once, count) * 1000, floor * 1000, "µs")


def escalate(world: World, size: int, count: int) -> Measure:
    """A step of an obligation whose time has come; floor: the same rows by bare SQL in one transaction."""
    at = world.now - timedelta(hours=30)
    for number in range(count + 3):
        world.call(number, at)
    first = _due(world)[0]
    written = written_by(lambda: take(first, world.now), [first.case, first])
    rows = iter(_due(world))
    taken = times(lambda _n: take(next(rows), world.now), count)
    return Measure("escalate", size, middle(taken), middle(times(written.again, count)), "ms")


def _due(world: World) -> list[Obligation]:
    """Steps that are due, one a case."""
    found = obligations.due_steps(world.now, 10_000)
    return list({row.case_id: row for row in reversed(found)}.values())


def idle_tick(world: World, size: int, count: int) -> Measure:
    """The time in the database of a tick that finds nothing due; floor: as many queries that ask for nothing."""
    long_ago = world.now - timedelta(days=365 * 200)
    spent: list[float] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = perf_counter()
        answer = execute(sql, params, many, context)
        spent.append((perf_counter() - began) * 1000)
        return answer

    tick(long_ago)
    with connection.execute_wrapper(watch):
        for _ in range(count):
            tick(long_ago)
    queries = len(spent) // count
    with connection.cursor() as cursor:
        empty = per_run(lambda: cursor.execute("SELECT 1"), count)
    return Measure("idle_tick", size, sum(spent) / count, empty * queries, "ms")


def pdf_of(world: World, size: int, count: int) -> Measure:
    """The signed sheet of a repair on paper; floor: a blank note by the same typesetter."""
    case = world.call(3, world.now - timedelta(hours=20))
    case, _at = world.walk(case, world.now - timedelta(hours=20))
    record = records.records_of(world.office, reference_of(case))[0]
    taken = times(lambda _n: printing.record_pdf(world.office, record, world.now), count)
    blank = times(lambda _n: pdf.render("note", {}), count)
    return Measure("pdf", size, middle(taken), middle(blank), "ms")


def search_of(world: World, count: int) -> Measure:
    """A household by half its number and a name; floor: one unit by its whole number from the index."""
    units = Unit.objects.filter(office=world.office).count()
    asked = ("9-1-0102", "9栋1单元0102", "王", "李秀兰", "wxl", "wangxiulan", "0000012", "李 0102")
    taken = times(lambda number: search(world.office, asked[number % len(asked)]), count)
    floor = times(lambda _n: Unit.objects.get(office=world.office, code="9-1-0102"), count)
    return Measure("search", units, max(_by_question(taken, len(asked))), middle(floor), "ms")


def _by_question(taken: list[float], questions: int) -> list[float]:
    """The median of each question: the worst of them counts."""
    return [middle(taken[first::questions]) for first in range(questions)]
