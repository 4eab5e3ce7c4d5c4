"""A manual made ready for deciding: indexed by state and event, conditions turned into tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from guanjia.policy import conditions
from guanjia.policy.conditions import Test
from guanjia.policy.limits_of_figures import typed
from guanjia.policy.schema import (
    Action,
    Category,
    Effect,
    Forbid,
    FormField,
    Manual,
    Matcher,
    ObligationDef,
    Outcome,
    Procedure,
    Quota,
    Requirement,
    StateDef,
)

IMMEDIATELY = "10m"
OTHERS = (
    "children",
    "previous",
    "same_unit",
    "covered",
)  # facts about other cases and about the office's manuals


class Match(NamedTuple):
    """A compiled matcher: the test on facts, the roles that count (empty: anybody), the fact with the subject."""

    test: Test
    by: frozenset[str]
    subject: str = ""


class Need(NamedTuple):
    """A compiled requirement: it holds when `only_if` does not or `when` does. `fields`: what it reads of the input."""

    only_if: Test
    when: Test
    definition: Requirement
    clause: str
    fields: tuple[str, ...] = ()

    def missing(self, facts: Mapping[str, Any]) -> bool:
        """Whether the requirement is not fulfilled."""
        return self.only_if(facts) and not self.when(facts)


class Ban(NamedTuple):
    """A compiled prohibition."""

    definition: Forbid
    categories: frozenset[str]
    when: Test


@dataclass(frozen=True, slots=True)
class CompiledObligation:
    """An obligation definition with its triggers by event."""

    manual_key: str
    definition: ObligationDef
    categories: frozenset[str]
    when: Test
    start: Mapping[str, tuple[Match, ...]]
    stop: Mapping[str, tuple[Match, ...]]
    cancel: Mapping[str, tuple[Match, ...]]
    pause: Mapping[str, tuple[Match, ...]]
    resume: Mapping[str, tuple[Match, ...]]


@dataclass(frozen=True, slots=True)
class CompiledAction:
    """An action with its tests.

    requirements: what must hold before; checks: requirements that read what is entered, looked at afterwards.
    outcomes: each with its test and the tests of its effects. paths: the events that each way through emits.
    """

    definition: Action
    procedure: str
    when: Test
    requirements: tuple[Need, ...]
    checks: tuple[Need, ...]
    outcomes: tuple[tuple[Test, Outcome, tuple[tuple[Test, Effect], ...]], ...]
    effects: tuple[tuple[Test, Effect], ...]
    paths: tuple[tuple[str, ...], ...]
    reads_owed: bool = False


@dataclass(frozen=True)
class CompiledManual:
    """A manual and its indices. Built once per version and kept.

    quotas: by the obligation that waits for them. reads: which facts about other cases it speaks of. staff_fields: the roles of which somebody may be chosen, by field. choices: the words of a field's values. sealed: who alone may read a field.
    """

    manual: Manual
    actions: Mapping[str, Mapping[str, CompiledAction]]
    by_state: Mapping[tuple[str, str], tuple[CompiledAction, ...]]
    states: Mapping[str, Mapping[str, StateDef]]
    procedures: Mapping[str, Procedure]
    categories: Mapping[str, Category]
    obligations: Mapping[str, CompiledObligation]
    starts: Mapping[str, tuple[CompiledObligation, ...]]
    titles: Mapping[str, frozenset[str]]
    clauses: Mapping[str, str]
    notices: Mapping[str, str] = field(default_factory=dict)
    forbids: Mapping[str, tuple[Ban, ...]] = field(default_factory=dict)
    listens: frozenset[str] = frozenset()
    blocking: frozenset[str] = frozenset()
    reads_figures: bool = False
    reads: frozenset[str] = frozenset()
    quotas: Mapping[str, tuple[Quota, ...]] = field(default_factory=dict)
    staff_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sealed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _held: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The manual's key."""
        return self.manual.manual.key

    @property
    def version(self) -> str:
        """The manual's version."""
        return self.manual.manual.version

    def roles_of(self, system_roles: frozenset[str]) -> frozenset[str]:
        """The manual's own titles that somebody with these system roles holds, and the system roles themselves.

        A title under the name of a system role means what the manual says, not the system role.
        """
        held = self._held.get(system_roles)
        if held is None:
            titles = {title for title, roles in self.titles.items() if roles & system_roles}
            held = self._held[system_roles] = (system_roles - self.titles.keys()) | titles
        return held

    def category_for(self, standard: str) -> Category | None:
        """The manual's category under the shared word, if it supplies one."""
        return next((c for c in self.categories.values() if standard in (c.standard, c.key)), None)


class Adopted(NamedTuple):
    """A manual as one office works under it: with the office's own figures."""

    compiled: CompiledManual
    figures: Mapping[str, str]

    def figure(self, key: str) -> tuple[str, bool]:
        """A figure's value and whether it is the office's own (本处设定). Empty when nobody has set it."""
        if own := self.figures.get(key, ""):
            return own, True
        for definition in self.compiled.manual.figure:
            if definition.key == key:
                return (
                    (IMMEDIATELY, True)
                    if definition.immediate and not definition.value
                    else (definition.value, False)
                )
        return "", False

    def resolve(self, text: str) -> tuple[str, bool]:
        """`@name` becomes the figure's value; any other text stays as it is."""
        return self.figure(text[1:]) if text.startswith("@") else (text, False)

    def figure_facts(self) -> dict[str, Any]:
        """Every figure as conditions read it: numbers as numbers, money in fen, lists as lists, None when unset."""
        return {
            definition.key: typed(definition.kind, self.figure(definition.key)[0])
            for definition in self.compiled.manual.figure
        }


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
    return [
        field_ for procedure in manual.procedure for action in procedure.action for field_ in action.field
    ]


def _conditions_of(manual: Manual) -> list[object]:
    """Everything of a manual in which a condition may stand."""
    return [*manual.procedure, *manual.obligation, *manual.forbid, *manual.script]


def _forbids(manual: Manual) -> dict[str, tuple[Ban, ...]]:
    """Prohibitions by the event that they forbid."""
    found: dict[str, tuple[Ban, ...]] = {}
    for one in manual.forbid:
        ban = Ban(
            one, frozenset(one.category) or _own_categories(manual), conditions.compile_condition(one.when)
        )
        found[one.event] = (*found.get(one.event, ()), ban)
    return found


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
    return manual.model_copy(update={"procedure": tuple(procedures)})


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
