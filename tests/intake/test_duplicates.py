"""Two reports of one thing: near in space and alike in kind, with reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guanjia.intake.duplicates import Report, find

NOW = datetime(2026, 3, 24, 2, 42, tzinfo=UTC)
NEW = Report(
    unit=1502,
    building=3,
    neighbours={"above": 1602, "below": 1402, "left": 1501, "right": None},
    place="厨房",
    kind="给排水",
    words=frozenset({"水管爆", "爆"}),
    at=NOW,
)


def case(**over: object) -> Report:
    given = {
        "number": "BX2603-0216",
        "subject": "厨房天花板滴水",
        "unit": 1402,
        "unit_name": "3栋2单元1402",
        "building": 3,
        "place": "厨房",
        "kind": "防水",
        "words": frozenset({"天花板", "滴水"}),
        "at": NOW - timedelta(minutes=11),
    }
    return Report(**{**given, **over})  # type: ignore[typeddict-item]


def test_the_ceiling_below_is_the_pipe_above() -> None:
    (found,) = find(NEW, [case()])
    assert (found.number, found.relation) == ("BX2603-0216", "楼下")
    assert found.reasons == ("楼下 3栋2单元1402", "上下层的水，常是同一处", "都在厨房", "两小时内")


@pytest.mark.parametrize(
    ("over", "same"),
    [
        ({"unit": 1502, "kind": "给排水"}, True),
        ({"unit": 1502, "kind": "给排水", "at": NOW - timedelta(days=20)}, True),
        ({"unit": 1502, "kind": "门锁", "place": "入户门", "words": frozenset({"钥匙"})}, False),
        ({"unit": 1402, "kind": "电气", "place": "厨房", "words": frozenset({"灯"})}, False),
        ({"unit": 1402, "at": NOW - timedelta(days=5)}, False),
        ({"unit": 1501, "kind": "防水"}, False),
        ({"unit": 901, "kind": "给排水"}, False),
        ({"unit": None, "place": "公共部位", "kind": "给排水", "words": frozenset({"爆"})}, True),
        (
            {"unit": None, "place": "公共部位", "kind": "给排水", "building": 9, "words": frozenset({"爆"})},
            False,
        ),
    ],
)
def test_near_and_alike(over: dict[str, object], same: bool) -> None:
    assert bool(find(NEW, [case(**over)])) is same


def test_the_most_alike_comes_first_and_three_are_enough() -> None:
    rows = [
        case(number=f"BX-{number}", unit=1502, kind="给排水", at=NOW - timedelta(hours=number))
        for number in (30, 1, 9, 3)
    ]
    assert [found.number for found in find(NEW, rows)] == ["BX-1", "BX-3", "BX-9"]


def test_a_report_without_a_place_matches_nothing() -> None:
    assert (
        find(
            Report(unit=None, building=None, neighbours={}, place="", kind="", words=frozenset(), at=NOW),
            [case()],
        )
        == []
    )
