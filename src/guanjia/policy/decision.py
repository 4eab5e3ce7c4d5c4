"""What `decide` takes and returns: plain values, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from guanjia.policy.compiled import CompiledObligation
from guanjia.policy.schema import Action, Effect


class Owed(NamedTuple):
    """One obligation of the case as it stands, open or closed. `late`: met after its time, or missed and still open."""

    id: int
    manual_key: str
    key: str
    subject: str
    generation: int
    state: str
    due_at: datetime | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: system roles and departments in the case's office, and the user's id (None for resident and system)."""

    roles: frozenset[str]
    user_id: int | None = None
    name: str = ""
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opening:
    """An obligation to open; `ends` says that a later event of the same action met or cancelled it at once."""

    obligation: CompiledObligation
    version: str
    event: str
    subject: str
    generation: int
    limit: str
    own_figure: bool
    ends: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an event does to an obligation that exists: `met`, `cancelled`, `paused` or `resumed`."""

    owed: Owed
    what: str
    event: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The effects of an action, to be applied in one transaction.

    updates: facts to set; data: the cleaned input as the timeline keeps it. fans_out: events of the whole office, to
    be raised (`decide.happen`) on every other open case whose manuals listen to them. overridden: what the actor did
    against, with the reason entered: (what the manual says, clause, reason). further: effects that a manual other than
    the procedure's wants, each with the manual's key; they use its forms and messages.
    """

    action: str
    label: str
    clause: str
    state: str
    emits: tuple[str, ...]
    data: Mapping[str, Any]
    updates: Mapping[str, Any]
    effects: tuple[Effect, ...]
    openings: tuple[Opening, ...]
    changes: tuple[Change, ...]
    closes: bool
    fans_out: tuple[str, ...] = ()
    overridden: tuple[tuple[str, str, str], ...] = ()
    further: tuple[tuple[str, Effect], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """An action as it is offered now; when `reasons` is not empty it cannot be done yet, and why (text, clause).

    warnings: what speaks against it but may be overridden by a reason in a field: (text, clause, field).
    """

    action: Action
    reasons: tuple[tuple[str, str], ...]
    warnings: tuple[tuple[str, str, str], ...] = ()

    @property
    def possible(self) -> bool:
        """Whether nothing stands in its way."""
        return not self.reasons


class Waiting(NamedTuple):
    """An obligation whose start event has not happened yet, as the case page shows it."""

    obligation: CompiledObligation
    version: str
    event: str
    limit: str
    own_figure: bool
