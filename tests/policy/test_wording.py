"""What a manual says, in the words of people."""

from __future__ import annotations

from typing import Any

import pytest
from tests.policy.building import SMALL, edited
from tests.policy.test_figures import BANDS, quota

from guanjia.policy.loader import parse
from guanjia.policy.schema import Manual, Matcher
from guanjia.policy.wording import Words


def words(text: str = SMALL) -> Words:
    manual, found, _ = parse(text, "m.toml")
    assert isinstance(manual, Manual), found
    return Words(manual)


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({}, ""),
        ({"timing": "now"}, "何时是「马上」"),
        ({"timing": ["now", "later"]}, "何时是「马上」、「另约」"),
        ({"timing": {"not": "now"}, "fee": {"gt": 0}}, "何时不是「马上」，且费用大于 0"),
        ({"fee": {"le": "=figure.limit_fen"}}, "费用不大于 要批准的金额"),
        ({"fee": {"ge": 1, "lt": 5}}, "费用不小于 1，且费用小于 5"),
        ({"wish": {"set": True}}, "有约在何时"),
        ({"wish": {"set": False}}, "没有约在何时"),
        ({"events.arrived": {"set": True}}, "已经到场"),
        ({"events.arrived": {"set": False}}, "还没有到场"),
        ({"events.arrived.n": {"ge": 2}}, "到场的次数不小于 2"),
        ({"events.reported.by": {"not": "=actor"}}, "受理的人不是正在办的人"),
        ({"owed.arrive.overdue": True}, "应办「到场」已超时：是"),
        ({"matter_listed": {"not": False}}, "修什么在一览表里：是"),
        ({"classes": {"has": ["leak", "safety"]}}, "classes里有leak、safety"),
        ({"classes": {"lacks": "leak"}}, "classes里没有leak"),
        ({"events.reported.at": {"within": "7 days"}}, "受理的时间起7天内"),
        ({"events.reported.at": {"past": "6 months"}}, "受理的时间起满6个月"),
        ({"any": [{"state": "new"}, {"category": "repair"}]}, "（状态是「已登记」，或类别是「报修」）"),
        ({"materials_fen": 0}, "materials_fen是0"),
        ({"fee_fen": {"gt": 1}}, "费用合计（分）大于 1"),
    ],
)
def test_conditions(condition: dict[str, Any], said: str) -> None:
    assert words().condition(condition) == said


def test_people_and_events() -> None:
    w = words()
    assert [w.who(key) for key in ("clerk", "assignee", "director", "actor", "field:matter", "x")] == [
        "值班员", "承办人", "管理处主任", "经手人", "「修什么」里的人", "x",
    ]  # fmt: skip
    assert w.event("arrived") == "到场"
    assert (
        w.event(Matcher(event="arrived", where={"timing": "now"}, by=("fixer",)))
        == "到场（师傅，何时是「马上」）"
    )


def test_limits() -> None:
    w = words()
    assert w.limit("15m") == "15分钟内"
    assert w.limit("at wish") == "于约在何时"
    assert w.limit("@quick") == "10分钟内"
    blank = words(edited(("immediate = true", 'unspecified = true\nsuggest = "same day"')))
    assert blank.limit("@quick") == "由本处设定（建议 当日内）"
    assert words(edited(("immediate = true", "unspecified = true"))).limit("@quick") == "由本处设定"


def test_quotas() -> None:
    w = words()
    assert w.quota(quota(band=({"percent": 5},)), 396) == "抽查：396 × 5% = 19.8，取 20"
    assert w.quota(quota(band=BANDS), 100) == "抽查：100 × 20% = 20"
    assert w.quota(quota(band=BANDS), 50, band_base=400) == "抽查：50 × 10% = 5"
    assert w.quota(quota(band=(), number="20"), 0) == "抽查：20"
