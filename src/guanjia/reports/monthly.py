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
        """`97.6%`, or the count; – when there is nothing to take a share of."""
        if not self.statistic.share:
            return str(self.count)
        return "–" if self.permille is None else f"{self.permille // 10}.{self.permille % 10}%"


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


def figures(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[Figure]:
    """Every statistic of the office's manuals for a month, in the order of the manuals."""
    return series(office, adopted, [period], now)[0]


def series(
    office: Office, adopted: Iterable[Adopted], periods: Sequence[str], now: datetime
) -> list[list[Figure]]:
    """The same for several months that follow each other, in two queries however many they are."""
    manuals = list(adopted)
    windows = [month_window(office, period) for period in periods]
    cases = _cases(office, windows[0][0], windows[-1][1])
    obligations = _obligations(office, windows[0][0], windows[-1][1])
    found = []
    for begins, ends in windows:
        mine = [case for case in cases if begins <= case["opened_at"] < ends]
        owed = [row for row in obligations if begins <= row["opened_at"] < ends]
        found.append(
            [
                _over_cases(statistic, one, mine)
                if statistic.of == "cases"
                else _over_obligations(statistic, one, owed, now)
                for one in manuals
                for statistic in one.compiled.manual.statistic
            ]
        )
    return found


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


def _obligations(office: Office, begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    rows = Obligation.objects.filter(office=office, opened_at__gte=begins, opened_at__lt=ends)
    rows = rows.exclude(state=State.CANCELLED).order_by("opened_at")
    columns = ("manual_key", "key", "case__number", "opened_at", "due_at", "met_at", "missed_at")
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
    """Judged are those that are met, or whose time has run out; in time are those met by their due time."""
    mine = [r for r in rows if r["key"] == statistic.key_of and r["manual_key"] == one.compiled.key]
    judged = [r for r in mine if r["met_at"] or (r["due_at"] and r["due_at"] < now)]
    in_time = [r for r in judged if r["met_at"] and (r["due_at"] is None or r["met_at"] <= r["due_at"])]
    return Figure(
        statistic, one.compiled.key, one.compiled.version, one.compiled.manual.manual.short, len(in_time), len(judged), {},
        tuple(r["case__number"] for r in in_time), tuple(r["case__number"] for r in judged),
    )  # fmt: skip
