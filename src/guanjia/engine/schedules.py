"""Recurring duties: each period of each adopted manual opens a case of its own, exactly once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.db import transaction

from guanjia.adoption import queries as adoption
from guanjia.engine.actors import SYSTEM
from guanjia.engine.door import Intake, open_case
from guanjia.estate.models import Office
from guanjia.obligations import actions as obligations
from guanjia.obligations import queries as due
from guanjia.obligations.models import Schedule
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Duty
from guanjia.worktime import Period, recurrence

log = logging.getLogger(__name__)


@cache
def _recurrence(text: str) -> recurrence.Recurrence:
    return recurrence.parse(text)


def start_schedules(office: Office, at: datetime) -> int:
    """Let the recurring duties of every manual adopted at `at` run; those of dropped manuals end. How many run."""
    adopted = adoption.adopted(office, at)
    running = 0
    for schedule in Schedule.objects.filter(office=office).exclude(
        manual_key__in=[one.compiled.key for one in adopted]
    ):
        obligations.end_schedules(office.pk, schedule.manual_key)
    for one in adopted:
        for duty in one.compiled.manual.duty:
            period = _next(office, one, duty, at)
            obligations.ensure_schedule(office.pk, one.compiled.key, duty.key, period.starts_at)
            running += 1
    return running


def open_due_periods(now: datetime, limit: int, offices: Iterable[int] | None = None) -> int:
    """Open the cases of the periods that have begun; one that raises is reported and tried again next time."""
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
    if not obligations.claim_schedule(schedule, following.starts_at):
        return 0
    period = _at(schedule.office, one, duty, begins)
    result = open_case(
        schedule.office,
        duty.category,
        actor=SYSTEM,
        at=begins,
        now=now,
        data={"period": period.for_key},
        intake=Intake(subject=duty.label),
        key=f"duty:{schedule.manual_key}:{duty.key}:{period.key}",
    )
    return int(not result.repeated)


def _calendar_key(one: Adopted) -> str:
    return one.compiled.manual.manual.calendar


def _next(office: Office, one: Adopted, duty: Duty, after: datetime) -> Period:
    calendar = adoption.calendar_of(office, _calendar_key(one))
    return recurrence.next_period(_recurrence(duty.recurrence), after, calendar)


def _at(office: Office, one: Adopted, duty: Duty, begins: datetime) -> Period:
    calendar = adoption.calendar_of(office, _calendar_key(one))
    return recurrence.next_period(_recurrence(duty.recurrence), begins - timedelta(microseconds=1), calendar)
