"""Rows of the estate made of a register's entries; `actions` writes them."""

from __future__ import annotations

from guanjia.estate.models import Building, Occupancy, Office, Party, Phone, Unit
from guanjia.estate.register import OccupancyEntry, PersonEntry, PhonePairs, UnitEntry, floor_of, unit_name
from guanjia.estate.spelling import fold, sort_code


def unit(office: Office, building: Building, entry: UnitEntry) -> Unit:
    """A unit; without a floor that of its number."""
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


def occupancy(entry: OccupancyEntry, units: dict[str, int], parties: dict[int, int]) -> Occupancy:
    """An occupancy; ids of units by folded code and of parties by key."""
    return Occupancy(
        unit_id=units[fold(entry.unit)],
        party_id=parties[entry.person],
        relation=entry.relation,
        relation_note=entry.relation_note,
        since=entry.since,
        until=entry.until,
    )


def phones(party: Party, pairs: PhonePairs) -> list[Phone]:
    """The numbers of a party, the first one the main number."""
    return [
        Phone(party=party, number=number, label=label, main=place == 0)
        for place, (number, label) in enumerate(pairs)
    ]
