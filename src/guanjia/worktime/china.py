"""What the State Council has announced about a day, through chinesecalendar."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import NamedTuple

import chinese_calendar


class Announced(NamedTuple):
    """Works or not, and the Chinese name of the holiday that makes it so ("" on an ordinary day)."""

    works: bool
    holiday: str


_NAMES = {holiday.value: str(holiday.chinese) for holiday in chinese_calendar.Holiday}


@lru_cache(maxsize=8192)
def announced(day: date) -> Announced | None:
    """The official status of a day, or None for a year that has not been published."""
    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return Announced(not off, _NAMES.get(name, str(name)) if name else "")
