"""A report as an Excel workbook: written row by row in constant memory, nothing in it ever read as a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from guanjia.kernel.moments import require_aware
from guanjia.kernel.money import in_words
from guanjia.records.report import Block, Cell, Column, Kind, Report, Table, day_text, ratio_of, shown

_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_MONEY = "#,##0.00"
_FORMATS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "align": "center"},
    "meta": {"font_size": 10},
    "heading": {"bold": True, "font_size": 12},
    "head": {
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "border": 1,
        "bg_color": "#F0F0F0",
        "text_wrap": True,
    },
    "text": {"border": 1, "valign": "top", "text_wrap": True, "num_format": "@"},
    "center": {"border": 1, "align": "center", "valign": "top", "num_format": "@"},
    "number": {"border": 1, "align": "center", "valign": "top"},
    "money": {"border": 1, "valign": "top", "num_format": _MONEY},
    "percent": {"border": 1, "valign": "top", "num_format": "0.0%"},
    "day": {"border": 1, "align": "center", "valign": "top", "num_format": "yyyy-mm-dd"},
    "time": {"border": 1, "align": "center", "valign": "top", "num_format": "yyyy-mm-dd hh:mm"},
}


def write(report: Report) -> bytes:
    """The workbook of a report: one sheet for each section that has a table.

    Every sheet starts with title, office, number, clause and period, repeats its heads when printed, is filtered
    and frozen under them, and counts its pages. Text is always written as text: `=1+1` stays what it is.
    """
    kept = io.BytesIO()
    settings = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(kept, settings) as book:
        book.set_properties({"title": report.title, "company": report.office, "created": report.printed_at})
        formats = {name: book.add_format(form) for name, form in _FORMATS.items()}
        formats |= {
            f"sum-{kind}": book.add_format(_FORMATS[kind] | {"bold": True, "top": 2}) for kind in _FORMATS
        }
        taken: set[str] = set()
        for block in report.blocks:
            if block.table:
                _Sheet(book, formats, _free_name(block.heading or report.title, taken)).write(
                    report, block, block.table
                )
    return kept.getvalue()


class _Sheet:
    """One worksheet, filled from the top; constant memory forbids going back."""

    def __init__(self, book: Any, formats: dict[str, Any], name: str) -> None:
        self.sheet = book.add_worksheet(name)
        self.formats = formats
        self.row = 0

    def write(self, report: Report, block: Block, table: Table) -> None:
        self.page(report, table)
        last = len(table.columns) - 1
        self.line(report.title, "title", last)
        about = [
            report.office,
            f"编号：{report.number}" if report.number else "",
            report.period,
            report.people,
        ]
        self.line("　".join(filter(None, about)), "meta")
        self.line(
            "　".join(filter(None, [f"依据：{report.basis}" if report.basis else "", report.units])), "meta"
        )
        self.line(block.heading, "heading")
        for paragraph in block.text:
            self.line(paragraph, "meta")
        top = self.row
        self.cells([column.group for column in table.columns], "head") if _grouped(table) else None
        self.cells([column.label for column in table.columns], "head")
        self.sheet.freeze_panes(self.row, 1)
        self.sheet.repeat_rows(top, self.row - 1)
        heads = self.row - 1
        for row in table.rows:
            self.values(row, table.columns, report)
        self.sheet.autofilter(heads, 0, max(heads, self.row - 1), last)
        if table.total:
            self.values(table.total, table.columns, report, "sum-")
        if table.words:
            self.line(f"{table.words[0]}：人民币{in_words(table.words[1])}", "meta")
        self.line("　".join(f"{sign}：＿＿＿＿＿＿" for sign in report.signs), "meta")
        self.line(f"{day_text(report.printed_at, report.zone)} 导出", "meta")

    def page(self, report: Report, table: Table) -> None:
        if report.landscape or len(table.columns) > 7:
            self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L" + report.archive.replace("&", "&&") + "&R第&P页，共&N页")
        for n, column in enumerate(table.columns):
            self.sheet.set_column(n, n, _width(column))

    def line(self, text: str, form: str, merged_to: int = 0) -> None:
        if merged_to:
            self.sheet.merge_range(self.row, 0, self.row, merged_to, "", self.formats[form])
        if text:
            self.sheet.write_string(self.row, 0, text, self.formats[form])
        self.row += 1

    def cells(self, texts: Sequence[str], form: str) -> None:
        for n, text in enumerate(texts):
            self.sheet.write_string(self.row, n, text, self.formats[form])
        self.row += 1

    def values(
        self, row: Sequence[Cell], columns: Sequence[Column], report: Report, prefix: str = ""
    ) -> None:
        for n, (value, column) in enumerate(zip(row, columns, strict=True)):
            self.value(n, value, column.kind, report, prefix)
        self.row += 1

    def value(self, n: int, value: Cell, kind: Kind, report: Report, prefix: str) -> None:
        """One cell: numbers and dates as such, so that a sheet can be summed and sorted; all else as text."""
        form = self.formats[prefix + kind]
        if prefix and isinstance(value, str):
            self.sheet.write_string(self.row, n, value, self.formats[f"{prefix}center"])
        elif value is None or (kind == "percent" and ratio_of(value) is None):
            self.sheet.write_blank(self.row, n, None, form)
        elif kind == "money":
            shown(value, kind, report.zone)  # the same check that paper makes
            self.sheet.write_number(self.row, n, Decimal(value) / 100, form)  # type: ignore[arg-type]
        elif kind == "percent":
            self.sheet.write_number(self.row, n, ratio_of(value), form)
        elif kind == "number" and isinstance(value, int | Decimal) and not isinstance(value, bool):
            self.sheet.write_number(self.row, n, value, form)
        elif kind in ("day", "time") and isinstance(value, date):
            self.sheet.write_datetime(self.row, n, _local(value, report), form)
        else:
            self.sheet.write_string(self.row, n, shown(value, kind, report.zone) or "", form)


def _local(value: date, report: Report) -> date:
    """Excel knows no zones: the office's wall clock."""
    if isinstance(value, datetime):
        return require_aware(value).astimezone(report.zone).replace(tzinfo=None)
    return value


def _grouped(table: Table) -> bool:
    return any(column.group for column in table.columns)


def _width(column: Column) -> int:
    least = {"time": 17, "day": 12, "money": 13, "number": 9, "percent": 9}.get(column.kind, 10)
    return max(least, 2 * len(column.label) + 3, 12 * column.width if column.kind == "text" else 0)


def _free_name(text: str, taken: set[str]) -> str:
    """A sheet name that Excel accepts, once in the book."""
    stem = _FORBIDDEN.sub("", text).strip()[:28] or "表"
    name, n = stem, 1
    while name.lower() in taken:
        n += 1
        name = f"{stem}{n}"
    taken.add(name.lower())
    return name
