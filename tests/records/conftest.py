"""An office and a repair sheet in three copies."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from guanjia.estate.models import Company, Office
from guanjia.records import actions
from guanjia.records.models import Record

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
COPIES = (
    {"key": "resident", "label": "业户联", "paper": "white", "goes_to": "业户"},
    {"key": "finance", "label": "财务联", "paper": "red", "goes_to": "财务内勤", "archive": True},
    {"key": "stub", "label": "存根联", "paper": "yellow", "goes_to": "工程主管", "archive": True},
)
STROKES = [
    {"points": [{"x": 10, "y": 20, "time": 1774324800000}, {"x": 90.26, "y": 60, "time": 1774324800250}]}
]


@pytest.fixture
def office(db: None) -> Office:
    company = Company.objects.create(name="安居物业服务有限公司", short="安居")
    return Office.objects.create(
        company=company,
        code="cuihu",
        name="翠湖花园管理处",
        estate_name="翠湖花园",
        duty_phone="0755-2600 1234",
    )


@pytest.fixture
def ink() -> bytes:
    """A drawn signature."""
    picture = Image.new("RGBA", (600, 200))
    pen = ImageDraw.Draw(picture)
    pen.line(
        [(40, 150), (120, 40), (180, 160), (260, 60), (330, 150), (420, 80), (560, 120)],
        fill="black",
        width=7,
    )
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def sheet(office: Office) -> Callable[..., Record]:
    """Issue a repair sheet."""

    def issue(**over: object) -> Record:
        asked = {
            "form": "repair-sheet",
            "manual_key": "entrusted-repair-h",
            "manual_version": "2026.1",
            "title": "维修单",
            "reference": "case:BX2603-0217",
            "data": {"unit": "3-2-1502"},
            "copies": COPIES,
            "at": NOON,
            "pattern": "WX{yy}{mm}-{n:4}",
            "holder": "田大勇",
        } | over
        return actions.issue(office, **asked)

    return issue
