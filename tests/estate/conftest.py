"""Two offices of one company; in the first the household of Wang Xiulan and a few around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from guanjia.estate import actions
from guanjia.estate.models import Building, Company, Occupancy, Office, Party, Unit

ON = date(2026, 3, 24)


@pytest.fixture
def company(db: None) -> Company:
    return actions.create_company("安居物业服务有限公司", "安居")


@pytest.fixture
def office(company: Company) -> Office:
    return actions.create_office(company, "cuihu", "翠湖花园管理处", "翠湖花园")


@pytest.fixture
def other_office(company: Company) -> Office:
    return actions.create_office(company, "plaza", "翠湖广场管理处", "翠湖广场")


def building_of(office: Office, code: str) -> Building:
    found = Building.objects.filter(office=office, code=code).first()
    return found or actions.create_building(office, code)


def unit_of(office: Office, code: str, **more: object) -> Unit:
    """A unit by a code such as 3-2-1502; floor from the number when it has four or three figures."""
    building, *stair, number = code.split("-")
    floor = int(number[:-2]) if number.isdigit() and len(number) > 2 else None
    given = {"stair": stair[0] if stair else "", "floor": floor, **more}
    return actions.create_unit(building_of(office, building), number, on=ON, **given)  # type: ignore[arg-type]


def lives(
    unit: Unit, name: str, *phones: str, relation: str = "owner", title: str = "", **more: object
) -> Party:
    kind = more.pop("kind", Party.Kind.PERSON)
    party = actions.create_party(unit.office, name, title=title, phones=phones, kind=str(kind))
    actions.create_occupancy(unit, party, relation, on=ON, **more)  # type: ignore[arg-type]
    return party


@dataclass(frozen=True)
class Estate:
    """What the tests of the search look for."""

    office: Office
    home: Unit
    wang: Party
    zhao: Party
    stay: Occupancy


@pytest.fixture
def estate(office: Office, other_office: Office) -> Estate:
    home = unit_of(office, "3-2-1502")
    wang = lives(home, "王秀兰", "13800001234", title="ms")
    zhao = lives(home, "赵国平", "139-1234-5678", relation="family", title="mr", relation_note="配偶")
    lives(unit_of(office, "3-2-1602"), "吴建平", "13700002222", title="mr")
    lives(unit_of(office, "3-2-1402"), "何先", "0571-88000917", title="mr")
    lives(unit_of(office, "3-2-1501"), "曾强", "13600003333")
    lives(unit_of(office, "13-2-1502"), "王伟", "13500004444", title="mr")
    lives(unit_of(office, "7-1-0803", floor=8), "单雄", "18900005555")
    shop = unit_of(office, "A-108", kind="shop", floor=1)
    lives(shop, "锦绣餐饮有限公司", "0571-87654321", kind="organisation", relation="tenant")
    unit_of(office, "B1-023", kind="parking", name="负一层023车位")
    lives(unit_of(other_office, "3-2-1502"), "王秀兰", "13800001234", title="ms")
    return Estate(office, home, wang, zhao, Occupancy.objects.get(unit=home, party=wang))
