"""Checklists at the beginning and the end of a shift: what is ticked, by whom and when, and what is not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from guanjia.kernel.problem import Problem
from guanjia.policy.conditions import NOW
from guanjia.policy.decision import Actor
from guanjia.policy.schema import Action, FormField

SHIFT = "shift"  # the subject of a checklist that the whole shift has together

Facts = Mapping[str, Any]


def items(action: Action) -> tuple[FormField, ...]:
    """What is to be ticked."""
    return tuple(field for field in action.field if field.kind == "tick")


def marks(action: Action, subject: str, facts: Facts) -> dict[str, dict[str, Any]]:
    """What has been ticked for a subject: item -> {by, who, at}. subject: a person's id, or SHIFT."""
    known = (facts.get("checklists") or {}).get(action.key) or {}
    return dict(known.get(subject) or {})


def subjects(action: Action, facts: Facts) -> list[tuple[str, str]]:
    """(subject, name) of everybody who has this list to tick: each person of the shift, or the shift as one."""
    if not action.checklist or not action.checklist.person:
        return [(SHIFT, "")]
    people = (str(pk) for pk in facts.get("shift_people") or ())
    return list(zip(people, facts.get("roster") or (), strict=False))


def tick(action: Action, facts: Facts, cleaned: Facts, actor: Actor) -> tuple[dict[str, Any], bool]:
    """The fact `checklists` with what is ticked now, and whether nothing is left on this list.

    A tick counts once: who ticked first stays. Raises Problem FIELD_REQUIRED when nothing is ticked.
    """
    wanted = items(action)
    new = [field.key for field in wanted if cleaned.get(field.key)]
    if not new:
        said = f"「{action.label}」一样也没勾。"
        raise Problem("FIELD_REQUIRED", said, "看过一样，勾一样。", field=wanted[0].key, clause=action.clause)
    assert action.checklist is not None
    subject = str(cleaned.get(action.checklist.person) or "") if action.checklist.person else SHIFT
    mark = {"by": actor.user_id, "who": actor.name, "at": facts[NOW]}
    known = dict(facts.get("checklists") or {})
    found = {**dict.fromkeys(new, mark), **marks(action, subject, facts)}
    known[action.key] = {**(known.get(action.key) or {}), subject: found}
    return {"checklists": known}, all(field.key in found for field in wanted)


def unticked(lists: Iterable[Action], facts: Facts) -> list[str]:
    """A line for every list on which something is left: `班前准备·李芳：工作台整洁、办公用品摆放有序`."""
    found = []
    for action in lists:
        for subject, name in subjects(action, facts):
            done = marks(action, subject, facts)
            left = [field.label for field in items(action) if field.key not in done]
            if left:
                found.append(f"{action.label}{f'·{name}' if name else ''}：{'、'.join(left)}")
    return found
