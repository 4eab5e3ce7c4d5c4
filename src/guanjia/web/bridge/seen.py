"""Which cases and files a person may open: `engine.sight` says, this keeps the answer for as long as a request lasts."""

from __future__ import annotations

from collections.abc import Iterable

from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.cases.sight import Sight
from guanjia.engine import veiling
from guanjia.engine.sight import sight_of
from guanjia.estate.models import Office
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
    """A file of any office in which the person works, of a case that he sees or of his own. Raises Problem NOT_FOUND."""
    row = cases.attachment_for(request.user, pk, request.now)
    if row.uploaded_by_id == request.user.pk:
        return row
    there = sight(request, row.office)
    if there.whole or (row.case is not None and there.opens(row.case)):
        return row
    raise cases.no_file()


def veiled(request: OfficeRequest, found: Iterable[Case]) -> list[Case]:
    """The cases as this person may read them; for showing only."""
    return list(veiling.veil(found, request.user, request.now))
