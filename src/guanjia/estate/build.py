"""Rows of the estate made of a register's entries; `actions` writes them."""

from __future__ import annotations

from dataclasses import dataclass

from guanjia.estate.models import Building, Occupancy, Office, Party, Phone, Unit
from guanjia.estate.register import PersonEntry, PhonePairs, Plan, UnitEntry, floor_of, unit_name
from guanjia.estate.spelling import fold, sort_code


@dataclass(frozen=True)
class Rows:
    """The new rows of a plan, each knowing those above it: made before the database is held for writing."""

    buildings: list[Building]
    units: list[Unit]
    parties: list[Party]
    phones: list[Phone]
    occupancies: list[Occupancy]


def rows(office: Office, plan: Plan) -> Rows:
    """Everything new that a plan asks for, in the order in which it is written; reads the buildings only."""
    new = [
        Building(office=office, code=code, name=name or unit_name("", code, "", ""))
        for code, name in plan.buildings.items()
    ]
    buildings = {fold(one.code): one for one in [*Building.objects.filter(office=office), *new]}
    units = {fold(one.code): unit(office, buildings[fold(one.building)], one) for one in plan.new_units}
    parties = {one.key: party(office, one) for one in plan.new_persons}
    known_units, known_parties = plan.units | units, plan.known_persons | parties
    return Rows(
        buildings=new,
        units=list(units.values()),
        parties=list(parties.values()),
        phones=[one for entry in plan.new_persons for one in phones(parties[entry.key], entry.phones)],
        occupancies=[
            Occupancy(
                unit=known_units[fold(one.unit)],
                party=known_parties[one.person],
                relation=one.relation,
                relation_note=one.relation_note,
                since=one.since,
                until=one.until,
            )
            for one in plan.new_occupancies
        ],
    )


def unit(office: Office, building: Building, entry: UnitEntry) -> Unit:
    """A unit, its search words still to be written; without a floor that of its number."""
    return Unit(
        office=office,
        building=building,
        code=entry.code,
        sort=sort_code(entry.code),
        name=entry.name or unit_name(building.name, building.code, entry.stair, entry.number),
        stair=entry.stair,
        floor=entry.floor if entry.floor is not None else floor_of(entry.number),
        number=entry.number,
        kind=entry.kind or Unit.Kind.RESIDENCE,
        area_cm2=entry.area_cm2,
        moved_in_on=entry.moved_in_on,
        note=entry.note,
        unindexed=True,
    )


def party(office: Office, entry: PersonEntry) -> Party:
    """A party."""
    return Party(
        office=office,
        name=entry.name,
        kind=entry.kind or Party.Kind.PERSON,
        title=entry.title,
        email=entry.email,
        note=entry.note,
    )


def phones(party: Party, pairs: PhonePairs) -> list[Phone]:
    """The numbers of a party, the first one the main number."""
    return [
        Phone(party=party, number=number, label=label, main=place == 0)
        for place, (number, label) in enumerate(pairs)
    ]
