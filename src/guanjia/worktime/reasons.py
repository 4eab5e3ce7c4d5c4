"""How a due time came about, line by line: JSON-able, and readable in Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from guanjia.worktime.calendar import Calendar
from guanjia.worktime.walltime import ONE_DAY, WEEKDAY_NAMES

MOST_LINES = 40
"""A limit over years does not list every weekend; the rest is counted in one line."""

_TEXTS = {
    "start": "自 {first} 起算",
    "anchor": "以「{name}」{first} 为准",
    "waiting": "等待「{name}」，尚未起算",
    "case": "起算时刻在{name}内",
    "otherwise": "起算时刻不在{name}内",
    "hours": "只计办公时间",
    "skipped": "{days} {name}，不计",
    "counted": "{first} {name}，计入",
    "clamped": "当月没有这一天，按月末 {first} 计",
    "rolled": "{first} {name}，移至 {last}",
    "more": "另有 {name} 段休息日，不计",
    "provisional": "{first}的放假安排尚未公布，按平常的星期推算，暂定",
    "open": "没有规定到期时间",
    "not_before": "不早于 {first}",
    "due": "{first} 到期",
}


@dataclass(frozen=True)
class Reason:
    """One line of an explanation. `first` and `last` are dates or wall-clock times as text, `name` what is meant."""

    kind: str
    first: str = ""
    last: str = ""
    name: str = ""

    def to_data(self) -> dict[str, str]:
        """The reason as JSON-able data, without empty parts."""
        parts = {"kind": self.kind, "first": self.first, "last": self.last, "name": self.name}
        return {key: value for key, value in parts.items() if value}

    @classmethod
    def from_data(cls, data: Mapping[str, str]) -> Reason:
        """The reason that `to_data` wrote."""
        return cls(data["kind"], data.get("first", ""), data.get("last", ""), data.get("name", ""))

    def text(self) -> str:
        """`2026-10-01 至 2026-10-07 国庆节，不计`."""
        days = self.first if self.last in ("", self.first) else f"{self.first} 至 {self.last}"
        return _TEXTS[self.kind].format(days=days, first=self.first, last=self.last, name=self.name)


def about_days(calendar: Calendar, first: date, last: date, *, hours: bool = False) -> list[Reason]:
    """The days from `first` to `last` that are not counted, and why, and the make-up days that are.

    With `hours` a day counts when the office opens on it, otherwise when it is a working day.
    """
    lines: list[Reason] = []
    rest = 0
    for reason in _runs(calendar, first, last, hours):
        if len(lines) < MOST_LINES:
            lines.append(reason)
        else:
            rest += reason.kind == "skipped"
    return lines + ([Reason("more", name=str(rest))] if rest else [])


def _runs(calendar: Calendar, first: date, last: date, hours: bool) -> Iterator[Reason]:
    run: Reason | None = None
    day = first
    while day <= last:
        found = _about(calendar, day, hours)
        if run and found and (run.kind, run.name) == (found.kind, found.name) and run.kind == "skipped":
            run = Reason(run.kind, run.first, found.first, run.name)
        else:
            if run:
                yield run
            run = found
        day += ONE_DAY
    if run:
        yield run


def _about(calendar: Calendar, day: date, hours: bool) -> Reason | None:
    found = calendar.day(day)
    counts = bool(calendar.windows_on(day)) if hours else found.works
    if counts and not (found.works and found.exceptional):
        return None
    if counts:
        name = f"{WEEKDAY_NAMES[day.weekday()]}调休上班"
        return Reason("counted", day.isoformat(), name=f"{name}（{found.name}）" if found.name else name)
    name = found.name or ("周末" if day.weekday() > 4 else "休息日")
    if hours and day in calendar.special_days:
        name = "当日不办公"
    return Reason("skipped", day.isoformat(), day.isoformat(), name)
