"""A calendar that is saved anew: what runs under it runs by the new one, and each case says what moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from guanjia.adoption import actions as adoption_actions
from guanjia.adoption import queries as adoption
from guanjia.adoption.models import OfficeCalendar
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import actors
from guanjia.engine.actors import SYSTEM
from guanjia.engine.applying import apply, context_of
from guanjia.engine.clocks import parsed
from guanjia.engine.facts import facts_of, moments_of
from guanjia.engine.owing import owed_of
from guanjia.engine.schedules import start_schedules
from guanjia.estate.models import Office
from guanjia.kernel.moments import iso
from guanjia.obligations import actions as obligations
from guanjia.obligations import queries as owed
from guanjia.obligations.models import Obligation
from guanjia.policy.decide import happen
from guanjia.worktime import Calendar, Clock, Due
from guanjia.worktime.clock import retarget
from guanjia.worktime.due import due


@dataclass(frozen=True)
class Move:
    """An obligation under the new calendar: its clock, and why it is due then."""

    row: Obligation
    clock: Clock
    found: Due

    @property
    def moved(self) -> bool:
        """Whether its due time changes."""
        return self.clock.due_at != self.row.due_at


def moves(office: Office, calendar: Calendar, now: datetime) -> Iterator[Move]:
    """What runs under a calendar of this key and is still to be done, as the new calendar has it; case by case.

    Paused and ended obligations stay as they are, and what is due already.
    """
    running = owed.running_under(office, calendar.key, now)
    for _pk, rows in groupby(running, key=lambda row: row.case_id):
        known: Mapping[str, datetime] | None = None
        for row in rows:
            known = moments_of(facts_of(row.case, _adopted(row.case))) if known is None else known
            yield _move(row, calendar, known)


def _adopted(case: Case) -> Any:
    return adoption.with_figures(case.office, case.versions, first=case.manual_key)


def _move(row: Obligation, calendar: Calendar, moments: Mapping[str, datetime]) -> Move:
    limit = parsed(row.limit_text or "open")
    begun = retarget(
        obligations.clock_of(row),
        limit,
        row.opened_at,
        calendar,
        moments,
        opened_at=row.opened_at,
    )
    return Move(row, begun, due(limit, row.opened_at, calendar, moments))


def would_move(office: Office, key: str, data: Mapping[str, Any], now: datetime) -> list[Move]:
    """What would be due at another time if a calendar were saved so. Raises Problem when the data make no calendar."""
    calendar = Calendar.from_data({**data, "key": key, "version": 0})
    return [move for move in moves(office, calendar, now) if move.moved]


@transaction.atomic
def save_calendar(
    office: Office, key: str, data: Mapping[str, Any], *, at: datetime
) -> tuple[OfficeCalendar, int]:
    """Save the next version of a calendar, and let what runs under it run by it; how many due times moved.

    Recurring duties are planned anew too. Raises Problem when the data make no calendar.
    """
    saved = adoption_actions.save_calendar(office, key, data, at=at)
    calendar = adoption.calendar_of(office, key)
    found = list(moves(office, calendar, at))
    for pk, group in groupby(found, key=lambda move: move.row.case_id):
        _apply(pk, [move.row.pk for move in group], calendar, at)
    start_schedules(office, at, anew=True)
    return saved, sum(move.moved for move in found)


def _apply(pk: int, rows: list[int], calendar: Calendar, now: datetime) -> None:
    """The obligations of one case, looked at again under its lock; a line where something moved."""
    case = cases.locked(pk)
    adopted = _adopted(case)
    facts = facts_of(case, adopted)
    known = owed.of_case(case)
    found = [
        _move(row, calendar, moments_of(facts))
        for row in known
        if row.pk in rows and row.state == "open" and row.due_at and row.due_at > now
    ]
    said = [_said(move) for move in found if move.moved]
    for move in found:
        definition = next(
            one.compiled.obligations[move.row.key]
            for one in adopted
            if one.compiled.key == move.row.manual_key
        )
        obligations.run_by(move.row, move.clock, move.found, calendar, definition)
    if not said:
        return
    data = {"calendar": calendar.key, "version": calendar.version, "moved": said}
    decision = happen(
        adopted, facts, (), at=now, label="日历改了，重算到期时间", owed=owed_of(known), data=data
    )
    who = actors.resolve(SYSTEM, case.office, now)
    quiet = replace(decision, updates={})
    apply(context_of(case, who, now, now, adopted, quiet, facts, {}, "", ""), known)


def _said(move: Move) -> dict[str, Any]:
    """What the timeline keeps of an obligation that moved: from when to when, and how that is reckoned."""
    return {
        "obligation": move.row.key,
        "label": move.row.label,
        "clause": move.row.clause,
        "limit": move.row.limit_text,
        "from": iso(move.row.due_at) if move.row.due_at else None,
        "to": iso(move.clock.due_at) if move.clock.due_at else None,
        "why": [reason.to_data() for reason in move.found.why],
    }
