"""Which cases and files a person may open: `engine.sight` says, this keeps the answer for as long as a request lasts."""

from __future__ import annotations

from collections.abc import Iterable

from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.cases.sight import Sight
from guanjia.engine import veiling
from guanjia.engine.facts import reference_of
from guanjia.engine.sight import opens_file, sight_of
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.staff import rules
from guanjia.web.doors import OfficeRequest


def sight(request: OfficeRequest, office: Office | None = None) -> Sight:
    """How far the person at the page sees in the office of the page, or in another one that he reaches."""
    place = office or request.office
    known: dict[int, Sight] = request.__dict__.setdefault("sights", {})
    if place.pk not in known:
        held = request.roles if place == request.office else None
        known[place.pk] = sight_of(request.user, place, request.now, held)
    return known[place.pk]


def require(request: OfficeRequest, permission: str) -> None:
    """Nothing, or Problem FORBIDDEN when the roles of the person at the page do not suffice. No query when they do."""
    if not rules.PERMISSIONS[permission] & request.roles:
        rules.require(permission, request.user, request.office, request.now)


def case_of(request: OfficeRequest, number: str) -> Case:
    """A case that the person sees. Raises Problem NOT_FOUND, also for one that exists and is not his to see."""
    case = cases.case_in(request.office, number)
    if sight(request).opens(case):
        return case
    raise cases.not_found(number)


def file_of(request: OfficeRequest, pk: int) -> Attachment:
    """A file of any office in which the person works, of a case that he sees and may read, or of his own.

    Raises Problem NOT_FOUND.
    """
    row = cases.attachment_for(request.user, pk, request.now)
    if opens_file(row, request.user, sight(request, row.office), request.now):
        if row.case is not None:
            veiling.looked(row.case, request.user, request.now, "文件")
        return row
    raise cases.no_file()


def paper_of(request: OfficeRequest, case: Case, pk: int) -> Record:
    """A form of a case that the person has, as he may read it.

    Raises Problem NOT_FOUND for another case's, and for any of a case that is confided to others (S001-1-4.12).
    """
    if veiling.hidden_from(case, request.user, request.now):
        raise Problem("NOT_FOUND", "这件事的表单是保密的。", "请找接待的同事。", status=404)
    record = records.record_by_id(request.office, pk)
    if record.reference != reference_of(case):
        raise Problem("NOT_FOUND", "这件事没有这张表单。", "请从这件事的页面打开。", status=404)
    veiling.looked(case, request.user, request.now, "表单")
    return read(request, record)


def read(request: OfficeRequest, record: Record) -> Record:
    """A form with the other cases that it lists as this person may read them; for showing only (S001-1-4.12)."""
    office = request.office if record.office_id == request.office.pk else record.office
    record.data = veiling.as_read(record.data, sight(request, office).kept_numbers)
    return record


def veiled(request: OfficeRequest, found: Iterable[Case]) -> list[Case]:
    """The cases as this person may read them; for showing only."""
    return list(veiling.veil(found, request.user, request.now))
