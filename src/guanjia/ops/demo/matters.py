"""What people of the demo company call about; the classification says what it is, as it would at the desk."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from guanjia.engine import Intake
from guanjia.estate.models import Party
from guanjia.intake.classification import classify, urgency
from guanjia.work.models import Classification

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Matter:
    """One kind of trouble: what is said, what is found and done, what it costs (yuan). See data/matters.toml."""

    says: tuple[str, ...]
    finding: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    materials: tuple[dict[str, str], ...] = ()
    fee: tuple[int, ...] = (0,)
    minutes: tuple[int, int] = (20, 40)
    weight: int = 1
    buy: bool = False
    item: str = ""
    wanted: str = ""
    onsite: str = ""


@dataclass(frozen=True)
class Call:
    """What the desk makes of one call."""

    matter: Matter
    text: str
    row: Classification
    urgent: bool
    reason: str
    item: str

    def intake(self, party: Party) -> Intake:
        """What the classification adds to the case."""
        return Intake(
            party=party, place=self.row.place, kind=self.row.kind, problem=self.row.problem, urgent=self.urgent,
            urgent_reason=self.reason if self.urgent else "", skill=self.row.skill, subject=self.text,
        )  # fmt: skip


@lru_cache(maxsize=1)
def matters() -> dict[str, tuple[Matter, ...]]:
    """`home` and `shop`: the data file, read once."""
    data = tomllib.loads((DATA / "matters.toml").read_text("utf-8"))
    return {kind: tuple(Matter(**_tuples(row)) for row in rows) for kind, rows in data.items()}


def _tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def calls_of(kind: str, rows: Iterable[Classification], items: dict[str, str]) -> list[Call]:
    """Every call of a kind as the office's classification understands it. items: key of a service item -> its name."""
    table = list(rows)
    found = []
    for matter in matters()[kind]:
        for text in matter.says:
            row = classify(text, table)[0].row
            assert isinstance(row, Classification)
            why = urgency(text, row)
            item = matter.wanted or items.get(row.item, "") or matter.item
            found.append(Call(matter, text, row, why.urgent, why.reason, item))
    return found


def pick(calls: list[Call], rng: Random, *, urgent: bool = False) -> Call:
    """One of them, by weight; at night only what cannot wait."""
    known = [call for call in calls if call.urgent and call.matter.done] if urgent else calls
    return rng.choices(known, [call.matter.weight / len(call.matter.says) for call in known])[0]


def about(calls: list[Call], text: str) -> Call:
    """The call with these words in it. KeyError when there is none."""
    for call in calls:
        if text in call.text:
            return call
    raise KeyError(text)
