"""Which cases and files a person may open: the whole office's, or for somebody of the field those of his own jobs."""

from __future__ import annotations

from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.obligations.queries import is_job_of
from guanjia.staff import rules
from guanjia.web.doors import OfficeRequest


def case_of(request: OfficeRequest, number: str) -> Case:
    """A case of the office. Raises Problem NOT_FOUND, also for a job that is somebody else's."""
    case = cases.case_in(request.office, number)
    if rules.PERMISSIONS["see_cases"] & request.roles or is_job_of(request.user, case, request.now):
        return case
    raise cases.not_found(number)


def file_of(request: OfficeRequest, pk: int) -> Attachment:
    """A file of any office in which the person works, of a case that he may see or of his own. Raises Problem NOT_FOUND."""
    row = cases.attachment_for(request.user, pk, request.now)
    if row.uploaded_by_id == request.user.pk or rules.can_see_cases(request.user, row.office, request.now):
        return row
    if row.case is not None and is_job_of(request.user, row.case, request.now):
        return row
    raise cases.no_file()
