"""Checks of conditions: operators, facts that something records, and values that a fact can have."""

from __future__ import annotations

from collections.abc import Iterator

from guanjia.policy import conditions, vocabulary
from guanjia.policy.lint_source import Source, conditions_of, fields_of
from guanjia.policy.loader import Finding, did_you_mean
from guanjia.policy.schema import Condition, Manual
from guanjia.policy.toml_lines import Place

# operators whose operand is a value of the fact
COMPARING = frozenset(conditions.OPERATORS) - {"set", "within", "past"}


def conditions_are_well_formed(source: Source) -> Iterator[Finding]:
    """Conditions use the known operators, on facts that something records, with values that can occur."""
    values = _values(source.manual)
    for path, condition in conditions_of(source.manual):
        if trouble := conditions.misuse(condition):
            yield source.finding(path, "condition", f"{trouble}。")
            continue
        for name in sorted(conditions.names(condition)):
            yield from _fact(source, path, name)
        yield from _compared(source, path, condition, values)


def _fact(source: Source, path: Place, name: str) -> Iterator[Finding]:
    """A fact is recorded by something; of tables with a fixed shape the parts are known too."""
    head, _dot, rest = name.partition(".")
    if name not in source.facts and head not in source.facts:
        yield source.finding(
            path, "unknown-fact", f"没有动作会记下「{name}」。", did_you_mean(name, sorted(source.facts))
        )
        return
    first, _dot, second = rest.partition(".")
    if head == "events" and first:
        yield from source.unknown(path, "unknown-event", "词表里没有事件「{}」。", first, vocabulary.EVENTS)
    elif head == "owed" and first:
        keys = [obligation.key for obligation in source.manual.obligation]
        yield from source.unknown(path, "unknown-link", "没有「{}」这个应办。", first, keys)
    elif head == "figure" and first:
        keys = [figure.key for figure in source.manual.figure]
        yield from source.unknown(path, "unknown-figure", "没有「{}」这个数字。", first, keys)
    elif head == "same_unit" and first:
        yield from source.unknown(
            path, "unknown-category", "词表里没有类别「{}」。", first, vocabulary.CATEGORIES
        )
    elif head == "previous" and first:
        yield from source.unknown(path, "unknown-fact", "没有动作会记下「{}」。", first, sorted(source.facts))
    part = first if head == "children" else second
    if part and head in vocabulary.PARTS:
        said = f"{head} 里没有「{{}}」这一项。"
        yield from source.unknown(path, "unknown-fact", said, part, vocabulary.PARTS[head])


def _values(manual: Manual) -> dict[str, set[str]]:
    """The values of facts that only choices record; of the state and the category too."""
    found: dict[str, set[str]] = {}
    free: set[str] = set()
    for _path, _action, field in fields_of(manual):
        if field.kind in ("choice", "multi", "derived") and not field.more:
            found.setdefault(field.key, set()).update(choice.value for choice in field.choices)
        else:
            free.add(field.key)
    found = {key: values for key, values in found.items() if key not in free}
    found["state"] = {state.key for procedure in manual.procedure for state in procedure.state}
    found["category"] = {category.key for category in manual.category} | set(vocabulary.CATEGORIES)
    for figure in manual.figure:
        if figure.kind == "choice":
            found[f"figure.{figure.key}"] = set(figure.options)
    return {key: values for key, values in found.items() if values}


def _compared(
    source: Source, path: Place, condition: Condition, values: dict[str, set[str]]
) -> Iterator[Finding]:
    """A value that a choice does not have is a slip of the pen."""
    for name, want in condition.items():
        if name == "any":
            for part in want:
                yield from _compared(source, path, part, values)
        elif name in values:
            for word in _literals(want):
                said = f"「{name}」没有「{{}}」这个值。"
                yield from source.unknown(path, "unknown-value", said, word, sorted(values[name]))


def _literals(want: object) -> Iterator[str]:
    """The texts that a fact is compared with."""
    if isinstance(want, dict):
        for operator, operand in want.items():
            if operator in COMPARING:
                yield from _literals(operand)
    elif isinstance(want, list):
        for one in want:
            yield from _literals(one)
    elif isinstance(want, str) and not want.startswith("="):
        yield want
