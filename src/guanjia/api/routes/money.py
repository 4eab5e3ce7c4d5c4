"""Money: what a case owes, the register of receipts, what is owed to the office, a day's takings."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from guanjia.api.keys import ApiRequest, Caller
from guanjia.api.openapi import file_of
from guanjia.api.params import CaseNumber, OfficeCode, OfficeOf, PageNumber, PageSize, Says, Search, SomeDay
from guanjia.api.shapes.common import Gap, Page, case_of, cut, numbers_of
from guanjia.api.shapes.money import (
    BalanceOut,
    DayOut,
    OpenItemOut,
    OpenItemPage,
    ReceiptOut,
    ReceiptPage,
    StatementOut,
    TillOut,
)
from guanjia.engine.facts import reference_of
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ledger import queries as ledger
from guanjia.reports import printing
from guanjia.staff.queries import day_in

router = Router(tags=["账"])
Payer = Annotated[str, Field(max_length=60), Says("谁的账，如 unit:3-2-1502")]
ReceiptNumber = Annotated[str, Field(max_length=30), Says("收据号，如 SJ2603-0001")]


@router.get("/cases/{number}/balance", response=BalanceOut, summary="一件事项的账")
def balance(request: ApiRequest, number: CaseNumber, office: OfficeOf = "") -> BalanceOut:
    """What was charged for a case, what is paid, and its receipts."""
    case = request.auth.case(number, office)
    if not request.auth.sight(case.office).own(case):
        request.auth.require("see_money", case.office)
    reference = reference_of(case)
    found = ledger.balance_of(case.office, reference)
    return BalanceOut(
        charged_fen=found.charged_fen,
        paid_fen=found.paid_fen,
        open_fen=found.open_fen,
        items=[OpenItemOut.of(row) for row in ledger.items_of(case.office, reference)],
        receipts=[ReceiptOut.of(row) for row in ledger.receipts_of(case.office, reference)],
    )


@router.get("/offices/{office}/receipts", response=ReceiptPage, summary="收据登记簿")
def receipts(
    request: ApiRequest, office: OfficeCode, search: Search = "", day: SomeDay = "", page: PageNumber = 1,
    size: PageSize = 50,
) -> ReceiptPage:  # fmt: skip
    """Receipts, newest first, voided ones too; numbers that are missing."""
    place = _books(request.auth, office)
    on = _date(day) if day else None
    listed = ledger.receipts_page(place, search=search, day=on, page=page, size=size)
    rows, numbers = numbers_of(listed.page, page)
    return ReceiptPage(
        items=[ReceiptOut.of(row) for row in rows],
        **numbers,
        total_fen=listed.total_fen,
        gaps=[Gap(series=series, seq=seq) for series, seq in ledger.receipt_gaps(place)],
    )


@router.get("/offices/{office}/receipts/{number}", response=ReceiptOut, summary="一张收据")
def receipt(request: ApiRequest, office: OfficeCode, number: ReceiptNumber) -> ReceiptOut:
    """A receipt by its number."""
    return ReceiptOut.of(ledger.receipt_of(_books(request.auth, office), number))


@router.get(
    "/offices/{office}/receipts/{number}/pdf",
    summary="一张收据，PDF",
    openapi_extra=file_of("application/pdf"),
)
def receipt_pdf(request: ApiRequest, office: OfficeCode, number: ReceiptNumber) -> HttpResponse:
    """A receipt as it prints."""
    caller = request.auth
    row = ledger.receipt_of(_books(caller, office), number)
    return HttpResponse(
        printing.receipt_pdf(row, caller.now, case=case_of(row.reference)),
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{quote(f'收据-{row.number}.pdf')}"},
    )


@router.get("/offices/{office}/open-items", response=OpenItemPage, summary="欠费")
def open_items(
    request: ApiRequest, office: OfficeCode, search: Search = "", page: PageNumber = 1, size: PageSize = 50
) -> OpenItemPage:
    """What is still owed to the office, oldest first."""
    listed = ledger.open_items(_books(request.auth, office), search=search, page=page, size=size)
    rows, numbers = numbers_of(listed.page, page)
    return OpenItemPage(items=[OpenItemOut.of(row) for row in rows], **numbers, total_fen=listed.total_fen)


@router.get("/offices/{office}/statement", response=Page[StatementOut], summary="一户的账")
def statement(
    request: ApiRequest, office: OfficeCode, payer: Payer, page: PageNumber = 1,
    size: PageSize = 50,
) -> Page[StatementOut]:  # fmt: skip
    """All that was charged to and taken from a payer, oldest first."""
    rows, numbers = cut(ledger.statement(_books(request.auth, office), payer), page, size)
    return Page[StatementOut](items=[StatementOut.of(line) for line in rows], **numbers)


@router.get("/offices/{office}/takings", response=DayOut, summary="一天的收款")
def takings(request: ApiRequest, office: OfficeCode, day: SomeDay = "") -> DayOut:
    """What each cashier took, voided and gave back on a day, by way of paying."""
    place = _books(request.auth, office)
    on = _date(day) if day else day_in(place, request.auth.now)
    lines = [TillOut.of(line) for line in ledger.day_totals(place, on)]
    return DayOut(day=on.isoformat(), lines=lines, net_fen=sum(line.net_fen for line in lines))


def _books(caller: Caller, code: str) -> Office:
    """An office whose books the caller may read."""
    place = caller.office(code)
    caller.require("see_money", place)
    return place


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            "BAD_DATE", f"「{text}」不是日期。", "请按 2026-03-24 的样子填写。", field="day"
        ) from None
