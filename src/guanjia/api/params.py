"""Inputs that many addresses share, with their bounds."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from ninja import Header
from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from guanjia.api.keys import Caller
from guanjia.estate.models import Office
from guanjia.kernel.moments import parse_moment

LONGEST_KEY = 60


class Says:
    """Words about an input for the description of the API (ninja overwrites those of pydantic's Field)."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "description": self.words}


OfficeCode = Annotated[str, Field(max_length=20), Says("管理处的代码")]
OfficeOf = Annotated[str, Field(max_length=20), Says("单号所属管理处的代码；几个管理处有同一个单号时必写")]
CaseNumber = Annotated[str, Field(max_length=20), Says("单号，如 BX2603-0217")]
ActionKey = Annotated[str, Field(max_length=60), Says("动作的代码")]
Search = Annotated[str, Field(max_length=100), Says("找什么，几个词用空格分开")]
PageNumber = Annotated[int, Field(ge=1, le=100_000), Says("第几页")]
PageSize = Annotated[int, Field(ge=1, le=200), Says("一页几行")]
CategoryKey = Annotated[str, Field(max_length=100), Says("哪一类事项的，如 repair；不写为各类")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$"), Says("月份，如 2026-03")]
SomeDay = Annotated[str, Field(pattern=r"^(20[0-9]{2}-[0-9]{2}-[0-9]{2})?$"), Says("哪一天，如 2026-03-24")]
SomeMonth = Annotated[
    str, Field(pattern=r"^(20[0-9]{2}-(0[1-9]|1[0-2]))?$"), Says("哪个月的，如 2026-03；不写为各月")
]
Skill = Annotated[str, Field(max_length=100), Says("要会哪门手艺")]
IdempotencyKey = Annotated[
    str,
    Header(
        "",
        alias="Idempotency-Key",
        max_length=LONGEST_KEY,
        pattern=r"^[!-~]*$",
        description="同一个请求重发时不变的键；重发不会再做一次",
    ),
]


class Input(BaseModel):
    """What a caller sends; a part that nobody reads is refused rather than lost."""

    model_config = ConfigDict(extra="forbid")


class PerformIn(Input):
    """An action."""

    data: dict[str, Any] = Field({}, description="表单的栏，见 actions 里的 form")
    at: str | None = Field(
        None, max_length=40, description="什么时候发生的，ISO 8601；不写为现在。以前的只有可以补记的岗位能写"
    )


def key_of(caller: Caller, key: str) -> str:
    """The engine's key: keys of two users never meet."""
    return f"{caller.user.pk}:{key}" if key else ""


def moment_of(text: str | None, office: Office, now: datetime) -> datetime:
    """When something happened: a text without an offset is read in the office's zone; none is now."""
    return parse_moment(text, ZoneInfo(office.time_zone), field="at") if text else now
