"""Tables in files: .xlsx and .csv in, the same out. Every row keeps the line on which a person finds it.

What goes out is never a formula: workbooks get strings only, and a text that a spreadsheet would compute begins with an
apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from guanjia.intake.uploads import XLSX, check
from guanjia.kernel.problem import Problem

Value = str | int | float | bool | date | datetime | time | None
LONGEST = 60_000
_LIVE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One line of the file, by header. `line` counts from 1 as the spreadsheet or editor shows it."""

    line: int
    cells: dict[str, Value]


@dataclass(frozen=True)
class Table:
    """The first sheet of a file: its headers as they stand, its rows without the empty ones."""

    headers: tuple[str, ...]
    rows: tuple[Row, ...]


def read(filename: str, content: bytes) -> Table:
    """The table in a file. Raises Problem of `uploads.check`, TABLE_UNREADABLE, TABLE_EMPTY, TABLE_TOO_LONG."""
    lines = _workbook(content) if check(filename, content) == XLSX else _csv(content)
    headers: tuple[str, ...] = ()
    rows: list[Row] = []
    for line, values in lines:
        if all(text_of(value) == "" for value in values):
            continue
        if not headers:
            headers = tuple(text_of(value) for value in values)
            continue
        rows.append(
            Row(line, {header: value for header, value in zip(headers, values, strict=False) if header})
        )
        if len(rows) > LONGEST:
            raise Problem("TABLE_TOO_LONG", f"超过 {LONGEST} 行。", "请分成几个文件导入。", field="file")
    if not headers:
        raise Problem("TABLE_EMPTY", "表里没有内容。", "请下载模板填写。", field="file")
    return Table(headers, tuple(rows))


def _workbook(content: bytes) -> Iterator[tuple[int, list[Value]]]:
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError):
        raise Problem(
            "TABLE_UNREADABLE", "工作簿读不出来。", "请在 Excel 里重新保存后再导入。", field="file"
        ) from None
    for line, values in enumerate(rows, 1):
        yield line, [_plain(value) for value in values]


def _plain(value: str | int | float | bool | date | datetime | time | timedelta) -> Value:
    if isinstance(value, timedelta):
        return str(value)
    return unguarded(value) if isinstance(value, str) else value


def _csv(content: bytes) -> Iterator[tuple[int, list[Value]]]:
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for values in reader:
            yield line, [unguarded(value) for value in values]
            line = reader.line_num + 1
    except csv.Error:
        raise Problem(
            "TABLE_UNREADABLE", f"第 {line} 行读不出来。", "请检查引号是否成对。", field="file"
        ) from None


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Problem(
        "TABLE_UNREADABLE", "文字编码认不出来。", "请存为 UTF-8 或 GB18030 的 CSV，或用 .xlsx。", field="file"
    )


def text_of(value: Value) -> str:
    """A cell as text: `1502` for 1502.0, `2026-03-24` for a date, no spaces around."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return " ".join(str(value).replace("\x00", "").split())


def guarded(text: str) -> str:
    """A text that no spreadsheet computes: an apostrophe before `=`, `+`, `-`, `@`, tabs, and before apostrophes."""
    return f"'{text}" if text.startswith((*_LIVE, "'")) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text[:1] == "'" and text[1:].startswith((*_LIVE, "'")) else text


def csv_lines(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """A CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese; one piece a row, for streaming."""
    yield b"\xef\xbb\xbf"
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for values in _all(headers, rows):
        writer.writerow([guarded(value) for value in values])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _all(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield headers
    yield from rows


def write_workbook(
    path: Path | io.BytesIO,
    sheet: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    widths: Sequence[int] = (),
    notes: Sequence[Sequence[str]] = (),
) -> None:
    """A workbook written row by row in little memory; every cell is a string, columns are formatted as text.

    notes: rows of a second sheet 填写说明.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(path if isinstance(path, io.BytesIO) else str(path), options)
    bold, plain = book.add_format({"bold": True, "num_format": "@"}), book.add_format({"num_format": "@"})
    page = book.add_worksheet(sheet)
    for column in range(len(headers)):
        page.set_column(column, column, widths[column] if column < len(widths) else 12, plain)
    page.freeze_panes(1, 0)
    for number, values in enumerate(_all(headers, rows)):
        for column, value in enumerate(values):
            if value:
                page.write_string(number, column, guarded(value), bold if number == 0 else plain)
    if notes:
        second = book.add_worksheet("填写说明")
        second.set_column(0, 0, 20)
        second.set_column(1, 1, 80)
        for number, values in enumerate(notes):
            for column, value in enumerate(values):
                second.write_string(number, column, value)
    book.close()
