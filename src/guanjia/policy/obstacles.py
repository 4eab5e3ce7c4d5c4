"""Everything that stands in the way of an action, in the manual's own words, with the clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import builtin, vocabulary
from guanjia.policy.compiled import Adopted, Ban, CompiledAction, CompiledObligation, Need
from guanjia.policy.decision import Actor, Owed
from guanjia.policy.duties import Ledger, follow
from guanjia.policy.schema import Action, StateDef

Facts = Mapping[str, Any]


class Obstacle(NamedTuple):
    """What to say, the clause, the field concerned; `override` names the field in which a reason lifts it."""

    text: str
    clause: str
    field: str = ""
    override: str = ""


class Situation(NamedTuple):
    """What an action meets: the manuals of the case, its facts at this moment, the actor and what is owed."""

    adopted: Sequence[Adopted]
    facts: Facts
    actor: Actor
    held: frozenset[str]
    owed: Sequence[Owed]

    @property
    def first(self) -> Adopted:
        """The manual that supplies the procedure."""
        return self.adopted[0]


def refusal(action: CompiledAction, obstacles: Sequence[Obstacle]) -> Problem:
    """The Problem (or Problems) that says all of it. Status 409; hints name the clause, or the way to an exception."""
    labels = {field.key: field.label for field in action.definition.field}
    problems = []
    for text, clause, field, override in obstacles:
        hint = f"（{clause}）" if clause else ""
        if override:
            hint += f"确需例外的，请在「{labels[override]}」写明原因。"
        problems.append(Problem("ACTION_REFUSED", text, hint, field=field, clause=clause, status=409))
    return problems[0] if len(problems) == 1 else Problems(problems)


def before(action: CompiledAction, situation: Situation) -> list[Obstacle]:
    """What is known before anything is entered: state, person, requirements, obligations that forbid it, bans."""
    definition, facts = action.definition, situation.facts
    if not in_state(situation.first, action, facts):
        label = state_label(situation.first, facts, facts["state"])
        return [Obstacle(f"事项现在是「{label}」，不能{definition.label}。", definition.clause)]
    found: list[Obstacle] = []
    if not allowed(action, situation):
        found.append(Obstacle(f"{definition.label}由{_who(action, situation)}办理。", definition.clause))
    if not action.when(facts):
        found.append(Obstacle(f"现在不用{definition.label}。", definition.clause))
    found += unfulfilled(action.requirements, situation)
    found += _certain(action, situation)
    return found


def unfulfilled(needs: Iterable[Need], situation: Situation) -> list[Obstacle]:
    """The requirements that do not hold; those that this actor may override name the field."""
    found = []
    for need in needs:
        if need.missing(situation.facts):
            definition = need.definition
            may = not definition.override_by or not situation.held.isdisjoint(definition.override_by)
            override = definition.override if may else ""
            field = override or (need.fields[0] if need.fields else "")
            found.append(Obstacle(definition.says, need.clause, field, override))
    return found


def _certain(action: CompiledAction, situation: Situation) -> list[Obstacle]:
    """Bans and blocks that every way through the action meets; the first way's words are said."""
    known = None
    for path in action.paths:
        found = banned(action, situation, path)
        blocking = any(event in one.compiled.blocking for one in situation.adopted for event in path)
        if blocking and (situation.owed or len(path) > 1):
            ledger = Ledger(situation.adopted, situation.owed, situation.facts, situation.actor.roles)
            follow(ledger, path, closes=False)
            found += blocked(ledger.blocked)
        if not found:
            return []
        known = known or found
    return known or []


def blocked(obligations: Iterable[CompiledObligation]) -> list[Obstacle]:
    """Obligations still open that forbid an event, each once."""
    found = [Obstacle(f"「{one.definition.label}」还没办。", one.definition.clause) for one in obligations]
    return list(dict.fromkeys(found))


def banned(action: CompiledAction, situation: Situation, emits: Iterable[str]) -> list[Obstacle]:
    """The prohibitions of every adopted manual that the events of an action run into."""
    found = []
    for one in situation.adopted:
        if one.compiled.forbids:
            for event in emits:
                found += [
                    Obstacle(ban.definition.says, ban.definition.clause)
                    for ban in one.compiled.forbids.get(event, ())
                    if _applies(ban, one, action, situation)
                ]
    return found


def _applies(ban: Ban, one: Adopted, action: CompiledAction, situation: Situation) -> bool:
    """A ban on a title does not bind somebody who may do the action under another title as well."""
    facts = situation.facts
    if facts.get("category") not in ban.categories and "*" not in ban.categories:
        return False
    if ban.definition.by:
        held = one.compiled.roles_of(situation.actor.roles)
        if held.isdisjoint(ban.definition.by):
            return False
        others = situation.actor.roles - _system_roles(one, ban.definition.by)
        known = others if action.manual_key else situation.first.compiled.roles_of(others)
        if not known.isdisjoint(action.definition.by):
            return False
    if one.compiled.reads_figures and one is not situation.first:
        facts = {**facts, "figure": one.figure_facts()}
    return ban.when(facts)


def _system_roles(one: Adopted, titles: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(one.compiled.titles.get(title, frozenset({title})) for title in titles))


def in_state(adopted: Adopted, action: CompiledAction, facts: Facts) -> bool:
    """Whether the state offers the action; `*` is every state that is not an end."""
    definition, state = action.definition, facts["state"]
    if definition.opens or not state:
        return definition.opens and not state
    if state in definition.from_ and not action.manual_key:
        return True
    ended = is_end(adopted, facts["procedure"], state)
    if ended:
        return bool(action.manual_key) and "ended" in definition.from_ and state not in builtin.ENDS
    return "*" in definition.from_


def is_end(adopted: Adopted, procedure: str, state: str) -> bool:
    """Whether a state ends the case."""
    known = adopted.compiled.states[procedure].get(state)
    return known.end if known else state in builtin.ENDS


def allowed(action: CompiledAction, situation: Situation) -> bool:
    """Whether this actor is one of those who may do the action. Who only looks on (no role at all) is not anyone."""
    by, actor, facts = action.definition.by, situation.actor, situation.facts
    held = actor.roles if action.manual_key else situation.held  # an addition speaks of the system's roles
    if not held.isdisjoint(by) or ("anyone" in by and actor.roles):
        return True
    if "on_shift" in by and on_shift(actor, facts):
        return True
    named = [
        facts.get("assignee") if who == "assignee" else facts.get(who[6:]) for who in by if _names_person(who)
    ]
    if actor.user_id is not None and actor.user_id in named:
        return True
    return any(isinstance(one, str) and one in held for one in named)


def on_shift(actor: Actor, facts: Facts) -> bool:
    """Whether somebody stands on the list of the case's shift, whatever his post."""
    return actor.user_id is not None and actor.user_id in (facts.get("shift_people") or ())


def _names_person(who: str) -> bool:
    return who == "assignee" or who.startswith("field:")


def _who(action: CompiledAction, situation: Situation) -> str:
    """`值班员或承办人`: who may do the action, as the manual calls them."""
    titles = {role.key: role.label for role in situation.first.compiled.manual.role}
    return "或".join(titles.get(key) or _word(key) for key in action.definition.by)


def _word(key: str) -> str:
    if key.startswith("field:"):
        return "指定的人"
    return builtin.WHO.get(key) or vocabulary.ROLES.get(key, key)


def ends(adopted: Adopted, procedure: str, action: Action) -> bool:
    """Whether an action of a procedure ends the case, whichever way it goes."""
    ways = (action.to, *(one.to for one in action.outcome))
    return any(is_end(adopted, procedure, to) for to in ways if to)


def state_label(adopted: Adopted, facts: Facts, state: str) -> str:
    """A state as people call it."""
    found: StateDef | None = adopted.compiled.states[facts["procedure"]].get(state)
    return found.label if found else builtin.STATES.get(state, state or "未登记")
