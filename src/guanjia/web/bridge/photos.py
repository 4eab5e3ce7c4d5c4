"""The photographs of a case as its pages show them."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.engine import veiling
from guanjia.web import display
from guanjia.web.components import PhotoView
from guanjia.web.doors import OfficeRequest


def of_case(request: OfficeRequest, case: Case) -> list[PhotoView]:
    """The photographs of a case; of one confided to others none: the words under them say it, too (S001-1-4.12)."""
    if veiling.hidden_from(case, request.user, request.now):
        return []
    return [_photo(one, request) for one in cases.attachments_of(case)]


def _photo(one: Attachment, request: OfficeRequest) -> PhotoView:
    href = reverse("attachment", args=[one.pk])
    taken = display.near(one.taken_at or one.uploaded_at, request.now, request.zone)
    return PhotoView(href, one.caption or _("现场照片"), f"{taken} {one.caption}".strip(), href)
