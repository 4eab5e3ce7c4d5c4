"""Quotas: what is counted of which base, whether it is enough, and the obligation that is met by it.

Nothing is kept: a count is read from the timelines whenever it is asked for, so that every one leads back to its case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.estate import queries as estate
from guanjia.obligations.models import Obligation
from guanjia.policy import quotas
from guanjia.policy.compiled import Adopted
from guanjia.policy.conditions import compile_condition
from guanjia.policy.schema import Quota
from guanjia.policy.vocabulary import BASES, EVERY_SHIFT
from guanjia.staff import queries as staff
from guanjia.worktime import recurrence, stretch

MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """One that counts: the line of a case's timeline, and what it is counted by (a household), once."""

    case: Case
    event: Event
    what: str


@dataclass(frozen=True)
class Count:
    """How a quota stands: what counts, of which events (none where the base is households), how many are needed (None while the office has not said) and why.

    begins, ends: the period; ends is None where it has none. final_at: from when the base cannot grow any more; None
    when that does not matter.
    """

    quota: Quota
    done: tuple[Counted, ...]
    of: tuple[Counted, ...]
    base: int
    needed: int | None
    reckoning: str
    begins: datetime
    ends: datetime | None
    final_at: datetime | None

    def enough_at(self) -> datetime | None:
        """Since when it is enough; None while it is not."""
        if self.needed is None or len(self.done) < self.needed or (not self.needed and self.final_at is None):
            return None
        reached = self.done[self.needed - 1].event.at if self.needed else self.begins
        return max(reached, self.final_at or reached)


@dataclass(frozen=True)
class _Span:
    """Where and when a quota counts: to `ends` (not included), judged from `final` on. own: only in that case."""

    case: Case
    own: bool
    begins: datetime
    ends: datetime | None
    final: datetime | None


def counts_of(row: Obligation, now: datetime) -> list[Count]:
    """How the quotas of an obligation stand at `now`; none for an obligation without."""
    if row.key not in adoption.compiled(row.manual_key, row.manual_version).quotas:
        return []
    case = row.case
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    return list(counts(row, case, adopted, now))


def counts(row: Obligation, case: Case, adopted: Sequence[Adopted], now: datetime) -> Iterator[Count]:
    """How the quotas of an obligation of a case stand at `now`."""
    one = next((one for one in adopted if one.compiled.key == row.manual_key), None)
    if one is not None:
        for quota in one.compiled.quotas.get(row.key, ()):
            quota = quotas.resolved(quota, one)
            yield _count(quota, _span(row, case, adopted, one, quota), one, row, now)


def enough_at(found: Sequence[Count]) -> datetime | None:
    """Since when all of an obligation's quotas are filled; None while one is not, and without any."""
    moments = [count.enough_at() for count in found]
    known = [moment for moment in moments if moment is not None]
    return max(known) if known and len(known) == len(moments) else None


def _span(row: Obligation, case: Case, adopted: Sequence[Adopted], one: Adopted, quota: Quota) -> _Span:
    """The period that the case is for (`2026-03`), else from the start of the obligation to its due time.

    A quota whose event is an action of the case's own procedure counts in that case alone, from its beginning.
    """
    own = _is_own(case, adopted[0], quota.event)
    if known := period_of(case, one):
        begins, ends = known
        return _Span(case, own, begins, ends, min(ends, row.due_at or ends))
    if own:
        return _Span(case, own, case.opened_at, None, None)
    if row.due_at is None:
        return _Span(case, own, row.opened_at, None, None)
    return _Span(case, own, row.opened_at, row.due_at + MOMENT, row.due_at)


def period_of(case: Case, one: Adopted) -> tuple[datetime, datetime] | None:
    """From when to when (not included) the period goes that a recurring duty's case is for, as the duty comes round:
    26 February to 25 March for `2026-03` of `monthly from day 26`. None for a case of no period, or of a shift."""
    period = str(case.facts.get("period") or "")
    duty = next((duty for duty in one.compiled.manual.duty if duty.category == case.category), None)
    if not period or duty is None or (text := one.resolve(duty.recurrence)[0]) in ("", EVERY_SHIFT):
        return None
    calendar = adoption.calendar_of(case.office, one.compiled.manual.manual.calendar)
    return stretch(recurrence.parse(text), period, calendar)


def _is_own(case: Case, first: Adopted, event: str) -> bool:
    category = first.compiled.category_for(case.category)
    actions = first.compiled.actions[category.procedure] if category else {}
    return any(event in path for action in actions.values() for path in action.paths)


def _count(quota: Quota, span: _Span, one: Adopted, row: Obligation, now: datetime) -> Count:
    of_events = bool(quota.of) and quota.of not in BASES
    base_lines: list[Counted] = []
    if of_events:
        base_lines = _lines(span, quota.of, quota.of_where, quota.of_distinct, span.ends)
    until = None if of_events else span.ends
    done = _lines(span, quota.event, quota.where, quota.distinct, until, _of(quota, row))
    if of_events:
        among = {line.case.pk for line in _lines(span, quota.of, quota.of_where, "", span.ends)}
        done = [line for line in done if line.case.pk in among]
    base = len(base_lines) if of_events else _households(quota.of, row, span, now)
    needed, reckoning = _needed(quota, one, base, row, span, now)
    final = span.final if of_events else None
    return Count(
        quota, tuple(done), tuple(base_lines), base, needed, reckoning, span.begins, span.ends, final
    )


def _needed(
    quota: Quota, one: Adopted, base: int, row: Obligation, span: _Span, now: datetime
) -> tuple[int | None, str]:
    if quota.number:
        text = one.resolve(quota.number)[0].removesuffix("%")
        return (int(text), "") if text.isdecimal() else (None, "")
    band_base = _households(quota.band_by, row, span, now) if quota.band_by in BASES else None
    if quota.band_by and band_base is None:
        band_base = len(_lines(span, quota.band_by, {}, quota.of_distinct, span.ends))
    return quotas.needed(quota, base, band_base=band_base), quotas.reckoning(quota, base, band_base=band_base)


def _households(word: str, row: Obligation, span: _Span, now: datetime) -> int:
    """Households as they are now, while the period lasts; afterwards, as they were on its last day."""
    if word not in BASES:
        return 0
    at = min(now, span.ends - MOMENT) if span.ends else now
    occupied = True if word == "occupied_households" else None
    return estate.households(row.case.office, staff.day_in(row.case.office, at), occupied=occupied).count()


def _of(quota: Quota, row: Obligation) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a line is about the subject of an obligation, or done by whoever owes it; any, without `each`."""
    if not quota.each:
        return lambda _facts: True
    return lambda facts: facts.get(quota.each) in (row.subject, row.owner_id)


def _lines(
    span: _Span, event: str, where: Mapping[str, Any], distinct: str, ends: datetime | None,
    own: Callable[[Mapping[str, Any]], bool] = lambda _facts: True,
) -> list[Counted]:  # fmt: skip
    """The lines that count, oldest first, each thing once."""
    holds = compile_condition(where)
    found: dict[str, Counted] = {}
    rows = cases.lines_of(span.case.office, event, span.begins, ends, case=span.case if span.own else None)
    for line in rows:
        facts = known_of(line)
        what = str(facts.get(distinct) or "") if distinct else ""
        if holds(facts) and own(facts):
            found.setdefault(what or f"#{line.pk}", Counted(line.case, line, what))
    return list(found.values())


def known_of(line: Event) -> dict[str, Any]:
    """What is known where a line stands: its case's facts and columns, and before them what was entered then."""
    case = line.case
    unit = {"unit": case.unit.code, "unit_name": case.unit.name} if case.unit else {}
    return {**case.facts, "category": case.category, "number": case.number, **unit, **line.data}
