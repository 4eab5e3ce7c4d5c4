"""The statistics of a month that manuals name, over cases and obligations; each figure leads to its cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted
from guanjia.policy.conditions import compile_condition, lookup
from guanjia.policy.schema import Statistic, Target


@dataclass(frozen=True)
class Figure:
    """One statistic of a month. `numbers` are the cases counted, `base_numbers` those it is a share of."""

    statistic: Statistic
    manual_key: str
    manual_version: str
    manual_short: str
    count: int
    base: int
    by: Mapping[str, int] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()
    base_numbers: tuple[str, ...] = ()

    @property
    def permille(self) -> int | None:
        """Thousandths, rounded half up; None without a base."""
        return (self.count * 2000 + self.base) // (2 * self.base) if self.base else None

    @property
    def text(self) -> str:
        """`97.6%`, below a tenth `1.25%`, or the count; – when there is nothing to take a share of."""
        if not self.statistic.share:
            return str(self.count)
        if self.permille is None:
            return "–"
        if self.permille < 100:
            exact = (self.count * 20000 + self.base) // (2 * self.base)
            return f"{exact // 100}.{exact % 100:02d}%"
        return f"{self.permille // 10}.{self.permille % 10}%"


@dataclass(frozen=True)
class Verdict:
    """A target with what was reached: met, or not, or None when nothing is to be judged."""

    target: Target
    figure: Figure
    wanted: str
    met: bool | None


def month_window(office: Office, period: str) -> tuple[datetime, datetime]:
    """The instants between which `2026-03` lies in the office's zone."""
    zone = ZoneInfo(office.time_zone)
    year, month = (int(part) for part in period.split("-")[:2])
    begins = datetime(year, month, 1, tzinfo=zone)
    ends = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def window_of(office: Office, period: str, over: str) -> tuple[datetime, datetime]:
    """The month of a period, or the quarter in which it lies."""
    if over == "month":
        return month_window(office, period)
    year, month = (int(part) for part in period.split("-")[:2])
    first = month - (month - 1) % 3
    begins, _ends = month_window(office, f"{year}-{first:02d}")
    return begins, month_window(office, f"{year}-{first + 2:02d}")[1]


def figures(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[Figure]:
    """Every statistic of the office's manuals for a month, in the order of the manuals."""
    return series(office, adopted, [period], now)[0]


def series(
    office: Office, adopted: Iterable[Adopted], periods: Sequence[str], now: datetime
) -> list[list[Figure]]:
    """The same for several months that follow each other, in two queries however many they are."""
    manuals = list(adopted)
    named = [(one, statistic) for one in manuals for statistic in one.compiled.manual.statistic]
    widest = "quarter" if any(statistic.over == "quarter" for _one, statistic in named) else "month"
    begins, ends = window_of(office, periods[0], widest)[0], window_of(office, periods[-1], widest)[1]
    cases = _cases(office, begins, ends)
    obligations = _obligations(office, begins, ends, [s for _one, s in named if s.of == "obligations"])
    return [
        [_one(office, one, statistic, period, cases, obligations, now) for one, statistic in named]
        for period in periods
    ]


def _one(
    office: Office, one: Adopted, statistic: Statistic, period: str, cases: list[dict[str, Any]],
    obligations: list[dict[str, Any]], now: datetime,
) -> Figure:  # fmt: skip
    begins, ends = window_of(office, period, statistic.over)
    rows = [
        row
        for row in (cases if statistic.of == "cases" else obligations)
        if begins <= row["opened_at"] < ends
    ]
    if statistic.of == "cases":
        return _over_cases(statistic, one, rows)
    return _over_obligations(statistic, one, rows, now)


def verdicts(adopted: Iterable[Adopted], found: Iterable[Figure]) -> list[Verdict]:
    """Each target of the manuals beside what was reached."""
    by_key = {(figure.manual_key, figure.statistic.key): figure for figure in found}
    judged = []
    for one in adopted:
        for target in one.compiled.manual.target:
            figure = by_key[one.compiled.key, target.statistic]
            wanted, _own = one.resolve(target.value)
            judged.append(Verdict(target, figure, wanted, _reached(figure, target.compare, wanted)))
    return judged


def _reached(figure: Figure, compare: str, wanted: str) -> bool | None:
    """Judged on the exact share, not on the rounded one that is shown: 94.96% is not 95%."""
    if not wanted or (figure.statistic.share and not figure.base):
        return None
    limit, have = Fraction(wanted.removesuffix("%")), Fraction(figure.count)
    if figure.statistic.share:
        have = have * 100 / figure.base
    return {">=": have >= limit, "<=": have <= limit, ">": have > limit, "<": have < limit}[compare]


def _cases(office: Office, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    rows = Case.objects.filter(office=office, opened_at__gte=begins, opened_at__lt=ends).order_by("opened_at")
    columns = ("number", "category", "state", "urgent", "channel", "reopened", "opened_at", "facts")
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


def _over_cases(statistic: Statistic, one: Adopted, cases: list[dict[str, Any]]) -> Figure:
    wanted, base = compile_condition(statistic.where), compile_condition(statistic.base)
    rows = [case for case in cases if statistic.category in ("", case["category"]) and base(case)]
    counted = [case for case in rows if wanted(case)]
    by: dict[str, int] = {}
    if statistic.by:
        for case in counted:
            name = str(lookup(case, statistic.by) or "未填")
            by[name] = by.get(name, 0) + 1
    return Figure(
        statistic, one.compiled.key, one.compiled.version, one.compiled.manual.manual.short, len(counted), len(rows),
        dict(sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))),
        tuple(case["number"] for case in counted), tuple(case["number"] for case in rows),
    )  # fmt: skip


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
        statistic, one.compiled.key, one.compiled.version, one.compiled.manual.manual.short, len(in_time), len(judged), {},
        tuple(r["case__number"] for r in in_time), tuple(r["case__number"] for r in judged),
    )  # fmt: skip


def _case_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an obligation's case."""
    return {**row["case__facts"], "category": row["case__category"], "urgent": row["case__urgent"]}


def _in_time(row: Mapping[str, Any]) -> bool:
    """Met, neither too late nor, where the limit is a window, too early."""
    met, due, earliest = row["met_at"], row["due_at"], row["earliest"]
    return met is not None and (due is None or met <= due) and (earliest is None or met >= earliest)
