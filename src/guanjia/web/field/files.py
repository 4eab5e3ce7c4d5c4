"""Papers of a job that the technician prints or shows: the call note, the repair sheet."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from guanjia.engine.facts import reference_of
from guanjia.kernel.problem import Problem
from guanjia.records import queries as records
from guanjia.reports import printing
from guanjia.web import exports
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.field import page


@require_safe
@office_page
def paper(request: OfficeRequest, number: str, record: int) -> HttpResponse:
    """A form of an own job as PDF. Raises Problem NOT_FOUND for anything else."""
    case = page.own_job(request, number)
    found = records.record_by_id(request.office, record)
    if found.reference != reference_of(case):
        raise Problem("NOT_FOUND", "这件事没有这张表单。", "请从任务页打开。", status=404)
    content = printing.record_pdf(request.office, found, request.now)
    return exports.pdf_of(content, f"{found.title}-{found.number}.pdf")
