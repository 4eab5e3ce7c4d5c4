"""What is to be said: which words of which manual are for a category, and which hold now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.fields import holds
from guanjia.policy.schema import Script
from guanjia.policy.steps import fill_in


class Said(NamedTuple):
    """Words of a manual, with the manual whose clause they come from."""

    manual: CompiledManual
    script: Script


def pinned(adopted: Sequence[Adopted], facts: Mapping[str, Any]) -> list[Said]:
    """The words that stand at the top of a case as long as their condition holds; none once it is closed."""
    ends = adopted[0].compiled.states[facts["procedure"]].get(facts["state"])
    if ends is None or ends.end:
        return []
    return [
        one
        for one in concerning(adopted, str(facts.get("category", "")))
        if one.script.when and not one.script.action and holds(one.script.when, _seen(adopted, one, facts))
    ]


def concerning(adopted: Iterable[Adopted], category: str = "") -> Iterator[Said]:
    """The scripts of every manual that are for a category: a manual's own categories unless it names others."""
    for one in adopted:
        manual = one.compiled
        own = {known.standard for known in manual.manual.category} | set(manual.categories)
        for script in manual.manual.script:
            meant = set(script.category) or own
            if not category or "*" in meant or category in meant:
                yield Said(manual, script)


def boards(one: Adopted) -> dict[str, list[tuple[Script, str]]]:
    """What a manual puts up for everybody of the desk to read: heading -> words with the office's figures in them, in
    the manual's order."""
    found: dict[str, list[tuple[Script, str]]] = {}
    for script in one.compiled.manual.script:
        if script.board:
            found.setdefault(script.board, []).append((script, one.with_figures(script.text)))
    return found


def words_of(adopted: Iterable[Adopted], said: Said, facts: Mapping[str, Any]) -> str:
    """The text of a script with the figures of its manual and the facts of the case filled in."""
    return fill_in(as_adopted(adopted, said).with_figures(said.script.text), facts)


def as_adopted(adopted: Iterable[Adopted], said: Said) -> Adopted:
    """The manual of a script as the office works under it."""
    return next(one for one in adopted if one.compiled.key == said.manual.key)


def _seen(adopted: Iterable[Adopted], said: Said, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    own = as_adopted(adopted, said)
    return {**facts, "figure": own.figure_facts()} if own.compiled.reads_figures else facts
