"""Filled forms: those of a case, the register of a form, one form, its PDF."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from guanjia.api.keys import ApiRequest
from guanjia.api.openapi import file_of
from guanjia.api.params import (
    CaseNumber,
    OfficeCode,
    OfficeOf,
    PageNumber,
    PageSize,
    Says,
    Search,
    SomeMonth,
)
from guanjia.api.shapes.common import Gap, Id, Page, cut, numbers_of
from guanjia.api.shapes.records import RecordOut, RecordPage, RecordRow
from guanjia.engine import veiling
from guanjia.engine.facts import reference_of
from guanjia.records import queries as records
from guanjia.reports import printing

router = Router(tags=["表单"])


@router.get("/cases/{number}/records", response=Page[RecordRow], summary="一件事项的表单")
def case_records(
    request: ApiRequest, number: CaseNumber, office: OfficeOf = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[RecordRow]:
    """All forms of a case, void ones too, oldest first."""
    case = request.auth.case(number, office)
    if veiling.hidden_from(case, request.auth.user, request.auth.now):
        raise records.no_record()
    veiling.looked(case, request.auth.user, request.auth.now, "表单")
    rows, numbers = cut(records.records_of(case.office, reference_of(case)), page, size)
    return Page[RecordRow](items=[RecordRow.of(row, case.office.code) for row in rows], **numbers)


@router.get("/offices/{office}/records", response=RecordPage, summary="表单登记簿")
def register(
    request: ApiRequest, office: OfficeCode, form: Annotated[str, Field(max_length=60), Says("表单的代码")],
    manual: Annotated[str, Field(max_length=60), Says("哪部规程的；不写为各部的")] = "",
    month: SomeMonth = "", search: Search = "", page: PageNumber = 1, size: PageSize = 50,
) -> RecordPage:  # fmt: skip
    """The register of a form in the order of its numbers, and the numbers that are missing."""
    place = request.auth.office(office)
    request.auth.require("see_all_cases", place)
    begins = date.fromisoformat(f"{month}-01") if month else None
    found = records.register(place, form, manual=manual, month=begins, search=search, page=page, size=size)
    rows, numbers = numbers_of(found.page, page)
    return RecordPage(
        items=[RecordRow.of(row, place.code) for row in rows],
        **numbers,
        gaps=[Gap(series=series, seq=seq) for series, seq in found.gaps],
    )


@router.get("/offices/{office}/records/{record_id}", response=RecordOut, summary="一张表单")
def record(request: ApiRequest, office: OfficeCode, record_id: Id) -> RecordOut:
    """A whole form, line by line."""
    place = request.auth.office(office)
    return RecordOut.whole(request.auth.record(place, record_id), place)


@router.get(
    "/offices/{office}/records/{record_id}/pdf",
    summary="一张表单，PDF",
    openapi_extra=file_of("application/pdf"),
)
def record_pdf(request: ApiRequest, office: OfficeCode, record_id: Id) -> HttpResponse:
    """A form as it prints on the office's paper."""
    caller = request.auth
    place = caller.office(office)
    row = caller.record(place, record_id)
    return HttpResponse(
        printing.record_pdf(place, row, caller.now),
        content_type="application/pdf",
        headers={"Content-Disposition": f"inline; filename*=UTF-8''{quote(f'{row.title}-{row.number}.pdf')}"},
    )
