"""A register of households (from a file) set against the estate: what is new, what changes, what stays.

A blank in the register leaves alone what the estate holds; who does not stand in the register stays too.
`plan` only reads; `bulk.apply_plan` writes.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from guanjia.estate.models import Building, Occupancy, Office, Party, Phone, Unit
from guanjia.estate.spelling import fold, squeeze

PhonePairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class UnitEntry:
    """A unit as the register has it; a blank text or None says nothing. Area in square centimetres."""

    line: int
    code: str
    building: str
    number: str
    building_name: str = ""
    name: str = ""
    stair: str = ""
    floor: int | None = None
    kind: str = ""
    area_cm2: int | None = None
    moved_in_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class PersonEntry:
    """A person or organisation as the register has it; `party_id` as an earlier export gave it."""

    line: int
    key: int
    name: str
    party_id: int | None = None
    kind: str = ""
    title: str = ""
    phones: PhonePairs = ()
    email: str = ""
    note: str = ""


@dataclass(frozen=True)
class OccupancyEntry:
    """Who (key of a PersonEntry) stands in which relation to which unit."""

    line: int
    unit: str
    person: int
    relation: str
    relation_note: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Register:
    """The valid content of a file. Unit codes and person keys are each given once."""

    units: tuple[UnitEntry, ...]
    persons: tuple[PersonEntry, ...]
    occupancies: tuple[OccupancyEntry, ...]


@dataclass(frozen=True)
class Change:
    """One thing that an import would do, by the line that asks for it."""

    line: int
    what: str
    subject: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass
class Plan:
    """What `apply_plan` will write. `digest` changes when the file or the estate behind it changes.

    revision: of the estate that it was made for; units: those of the estate by their folded codes.
    """

    revision: int = 0
    units: dict[str, Unit] = field(default_factory=dict)
    buildings: dict[str, str] = field(default_factory=dict)
    new_units: list[UnitEntry] = field(default_factory=list)
    changed_units: list[tuple[Unit, dict[str, Any]]] = field(default_factory=list)
    new_persons: list[PersonEntry] = field(default_factory=list)
    known_persons: dict[int, Party] = field(default_factory=dict)
    changed_persons: list[tuple[Party, dict[str, Any]]] = field(default_factory=list)
    new_phones: list[tuple[Party, PhonePairs]] = field(default_factory=list)
    new_occupancies: list[OccupancyEntry] = field(default_factory=list)
    changed_occupancies: list[tuple[Occupancy, dict[str, Any]]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 in hex over every change."""
        lines = [[c.line, c.what, c.subject, c.field, c.before, c.after] for c in self.changes]
        return hashlib.sha256(json.dumps(lines, ensure_ascii=False).encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        """How many of each: units, persons and occupancies, new and changed; rows that change nothing."""
        return {
            "new_units": len(self.new_units),
            "changed_units": len(self.changed_units),
            "new_persons": len(self.new_persons),
            "changed_persons": len({party.pk for party, _ in [*self.changed_persons, *self.new_phones]}),
            "new_occupancies": len(self.new_occupancies),
            "changed_occupancies": len(self.changed_occupancies),
            "unchanged": self.unchanged,
        }


def unit_name(building_name: str, building: str, stair: str, number: str) -> str:
    """`3栋2单元1502`, or the building's own name in front: `A座1203`."""
    front = building_name or (f"{building}栋" if building[:1].isdigit() else f"{building}座")
    return f"{front}{stair}单元{number}" if stair else f"{front}{number}"


def floor_of(number: str) -> int | None:
    """15 for `1502`, 1 for `108`; None for a number that does not begin with its floor."""
    return int(number[:-2]) if number.isdecimal() and len(number) in (3, 4) and int(number[:-2]) > 0 else None


def unit_code(building: str, stair: str, number: str) -> str:
    """`3-2-1502`; without a stair `A-1203`."""
    return "-".join(part for part in (building, stair, number) if part)


def plan(office: Office, register: Register) -> Plan:
    """What the register would change in the office's estate. Reads only."""
    # Read before everything else: a change meanwhile makes the plan one for an earlier revision.
    made = Plan(revision=Office.objects.values_list("revision", flat=True).get(pk=office.pk))
    made.units = {fold(unit.code): unit for unit in Unit.objects.filter(office=office)}
    _plan_units(made, office, register)
    parties, codes = _Parties(office), _codes_of(register)
    taken: set[int] = set()
    for person in register.persons:
        party = parties.find(person, codes.get(person.key, []))
        if party is not None and party.pk not in taken:
            taken.add(party.pk)
            _plan_person(made, person, party, parties.phones[party.pk])
        else:
            made.new_persons.append(person)
            made.changes.append(Change(person.line, "新增业户", person.name))
    _plan_occupancies(made, office, register)
    touched = {change.line for change in made.changes}
    lines = {unit.line for unit in register.units} | {stay.line for stay in register.occupancies}
    made.unchanged = len(lines - touched)
    made.changes.sort(key=lambda change: (change.line, change.what, change.field))
    return made


def _plan_units(made: Plan, office: Office, register: Register) -> None:
    buildings = {
        fold(code): name for code, name in Building.objects.filter(office=office).values_list("code", "name")
    }
    for entry in register.units:
        if fold(entry.building) not in buildings:
            buildings[fold(entry.building)] = entry.building_name
            made.buildings[entry.building] = entry.building_name
            made.changes.append(Change(entry.line, "新增楼栋", entry.building))
        unit = made.units.get(fold(entry.code))
        if unit is None:
            made.new_units.append(entry)
            made.changes.append(Change(entry.line, "新增房屋", entry.code))
            continue
        wanted = {
            name: getattr(entry, name)
            for name in ("name", "stair", "floor", "number", "kind", "area_cm2", "moved_in_on", "note")
        }
        if values := _differing(made, entry.line, "修改房屋", entry.code, unit, wanted):
            made.changed_units.append((unit, values))


def _differing(
    made: Plan, line: int, what: str, subject: str, row: Unit | Party | Occupancy, wanted: dict[str, Any]
) -> dict[str, Any]:
    """The given values that differ from the row's own, noted as changes."""
    values = {}
    for name, value in wanted.items():
        before = getattr(row, name)
        same = " ".join(before.split()) == value if isinstance(before, str) else before == value
        if value in ("", None) or same:
            continue
        values[name] = value
        label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        made.changes.append(Change(line, what, subject, label, _text(before), _text(value)))
    return values


def _text(value: object) -> str:
    return "" if value is None else str(value)


class _Parties:
    """The office's parties under what a register may know of them: id, name with a number, name in a unit."""

    def __init__(self, office: Office) -> None:
        self.by_id = {party.pk: party for party in Party.objects.filter(office=office)}
        self.phones: dict[int, list[Phone]] = defaultdict(list)
        self.by_phone: dict[tuple[str, str], Party] = {}
        self.by_unit: dict[tuple[str, str], Party] = {}
        for phone in Phone.objects.filter(party__office=office).order_by("-main", "pk"):
            self.phones[phone.party_id].append(phone)
            party = self.by_id[phone.party_id]
            self.by_phone.setdefault((squeeze(party.name), phone.number), party)
        held = (
            Occupancy.objects.filter(unit__office=office).order_by("pk").values_list("unit__code", "party_id")
        )
        for code, party_id in held:
            party = self.by_id[party_id]
            self.by_unit.setdefault((fold(code), squeeze(party.name)), party)

    def find(self, person: PersonEntry, codes: list[str]) -> Party | None:
        """The party meant: by its id, by name and any number, by name within one of its units."""
        name = squeeze(person.name)
        known = self.by_id.get(person.party_id or 0)
        if known is not None and (squeeze(known.name) == name or self._shares_number(known, person)):
            return known
        for number, _label in person.phones:
            if party := self.by_phone.get((name, number)):
                return party
        return next((party for code in codes if (party := self.by_unit.get((fold(code), name)))), None)

    def _shares_number(self, party: Party, person: PersonEntry) -> bool:
        own = {phone.number for phone in self.phones[party.pk]}
        return bool(own & {number for number, _label in person.phones})


def _plan_person(made: Plan, person: PersonEntry, party: Party, own: list[Phone]) -> None:
    made.known_persons[person.key] = party
    wanted = {name: getattr(person, name) for name in ("name", "kind", "title", "email", "note")}
    if values := _differing(made, person.line, "修改业户", person.name, party, wanted):
        made.changed_persons.append((party, values))
    labels = {phone.number: phone.label for phone in own}
    pairs = tuple((number, label or labels.get(number, "")) for number, label in person.phones)
    before = tuple((phone.number, phone.label) for phone in own)
    if pairs and pairs != before:
        made.new_phones.append((party, pairs))
        made.changes.append(
            Change(person.line, "修改业户", person.name, "电话", _numbers(before), _numbers(pairs))
        )


def _codes_of(register: Register) -> dict[int, list[str]]:
    codes: dict[int, list[str]] = defaultdict(list)
    for entry in register.occupancies:
        codes[entry.person].append(entry.unit)
    return codes


def _numbers(pairs: PhonePairs) -> str:
    return "、".join(f"{number}（{label}）" if label else number for number, label in pairs)


def _plan_occupancies(made: Plan, office: Office, register: Register) -> None:
    held: dict[tuple[int, int, str], list[Occupancy]] = defaultdict(list)
    for row in Occupancy.objects.filter(unit__office=office).order_by("pk"):
        held[(row.unit_id, row.party_id, row.relation)].append(row)
    names = {person.key: person.name for person in register.persons}
    for entry in register.occupancies:
        unit, party = made.units.get(fold(entry.unit)), made.known_persons.get(entry.person)
        rows = held[(unit.pk, party.pk, entry.relation)] if unit and party else []
        stay = _stay(rows, entry)
        subject = f"{entry.unit} {names[entry.person]}"
        if stay is None:
            made.new_occupancies.append(entry)
            made.changes.append(Change(entry.line, "新增入住", subject))
            continue
        rows.remove(stay)
        wanted = {"relation_note": entry.relation_note, "since": entry.since, "until": entry.until}
        if values := _differing(made, entry.line, "修改入住", subject, stay, wanted):
            made.changed_occupancies.append((stay, values))


def _stay(rows: list[Occupancy], entry: OccupancyEntry) -> Occupancy | None:
    """The stay that a line means: begun on the same day; else, without a day, the open or the last one;
    else the open one, whose first day the line corrects. None: a stay that is not known yet."""
    same = [row for row in rows if row.since == entry.since]
    open_ones = [row for row in rows if row.until is None]
    if same:
        return next((row for row in same if row.until == entry.until), same[0])
    if entry.since is None:
        known = open_ones or rows
        return known[-1] if known else None
    return open_ones[0] if open_ones and entry.until is None else None
