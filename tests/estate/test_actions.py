"""Writing the estate: what is refused and what is kept in step."""

from __future__ import annotations

from datetime import date

import pytest
from tests.estate.conftest import ON, Estate, building_of, lives, unit_of

from guanjia.estate import actions, queries
from guanjia.estate.models import Company, Occupancy, Office, Phone, Unit
from guanjia.kernel.problem import Problem


def refused(code: str, call: object, *args: object, **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*args, **more)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_codes_and_names_follow_from_the_parts(office: Office) -> None:
    unit = unit_of(office, "3-2-1502")
    assert (unit.code, unit.name, unit.building.name) == ("3-2-1502", "3栋2单元1502", "3栋")
    assert unit_of(office, "A-1203").name == "A座1203"
    garden = actions.create_building(office, "5", "菊苑")
    assert actions.create_unit(garden, "101", on=ON).name == "菊苑101"


def test_what_is_taken_or_missing_is_refused(company: Company, office: Office) -> None:
    unit_of(office, "3-2-1502")
    refused("UNIT_CODE_TAKEN", unit_of, office, "3-2-1502")
    refused("UNIT_KIND", unit_of, office, "3-2-1503", kind="castle")
    refused("FIELD_REQUIRED", actions.create_unit, building_of(office, "3"), " ", on=ON)
    refused("BUILDING_TAKEN", actions.create_building, office, "3")
    refused("COMPANY_TAKEN", actions.create_company, company.name)
    refused("FIELD_REQUIRED", actions.create_company, "  ")
    refused("OFFICE_CODE_TAKEN", actions.create_office, company, "cuihu", "二处", "二期")
    refused(
        "TIME_ZONE_UNKNOWN", actions.create_office, company, "new", "二处", "二期", time_zone="Asia/Nowhere"
    )
    refused("FIELD_REQUIRED", actions.create_party, office, "·")
    assert refused("PHONE_FORMAT", actions.create_party, office, "王", phones=["12"]).field == "phones"
    refused("EMAIL_FORMAT", actions.create_party, office, "王", email="nobody")
    assert not office.parties.exists(), "a refused party leaves nothing behind"


def test_the_same_code_may_stand_in_two_offices(office: Office, other_office: Office) -> None:
    assert unit_of(office, "1-1-101").code == unit_of(other_office, "1-1-101").code


def test_several_numbers_the_first_is_the_main_one(office: Office) -> None:
    party = actions.create_party(
        office, "王秀兰", phones=["138-0000-1234", ("0571-88000917", "座机"), "13800001234"]
    )
    rows = Phone.objects.filter(party=party).order_by("pk").values_list("number", "label", "main")
    assert list(rows) == [("13800001234", "", True), ("057188000917", "座机", False)]


def test_a_party_of_another_office_does_not_move_in(office: Office, other_office: Office) -> None:
    stranger = actions.create_party(other_office, "外人")
    refused("OTHER_OFFICE", actions.create_occupancy, unit_of(office, "1-1-101"), stranger, "owner", on=ON)


def test_moving_in_twice_is_refused_moving_back_is_not(estate: Estate) -> None:
    refused("OCCUPANCY_TAKEN", actions.create_occupancy, estate.home, estate.wang, "owner", on=ON)
    refused("RELATION_UNKNOWN", actions.create_occupancy, estate.home, estate.wang, "cat", on=ON)
    ended = actions.end_occupancy(estate.stay, ON, on=ON)
    refused("OCCUPANCY_ENDED", actions.end_occupancy, ended, ON, on=ON)
    actions.create_occupancy(estate.home, estate.wang, "owner", on=ON, since=ON)
    assert Occupancy.objects.filter(unit=estate.home, party=estate.wang).count() == 2


def test_nobody_leaves_before_coming(office: Office) -> None:
    unit = unit_of(office, "1-1-101")
    party = lives(unit, "王", since=date(2026, 3, 1))
    stay = Occupancy.objects.get(party=party)
    refused("DATE_ORDER", actions.end_occupancy, stay, date(2026, 2, 28), on=ON)


def test_details_of_a_unit_and_a_party(estate: Estate) -> None:
    actions.change_unit(estate.home, on=ON, note="老人在家，敲门重些", area_cm2=986_000)
    kept = Unit.objects.get(pk=estate.home.pk)
    assert (kept.note, kept.area_cm2, kept.code) == ("老人在家，敲门重些", 986_000, "3-2-1502")
    with pytest.raises(TypeError):
        actions.change_unit(estate.home, on=ON, code="9-9-909")
    refused("FIELD_REQUIRED", actions.change_party, estate.wang, on=ON, name="")
    actions.change_party(estate.wang, on=ON, email="wang@example.com")
    assert queries.party_for(estate.office, estate.wang.pk).email == "wang@example.com"
