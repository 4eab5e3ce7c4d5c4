"""Duties that come round: which period opens next, what it is called, and for which period it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice

from guanjia.kernel.moments import require_aware
from guanjia.worktime.arithmetic import Workday
from guanjia.worktime.calendar import HORIZON_DAYS, Calendar
from guanjia.worktime.forms import DAYS_OF, MONTHS_OF, DayRule, Days, Roll
from guanjia.worktime.periods import day_in_period, period_key, period_of, period_start, rolled
from guanjia.worktime.phrases import amount_of, day_rule, roll_of
from guanjia.worktime.tokens import Cursor
from guanjia.worktime.walltime import ONE_DAY, add_months, has_day, instant, local_day
from guanjia.worktime.wording import amount_text, day_text, roll_text

WORDS = {
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": "half-year",
    "yearly": "year",
}
DAY_KINDS = {"day": "每日", "working day": "每个工作日", "open day": "每个营业日"}
_CHINESE = {"week": "每周", "month": "每月", "quarter": "每季度", "half-year": "每半年", "year": "每年"}
_EXAMPLES = (
    "可以写 daily、every working day、weekly on mon、monthly on day 25、half-yearly in 6,12、every 90 days。"
)


@dataclass(frozen=True)
class Recurrence:
    """How often a duty comes round.

    period: day, working day, open day (one with hours), week, month, quarter, half-year, year; or "" with `every`
    on: the day of the period on which it opens (the first without)
    begins: the day of the month (or weekday, Monday 1) at which shifted periods begin; they are named by their end
    months: the only months meant (1 to 12); one a period for quarters, half-years and years
    roll: where the opening day moves that falls on a holiday or day off
    lag: -1 for the previous period, 1 for the next, 0 for itself
    every: so long after the last time, instead of a period
    """

    period: str
    on: DayRule | None = None
    begins: int = 0
    months: tuple[int, ...] = ()
    roll: Roll | None = None
    lag: int = 0
    every: Days | None = None

    def __str__(self) -> str:
        if self.every:
            return f"every {self.every}"
        text = next((word for word, period in WORDS.items() if period == self.period), f"every {self.period}")
        text += f" on {self.on}" if self.on else ""
        text += f" from {DayRule(self.begins, period=self.period)}" if self.begins else ""
        text += f" in {','.join(map(str, self.months))}" if self.months else ""
        text += f", {self.roll}" if self.roll else ""
        return text + {-1: " for previous", 0: "", 1: " for next"}[self.lag]


@dataclass(frozen=True)
class Period:
    """One turn of a duty: its stable key, when it opens and ends (UTC), and the key of the period that it is for."""

    key: str
    starts_at: datetime
    ends_at: datetime
    for_key: str
    provisional: bool = False


@lru_cache(maxsize=512)
def parse(text: str) -> Recurrence:
    """The recurrence that a text says. Raises Problem RECURRENCE_SYNTAX with position and suggestion."""
    cursor = Cursor(text, "RECURRENCE_SYNTAX", "周期", _EXAMPLES)
    found = _parse(cursor)
    cursor.end()
    return found


def _parse(cursor: Cursor) -> Recurrence:
    word = cursor.take(
        *WORDS, *(f"every {unit}" for unit in (*DAY_KINDS, "week", *MONTHS_OF)), "every workday"
    )
    if not word:
        cursor.expect("every")
        every = amount_of(cursor)
        if not isinstance(every, Days) or every.least or every.unit == "working day":
            raise cursor.refuse("「every」后应是若干天、周、月或年。")
        return Recurrence("", every=every)
    period = WORDS.get(word) or word.removeprefix("every ").replace("workday", "working day")
    on = begins = None
    months: tuple[int, ...] = ()
    while period not in DAY_KINDS and (word := cursor.take("on", "from", "in", "in months")):
        if word == "on":
            on = _opening_day(cursor, period)
        elif word == "from":
            begins = _opening_day(cursor, period)
        else:
            months = _months(cursor, period)
    _check(cursor, period, begins, months)
    roll = roll_of(cursor) if on or period not in DAY_KINDS else None
    lag = {"previous": -1, "next": 1}[cursor.expect("previous", "next")] if cursor.take("for") else 0
    if lag and period not in DAY_KINDS:
        cursor.skip(period)
    return Recurrence(period, on, begins.number if begins else 0, months, roll, lag)


def _opening_day(cursor: Cursor, period: str) -> DayRule:
    rule = day_rule(cursor)
    if rule is None:
        raise cursor.fail("mon" if period == "week" else "day")
    if (rule.period == "week") != (period == "week") and not (period == "week" and rule.working):
        raise cursor.refuse("这个周期里没有这样的一天。")
    if rule.month and period != "year":
        raise cursor.refuse("只有每年才能写月和日。")
    return rule if rule.month else DayRule(rule.number, rule.working, period)


def _check(cursor: Cursor, period: str, begins: DayRule | None, months: tuple[int, ...]) -> None:
    if begins and (period not in ("week", "month") or begins.working or not 1 < begins.number <= 28):
        raise cursor.refuse("「from」后应是 2 到 28 日，或周二至周日，且只用于每周和每月。")
    if months and (begins or period == "week"):
        raise cursor.refuse("这个周期不能再指定月份。")


def _months(cursor: Cursor, period: str) -> tuple[int, ...]:
    months = [cursor.need_number(1, 12)]
    while cursor.comma_number():
        months.append(cursor.need_number(1, 12))
    size = MONTHS_OF.get(period, 1)
    blocks = [(month - 1) // size for month in months]
    if len(set(blocks)) != len(blocks) or (size > 1 and len(blocks) != 12 // size):
        raise cursor.refuse("每个周期应正好有一个月份。")
    return tuple(sorted(months))


# -- periods ---------------------------------------------------------------------------------------------------


def next_period(recurrence: Recurrence, after: datetime, calendar: Calendar) -> Period:
    """The first period that opens after an instant (one that opens at the instant itself is not it).

    For `every 90 days` the instant is the last time: the turn opens with the 90th day after it.
    """
    after = require_aware(after)
    if recurrence.every:
        return _rolling(recurrence.every, after, calendar)
    return next(period for period in _periods(recurrence, after, calendar) if period.starts_at > after)


def opened_period(recurrence: Recurrence, at: datetime, calendar: Calendar) -> Period:
    """The period that opens at an instant, as `next_period` gave it."""
    at = require_aware(at)
    if recurrence.every:
        return _on_day(local_day(calendar.zone, at), calendar)
    return next_period(recurrence, at - timedelta(microseconds=1), calendar)


def stretch(recurrence: Recurrence, key: str, calendar: Calendar) -> tuple[datetime, datetime]:
    """From when to when (not included) the period goes that a key names: `2026-03` is the whole month."""
    first, kind = period_of(key)
    if recurrence.every:
        return instant(calendar.zone, first), _rolling(
            recurrence.every, instant(calendar.zone, first), calendar
        ).starts_at
    end = first + ONE_DAY if kind == "day" else period_start(first, kind, 1)
    if recurrence.begins:
        first, end = next(iter(_blocks(recurrence, first)))
    return instant(calendar.zone, first), instant(calendar.zone, end)


def current_period(recurrence: Recurrence, at: datetime, calendar: Calendar) -> Period | None:
    """The period that is open at an instant, or None between two of them (and always for `every 90 days`)."""
    at = require_aware(at)
    if recurrence.every:
        return None
    for period in _periods(recurrence, at, calendar):
        if period.starts_at > at:
            return None
        if at < period.ends_at:
            return period
    return None


def _periods(recurrence: Recurrence, near: datetime, calendar: Calendar) -> Iterator[Period]:
    """The periods in order, from the one before an instant on; bounded."""
    today = local_day(calendar.zone, near)
    if recurrence.period in DAY_KINDS:
        turns = _day_periods(recurrence, today, calendar)
    else:
        turns = _long_periods(recurrence, today, calendar)
    return islice(turns, HORIZON_DAYS)


def _day_periods(recurrence: Recurrence, today: date, calendar: Calendar) -> Iterator[Period]:
    counts: dict[str, Callable[[date], bool]] = {
        "day": lambda day: True,
        "working day": calendar.is_workday,
        "open day": lambda day: bool(calendar.windows_on(day)),
    }
    knows = {"day": lambda day: True, "working day": calendar.knows_workday, "open day": calendar.knows_hours}
    for offset in range(-1, HORIZON_DAYS):
        day = today + offset * ONE_DAY
        if counts[recurrence.period](day) and has_day(calendar.zone, day):
            yield Period(
                day.isoformat(),
                instant(calendar.zone, day),
                instant(calendar.zone, day + ONE_DAY),
                _lagged_day(recurrence, day, counts[recurrence.period]).isoformat(),
                not knows[recurrence.period](day),
            )


def _lagged_day(recurrence: Recurrence, day: date, counts: Callable[[date], bool]) -> date:
    if not recurrence.lag:
        return day
    days = (day + recurrence.lag * offset * ONE_DAY for offset in range(1, HORIZON_DAYS))
    return next(other for other in days if counts(other))


def _long_periods(recurrence: Recurrence, today: date, calendar: Calendar) -> Iterator[Period]:
    period = recurrence.period
    for shift in range(-2, HORIZON_DAYS):
        named = period_start(today, period, shift)
        for first, end in _blocks(recurrence, named):
            inner = _within_month(recurrence)
            opens = day_in_period(calendar, inner, first) if inner else Workday(first)
            day = rolled(calendar, opens.day, recurrence.roll)
            yield Period(
                period_key(named, period),
                instant(calendar.zone, day),
                instant(calendar.zone, max(end, day + ONE_DAY)),
                period_key(period_start(named, period, recurrence.lag), period),
                opens.provisional or (recurrence.roll is not None and not calendar.knows_workday(day)),
            )


def _within_month(recurrence: Recurrence) -> DayRule | None:
    """The opening day; counted within the month where only some months are meant."""
    rule = recurrence.on
    if rule is None or rule.month or not recurrence.months:
        return rule
    return DayRule(rule.number, rule.working, "month")


def _blocks(recurrence: Recurrence, named: date) -> Iterator[tuple[date, date]]:
    """First day of the stretch that a named period stands for, and the day after its last."""
    period, begins = recurrence.period, recurrence.begins
    end = period_start(named, period, 1)
    if begins and period == "week":
        yield named + (begins - 8) * ONE_DAY, named + (begins - 1) * ONE_DAY
    elif begins:
        yield add_months(named, -1) + (begins - 1) * ONE_DAY, named + (begins - 1) * ONE_DAY
    elif recurrence.months:
        starts = (date(named.year, month, 1) for month in recurrence.months)
        yield from ((first, add_months(first, 1)) for first in starts if named <= first < end)
    else:
        yield named, end


def _rolling(every: Days, last: datetime, calendar: Calendar) -> Period:
    day = local_day(calendar.zone, last)
    if every.unit in DAYS_OF:
        day += every.count * DAYS_OF[every.unit] * ONE_DAY
    else:
        day = add_months(day, every.count * MONTHS_OF[every.unit])
    return _on_day(day, calendar)


def _on_day(day: date, calendar: Calendar) -> Period:
    if not has_day(calendar.zone, day):
        day += ONE_DAY
    key = day.isoformat()
    return Period(key, instant(calendar.zone, day), instant(calendar.zone, day + ONE_DAY), key)


def describe(recurrence: Recurrence) -> str:
    """`每月25日`, `每个工作日`, `每半年（6、12月）`, `每90天`."""
    if recurrence.every:
        return f"每{amount_text(recurrence.every)}"
    if recurrence.period in DAY_KINDS:
        return DAY_KINDS[recurrence.period]
    text = _CHINESE[recurrence.period]
    if recurrence.begins:
        text += f"（自{day_text(DayRule(recurrence.begins, period=recurrence.period), '')}起）"
    if recurrence.months:
        text += f"（{'、'.join(map(str, recurrence.months))}月）"
    inner = _within_month(recurrence)
    return (day_text(inner, text) if inner else text) + roll_text(recurrence.roll)
