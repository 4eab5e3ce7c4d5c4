"""Forms of a case on screen and as PDF; its photographs."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.uploads import ENDINGS
from guanjia.policy import forms
from guanjia.records.models import Record
from guanjia.reports import printing, sheets
from guanjia.web import exports
from guanjia.web.bridge import seen, words
from guanjia.web.doors import OfficeRequest, office_page


def _record(request: OfficeRequest, number: str, pk: int) -> Record:
    """A form of a case of the office. Raises Problem NOT_FOUND for another case's."""
    return seen.paper_of(request, seen.case_of(request, number), pk)


@require_safe
@office_page
def paper(request: OfficeRequest, number: str, record: int) -> HttpResponse:
    """A form as PDF, looking like the office's own paper."""
    found = _record(request, number, record)
    name = f"{found.title}-{found.number}.pdf"
    content = printing.record_pdf(request.office, found, request.now)
    return exports.pdf_of(content, name)


@require_safe
@office_page
def table(request: OfficeRequest, number: str, record: int) -> HttpResponse:
    """A report as a workbook."""
    found = _record(request, number, record)
    content = printing.record_xlsx(request.office, found, request.now)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{found.title}-{found.number}.xlsx')}"
    }
    return HttpResponse(content, content_type=exports.XLSX, headers=headers)


@require_safe
@office_page
def sheet(request: OfficeRequest, number: str, record: int) -> HttpResponse:
    """A form on screen, line by line."""
    found = _record(request, number, record)
    compiled = adoption.compiled(found.manual_key, found.manual_version)
    _short, clause = sheets.clause_of(found)
    context = {
        "case_number": number,
        "record": found,
        "lines": sheets.shown(request.office, found),
        "clause": words.clause_view(compiled, clause),
        "report": forms.form_of(compiled, found.form).nature == "report",
        "area": "cases",
    }
    return render(request, "web/case/sheet.html", context)


@require_safe
@office_page
def attachment(request: OfficeRequest, pk: int) -> FileResponse:
    """A file of a case that the person may see. It runs nothing; a PDF of somebody's is saved, not shown."""
    found = seen.file_of(request, pk)
    response = FileResponse(
        cases.opened(found), content_type=found.mime, as_attachment=found.mime == "application/pdf",
        filename=f"{found.pk}.{ENDINGS[found.mime]}",
    )  # fmt: skip
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Security-Policy"] = exports.INERT
    return response
