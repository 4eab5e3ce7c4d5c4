"""Is an uploaded file what it may be: a photograph or a PDF, whole, not too large. Its name is not believed."""

from __future__ import annotations

import io
import warnings

import filetype
from PIL import Image, UnidentifiedImageError

from guanjia.kernel.problem import Problem

KINDS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "application/pdf": "",
}
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "application/pdf": "pdf",
}
MOST_PIXELS = 80_000_000


def kind_of(content: bytes, limit: int) -> str:
    """The MIME type of the content, found by the content itself. `limit`: most bytes.

    Raises Problem UPLOAD_EMPTY, UPLOAD_TOO_LARGE (413), UPLOAD_TYPE or UPLOAD_DAMAGED.
    """
    if not content:
        raise Problem("UPLOAD_EMPTY", "文件是空的。", "请重新选文件。", field="file")
    if len(content) > limit:
        raise Problem(
            "UPLOAD_TOO_LARGE",
            f"文件超过 {limit // 1024 // 1024} MB。",
            "请缩小照片再传。",
            field="file",
            status=413,
        )
    mime = str(filetype.guess_mime(content) or "")
    if mime not in KINDS:
        raise Problem(
            "UPLOAD_TYPE", "只收照片（JPEG、PNG、WebP、GIF）和 PDF。", "请换一个文件。", field="file"
        )
    if KINDS[mime]:
        _check_picture(content, KINDS[mime])
    return mime


def _check_picture(content: bytes, kind: str) -> None:
    damaged = Problem("UPLOAD_DAMAGED", "照片打不开。", "请重新拍一张，或换一个文件。", field="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise damaged
                picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise damaged from None
