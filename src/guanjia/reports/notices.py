"""A notice of a manual as the office puts it up."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from guanjia.estate.models import Office
from guanjia.policy import notices
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import FormDef
from guanjia.records import pdf
from guanjia.records.report import day_text


def notice_pdf(office: Office, adopted: Adopted, form: FormDef, printed_at: datetime) -> bytes:
    """A4 in large type with the office's name; a figure that is not set is named where it should stand."""
    zone = ZoneInfo(office.time_zone)
    data = {
        "title": form.title,
        "office": office.name,
        "date": day_text(printed_at, zone, time=False),
        "basis": f"{adopted.compiled.manual.manual.short} {form.clause}",
        "printed_at": f"{day_text(printed_at, zone)} 打印",
        "lines": [line._asdict() for line in notices.lines_of(adopted, form)],
    }
    return pdf.render("notice", data)
