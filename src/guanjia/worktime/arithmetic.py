"""Business time: adding, subtracting and measuring it. Everything is computed on instants, day by day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple, overload

from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.worktime.calendar import HORIZON_DAYS, Calendar
from guanjia.worktime.walltime import ONE_DAY, SECOND, closing_day, instant, local_day, seconds_of_day


class Moment(NamedTuple):
    """An instant (UTC), provisional where it rests on days that the calendar does not know yet."""

    at: datetime
    provisional: bool = False


class Elapsed(NamedTuple):
    """Whole seconds of open time, negative where the second instant is the earlier one."""

    seconds: int
    provisional: bool = False


class Workday(NamedTuple):
    """A date, provisional where it rests on days that the calendar does not know yet."""

    day: date
    provisional: bool = False


def add(calendar: Calendar, start: datetime, seconds: int) -> Moment:
    """The instant at which `seconds` of open time have passed since `start`; negative seconds go backward.

    Time that runs out exactly at closing ends at closing, and going backward exactly at opening. Zero seconds stay
    where the office is open (or just closing) and otherwise wait for the next opening.
    Raises Problem CALENDAR_HORIZON when a hundred years do not suffice.
    """
    at = require_aware(start)
    found = _backward(calendar, at, -seconds) if seconds < 0 else _forward(calendar, at, seconds)
    return Moment(found, not _knows_hours(calendar, at, found))


def _forward(calendar: Calendar, at: datetime, seconds: int) -> datetime:
    left = timedelta(seconds=seconds)
    for opens, closes in calendar.spans_from(at):
        begin = max(opens, at)
        if begin + left <= closes:
            return begin + left
        left -= closes - begin
    raise AssertionError("spans_from ends with a Problem")


def _backward(calendar: Calendar, at: datetime, seconds: int) -> datetime:
    left = timedelta(seconds=seconds)
    for opens, closes in calendar.spans_before(at):
        end = min(closes, at)
        if end - left >= opens:
            return end - left
        left -= end - opens
    raise AssertionError("spans_before ends with a Problem")


def elapsed(calendar: Calendar, start: datetime, end: datetime) -> Elapsed:
    """Open seconds from `start` to `end`, rounded down to whole ones; negative where `end` comes first."""
    first, last = require_aware(start), require_aware(end)
    if last < first:
        back = elapsed(calendar, last, first)
        return Elapsed(-back.seconds, back.provisional)
    total = timedelta()
    day, final = local_day(calendar.zone, first) - ONE_DAY, local_day(calendar.zone, last) + ONE_DAY
    while day <= final:
        for opens, closes in calendar.spans_on(day):
            if opens < last and closes > first:
                total += min(closes, last) - max(opens, first)
        day += ONE_DAY
    return Elapsed(total // SECOND, not _knows_hours(calendar, first, last))


def next_opening(calendar: Calendar, at: datetime) -> Moment:
    """The first open instant at or after `at`: `at` itself while the office is open, otherwise the next opening."""
    at = require_aware(at)
    found = next(max(span.opens, at) for span in calendar.spans_from(at) if span.closes > at)
    return Moment(found, not _knows_hours(calendar, at, found))


def previous_closing(calendar: Calendar, at: datetime) -> Moment:
    """The last instant at or before `at` until which the office was open: `at` itself while open, else the closing."""
    at = require_aware(at)
    found = next(min(span.closes, at) for span in calendar.spans_before(at) if span.opens < at)
    return Moment(found, not _knows_hours(calendar, at, found))


def _knows_hours(calendar: Calendar, first: datetime, last: datetime) -> bool:
    ends = (local_day(calendar.zone, first), closing_day(calendar.zone, last))
    return all(calendar.knows_hours(day) for day in ends)


# -- working days ----------------------------------------------------------------------------------------------


@overload
def add_workdays(calendar: Calendar, start: datetime, days: int) -> Moment: ...  # type: ignore[overload-overlap]
@overload
def add_workdays(calendar: Calendar, start: date, days: int) -> Workday: ...
def add_workdays(calendar: Calendar, start: date | datetime, days: int) -> Workday | Moment:
    """The date on which `days` working days have passed; the day of `start` itself never counts.

    A date gives a date; an instant gives an instant at the same time of day on the wall clock. Negative days go
    backward; zero changes nothing. Raises Problem CALENDAR_HORIZON.
    """
    if not isinstance(start, datetime):
        return _workdays_on(calendar, start, days)
    at = require_aware(start)
    found = _workdays_on(calendar, local_day(calendar.zone, at), days)
    if not days:
        return Moment(at, found.provisional)
    seconds = seconds_of_day(calendar.zone, at)
    return Moment(
        instant(calendar.zone, found.day, seconds).replace(microsecond=at.microsecond), found.provisional
    )


def _workdays_on(calendar: Calendar, start: date, days: int) -> Workday:
    step = ONE_DAY if days >= 0 else -ONE_DAY
    day, left = start, abs(days)
    for _ in range(HORIZON_DAYS):
        if not left:
            return Workday(day, not (calendar.knows_workday(start) and calendar.knows_workday(day)))
        day += step
        left -= calendar.is_workday(day)
    raise Problem("CALENDAR_HORIZON", f"一百年内数不满 {abs(days)} 个工作日。", "请检查工作日规则和时限。")


def workdays_between(calendar: Calendar, start: date, end: date) -> int:
    """Working days after `start` up to and including `end`; negative where `end` comes first."""
    if end < start:
        return -workdays_between(calendar, end, start)
    return sum(calendar.is_workday(start + offset * ONE_DAY) for offset in range(1, (end - start).days + 1))


def next_workday(calendar: Calendar, day: date) -> date:
    """The day itself if it is a working day, otherwise the next one."""
    return add_workdays(calendar, day - ONE_DAY, 1).day


def previous_workday(calendar: Calendar, day: date) -> date:
    """The day itself if it is a working day, otherwise the one before."""
    return add_workdays(calendar, day + ONE_DAY, -1).day
