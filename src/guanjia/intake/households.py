"""Import and export of an office's households.

A dry run reads a list, names every bad row by line and reason, and says what would change. A commit takes the same
file (told by its SHA-256) as a whole or not at all. Importing once more changes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guanjia.estate import bulk
from guanjia.estate import queries as estate
from guanjia.estate.bulk import Progress
from guanjia.estate.models import Occupancy, Office, Unit
from guanjia.estate.register import Change, Plan, plan
from guanjia.intake import rows, tables
from guanjia.intake.columns import COLUMNS, square_metres
from guanjia.intake.rows import BadRow
from guanjia.intake.uploads import sha256_of
from guanjia.kernel.problem import Problem

SHEET = "住户"
CHUNK = 500
_BEFORE_PHONES = COLUMNS[:17]
_AFTER_PHONES = COLUMNS[-4:]
_RULES = (
    ("一行一人", "一户有几个人就写几行，房屋的各列写一次就够，其余行可以空着。空置的房屋写一行，姓名留空。"),
    ("空格不改动", "再次导入时，空着的格子不改动系统里已有的内容；表里没有的人和房屋也不动。"),
    ("电话", "填了电话的人，以表里的电话为准；都空着则不改动。"),
    ("迁出", "在「至」里写迁出日期。"),
)


@dataclass(frozen=True)
class Report:
    """What a dry run found, or what a commit did.

    sha256: of the file; digest: of the changes, so that a commit notices when the estate has changed meanwhile;
    counts: new and changed units, persons and occupancies, unchanged rows; ignored: headers that mean nothing here.
    """

    sha256: str
    digest: str
    lines: int
    units: int
    persons: int
    counts: dict[str, int]
    bad: tuple[BadRow, ...]
    changes: tuple[Change, ...]
    ignored: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether a commit would be taken."""
        return not self.bad and self.lines > 0

    def as_dict(self, most: int = 1000) -> dict[str, Any]:
        """For JSON, with at most so many bad rows and changes."""
        return {
            **{
                name: getattr(self, name)
                for name in ("sha256", "digest", "lines", "units", "persons", "counts", "ok")
            },
            "ignored": list(self.ignored),
            "bad": [asdict(one) for one in self.bad[:most]],
            "changes": [asdict(one) for one in self.changes[:most]],
        }


def dry_run(office: Office, filename: str, content: bytes, progress: Progress | None = None) -> Report:
    """Read a list and say what a commit would do; writes nothing. `progress(stage, done, total)` is told how far it is.

    Raises Problem of `tables.read` and IMPORT_COLUMNS when the file as a whole cannot be read.
    """
    return _Reading(office, filename, content, progress).against_the_estate()[0]


def commit(
    office: Office,
    filename: str,
    content: bytes,
    *,
    sha256: str,
    on: date,
    digest: str = "",
    progress: Progress | None = None,
    also: Callable[[Report], None] | None = None,
) -> Report:
    """Take the list of a dry run as a whole. `on`: the office's day; `progress(stage, done, total)` is told how far it is;
    `also` is done in the transaction that writes.

    Raises Problem IMPORT_FILE_CHANGED when the file is not that of the dry run, IMPORT_ESTATE_CHANGED when the estate
    has changed so that something else would be written, IMPORT_BAD_ROWS when any row is bad. Nothing is written then.
    """
    if sha256_of(content) != sha256:
        raise Problem(
            "IMPORT_FILE_CHANGED", "文件与试导入时的不同。", "请重新试导入。", field="file", status=409
        )
    reading = _Reading(office, filename, content, progress)
    found: list[Report] = []

    def made() -> Plan:
        """The plan as the estate now is; refused when it is not the one that somebody has looked at."""
        report, wanted = reading.against_the_estate()
        _require_takeable(report, digest)
        found.append(report)
        return wanted

    bulk.apply_plan(office, made, on=on, progress=progress, also=(lambda: also(found[-1])) if also else None)
    return found[-1]


def _require_takeable(report: Report, digest: str) -> None:
    if report.bad:
        first = report.bad[0]
        where = f"第 {first.line} 行「{first.column}」：{first.reason}"
        raise Problem(
            "IMPORT_BAD_ROWS",
            f"有 {len(report.bad)} 处不能导入，{where}。",
            "请改好后重新试导入。",
            field="file",
        )
    if digest and digest != report.digest:
        raise Problem(
            "IMPORT_ESTATE_CHANGED",
            "试导入以后，住户资料有变动。",
            "请重新试导入，看过变化再导入。",
            field="file",
            status=409,
        )


class _Reading:
    """A list that was read once, to be set against the estate as often as that changes."""

    def __init__(self, office: Office, filename: str, content: bytes, progress: Progress | None) -> None:
        self.office, self.sha256 = office, sha256_of(content)
        self.progress = progress or (lambda stage, done, total: None)
        self.progress("读取文件", 0, 0)
        self.table = tables.read(filename, content)
        self.reading = rows.read(self.table, self.progress)

    def against_the_estate(self) -> tuple[Report, Plan]:
        """What is wrong with the list, and what it would change now."""
        register = self.reading.register
        made = plan(self.office, register)
        report = Report(
            sha256=self.sha256,
            digest=made.digest,
            lines=len(self.table.rows),
            units=len(register.units),
            persons=len(register.persons),
            counts=made.counts(),
            bad=tuple(self.reading.bad),
            changes=tuple(made.changes),
            ignored=self.reading.ignored,
        )
        return report, made


def template() -> bytes:
    """An empty workbook to fill in, with a second sheet that explains each column."""
    buffer = io.BytesIO()
    headers = [column.header for column in COLUMNS]
    notes = [
        ("列", "怎样填"),
        *((column.header, column.help) for column in COLUMNS if column.help),
        ("", ""),
        *_RULES,
    ]
    tables.write_workbook(
        buffer, SHEET, headers, (), widths=[column.width for column in COLUMNS], notes=notes
    )
    return buffer.getvalue()


def export_xlsx(office: Office, path: Path | io.BytesIO) -> None:
    """Write every unit and occupancy of the office, ended ones too, to a workbook that can be imported again."""
    headers = _headers(office)
    widths = [column.width for column in _BEFORE_PHONES] + [16, 10] * (
        (len(headers) - len(_BEFORE_PHONES)) // 2
    )
    tables.write_workbook(path, SHEET, headers, export_rows(office), widths=widths)


def export_csv(office: Office) -> Iterator[bytes]:
    """The same as CSV in UTF-8 with a byte order mark, piece by piece for a streaming answer."""
    yield from tables.csv_lines(_headers(office), export_rows(office))


def _headers(office: Office) -> list[str]:
    phones = [f"电话{n}{what}" for n in range(1, estate.most_phones(office) + 1) for what in ("", "用途")]
    return [
        *(column.header for column in _BEFORE_PHONES),
        *phones,
        *(column.header for column in _AFTER_PHONES),
    ]


def export_rows(office: Office) -> Iterator[list[str]]:
    """One row a person and unit, one for an empty unit, in the order of the codes."""
    phones = estate.most_phones(office)
    for units in estate.units_in_chunks(office, CHUNK):
        for unit in units:
            stays = estate.stays_of(unit)
            for number, stay in enumerate(stays):
                yield _export(unit, stay, phones, whole=number == 0)
            if not stays:
                yield _export(unit, None, phones, whole=True)


def _export(unit: Unit, stay: Occupancy | None, phones: int, *, whole: bool) -> list[str]:
    """A row; what belongs to the unit stands in its first row only, but for its code."""
    floor = "" if unit.floor is None else str(unit.floor)
    moved_in = unit.moved_in_on.isoformat() if unit.moved_in_on else ""
    details = [unit.name, str(unit.get_kind_display()), square_metres(unit.area_cm2), moved_in, unit.note]
    place = [unit.building.code, unit.building.name, unit.stair, floor, unit.number, unit.code]
    cells = [*place, *(details if whole else [""] * len(details))]
    return [tables.text_of(cell) for cell in [*cells, *_export_party(stay, phones)]]


def _export_party(stay: Occupancy | None, phones: int) -> Sequence[str]:
    if stay is None:
        return [""] * (6 + 2 * phones + 4)
    party = stay.party
    numbers = [cell for phone in party.phones.all() for cell in (phone.number, phone.label)]
    return [
        str(party.pk),
        party.name,
        str(party.get_kind_display()),
        str(party.get_title_display()),
        str(stay.get_relation_display()),
        stay.relation_note,
        *numbers,
        *[""] * (2 * phones - len(numbers)),
        party.email,
        party.note,
        stay.since.isoformat() if stay.since else "",
        stay.until.isoformat() if stay.until else "",
    ]
