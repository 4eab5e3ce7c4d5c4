"""What a shift leaves open, as the rows of a form: each with who has it, by when, and who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanjia.engine import shifts
from guanjia.engine.veiling import VEIL, Kept
from guanjia.estate.models import Office
from guanjia.policy.schema import FormField


@dataclass(frozen=True)
class MatterRow:
    """One open case: what, by when, whose, through whose hands it went; who takes it and of what kind, as chosen."""

    number: str
    subject: str
    unit: str
    by: datetime | None
    giver: str
    chain: tuple[str, ...]
    taker: str = ""
    kind: str = ""
    kinds: tuple[tuple[str, str], ...] = ()


def rows_of(
    field: FormField, value: Any, facts: Mapping[str, Any], office: Office, kept: Kept
) -> tuple[MatterRow, ...]:
    """The rows of the hand-over form as things stand; what was chosen before stays chosen.

    kept: of some numbers those of cases of which the subject is not shown (S001-1-4.12).
    """
    sent = value if isinstance(value, Mapping) else {}
    found: dict[str, MatterRow] = {}
    rows = shifts.matters(office, facts.get("shift_people") or ())
    hidden = kept(one.case.number for one in rows)
    for one in rows:
        chosen = sent.get(one.case.number) or {}
        found.setdefault(
            one.case.number,
            MatterRow(
                one.case.number, VEIL if one.case.number in hidden else one.case.subject,
                one.case.unit.name if one.case.unit else "", one.by, one.giver.name,
                one.chain, str(chosen.get("to") or ""), str(chosen.get("kind") or ""),
                tuple((choice.value, choice.label) for choice in field.choices),
            ),
        )  # fmt: skip
    return tuple(found.values())
