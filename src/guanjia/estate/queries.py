"""What other rooms read of the estate. The office comes first: nobody is shown another office's data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Model, Prefetch, Q, QuerySet

from guanjia.estate.heard import CODE, hear
from guanjia.estate.indexing import current
from guanjia.estate.models import Building, Company, Occupancy, Office, Party, Phone, Unit
from guanjia.estate.phones import mask
from guanjia.estate.search import Hit, Occupant, occupants_of, search, units_found, words_in
from guanjia.estate.spelling import fold
from guanjia.kernel.problem import Problem

__all__ = ["Hit", "Household", "MaskedPhone", "Member", "Neighbours", "Occupant", "search"]
PAGE = 50
Row = TypeVar("Row", bound=Model)
RELATION_ORDER = {relation: place for place, relation in enumerate(Occupancy.Relation.values)}


@dataclass(frozen=True)
class MaskedPhone:
    """A number as a page shows it; `reveal_phone` gives the whole one."""

    id: int
    masked: str
    label: str
    main: bool


@dataclass(frozen=True)
class Member:
    """One person or organisation of a household, with the relation to the unit."""

    party_id: int
    occupancy_id: int
    name: str
    title: str
    kind: str
    relation: str
    relation_label: str
    relation_note: str
    note: str
    since: date | None
    until: date | None
    phones: tuple[MaskedPhone, ...]


@dataclass(frozen=True)
class Household:
    """A unit and who belongs to it; `former` are those who have left."""

    unit: Unit
    members: tuple[Member, ...]
    former: tuple[Member, ...]

    @property
    def lived_in_by(self) -> str:
        """业主自住, 出租 or 空置, for the household card."""
        relations = {member.relation for member in self.members}
        if Occupancy.Relation.TENANT in relations:
            return "出租"
        return "业主自住" if relations - {Occupancy.Relation.EMERGENCY} else "空置"


@dataclass(frozen=True)
class Neighbours:
    """The units around one; None where there is none."""

    above: Unit | None
    below: Unit | None
    left: Unit | None
    right: Unit | None

    def around(self) -> tuple[Unit, ...]:
        """Those that there are."""
        return tuple(unit for unit in (self.above, self.below, self.left, self.right) if unit)


@dataclass(frozen=True)
class UnitRow:
    """One row of the list of units."""

    unit: Unit
    occupants: tuple[Occupant, ...]


@dataclass(frozen=True)
class UnitsPage:
    """Rows of one page of the list; `page` knows number, count, next and previous."""

    rows: tuple[UnitRow, ...]
    page: Page[Unit]


def companies() -> QuerySet[Company]:
    """Every company of this installation."""
    return Company.objects.order_by("pk")


def office_by_code(code: str) -> Office:
    """The office with a code; Problem NOT_FOUND. For commands and sign-in, not for a page that shows data."""
    try:
        return Office.objects.select_related("company").get(code=code)
    except Office.DoesNotExist:
        raise Problem("NOT_FOUND", f"没有代码为「{code}」的管理处。", status=404) from None


def offices_in(company: Company) -> QuerySet[Office]:
    """The management offices of a company."""
    return Office.objects.filter(company=company)


def buildings_of(office: Office) -> QuerySet[Building]:
    """The buildings of the office."""
    return Building.objects.filter(office=office).order_by("code")


def units_of(office: Office) -> QuerySet[Unit]:
    """The units of the office in the order of their codes, building loaded."""
    return Unit.objects.filter(office=office).select_related("building").order_by("sort", "code")


def unit_for(office: Office, unit_id: int) -> Unit:
    """A unit of the office; Problem NOT_FOUND for any other."""
    return _one(units_of(office), unit_id, "房屋")


def party_for(office: Office, party_id: int) -> Party:
    """A party of the office; Problem NOT_FOUND for any other."""
    return _one(Party.objects.filter(office=office), party_id, "业户")


def occupancy_for(office: Office, occupancy_id: int) -> Occupancy:
    """An occupancy of a unit of the office; Problem NOT_FOUND for any other."""
    rows = Occupancy.objects.filter(unit__office=office).select_related("unit", "party")
    return _one(rows, occupancy_id, "入住记录")


def _one(rows: QuerySet[Row], pk: int, what: str) -> Row:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Problem("NOT_FOUND", f"没有这个{what}。", "请从列表里重新选择。", status=404)
    return found


def units_by_code(office: Office, text: str, limit: int = 20) -> list[Unit]:
    """Units whose whole code, in any spelling, is the text: several for `1502`, none for a beginning only."""
    heard = hear(text)
    if len(heard.words) != 1:
        return []
    ids: dict[int, None] = {}
    for kind, spelt in heard.words[0].ranges:
        if kind == CODE:
            ids.update(
                dict.fromkeys(
                    words_in(office, CODE, spelt).filter(word=spelt).values_list("unit_id", flat=True)[:limit]
                )
            )
    return list(units_of(office).filter(pk__in=ids)[:limit])


def unit_by_code(office: Office, text: str, *, field: str = "unit") -> Unit:
    """The one unit with that code in any spelling (`3-2-1502`, `3栋2单元1502`, `321502`).

    Raises Problem UNIT_NOT_FOUND, or UNIT_AMBIGUOUS with the codes to choose from.
    """
    spelt = fold(text)  # `=` is answered by the index, `iexact` would read every unit of the office
    exact = units_of(office).filter(code__in=(spelt, spelt.upper())).order_by()[:1]
    found = list(exact) or units_by_code(office, text, 6)
    if not found:
        raise Problem(
            "UNIT_NOT_FOUND", f"没有房号「{text}」。", "请核对楼栋、单元、室号。", field=field, status=404
        )
    if len(found) > 1:
        codes = "、".join(unit.code for unit in found[:5])
        raise Problem("UNIT_AMBIGUOUS", f"「{text}」可能是 {codes}。", "请加上楼栋和单元。", field=field)
    return found[0]


def household(office: Office, unit: Unit, on: date | None = None) -> Household:
    """Who belongs to a unit of the office: owners first, then tenants, family, emergency contacts; numbers masked.

    `on`: the office's day; without it, those without an end are members. Problem NOT_FOUND for another office's unit.
    """
    if unit.office_id != office.pk:
        raise Problem("NOT_FOUND", "没有这个房屋。", "请从列表里重新选择。", status=404)
    phones = Prefetch("party__phones", Phone.objects.order_by("-main", "pk"))
    rows = Occupancy.objects.filter(unit=unit).select_related("party").prefetch_related(phones)
    ordered = sorted(rows, key=lambda row: (RELATION_ORDER[row.relation], row.pk))
    here = [row for row in ordered if _holds(row, on)]
    gone = [row for row in ordered if row.until is not None and row not in here]
    return Household(unit, tuple(_member(row) for row in here), tuple(_member(row) for row in gone))


def _holds(row: Occupancy, on: date | None) -> bool:
    if on is None:
        return row.until is None
    return (row.since is None or row.since <= on) and (row.until is None or row.until > on)


def _member(row: Occupancy) -> Member:
    return Member(
        party_id=row.party_id,
        occupancy_id=row.pk,
        name=row.party.name,
        title=str(row.party.get_title_display()),
        kind=row.party.kind,
        relation=row.relation,
        relation_label=str(row.get_relation_display()),
        relation_note=row.relation_note,
        note=row.party.note,
        since=row.since,
        until=row.until,
        phones=masked_phones(row.party.phones.all()),
    )


def masked_phones(phones: Sequence[Phone] | QuerySet[Phone]) -> tuple[MaskedPhone, ...]:
    """The numbers as a page shows them."""
    return tuple(MaskedPhone(phone.pk, mask(phone.number), phone.label, phone.main) for phone in phones)


def reveal_phone(office: Office, phone_id: int) -> Phone:
    """The whole number, party loaded. The caller writes down who looked (`cases.Access`). Problem NOT_FOUND."""
    found = Phone.objects.filter(party__office=office, pk=phone_id).select_related("party").first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这个号码。", status=404)
    return found


def phones_of(office: Office, party: Party) -> QuerySet[Phone]:
    """The numbers of a party of the office, the main one first."""
    return Phone.objects.filter(party__office=office, party=party).order_by("-main", "pk")


def parties_by_phone(office: Office, number: str) -> list[Party]:
    """Parties of the office with that whole number (digits only)."""
    return list(Party.objects.filter(office=office, phones__number=number).order_by("pk").distinct())


def parties_by_email(office: Office, address: str) -> list[Party]:
    """Parties of the office with that registered address."""
    if not address:
        return []
    return list(Party.objects.filter(office=office, email__iexact=address).order_by("pk")[:2])


def is_registered(office: Office, number: str, unit: Unit | None, party: Party | None) -> bool:
    """Whether a whole number (digits only) is one of the party's, or of somebody who belongs to the unit now."""
    if not number or (unit is None and party is None):
        return False
    belongs = Q(party__in=Occupancy.objects.filter(current(None), unit=unit).values("party")) if unit else Q()
    own = Q(party=party) if party else Q()
    return Phone.objects.filter(belongs | own, party__office=office, number=number).exists()


def units_of_party(office: Office, party: Party, on: date | None = None) -> list[Unit]:
    """The units to which a party belongs now, those it owns or rents before the rest."""
    rows = Occupancy.objects.filter(current(on), unit__office=office, party=party).select_related(
        "unit__building"
    )
    ordered = sorted(rows, key=lambda row: (RELATION_ORDER[row.relation], row.unit.sort, row.pk))
    return list({row.unit_id: row.unit for row in ordered}.values())


def units_page(
    office: Office, text: str = "", page: int = 1, *, size: int = PAGE, on: date | None = None
) -> UnitsPage:
    """A page of the office's units with their occupants; `text` narrows it as `search` would. Five queries at most."""
    listed = Paginator(units_found(office, text).select_related("building"), size).get_page(page)
    units = list(listed.object_list)
    people = occupants_of([unit.pk for unit in units], on)
    return UnitsPage(tuple(UnitRow(unit, people[unit.pk]) for unit in units), listed)


def neighbours(unit: Unit) -> Neighbours:
    """Above and below in the same stair (the next floor that exists), left and right on the same floor.

    Told by the number: on floor 15, `1502` stands in place `02`. Empty for a unit without a floor.
    """
    place = _place(unit)
    if unit.floor is None or not place:
        return Neighbours(None, None, None, None)
    stair = Unit.objects.filter(
        office=unit.office_id, building=unit.building_id, stair=unit.stair, kind=unit.kind
    )
    same = [
        other for other in stair.filter(number__endswith=place).exclude(pk=unit.pk) if _place(other) == place
    ]
    by_floor = {other.floor: other for other in same if other.floor is not None}
    higher = [level for level in by_floor if level > unit.floor]
    lower = [level for level in by_floor if level < unit.floor]
    floor = sorted(stair.filter(floor=unit.floor), key=lambda other: (other.sort, other.pk))
    at = next(index for index, other in enumerate(floor) if other.pk == unit.pk)
    return Neighbours(
        above=by_floor[min(higher)] if higher else None,
        below=by_floor[max(lower)] if lower else None,
        left=floor[at - 1] if at else None,
        right=floor[at + 1] if at + 1 < len(floor) else None,
    )


def _place(unit: Unit) -> str:
    """`02` for 1502 on floor 15; empty when the number does not begin with the floor."""
    if unit.floor is None:
        return ""
    for start in (str(unit.floor), f"{unit.floor:02d}"):
        if unit.number.startswith(start) and len(unit.number) > len(start):
            return unit.number[len(start) :]
    return ""


def most_phones(office: Office) -> int:
    """The largest number of telephones that a party of the office has, at least three: how wide an export is."""
    counted = Party.objects.filter(office=office).annotate(phones_held=Count("phones"))
    return max(3, counted.aggregate(most=Max("phones_held"))["most"] or 0)


def units_in_chunks(office: Office, size: int) -> Iterator[list[Unit]]:
    """Every unit of the office in the order of the codes, building and all stays loaded, for exports in little memory."""
    phones = Prefetch("occupancies__party__phones", Phone.objects.order_by("-main", "pk"))
    stays = Prefetch("occupancies", Occupancy.objects.select_related("party").order_by("pk"))
    ids = list(units_of(office).values_list("pk", flat=True))
    for start in range(0, len(ids), size):
        yield list(units_of(office).filter(pk__in=ids[start : start + size]).prefetch_related(stays, phones))


def stays_of(unit: Unit) -> list[Occupancy]:
    """Everybody who belongs or belonged to a unit, owners first, as `units_in_chunks` loaded them."""
    return sorted(unit.occupancies.all(), key=lambda row: (RELATION_ORDER[row.relation], row.pk))


def households(office: Office, on: date, *, occupied: bool | None = None) -> QuerySet[Unit]:
    """The units that count as a household, by code: not storage and parking.

    occupied: those only that somebody owns or rents on that day (已入住), or those only that nobody does.
    """
    units = units_of(office).exclude(kind__in=[Unit.Kind.STORAGE, Unit.Kind.PARKING])
    if occupied is None:
        return units
    held = Occupancy.objects.filter(current(on), unit__office=office).exclude(
        relation=Occupancy.Relation.EMERGENCY
    )
    return units.filter(pk__in=held.values("unit")) if occupied else units.exclude(pk__in=held.values("unit"))
