"""Who may read what only some may read: fields of a manual that are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Actor

NAMED = "field:"


def hidden(compiled: CompiledManual, facts: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    """The sealed fields of a case that this actor may not read (S004-5-3.3); the system reads everything."""
    if not compiled.sealed or "system" in actor.roles:
        return frozenset()
    held = compiled.roles_of(actor.roles)
    return frozenset(
        name
        for name, readers in compiled.sealed.items()
        if not any(_is(reader, held, facts, actor) for reader in readers)
    )


def _is(reader: str, held: frozenset[str], facts: Mapping[str, Any], actor: Actor) -> bool:
    """Whether a word for a person means the actor."""
    if reader == "anyone" or reader in held:
        return True
    if actor.user_id is None:
        return False
    fact = "assignee" if reader == "assignee" else reader.removeprefix(NAMED)
    return (reader == "assignee" or reader.startswith(NAMED)) and facts.get(fact) == actor.user_id
