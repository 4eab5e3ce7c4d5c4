"""Every operator of conditions, alternatives, references to other facts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from guanjia.policy import conditions
from guanjia.policy.conditions import compile_condition, lookup, misuse, names
from guanjia.worktime import always

FACTS: dict[str, Any] = {
    "timing": "now",
    "fee": 8000,
    "balance": 9000,
    "classes": ["leak", "emergency"],
    "note": "",
    "photos": [],
    "flag": False,
    "events": {"arrived": {"n": 2, "at": "2026-03-24T04:00:00Z"}},
    "rows": [1, 2, 3],
    "sold_on": "2026-03-20T04:00:00Z",
    "now": "2026-03-24T04:00:00Z",
    "@calendar": always("Asia/Shanghai"),
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"timing": "now"}, True),
        ({"timing": "later"}, False),
        ({"timing": ["now", "later"]}, True),
        ({"timing": ["later"]}, False),
        ({"missing": "now"}, False),
        ({"timing": "now", "fee": 8000}, True),
        ({"timing": "now", "fee": 1}, False),
        ({"timing": {"is": "now"}}, True),
        ({"timing": {"not": "later"}}, True),
        ({"timing": {"not": ["later", "now"]}}, False),
        ({"missing": {"not": True}}, True),
        ({"flag": {"not": False}}, False),
        ({"timing": {"in": ["now"]}}, True),
        ({"timing": {"in": ["later"]}}, False),
        ({"classes": {"has": "leak"}}, True),
        ({"classes": {"has": ["safety", "leak"]}}, True),
        ({"classes": {"has": "safety"}}, False),
        ({"missing": {"has": "leak"}}, False),
        ({"fee": {"has": "8"}}, False),
        ({"classes": {"lacks": "safety"}}, True),
        ({"classes": {"lacks": ["safety", "leak"]}}, False),
        ({"missing": {"lacks": "leak"}}, True),
        ({"timing": {"set": True}}, True),
        ({"note": {"set": True}}, False),
        ({"note": {"set": False}}, True),
        ({"photos": {"set": False}}, True),
        ({"flag": {"set": True}}, True),
        ({"fee": {"gt": 7999}}, True),
        ({"fee": {"gt": 8000}}, False),
        ({"fee": {"ge": 8000}}, True),
        ({"fee": {"lt": 8001}}, True),
        ({"fee": {"lt": 8000}}, False),
        ({"fee": {"le": 8000}}, True),
        ({"fee": {"gt": 1, "lt": 8000}}, False),
        ({"missing": {"ge": 0}}, False),
        ({"timing": {"gt": 3}}, False),
        ({"fee": {"lt": "=balance"}}, True),
        ({"fee": {"ge": "=balance"}}, False),
        ({"fee": {"gt": "=missing"}}, True),
        ({"timing": {"gt": "=missing"}}, False),
        ({"fee": "=balance"}, False),
        ({"fee": "=fee"}, True),
        ({"events.arrived": {"set": True}}, True),
        ({"events.arrived.n": 2}, True),
        ({"events.arrived.x.y": {"set": False}}, True),
        ({"rows.count": {"ge": 3}}, True),
        ({"rows.count": 4}, False),
        ({"any": [{"timing": "later"}, {"fee": 8000}]}, True),
        ({"any": [{"timing": "later"}, {"fee": 1}]}, False),
        ({"timing": "now", "any": [{"fee": 1}, {"fee": 2}]}, False),
    ],
)
def test_conditions(condition: dict[str, Any], holds: bool) -> None:
    assert compile_condition(condition)(FACTS) is holds


@pytest.mark.parametrize(
    ("operator", "limit", "holds"),
    [
        ("within", "4 days", True),  # a day ends at midnight, so the fourth day is not over
        ("within", "96h", True),  # exactly at the end still counts
        ("within", "95h", False),
        ("past", "96h", True),
        ("past", "97h", False),
        ("within", "open", True),
        ("past", "open", False),
    ],
)
def test_time_since_a_fact(operator: str, limit: str, holds: bool) -> None:
    assert compile_condition({"sold_on": {operator: limit}})(FACTS) is holds


def test_time_since_a_fact_by_a_figure_of_the_office() -> None:
    test = compile_condition({"sold_on": {"within": "=figure.period"}})
    assert test({**FACTS, "figure": {"period": "96h"}})
    assert not test({**FACTS, "figure": {"period": "95h"}})
    assert not test({**FACTS, "figure": {"period": None}}), "nothing holds by a figure that nobody has set"


@pytest.mark.parametrize("without", ["sold_on", "now", "@calendar"])
def test_time_since_a_fact_needs_all_that_it_compares(without: str) -> None:
    facts = {key: value for key, value in FACTS.items() if key != without}
    for operator in ("within", "past"):
        assert not compile_condition({"sold_on": {operator: "1 day"}})(facts)


def test_instants_compare_as_instants() -> None:
    facts = {"a": "2026-03-24T04:00:00Z", "b": "2026-03-24T04:00:00.500000Z"}
    assert compile_condition({"a": {"lt": "=b"}})(facts)
    assert compile_condition({"b": {"gt": "=a"}})(facts)


def test_a_fact_whose_name_has_dots_is_found_before_a_table() -> None:
    assert lookup({"a.b": 1, "a": {"b": 2}}, "a.b") == 1


def test_names_are_of_both_sides_and_of_alternatives() -> None:
    condition = {"a": 1, "b": {"gt": "=c"}, "d": "=e", "any": [{"f": {"set": True}}]}
    assert names(condition) == {"a", "b", "c", "d", "e", "f"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"a": {"gtt": 1}}, "条件 a 用了不认识的比较 gtt，可用："),
        ({"a": {}}, "条件 a 用了不认识的比较 （空），可用："),
        ({"any": {"a": 1}}, "any 后面应是一组条件"),
        ({"any": []}, "any 后面应是一组条件"),
        ({"any": [{"a": {"gtt": 1}}]}, "条件 a 用了不认识的比较 gtt"),
        ({"a": {"set": "yes"}}, "条件 a 的 set 后面应是 true 或 false"),
        ({"a": {"in": "x"}}, '条件 a 的 in 后面应是一串，如 ["a", "b"]'),
        ({"a": {"gt": [1]}}, "条件 a 的 gt 后面应是整数或 =事实名"),
        ({"a": {"lt": 1.5}}, "条件 a 的 lt 后面应是整数或 =事实名"),
        ({"a": {"within": "7 dayz"}}, "条件 a 的 within 后面的时限写法有误："),
    ],
)
def test_misuse_is_said(condition: dict[str, Any], said: str) -> None:
    assert misuse(condition).startswith(said)


@pytest.mark.parametrize(
    "condition", [{}, {"a": 1, "b": {"in": ["x"]}}, {"any": [{"a": 1}]}, {"a": {"past": "6 months"}}]
)
def test_what_is_well_formed_is_not_complained_about(condition: dict[str, Any]) -> None:
    assert misuse(condition) == ""


def test_every_operator_has_a_meaning_and_a_test() -> None:
    for operator in conditions.OPERATORS:
        operand: Any = "1 day" if operator in ("within", "past") else ["x"] if operator == "in" else True
        assert compile_condition({"a": {operator: operand}})({"a": "x"}) in (True, False)
