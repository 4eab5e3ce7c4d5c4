"""An office with a few households, the default classification and the default lists; an empty other office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from guanjia.estate import actions as estate
from guanjia.estate.models import Office, Party, Unit
from guanjia.intake.classification import load_defaults
from guanjia.work import defaults

ON = date(2026, 3, 24)
NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """What the receptionist's office knows."""

    office: Office
    other: Office
    units: dict[str, Unit]
    parties: dict[str, Party]


HOUSEHOLDS = (
    ("3", "2", "1502", "王秀兰", "ms", "13800001234", "owner"),
    ("3", "2", "1502", "赵国平", "mr", "13912345678", "family"),
    ("3", "2", "1402", "何先明", "mr", "13700002345", "owner"),
    ("3", "2", "1602", "吴建平", "mr", "13600003456", "owner"),
    ("5", "1", "1502", "李慧", "ms", "13500004567", "owner"),
    ("5", "1", "1601", "王建国", "mr", "13400005678", "owner"),
    ("5", "1", "1602", "王建军", "mr", "", "owner"),
    ("5", "1", "1602", "王建华", "mr", "", "family"),
)


@pytest.fixture
def two_offices(db: None) -> tuple[Office, Office]:
    company = estate.create_company("安居物业服务有限公司", "安居")
    return (
        estate.create_office(company, "garden", "翠湖花园管理处", "翠湖花园"),
        estate.create_office(company, "plaza", "翠湖广场管理处", "翠湖广场"),
    )


@pytest.fixture
def desk(two_offices: tuple[Office, Office]) -> Desk:
    office, other = two_offices
    units: dict[str, Unit] = {}
    parties: dict[str, Party] = {}
    buildings = {code: estate.create_building(office, code) for code in ("3", "5")}
    for building, stair, number, name, title, phone, relation in HOUSEHOLDS:
        code = f"{building}-{stair}-{number}"
        if code not in units:
            units[code] = estate.create_unit(
                buildings[building], number, stair=stair, floor=int(number[:-2]), on=ON
            )
        parties[name] = estate.create_party(office, name, title=title, phones=[phone] if phone else [])
        estate.create_occupancy(units[code], parties[name], relation, on=ON)
    load_defaults(office)
    defaults.load_lists(office, at=NOON, by="开业")
    far = estate.create_unit(estate.create_building(other, "9"), "901", on=ON, floor=9)
    stranger = estate.create_party(other, "外人", phones=["15500001111"])
    estate.create_occupancy(far, stranger, "owner", on=ON)
    return Desk(office, other, units, parties)
