"""Wall clocks and instants: the one place where a local time becomes an instant, daylight saving included."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem

DAY_SECONDS = 86_400
SECOND = timedelta(seconds=1)
ONE_DAY = timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")

_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}))?$")


class Window(NamedTuple):
    """A stretch of one day's wall clock, in seconds after that day's midnight; `end` is beyond 86400 past midnight."""

    start: int
    end: int

    def text(self) -> str:
        """`09:00–12:00`; `22:00–次日06:00` across midnight."""
        beyond = "次日" if self.end > DAY_SECONDS else ""
        return f"{clock_text(self.start)}–{beyond}{clock_text(self.end)}"


def read_clock(text: str) -> int:
    """Seconds after midnight of `09:00`, `17:30:30` or `24:00`. Raises ValueError for anything else."""
    match = _CLOCK.match(text.strip())
    if not match:
        raise ValueError(text)
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    total = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or total > DAY_SECONDS:
        raise ValueError(text)
    return total


def clock_text(seconds: int) -> str:
    """`09:00` for 32400; 86400 is `24:00`; what lies beyond is the next day's reading."""
    within = seconds if seconds <= DAY_SECONDS else seconds - DAY_SECONDS
    hour, rest = divmod(within, 3600)
    minute, second = divmod(rest, 60)
    return f"{hour:02d}:{minute:02d}" + (f":{second:02d}" if second else "")


def zone_of(name: str, *, field: str = "time_zone") -> ZoneInfo:
    """The time zone of an IANA name. Raises Problem CALENDAR_ZONE."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Problem(
            "CALENDAR_ZONE", f"没有「{name}」这个时区。", "请填 Asia/Shanghai 这样的名称。", field=field
        ) from None


@lru_cache(maxsize=8192)
def instant(zone: ZoneInfo, day: date, seconds: int = 0) -> datetime:
    """The instant (UTC) at which the zone's wall clock first shows, or has jumped past, that time of that day.

    Where clocks go back, the first of two readings counts; where they go forward over it, the jump itself does.
    The mapping therefore never runs backwards. `seconds` count on the clock face and may exceed 86400.
    """
    wall = datetime.combine(day, time.min) + timedelta(seconds=seconds)
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            after = middle
        else:
            before = middle
    return after


def local_day(zone: ZoneInfo, at: datetime) -> date:
    """The date that the zone's wall clock shows at an instant."""
    return require_aware(at).astimezone(zone).date()


def has_day(zone: ZoneInfo, day: date) -> bool:
    """Whether the zone's calendar has the day: Samoa went from 29 to 31 December 2011."""
    return instant(zone, day) < instant(zone, day + ONE_DAY)


def closing_day(zone: ZoneInfo, at: datetime) -> date:
    """The day that an instant ends or lies in: midnight belongs to the day before it (24:00)."""
    return local_day(zone, require_aware(at) - timedelta(microseconds=1))


def seconds_of_day(zone: ZoneInfo, at: datetime) -> int:
    """What the wall clock shows, in whole seconds after midnight."""
    local = require_aware(at).astimezone(zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def moment_text(zone: ZoneInfo, at: datetime, *, ends_day: bool = False) -> str:
    """`2026-03-24 14:00` on the wall clock; with `ends_day` midnight is written as the day before's 24:00."""
    local = require_aware(at).astimezone(zone)
    if ends_day and local.time() == time.min:
        return f"{closing_day(zone, at).isoformat()} 24:00"
    clock = local.strftime("%H:%M:%S") if local.second else local.strftime("%H:%M")
    return f"{local.date().isoformat()} {clock}"


def add_months(day: date, months: int) -> date:
    """The same day of the month some months away; the month's last day where that month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
