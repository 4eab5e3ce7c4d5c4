"""Files that come with a form: each is checked and kept before the action refers to it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from guanjia.cases import actions as cases
from guanjia.cases import queries
from guanjia.cases.models import Case
from guanjia.policy.schema import Action
from guanjia.web.doors import OfficeRequest


def keep(
    request: OfficeRequest, case: Case, action: Action, taken_at: datetime | None = None
) -> dict[str, Any]:
    """Field key -> ids of the files posted for its photos, with those that were uploaded before.

    taken_at: when they were taken, if that is known.
    """
    found: dict[str, Any] = {}
    for field in action.field:
        if field.kind == "photos" and (files := request.FILES.getlist(field.key)):
            kept = [_keep_once(request, case, file, taken_at) for file in files]
            found[field.key] = [*filter(None, request.POST.getlist(field.key)), *kept]
    return found


def _keep_once(request: OfficeRequest, case: Case, file: UploadedFile, taken_at: datetime | None) -> int:
    """The id of a kept file; the same picture sent again with the same form is the one that was kept before."""
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    known = queries.upload_of(case, request.user, digest.hexdigest())
    return (
        known or cases.keep_upload(case.office, file, at=request.now, by=request.user, taken_at=taken_at)
    ).pk


def new_key() -> str:
    """A key for one form: posting it twice does it once."""
    return secrets.token_urlsafe(12)
