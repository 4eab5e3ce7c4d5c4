"""Figures of the office, quotas, steps of a clock, and the tables that manuals are written with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.building import SMALL, adopted, edited

from guanjia.engine.effects import APPLY
from guanjia.kernel.problem import Problem
from guanjia.policy import limits_of_figures, vocabulary
from guanjia.policy.effects import EFFECTS
from guanjia.policy.quotas import needed
from guanjia.policy.schema import Effect, Figure, Quota
from guanjia.policy.steps import fill_in, ordered
from guanjia.staff.models import Role
from guanjia.worktime import always, limits
from guanjia.worktime.clock import start


def figure(**parts: Any) -> Figure:
    return Figure.model_validate({"key": "f", "label": "数", "clause": "一", **parts})


@pytest.mark.parametrize(
    ("parts", "value", "typed"),
    [
        ({}, "15m", "15m"),
        ({"kind": "recurrence"}, "every 30 days", "every 30 days"),
        ({"kind": "number"}, "12", 12),
        ({"kind": "percent"}, "60%", 60),
        ({"kind": "money"}, "1,500", 150000),
        ({"kind": "choice", "options": ["a", "b"]}, "b", "b"),
        ({"kind": "list"}, "东区、西区, 南区\n北区", ["东区", "西区", "南区", "北区"]),
        ({"kind": "text"}, "先擦后拖", "先擦后拖"),
    ],
)
def test_a_value_that_fits(parts: dict[str, Any], value: str, typed: Any) -> None:
    limits_of_figures.check(figure(**parts), value)
    assert limits_of_figures.typed(parts.get("kind", "limit"), value) == typed


@pytest.mark.parametrize(
    ("parts", "value", "code", "said"),
    [
        ({}, "soonish", "LIMIT_SYNTAX", "时限「soonish」"),
        ({"kind": "recurrence"}, "sometimes", "RECURRENCE_SYNTAX", "周期「sometimes」"),
        ({"kind": "number"}, "十二", "FIGURE_VALUE", "「数」要填整数，现在是「十二」。"),
        ({"kind": "number"}, "-1", "FIGURE_VALUE", "「数」要填整数，现在是「-1」。"),
        ({"kind": "percent"}, "六成", "FIGURE_VALUE", "「数」要填整数，现在是「六成」。"),
        ({"kind": "money"}, "很多", "MONEY_FORMAT", "「很多」不是金额。"),
        ({"kind": "choice", "options": ["a", "b"]}, "c", "FIGURE_VALUE", "「数」没有「c」这个读法。"),
        ({"kind": "list"}, " ", "FIGURE_VALUE", "「数」不能空着。"),
    ],
)
def test_a_value_that_does_not_fit(parts: dict[str, Any], value: str, code: str, said: str) -> None:
    with pytest.raises(Problem) as caught:
        limits_of_figures.check(figure(**parts), value)
    assert caught.value.code == code
    assert caught.value.message.startswith(said)


def test_the_office_goes_before_the_manual_and_immediately_is_ten_minutes() -> None:
    (plain,) = adopted(SMALL)
    assert plain.figure("quick") == ("10m", True), "ten minutes are the office's own reading of immediately"
    assert plain.figure("limit_fen") == ("200", False)
    assert plain.figure("unknown") == ("", False)
    assert plain.resolve("@limit_fen") == ("200", False)
    assert plain.resolve("2 days") == ("2 days", False)
    assert plain.figure_facts() == {"quick": "10m", "limit_fen": 20000}
    (own,) = adopted(SMALL, figures={"small": {"quick": "7m", "limit_fen": "300"}})
    assert own.figure("quick") == ("7m", True)
    assert own.figure("limit_fen") == ("300", True)


def test_a_blank_that_nobody_set_is_nothing() -> None:
    (plain,) = adopted(edited(('value = "200"', "unspecified = true")))
    assert plain.figure("limit_fen") == ("", False)
    assert plain.figure_facts()["limit_fen"] is None


BANDS = ({"to": 99, "percent": 30}, {"to": 300, "percent": 20}, {"percent": 10})


def quota(**parts: Any) -> Quota:
    base = {
        "key": "q",
        "label": "抽查",
        "clause": "一",
        "obligation": "o",
        "event": "visited",
        "of": "served",
    }
    return Quota.model_validate({**base, "band": BANDS, **parts})


@pytest.mark.parametrize(
    ("base", "need"), [(0, 0), (1, 1), (99, 30), (100, 20), (300, 60), (301, 31), (1000, 100)]
)
def test_a_share_by_bands(base: int, need: int) -> None:
    assert needed(quota(), base) == need


@pytest.mark.parametrize(("how", "need"), [("up", 3), ("down", 2), ("half_up", 3)])
def test_rounding(how: str, need: int) -> None:
    assert needed(quota(round=how), 9) == need  # 2.7


def test_the_band_may_go_by_another_base() -> None:
    assert needed(quota(), 50, band_base=400) == 5


def test_a_plain_number() -> None:
    assert needed(quota(band=(), number="20"), 0, number=20) == 20


@pytest.mark.parametrize(
    ("parts", "base", "number", "said"),
    [({}, -1, None, "-1"), ({}, 1, -2, "-2"), ({"band": ()}, 1, None, "no band for 1")],
)
def test_what_makes_no_number(parts: dict[str, Any], base: int, number: int | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        needed(quota(**parts), base, number=number)


@given(base=st.integers(0, 10**6), percent=st.integers(0, 100))
def test_a_share_rounded_up_is_the_smallest_that_reaches_it(base: int, percent: int) -> None:
    need = needed(quota(band=({"percent": percent},)), base)
    assert need * 100 >= base * percent > (need - 1) * 100 or need == base * percent == 0


def test_steps_of_a_clock_in_their_order() -> None:
    step = """step = [
  { at = "15m after", to = "clerk", label = "晚了一刻" },
  { at = "due", to = "clerk", label = "到期" },
  { at = "50%", to = "fixer", label = "过半", kind = "warn" },
  { at = "2h before", to = "fixer", label = "还有两小时", kind = "warn" },
]"""
    text = edited(('step = [{ at = "due", to = "clerk", label = "没到场", message = "late" }]', step))
    (one,) = adopted(text)
    at = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
    calendar = always("Asia/Shanghai")
    clock = start(limits.parse("30m"), at, calendar)
    found = ordered(one.compiled.obligations["arrive"], clock, calendar, at)
    minutes = [
        ((s.at - at) // timedelta(minutes=1), s.kind, s.definition.label if s.definition else "")
        for s in found
    ]
    assert minutes == [
        (15, "warn", "过半"),
        (30, "miss", ""),
        (30, "escalate", "到期"),
        (45, "escalate", "晚了一刻"),
    ]
    assert (
        ordered(one.compiled.obligations["arrive"], start(limits.parse("open"), at, calendar), calendar, at)
        == ()
    )


def test_texts_of_messages() -> None:
    assert fill_in("{number} {unit_name}：{matter}", {"number": "BX1", "matter": ""}) == "BX1 –：–"


def test_effects_of_the_table_are_those_of_the_engine() -> None:
    assert set(EFFECTS) == set(APPLY)


def test_effects_name_parameters_of_the_schema() -> None:
    known = {field.alias or name for name, field in Effect.model_fields.items()}
    for name, spec in EFFECTS.items():
        assert {*spec.needs, *spec.takes} <= known, name
        assert spec.does.endswith("。"), name


def test_roles_of_the_vocabulary_are_those_of_staff() -> None:
    assert set(vocabulary.ROLES) - {"resident", "system"} == {role.value for role in Role}


def test_words_are_in_their_own_shape() -> None:
    for words in (
        vocabulary.EVENTS,
        vocabulary.CATEGORIES,
        vocabulary.FACTS,
        vocabulary.BASES,
        vocabulary.ROSTERS,
    ):
        assert all(word.replace("_", "").isalnum() and word == word.lower() for word in words)
    assert all(word.replace("-", "").isalnum() for word in vocabulary.DUTIES)
    assert set(vocabulary.EVENTS) >= vocabulary.OFFICE_EVENTS
    assert vocabulary.PARTS.keys() <= vocabulary.FACTS.keys()
