"""Who works where, who is on duty, whose turn it is; never people of another office."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from tests.staff.conftest import HOUR, NOON, Offices, on_shift, person

from guanjia.kernel.problem import Problem
from guanjia.staff import actions, queries
from guanjia.staff.models import User


def names(users: list[User]) -> list[str]:
    return [user.name for user in users]


def technician(offices: Offices, name: str, *skills: str, shift: bool = True) -> User:
    user = person(name, "technician", offices.garden)
    actions.set_skills(user, skills)
    if shift:
        on_shift(user, offices.garden)
    return user


def test_roles_and_offices(offices: Offices) -> None:
    user = person("周敏", "receptionist", offices.garden)
    actions.give_post(user, "cashier", office=offices.garden)
    actions.give_post(user, "receptionist", office=offices.plaza, since=date(2026, 4, 1))
    assert queries.roles_of(user, offices.garden, NOON) == {"receptionist", "cashier"}
    assert queries.roles_of(user, offices.plaza, NOON) == frozenset()
    assert queries.offices_of(user, NOON) == [offices.garden]
    assert queries.offices_of(user, NOON + timedelta(days=10)) == [offices.garden, offices.plaza]
    assert queries.office_for(user, "garden", NOON) == offices.garden
    for code in ("plaza", "stranger", "nowhere"):
        with pytest.raises(Problem) as caught:
            queries.office_for(user, code, NOON)
        assert caught.value.status == 404


def test_a_company_post_shows_the_company_s_offices(offices: Offices) -> None:
    user = person("品质", "quality", company=offices.company)
    assert queries.offices_of(user, NOON) == [offices.garden, offices.plaza]
    assert names(queries.members(offices.garden, "quality", NOON)) == ["品质"]
    assert queries.members(offices.stranger, "quality", NOON) == []


def test_members_of_a_role(offices: Offices) -> None:
    technician(offices, "田大勇")
    person("外人", "technician", offices.plaza)
    gone = person("走了", "technician", offices.garden)
    actions.set_active(gone, active=False)
    person("旧人", "technician", offices.garden, until=date(2026, 3, 24))
    assert names(queries.members(offices.garden, "technician", NOON)) == ["田大勇"]
    assert names(queries.staff_of(offices.garden, NOON)) == ["田大勇"]
    assert queries.member_for(offices.garden, User.objects.get(name="田大勇").pk, NOON).name == "田大勇"
    for name in ("外人", "走了", "旧人"):
        with pytest.raises(Problem):
            queries.member_for(offices.garden, User.objects.get(name=name).pk, NOON)


def test_departments(offices: Offices) -> None:
    engineering = actions.create_department(offices.garden, "eng", "工程组")
    tian = person("田大勇", "technician", offices.garden, department=engineering)
    assert names(queries.department_members(offices.garden, "eng", NOON)) == ["田大勇"]
    assert queries.department_members(offices.plaza, "eng", NOON) == []
    assert queries.department_of(tian, offices.garden, NOON) == engineering
    assert queries.department_of(tian, offices.plaza, NOON) is None
    assert list(queries.departments_of(offices.plaza)) == []
    with pytest.raises(Problem):
        person("乙", "technician", offices.plaza, department=engineering)


def test_on_duty_is_on_shift_and_not_away(offices: Offices) -> None:
    technician(offices, "田大勇", "水")
    technician(offices, "陈建军", "电", shift=False)
    sick = technician(offices, "李工", "水")
    actions.add_absence(sick, NOON - HOUR, NOON + HOUR, "病假")
    stranger = person("外人", "technician", offices.plaza)
    on_shift(stranger, offices.plaza)
    desk = person("周敏", "receptionist", offices.garden)
    on_shift(desk, offices.garden)
    assert names(queries.on_duty(offices.garden, NOON)) == ["周敏", "田大勇"]
    assert names(queries.on_duty(offices.garden, NOON, "technician")) == ["田大勇"]
    assert names(queries.on_duty(offices.garden, NOON + 2 * HOUR, "technician")) == ["李工", "田大勇"]


def test_a_shift_does_not_include_its_end(offices: Offices) -> None:
    user = person("周敏", "receptionist", offices.garden)
    on_shift(user, offices.garden, begins=NOON, hours=8)
    duty = [bool(queries.on_duty(offices.garden, at)) for at in (NOON - HOUR, NOON, NOON + 8 * HOUR)]
    assert duty == [False, True, False]


def test_available_has_the_skill(offices: Offices) -> None:
    technician(offices, "田大勇", "水", "电")
    technician(offices, "陈建军", "电")
    technician(offices, "歇班", "水", shift=False)
    assert names(queries.available(offices.garden, "technician", "水", NOON)) == ["田大勇"]
    assert names(queries.available(offices.garden, "technician", "", NOON)) == ["田大勇", "陈建军"]
    assert queries.available(offices.plaza, "technician", "", NOON) == []


def test_candidates_say_why_not(offices: Offices) -> None:
    tian, chen = technician(offices, "田大勇", "水"), technician(offices, "陈建军", "电")
    technician(offices, "歇班", "水", shift=False)
    found = queries.candidates(offices.garden, "technician", "水", NOON, {tian.pk: 2, chen.pk: 0})
    assert [(one.user.name, one.on_shift, one.skilled, one.jobs) for one in found] == [
        ("田大勇", True, True, 2),
        ("陈建军", True, False, 0),
        ("歇班", False, True, 0),
    ]


def test_next_in_turn(offices: Offices) -> None:
    tian, chen = technician(offices, "田大勇", "水"), technician(offices, "陈建军", "水")

    def turn(counts: dict[int, int], last: dict[int, object] | None = None) -> str | None:
        found = queries.next_in_turn(offices.garden, "technician", "水", NOON, counts, last)  # type: ignore[arg-type]
        return found.name if found else None

    assert turn({tian.pk: 1}) == "陈建军"
    assert turn({chen.pk: 1}) == "田大勇"
    assert turn({}) == "田大勇", "by name when nothing else tells them apart"
    assert turn({}, {tian.pk: NOON}) == "陈建军"
    assert turn({}, {tian.pk: NOON - HOUR, chen.pk: NOON}) == "田大勇"
    assert queries.next_in_turn(offices.garden, "technician", "电", NOON, {}) is None


def test_colleagues(offices: Offices) -> None:
    tian = technician(offices, "田大勇")
    person("周敏", "receptionist", offices.garden)
    person("外人", "receptionist", offices.plaza)
    person("别家", "receptionist", offices.stranger)
    assert names(queries.colleagues(tian, NOON)) == ["周敏"]
    centre = person("中心", "company_centre", company=offices.company)
    assert names(queries.colleagues(centre, NOON)) == ["周敏", "外人", "田大勇"]


def test_shifts_and_absences_of_an_office_only(offices: Offices) -> None:
    tian = technician(offices, "田大勇")
    other = person("外人", "technician", offices.plaza)
    on_shift(other, offices.plaza)
    actions.add_absence(tian, NOON, NOON + HOUR, "事假")
    actions.add_absence(other, NOON, NOON + HOUR, "事假")
    window = (NOON, NOON + HOUR)
    assert [shift.user.name for shift in queries.shifts_between(offices.garden, *window)] == ["田大勇"]
    assert [row.user.name for row in queries.absences_of(offices.garden, NOON)] == ["田大勇"]
    assert list(queries.absences_of(offices.garden, NOON + HOUR)) == []
    assert queries.shifts_at(offices.plaza, NOON).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_candidates_cost_the_same_with_more_people(
    offices: Offices, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(count):
        technician(offices, f"师傅{number}", "水")
    with django_assert_num_queries(5):  # type: ignore[attr-defined]
        assert len(queries.candidates(offices.garden, "technician", "水", NOON)) == count
