"""Calendars: when an office is open and which days are working days, as frozen, versioned data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.worktime import calendar_data as reading
from guanjia.worktime.china import announced
from guanjia.worktime.walltime import ONE_DAY, WEEKDAYS, Window, instant, local_day, zone_of

HORIZON_DAYS = 36_525
"""Every search ends after a hundred years."""

WHOLE_DAY = ("00:00", "24:00")


class Span(NamedTuple):
    """An open stretch between two instants (UTC); open from `opens`, closed from `closes` on."""

    opens: datetime
    closes: datetime


class Day(NamedTuple):
    """What a date is: worked or not, whether that is an exception to its weekday, and the holiday's name."""

    works: bool
    exceptional: bool
    name: str


@dataclass(frozen=True)
class Calendar:
    """Open hours and working days of one office in one time zone. Build it with `from_data`.

    The hours and the counting of working days share the holidays; `open_on_holidays` cuts that tie, so that a desk
    that never closes can still count fifteen working days. A window belongs to the day on which it starts.
    """

    key: str
    version: int
    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    china: bool
    weekdays: frozenset[int]
    special_days: Mapping[date, tuple[Window, ...]] = field(default_factory=dict, hash=False)
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    yearly_holidays: Mapping[tuple[int, int], str] = field(default_factory=dict, hash=False)
    extra_workdays: frozenset[date] = frozenset()
    makeup_hours: tuple[Window, ...] = ()
    open_on_holidays: bool = False
    coverage_end: date | None = None
    _spans: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Calendar:
        """A calendar from JSON-able data. Raises Problem CALENDAR_DATA, _OVERLAP, _ZONE or _NEVER_OPEN.

        Keys: key, version, time_zone, weekly, working_days, special_days, holidays, extra_workdays, makeup_hours,
        open_on_holidays, coverage_end. See docs/worktime.md.
        """
        data = reading.check_keys(data)
        china, weekdays = reading.read_working_days(data["working_days"])
        weekly = reading.read_weekly(data["weekly"])
        holidays, yearly = reading.read_holidays(data.get("holidays"))
        extra = reading.read_days(data.get("extra_workdays"), "extra_workdays")
        special = reading.read_special(data.get("special_days"))
        makeup = reading.read_windows(data.get("makeup_hours"), "makeup_hours")
        end = data.get("coverage_end")
        for day in sorted(extra & holidays.keys()):
            raise reading.wrong(f"{day} 既是假日又是上班日。", "请删去其中一处。", "extra_workdays")
        if not any(weekly) and not any(special.values()):
            raise Problem(
                "CALENDAR_NEVER_OPEN", "日历里没有任何开放时间。", "请至少填一个时段。", field="weekly"
            )
        return cls(
            key=str(data["key"]),
            version=_version(data.get("version", 1)),
            zone=zone_of(str(data["time_zone"])),
            weekly=weekly,
            china=china,
            weekdays=weekdays,
            special_days=special,
            holidays=holidays,
            yearly_holidays=yearly,
            extra_workdays=extra,
            makeup_hours=makeup or next((weekly[index] for index in sorted(weekdays) if weekly[index]), ()),
            open_on_holidays=_flag(data.get("open_on_holidays", False)),
            coverage_end=None if end in (None, "") else reading.read_day(end, "coverage_end"),
        )

    def to_data(self) -> dict[str, object]:
        """The calendar as JSON-able data that `from_data` reads back to an equal calendar."""
        named = {day.isoformat(): name for day, name in self.holidays.items()}
        named |= {f"{month:02d}-{day:02d}": name for (month, day), name in self.yearly_holidays.items()}
        return {
            "key": self.key,
            "version": self.version,
            "time_zone": self.zone.key,
            "weekly": {
                name: reading.write_windows(windows)
                for name, windows in zip(WEEKDAYS, self.weekly, strict=True)
            },
            "working_days": reading.CHINA
            if self.china
            else [WEEKDAYS[index] for index in sorted(self.weekdays)],
            "special_days": {
                day.isoformat(): reading.write_windows(windows)
                for day, windows in sorted(self.special_days.items())
            },
            "holidays": dict(sorted(named.items())),
            "extra_workdays": [day.isoformat() for day in sorted(self.extra_workdays)],
            "makeup_hours": reading.write_windows(self.makeup_hours),
            "open_on_holidays": self.open_on_holidays,
            "coverage_end": self.coverage_end.isoformat() if self.coverage_end else None,
        }

    # -- days ------------------------------------------------------------------------------------------------

    def day(self, day: date) -> Day:
        """What a date is. The office's own table comes first, then the official one, then the weekday."""
        usual = day.weekday() in self.weekdays
        if day in self.extra_workdays:
            return Day(True, not usual, "")
        own = self.holidays.get(day, self.yearly_holidays.get((day.month, day.day)))
        if own is not None:
            return Day(False, True, own or "假日")
        official = announced(day) if self.china else None
        if official is not None and official.holiday:
            return Day(official.works, True, official.holiday)
        return Day(usual, False, "")

    def is_workday(self, day: date) -> bool:
        """Whether the date counts as a working day (make-up Saturdays do, holidays do not)."""
        return self.day(day).works

    def is_holiday(self, day: date) -> bool:
        """Whether the date lies in an official holiday or in one of the office's own; a plain weekend is none."""
        found = self.day(day)
        return found.exceptional and not found.works

    def knows_workday(self, day: date) -> bool:
        """Whether it is settled if the date is worked; past the coverage the weekday rule is only a guess."""
        if self.coverage_end is not None:
            return day <= self.coverage_end
        return not self.china or announced(day) is not None

    def knows_hours(self, day: date) -> bool:
        """Whether the date's hours are settled; hours that ignore holidays are, unless a coverage end is set."""
        return (self.open_on_holidays and self.coverage_end is None) or self.knows_workday(day)

    # -- hours -----------------------------------------------------------------------------------------------

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that start on a date, on its wall clock."""
        if day in self.special_days:
            return self.special_days[day]
        usual = self.weekly[day.weekday()]
        if self.open_on_holidays:
            return usual
        found = self.day(day)
        if not found.exceptional:
            return usual
        return self.makeup_hours if found.works else ()

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """The open stretches that start on a date, as instants, without what the day before already covers."""
        known = self._spans.get(day)
        if known is None:
            known = self._spans[day] = self._spans_of(day)
        return known

    def _spans_of(self, day: date) -> tuple[Span, ...]:
        before = self.windows_on(day - ONE_DAY)
        covered = max((instant(self.zone, day - ONE_DAY, window.end) for window in before), default=None)
        spans = []
        for window in self.windows_on(day):
            opens, closes = instant(self.zone, day, window.start), instant(self.zone, day, window.end)
            if covered is not None:
                opens = max(opens, covered)
            if opens < closes:
                spans.append(Span(opens, closes))
        return tuple(spans)

    def spans_from(self, at: datetime) -> Iterator[Span]:
        """Open stretches that end at or after an instant, in order. Raises Problem CALENDAR_HORIZON at the end."""
        first = local_day(self.zone, at) - ONE_DAY
        for offset in range(HORIZON_DAYS):
            for span in self.spans_on(first + offset * ONE_DAY):
                if span.closes >= at:
                    yield span
        raise self._exhausted()

    def spans_before(self, at: datetime) -> Iterator[Span]:
        """Open stretches that start at or before an instant, latest first. Raises Problem CALENDAR_HORIZON."""
        last = local_day(self.zone, at) + ONE_DAY
        for offset in range(HORIZON_DAYS):
            for span in reversed(self.spans_on(last - offset * ONE_DAY)):
                if span.opens <= at:
                    yield span
        raise self._exhausted()

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open at an instant; at the closing instant it is not."""
        at = require_aware(at)
        today = local_day(self.zone, at)
        near = (today - ONE_DAY, today, today + ONE_DAY)
        return any(span.opens <= at < span.closes for day in near for span in self.spans_on(day))

    def _exhausted(self) -> Problem:
        return Problem(
            "CALENDAR_HORIZON",
            f"日历「{self.key}」在一百年内找不到足够的开放时间。",
            "请检查日历的时段和时限。",
        )


def _version(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise reading.wrong(f"版本「{value}」不是整数。", "请填 1、2、3……", "version")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise reading.wrong(f"「{value}」不是 true 或 false。", "请填 true 或 false。", "open_on_holidays")
    return value


def always(
    time_zone: str = "Asia/Shanghai", *, key: str = "always", working_days: object = reading.CHINA
) -> Calendar:
    """A calendar that never closes; working days are counted by the official Chinese calendar unless told otherwise."""
    return Calendar.from_data(
        {
            "key": key,
            "time_zone": time_zone,
            "weekly": {name: [WHOLE_DAY] for name in WEEKDAYS},
            "working_days": working_days,
            "open_on_holidays": True,
        }
    )


def china_office_hours(
    hours: Sequence[Sequence[str]] = (("09:00", "12:00"), ("14:00", "18:00")),
    *,
    key: str = "office",
    version: int = 1,
    time_zone: str = "Asia/Shanghai",
    **more: object,
) -> Calendar:
    """The same hours on every official Chinese working day, make-up days included. `more`: other keys of the data."""
    weekly = {name: [list(window) for window in hours] for name in WEEKDAYS[:5]}
    data = {
        "key": key,
        "version": version,
        "time_zone": time_zone,
        "weekly": weekly,
        "working_days": reading.CHINA,
    }
    return Calendar.from_data(data | more)
