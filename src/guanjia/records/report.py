"""A report or register of a period as data: the same content goes to paper (PDF) and to a spreadsheet (XLSX).

Raw values in, one rule for each kind of column: money is whole fen, times are aware, a percentage is the pair
(numerator, denominator), so that nobody formats twice and the two never differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import require_aware
from guanjia.kernel.money import in_words, yuan

Kind = Literal["text", "center", "number", "money", "percent", "day", "time"]
Cell = str | int | Decimal | bool | date | datetime | tuple[int, int] | None
_RIGHT: tuple[Kind, ...] = ("money", "percent")


@dataclass(frozen=True)
class Column:
    """A column: its head, what it holds, its share of the width (0: as wide as it needs), the head above it."""

    label: str
    kind: Kind = "text"
    width: int = 1
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns. `total`: the sum row. `words`: a label and fen to be written out in capitals below."""

    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    total: Sequence[Cell] = ()
    words: tuple[str, int] | None = None
    tall: bool = False
    empty: str = "本期没有"


@dataclass(frozen=True)
class Block:
    """A section: heading, paragraphs, table; each may be absent."""

    heading: str = ""
    text: Sequence[str] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Report:
    """A whole report. `basis` is the manual and clause it rests on, `signs` who signs below."""

    title: str
    office: str
    period: str
    blocks: Sequence[Block]
    printed_at: datetime
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    number: str = ""
    basis: str = ""
    units: str = ""
    people: str = ""
    archive: str = ""
    signs: Sequence[str] = ()
    landscape: bool = False


def shown(value: Cell, kind: Kind, zone: ZoneInfo) -> str | None:
    """A value as it is printed; None for nothing to show. TypeError for a value that is not of the column's kind."""
    if value is None:
        return None
    if kind == "money":
        return yuan(_whole(value))
    if kind == "percent":
        ratio = ratio_of(value)
        return None if ratio is None else f"{(ratio * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
    if isinstance(value, datetime):
        local = require_aware(value).astimezone(zone)
        return f"{local:%Y-%m-%d}" if kind == "day" else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def ratio_of(value: Cell) -> Decimal | None:
    """The ratio of a pair (numerator, denominator); None when there is nothing to divide by."""
    if not (isinstance(value, tuple) and len(value) == 2):
        raise TypeError(f"a percentage is a pair of whole numbers, not {value!r}")
    part, whole = value
    return Decimal(part) / Decimal(whole) if whole else None


def day_text(moment: datetime, zone: ZoneInfo, *, time: bool = True) -> str:
    """`2026年3月24日 10:42` on the office's clock, for papers."""
    local = require_aware(moment).astimezone(zone)
    day = f"{local.year}年{local.month}月{local.day}日"
    return f"{day} {local:%H:%M}" if time else day


def report_data(report: Report) -> dict[str, Any]:
    """What the PDF template `report` takes."""
    blocks = [
        {
            "heading": block.heading,
            "text": list(block.text),
            "table": _table(block.table, report.zone) if block.table else None,
        }
        for block in report.blocks
    ]
    return _head(report) | {"blocks": blocks}


def register_data(report: Report) -> dict[str, Any]:
    """What the PDF template `register` takes: the first table of the report, all paragraphs as notes."""
    tables = [block.table for block in report.blocks if block.table]
    table = _table(tables[0], report.zone)
    notes = [paragraph for block in report.blocks for paragraph in block.text]
    return _head(report) | {
        "columns": table["columns"],
        "rows": table["rows"],
        "empty": table["empty"],
        "notes": notes,
    }


def _head(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "office": report.office,
        "number": report.number,
        "period": report.period,
        "basis": report.basis,
        "units": report.units,
        "people": report.people,
        "archive": report.archive,
        "signs": list(report.signs),
        "landscape": report.landscape,
        "printed_at": f"{day_text(report.printed_at, report.zone)} 打印",
    }


def _table(table: Table, zone: ZoneInfo) -> dict[str, Any]:
    columns = table.columns
    return {
        "columns": [
            {"label": column.label, "group": column.group, "width": column.width, "align": _side(column.kind)}
            for column in columns
        ],
        "rows": [
            [shown(value, column.kind, zone) for value, column in _pairs(row, columns)] for row in table.rows
        ],
        "sum": [
            value if isinstance(value, str) else shown(value, column.kind, zone)
            for value, column in _pairs(table.total, columns)
        ]
        if table.total
        else [],
        "words": f"人民币{in_words(table.words[1])}" if table.words else "",
        "words_label": table.words[0] if table.words else "",
        "tall": table.tall,
        "empty": table.empty,
    }


def _pairs(row: Sequence[Cell], columns: Sequence[Column]) -> Iterable[tuple[Cell, Column]]:
    return zip(row, columns, strict=True)


def _side(kind: Kind) -> str:
    if kind in _RIGHT:
        return "right"
    return "left" if kind == "text" else "center"


def _whole(value: Cell) -> int:
    if type(value) is not int:
        raise TypeError(f"money is whole fen, not {value!r}")
    return value
