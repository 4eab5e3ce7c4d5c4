"""`decide`: from a manual, the facts and an action to the effects, or a Problem. Pure: no clock, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from guanjia.kernel.problem import Problem
from guanjia.policy import builtin, checklists, fields, moment, obstacles
from guanjia.policy.compiled import Adopted, CompiledAction
from guanjia.policy.conditions import NOW
from guanjia.policy.decision import Actor, Decision, Offer, Owed
from guanjia.policy.duties import Ledger, follow
from guanjia.policy.obstacles import Obstacle, Situation
from guanjia.policy.schema import Effect
from guanjia.policy.vocabulary import OFFICE_EVENTS
from guanjia.worktime import Calendar

Facts = Mapping[str, Any]
SYSTEM = Actor(frozenset({"system"}))
# the facts of decisions that several take together, and of checklists
JOINT = ("cosigned", "differing", "joint", "checklists")


class _Way(NamedTuple):
    """Which way an action goes: the state it leads to, the events and the effects."""

    state: str
    emits: tuple[str, ...]
    effects: tuple[Effect, ...]


def decide(
    adopted: Sequence[Adopted],
    facts: Facts,
    action_key: str,
    *,
    at: datetime,
    actor: Actor,
    data: Mapping[str, Any],
    owed: Sequence[Owed] = (),
    zone: ZoneInfo,
    calendar: Calendar | None = None,
) -> Decision:
    """What the action does to the case.

    adopted: the manuals of the case, the one that supplies the procedure first.
    facts: columns and recorded facts of the case; `state` is empty before the opening action.
    calendar: of the manual, for limits in conditions (`within`, `past`); round the clock in `zone` without it.
    Raises Problem (Problems for several): ACTION_UNKNOWN, ACTION_REFUSED with every reason, COSIGN_TWICE, FIELD_*.
    """
    action = _action(adopted[0], facts, action_key)
    held = adopted[0].compiled.roles_of(actor.roles)
    rows = owed if action.reads_owed else None
    now = moment.seen(adopted, facts, at=at, actor=actor, held=held, zone=zone, calendar=calendar, owed=rows)
    now = _as_added(action, adopted, now)
    situation = Situation(adopted, now, actor, held, owed)
    overridden: list[tuple[str, str, str]] = []
    _refuse(action, obstacles.before(action, situation), data, overridden)
    cleaned, derived = fields.clean(action.definition.field, data, now, zone)
    after = {**now, **cleaned, **derived}
    situation = situation._replace(facts=after)
    if action.checks:
        _refuse(action, obstacles.unfulfilled(action.checks, situation), data, overridden)
    signed, complete = _cosigned(action, situation, cleaned)
    if action.definition.checklist:
        signed, complete = checklists.tick(action.definition, after, cleaned, actor)
    after.update(signed)
    way = _way(action, after) if complete else _Way(after["state"], (), ())
    if banned := obstacles.banned(action, situation, way.emits):
        raise obstacles.refusal(action, banned)
    updates = _updates(action, cleaned, {**derived, **signed}, complete)
    return _conclude(action, situation, way, data=cleaned, updates=updates, overridden=tuple(overridden))


def happen(
    adopted: Sequence[Adopted],
    facts: Facts,
    emits: Sequence[str],
    *,
    at: datetime,
    label: str,
    owed: Sequence[Owed] = (),
    clause: str = "",
    data: Mapping[str, Any] = {},  # noqa: B006 - never written to
    actor: Actor = SYSTEM,
) -> Decision:
    """What happens to a case without an action of its manual: a step of a clock, rain, a child case that closed.

    The state stays; obligations start and end on the events as on those of any action, and the events count as
    happened. Nothing stands in the way of what has happened.
    """
    now = moment.seen(adopted, facts, at=at, actor=actor, held=actor.roles, owed=owed)
    situation = Situation(adopted, now, actor, actor.roles, owed)
    way = _Way(now["state"], tuple(emits), ())
    found = _conclude(builtin.ACTIONS[builtin.STEP.key], situation, way, data=data, updates={}, refuses=False)
    return replace(found, label=label, clause=clause)


def offers(
    adopted: Sequence[Adopted],
    facts: Facts,
    actor: Actor,
    owed: Sequence[Owed] = (),
    *,
    at: datetime | None = None,
    zone: ZoneInfo | None = None,
    calendar: Calendar | None = None,
) -> tuple[Offer, ...]:
    """The actions that the manual offers in this state, the main one first; what cannot be done says why.

    at, zone, calendar: the present, for conditions on time; without them such conditions do not hold.
    """
    held = adopted[0].compiled.roles_of(actor.roles)
    now = moment.seen(adopted, facts, at=at, actor=actor, held=held, zone=zone, calendar=calendar, owed=owed)
    situation = Situation(adopted, now, actor, held, owed)
    found = []
    for action in (
        *adopted[0].compiled.by_state.get((facts["procedure"], facts["state"]), ()),
        *builtin.for_state(facts),
    ):
        only_system = action.definition.by == ("system",)
        seen = _as_added(action, adopted, now)
        if only_system or not obstacles.in_state(adopted[0], action, seen) or not action.when(seen):
            continue
        found.append(_offer(action, obstacles.before(action, situation._replace(facts=seen))))
    return tuple(sorted(found, key=lambda offer: (-offer.action.primary, not offer.possible)))


def _offer(action: CompiledAction, found: Iterable[Obstacle]) -> Offer:
    """An offer with its reasons; what a reason in a field lifts is a warning."""
    reasons, warnings = [], []
    for one in found:
        if one.override:
            warnings.append((one.text, one.clause, one.override))
        else:
            reasons.append((one.text, one.clause))
    return Offer(action.definition, tuple(reasons), tuple(warnings))


def _action(adopted: Adopted, facts: Facts, key: str) -> CompiledAction:
    found = adopted.compiled.actions[facts["procedure"]].get(key) or builtin.ACTIONS.get(key)
    if found is None:
        raise Problem(
            "ACTION_UNKNOWN", f"规程里没有「{key}」这个动作。", "请从事项页给出的动作里选。", status=404
        )
    return found


def _as_added(action: CompiledAction, adopted: Sequence[Adopted], facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as an action reads them that another manual added: with the figures of that manual."""
    if not action.manual_key:
        return facts
    own = next(one for one in adopted if one.compiled.key == action.manual_key)
    return {**facts, "figure": own.figure_facts()}


def _refuse(
    action: CompiledAction,
    found: Sequence[Obstacle],
    data: Mapping[str, Any],
    overridden: list[tuple[str, str, str]],
) -> None:
    """Raise what stands in the way; what the actor overrides with a reason is kept in `overridden`."""
    left = []
    for one in found:
        reason = str(data.get(one.override) or "").strip() if one.override else ""
        if reason:
            overridden.append((one.text, one.clause, reason))
        else:
            left.append(one)
    if left:
        raise obstacles.refusal(action, left)


def _cosigned(
    action: CompiledAction, situation: Situation, cleaned: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Record this actor's part of a joint decision; complete when every role has entered the same values.

    A different value by one of them replaces nobody's: the others' parts lapse and they enter again. What lapsed
    is kept as `differing`, so that everybody sees who said what; who agreed in the end is `joint`.
    """
    joint = action.definition.cosign
    if joint is None:
        return {}, True
    actor, key = situation.actor, action.definition.key
    mine = {
        "values": {name: cleaned.get(name) for name in joint.same},
        "by": actor.user_id,
        "who": actor.name,
        "at": situation.facts[NOW],
    }
    pending = situation.facts.get("cosigned") or {}
    before = pending.get(key, {})
    agreeing = {role: part for role, part in before.items() if part["values"] == mine["values"]}
    differing = {**(situation.facts.get("differing") or {}).get(key, {}), **before}
    if actor.user_id in {part["by"] for part in agreeing.values()}:
        raise Problem(
            "COSIGN_TWICE", "您已经确认过这个数，还差另一方确认。", "请由另一方来确认。", status=409
        )
    sides = [role for role in joint.roles if role in situation.held]
    taken = next((role for role in sides if role not in agreeing), None)
    if sides and taken is None:
        who = agreeing[sides[0]]["who"]
        said = f"您这一方已经由{who}确认过这个数，还差另一方确认。"
        raise Problem("COSIGN_TWICE", said, "请由另一方来确认。", status=409)
    if taken:
        agreeing[taken] = mine
    if set(joint.roles) <= set(agreeing):
        agreed = {role: {"who": part["who"], "at": part["at"]} for role, part in agreeing.items()}
        past = situation.facts.get("joint") or {}
        found = {"cosigned": {**pending, key: {}}, "joint": {**past, key: agreed}}
        return found | _differing(situation, key, {}), True
    differing = {role: part for role, part in differing.items() if role not in agreeing}
    return {"cosigned": {**pending, key: agreeing}} | _differing(situation, key, differing), False


def _differing(situation: Situation, key: str, parts: Mapping[str, Any]) -> dict[str, Any]:
    """The fact `differing` with what was entered otherwise in a joint decision; nothing where nobody differed."""
    known = situation.facts.get("differing") or {}
    return {"differing": {**known, key: dict(parts)}} if parts or known.get(key) else {}


def _way(action: CompiledAction, after: Facts) -> _Way:
    """The way of the first outcome whose condition holds."""
    definition = action.definition
    state: str = definition.to or after["state"]
    effects = tuple(effect for test, effect in action.effects if test(after))
    for test, outcome, further in action.outcomes:
        if test(after):
            more = tuple(effect for holds, effect in further if holds(after))
            return _Way(outcome.to or state, (*definition.emits, *outcome.emits), (*effects, *more))
    return _Way(state, definition.emits, effects)


def _updates(
    action: CompiledAction, cleaned: Mapping[str, Any], derived: Mapping[str, Any], complete: bool
) -> dict[str, Any]:
    """The facts that an action sets. What several must agree on is a fact once they have agreed, not before."""
    definition = action.definition
    joint = definition.cosign.same if definition.cosign else ()
    kept = {one.key for one in definition.field if (complete if one.key in joint else one.keep)}
    updates = {key: value for key, value in cleaned.items() if key in kept}
    updates |= {
        key: value for key, value in derived.items() if key in JOINT or key.removesuffix("_fen") in kept
    }
    return updates | dict.fromkeys(key for key in definition.forget if key not in updates)


def _conclude(
    action: CompiledAction,
    situation: Situation,
    way: _Way,
    *,
    data: Mapping[str, Any],
    updates: dict[str, Any],
    overridden: tuple[tuple[str, str, str], ...] = (),
    refuses: bool = True,
) -> Decision:
    """The decision of an action that may happen: events counted, obligations followed."""
    adopted, after = situation.adopted, dict(situation.facts)
    after.update(updates)
    after["state"] = way.state
    updates["events"] = after["events"] = happened(
        after.get("events"), way.emits, situation.actor, after[NOW]
    )
    if lists := adopted[0].compiled.checklists.get(after["procedure"]):
        updates["unticked"] = after["unticked"] = checklists.unticked(lists, after)
    closes = obstacles.is_end(adopted[0], after["procedure"], way.state)
    ledger = Ledger(adopted, situation.owed, after, situation.actor.roles)
    changes, openings = follow(ledger, way.emits, closes=closes)
    if refuses and ledger.blocked:
        raise obstacles.refusal(action, obstacles.blocked(ledger.blocked))
    added = tuple((action.manual_key, effect) for effect in way.effects) if action.manual_key else ()
    return Decision(
        action=action.definition.key,
        label=action.definition.label,
        clause=action.definition.clause,
        state=way.state,
        emits=way.emits,
        data=data,
        updates=updates,
        effects=() if added else way.effects,
        openings=openings,
        changes=changes,
        closes=closes,
        fans_out=_fanning_out(adopted[0], after, way.emits),
        overridden=overridden,
        further=(*added, *_reactions(ledger, way.emits)),
    )


def _reactions(ledger: Ledger, emits: Iterable[str]) -> Iterator[tuple[str, Effect]]:
    """What every adopted manual does of itself when these events happen in such a case."""
    category = ledger.facts.get("category")
    for event in emits:
        for one in ledger.adopted:
            for reaction in one.compiled.reactions.get(event, ()):
                facts = ledger.facts_for(one)
                meant = category in reaction.categories or "*" in reaction.categories
                if meant and reaction.when(facts):
                    yield from (
                        (one.compiled.key, effect) for holds, effect in reaction.effects if holds(facts)
                    )


def happened(before: Any, emits: Iterable[str], actor: Actor, now: str) -> dict[str, Any]:
    """`events` after these events: how often, when first and last, and by whom."""
    happened: dict[str, Any] = dict(before or {})
    for event in emits:
        last = happened.get(event) or {}
        happened[event] = {
            "n": last.get("n", 0) + 1,
            "at": now,
            "by": actor.user_id,
            "first_at": last.get("first_at") or last.get("at") or now,
        } | ({"who": actor.name} if actor.name else {})
    return happened


def _fanning_out(adopted: Adopted, facts: Facts, emits: Iterable[str]) -> tuple[str, ...]:
    """The events that a case of the whole office raises for the office's other cases."""
    found = tuple(event for event in emits if event in OFFICE_EVENTS)
    if not found:
        return ()
    category = adopted.compiled.category_for(facts.get("category", ""))
    return found if category and category.subject == "office" else ()
