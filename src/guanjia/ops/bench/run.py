"""All measures in their order: what needs an empty office first, then pages at two sizes of archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from guanjia.ops.bench import crowds, measures, papers, rounds
from guanjia.ops.bench.archive import A_MONTH, Archive
from guanjia.ops.bench.measures import Measure
from guanjia.ops.bench.pages import Doors, addresses
from guanjia.ops.bench.world import World, new_world, own_database

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Effort:
    """How much is done for each figure."""

    size: int  # closed cases
    households: int
    played: int  # closed cases that the engine plays; the others are copies of them
    open_cases: int
    rounds: int


def effort(size: int | None, *, quick: bool) -> Effort:
    """--quick ends within forty seconds; otherwise a hundred thousand cases unless told."""
    if quick:
        return Effort(size or 5000, 1000, 20, 60, 20)
    return Effort(size or 100_000, 10_000, 100, 300, 100)


def bench(now: datetime, wanted: Effort, progress: Progress) -> Iterator[Measure]:
    """Measure everything on a database of its own, one figure after the other."""
    with own_database(), addresses():
        world = new_world(now)
        yield measures.import_of(world, wanted.households)
        yield from measured(world, wanted, progress)
    with own_database():
        yield from rounds.measures_of(wanted.rounds * 10)


def measured(world: World, wanted: Effort, progress: Progress) -> Iterator[Measure]:
    """Everything after the import of the households."""
    yield measures.search_of(world, wanted.rounds * 4)
    _play(world, wanted, progress)
    archive = Archive()
    doors = Doors(world, wanted.open_cases)
    archive.grow(A_MONTH, lambda *_: None)
    small = doors.spent(wanted.rounds)
    archive.grow(wanted.size, lambda done, total: progress("事项档案", done, total))
    large = doors.spent(wanted.rounds)
    for name, spent in large.items():
        yield Measure(name, len(archive), spent, small[name], "ms")
    yield from _engine(world, len(archive), wanted.rounds)


def _engine(world: World, size: int, rounds: int) -> Iterator[Measure]:
    yield measures.open_case(world, size, rounds)
    yield measures.statements_per_action(world, size)
    yield measures.idle_tick(world, size, rounds)
    stepped = measures.escalate(world, size, rounds)
    yield stepped
    yield crowds.ladder_steps(world, size, rounds, stepped.floor)
    yield measures.due_arithmetic(size, rounds * 50)
    yield measures.decide_once(world, size, rounds * 50)
    yield measures.pdf_of(world, size, max(rounds // 4, 5))
    yield papers.requests_of(world, rounds * 10)
    yield crowds.alike_of(world, rounds * 4)


def _play(world: World, wanted: Effort, progress: Progress) -> None:
    """The closed repairs of one month, from the call to the end, spread over its days."""
    for number in range(wanted.played):
        at = world.month + timedelta(days=1 + number % 25, hours=9, minutes=number)
        world.walk(world.call(number, at), at)
        progress("走完的维修", number + 1, wanted.played)
