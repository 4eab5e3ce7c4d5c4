"""The door of a telephone system: it says what happens on a line, under the line's own key."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.security import HttpBearer
from pydantic import Field

from guanjia.api.params import Input, moment_of
from guanjia.intake.models import PhoneLine
from guanjia.intake.telephone.actions import Heard, hear
from guanjia.intake.telephone.lines import line_of_key, note_refusal


class LineKey(HttpBearer):
    """`Authorization: Bearer gl_...`: the key of one line, good for nothing else."""

    def authenticate(self, request: HttpRequest, token: str) -> PhoneLine:
        """The line of a key, which keeps what of its reports was refused (`problems.install`). Raises Problem TOKEN_INVALID."""
        line = line_of_key(token)
        request.note_refusal = partial(note_refusal, line, at=request.now)  # type: ignore[attr-defined]
        return line


class LineRequest(HttpRequest):
    """A request of a telephone system."""

    auth: PhoneLine
    now: datetime


router = Router(tags=["电话"], auth=LineKey())


class CallEventIn(Input):
    """Something that happened to a call."""

    call_id: str = Field(
        min_length=1, max_length=80, description="电话系统里这通电话的编号；同一通各事件相同"
    )
    event: Literal["ringing", "answered", "missed", "ended"] = Field(
        description="ringing 响铃、answered 接起、missed 没接到、ended 挂断"
    )
    line: str = Field(min_length=1, max_length=40, description="业户打的线路，须是这个密钥的")
    at: str | None = Field(None, max_length=40, description="什么时候，ISO 8601；不写为现在")
    number: str = Field("", max_length=40, description="对方的号码；隐藏号码时为空")
    extension: str = Field("", max_length=20, description="响的、接的是哪个分机")
    rings: int | None = Field(None, ge=0, le=100, description="响了几声")
    direction: Literal["in", "out"] = Field("in", description="in 打入，out 本处打出")


class CallTakenOut(Schema):
    """The call after the event."""

    call_id: str
    state: str = Field(description="ringing、answered、missed")
    repeated: bool = Field(description="这个事件没有带来新内容（重复发的）")


@router.post("/telephone/events", response=CallTakenOut, summary="电话系统报告一通来电")
def call_event(request: LineRequest, body: CallEventIn) -> CallTakenOut:
    """Write down an event of a call."""
    line = request.auth
    at = moment_of(body.at, line.office, request.now)
    taken = hear(line, Heard(**body.model_dump(exclude={"at"}), at=at), now=request.now)
    return CallTakenOut(call_id=taken.call.call_id, state=taken.call.state, repeated=taken.repeated)
