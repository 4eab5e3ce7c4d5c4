"""Where time alone would take a case: the rungs above, each with the moment at which the matter would reach it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from guanjia.adoption import queries as adoption
from guanjia.engine.offering import CaseView
from guanjia.obligations import actions as obligations
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted, CompiledManual, CompiledObligation
from guanjia.policy.schema_duties import ObligationDef
from guanjia.policy.steps import ordered
from guanjia.worktime import Calendar, parse
from guanjia.worktime.clock import Clock, start


@dataclass(frozen=True)
class Ahead:
    """A rung that has not been reached. begins: when it would be, if nobody does anything. limit: in the grammar."""

    definition: ObligationDef
    compiled: CompiledManual
    begins: datetime
    limit: str
    own_figure: bool


def calendar_of(row: Obligation) -> Calendar:
    """The calendar by which an obligation runs, in the version that it runs by."""
    return adoption.calendar_of(row.case.office, row.calendar_key, row.calendar_version)


def ahead(view: CaseView) -> list[Ahead]:
    """The rungs in the order in which they would be reached, by the steps that raise an event (`emits`) on which a
    duty of those whom they tell begins.

    Conditions of such a duty are not asked: they are about what will have happened by then.
    """
    waiting: list[tuple[datetime, int, Adopted, CompiledObligation]] = []
    turn = count()
    for row in view.owed:
        one = next((each for each in view.adopted if each.compiled.key == row.manual_key), None)
        if one is None or row.state != State.OPEN or row.next_step_at is None:
            continue
        definition = one.compiled.obligations[row.key]
        done = obligations.done_of(row) if row.missed_at else frozenset()
        clock = obligations.clock_of(row)
        for at, following in _follows(one, definition, clock, calendar_of(row), row.opened_at, done):
            heappush(waiting, (at, next(turn), one, following))
    reached = {(row.manual_key, row.key) for row in view.owed if row.closed_at is None}
    found: list[Ahead] = []
    while waiting:
        at, _turn, one, obligation = heappop(waiting)
        key = (one.compiled.key, obligation.definition.key)
        if key in reached:
            continue
        reached.add(key)
        limit, own = one.resolve(obligation.definition.limit)
        found.append(Ahead(obligation.definition, one.compiled, at, limit, own))
        calendar = adoption.head_calendar(view.case.office, view.adopted)
        clock = start(parse(limit or "open"), at, calendar)
        for later, following in _follows(one, obligation, clock, calendar, at, frozenset()):
            heappush(waiting, (later, next(turn), one, following))
    return found


def _follows(
    one: Adopted,
    obligation: CompiledObligation,
    clock: Clock,
    calendar: Calendar,
    opened_at: datetime,
    done: frozenset[int],
) -> Iterator[tuple[datetime, CompiledObligation]]:
    """The duties that the steps of an obligation would open for those whom they tell, and when."""
    for step in ordered(obligation, clock, calendar, opened_at):
        if step.definition is None or step.number in done or step.definition.kind != "escalate":
            continue
        for other in one.compiled.obligations.values():
            starts = any(event in other.start for event in step.definition.emits)
            if starts and other.definition.owner == step.definition.to and _same(obligation, other):
                yield step.at, other


def _same(one: CompiledObligation, other: CompiledObligation) -> bool:
    """Whether both are for the same kind of case."""
    return bool(one.categories & other.categories)
