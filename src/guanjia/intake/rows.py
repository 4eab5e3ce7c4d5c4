"""Rows of a list of households become a register: units, people, occupancies, and every bad row by line and reason. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from guanjia.estate.bulk import Progress
from guanjia.estate.register import OccupancyEntry, PersonEntry, Register, UnitEntry, unit_code
from guanjia.estate.spelling import figure, fold, squeeze
from guanjia.intake import columns
from guanjia.intake.columns import BadCell
from guanjia.intake.tables import Row, Table, Value
from guanjia.kernel.problem import Problem

READERS: Mapping[str, Callable[[Value], Any]] = {
    "building": columns.code(10),
    "building_name": columns.plain(40),
    "stair": columns.code(10),
    "floor": columns.floor,
    "number": columns.code(20),
    "code": columns.code(30),
    "unit_name": columns.plain(60),
    "unit_kind": columns.one_of(columns.UNIT_KINDS, "BAD_UNIT_KIND"),
    "area": columns.area,
    "moved_in": columns.day,
    "unit_note": columns.plain(200),
    "party": columns.party_number,
    "name": columns.plain(80),
    "kind": columns.one_of(columns.PARTY_KINDS, "BAD_PARTY_KIND"),
    "title": columns.one_of(columns.TITLES, "BAD_TITLE"),
    "relation": columns.one_of(columns.RELATIONS, "BAD_RELATION"),
    "relation_note": columns.plain(20),
    "email": columns.email,
    "note": columns.plain(200),
    "since": columns.day,
    "until": columns.day,
}
TOLD_EVERY = 1000
_HEADERS = {column.key: column.header for column in columns.COLUMNS}
_SPOKEN = re.compile(r"(?P<b>.{1,8}?)(?:号楼|栋|幢|座)(?:(?P<s>.{1,6}?)单元)?(?P<n>[^-]{1,10}?)(?:室|房)?")
_PERSON_ONLY = ("kind", "title", "relation", "relation_note", "email", "note", "since", "until", "party")


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line, the header of the column, a stable code, the reason."""

    line: int
    column: str
    code: str
    reason: str


@dataclass
class Reading:
    """What was read: the register of the good rows, all bad rows, headers that mean nothing here."""

    register: Register
    bad: list[BadRow]
    ignored: tuple[str, ...]


@dataclass
class _Reader:
    bad: list[BadRow] = field(default_factory=list)
    units: dict[str, UnitEntry] = field(default_factory=dict)
    persons: dict[int, PersonEntry] = field(default_factory=dict)
    stays: dict[tuple[object, ...], OccupancyEntry] = field(default_factory=dict)
    by_number: dict[int, int] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], int] = field(default_factory=dict)
    by_unit: dict[tuple[str, str], int] = field(default_factory=dict)

    def refuse(self, line: int, key: str, code: str, reason: str) -> None:
        """Note a bad row."""
        self.bad.append(BadRow(line, _HEADERS.get(key, key), code, reason))


def read(table: Table, progress: Progress = lambda stage, done, total: None) -> Reading:
    """The register in a table; `progress` is told after every thousand lines. Raises Problem IMPORT_COLUMNS when it has no columns that name units."""
    keys = {header: columns.key_of(header) for header in table.headers if header}
    known = set(keys.values())
    if not ({"code"} <= known or {"building", "number"} <= known):
        raise Problem(
            "IMPORT_COLUMNS",
            "表头里没有「房号」，也没有「楼栋」和「室号」。",
            "请按模板的表头填写。",
            field="file",
        )
    reader = _Reader()
    twice = [
        header for header in keys if header and list(keys.values()).count(keys[header]) > 1 and keys[header]
    ]
    for header in twice[1:]:
        reader.refuse(1, header, "COLUMN_TWICE", f"「{header}」和另一列是一个意思，请只留一列")
    for place, row in enumerate(table.rows):
        if place % TOLD_EVERY == 0:
            progress("逐行检查", place, len(table.rows))
        cells = {keys[header]: value for header, value in row.cells.items() if keys.get(header)}
        _read_row(reader, row, cells)
    register = Register(
        tuple(reader.units.values()), tuple(reader.persons.values()), tuple(reader.stays.values())
    )
    reader.bad.sort(key=lambda bad: (bad.line, bad.column))
    return Reading(register, reader.bad, tuple(header for header, key in keys.items() if not key))


def _read_row(reader: _Reader, row: Row, cells: Mapping[str, Value]) -> None:
    before = len(reader.bad)
    given: dict[str, Any] = {}
    for key, read_cell in READERS.items():
        try:
            given[key] = read_cell(cells.get(key))
        except BadCell as wrong:
            reader.refuse(row.line, key, wrong.code, wrong.reason)
    phones = _phones(reader, row.line, cells)
    if len(reader.bad) > before:
        return
    unit = _unit(reader, row.line, given)
    if unit is None:
        return
    if squeeze(given["name"]):
        _person(reader, row.line, unit, given, phones)
    elif phones or any(given[key] for key in _PERSON_ONLY):
        reader.refuse(row.line, "name", "NAME_MISSING", "填了电话或关系，没有填姓名")


def _phones(reader: _Reader, line: int, cells: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for key in sorted((key for key in cells if key.startswith("phone")), key=lambda key: int(key[5:])):
        label_key = f"label{key[5:]}"
        try:
            number = columns.phone(cells[key])
            label = columns.plain(20)(cells.get(label_key))
        except BadCell as wrong:
            reader.refuse(line, _HEADERS.get(key, f"电话{key[5:]}"), wrong.code, wrong.reason)
            continue
        if number:
            found.setdefault(number, label)
    return tuple(found.items())


def _unit(reader: _Reader, line: int, given: Mapping[str, Any]) -> UnitEntry | None:
    """The unit of a row; what several rows say of one unit must agree."""
    building, stair, number, code = given["building"], given["stair"], given["number"], given["code"]
    if code and not (building and number):
        parts = _parts(code)
        if parts is None:
            reader.refuse(
                line, "code", "CODE_FORMAT", f"「{code}」看不出楼栋和室号，请填「楼栋」「室号」两列"
            )
            return None
        building, stair, number = building or parts[0], stair or parts[1], number or parts[2]
        code = code if "-" in code else ""
    if not building or not number:
        missing = "building" if not building else "number"
        reader.refuse(line, missing, "UNIT_MISSING", "没有房号：请填「房号」，或「楼栋」和「室号」")
        return None
    code = code or unit_code(building, stair, number)
    entry = UnitEntry(
        line, code, building, number, given["building_name"], given["unit_name"], stair, given["floor"],
        given["unit_kind"], given["area"], given["moved_in"], given["unit_note"],
    )  # fmt: skip
    earlier = reader.units.get(fold(code))
    if earlier is None:
        reader.units[fold(code)] = entry
        return entry
    merged = _merge(reader, line, earlier, entry)
    if merged is not None:
        reader.units[fold(code)] = merged
    return merged


_COLUMN_OF = {
    "name": "unit_name",
    "kind": "unit_kind",
    "area_cm2": "area",
    "moved_in_on": "moved_in",
    "note": "unit_note",
}


def _merge(reader: _Reader, line: int, earlier: UnitEntry, later: UnitEntry) -> UnitEntry | None:
    values: dict[str, Any] = {}
    for name in (
        "building",
        "number",
        "building_name",
        "name",
        "stair",
        "floor",
        "kind",
        "area_cm2",
        "moved_in_on",
        "note",
    ):
        first, second = getattr(earlier, name), getattr(later, name)
        if second in ("", None):
            continue
        if first not in ("", None) and first != second:
            column = _COLUMN_OF.get(name, name)
            reader.refuse(
                line,
                column,
                "UNIT_CONFLICT",
                f"{earlier.code} 在第 {earlier.line} 行是「{first}」，这里是「{second}」",
            )
            return None
        values[name] = second
    return replace(earlier, **values)


def _parts(code: str) -> tuple[str, str, str] | None:
    """Building, stair and number of `3-2-1502`, `A-108`, `3栋2单元1502`."""
    if match := _SPOKEN.fullmatch(code):
        return figure(match["b"]), figure(match["s"] or ""), figure(match["n"])
    parts = code.split("-")
    if len(parts) not in (2, 3) or not all(parts) or any(len(part) > 10 for part in parts):
        return None
    return parts[0], parts[1] if len(parts) == 3 else "", parts[-1]


def _person(
    reader: _Reader, line: int, unit: UnitEntry, given: Mapping[str, Any], phones: tuple[tuple[str, str], ...]
) -> None:
    since, until = given["since"], given["until"]
    if since and until and until < since:
        reader.refuse(line, "until", "DATE_ORDER", "「至」早于「自」")
        return
    name = " ".join(given["name"].split())
    key = _key(reader, unit, name, given["party"], phones)
    entry = PersonEntry(
        line, key, name, given["party"], given["kind"], given["title"], phones, given["email"], given["note"]
    )
    earlier = reader.persons.get(key)
    if earlier is not None:
        merged = _merge_person(reader, line, earlier, entry)
        if merged is None:
            return
        entry = merged
    relation = given["relation"] or "owner"
    same = (fold(unit.code), key, relation, since)
    if same in reader.stays:
        reader.refuse(line, "name", "ROW_TWICE", f"与第 {reader.stays[same].line} 行重复")
        return
    reader.persons[key] = entry
    reader.stays[same] = OccupancyEntry(line, unit.code, key, relation, given["relation_note"], since, until)
    _remember(reader, key, unit, entry)


def _key(
    reader: _Reader, unit: UnitEntry, name: str, number: int | None, phones: Iterable[tuple[str, str]]
) -> int:
    """The key under which the same person stands already: by number, by name and a telephone, by name in the unit."""
    plain = squeeze(name)
    if number is not None:
        return reader.by_number.get(number, len(reader.persons) + 1)
    for phone, _label in phones:
        if (plain, phone) in reader.by_phone:
            return reader.by_phone[(plain, phone)]
    return reader.by_unit.get((fold(unit.code), plain), len(reader.persons) + 1)


def _remember(reader: _Reader, key: int, unit: UnitEntry, person: PersonEntry) -> None:
    if person.party_id is not None:
        reader.by_number[person.party_id] = key
    for phone, _label in person.phones:
        reader.by_phone.setdefault((squeeze(person.name), phone), key)
    reader.by_unit.setdefault((fold(unit.code), squeeze(person.name)), key)


def _merge_person(reader: _Reader, line: int, earlier: PersonEntry, later: PersonEntry) -> PersonEntry | None:
    numbers = dict(earlier.phones)
    for number, label in later.phones:
        numbers[number] = label or numbers.get(number, "")
    values: dict[str, Any] = {"phones": tuple(numbers.items())}
    for name in ("name", "party_id", "kind", "title", "email", "note"):
        first, second = getattr(earlier, name), getattr(later, name)
        if second in ("", None):
            continue
        if first not in ("", None) and first != second:
            reader.refuse(
                line,
                "name",
                "PERSON_CONFLICT",
                f"同一个人在第 {earlier.line} 行是「{first}」，这里是「{second}」",
            )
            return None
        values[name] = second
    return replace(earlier, **values)
