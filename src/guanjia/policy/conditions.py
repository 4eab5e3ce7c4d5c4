"""Conditions are data. `{timing = "now", materials = {set = true}}` holds when every line of it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from guanjia.kernel.moments import from_iso
from guanjia.kernel.problem import Problem
from guanjia.worktime import limits
from guanjia.worktime.due import due

Facts = Mapping[str, Any]
Test = Callable[[Facts], bool]

# What each operator means, for the lint and for docs/manual-authors.md.
OPERATORS: Mapping[str, str] = {
    "is": "等于；`x = 1` 是它的简写",
    "not": "不等于；后面是一串时，一个都不等于",
    "in": "等于其中一个；`x = [1, 2]` 是它的简写",
    "has": "是一串，里面有它；后面是一串时，有其中一个就行",
    "lacks": "里面没有它；后面是一串时，一个都没有",
    "set": "true 为已有内容，false 为还没有",
    "gt": "大于",
    "ge": "大于或等于",
    "lt": "小于",
    "le": "小于或等于",
    "within": "从那个时间起算，现在还在这个时限以内（到期那一刻也算）",
    "past": "从那个时间起算，这个时限已经到了（到期那一刻也算）",
}
_NEEDS_TEXT = ("within", "past")
NOW, DAY_ENDS, CALENDAR = "now", "day_ends", "@calendar"
"""Facts that only the moment of deciding knows: the time and the end of its day (ISO text), the manual's calendar."""


def always(_facts: Facts) -> bool:
    """The empty condition."""
    return True


def _is_set(value: object) -> bool:
    return value is not None and value != "" and value != [] and value != {}


def _among(have: Any, want: Any) -> bool:
    """Whether a list (table, text) has the wanted value, or one of several wanted values."""
    if not isinstance(have, (list, tuple, dict, str)):
        return False
    wanted = want if isinstance(want, (list, tuple)) else [want]
    return any(one in have for one in wanted if isinstance(one, str) or not isinstance(have, str))


def _sortable(value: Any) -> Any:
    """Instants without and with microseconds sort as instants do."""
    if isinstance(value, str) and value.endswith("Z") and "." not in value:
        return f"{value[:-1]}.000000Z"
    return value


def _ordered(compare: Callable[[Any, Any], bool], have: Any, want: Any) -> bool:
    """A comparison by size; what is missing, or of another kind, is neither smaller nor larger."""
    if have is None or want is None or isinstance(have, str) != isinstance(want, str):
        return False
    try:
        return compare(_sortable(have), _sortable(want))
    except TypeError:
        return False


_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda have, want: bool(have == want),
    "not": lambda have, want: have not in want if isinstance(want, (list, tuple)) else bool(have != want),
    "in": lambda have, want: have in want if isinstance(want, (list, tuple)) else bool(have == want),
    "has": _among,
    "lacks": lambda have, want: not _among(have, want),
    "set": lambda have, want: _is_set(have) is bool(want),
    "gt": lambda have, want: _ordered(lambda a, b: bool(a > b), have, want),
    "ge": lambda have, want: _ordered(lambda a, b: bool(a >= b), have, want),
    "lt": lambda have, want: _ordered(lambda a, b: bool(a < b), have, want),
    "le": lambda have, want: _ordered(lambda a, b: bool(a <= b), have, want),
}


def lookup(facts: Facts, name: str) -> Any:
    """A fact by name; dots reach into tables (`copies.stub.state`), `.count` counts a list. None when absent."""
    return _reach(facts, name, name.split("."))


def _reach(facts: Facts, name: str, parts: list[str]) -> Any:
    if name in facts:
        return facts[name]
    value: Any = facts
    for part in parts:
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif part == "count" and isinstance(value, (list, tuple)):
            return len(value)
        else:
            return None
    return value


def _reader(name: str) -> Callable[[Facts], Any]:
    """Reads one fact; the name is taken apart once."""
    if "." not in name:
        return lambda facts: facts.get(name)
    parts = name.split(".")
    return lambda facts: _reach(facts, name, parts)


def _comparison(name: str, operator: str, operand: Any) -> Test:
    """One line of a table; an operand `=other` is the value of another fact (nothing counts as 0 beside a number)."""
    read = _reader(name)
    if operator in _NEEDS_TEXT:
        return _since(read, operator, operand)
    test = _TESTS[operator]
    if isinstance(operand, str) and operand.startswith("="):
        other = _reader(operand[1:])
        return lambda facts: test(have := read(facts), _beside(have, other(facts)))
    return lambda facts: test(read(facts), operand)


def _beside(have: Any, want: Any) -> Any:
    return 0 if want is None and isinstance(have, int) else want


def _since(read: Callable[[Facts], Any], operator: str, text: Any) -> Test:
    """`within` and `past`: where now stands against a limit that starts at the fact. False until both are known.

    The limit is written out, or `=figure.name`: what the office has set.
    """
    wanted = str(text)
    figure = _reader(wanted[1:]) if wanted.startswith("=") else None
    fixed = None if figure else limits.parse(wanted)

    def test(facts: Facts) -> bool:
        start, now, calendar = read(facts), facts.get(NOW), facts.get(CALENDAR)
        own = figure(facts) if figure else ""
        limit = limits.parse(own) if own else fixed
        if not isinstance(start, str) or not start or now is None or calendar is None or limit is None:
            return False
        ends = due(limit, from_iso(start), calendar).at
        if ends is None:
            return operator == "within"
        return from_iso(now) <= ends if operator == "within" else from_iso(now) >= ends

    return test


def compile_condition(condition: Mapping[str, Any]) -> Test:
    """A fast test for a condition. Lists mean "one of"; tables use OPERATORS; `any` takes alternatives.

    The condition is one that `misuse` finds nothing wrong with.
    """
    tests: list[Test] = []
    for name, want in condition.items():
        if name == "any":
            tests.append(_any([compile_condition(part) for part in want]))
        elif isinstance(want, Mapping):
            tests.extend(_comparison(name, operator, operand) for operator, operand in want.items())
        else:
            tests.append(_comparison(name, "in" if isinstance(want, (list, tuple)) else "is", want))
    if not tests:
        return always
    return tests[0] if len(tests) == 1 else _all(tests)


def _any(tests: list[Test]) -> Test:
    return lambda facts: any(test(facts) for test in tests)


def _all(tests: list[Test]) -> Test:
    return lambda facts: all(test(facts) for test in tests)


def names(condition: Mapping[str, Any]) -> set[str]:
    """Every fact that a condition reads, on either side of a comparison, for the lint."""
    found: set[str] = set()
    for name, want in condition.items():
        if name == "any":
            for part in want:
                found |= names(part)
            continue
        found.add(name)
        operands = want.values() if isinstance(want, Mapping) else [want]
        found |= {one[1:] for one in operands if isinstance(one, str) and one.startswith("=")}
    return found


def misuse(condition: Mapping[str, Any]) -> str:
    """What is wrong with a condition as written, in Chinese, or an empty text."""
    for name, want in condition.items():
        trouble = _misuse_of_any(want) if name == "any" else _misuse_of_line(name, want)
        if trouble:
            return trouble
    return ""


def _misuse_of_any(want: Any) -> str:
    if not isinstance(want, list) or not want or not all(isinstance(part, dict) for part in want):
        return 'any 后面应是一组条件，如 any = [{state = "a"}, {state = "b"}]'
    return next((trouble for part in want if (trouble := misuse(part))), "")


def _misuse_of_line(name: str, want: Any) -> str:
    if not isinstance(want, dict):
        return ""
    unknown = [operator for operator in want if operator not in OPERATORS]
    if unknown or not want:
        return f"条件 {name} 用了不认识的比较 {'、'.join(unknown) or '（空）'}，可用：{'、'.join(OPERATORS)}"
    return next(
        (t for operator, operand in want.items() if (t := _misuse_of_operand(name, operator, operand))), ""
    )


def _misuse_of_operand(name: str, operator: str, operand: Any) -> str:
    if operator == "set" and not isinstance(operand, bool):
        return f"条件 {name} 的 set 后面应是 true 或 false"
    if operator == "in" and not isinstance(operand, list):
        return f'条件 {name} 的 in 后面应是一串，如 ["a", "b"]'
    if (
        operator in ("gt", "ge", "lt", "le")
        and not isinstance(operand, (int, str))
        or isinstance(operand, float)
    ):
        return f"条件 {name} 的 {operator} 后面应是整数或 =事实名"
    if operator in _NEEDS_TEXT and not str(operand).startswith("="):
        try:
            limits.parse(str(operand))
        except Problem as problem:
            return f"条件 {name} 的 {operator} 后面的时限写法有误：{problem.message.rstrip('。')}"
    return ""
