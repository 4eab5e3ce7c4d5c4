"""Weeks, months, quarters, half-years and years: where they begin, what they are called, which of their days is meant."""

from __future__ import annotations

from datetime import date, timedelta

from guanjia.worktime.arithmetic import Workday, add_workdays, next_workday, previous_workday
from guanjia.worktime.calendar import Calendar
from guanjia.worktime.forms import MONTHS_OF, DayRule, Roll
from guanjia.worktime.walltime import ONE_DAY, add_months

WEEK = timedelta(days=7)


def period_start(day: date, period: str, shift: int = 0) -> date:
    """The first day of the period (week, month, quarter, half-year, year) that holds a day, some periods later."""
    if period == "week":
        return day - day.weekday() * ONE_DAY + shift * WEEK
    size = MONTHS_OF[period]
    return add_months(date(day.year, (day.month - 1) // size * size + 1, 1), shift * size)


def period_key(day: date, period: str) -> str:
    """`2026-03-24`, `2026-W13`, `2026-03`, `2026-Q1`, `2026-H1` or `2026`."""
    if period == "day":
        return day.isoformat()
    if period == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    part = (day.month - 1) // MONTHS_OF[period] + 1
    return {
        "month": f"{day.year}-{day.month:02d}",
        "quarter": f"{day.year}-Q{part}",
        "half-year": f"{day.year}-H{part}",
        "year": f"{day.year}",
    }[period]


def period_of(key: str) -> tuple[date, str]:
    """The first day of a period and its kind, from its key. Raises ValueError for what is no key."""
    year, _, rest = key.partition("-")
    if not rest:
        return date(int(year), 1, 1), "year"
    if rest[0] == "W":
        return date.fromisocalendar(int(year), int(rest[1:]), 1), "week"
    if rest[0] in "QH":
        size = 3 if rest[0] == "Q" else 6
        return date(int(year), (int(rest[1:]) - 1) * size + 1, 1), "quarter" if size == 3 else "half-year"
    if rest.count("-"):
        return date.fromisoformat(key), "day"
    return date(int(year), int(rest), 1), "month"


def day_in_period(calendar: Calendar, rule: DayRule, first: date) -> Workday:
    """The day that a rule names in the period beginning on `first`; the period's last (working) day where it is shorter."""
    end = period_start(first, rule.period, 1) - ONE_DAY
    if rule.month:
        month = date(first.year, rule.month, 1)
        return Workday(min(month + (rule.number - 1) * ONE_DAY, add_months(month, 1) - ONE_DAY))
    if not rule.working:
        return Workday(end if rule.number < 0 else min(first + (rule.number - 1) * ONE_DAY, end))
    day = end if rule.number < 0 else add_workdays(calendar, first - ONE_DAY, rule.number).day
    day = previous_workday(calendar, min(day, end))
    return Workday(day if day >= first else end, not calendar.knows_workday(end if rule.number < 0 else day))


def rolled(calendar: Calendar, day: date, roll: Roll | None) -> date:
    """The day, moved to the next or previous working day where the rule asks for it."""
    if roll is None:
        return day
    falls = calendar.is_holiday(day) if roll.on == "holidays" else not calendar.is_workday(day)
    if not falls:
        return day
    return next_workday(calendar, day) if roll.forward else previous_workday(calendar, day)
