"""Case by case: what other manuals would have wanted beside what was wanted, and which of it was done in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.replay.walking import Demand, walk
from guanjia.policy.compiled import Adopted
from guanjia.policy.loader import compile_text

MET, MISSED, UNDATED = "met", "missed", "undated"
WORDS = {MET: "按时", MISSED: "没按时", UNDATED: "不判", "": "没有这一件"}


@dataclass(frozen=True)
class Pair:
    """One kind of demand in a case: how it went under what was adopted, and how it would have gone. Empty: not wanted."""

    duty: str
    labels: tuple[str, str]
    clauses: tuple[str, str]
    before: str
    after: str
    due: tuple[datetime | None, datetime | None]

    @property
    def differs(self) -> bool:
        """Whether the other manuals change anything here."""
        return self.before != self.after

    @property
    def word(self) -> str:
        """`按时 → 没按时`."""
        return f"{WORDS[self.before]} → {WORDS[self.after]}"


@dataclass(frozen=True)
class Replayed:
    """One case with all its pairs."""

    number: str
    category: str
    subject: str
    pairs: tuple[Pair, ...]

    @property
    def differing(self) -> tuple[Pair, ...]:
        """What would have been otherwise."""
        return tuple(pair for pair in self.pairs if pair.differs)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`: times in ISO."""
        return {
            "case": self.number,
            "category": self.category,
            "subject": self.subject,
            "pairs": [
                {**asdict(pair), "due": [one.isoformat() if one else None for one in pair.due]}
                for pair in self.pairs
            ],
        }


def other_manuals(
    office: Office, texts: Iterable[str], own: Mapping[str, Mapping[str, str]]
) -> list[Adopted]:
    """Manuals as the office would work under them: with its own figures, else with what the manual suggests.

    own: the office's figures by manual. Raises Problem FIGURES_UNSET for a figure that has neither.
    """
    found = []
    for text in texts:
        compiled = compile_text(text)
        figures = {one.key: one.suggest for one in compiled.manual.figure if one.suggest and not one.value}
        figures |= dict(own.get(compiled.key, {}))
        blank = [one for one in compiled.manual.figure if one.unspecified and not figures.get(one.key)]
        if hard := [one for one in blank if one.if_unset == "block"]:
            raise Problem(
                "FIGURES_UNSET",
                f"《{compiled.manual.manual.title}》的「{hard[0].label}」没有数字，也没有建议值。",
                "请先在规程页设定它，再比较。",
            )
        found.append(Adopted(compiled, figures))
    return found


def replay(
    office: Office, adopted: Sequence[Adopted], since: datetime, until: datetime, now: datetime
) -> Iterator[Replayed]:
    """Every case of a stretch of time, oldest first. Periods of recurring duties are left out: each manual has its own."""
    rows = Case.objects.filter(office=office, opened_at__gte=since, opened_at__lt=until)
    for case in rows.order_by("opened_at", "pk").iterator(200):
        if "period" not in case.facts:
            was = [
                _as_written(row) for row in Obligation.objects.filter(case=case).order_by("opened_at", "pk")
            ]
            would = walk(case, adopted, now)
            yield Replayed(case.number, case.category, case.subject, tuple(_pairs(was, would, now)))


def _as_written(row: Obligation) -> Demand:
    return Demand(
        row.manual_key, row.key, row.label, row.clause, row.duty, row.subject, row.generation, row.opened_at,
        row.due_at, row.state, row.closed_at,
    )  # fmt: skip


def _pairs(was: Sequence[Demand], would: Sequence[Demand], now: datetime) -> Iterator[Pair]:
    """By the standard duty, else by the obligation's key; cancelled ones were wanted of nobody in the end."""
    sides = [_by_kind(was), _by_kind(would)]
    for kind in dict.fromkeys([*sides[0], *sides[1]]):
        before, after = (side.get(kind, []) for side in sides)
        yield Pair(
            kind,
            (_first(before, "label"), _first(after, "label")),
            (_first(before, "clause"), _first(after, "clause")),
            _outcome(before, now),
            _outcome(after, now),
            (_due(before), _due(after)),
        )


def _by_kind(demands: Iterable[Demand]) -> dict[str, list[Demand]]:
    found: dict[str, list[Demand]] = {}
    for one in demands:
        if one.state != "cancelled":
            found.setdefault(one.duty or one.key, []).append(one)
    return found


def _outcome(demands: Sequence[Demand], now: datetime) -> str:
    """Missed if one of them was; met if one with a due time was met; nothing to judge otherwise."""
    if not demands:
        return ""
    if any(one.late(now) for one in demands):
        return MISSED
    dated = [one for one in demands if one.due_at is not None and one.ended_at is not None]
    return MET if dated else UNDATED


def _first(demands: Sequence[Demand], name: str) -> str:
    return str(getattr(demands[0], name)) if demands else ""


def _due(demands: Sequence[Demand]) -> datetime | None:
    return min((one.due_at for one in demands if one.due_at), default=None)


@dataclass
class Totals:
    """How often each change occurred, over all cases, by kind of demand."""

    cases: int = 0
    differing: int = 0
    changes: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def add(self, one: Replayed) -> None:
        """Count a case."""
        self.cases += 1
        self.differing += bool(one.differing)
        for pair in one.pairs:
            self.changes[pair.labels[1] or pair.labels[0], pair.duty, pair.before, pair.after] += 1

    def lines(self) -> list[str]:
        """`联系业户：按时 → 没按时 12 件`, the most frequent first; what stays the same comes last."""
        rows = sorted(self.changes.items(), key=lambda row: (row[0][2] == row[0][3], -row[1], row[0]))
        return [
            f"{label}：{WORDS[before]} → {WORDS[after]} {count} 件" if before != after
            else f"{label}：两边都是{WORDS[before]} {count} 件"
            for (label, _duty, before, after), count in rows
        ]  # fmt: skip
