"""Households: found by anything a caller says, listed, and as a card."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from guanjia.api.shapes.cases import CaseRow, PartyPhone
from guanjia.api.shapes.common import PartyRef, UnitRef
from guanjia.estate.models import Unit
from guanjia.estate.queries import Hit, Household, Member, Neighbours, Occupant, UnitRow


class OccupantOut(BaseModel):
    """Who belongs to a unit."""

    party_id: int
    name: str
    title: str
    relation: str

    @classmethod
    def of(cls, one: Occupant) -> OccupantOut:
        """The occupant."""
        return cls(party_id=one.party_id, name=one.name, title=one.title, relation=one.relation)


class HitOut(BaseModel):
    """A unit that answers to a search, and the party if one was meant."""

    unit: UnitRef
    party: PartyRef | None
    relation: str
    matched: list[str] = Field(description="按什么找到的：房号、姓名、拼音、电话")
    occupants: list[OccupantOut]

    @classmethod
    def of(cls, hit: Hit) -> HitOut:
        """The hit."""
        return cls(
            unit=unit_ref(hit.unit),
            party=PartyRef.of(hit.party),
            relation=hit.relation,
            matched=list(hit.matched),
            occupants=[OccupantOut.of(one) for one in hit.occupants],
        )


class HouseholdRow(BaseModel):
    """A unit in the list of units."""

    unit: UnitRef
    building: str
    stair: str
    floor: int | None
    area_cm2: int | None
    occupants: list[OccupantOut]

    @classmethod
    def of(cls, row: UnitRow) -> HouseholdRow:
        """A unit; building loaded."""
        unit = row.unit
        return cls(
            unit=unit_ref(unit),
            building=unit.building.name,
            stair=unit.stair,
            floor=unit.floor,
            area_cm2=unit.area_cm2,
            occupants=[OccupantOut.of(one) for one in row.occupants],
        )


class MemberOut(BaseModel):
    """Somebody of a household."""

    party_id: int
    name: str
    title: str
    kind: str
    relation: str
    relation_label: str
    relation_note: str
    note: str
    since: date | None
    until: date | None = Field(description="第一个不再算的日子")
    phones: list[PartyPhone]

    @classmethod
    def of(cls, member: Member) -> MemberOut:
        """The member; numbers masked."""
        return cls(
            party_id=member.party_id,
            name=member.name,
            title=member.title,
            kind=member.kind,
            relation=member.relation,
            relation_label=member.relation_label,
            relation_note=member.relation_note,
            note=member.note,
            since=member.since,
            until=member.until,
            phones=[PartyPhone.of(phone) for phone in member.phones],
        )


class NeighboursOut(BaseModel):
    """The units around one; empty where there is none."""

    above: UnitRef | None
    below: UnitRef | None
    left: UnitRef | None
    right: UnitRef | None


class HouseholdOut(HouseholdRow):
    """The card of a household."""

    lived_in_by: str = Field(description="业主自住、出租或空置")
    moved_in_on: date | None
    note: str = Field(description="上门提示")
    members: list[MemberOut]
    former: list[MemberOut]
    neighbours: NeighboursOut
    cases: list[CaseRow] = Field(description="近一年的事项，新的在前，最多 20 件")

    @classmethod
    def card(
        cls, found: Household, around: Neighbours, occupants: tuple[Occupant, ...], history: list[CaseRow]
    ) -> HouseholdOut:
        """The card; building loaded."""
        unit = found.unit
        return cls(
            **dict(HouseholdRow.of(UnitRow(unit, occupants))),
            lived_in_by=found.lived_in_by,
            moved_in_on=unit.moved_in_on,
            note=unit.note,
            members=[MemberOut.of(one) for one in found.members],
            former=[MemberOut.of(one) for one in found.former],
            neighbours=NeighboursOut(
                above=UnitRef.of(around.above),
                below=UnitRef.of(around.below),
                left=UnitRef.of(around.left),
                right=UnitRef.of(around.right),
            ),
            cases=history,
        )


class PhoneOut(BaseModel):
    """A whole telephone number; that it was looked at is written down."""

    number: str
    spaced: str = Field(description="念给人听的写法")


def unit_ref(unit: Unit) -> UnitRef:
    """A unit that is there."""
    return UnitRef(id=unit.pk, code=unit.code, name=unit.name, kind=unit.kind)
