"""What is owed, what was taken, receipts, statements: every figure leads to its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.engine.sight import without_secrets
from guanjia.kernel.problem import Problem
from guanjia.ledger import audit, days
from guanjia.ledger import queries as ledger
from guanjia.ledger.chart import method_word
from guanjia.ledger.models import Receipt
from guanjia.obligations import queries as obligations
from guanjia.records.report import Cell, Column
from guanjia.reports import printing
from guanjia.staff import rules
from guanjia.web import exports, shell
from guanjia.web.bridge import duties, seen
from guanjia.web.doors import OfficeRequest, office_page

OPEN_HEADINGS = (
    "交款人", "项目", "事项", Column("应收，元", "money"), Column("已收，元", "money"), Column("未收，元", "money"),
    Column("记账", "day"),
)  # fmt: skip
RECEIPT_HEADINGS = (
    "收据号", Column("时间", "time"), "交款人", "项目", "方式", Column("金额，元", "money"), "经手", "作废", "事项",
)  # fmt: skip


def case_number(reference: str) -> str:
    """The case behind a reference of the ledger, or ""."""
    return reference.removeprefix("case:") if reference.startswith("case:") else ""


def columns_of(headings: Sequence[str | Column]) -> list[Column]:
    """Headings as columns: a text alone heads a column of text."""
    return [heading if isinstance(heading, Column) else Column(heading) for heading in headings]


def day_of(request: OfficeRequest) -> date:
    """The day of the address, else today in the office."""
    today = request.now.astimezone(request.zone).date()
    try:
        return date.fromisoformat(request.GET.get("day", "")) if request.GET.get("day") else today
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("日期写得不对。"), _("请按 2026-03-24 的样子写。"), field="day"
        ) from None


@require_safe
@office_page
def desk(request: OfficeRequest) -> HttpResponse:
    """What waits to be booked, what is owed, what was taken today."""
    shell.require_door(request, "cashier")
    search = request.GET.get("q", "").strip()
    listing = ledger.open_items(request.office, search=search, page=_page(request))
    mine = seen.sight(request)
    waiting = obligations.worklist(mine, now=request.now, search="").filter(duty="book-charge")
    people = duties.people_of(request.office, request.now)
    today = request.now.astimezone(request.zone).date()
    context = {
        "items": [(item, case_number(item.reference)) for item in listing.page],
        "page": listing.page,
        "total_fen": listing.total_fen,
        "search": search,
        "booking": [
            duties.row(one, request.now, request.zone, people) for one in without_secrets(waiting[:20], mine)
        ],
        "till": ledger.day_totals(request.office, today),
        "in_hand": days.holdings(request.office),
        "today": today,
        "open_days": days.open_days(request.office, today),
        "may_take": rules.can_take_money(request.user, request.office, request.now),
        "area": "cashier",
    }
    return render(request, "web/cashier/desk.html", context)


def _page(request: OfficeRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdigit() else 1


@require_safe
@office_page
def export_open(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Everything that is owed, as CSV or XLSX."""
    shell.require_door(request, "cashier")
    return exports.response(
        request,
        kind,
        _("未收清单"),
        OPEN_HEADINGS,
        _open_lines(request),
    )


def _open_lines(request: OfficeRequest) -> Iterator[tuple[Cell, ...]]:
    search, number = request.GET.get("q", "").strip(), 1
    while True:
        listing = ledger.open_items(request.office, search=search, page=number, size=500)
        for item in listing.page:
            yield (
                item.payer_name, item.item, case_number(item.reference), item.charged_fen, item.paid_fen,
                item.balance_fen, item.opened_at,
            )  # fmt: skip
        if not listing.page.has_next():
            return
        number += 1


@require_safe
@office_page
def receipts(request: OfficeRequest) -> HttpResponse:
    """The register of receipts, newest first, void ones too; missing numbers are named."""
    shell.require_door(request, "cashier")
    search = request.GET.get("q", "").strip()
    listing = ledger.receipts_page(request.office, search=search, page=_page(request))
    context = {
        "rows": [(row, case_number(row.reference)) for row in listing.page],
        "page": listing.page,
        "total_fen": listing.total_fen,
        "search": search,
        "gaps": audit.receipt_gaps(request.office),
        "area": "cashier",
    }
    return render(request, "web/cashier/receipts.html", context)


@require_safe
@office_page
def export_receipts(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The register of receipts, as CSV or XLSX."""
    shell.require_door(request, "cashier")
    listing = ledger.receipts_page(request.office, search=request.GET.get("q", "").strip(), size=100_000)
    rows = [receipt_line(row) for row in listing.page]
    return exports.response(request, kind, _("收据登记"), RECEIPT_HEADINGS, rows)


def receipt_line(row: Receipt) -> tuple[Cell, ...]:
    """A receipt as a line of a register."""
    return (
        row.number,
        row.issued_at,
        row.payer,
        row.item,
        method_word(row.method),
        row.amount_fen,
        str(row.issued_by or ""),
        row.void_reason if row.voided_at else "",
        case_number(row.reference),
    )


@require_safe
@office_page
def receipt(request: OfficeRequest, number: str) -> HttpResponse:
    """One receipt: figures, words, what became of it."""
    rules.require("see_money", request.user, request.office, request.now)
    row = ledger.receipt_of(request.office, number)
    context = {
        "receipt": row,
        "case": case_number(row.reference),
        "may_take": rules.can_take_money(request.user, request.office, request.now),
        "area": "cashier",
    }
    return render(request, "web/cashier/receipt.html", context)


@require_safe
@office_page
def receipt_pdf(request: OfficeRequest, number: str) -> HttpResponse:
    """A receipt to print."""
    rules.require("see_money", request.user, request.office, request.now)
    row = ledger.receipt_of(request.office, number)
    content = printing.receipt_pdf(row, request.now, case=case_number(row.reference))
    return exports.pdf_of(content, f"收据-{number}.pdf")


@require_safe
@office_page
def statement(request: OfficeRequest, payer: str) -> HttpResponse:
    """All that a household was charged and paid, with what was owed after each line."""
    rules.require("see_money", request.user, request.office, request.now)
    lines = ledger.statement(request.office, payer)
    context = {
        "payer": payer.partition(":")[2] or payer,
        "lines": [(line, case_number(line.reference)) for line in lines],
        "balance_fen": lines[-1].balance_fen if lines else 0,
        "area": "cashier",
    }
    return render(request, "web/cashier/statement.html", context)
