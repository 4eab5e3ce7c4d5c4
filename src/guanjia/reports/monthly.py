"""The statistics that manuals name, over cases and obligations of a period; each figure leads to its cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from guanjia.cases.models import Case
from guanjia.estate import queries as estate
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.conditions import compile_condition, lookup
from guanjia.policy.schema import Statistic, Target
from guanjia.policy.vocabulary import CATEGORIES, CHANNELS
from guanjia.reports import spans
from guanjia.staff import queries as staff

MOMENT = timedelta(microseconds=1)
SIGNS = {100: "%", 1000: "‰"}
NOT_FILLED = "未填"


@dataclass(frozen=True)
class Part:
    """A group of what a statistic counts: what its cases share, in the manual's word (empty: not filled in), and the cases."""

    value: str
    label: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """One statistic of a period. `numbers` are the cases counted, `base_numbers` those it is a share of, if it is of cases.

    A statistic of obligations names a case once for each of its obligations.
    """

    statistic: Statistic
    manual_key: str
    manual_version: str
    manual_short: str
    count: int
    base: int
    parts: tuple[Part, ...] = ()
    numbers: tuple[str, ...] = ()
    base_numbers: tuple[str, ...] = ()
    period: str = ""

    @property
    def by(self) -> dict[str, int]:
        """How many in each part, by the value that its cases share."""
        return {part.value or NOT_FILLED: len(part.numbers) for part in self.parts}

    @property
    def behind(self) -> tuple[str, ...]:
        """The cases to which the figure leads: those that a share is of, else those that it counts."""
        return (self.statistic.share and self.base_numbers) or self.numbers

    @property
    def permille(self) -> int | None:
        """Thousandths, rounded half up; None without a base."""
        return self._of(1000) if self.base else None

    @property
    def tenths(self) -> int | None:
        """Tenths of what the share is told in (%, ‰), rounded half up; None without a base."""
        return self._of(self.statistic.per * 10) if self.base else None

    @property
    def sign(self) -> str:
        """What stands behind the number of a share."""
        return SIGNS[self.statistic.per]

    @property
    def text(self) -> str:
        """`97.6%`, or the count; – when there is nothing to take a share of.

        `1.25%` below ten (or ‰), `98.75%` when that is exact, `99.96%` when it is not the whole.
        """
        if not self.statistic.share:
            return str(self.count)
        if self.tenths is None:
            return "–"
        exact, whole = self._of(self.statistic.per * 100), self.statistic.per * 100
        told_exactly = exact % 10 and exact * self.base == self.count * whole
        almost = self.tenths == self.statistic.per * 10 and self.count != self.base
        if self.tenths < 100 or told_exactly or almost:
            return f"{exact // 100}.{exact % 100:02d}{self.sign}"
        return f"{self.tenths // 10}.{self.tenths % 10}{self.sign}"

    def _of(self, whole: int) -> int:
        return (self.count * 2 * whole + self.base) // (2 * self.base)


@dataclass(frozen=True)
class Verdict:
    """A target with what was reached: met, or not, or None when nothing is to be judged."""

    target: Target
    figure: Figure
    wanted: str
    met: bool | None


def figures(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[Figure]:
    """Every statistic of the office's manuals for a period, in the order of the manuals; see `series`."""
    return series(office, adopted, [period], now)[0]


def listed(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[Figure]:
    """The same with a line for each week of a month that has begun where a statistic is over a week, the latest first."""
    found = _every(office, adopted, [period], now)[0]
    return [one for several in found for one in reversed(_begun(office, several, now))]


def series(
    office: Office, adopted: Iterable[Adopted], periods: Sequence[str], now: datetime
) -> list[list[Figure]]:
    """The same for several periods that follow each other, in two queries however many they are.

    Of a statistic that is over a shorter time the last that has begun, of one over a longer time the one it ends in.
    """
    found = _every(office, adopted, periods, now)
    return [[_last(office, several, now) for several in period] for period in found]


def _last(office: Office, several: list[Figure], now: datetime) -> Figure:
    return _begun(office, several, now)[-1]


def _begun(office: Office, several: list[Figure], now: datetime) -> list[Figure]:
    """Those of the spans that have begun; the first when none has."""
    return [one for one in several if spans.window(office, one.period)[0] <= now] or several[:1]


def _every(
    office: Office, adopted: Iterable[Adopted], periods: Sequence[str], now: datetime
) -> list[list[list[Figure]]]:
    """For each period and statistic the figures of all its spans."""
    manuals = {one.compiled.key: one for one in adopted}
    named = [(one, statistic) for one in manuals.values() for statistic in one.compiled.manual.statistic]
    if not named:
        return [[] for _period in periods]
    wanted = [[spans.spans_of(period, statistic.over) for _one, statistic in named] for period in periods]
    windows = {key: spans.window(office, key) for period in wanted for keys in period for key in keys}
    begins, ends = min(a for a, _b in windows.values()), max(b for _a, b in windows.values())
    cases = _cases(office, begins, ends)
    obligations = _obligations(office, begins, ends, [s for _one, s in named if s.of == "obligations"])
    homes: dict[tuple[str, datetime], int] = {}

    def one_of(one: Adopted, statistic: Statistic, key: str) -> Figure:
        begins, ends = windows[key]
        rows = obligations if statistic.of == "obligations" else cases
        inside = [row for row in rows if begins <= row["opened_at"] < ends]
        found = replace(_over(statistic, one, inside, now, manuals), period=key)
        if not statistic.base_number:
            return found
        if statistic.base_number.startswith("@"):
            return replace(found, base=int(one.resolve(statistic.base_number)[0] or 0), base_numbers=())
        last = (statistic.base_number, min(ends - MOMENT, now))
        homes[last] = homes[last] if last in homes else _homes(office, *last)
        return replace(found, base=homes[last], base_numbers=())

    return [
        [[one_of(*pair, key) for key in keys] for pair, keys in zip(named, period, strict=True)]
        for period in wanted
    ]


def _homes(office: Office, word: str, at: datetime) -> int:
    """A number of the estate on the office's day of an instant."""
    occupied = True if word == "occupied_households" else None
    return estate.households(office, staff.day_in(office, at), occupied=occupied).count()


def _over(
    statistic: Statistic,
    one: Adopted,
    rows: list[dict[str, Any]],
    now: datetime,
    manuals: Mapping[str, Adopted],
) -> Figure:
    if statistic.of == "cases":
        return _over_cases(statistic, one, rows, manuals)
    return _over_obligations(statistic, one, rows, now)


def verdicts(adopted: Iterable[Adopted], found: Iterable[Figure]) -> list[Verdict]:
    """Each target of the manuals beside what was reached; what the office has not set is shown and not judged."""
    reached = list(found)
    judged = []
    for one in adopted:
        for target in one.compiled.manual.target:
            wanted, _own = one.resolve(target.value)
            target = target.model_copy(update={"compare": one.resolve(target.compare)[0] or "<="})
            for figure in reached:
                if (figure.manual_key, figure.statistic.key) == (one.compiled.key, target.statistic):
                    judged.append(Verdict(target, figure, wanted, _reached(figure, target.compare, wanted)))
    return judged


def _reached(figure: Figure, compare: str, wanted: str) -> bool | None:
    """Judged on the exact share, not on the rounded one that is shown: 94.96% is not 95%."""
    if not wanted or (figure.statistic.share and not figure.base):
        return None
    limit, have = Fraction(wanted.rstrip("%‰")), Fraction(figure.count)
    if figure.statistic.share:
        have = have * {"%": 100, "‰": 1000}.get(wanted[-1], figure.statistic.per) / figure.base
    return {">=": have >= limit, "<=": have <= limit, ">": have > limit, "<": have < limit}[compare]


def _cases(office: Office, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    rows = Case.objects.filter(office=office, opened_at__gte=begins, opened_at__lt=ends).order_by("opened_at")
    columns = (
        "number",
        "manual_key",
        "category",
        "state",
        "urgent",
        "channel",
        "reopened",
        "opened_at",
        "facts",
    )
    return [{**row.pop("facts"), **row} for row in rows.values(*columns)]


def _obligations(
    office: Office, begins: datetime, ends: datetime, statistics: list[Statistic]
) -> list[dict[str, Any]]:
    """What the statistics count; with its case's facts when one of them asks what the case is like."""
    keys = sorted({statistic.key_of for statistic in statistics})
    rows = Obligation.objects.filter(office=office, key__in=keys, opened_at__gte=begins, opened_at__lt=ends)
    rows = rows.exclude(state=State.CANCELLED).order_by("opened_at")
    columns = ["manual_key", "key", "case__number", "opened_at", "earliest", "due_at", "met_at", "missed_at"]
    if any(statistic.base for statistic in statistics):
        columns += ["case__facts", "case__category", "case__urgent"]
    return list(rows.values(*columns))


def _over_cases(
    statistic: Statistic, one: Adopted, cases: list[dict[str, Any]], manuals: Mapping[str, Adopted]
) -> Figure:
    wanted, base = compile_condition(statistic.where), compile_condition(statistic.base)
    if "figure." in f"{statistic.where}{statistic.base}":
        figures_ = one.figure_facts()
        cases = [{**case, "figure": figures_} for case in cases]
    rows = [case for case in cases if statistic.category in ("", case["category"]) and base(case)]
    counted = [case for case in rows if wanted(case)]
    return Figure(
        statistic, one.compiled.key, one.compiled.version, one.compiled.manual.manual.short, len(counted), len(rows),
        _parts(statistic.by, one.compiled, counted, manuals) if statistic.by else (),
        tuple(case["number"] for case in counted), tuple(case["number"] for case in rows),
    )  # fmt: skip


def _parts(
    by: str, mine: CompiledManual, cases: Iterable[dict[str, Any]], manuals: Mapping[str, Adopted]
) -> tuple[Part, ...]:
    """Cases by a fact, the most first; its word from the manual that the cases are worked by, else the statistic's."""
    found: dict[str, list[dict[str, Any]]] = {}
    for case in cases:
        found.setdefault(str(lookup(case, by) or ""), []).append(case)
    parts = []
    for value, rows in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        worked = manuals.get(rows[0]["manual_key"])
        known = [one.choices.get(by, {}) for one in (*((worked.compiled,) if worked else ()), mine)]
        known.append({"category": CATEGORIES, "channel": CHANNELS}.get(by, {}))
        label = next((words[value] for words in known if value in words), value)
        parts.append(Part(value, label, tuple(row["number"] for row in rows)))
    return tuple(parts)


def _over_obligations(
    statistic: Statistic, one: Adopted, rows: list[dict[str, Any]], now: datetime
) -> Figure:
    """Judged are those that are met, or whose time has run out; in time are those met within their time."""
    mine = [r for r in rows if r["key"] == statistic.key_of and r["manual_key"] == one.compiled.key]
    if statistic.base:
        meant = compile_condition(statistic.base)
        mine = [r for r in mine if meant(_case_of(r))]
    judged = [r for r in mine if r["met_at"] or (r["due_at"] and r["due_at"] < now)]
    in_time = [r for r in judged if _in_time(r)]
    return Figure(
        statistic, one.compiled.key, one.compiled.version, one.compiled.manual.manual.short, len(in_time), len(judged), (),
        tuple(r["case__number"] for r in in_time), tuple(r["case__number"] for r in judged),
    )  # fmt: skip


def _case_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an obligation's case."""
    return {**row["case__facts"], "category": row["case__category"], "urgent": row["case__urgent"]}


def _in_time(row: Mapping[str, Any]) -> bool:
    """Met, neither too late nor, where the limit is a window, too early."""
    met, due, earliest = row["met_at"], row["due_at"], row["earliest"]
    return met is not None and (due is None or met <= due) and (earliest is None or met >= earliest)
