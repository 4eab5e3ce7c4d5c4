"""One line as the caller speaks: what it means here, and what would start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ninja import Router
from pydantic import Field

from guanjia.api.keys import ApiRequest
from guanjia.api.params import Input, OfficeCode
from guanjia.api.shapes.common import LARGEST_ID
from guanjia.api.shapes.intake import LineOut, Proposal
from guanjia.engine.preview import Clock, clocks_of
from guanjia.estate.models import Office
from guanjia.intake import suggest as intake
from guanjia.kernel.problem import Problem

router = Router(tags=["登记"])
PK = Field(None, ge=1, le=LARGEST_ID)


class PickedIn(Input):
    """What the receptionist has chosen instead of the proposal."""

    unit: int | None = PK
    party: int | None = PK
    classification: int | None = PK
    urgent: bool | None = None


class LineIn(Input):
    """A line as it was typed."""

    text: str = Field(min_length=1, max_length=500, description="如 3-2-1502 王女士 厨房水管爆了 13800001234")
    picked: PickedIn = Field(PickedIn(), description="接待员改定的")
    data: dict[str, Any] = Field({}, description="表单里已经知道的栏，用来推算会起算哪些应办")


@router.post("/offices/{office}/intake/line", response=LineOut, summary="读一句话")
def read_line(request: ApiRequest, office: OfficeCode, body: LineIn) -> LineOut:
    """Unit, person, telephone, matter, category, urgency, duplicates, clocks; nothing is written."""
    caller = request.auth
    place = caller.office(office)
    caller.require("register", place)
    picked = intake.Picked(**body.picked.model_dump())
    found = intake.suggest(place, body.text, at=caller.now, picked=picked)
    proposal = Proposal.of(found)
    clocks, trouble = _clocks(place, proposal.category, {**proposal.data, **body.data}, caller.now)
    duplicates = intake.possible_duplicates(place, found, at=caller.now) if found.matter else []
    return LineOut.of(found, intake.without_secrets(duplicates, caller.sight(place)), clocks, trouble)


def _clocks(office: Office, category: str, data: Mapping[str, Any], now: datetime) -> tuple[list[Clock], str]:
    if not category:
        return [], "没有听出是哪一类事。"
    try:
        return clocks_of(office, category, at=now, data=data), ""
    except Problem as problem:
        return [], str(problem)
