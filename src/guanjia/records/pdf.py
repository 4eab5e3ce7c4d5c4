"""PDFs that look like the office's own paper: typst templates, data passed as JSON and never as markup."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from threading import local
from types import MappingProxyType
from typing import Any, Final

import pylopdf_fonts_zh_cn
import pypdfium2
import segno
import typst

FOLDER: Final = Path(__file__).parent / "typst"
TEMPLATES: Final = MappingProxyType(
    {
        "slip": "A5，一份表单的各联，如维修单。",
        "receipt": "A5 横，收据。",
        "note": "A5 横，留言条。",
        "notice": "A4，张贴的告示，大字。",
        "register": "A4 横，登记簿，如值班记录表。",
        "report": "A4，期间报告，如月度评估报告。",
    }
)
_OWN: Final = local()
# Marks that turn the direction of a line or take no room: on paper they could only mislead.
_UNSEEN: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\x7f-\x9f]")


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template (see TEMPLATES and docs/money.md for the data each takes).

    Missing keys are left blank on the paper; `bytes` values are pictures (PNG). The same data gives the same
    bytes. Raises KeyError for a template that does not exist, TypeError for data that JSON cannot carry.
    """
    if template not in TEMPLATES:
        raise KeyError(template)
    inputs = {"data": _UNSEEN.sub("", json.dumps(data, ensure_ascii=False, default=_picture))}
    made = _compiler().compile(
        input=FOLDER / f"{template}.typ", format="pdf", sys_inputs=inputs, timestamp=0, pdf_tags=True
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made


def joined(papers: Iterable[Path], to: Path) -> int:
    """One file of several, in their order; how many pages it has."""
    with pypdfium2.PdfDocument.new() as whole:
        for path in papers:
            with pypdfium2.PdfDocument(path) as part:
                whole.import_pages(part)
        pages = len(whole)
        whole.save(to)
    return pages


def qr_svg(text: str) -> str:
    """A QR code as SVG, for the `qr` of a template; empty for an empty text."""
    if not text:
        return ""
    kept = io.BytesIO()
    segno.make(text, error="m", micro=False).save(kept, kind="svg", xmldecl=False, border=0, scale=4)
    return kept.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans SC and Noto Serif SC, and nothing of the machine's own, so that every machine prints the same."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[pylopdf_fonts_zh_cn.sans_path().parent],
    )


def _compiler() -> typst.Compiler:
    """One compiler a thread: it keeps the parsed templates between papers."""
    if not hasattr(_OWN, "compiler"):
        _OWN.compiler = typst.Compiler(root=FOLDER, font_paths=_fonts())
    return _OWN.compiler  # type: ignore[no-any-return]


def _picture(value: object) -> list[int]:
    if isinstance(value, (bytes, memoryview)):
        return list(bytes(value))
    raise TypeError(f"cannot print {type(value).__name__}")
