"""A running limit: what it aims at, what is spent, since when it runs. Pausing adds to the spent, never moves a start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.worktime.arithmetic import add, add_workdays, elapsed, next_workday, workdays_between
from guanjia.worktime.calendar import Calendar
from guanjia.worktime.due import Moments, chosen, due, started
from guanjia.worktime.forms import (
    DAYS_OF,
    MONTHS_OF,
    WORKING_DAY,
    After,
    Days,
    Duration,
    Finish,
    Limit,
    Offset,
)
from guanjia.worktime.limits import parse_offset
from guanjia.worktime.walltime import (
    DAY_SECONDS,
    ONE_DAY,
    SECOND,
    add_months,
    closing_day,
    instant,
    local_day,
)

Unit = Literal["seconds", "working_seconds", "days", "workdays", "moment"]


@dataclass(frozen=True)
class Clock:
    """One limit on its way. All fields can be stored in columns and given back to `Clock(...)`.

    target: what the limit allows, in `unit`; None where nothing is due (open, promptly, or still waiting)
    unit: wall seconds, open seconds of the calendar, civil days, working days, or a fixed moment (target then is the
        wall seconds from the start to it; pausing does not move it)
    spent: what earlier runs have used up, in `unit` (wall seconds for a moment)
    running_since: start of the present run (UTC), None while paused or waiting
    due_at: when the present run reaches the target, None while paused, waiting or open
    provisional: `due_at` rests on days whose status is not published yet
    """

    target: int | None
    unit: Unit
    spent: int = 0
    running_since: datetime | None = None
    due_at: datetime | None = None
    provisional: bool = False


def start(limit: Limit, at: datetime, calendar: Calendar, moments: Moments | None = None) -> Clock:
    """The clock of a limit that starts at an instant. One that waits for a moment has not begun: start it again then."""
    at = require_aware(at)
    single = chosen(limit, at, calendar)
    found = due(single, at, calendar, moments)
    if found.waits_for:
        return Clock(None, "moment")
    if isinstance(single, After):
        at = started(single, at, calendar, moments)
        single = single.then
    if found.at is None:
        return Clock(None, "moment", running_since=at)
    if isinstance(single, Duration):
        unit: Unit = "working_seconds" if single.working else "seconds"
        return Clock(single.seconds, unit, 0, at, found.at, found.provisional)
    if isinstance(single, Days) and single.finish == Finish():
        first, last = local_day(calendar.zone, at), closing_day(calendar.zone, found.at)
        if single.unit == WORKING_DAY:
            target = workdays_between(calendar, first, last)
            return Clock(target, "workdays", 0, at, found.at, found.provisional)
        return Clock((last - first).days, "days", 0, at, found.at, found.provisional)
    return Clock((found.at - at) // SECOND, "moment", 0, at, found.at, found.provisional)


def pause(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """Stops the clock at an instant and adds the run to the spent time. Raises Problem CLOCK_STATE."""
    if clock.running_since is None:
        raise Problem("CLOCK_STATE", "时限没有在计时，不能暂停。", "请先恢复计时。")
    spent = spent_at(clock, at, calendar)
    fixed = clock.unit == "moment"
    return replace(
        clock,
        spent=spent,
        running_since=None,
        due_at=clock.due_at if fixed else None,
        provisional=clock.provisional and fixed,
    )


def resume(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """Runs on from an instant; due when the calendar has supplied `target - spent`. Raises Problem CLOCK_STATE."""
    if clock.running_since is not None:
        raise Problem("CLOCK_STATE", "时限正在计时，不必恢复。", "")
    return _running(clock, require_aware(at), calendar)


def spent_at(clock: Clock, at: datetime, calendar: Calendar) -> int:
    """What is used up by an instant, in the clock's unit. Raises Problem CLOCK_STATE before the run began."""
    since, at = clock.running_since, require_aware(at)
    if since is None:
        return clock.spent
    if at < since:
        raise Problem("CLOCK_STATE", "这个时间早于计时开始。", "请核对发生时间。")
    if clock.unit == "working_seconds":
        return clock.spent + elapsed(calendar, since, at).seconds
    if clock.unit in ("days", "workdays"):
        first, last = local_day(calendar.zone, since), local_day(calendar.zone, at)
        return clock.spent + (
            workdays_between(calendar, first, last) if clock.unit == "workdays" else (last - first).days
        )
    return clock.spent + (at - since) // SECOND


def retarget(
    clock: Clock,
    limit: Limit,
    at: datetime,
    calendar: Calendar,
    moments: Moments | None = None,
    *,
    opened_at: datetime | None = None,
) -> Clock:
    """The clock under another limit (a changed manual): the time spent is kept, a paused clock stays paused.

    `opened_at` is the start from which a fixed moment such as `same day` is reckoned; without it the present run's
    start, or `at`. Time spent before an earlier pause is carried over by days where the unit changes.
    """
    fresh = start(limit, opened_at or clock.running_since or at, calendar, moments)
    kept = replace(
        fresh,
        spent=_carried(clock.spent, clock.unit, fresh.unit, calendar),
        running_since=clock.running_since,
    )
    if fresh.target is None or fresh.unit == "moment":
        return kept
    if clock.running_since is None:
        return replace(kept, due_at=None, provisional=False)
    return _running(kept, clock.running_since, calendar)


def step_at(clock: Clock, offset: Offset | str, calendar: Calendar) -> datetime | None:
    """When a step of a ladder falls; None while nothing is due.

    Percentages are of the target, rounded down to whole units. Plain durations before or after the due time walk
    the clock's own time (open hours for working seconds and working days); days keep the time of day of the due time.
    """
    offset = parse_offset(offset) if isinstance(offset, str) else offset
    if clock.due_at is None or clock.target is None:
        return None
    if offset.percent is not None:
        return _percent(clock, offset.percent, calendar)
    if offset.amount is None:
        return clock.due_at
    if isinstance(offset.amount, Days):
        return _by_days(clock.due_at, offset.amount, offset.side, calendar)
    seconds = offset.side * offset.amount.seconds
    if offset.amount.working or clock.unit in ("working_seconds", "workdays"):
        return add(calendar, clock.due_at, seconds).at
    return clock.due_at + timedelta(seconds=seconds)


def _percent(clock: Clock, percent: int, calendar: Calendar) -> datetime | None:
    target = clock.target or 0
    if clock.unit == "moment":
        return clock.due_at and clock.due_at - timedelta(seconds=max(target, 0) * (100 - percent) // 100)
    if clock.running_since is None or percent == 100:
        return clock.due_at
    reduced = replace(clock, target=target * percent // 100)
    return _running(reduced, clock.running_since, calendar).due_at


def _by_days(due_at: datetime, amount: Days, side: int, calendar: Calendar) -> datetime:
    """The same time of day (midnight being 24:00) so many days before or after."""
    zone = calendar.zone
    day = closing_day(zone, due_at)
    into_day = due_at.astimezone(zone).replace(tzinfo=None) - datetime.combine(day, datetime.min.time())
    if amount.unit == WORKING_DAY:
        moved = add_workdays(calendar, day, side * amount.count).day
    elif amount.unit in DAYS_OF:
        moved = day + side * amount.count * DAYS_OF[amount.unit] * ONE_DAY
    else:
        moved = add_months(day, side * amount.count * MONTHS_OF[amount.unit])
    return instant(zone, moved, into_day // SECOND)


def _running(clock: Clock, at: datetime, calendar: Calendar) -> Clock:
    """The clock running since `at`, with its due time from what is left of the target."""
    if clock.target is None:
        return replace(clock, running_since=at)
    left = clock.target - clock.spent
    due_at, provisional = clock.due_at, clock.provisional
    if clock.unit == "seconds":
        due_at, provisional = at + timedelta(seconds=left), False
    elif clock.unit == "working_seconds":
        due_at, provisional = add(calendar, at, left)
    elif clock.unit != "moment":
        day = local_day(calendar.zone, at)
        if clock.unit == "days":
            day, provisional = day + left * ONE_DAY, False
        elif left:
            day, provisional = add_workdays(calendar, day, left)
        else:
            day, provisional = next_workday(calendar, day), not calendar.knows_workday(day)
        due_at = instant(calendar.zone, day, DAY_SECONDS)
    return replace(clock, running_since=at, due_at=due_at, provisional=provisional)


def _carried(spent: int, old: Unit, new: Unit, calendar: Calendar) -> int:
    """Spent time in another unit; a civil day, a working day and a usual day's open hours stand for one another."""
    hours = [sum(window.end - window.start for window in windows) for windows in calendar.weekly if windows]
    usual = sum(hours) // len(hours) if hours else DAY_SECONDS
    per_day: dict[Unit, int] = {
        "seconds": DAY_SECONDS,
        "moment": DAY_SECONDS,
        "working_seconds": usual,
        "days": 1,
        "workdays": 1,
    }
    return spent * per_day[new] // per_day[old]
