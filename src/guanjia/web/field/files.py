"""Papers of a job that the technician prints or shows: the call note, the repair sheet."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from guanjia.reports import printing
from guanjia.web import exports
from guanjia.web.bridge import seen
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.field import page


@require_safe
@office_page
def paper(request: OfficeRequest, number: str, record: int) -> HttpResponse:
    """A form of an own job as PDF. Raises Problem NOT_FOUND for anything else."""
    case = page.own_job(request, number)
    found = seen.paper_of(request, case, record)
    content = printing.record_pdf(request.office, found, request.now)
    return exports.pdf_of(content, f"{found.title}-{found.number}.pdf")
