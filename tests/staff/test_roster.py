"""The roster as turns, and the hours in which nobody is there."""

from __future__ import annotations

import pytest

from guanjia.ops.cards.card import Person, ShiftDef
from guanjia.ops.cards.stage import ZONE, build, moment
from guanjia.staff import actions, roster

pytestmark = pytest.mark.django_db
ROLES = ("receptionist",)


def at(text: str):
    return moment(f"2026-03-{text}")


@pytest.fixture
def office():
    shifts = (
        ShiftDef(who="周敏", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 16:00", days=2),
        ShiftDef(who="李芳", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 12:00"),
        ShiftDef(who="田大勇", label="夜班", begins="2026-03-24 16:00", ends="2026-03-25 08:00"),
    )
    return build([], {}, at("24 00:00"), (), (Person(name="李芳", role="receptionist"),), shifts).office


def test_those_who_begin_together_are_one_turn_and_end_with_the_last(office) -> None:
    turn = roster.next_turn(office, ROLES, at("24 00:00"))
    assert turn is not None
    assert (turn.label, turn.begins_at, turn.ends_at) == ("早班", at("24 08:00"), at("24 16:00"))
    assert sorted(user.name for user in turn.people) == ["周敏", "李芳"]
    following = roster.next_turn(office, ROLES, turn.begins_at)
    assert following is not None and following.begins_at == at("25 08:00")
    assert roster.next_turn(office, ROLES, following.begins_at) is None


def test_who_is_away_is_not_on_the_turn(office) -> None:
    turn = roster.turn_at(office, ROLES, at("24 08:00"))
    assert turn is not None
    away = next(user for user in turn.people if user.name == "李芳")
    actions.add_absence(away, at("24 00:00"), at("25 00:00"), "病假")
    turn = roster.turn_at(office, ROLES, at("24 08:00"))
    assert turn is not None and [user.name for user in turn.people] == ["周敏"]


def test_hours_without_anybody_of_the_role_are_found_within_the_hours_that_count(office) -> None:
    def told(hours: str, days: int = 2) -> list[tuple[str, str]]:
        found = roster.gaps(office, ROLES, at("24 00:00"), hours, days)
        return [
            (f"{gap.begins_at.astimezone(ZONE):%d %H:%M}", f"{gap.ends_at.astimezone(ZONE):%d %H:%M}")
            for gap in found
        ]

    whole = [("24 00:00", "24 08:00"), ("24 16:00", "25 08:00"), ("25 16:00", "26 00:00")]
    assert told("00:00-24:00") == whole, "the technician's night does not man the desk"
    assert told("08:00-16:00") == []
    assert told("08:00-18:00") == [("24 16:00", "24 18:00"), ("25 16:00", "25 18:00")]
