"""A manual made ready for deciding: indexed by state and event, conditions turned into tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from guanjia.policy.conditions import Test
from guanjia.policy.limits_of_figures import typed
from guanjia.policy.schema import (
    Action,
    Category,
    Effect,
    Figure,
    Forbid,
    FormDef,
    Manual,
    ObligationDef,
    Outcome,
    Procedure,
    Quota,
    Reaction,
    Requirement,
    StateDef,
)
from guanjia.policy.vocabulary import EVENTS, FACTS
from guanjia.worktime import describe, limits

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


class CompiledReaction(NamedTuple):
    """A compiled reaction: what the manual does when an event happens, whoever's procedure raised it."""

    definition: Reaction
    categories: frozenset[str]
    when: Test
    effects: tuple[tuple[Test, Effect], ...]


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
    manual_key: of the manual that added it to another's procedure; empty for the procedure's own.
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
    manual_key: str = ""


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
    reactions: Mapping[str, tuple[CompiledReaction, ...]] = field(default_factory=dict)
    additions: tuple[tuple[frozenset[str], CompiledAction], ...] = ()
    _held: dict[frozenset[str], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The manual's key."""
        return self.manual.manual.key

    @property
    def version(self) -> str:
        """The manual's version."""
        return self.manual.manual.version

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The obligations that come before a person's other work."""
        return frozenset(one.key for one in self.manual.obligation if one.first)

    @cached_property
    def checklists(self) -> Mapping[str, tuple[Action, ...]]:
        """The actions that are checklists, by procedure, in the manual's order."""
        return {
            key: tuple(action for action in one.action if action.checklist)
            for key, one in self.procedures.items()
        }

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Every field of the manual by its label; of several under one key the first counts."""
        actions = [action for procedure in self.procedures.values() for action in procedure.action]
        actions += [one.action for one in self.manual.addition]
        fields = [field for action in actions for field in action.field]
        return {field.key: field.label for field in reversed(fields)}

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The manual's figures by key."""
        return {one.key: one for one in self.manual.figure}

    @cached_property
    def phones(self) -> frozenset[str]:
        """The facts that are people's telephone numbers: what a manual asks for as such, and what every case may have."""
        actions = [action for procedure in self.procedures.values() for action in procedure.action]
        actions += [one.action for one in self.manual.addition]
        asked = {field.key for action in actions for field in action.field if field.kind == "phone"}
        return frozenset(asked | {"contact_phone"})

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What people call the facts that limits are anchored on: the vocabulary's words, and fields by their labels."""
        return {**{key: f"「{label}」" for key, label in self.labels.items()}, **FACTS, **EVENTS}

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


_FIGURE = re.compile(r"\{figure\.(\w+)\}")


class Adopted(NamedTuple):
    """A manual as one office works under it: with the office's own figures."""

    compiled: CompiledManual
    figures: Mapping[str, str]

    def figure(self, key: str) -> tuple[str, bool]:
        """A figure's value and whether it is the office's own (本处设定). Empty when nobody has set it."""
        if own := self.figures.get(key, ""):
            return own, True
        definition = self.compiled.figures.get(key)
        if definition is None:
            return "", False
        if definition.immediate and not definition.value:
            return IMMEDIATELY, True
        return definition.value, False

    def figure_words(self, key: str) -> str:
        """A figure as people read it, limits in words (`20日前（含该日）`). Empty when nobody has set it."""
        value, definition = self.figure(key)[0], self.compiled.figures.get(key)
        if value and definition is not None and definition.kind == "limit":
            return describe(limits.parse(value))
        return value

    def with_figures(self, text: str, unset: str = "–") -> str:
        """A text with every `{figure.NAME}` in words as they count here; unset: for what nobody has set."""
        return _FIGURE.sub(lambda found: self.figure_words(found[1]) or unset, text)

    def resolve(self, text: str) -> tuple[str, bool]:
        """`@name` becomes the figure's value; any other text stays as it is."""
        return self.figure(text[1:]) if text.startswith("@") else (text, False)

    def title_of(self, form: FormDef) -> str:
        """What a form is called here: the office's own name for it where the manual leaves it open."""
        return (self.resolve(form.called)[0] if form.called else "") or form.title

    def figure_facts(self) -> dict[str, Any]:
        """Every figure as conditions read it: numbers as numbers, money in fen, lists as lists, None when unset."""
        return {
            definition.key: typed(definition.kind, self.figure(definition.key)[0])
            for definition in self.compiled.manual.figure
        }
