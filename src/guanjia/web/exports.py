"""Tables as files: CSV that opens in Excel, XLSX, or a register on paper (PDF). A cell that would be a formula stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse

from guanjia.kernel.problem import Problem
from guanjia.records import pdf, xlsx
from guanjia.records.report import Block, Cell, Column, Report, Table, register_data, report_data, shown
from guanjia.web.doors import OfficeRequest

# What somebody sent runs nothing, loads nothing, is framed by nobody and has no origin whose cookies it could read.
INERT = "default-src 'none'; frame-ancestors 'none'; sandbox"
# Papers of our own are shown by the browser's viewer, which a sandbox may keep from opening.
PAPER = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
RISKY = ("=", "+", "-", "@", "\t", "\r")
MOST_ON_PAPER = 3000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def response(
    request: OfficeRequest,
    kind: str,
    title: str,
    headings: Sequence[str | Column],
    rows: Iterable[Sequence[Cell]],
    *,
    period: str = "",
    basis: str = "",
    notes: Sequence[str] = (),
    signs: Sequence[str] = (),
) -> HttpResponse | StreamingHttpResponse:
    """A download named after the title, or a PDF to look at.

    kind: csv, xlsx or pdf. headings: a text for a column of text, a Column for money (whole fen), moments and days.
    Raises Problem EXPORT_KIND (404) for another kind, EXPORT_TOO_LONG (422) for more rows than paper should carry.
    """
    columns = [heading if isinstance(heading, Column) else Column(heading) for heading in headings]
    if kind == "csv":
        return StreamingHttpResponse(
            _csv(columns, rows, request.zone),
            content_type="text/csv; charset=utf-8",
            headers=_named(title, kind, "attachment"),
        )
    if kind not in ("xlsx", "pdf"):
        raise Problem("EXPORT_KIND", f"不能导出成 {kind}。", "请选 CSV、XLSX 或 PDF。", status=404)
    held = list(islice(rows, MOST_ON_PAPER + 1)) if kind == "pdf" else rows
    report = Report(
        title, request.office.name, period, [Block(title, notes, Table(columns, held))], request.now, request.zone,
        basis=basis, signs=signs, landscape=len(columns) > 5,
    )  # fmt: skip
    if kind == "xlsx":
        return HttpResponse(xlsx.write(report), content_type=XLSX, headers=_named(title, kind, "attachment"))
    if isinstance(held, list) and len(held) > MOST_ON_PAPER:
        raise Problem(
            "EXPORT_TOO_LONG",
            f"多于 {MOST_ON_PAPER} 行，不宜打印。",
            "请先选月份或查找，或者导出 XLSX。",
            status=422,
        )
    return paper("register", register_data(report), title)


def whole(kind: str, report: Report) -> HttpResponse:
    """A report of several tables: xlsx, a sheet for each, or pdf to look at. Raises Problem EXPORT_KIND (404)."""
    title = f"{report.title} {report.period}".strip()
    if kind == "pdf":
        return paper("report", report_data(report), title)
    if kind != "xlsx":
        raise Problem("EXPORT_KIND", f"不能导出成 {kind}。", "请选 XLSX 或 PDF。", status=404)
    return HttpResponse(xlsx.write(report), content_type=XLSX, headers=_named(title, kind, "attachment"))


def paper(template: str, data: dict[str, object], title: str) -> HttpResponse:
    """A PDF that opens in the browser. `template` as in records.pdf."""
    return pdf_of(pdf.render(template, data), f"{title}.pdf")


def pdf_of(content: bytes, name: str) -> HttpResponse:
    """A PDF of the office's own making, shown in the browser; it runs nothing."""
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}",
        "Content-Security-Policy": PAPER,
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _named(title: str, kind: str, disposition: str) -> dict[str, str]:
    return {"Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(f'{title}.{kind}')}"}


def _csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], zone: ZoneInfo) -> Iterator[str]:
    yield "\ufeff"
    lines = ([_text(cell, column, zone) for cell, column in zip(row, columns, strict=True)] for row in rows)
    for line in chain([[column.label for column in columns]], lines):
        buffer = io.StringIO()
        csv.writer(buffer).writerow(line)
        yield buffer.getvalue()


def _text(cell: Cell, column: Column, zone: ZoneInfo) -> str:
    """A cell as text; one that Excel would take for a formula gets an apostrophe. Money goes without thousands."""
    text = shown(cell, column.kind, zone) or ""
    if column.kind == "money":
        return text.replace(",", "")
    return f"'{text}" if text.startswith(RISKY) else text
