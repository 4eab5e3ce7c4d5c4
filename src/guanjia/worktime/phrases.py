"""Phrases that the grammars of limits, steps and recurrences share: amounts, days, endings."""

from __future__ import annotations

from typing import Literal

from guanjia.worktime.forms import (
    CLOSE,
    DAYS_OF,
    MONTHS_OF,
    OPENING,
    WORKING_DAY,
    DayRule,
    Days,
    Duration,
    Finish,
    Roll,
)
from guanjia.worktime.tokens import Cursor
from guanjia.worktime.walltime import WEEKDAYS

TIME_UNITS = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
}
DAY_UNITS = {
    **{word: unit for unit in (*DAYS_OF, *MONTHS_OF) if unit != "half-month" for word in (unit, f"{unit}s")},
}
PERIODS = ("week", *MONTHS_OF)
WEEKDAY_WORDS = {
    **{name: index for index, name in enumerate(WEEKDAYS, 1)},
    **{
        name: index
        for index, name in enumerate(
            ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1
        )
    },
}
MOST = {"seconds": 100 * 366 * 86_400, "day": 36_525, "month": 1200}


# -- amounts ---------------------------------------------------------------------------------------------------


def amount_of(cursor: Cursor) -> Duration | Days | None:
    """A duration or a number of days, without what may follow it; None where no amount stands."""
    seconds = cursor.compact(TIME_UNITS)
    if seconds is not None:
        return _seconds(cursor, seconds)
    if cursor.take("half a month"):
        return Days(1, "half-month")
    if cursor.take("half a year"):
        return Days(6, "month")
    if cursor.take("half an hour"):
        return _seconds(cursor, 1800)
    least, count = cursor.count()
    if not count:
        return None
    if least >= count:
        raise cursor.refuse("范围的前一个数应小于后一个数。")
    working = bool(cursor.take("working", "business"))
    if not least:
        unit = cursor.take(*TIME_UNITS)
        if unit:
            return _seconds(cursor, count * TIME_UNITS[unit], working=working)
    if cursor.take("workday", "workdays") or (working and cursor.expect("day", "days")):
        return Days(_bounded(cursor, count, "day"), WORKING_DAY, least)
    unit = DAY_UNITS[cursor.expect(*DAY_UNITS)]
    size = DAYS_OF.get(unit) or MONTHS_OF[unit]
    _bounded(cursor, count * size, "day" if unit in DAYS_OF else "month")
    return Days(count, unit, least)


def _seconds(cursor: Cursor, seconds: int, *, working: bool = False) -> Duration:
    if not seconds:
        raise cursor.refuse("时限不能是零。")
    if cursor.take("in office hours", "in working hours", "of working time"):
        working = True
    return Duration(_bounded(cursor, seconds, "seconds"), working)


def _bounded(cursor: Cursor, count: int, kind: str) -> int:
    if count > MOST[kind]:
        raise cursor.refuse("时限不能超过一百年。")
    return count


# -- days and their ends ---------------------------------------------------------------------------------------


def day_rule(cursor: Cursor) -> DayRule | None:
    """`day 5`, `last working day`, `fri`, `12-31`: the day that a period is asked for; None where none stands."""
    cursor.skip("the")
    if cursor.take("day"):
        return DayRule(cursor.need_number(1, 31))
    if cursor.take("working day", "workday"):
        return DayRule(cursor.need_number(1, 23), working=True)
    if cursor.take("last working day", "last workday"):
        return DayRule(-1, working=True)
    if cursor.take("first working day", "first workday"):
        return DayRule(1, working=True)
    if cursor.take("first day", "start"):
        return DayRule(1)
    if cursor.ahead("end of work"):
        return None
    if cursor.take("last day", "end"):
        return DayRule(-1)
    weekday = cursor.take(*WEEKDAY_WORDS)
    if weekday:
        return DayRule(WEEKDAY_WORDS[weekday], period="week")
    found = cursor.month_day()
    return DayRule(found[1], period="year", month=found[0]) if found else None


def moment_of(cursor: Cursor) -> str:
    if cursor.take("close", "closing", "end of work"):
        return CLOSE
    if cursor.take("open", "opening", "start of work"):
        return OPENING
    return cursor.need_name()


def counts_first(cursor: Cursor) -> bool:
    return bool(
        cursor.take(
            "counting the start day",
            "counting the first day",
            "including the start day",
            "counting the first",
        )
    )


def finish_of(cursor: Cursor) -> Finish:
    clock: int | Literal["open", "close"] | None = None
    if cursor.take("before close", "by close", "before closing", "before end of work"):
        clock = "close"
    elif cursor.take("before open", "by open", "before opening"):
        clock = "open"
    elif cursor.clock_follows("by", "before"):
        cursor.take("by", "before")
        clock = cursor.need_clock()
    return Finish(clock, roll_of(cursor))


def roll_of(cursor: Cursor) -> Roll | None:
    word = cursor.take(
        ", next working day on", ", previous working day on", "next working day on", "previous working day on"
    )
    if not word:
        return None
    on: Literal["holidays", "days off"] = "days off"
    if cursor.expect("holidays", "a holiday", "statutory holidays", "days off", "a day off") in (
        "holidays",
        "a holiday",
        "statutory holidays",
    ):
        on = "holidays"
    return Roll("next" in word, on)
