"""What the effects of one decision share while they are applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guanjia.cases.models import Case
from guanjia.engine.actors import Who
from guanjia.estate.models import Office
from guanjia.kernel.moments import iso
from guanjia.ledger.models import OpenItem
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted, CompiledObligation
from guanjia.policy.decision import Decision
from guanjia.policy.schema import Effect
from guanjia.records.models import Copy, Record
from guanjia.staff.models import User


@dataclass
class Context:
    """One decision being applied. `columns` and `updates` become the event's record of what changed.

    unsaved: the columns that the case's row still lacks. papers, copies: forms of the case by key, held by this transaction; people: who was named in the input, by id.
    kept_at: the time under which a phone without network kept it.
    items: what is owed and paid for the case, locked.
    spreading: events that are to happen to other cases, by number, and what these are to remember; joined: those that were joined or taken out, by id.
    passing: (number, from whom, to whom) of other cases.
    """

    case: Case
    office: Office
    who: Who
    at: datetime
    now: datetime
    adopted: Sequence[Adopted]
    decision: Decision
    facts: dict[str, Any]
    updates: dict[str, Any]
    key: str = ""
    request: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    unsaved: set[str] = field(default_factory=lambda: {"facts", "last_seq", "head"})
    results: dict[str, Any] = field(default_factory=dict)
    reassigned: bool = False
    links: list[tuple[str, str]] = field(default_factory=list)
    follow_ups: list[Effect] = field(default_factory=list)
    billing: list[Effect] = field(default_factory=list)
    spreading: list[tuple[str, list[str], Mapping[str, Any]]] = field(default_factory=list)
    joined: list[tuple[str, int]] = field(default_factory=list)
    passing: list[tuple[str, int, int]] = field(default_factory=list)
    kept_at: datetime | None = None
    papers: dict[str, Record] = field(default_factory=dict)
    copies: dict[str, dict[str, Copy]] = field(default_factory=dict)
    people: dict[int, User] = field(default_factory=dict)
    items: list[OpenItem] = field(default_factory=list)

    @contextmanager
    def under(self, manual_key: str) -> Iterator[None]:
        """What is done in between is done by this manual: with its forms, messages and titles."""
        before = self.adopted
        self.adopted = sorted(before, key=lambda one: one.compiled.key != manual_key)
        try:
            yield
        finally:
            self.adopted = before

    def set_column(self, name: str, value: Any) -> None:
        """Change a column of the case and keep the change for the timeline."""
        setattr(self.case, name, value)
        self.unsaved.add(name)
        self.columns[name] = iso(value) if isinstance(value, datetime) else value

    def set_fact(self, name: str, value: Any) -> None:
        """Change a fact and keep the change for the timeline."""
        self.facts[name] = self.updates[name] = value

    def value(self, name: str) -> Any:
        """What was entered in a field of this action, else the fact of that name."""
        return self.decision.data.get(name, self.facts.get(name))

    def replace(self, field: str, value: Any) -> None:
        """Keep something shorter than what was entered (a picture is stored elsewhere), in timeline and facts."""
        self.data[field] = value
        if field in self.updates:
            self.set_fact(field, value)

    def definition_of(self, row: Obligation) -> CompiledObligation | None:
        """The definition of an obligation in the version of the manual that opened it."""
        for one in self.adopted:
            if one.compiled.key == row.manual_key:
                return one.compiled.obligations.get(row.key)
        return None

    def once(self, what: str) -> str:
        """An idempotency key for one consequence of this event."""
        return f"{self.case.number}:{self.office.code}:{self.case.last_seq + 1}:{what}"
