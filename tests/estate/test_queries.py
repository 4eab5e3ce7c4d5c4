"""Reading the estate; every reader is asked for another office's rows too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.estate.conftest import ON, Estate, lives, unit_of

from guanjia.estate import actions, queries
from guanjia.estate.models import Occupancy, Office, Phone
from guanjia.kernel.problem import Problem


def test_a_household_with_masked_numbers(estate: Estate) -> None:
    household = queries.household(estate.office, estate.home, ON)
    shown = [
        (
            member.name,
            member.title,
            member.relation_label,
            member.relation_note,
            [p.masked for p in member.phones],
        )
        for member in household.members
    ]
    assert shown == [
        ("王秀兰", "女士", "业主", "", ["138****1234"]),
        ("赵国平", "先生", "家人", "配偶", ["139****5678"]),
    ]
    assert "13800001234" not in repr(household)
    assert household.lived_in_by == "业主自住"


def test_who_lives_in_it(office: Office) -> None:
    unit = unit_of(office, "1-1-101")
    assert queries.household(office, unit).lived_in_by == "空置"
    lives(unit, "王", relation="emergency")
    assert queries.household(office, unit).lived_in_by == "空置"
    lives(unit, "李", relation="tenant")
    assert queries.household(office, unit).lived_in_by == "出租"


def test_former_members_stand_apart(estate: Estate) -> None:
    actions.end_occupancy(estate.stay, date(2026, 4, 1), on=ON)
    before = queries.household(estate.office, estate.home, date(2026, 3, 31))
    after = queries.household(estate.office, estate.home, date(2026, 4, 1))
    assert [member.name for member in before.members] == ["王秀兰", "赵国平"]
    assert [member.name for member in after.members] == ["赵国平"]
    assert [member.name for member in after.former] == ["王秀兰"]


def test_revealing_a_number(estate: Estate, other_office: Office) -> None:
    phone = Phone.objects.get(party=estate.wang)
    assert queries.reveal_phone(estate.office, phone.pk).number == "13800001234"
    with pytest.raises(Problem, match="没有这个号码"):
        queries.reveal_phone(other_office, phone.pk)


def test_nothing_of_another_office_is_shown(estate: Estate, other_office: Office) -> None:
    asked: list[Callable[[], object]] = [
        lambda: queries.unit_for(other_office, estate.home.pk),
        lambda: queries.party_for(other_office, estate.wang.pk),
        lambda: queries.occupancy_for(other_office, estate.stay.pk),
        lambda: queries.household(other_office, estate.home),
    ]
    for ask in asked:
        with pytest.raises(Problem) as caught:
            ask()
        assert (caught.value.code, caught.value.status) == ("NOT_FOUND", 404)
    assert list(queries.phones_of(other_office, estate.wang)) == []
    assert queries.units_of_party(other_office, estate.wang) == []
    assert estate.wang not in queries.parties_by_phone(other_office, "13800001234")
    assert {unit.office_id for unit in queries.units_of(other_office)} == {other_office.pk}
    assert {building.office_id for building in queries.buildings_of(other_office)} == {other_office.pk}
    assert {row.unit.office_id for row in queries.units_page(other_office, "1502").rows} == {other_office.pk}
    assert queries.unit_by_code(other_office, "3-2-1502").office_id == other_office.pk
    assert [unit.code for unit in queries.households(other_office, ON, occupied=True)] == ["3-2-1502"]


def test_one_s_own_is_shown(estate: Estate) -> None:
    office = estate.office
    assert queries.unit_for(office, estate.home.pk) == estate.home
    assert queries.party_for(office, estate.wang.pk) == estate.wang
    assert queries.occupancy_for(office, estate.stay.pk) == estate.stay
    assert queries.parties_by_phone(office, "13800001234") == [estate.wang]
    assert queries.units_of_party(office, estate.wang, ON) == [estate.home]
    occupied, empty = (queries.households(office, ON, occupied=one) for one in (True, False))
    assert len(occupied) == 7
    assert {unit.pk for unit in (*occupied, *empty)} == {unit.pk for unit in queries.households(office, ON)}
    assert queries.office_by_code("cuihu") == office
    assert office in queries.offices_in(office.company)


@pytest.mark.parametrize("text", ["3-2-1502", "3栋2单元1502", "321502", "３-２-１５０２", "3-02-1502"])
def test_a_unit_by_its_code(estate: Estate, text: str) -> None:
    assert queries.unit_by_code(estate.office, text) == estate.home


def test_a_code_that_is_short_or_wrong(estate: Estate) -> None:
    with pytest.raises(Problem) as caught:
        queries.unit_by_code(estate.office, "1502")
    assert caught.value.code == "UNIT_AMBIGUOUS"
    assert "13-2-1502" in caught.value.message
    for text in ("9-9-909", "3-2-150", "", "王秀兰", "3-2"):
        with pytest.raises(Problem) as caught:
            queries.unit_by_code(estate.office, text)
        assert caught.value.code == "UNIT_NOT_FOUND"


def test_neighbours(estate: Estate) -> None:
    around = queries.neighbours(estate.home)
    assert [
        unit.code if unit else None for unit in (around.above, around.below, around.left, around.right)
    ] == [
        "3-2-1602",
        "3-2-1402",
        "3-2-1501",
        None,
    ]
    assert len(around.around()) == 3


def test_above_a_floor_that_does_not_exist(office: Office) -> None:
    low, high = unit_of(office, "1-1-1201"), unit_of(office, "1-1-1501")
    unit_of(office, "1-2-1301")
    unit_of(office, "1-1-1302")
    assert queries.neighbours(low).above == high
    assert queries.neighbours(high).below == low
    assert queries.neighbours(unit_of(office, "1-1-B7")).around() == ()


def test_the_list_of_units(estate: Estate) -> None:
    page = queries.units_page(estate.office, on=ON, size=4)
    assert [row.unit.code for row in page.rows] == ["3-2-1402", "3-2-1501", "3-2-1502", "3-2-1602"]
    assert page.page.paginator.count == 8
    assert [person.name for person in page.rows[2].occupants] == ["王秀兰", "赵国平"]
    assert [row.unit.code for row in queries.units_page(estate.office, "1502", on=ON).rows] == [
        "3-2-1502",
        "13-2-1502",
    ]
    assert queries.units_page(estate.office, "没有这个人", on=ON).rows == ()
    assert [row.unit.code for row in queries.units_page(estate.office, "", 99, size=7).rows] == ["B1-023"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_with_more_rows(
    office: Office, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(101, 101 + count):
        lives(unit_of(office, f"9-1-{number}"), "王丽")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        assert len(queries.units_page(office, on=ON).rows) == count
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        assert len(queries.units_page(office, "王丽", on=ON).rows) == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_household_costs_the_same_with_more_members(
    office: Office, count: int, django_assert_num_queries: Callable[..., object]
) -> None:
    unit = unit_of(office, "1-1-101")
    for number in range(count):
        lives(unit, f"王{number}", f"1380000000{number}")
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert len(queries.household(office, unit, ON).members) == count
    assert Occupancy.objects.count() == count
