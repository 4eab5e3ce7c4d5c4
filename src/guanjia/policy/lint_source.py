"""What the checks of a manual read: the manual with its text, and walks over its parts with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from guanjia.policy import vocabulary
from guanjia.policy.builtin import WHO
from guanjia.policy.loader import Finding, did_you_mean
from guanjia.policy.schema import (
    Action,
    Condition,
    Effect,
    FormField,
    Manual,
    Matcher,
    Procedure,
    Reaction,
)
from guanjia.policy.toml_lines import Lines, Place

TRIGGERS = ("start", "stop", "cancel", "pause", "resume")
# facts that the engine derives from what is entered in a field of a kind
DERIVED = {
    "staff": ("_name", "_clash", "_near"),
    "item": ("_listed", "_suppliers", "_price_fen", "_unit_word"),
    "department": ("_name",),
    "supplier": ("_phone",),
    "lines": ("_fen",),
    "checks": ("_fen", "_left_fen"),
    "case": ("_unit", "_unit_name", "_party_name"),
    "matters": ("_lines", "_count"),
}
# events that an effect raises in other cases
ELSEWHERE = {
    "bill": ("billed",),
    "unbill": ("unbilled",),
    "collect_orders": ("paid",),
    "void_receipt": ("receipt_voided",),
}
# facts that follow from the case's household and that no field has to ask for
OF_CASE = frozenset({"contact_name", "contact_phone", "booked"})


@dataclass(frozen=True)
class Source:
    """A manual with the text that it was read from."""

    manual: Manual
    file: str
    lines: Lines

    def finding(self, path: Place, rule: str, message: str, hint: str = "") -> Finding:
        """A finding at the line of a path."""
        return Finding(self.file, self.lines.of(path), ".".join(map(str, path)), rule, message, hint)

    def unknown(
        self, path: Place, rule: str, message: str, word: str, known: Iterable[str]
    ) -> Iterator[Finding]:
        """A finding when a word is not among the known ones; `{}` in the message is the word."""
        known = list(known)
        if word not in known:
            yield self.finding(path, rule, message.format(word), did_you_mean(word, known))

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact that something records: the engine, the moment, or a field of an action."""
        known = set(vocabulary.FACTS) | set(vocabulary.SHARED) | OF_CASE
        for _path, _procedure, action in actions_of(self.manual):
            for field in action.field:
                known.add(field.key)
                known |= {field.key + ending for ending in DERIVED.get(field.kind, ())}
                if field.kind == "case":
                    known |= {f"{field.key}_{name}" for name in field.of}
        known |= {effect.into for _path, _action, effect in effects_of(self.manual) if effect.do == "append"}
        return frozenset(known)

    @cached_property
    def people(self) -> frozenset[str]:
        """Whoever can act, owe or be told: titles of the manual, system roles and the words for persons."""
        return frozenset({role.key for role in self.manual.role} | set(vocabulary.ROLES) | set(WHO))


def actions_of(manual: Manual) -> Iterator[tuple[Place, Procedure | None, Action]]:
    """Every action with its place and procedure; those for others' procedures have none."""
    for p, procedure in enumerate(manual.procedure):
        for a, action in enumerate(procedure.action):
            yield ("procedure", p, "action", a), procedure, action
    for index, addition in enumerate(manual.addition):
        yield ("addition", index, "action"), None, addition.action


def fields_of(manual: Manual) -> Iterator[tuple[Place, Action, FormField]]:
    """Every field with its place and action."""
    for path, _procedure, action in actions_of(manual):
        for index, field in enumerate(action.field):
            yield (*path, "field", index), action, field


def effects_of(manual: Manual) -> Iterator[tuple[Place, Action, Effect]]:
    """Every effect with its place, those of outcomes too."""
    for path, _procedure, action in actions_of(manual):
        for index, effect in enumerate(action.effects):
            yield (*path, "effects", index), action, effect
        for o, outcome in enumerate(action.outcome):
            for index, effect in enumerate(outcome.effects):
                yield (*path, "outcome", o, "effects", index), action, effect
    for r, reaction in enumerate(manual.reaction):
        action = _nobodys(reaction)
        for index, effect in enumerate(reaction.effects):
            yield ("reaction", r, "effects", index), action, effect


def _nobodys(reaction: Reaction) -> Action:
    """A reaction as an action in which nothing is entered."""
    return Action(key=reaction.key, label=reaction.label, clause=reaction.clause, by=("system",))


def emitted(manual: Manual) -> Iterator[tuple[Place, str]]:
    """Every event that the manual raises: actions, outcomes, steps of obligations."""
    for path, _procedure, action in actions_of(manual):
        yield from (((*path, "emits", i), event) for i, event in enumerate(action.emits))
        for o, outcome in enumerate(action.outcome):
            yield from (((*path, "outcome", o, "emits", i), event) for i, event in enumerate(outcome.emits))
    for path, _action, effect in effects_of(manual):
        if effect.do == "spread":
            yield (*path, "event"), effect.event
        yield from (((*path, "do"), event) for event in ELSEWHERE.get(effect.do, ()))
    for index, obligation in enumerate(manual.obligation):
        for s, step in enumerate(obligation.step):
            yield from ((("obligation", index, "step", s, "emits"), event) for event in step.emits)


def matchers(manual: Manual) -> Iterator[tuple[Place, int, str, Matcher]]:
    """Every trigger of every obligation: place, number of the obligation, which kind, the matcher."""
    for index, obligation in enumerate(manual.obligation):
        for name in TRIGGERS:
            for number, entry in enumerate(getattr(obligation, name)):
                matcher = entry if isinstance(entry, Matcher) else Matcher(event=entry)
                yield ("obligation", index, name, number), index, name, matcher


def conditions_of(manual: Manual) -> Iterator[tuple[Place, Condition]]:
    """Every condition of a manual with its place."""
    yield from _of_actions(manual)
    for index, obligation in enumerate(manual.obligation):
        yield ("obligation", index, "when"), obligation.when
    for path, _index, _name, matcher in matchers(manual):
        yield (*path, "where"), matcher.where
    for path, _action, effect in effects_of(manual):
        yield (*path, "when"), effect.when
    for path, _action, field in fields_of(manual):
        yield (*path, "required_when"), field.required_when
        yield (*path, "show_when"), field.show_when
        for index, choice in enumerate(field.choices):
            yield (*path, "choices", index, "when"), choice.when
    for index, table in enumerate(manual.table):
        yield ("table", index, "where"), table.where
    for index, statistic in enumerate(manual.statistic):
        yield ("statistic", index, "where"), statistic.where
        yield ("statistic", index, "base"), statistic.base
    yield from ((("script", index, "when"), one.when) for index, one in enumerate(manual.script))
    yield from ((("forbid", index, "when"), one.when) for index, one in enumerate(manual.forbid))
    yield from ((("reaction", index, "when"), one.when) for index, one in enumerate(manual.reaction))
    yield from ((("quota", index, "where"), one.where) for index, one in enumerate(manual.quota))
    yield from ((("quota", index, "of_where"), one.of_where) for index, one in enumerate(manual.quota))


def _of_actions(manual: Manual) -> Iterator[tuple[Place, Condition]]:
    for path, _procedure, action in actions_of(manual):
        yield (*path, "when"), action.when
        for index, need in enumerate(action.require):
            yield (*path, "require", index, "when"), need.when
            yield (*path, "require", index, "only_if"), need.only_if
        for index, outcome in enumerate(action.outcome):
            yield (*path, "outcome", index, "when"), outcome.when
