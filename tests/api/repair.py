"""A repair from the telephone call to the archived stub, as who does what with which data."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

CALL = {
    "category": "repair",
    "data": {
        "unit": "3-2-1502",
        "contact_phone": "13800001234",
        "contact_name": "王秀兰",
        "matter": "厨房水管爆了",
        "timing": "now",
        "channel": "phone",
        "item": "水管维修",
    },
    "intake": {
        "place": "厨房",
        "kind": "给排水",
        "problem": "爆管",
        "urgent": True,
        "urgent_reason": "正在漏水",
    },
}


BOOK = """
[[book]]
key = "repairs"
label = "报修本"
clause = "一.一)"
category = "repair"
column = [
  { label = "内容", fact = "matter" },
  { label = "联系人", fact = "contact_name" },
  { label = "电话", fact = "contact_phone" },
]
"""
"""A book of repairs, to be added to the manual's text."""


class Step(NamedTuple):
    """Minutes after the step before, who, which action, with which data."""

    minutes: int
    who: str
    action: str
    data: dict[str, Any]


@cache
def picture() -> bytes:
    """A drawing as PNG: a signature, or a photograph."""
    drawn = Image.new("RGBA", (300, 100))
    ImageDraw.Draw(drawn).line([(20, 80), (80, 20), (140, 80), (280, 30)], fill="black", width=5)
    kept = io.BytesIO()
    drawn.save(kept, "PNG")
    return kept.getvalue()


def ink() -> str:
    """A drawn signature as a data URL."""
    return "data:image/png;base64," + base64.b64encode(picture()).decode()


def steps(technician: int) -> Iterator[Step]:
    """Every step after the call."""
    signature = {"how": "screen", "name": "王秀兰", "png": ink(), "strokes": [], "device": "手机"}
    yield Step(1, "receptionist", "dispatch", {"technician": technician})
    yield Step(1, "technician", "accept", {})
    yield Step(8, "technician", "arrive", {})
    yield Step(2, "technician", "inspect", {"finding": "接头松了", "verdict": "own", "no_materials": True})
    yield Step(1, "technician", "start", {})
    yield Step(20, "technician", "finish", {"done": "换了接头"})
    yield Step(2, "technician", "try_out", {"trial": "satisfied"})
    yield Step(
        3,
        "technician",
        "sign",
        {
            "opinion": "满意",
            "signature": signature,
            "charge_state": "fixed",
            "fee": "80.00",
            "no_cash_told": True,
            "resident_copy_handed": True,
        },
    )
    yield Step(10, "eng_supervisor", "return_sheet", {"sheet_back": True})
    yield Step(5, "cashier", "book", {"finance_copy_here": True})
    yield Step(5, "cashier", "collect", {"received": "80.00", "method": "wechat"})
    yield Step(5, "eng_supervisor", "archive", {"volume": "2026-03"})
    yield Step(60, "eng_supervisor", "follow_up", {"follow_means": "phone", "satisfied": "yes"})
    yield Step(1, "receptionist", "close", {})


def play(
    caller: Callable[[str], Any], clock: Any, technician: int, *, until: str = "close", call: Any = None
) -> str:
    """Play the repair over the API up to an action (`until` done); the number of its case."""
    number = caller("receptionist").post("/offices/card/cases", call or CALL, status=201)["number"]
    if until == "register":
        return str(number)
    for step in steps(technician):
        clock.on(minutes=step.minutes)
        caller(step.who).act(number, step.action, step.data)
        if step.action == until:
            break
    return str(number)
