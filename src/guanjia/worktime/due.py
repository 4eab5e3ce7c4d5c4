"""When a limit runs out, and why then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import NamedTuple

from guanjia.kernel.moments import require_aware
from guanjia.worktime.arithmetic import add, add_workdays
from guanjia.worktime.calendar import HORIZON_DAYS, Calendar
from guanjia.worktime.forms import (
    CLOSE,
    DAYS_OF,
    MONTHS_OF,
    OPENING,
    WORKING_DAY,
    After,
    Around,
    AtMoment,
    Choice,
    ClockTime,
    Condition,
    Days,
    Duration,
    Finish,
    InMonths,
    Limit,
    NotBefore,
    OnDay,
    Open,
    Single,
    Within,
)
from guanjia.worktime.periods import day_in_period, period_start, rolled
from guanjia.worktime.reasons import Reason, about_days
from guanjia.worktime.walltime import (
    DAY_SECONDS,
    ONE_DAY,
    add_months,
    closing_day,
    instant,
    local_day,
    moment_text,
    seconds_of_day,
)
from guanjia.worktime.wording import condition_text

Moments = Mapping[str, datetime | date | None]
"""Moments that limits refer to by name: instants, or dates that stand for the whole day."""


@dataclass(frozen=True)
class Due:
    """What a limit comes to.

    at: the instant (UTC) at which it has run out, still in time; None while nothing is due
    provisional: it rests on days whose status is not published yet
    why: the lines of the explanation
    not_before: the earliest instant that counts, or None
    waits_for: the name of the moment that must be known first, or ""
    """

    at: datetime | None
    provisional: bool = False
    why: tuple[Reason, ...] = ()
    not_before: datetime | None = None
    waits_for: str = ""


class Anchor(NamedTuple):
    """Where counting starts: an instant, and the day from which days are counted."""

    at: datetime
    day: date


def due(limit: Limit, start: datetime, calendar: Calendar, moments: Moments | None = None) -> Due:
    """When a limit runs out that starts at an aware instant. A due time in the past is returned as it is.

    `moments` holds what the limit refers to by name; a moment that is missing or None is waited for.
    Raises Problem CALENDAR_HORIZON when the calendar cannot supply enough open time or working days.
    """
    at = require_aware(start)
    reckoning = _Reckoning(calendar, moments or {})
    anchor = Anchor(at, local_day(calendar.zone, at))
    reckoning.note("start", reckoning.clock(at))
    found = reckoning.limit(chosen(limit, at, calendar, reckoning.why), anchor)
    return replace(found, provisional=reckoning.provisional, why=tuple(reckoning.why))


def started(limit: After, start: datetime, calendar: Calendar, moments: Moments | None = None) -> datetime:
    """The instant at which an event starts a limit; `start` itself while the event is not known."""
    at = require_aware(start)
    found = _Reckoning(calendar, moments or {}).moment(
        limit.name, Anchor(at, local_day(calendar.zone, at)), ends=True
    )
    return found.at if found else at


def chosen(limit: Limit, start: datetime, calendar: Calendar, why: list[Reason] | None = None) -> Single:
    """The case of a choice that holds at the start; any other limit is itself."""
    if not isinstance(limit, Choice):
        return limit
    for condition, case in limit.cases:
        if _holds(condition, start, calendar):
            if why is not None:
                why.append(Reason("case", name=condition_text(condition)))
            return case
    if why is not None:
        why.append(
            Reason("otherwise", name="、".join(condition_text(condition) for condition, _ in limit.cases))
        )
    return limit.otherwise


def _holds(condition: Condition, start: datetime, calendar: Calendar) -> bool:
    if isinstance(condition, InMonths):
        return local_day(calendar.zone, start).month in condition.months
    if not isinstance(condition, Within):
        return calendar.is_open(start)
    now, first, end = seconds_of_day(calendar.zone, start), condition.start, condition.end
    return first <= now < end if first < end else now >= first or now < end


@dataclass
class _Reckoning:
    """One computation: collects the reasons and whether the result is provisional."""

    calendar: Calendar
    moments: Moments
    why: list[Reason] = field(default_factory=list)
    provisional: bool = False

    # -- the forms -------------------------------------------------------------------------------------------

    def limit(self, limit: Single, start: Anchor) -> Due:
        """The due time of one limit that is not a choice."""
        match limit:
            case Open():
                self.note("open")
                return Due(None)
            case Duration():
                return self._due(self._after(limit, start.at))
            case Days():
                return self._days(limit, start)
            case OnDay():
                return self._on_day(limit, start)
            case ClockTime():
                today = self._at(start.day, limit.seconds)
                return self._due(today if today > start.at else self._at(start.day + ONE_DAY, limit.seconds))
            case AtMoment():
                return self._at_moment(limit, start)
            case Around():
                return self._around(limit, start)
            case After():
                return self._after_moment(limit, start)
            case NotBefore():
                return self._not_before(limit, start)

    def _days(self, limit: Days, start: Anchor) -> Due:
        last = self._count(start.day, limit, limit.count)
        found = self._due(self._finished(last, limit.finish))
        if not limit.least:
            return found
        return replace(found, not_before=self._at(self._count(start.day, limit, limit.least, silent=True)))

    def _on_day(self, limit: OnDay, start: Anchor) -> Due:
        for shift in count(limit.shift or 0):
            first = period_start(start.day, limit.rule.period, shift)
            named, provisional = day_in_period(self.calendar, limit.rule, first)
            last = named - ONE_DAY if limit.before else named
            reckoning = _Reckoning(self.calendar, self.moments)
            at = reckoning._finished(last, limit.finish)
            if limit.shift is not None or at > start.at:
                self._clamped(
                    limit.rule.number, named, working=limit.rule.working or limit.rule.period != "month"
                )
                self.why += reckoning.why
                self.provisional |= reckoning.provisional
                self._unsure(provisional, self._at(named))
                return self._due(at)
        raise AssertionError("a coming period always comes")

    def _at_moment(self, limit: AtMoment, start: Anchor) -> Due:
        found = self.moment(limit.name, start, ends=limit.lead is None and not limit.before)
        if found is None:
            return self._waiting(limit.name)
        if isinstance(limit.lead, Duration):
            return self._due(self._after(limit.lead, found.at, sign=-1))
        if isinstance(limit.lead, Days):
            last = self._count(found.day, limit.lead, -limit.lead.count)
            return self._due(self._at(last + ONE_DAY))
        return self._due(found.at)

    def _around(self, limit: Around, start: Anchor) -> Due:
        first = self.moment(limit.name, start, ends=False)
        last = self.moment(limit.name, start, ends=True, silent=True)
        if first is None or last is None:
            return self._waiting(limit.name)
        early = self._after(limit.early, first.at, sign=-1)
        self.note("not_before", self.clock(early))
        return replace(self._due(self._after(limit.late, last.at)), not_before=early)

    def _after_moment(self, limit: After, start: Anchor) -> Due:
        found = self.moment(limit.name, start, ends=True)
        if found is None:
            return self._waiting(limit.name)
        if isinstance(limit.then, Open):
            self.note("not_before", self.clock(found.at))
            return Due(None, not_before=found.at)
        return self.limit(limit.then, found)

    def _not_before(self, limit: NotBefore, start: Anchor) -> Due:
        if isinstance(limit.wait, Duration):
            at = self._after(limit.wait, start.at)
        else:
            at = self._at(self._count(start.day, limit.wait, limit.wait.count))
        self.note("not_before", self.clock(at))
        return Due(None, not_before=at)

    # -- counting --------------------------------------------------------------------------------------------

    def _after(self, duration: Duration, at: datetime, sign: int = 1) -> datetime:
        if not duration.working:
            return at + sign * timedelta(seconds=duration.seconds)
        found = add(self.calendar, at, sign * duration.seconds)
        first, last = sorted((at, found.at))
        zone = self.calendar.zone
        self.note("hours")
        self.why += about_days(self.calendar, local_day(zone, first), closing_day(zone, last), hours=True)
        self._unsure(found.provisional, found.at)
        return found.at

    def _count(self, day: date, limit: Days, amount: int, *, silent: bool = False) -> date:
        """The day on which so many days (negative: backward) from `day` have been counted."""
        if limit.unit == WORKING_DAY:
            return self._workdays(day, amount, limit.first_counts, silent)
        shift = -ONE_DAY if limit.first_counts else timedelta(0)
        if limit.unit in DAYS_OF:
            return day + amount * DAYS_OF[limit.unit] * ONE_DAY + shift
        found = add_months(day, amount * MONTHS_OF[limit.unit])
        self._clamped(day.day, found, working=silent)
        return found + shift

    def _workdays(self, day: date, amount: int, first_counts: bool, silent: bool) -> date:
        counted = first_counts and self.calendar.is_workday(day)
        found = add_workdays(self.calendar, day, amount - counted)
        if not silent:
            first = day if first_counts else day + ONE_DAY
            ends = (first, found.day) if amount > 0 else (found.day, day - ONE_DAY)
            self.why += about_days(self.calendar, *ends)
        self._unsure(found.provisional, self._at(found.day))
        return found.day

    def _finished(self, day: date, finish: Finish) -> datetime:
        """The instant at which the last day ends, after rolling."""
        moved = rolled(self.calendar, day, finish.roll)
        if moved != day:
            name = self.calendar.day(day).name or "休息日"
            self.note("rolled", day.isoformat(), moved.isoformat(), name)
        if finish.roll:
            self._unsure(not self.calendar.knows_workday(max(day, moved)), self._at(moved))
        if isinstance(finish.clock, int):
            return self._at(moved, finish.clock)
        spans = self.calendar.spans_on(moved) if finish.clock else ()
        if finish.clock:
            self._unsure(not self.calendar.knows_hours(moved), self._at(moved))
        if spans:
            return spans[-1].closes if finish.clock == CLOSE else spans[0].opens
        return self._at(moved, 0 if finish.clock == OPENING else DAY_SECONDS)

    def _clamped(self, number: int, found: date, *, working: bool) -> None:
        if not working and 0 < found.day < number:
            self.note("clamped", found.isoformat())

    # -- moments ---------------------------------------------------------------------------------------------

    def moment(self, name: str, start: Anchor, *, ends: bool, silent: bool = False) -> Anchor | None:
        """The moment of a name; a date gives its end (`ends`) or its beginning."""
        found = self._of_calendar(name, start) if name in (CLOSE, OPENING) else self.moments.get(name)
        if found is None:
            return None
        if isinstance(found, datetime):
            anchor = Anchor(require_aware(found), local_day(self.calendar.zone, found))
            text = self.clock(anchor.at)
        else:
            anchor = Anchor(self._at(found + ONE_DAY if ends else found), found)
            text = found.isoformat()
        if not silent:
            self.note("anchor", text, name=name)
        return anchor

    def _of_calendar(self, name: str, start: Anchor) -> datetime | None:
        """The next end (or start) of a day's work after the start."""
        for offset in range(-1, HORIZON_DAYS):
            spans = self.calendar.spans_on(start.day + offset * ONE_DAY)
            if spans:
                at = spans[-1].closes if name == CLOSE else spans[0].opens
                if at > start.at:
                    self._unsure(not self.calendar.knows_hours(local_day(self.calendar.zone, at)), at)
                    return at
        return None

    def _waiting(self, name: str) -> Due:
        self.note("waiting", name=name)
        return Due(None, waits_for=name)

    # -- results ---------------------------------------------------------------------------------------------

    def _due(self, at: datetime) -> Due:
        self.note("due", moment_text(self.calendar.zone, at, ends_day=True))
        return Due(at)

    def _at(self, day: date, seconds: int = 0) -> datetime:
        return instant(self.calendar.zone, day, seconds)

    def _unsure(self, provisional: bool, at: datetime) -> None:
        if provisional and not self.provisional:
            self.provisional = True
            self.note("provisional", f"{local_day(self.calendar.zone, at).year} 年")

    def clock(self, at: datetime) -> str:
        """The instant as the office's wall clock shows it."""
        return moment_text(self.calendar.zone, at)

    def note(self, kind: str, first: str = "", last: str = "", name: str = "") -> None:
        """Adds a line to the explanation."""
        self.why.append(Reason(kind, first, last, name))
