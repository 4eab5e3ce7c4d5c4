"""A manual is compiled: every index built once, every condition turned into a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from guanjia.policy import conditions
from guanjia.policy.compiled import (
    OTHERS,
    Ban,
    CompiledAction,
    CompiledManual,
    CompiledObligation,
    CompiledReaction,
    Match,
    Need,
)
from guanjia.policy.schema import (
    Action,
    FormField,
    Manual,
    Matcher,
    ObligationDef,
    Procedure,
    Quota,
)


def _matches(entries: tuple[Matcher | str, ...]) -> dict[str, tuple[Match, ...]]:
    """Matchers grouped by their event."""
    grouped: dict[str, tuple[Match, ...]] = {}
    for entry in entries:
        matcher = Matcher(event=entry) if isinstance(entry, str) else entry
        test = conditions.compile_condition(matcher.where)
        match = Match(test, frozenset(matcher.by), matcher.subject)
        grouped[matcher.event] = (*grouped.get(matcher.event, ()), match)
    return grouped


def _own_categories(manual: Manual) -> frozenset[str]:
    return frozenset(category.standard for category in manual.category if category.standard != "duty")


def _obligation(manual: Manual, definition: ObligationDef) -> CompiledObligation:
    return CompiledObligation(
        manual_key=manual.manual.key,
        definition=definition,
        categories=frozenset(definition.category) or _own_categories(manual),
        when=conditions.compile_condition(definition.when),
        start=_matches(definition.start),
        stop=_matches(definition.stop),
        cancel=_matches(definition.cancel),
        pause=_matches(definition.pause),
        resume=_matches(definition.resume),
    )


def compile_action(procedure: str, action: Action) -> CompiledAction:
    """An action with its conditions turned into tests."""
    compile_ = conditions.compile_condition
    needs: list[Need] = []
    checks: list[Need] = []
    for need in action.require:
        reads = {name.split(".")[0] for name in conditions.names(need.when) | conditions.names(need.only_if)}
        entered = tuple(one.key for one in action.field if reads & {one.key, f"{one.key}_fen"})
        found = Need(compile_(need.only_if), compile_(need.when), need, need.clause or action.clause, entered)
        (checks if entered else needs).append(found)
    outcomes = tuple(
        (
            compile_(outcome.when),
            outcome,
            tuple((compile_(effect.when), effect) for effect in outcome.effects),
        )
        for outcome in action.outcome
    )
    return CompiledAction(
        definition=action,
        procedure=procedure,
        when=compile_(action.when),
        requirements=tuple(needs),
        checks=tuple(checks),
        outcomes=outcomes,
        effects=tuple((compile_(effect.when), effect) for effect in action.effects),
        paths=_paths(action),
        reads_owed=any(name.startswith("owed.") for name in _read_by(action)),
    )


def _paths(action: Action) -> tuple[tuple[str, ...], ...]:
    """The events of every way through an action: of each outcome, and of none unless the last one takes the rest."""
    ways = [(*action.emits, *outcome.emits) for outcome in action.outcome]
    if not action.outcome or action.outcome[-1].when:
        ways.append(action.emits)
    return tuple(dict.fromkeys(ways))


def _read_by(action: Action) -> set[str]:
    """The facts that an action's conditions read."""
    parts = [action.when, *(need.when for need in action.require), *(need.only_if for need in action.require)]
    parts += [outcome.when for outcome in action.outcome]
    parts += [effect.when for effect in (*action.effects, *(e for o in action.outcome for e in o.effects))]
    parts += [one for field_ in action.field for one in (field_.show_when, field_.required_when)]
    parts += [choice.when for field_ in action.field for choice in field_.choices]
    return set().union(*(conditions.names(part) for part in parts))


def _quotas(manual: Manual) -> dict[str, tuple[Quota, ...]]:
    """Quotas by the obligation that waits for them."""
    found: dict[str, tuple[Quota, ...]] = {}
    for quota in manual.quota:
        found[quota.obligation] = (*found.get(quota.obligation, ()), quota)
    return found


def _reads(manual: Manual) -> frozenset[str]:
    """Which facts about other cases and about the office's manuals it speaks of."""
    text = repr(manual)
    return frozenset(name for name in OTHERS if f"{name}." in text or f"'{name}'" in text)


def _choices(manual: Manual) -> dict[str, dict[str, str]]:
    """The words of a field's values, wherever a field of that key stands: the first that names a value counts."""
    found: dict[str, dict[str, str]] = {}
    for one in _fields(manual):
        for choice in one.choices:
            found.setdefault(one.key, {}).setdefault(choice.value, choice.label)
    return found


def _fields(manual: Manual) -> list[FormField]:
    actions = [action for procedure in manual.procedure for action in procedure.action]
    return [
        field_ for action in (*actions, *(one.action for one in manual.addition)) for field_ in action.field
    ]


def _conditions_of(manual: Manual) -> list[object]:
    """Everything of a manual in which a condition may stand."""
    return [
        *manual.procedure,
        *manual.obligation,
        *manual.forbid,
        *manual.script,
        *manual.reaction,
        *manual.addition,
    ]


def _forbids(manual: Manual) -> dict[str, tuple[Ban, ...]]:
    """Prohibitions by the event that they forbid."""
    found: dict[str, tuple[Ban, ...]] = {}
    for one in manual.forbid:
        ban = Ban(
            one, frozenset(one.category) or _own_categories(manual), conditions.compile_condition(one.when)
        )
        found[one.event] = (*found.get(one.event, ()), ban)
    return found


def _reactions(manual: Manual) -> dict[str, tuple[CompiledReaction, ...]]:
    """Reactions by the event on which they act."""
    found: dict[str, tuple[CompiledReaction, ...]] = {}
    for one in manual.reaction:
        reaction = CompiledReaction(
            one,
            frozenset(one.category) or _own_categories(manual),
            conditions.compile_condition(one.when),
            tuple((conditions.compile_condition(effect.when), effect) for effect in one.effects),
        )
        found[one.event] = (*found.get(one.event, ()), reaction)
    return found


def _additions(manual: Manual) -> tuple[tuple[frozenset[str], CompiledAction], ...]:
    """Actions for others' procedures, with the categories; titles become system roles, which every manual knows."""
    titles = {role.key: role.is_ for role in manual.role}

    def known(people: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(role for who in people for role in titles.get(who, (who,))))

    found = []
    for one in manual.addition:
        fields = tuple(field.model_copy(update={"sealed": known(field.sealed)}) for field in one.action.field)
        action = one.action.model_copy(update={"by": known(one.action.by), "field": fields})
        compiled = replace(compile_action("", action), manual_key=manual.manual.key)
        found.append((frozenset(one.category), compiled))
    return tuple(found)


def _listens(obligations: Mapping[str, CompiledObligation]) -> frozenset[str]:
    """The events on which some obligation starts, ends, pauses or resumes."""
    return frozenset(
        event
        for one in obligations.values()
        for triggers in (one.start, one.stop, one.cancel, one.pause, one.resume)
        for event in triggers
    )


def _by_state(
    procedure: Procedure, actions: Mapping[str, CompiledAction]
) -> dict[tuple[str, str], tuple[CompiledAction, ...]]:
    """The actions that each state offers; `*` is every state that is not an end."""
    found = {}
    for state in procedure.state:
        found[procedure.key, state.key] = tuple(
            action
            for action in actions.values()
            if state.key in action.definition.from_ or ("*" in action.definition.from_ and not state.end)
        )
    return found


def _with_system_roles(manual: Manual) -> Manual:
    """The manual with the people of its staff fields by system roles: titles are for the author."""
    titles = {role.key: role.is_ for role in manual.role}

    def known(field_: FormField) -> FormField:
        roles = tuple(dict.fromkeys(role for who in field_.roles for role in titles.get(who, (who,))))
        return field_ if roles == field_.roles else field_.model_copy(update={"roles": roles})

    def action(one: Action) -> Action:
        return one.model_copy(update={"field": tuple(known(field_) for field_ in one.field)})

    procedures = (
        p.model_copy(update={"action": tuple(action(one) for one in p.action)}) for p in manual.procedure
    )
    additions = (one.model_copy(update={"action": action(one.action)}) for one in manual.addition)
    return manual.model_copy(update={"procedure": tuple(procedures), "addition": tuple(additions)})


def compile_manual(manual: Manual) -> CompiledManual:
    """Build every index of a manual. The manual has passed the lint."""
    manual = _with_system_roles(manual)
    actions: dict[str, dict[str, CompiledAction]] = {}
    by_state: dict[tuple[str, str], tuple[CompiledAction, ...]] = {}
    for procedure in manual.procedure:
        actions[procedure.key] = {
            action.key: compile_action(procedure.key, action) for action in procedure.action
        }
        by_state |= _by_state(procedure, actions[procedure.key])
    obligations = {definition.key: _obligation(manual, definition) for definition in manual.obligation}
    starts: dict[str, tuple[CompiledObligation, ...]] = {}
    for obligation in obligations.values():
        for event in obligation.start:
            starts[event] = (*starts.get(event, ()), obligation)
    return CompiledManual(
        manual=manual,
        actions=actions,
        by_state=by_state,
        states={p.key: {state.key: state for state in p.state} for p in manual.procedure},
        procedures={p.key: p for p in manual.procedure},
        categories={category.key: category for category in manual.category},
        obligations=obligations,
        starts=starts,
        titles={role.key: frozenset(role.is_) for role in manual.role},
        clauses={clause.id: clause.text for clause in manual.clause},
        notices={message.key: message.text for message in manual.message},
        forbids=_forbids(manual),
        reactions=_reactions(manual),
        additions=_additions(manual),
        listens=_listens(obligations),
        blocking=frozenset(event for one in manual.obligation for event in one.blocks),
        quotas=_quotas(manual),
        reads=_reads(manual),
        sealed={one.key: one.sealed for one in _fields(manual) if one.sealed},
        reads_figures="figure." in repr(_conditions_of(manual)) or any(one.more for one in _fields(manual)),
        staff_fields={
            one.key: one.roles or ("technician",) for one in _fields(manual) if one.kind == "staff"
        },
        choices=_choices(manual),
    )
