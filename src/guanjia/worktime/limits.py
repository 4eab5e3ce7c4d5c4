"""The grammar of time limits: text in, a frozen form out. docs/worktime.md lists every sentence it reads."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from guanjia.worktime.forms import (
    CLOSE,
    OPENING,
    WORKING_DAY,
    After,
    Around,
    AtMoment,
    Choice,
    ClockTime,
    Condition,
    DayRule,
    Days,
    Duration,
    Finish,
    InMonths,
    Limit,
    NotBefore,
    Offset,
    OnDay,
    Open,
    Single,
    Within,
    WithinOfficeHours,
)
from guanjia.worktime.phrases import PERIODS, amount_of, counts_first, day_rule, finish_of, moment_of
from guanjia.worktime.tokens import Cursor

_NO_DUE: dict[str, Literal["open", "promptly", "immediately"]] = {
    "open": "open",
    "promptly": "promptly",
    "immediately": "immediately",
}
EXAMPLES = "可以写 15m、2h、3 days、15 working days、same day、day 5 of next month、before day 25、5m before appointment_at。"


@lru_cache(maxsize=2048)
def parse(text: str) -> Limit:
    """The limit that a text says. Raises Problem LIMIT_SYNTAX with position and suggestion."""
    cursor = Cursor(text, "LIMIT_SYNTAX", "时限", EXAMPLES)
    first = _single(cursor)
    cases: list[tuple[Condition, Single]] = []
    condition = _condition(cursor)
    while condition is not None:
        cases.append((condition, first))
        cursor.expect(",")
        if cursor.take("else"):
            otherwise = _single(cursor)
            cursor.end()
            return Choice(tuple(cases), otherwise)
        first = _single(cursor)
        condition = _condition(cursor)
        if condition is None:
            raise cursor.fail()
    cursor.end()
    return first


@lru_cache(maxsize=2048)
def parse_offset(text: str) -> Offset:
    """A step of a ladder: `50%`, `due`, `30m before`, `1 working day after`. Raises Problem LIMIT_SYNTAX."""
    cursor = Cursor(
        text, "LIMIT_SYNTAX", "提醒时刻", "可以写 50%、due、30m before、1h after、1 working day after。"
    )
    if cursor.take("due", "at due"):
        offset = Offset()
    else:
        percent = cursor.percent()
        if percent is not None:
            offset = Offset(percent=percent)
        else:
            amount = amount_of(cursor)
            if amount is None:
                raise cursor.fail("due")
            side: Literal[-1, 1] = -1 if cursor.expect("before", "after") == "before" else 1
            cursor.take("due")
            offset = Offset(amount=amount, side=side)
    cursor.end()
    return offset


# -- conditions ------------------------------------------------------------------------------------------------


def _condition(cursor: Cursor) -> Condition | None:
    if cursor.take("within office hours", "within working hours"):
        return WithinOfficeHours()
    if cursor.take("within"):
        start = cursor.need_clock()
        cursor.expect("-", "to")
        end = cursor.need_clock()
        if start == end:
            raise cursor.refuse("时段没有长度。")
        return Within(start, end)
    if cursor.take("in months", "in month"):
        months = [cursor.need_number(1, 12)]
        while cursor.comma_number():
            months.append(cursor.need_number(1, 12))
        return InMonths(tuple(sorted(set(months))))
    return None


# -- single limits ---------------------------------------------------------------------------------------------


def _single(cursor: Cursor) -> Single:
    word = cursor.take(*_NO_DUE)
    if word:
        return Open(_NO_DUE[word])
    if cursor.take("from"):
        return _around(cursor)
    if cursor.take("same day", "same-day"):
        return Days(0, finish=finish_of(cursor))
    if cursor.take("next working day", "next workday"):
        return Days(1, WORKING_DAY, finish=finish_of(cursor))
    if cursor.take("next day"):
        return Days(1, finish=finish_of(cursor))
    if cursor.take("after"):
        wait = amount_of(cursor)
        return NotBefore(wait) if wait is not None else After(cursor.need_name(), Open())
    if cursor.take("at"):
        return AtMoment(moment_of(cursor))
    day = _on_day(cursor)
    if day is not None:
        return day
    cursor.skip("within")
    amount = amount_of(cursor)
    if amount is None:
        raise cursor.fail()
    return _after_amount(cursor, amount)


def _around(cursor: Cursor) -> Around:
    early = _duration(cursor)
    cursor.expect("before")
    cursor.expect("to")
    late = _duration(cursor)
    cursor.expect("after")
    return Around(cursor.need_name(), early, late)


def _duration(cursor: Cursor) -> Duration:
    amount = amount_of(cursor)
    if not isinstance(amount, Duration):
        raise cursor.fail("5m")
    return amount


def _after_amount(cursor: Cursor, amount: Duration | Days) -> Single:
    if isinstance(amount, Days):
        amount = Days(amount.count, amount.unit, amount.least, counts_first(cursor), finish_of(cursor))
    if cursor.take("after"):
        return After(moment_of(cursor), amount)
    if cursor.take("before"):
        if isinstance(amount, Days) and (amount.least or amount.first_counts or amount.finish != Finish()):
            raise cursor.refuse("「before」前只能是一段时间。")
        return AtMoment(moment_of(cursor), amount)
    return amount


# -- days of the calendar --------------------------------------------------------------------------------------


def _on_day(cursor: Cursor) -> Single | None:
    word = cursor.take("by", "on", "before")
    before = word == "before"
    rule = day_rule(cursor)
    if rule is None:
        return _by_clock_or_name(cursor, before) if word else None
    if rule.month:
        return OnDay(rule, None, before, finish_of(cursor))
    if not cursor.take("of"):
        if rule.number < 0 or rule.working or rule.period not in ("week", "month"):
            raise cursor.fail("of")
        return OnDay(rule, None, before, finish_of(cursor))
    cursor.skip("the")
    shift = {"next": 1, "each": None, "every": None}.get(cursor.take("this", "next", "each", "every"), 0)
    period = "week" if rule.period == "week" else cursor.expect(*PERIODS)
    if rule.period == "week":
        cursor.expect("week")
    return OnDay(DayRule(rule.number, rule.working, period), shift, before, finish_of(cursor))


def _by_clock_or_name(cursor: Cursor, before: bool) -> ClockTime | AtMoment:
    clock = cursor.clock()
    if clock is not None:
        return ClockTime(clock)
    name = moment_of(cursor)
    return AtMoment(name, before=before and name not in (CLOSE, OPENING))
