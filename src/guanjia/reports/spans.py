"""Weeks, months, quarters and years of an office: which of them a page or a form shows, and when each begins and ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guanjia.estate.models import Office
from guanjia.worktime.periods import period_key, period_of, period_start

ONE_DAY = timedelta(days=1)


def window(office: Office, period: str) -> tuple[datetime, datetime]:
    """The instants between which a period (`2026-03`, `2026-W13`, `2026-Q1`, `2026`) lies in the office's zone."""
    first, after = days(period)
    zone = ZoneInfo(office.time_zone)
    begins, ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, after))
    return begins, ends


def days(period: str) -> tuple[date, date]:
    """The first day of a period, and the first day after it. Raises ValueError for what is no period."""
    first, kind = period_of(period)
    return first, first + ONE_DAY if kind == "day" else period_start(first, kind, 1)


def spans_of(period: str, over: str) -> list[str]:
    """The periods of a kind that end in a period, in order; the one that holds its last day when none does.

    The weeks of March are those whose Sunday lies in March; the quarter of February is the first.
    """
    first, after = days(period)
    found, begins = [], period_start(first, over)
    while (ends := period_start(begins, over, 1)) <= after:
        found.append(period_key(begins, over))
        begins = ends
    return found or [period_key(after - ONE_DAY, over)]
