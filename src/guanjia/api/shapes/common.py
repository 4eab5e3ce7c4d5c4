"""Parts that many answers share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.estate.models import Party, Unit
from guanjia.kernel.moments import iso
from guanjia.policy.builtin import STATES
from guanjia.policy.compiled import CompiledManual
from guanjia.staff.models import User

Moment = Annotated[
    datetime,
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Fen = Annotated[int, Field(description="金额，整数分")]
LARGEST_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Row = TypeVar("Row")


class PersonRef(BaseModel):
    """Somebody of the office."""

    id: int
    name: str

    @classmethod
    def of(cls, user: User | None) -> PersonRef | None:
        """The user, if there is one."""
        return cls(id=user.pk, name=str(user)) if user else None


class UnitRef(BaseModel):
    """A unit."""

    id: int
    code: str
    name: str
    kind: str

    @classmethod
    def of(cls, unit: Unit | None) -> UnitRef | None:
        """The unit, if there is one."""
        return cls(id=unit.pk, code=unit.code, name=unit.name, kind=unit.kind) if unit else None


class PartyRef(BaseModel):
    """A person or an organisation that the office deals with."""

    id: int
    name: str
    title: str = Field(description="先生、女士或空")

    @classmethod
    def of(cls, party: Party | None) -> PartyRef | None:
        """The party, if there is one."""
        return cls(id=party.pk, name=party.name, title=str(party.get_title_display())) if party else None


class Page(BaseModel, Generic[Row]):
    """A page of a list. The order of a list does not change between its pages."""

    items: list[Row]
    total: int = Field(description="全部几行")
    page: int = Field(description="第几页，从 1 起")
    pages: int = Field(description="共几页，至少 1")
    size: int = Field(description="一页几行")


class Gap(BaseModel):
    """A number that was given out and has no paper."""

    series: str
    seq: int


def cut(rows: QuerySet[Any] | Sequence[Any], page: int, size: int) -> tuple[list[Any], dict[str, int]]:
    """One page of ordered rows, and the numbers of its Page. Past the last page there are no rows."""
    paginator = Paginator(rows, size)
    numbers = {"total": paginator.count, "page": page, "pages": paginator.num_pages, "size": size}
    return (list(paginator.page(page)) if page <= paginator.num_pages else []), numbers


def numbers_of(listed: Any, page: int) -> tuple[list[Any], dict[str, int]]:
    """As `cut`, for a page that another room has cut (which answers its last page for any later one)."""
    paginator = listed.paginator
    numbers = {
        "total": paginator.count,
        "page": page,
        "pages": paginator.num_pages,
        "size": paginator.per_page,
    }
    return (list(listed) if page <= paginator.num_pages else []), numbers


def manual_of(case: Case) -> CompiledManual:
    """The manual, in its version, that supplies the procedure of a case."""
    return adoption.compiled(case.manual_key, case.manual_version)


def state_label(compiled: CompiledManual, category: str, state: str) -> str:
    """A state of a case in its manual's words."""
    found = compiled.category_for(category)
    states = compiled.states[found.procedure] if found else {}
    return states[state].label if state in states else STATES.get(state, state)


def case_of(reference: str) -> str:
    """The number of the case behind a reference of ledger, records or messages; empty for another one."""
    return reference.removeprefix("case:") if reference.startswith("case:") else ""
