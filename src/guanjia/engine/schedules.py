"""Recurring duties: each period of each adopted manual opens a case of its own, exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.engine import shifts
from guanjia.engine.actors import SYSTEM
from guanjia.engine.applying import fill
from guanjia.engine.door import Intake, open_case
from guanjia.estate import queries as estate
from guanjia.estate.models import Office
from guanjia.obligations import actions as obligations
from guanjia.obligations import queries as due
from guanjia.obligations.models import Schedule
from guanjia.policy.compiled import Adopted
from guanjia.policy.limits_of_figures import typed
from guanjia.policy.schema import Duty
from guanjia.policy.vocabulary import EVERY_SHIFT
from guanjia.staff import queries as staff
from guanjia.worktime import Calendar, Period, next_period, opened_period, recurrence

log = logging.getLogger(__name__)
LATE_ROSTER = timedelta(minutes=30)  # a turn that is put on the roster this late still has its book


@cache
def _recurrence(text: str) -> recurrence.Recurrence:
    return recurrence.parse(text)


def start_schedules(office: Office, at: datetime, *, anew: bool = False) -> int:
    """Let the recurring duties of every manual adopted at `at` run; those of dropped manuals end. How many run.

    One whose recurrence the office is to set runs from when it is set; one that is set anew is planned anew.
    anew: the calendar is another one, so that those that hang on it are planned anew.
    """
    adopted = adoption.adopted(office, at)
    running = 0
    for schedule in Schedule.objects.filter(office=office).exclude(
        manual_key__in=[one.compiled.key for one in adopted]
    ):
        obligations.end_schedules(office.pk, schedule.manual_key)
    for one in adopted:
        for duty in one.compiled.manual.duty:
            period, text = _next(office, one, duty, at), _how_often(one, duty)
            begins = period.starts_at if period else None
            row = obligations.ensure_schedule(office.pk, one.compiled.key, duty.key, text, begins)
            if anew and begins and row.next_at and row.next_at > at and not _counts_on(text):
                obligations.replan(row, begins)
            running += period is not None
    return running


def open_due_periods(now: datetime, limit: int, offices: Iterable[int] | None = None) -> int:
    """Open the cases of the periods that have begun; one that raises is reported and tried again next time."""
    _look_for_turns(now, offices)
    opened = 0
    for schedule in due.due_schedules(now, limit, offices):
        try:
            opened += _open(schedule, now)
        except Exception as error:  # noqa: BLE001 - one duty must not stop the others
            obligations.set_aside_schedule(schedule, now, f"{type(error).__name__}: {error}")
            log.exception(
                "schedule %s/%s of office %s", schedule.manual_key, schedule.duty, schedule.office_id
            )
    return opened


@transaction.atomic
def _open(schedule: Schedule, now: datetime) -> int:
    begins = schedule.next_at
    assert begins is not None
    adopted = adoption.adopted(schedule.office, begins)
    one = next((one for one in adopted if one.compiled.key == schedule.manual_key), None)
    duty = next((d for d in one.compiled.manual.duty if d.key == schedule.duty), None) if one else None
    if one is None or duty is None:
        obligations.claim_schedule(schedule, None)
        return 0
    following = _next(schedule.office, one, duty, begins)
    if not obligations.claim_schedule(schedule, following.starts_at if following else None):
        return 0
    if following is None and _how_often(one, duty) != EVERY_SHIFT:
        return 0
    if (found := _opened(schedule.office, one, duty, begins)) is None:
        return 0
    period, known = found
    result = open_case(
        schedule.office,
        duty.category,
        actor=SYSTEM,
        at=begins,
        now=now,
        data={"period": period.for_key},
        intake=Intake(
            subject=f"{duty.label} {known.get('shift_label', '')}".strip(),
            manual=one.compiled.key,
            facts=known,
        ),
        key=_key(schedule, period),
    )
    _fill_those_before(schedule.office, one, now)
    return int(not result.repeated)


def _fill_those_before(office: Office, one: Adopted, now: datetime) -> None:
    """A quota whose base was still growing is judged when the next period begins, not only when it is due."""
    for row in due.open_ones(office, one.compiled.key, one.compiled.quotas) if one.compiled.quotas else ():
        fill(row, now)


def _opened(
    office: Office, one: Adopted, duty: Duty, begins: datetime
) -> tuple[Period, dict[str, Any]] | None:
    """The period that begins, and what its case knows from the start; None for a turn that is no longer on the roster."""
    if _how_often(one, duty) != EVERY_SHIFT:
        period = opened_period(_recurrence(_how_often(one, duty)), begins, _calendar(office, one))
        return period, _roster(office, one, duty, begins)
    turn = shifts.turn_at(office, one, duty, begins)
    of_turn = shifts.period_of(office, turn)
    return (of_turn, shifts.facts_of_turn(turn)) if turn and of_turn else None


def _look_for_turns(now: datetime, offices: Iterable[int] | None) -> None:
    """The roster changes from day to day: the next turn of each duty of every shift is looked up anew."""
    for schedule in due.schedules_of(EVERY_SHIFT, offices):
        if schedule.next_at is not None and schedule.next_at <= now:
            continue  # one that has begun is opened first
        one = next(
            (o for o in adoption.adopted(schedule.office, now) if o.compiled.key == schedule.manual_key), None
        )
        duty = next((d for d in one.compiled.manual.duty if d.key == schedule.duty), None) if one else None
        if one is None or duty is None:
            continue
        period = _next(schedule.office, one, duty, now - LATE_ROSTER)
        while period and period.starts_at <= now and cases.opened_as(schedule.office, _key(schedule, period)):
            period = _next(schedule.office, one, duty, period.starts_at)
        obligations.plan_schedule(schedule, period.starts_at if period else None)


def _key(schedule: Schedule, period: Period) -> str:
    return f"duty:{schedule.manual_key}:{schedule.duty}:{period.key}"


def _counts_on(text: str) -> bool:
    """Whether the next period does not hang on the calendar: so long after the last one, or with the roster."""
    return text == EVERY_SHIFT or bool(_recurrence(text).every)


def _how_often(one: Adopted, duty: Duty) -> str:
    """The recurrence as the office works; empty while it is the office's to set and nobody has."""
    return one.resolve(duty.recurrence)[0]


def _calendar(office: Office, one: Adopted) -> Calendar:
    return adoption.calendar_of(office, one.compiled.manual.manual.calendar)


def _next(office: Office, one: Adopted, duty: Duty, after: datetime) -> Period | None:
    text = _how_often(one, duty)
    if text == EVERY_SHIFT:
        return shifts.next_turn(office, one, duty, after)
    return next_period(_recurrence(text), after, _calendar(office, one)) if text else None


def _roster(office: Office, one: Adopted, duty: Duty, at: datetime) -> dict[str, list[str]]:
    """The members of the list that a round covers, as they are when its period opens."""
    if not duty.roster:
        return {}
    if duty.roster.startswith("@"):
        return {"roster": list(typed("list", one.resolve(duty.roster)[0]) or ())}
    category, _, state = duty.roster.partition(".")
    if state:
        known = one.compiled.category_for(category)
        word = known.standard if known and known.standard != "duty" else category
        return {"roster": cases.units_with(office, word, state)}
    return {"roster": ROSTER[duty.roster](office, at)}


def _homes(office: Office, at: datetime, occupied: bool | None) -> list[str]:
    day = staff.day_in(office, at)
    return [unit.code for unit in estate.households(office, day, occupied=occupied)]


def _people(office: Office, at: datetime) -> list[str]:
    """By name; those who share theirs with another are told apart by their user names."""
    return staff.told_apart(staff.staff_of(office, at))


# must name exactly the lists of `policy.vocabulary.ROSTERS`
ROSTER: Mapping[str, Callable[[Office, datetime], list[str]]] = {
    "households": lambda office, at: _homes(office, at, None),
    "occupied_households": lambda office, at: _homes(office, at, True),
    "vacant_units": lambda office, at: _homes(office, at, False),
    "staff": _people,
    "roster_gaps": shifts.gap_lines,
}
