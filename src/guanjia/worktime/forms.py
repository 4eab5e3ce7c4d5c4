"""What a limit can be: small frozen forms. `str()` gives the canonical text, which `limits.parse` reads back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from guanjia.worktime.walltime import WEEKDAYS, clock_text

CLOSE, OPENING = "close", "open"
"""Names of moments that the calendar supplies itself: the end and the start of a day's work."""

DAYS_OF = {"day": 1, "week": 7, "half-month": 15}
MONTHS_OF = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
WORKING_DAY = "working day"


def plural(count: int, unit: str) -> str:
    """`1 day`, `3 days`; half a month has its own words."""
    if unit == "half-month":
        return "half a month"
    return f"{count} {unit}" + ("" if count == 1 else "s")


@dataclass(frozen=True)
class Open:
    """No due time: `open` by nature, `promptly` in words only, `immediately` until the office sets a figure."""

    word: Literal["open", "promptly", "immediately"] = "open"

    def __str__(self) -> str:
        return self.word


@dataclass(frozen=True)
class Duration:
    """So many seconds: of the clock on the wall, or (`working`) of the calendar's open hours."""

    seconds: int
    working: bool = False

    def __str__(self) -> str:
        hours, rest = divmod(self.seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
        return "".join(f"{count}{unit}" for count, unit in parts if count) + (
            " in office hours" if self.working else ""
        )


@dataclass(frozen=True)
class Roll:
    """Where a day moves that falls on a holiday (or on any day off): to the next or previous working day."""

    forward: bool
    on: Literal["holidays", "days off"]

    def __str__(self) -> str:
        return f"{'next' if self.forward else 'previous'} working day on {self.on}"


@dataclass(frozen=True)
class Finish:
    """How the last day ends: at 24:00, at a time of day, or at the office's opening or closing; and how it rolls."""

    clock: int | Literal["open", "close"] | None = None
    roll: Roll | None = None

    def __str__(self) -> str:
        clock = f" by {clock_text(self.clock)}" if isinstance(self.clock, int) else f" before {self.clock}"
        return ("" if self.clock is None else clock) + (f", {self.roll}" if self.roll else "")


WHOLE_DAY = Finish()


@dataclass(frozen=True)
class Days:
    """So many civil or working days, weeks, months...: until the last of them ends. Zero days is the same day.

    `least` is the first day of a range such as `7-10 working days`; `first_counts` counts the starting day itself.
    """

    count: int
    unit: str = "day"
    least: int = 0
    first_counts: bool = False
    finish: Finish = WHOLE_DAY

    def __str__(self) -> str:
        head = plural(self.count, self.unit) if self.count else "same day"
        if self.least:
            head = f"{self.least}-{head}"
        return head + (" counting the start day" if self.first_counts else "") + str(self.finish)


@dataclass(frozen=True)
class DayRule:
    """One day of a period: the Nth (or the last: -1), among all days or the working ones; `month` in a year's date."""

    number: int
    working: bool = False
    period: str = "month"
    month: int = 0

    def __str__(self) -> str:
        if self.month:
            return f"{self.month:02d}-{self.number:02d}"
        if self.period == "week" and not self.working and self.number > 0:
            return WEEKDAYS[self.number - 1]
        kind = WORKING_DAY if self.working else "day"
        return f"last {kind}" if self.number < 0 else f"{kind} {self.number}"


@dataclass(frozen=True)
class OnDay:
    """A day of this (0), the next (1) or the coming (None) period: until it ends, or (`before`) until it begins."""

    rule: DayRule
    shift: int | None = None
    before: bool = False
    finish: Finish = WHOLE_DAY

    def __str__(self) -> str:
        of = {None: "each ", 0: "", 1: "next "}[self.shift] + self.rule.period
        if self.rule.month or (self.shift is None and not self.rule.working and self.rule.number > 0):
            text = f"{'before' if self.before else 'by'} {self.rule}"
            text += "" if self.rule.month or self.rule.period in ("week", "month") else f" of {of}"
        elif self.rule.number < 0 and not self.rule.working and not self.before:
            text = f"end of {of}"
        else:
            text = f"{'before ' if self.before else ''}{self.rule} of {of}"
        return text + str(self.finish)


@dataclass(frozen=True)
class ClockTime:
    """The next time that the wall clock shows this reading (seconds after midnight)."""

    seconds: int

    def __str__(self) -> str:
        return f"by {clock_text(self.seconds)}"


@dataclass(frozen=True)
class AtMoment:
    """At the moment that a field holds, or so long before it. A date counts as a whole day (`before`: without it)."""

    name: str
    lead: Duration | Days | None = None
    before: bool = False

    def __str__(self) -> str:
        if self.lead:
            return f"{self.lead} before {self.name}"
        return f"{'before' if self.before or self.name in (CLOSE, OPENING) else 'at'} {self.name}"


@dataclass(frozen=True)
class Around:
    """From so long before the moment of a field to so long after it; earlier is too early, later is late."""

    name: str
    early: Duration
    late: Duration

    def __str__(self) -> str:
        return f"from {self.early} before to {self.late} after {self.name}"


@dataclass(frozen=True)
class After:
    """A limit that an event starts. Until the event is known nothing runs and nothing is due."""

    name: str
    then: Open | Duration | Days

    def __str__(self) -> str:
        return f"after {self.name}" if self.then == Open() else f"{self.then} after {self.name}"


@dataclass(frozen=True)
class NotBefore:
    """No due time, but nothing counts before so long has passed; days are reached when the last of them begins."""

    wait: Duration | Days

    def __str__(self) -> str:
        return f"after {self.wait}"


@dataclass(frozen=True)
class Within:
    """The start lies in this stretch of the wall clock; its end no longer belongs to it. May cross midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"within {clock_text(self.start)}-{clock_text(self.end)}"


@dataclass(frozen=True)
class WithinOfficeHours:
    """The office is open at the start."""

    def __str__(self) -> str:
        return "within office hours"


@dataclass(frozen=True)
class InMonths:
    """The start lies in one of these months (1 to 12)."""

    months: tuple[int, ...]

    def __str__(self) -> str:
        return "in months " + ",".join(map(str, self.months))


Condition: TypeAlias = Within | WithinOfficeHours | InMonths
Single: TypeAlias = Open | Duration | Days | OnDay | ClockTime | AtMoment | Around | After | NotBefore


@dataclass(frozen=True)
class Choice:
    """The first case whose condition holds at the start, chosen once; otherwise the last."""

    cases: tuple[tuple[Condition, Single], ...]
    otherwise: Single

    def __str__(self) -> str:
        return (
            ", ".join(f"{limit} {condition}" for condition, limit in self.cases) + f", else {self.otherwise}"
        )


Limit: TypeAlias = Single | Choice


@dataclass(frozen=True)
class Offset:
    """A step of a ladder: a percentage of the limit, or so long before (negative `side`), at, or after the due time."""

    percent: int | None = None
    amount: Duration | Days | None = None
    side: Literal[-1, 0, 1] = 0

    def __str__(self) -> str:
        if self.percent is not None:
            return f"{self.percent}%"
        if self.amount is None:
            return "due"
        return f"{self.amount} {'before' if self.side < 0 else 'after'}"
