"""Who may read what only some may read: fields of a manual that are sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def confided(manuals: Iterable[CompiledManual], facts: Mapping[str, Any], actor: Actor) -> frozenset[str]:
    """The facts of such a case that its manuals confide to others than this actor (S001-1-4.12)."""
    if "system" in actor.roles:
        return frozenset()
    category = facts.get("category")
    return frozenset(
        name
        for one in manuals
        for secret in one.manual.secret
        if category in secret.category or "*" in secret.category
        if not any(_is(reader, one.roles_of(actor.roles), facts, actor) for reader in secret.readers)
        for name in secret.facts
    )


def reads_books(compiled: CompiledManual, roles: frozenset[str]) -> bool:
    """Whether somebody with these roles may read the registers of a manual: it confides nothing, or to them."""
    held = compiled.roles_of(roles)
    return all(held & set(secret.readers) for secret in compiled.manual.secret)


def _is(reader: str, held: frozenset[str], facts: Mapping[str, Any], actor: Actor) -> bool:
    """Whether a word for a person means the actor."""
    if reader == "anyone" or reader in held:
        return True
    if actor.user_id is None:
        return False
    fact = "assignee" if reader == "assignee" else reader.removeprefix(NAMED)
    return (reader == "assignee" or reader.startswith(NAMED)) and facts.get(fact) == actor.user_id
