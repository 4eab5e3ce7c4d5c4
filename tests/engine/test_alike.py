"""Several households that speak of the same thing are noticed, with the reasons; a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.crowd import CROWD, LIFT, complain, do, gather
from tests.engine.small import at

from guanjia.adoption import queries as adoption
from guanjia.cases import together
from guanjia.cases.models import Case, Topic
from guanjia.engine import alike, tying
from guanjia.kernel.alike import compare, listen
from guanjia.ops.cards.stage import Stage, build

MORE = ["3-2-1101", "3-2-0101", "5-1-0101"]


@pytest.fixture
def stage(db: None) -> Stage:
    adoption.forget()
    return build([CROWD], {}, at("24 08:00"), MORE)


def numbers(found: alike.Gathering | None) -> list[str]:
    return sorted(one.case.number for one in found.alike) if found else []


def test_other_words_for_the_same_lift_are_found_with_words_place_and_hours(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了，困了两次")
    second = complain(stage, at("24 10:30"), "3-2-1402", "客梯停运了")
    found = alike.gathering_of(second, at("24 10:31"))
    assert found is not None
    assert (numbers(found), found.households, found.counted) == ([first.number], 2, 5)
    likeness = found.alike[0].likeness
    assert {"电梯", "坏了"} <= set(likeness.words)
    assert likeness.place == "3栋 2单元"
    assert likeness.apart == timedelta(hours=1, minutes=30)


@pytest.mark.parametrize(
    ("unit", "when", "matter"),
    [
        ("6-1-0302", "24 10:00", "电梯坏了"),  # another building's lift
        ("3-2-1402", "28 10:00", "电梯坏了"),  # four days later: not at one time
        ("3-2-1402", "24 10:00", "楼道灯不亮"),
        ("3-2-1502", "24 10:00", "电梯还没修好"),  # the same household
    ],
)
def test_what_is_not_the_same_is_not_suggested(stage: Stage, unit: str, when: str, matter: str) -> None:
    complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了，困了两次")
    assert alike.gathering_of(complain(stage, at(when), unit, matter), at(when)) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("卫生间天花板滴水", "卫生间马桶堵了"),
        ("热水器不热", "热水器点不着"),
        ("客厅插座没电", "书房插座没电"),
    ],
)
def test_what_is_in_one_home_only_is_no_shared_thing(one: str, other: str) -> None:
    assert listen(one).things == listen(other).things == frozenset()


def test_the_shared_thing_beside_it_is_still_heard() -> None:
    assert listen("卫生间没水，楼道也没人打扫").things == {"停水", "保洁"}


def test_what_is_not_bound_to_a_building_is_found_all_over_the_estate(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "家里没水了")
    second = complain(stage, at("24 09:20"), "6-1-0302", "又停水")
    assert numbers(alike.gathering_of(second, at("24 09:21"))) == [first.number]


def test_words_that_nobody_foresaw_meet_in_their_pairs(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "楼下烧烤摊油烟熏得窗户不敢开")
    second = complain(stage, at("24 11:00"), "3-2-1402", "烧烤摊油烟呛人")
    found = alike.gathering_of(second, at("24 11:01"))
    assert numbers(found) == [first.number]
    assert found is not None
    assert "烧烤摊油烟" in found.alike[0].likeness.words


def test_a_refusal_is_remembered(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯广告太吵")
    found = alike.gathering_of(second, at("24 09:31"))
    assert found is not None
    tying.tell_apart(second, [first], actor=stage.person("receptionist"), at=at("24 09:31"))
    assert alike.gathering_of(second, at("24 09:32")) is None
    assert alike.gathering_of(first, at("24 09:32")) is None
    line = second.events.order_by("-seq")[0]
    assert (line.actor_label, line.data["text"]) == ("周敏", f"和 {first.number} 不是一回事")
    tying.tell_apart(second, [first], actor=stage.person("receptionist"), at=at("24 09:40"))
    assert second.events.count() == 2, "said once"


def test_joining_without_a_collective_case_opens_one(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯停了")
    whole = tying.join(second, [first], actor=stage.person("receptionist"), at=at("24 09:31"))
    assert (whole.category, whole.subject) == ("collective", "电梯又坏了")
    assert {one.number for one in together.children(whole)} == {first.number, second.number}
    assert alike.gathering_of(second, at("24 09:32")) is None, "decided"


def test_the_next_one_is_suggested_into_it_and_joined_to_it(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯停了")
    desk = stage.person("receptionist")
    whole = tying.join(second, [first], actor=desk, at=at("24 09:31"))
    third = complain(stage, at("24 10:00"), "3-2-1602", "升降机不动")
    assert [one.case.number for one in alike.still_outside(whole, at("24 10:01"))] == [third.number]
    found = alike.gathering_of(third, at("24 10:01"))
    assert found is not None
    assert (found.into, found.joined, found.households) == (whole, 2, 3)
    assert tying.join(third, [whole], actor=desk, at=at("24 10:02")) == whole
    assert alike.still_outside(whole, at("24 10:03")) == ()


def test_six_households_end_in_one_collective_case(stage: Stage) -> None:
    homes = ("3-2-1502", "3-2-1402", "3-2-1602", "3-2-1101", "3-2-0101", "6-1-0302")
    desk, whole = stage.person("receptionist"), None
    for n, (home, words) in enumerate(zip(homes[:5], LIFT, strict=False)):
        case = complain(stage, at(f"24 09:{n}0"), home, words)
        found = alike.gathering_of(case, at(f"24 09:{n}1"))
        if found:
            others = [found.into] if found.into else [one.case for one in found.alike]
            whole = tying.join(case, others, actor=desk, at=at(f"24 09:{n}1"))
    assert whole is not None
    whole.refresh_from_db()
    assert whole.facts["events"]["became_collective"]["at"] == "2026-03-24T01:41:00Z"
    assert Case.objects.filter(category="collective").count() == 1


def test_a_case_that_was_refused_for_the_whole_is_not_suggested_through_its_members(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯停了")
    desk = stage.person("receptionist")
    whole = tying.join(second, [first], actor=desk, at=at("24 09:31"))
    third = complain(stage, at("24 10:00"), "3-2-1602", "电梯里有广告，坏了心情")
    tying.tell_apart(third, [whole], actor=desk, at=at("24 10:01"))
    fourth = complain(stage, at("24 10:10"), "3-2-1101", "电梯不动")
    tying.join(fourth, [whole], actor=desk, at=at("24 10:11"))
    assert alike.gathering_of(third, at("24 10:12")) is None
    assert alike.still_outside(whole, at("24 10:12")) == ()


def test_a_withdrawn_one_is_not_suggested(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    do(stage, first, at("24 09:10"), "withdraw", reason="打错了")
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯停了")
    assert alike.gathering_of(second, at("24 09:31")) is None


def test_the_window_is_the_offices_own(db: None) -> None:
    adoption.forget()
    stage = build([CROWD], {"collective_window": "2h"}, at("24 08:00"), MORE)
    complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    assert alike.gathering_of(complain(stage, at("24 11:01"), "3-2-1402", "电梯停了"), at("24 11:02")) is None
    late = complain(stage, at("24 11:05"), "3-2-1602", "电梯停了")
    assert alike.gathering_of(late, at("24 11:06")) is not None


def test_cases_from_before_the_manual_are_taken_in(stage: Stage) -> None:
    first = complain(stage, at("24 09:00"), "3-2-1502", "电梯又坏了")
    Topic.objects.all().delete()
    assert alike.remember_recent(stage.office, at("24 09:10")) == 1
    second = complain(stage, at("24 09:30"), "3-2-1402", "电梯停了")
    assert numbers(alike.gathering_of(second, at("24 09:31"))) == [first.number]


def test_repairs_at_home_are_never_one_thing_for_their_words_alone() -> None:
    when = at("24 09:00")
    one, other = (
        alike.said_by("厨房水管漏水，地上都是水", None, None, when, frozenset(), "repair") for _ in range(2)
    )
    assert compare(one, other, timedelta(hours=72)) is None
    assert listen("厨房水管漏水").things == frozenset()


def test_what_whole_gathers(stage: Stage) -> None:
    whole = gather(stage, at("24 09:00"), "电梯停运")
    assert alike.still_outside(whole, at("24 09:01")) == ()
