"""Files: uploaded before the action that names them, fetched by whoever may see their office."""

from __future__ import annotations

from typing import Annotated

from django.http import FileResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from guanjia.api.keys import ApiRequest
from guanjia.api.openapi import file_of
from guanjia.api.params import CaseNumber, OfficeCode, OfficeOf, PageNumber, PageSize, moment_of
from guanjia.api.parsing import check_text
from guanjia.api.shapes.cases import AttachmentOut
from guanjia.api.shapes.common import Id, Page, cut
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases.uploads import ENDINGS
from guanjia.engine import veiling

router = Router(tags=["文件"])


@router.post("/offices/{office}/attachments", response={201: AttachmentOut}, summary="上传照片或 PDF")
def upload(
    request: ApiRequest,
    office: OfficeCode,
    file: Annotated[UploadedFile, File(description="照片（JPEG、PNG、WebP、GIF）或 PDF")],
    caption: Annotated[str, Form(max_length=80, description="说明")] = "",
    taken_at: Annotated[str, Form(max_length=40, description="什么时候拍的，ISO 8601")] = "",
) -> AttachmentOut:
    """Keep a file; put its id into the `photos` field of the action that it belongs to."""
    caller = request.auth
    place = caller.office(office)
    check_text(caption, "caption")
    taken = moment_of(taken_at, place, caller.now) if taken_at else None
    row = case_actions.keep_upload(
        place, file, at=caller.now, by=caller.user, caption=caption, taken_at=taken
    )
    return AttachmentOut.of(row)


@router.get("/cases/{number}/attachments", response=Page[AttachmentOut], summary="一件事项的文件")
def case_attachments(
    request: ApiRequest, number: CaseNumber, office: OfficeOf = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[AttachmentOut]:
    """The files of a case, oldest first."""
    case = request.auth.case(number, office)
    if veiling.hidden_from(case, request.auth.user, request.auth.now):
        raise cases.no_file()
    veiling.looked(case, request.auth.user, request.auth.now, "文件")
    rows, numbers = cut(cases.attachments_of(case).select_related("case"), page, size)
    return Page[AttachmentOut](items=[AttachmentOut.of(row) for row in rows], **numbers)


@router.get("/attachments/{attachment_id}", response=AttachmentOut, summary="一个文件")
def attachment(request: ApiRequest, attachment_id: Id) -> AttachmentOut:
    """What is known of a file."""
    return AttachmentOut.of(request.auth.file(attachment_id))


@router.get(
    "/attachments/{attachment_id}/content",
    summary="一个文件的内容",
    openapi_extra=file_of("image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"),
)
def content(request: ApiRequest, attachment_id: Id) -> FileResponse:
    """The file itself."""
    row = request.auth.file(attachment_id)
    return FileResponse(
        cases.opened(row),
        content_type=row.mime,
        as_attachment=row.mime == "application/pdf",
        filename=f"{row.pk}.{ENDINGS[row.mime]}",
        headers={"Content-Security-Policy": "default-src 'none'; sandbox"},
    )
