"""Manuals that complement one another: which one supplies a category, and what the others add to its procedure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from guanjia.policy.compiled import Adopted, CompiledAction, CompiledManual

ENDED = "ended"  # in an addition's `from`: every state that ends the case


def supplier(adopted: Iterable[Adopted], category: str) -> Adopted | None:
    """The manual that gives a category its procedure: one that yields it gives way to any that does not.

    category: a word of the shared vocabulary, or a manual's own key for a recurring duty.
    """
    giving = [
        (found.yields, one) for one in adopted if (found := one.compiled.category_for(category)) is not None
    ]
    return next((one for yields, one in giving if not yields), giving[0][1] if giving else None)


def with_additions(first: CompiledManual, others: Sequence[CompiledManual]) -> CompiledManual:
    """The manual of a procedure with the actions that the others add to it; itself when they add none."""
    if not any(other.additions for other in others):
        return first
    actions = {key: dict(known) for key, known in first.actions.items()}
    by_state = dict(first.by_state)
    choices = {name: dict(words) for name, words in first.choices.items()}
    for procedure, categories in _procedures(first):
        for action in _added(others, categories):
            key = action.definition.key
            if key in actions[procedure]:
                continue  # the procedure's own action of that name is the one that counts
            actions[procedure][key] = replace(action, procedure=procedure)
            for state in first.procedures[procedure].state:
                if (ENDED if state.end else "*") in action.definition.from_:
                    place = procedure, state.key
                    by_state[place] = (*by_state.get(place, ()), actions[procedure][key])
            for field in action.definition.field:
                words = choices.setdefault(field.key, {})
                words.update({one.value: one.label for one in field.choices if one.value not in words})
    procedures = {
        key: one.model_copy(update={"action": tuple(known.definition for known in actions[key].values())})
        for key, one in first.procedures.items()
    }
    fields = [field for known in actions.values() for one in known.values() for field in one.definition.field]
    return replace(
        first,
        actions=actions,
        by_state=by_state,
        procedures=procedures,
        choices=choices,
        sealed={**first.sealed, **{one.key: one.sealed for one in fields if one.sealed}},
        staff_fields={
            **first.staff_fields,
            **{one.key: one.roles or ("technician",) for one in fields if one.kind == "staff"},
        },
    )


def _procedures(first: CompiledManual) -> Iterator[tuple[str, frozenset[str]]]:
    """Each procedure to which something may be added, with the shared words that stand for its cases."""
    for key in first.procedures:
        words = {one.standard for one in first.categories.values() if one.procedure == key}
        if words - {"duty"}:
            yield key, frozenset(words - {"duty"})


def _added(others: Iterable[CompiledManual], categories: frozenset[str]) -> Iterator[CompiledAction]:
    for other in others:
        for meant, action in other.additions:
            if "*" in meant or meant & categories:
                yield action


def source_of(adopted: Sequence[Adopted], procedure: str, action: str) -> CompiledManual:
    """The manual that an action of a case's procedure comes from: its clauses, forms and titles are that one's."""
    first = adopted[0].compiled
    known = first.actions[procedure].get(action)
    if known is None or not known.manual_key:
        return first
    return next(one.compiled for one in adopted if one.compiled.key == known.manual_key)
