"""Obligations: on a case, waiting, and as rows of the worklist."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field

from guanjia.adoption import queries as adoption
from guanjia.api.shapes.common import Moment, PartyRef, PersonRef, UnitRef, manual_of, state_label
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Waiting
from guanjia.policy.vocabulary import EVENTS, ROLES
from guanjia.worktime import Reason, describe, limits


class Owed(BaseModel):
    """Somebody owes something by a time under a clause."""

    id: int
    key: str
    label: str
    duty: str = Field(description="共用词表里的应办，如 arrive；没有对应的为空")
    subject: str = Field(description="同一应办对着不同对象时，是哪一个")
    manual: str
    manual_short: str
    version: str
    clause: str
    clause_text: str = Field(description="规程作者对该条的转述")
    state: str = Field(description="open 在计、paused 已暂停、met 办结、cancelled 取消")
    overdue: bool = Field(description="还在计，且已过到期时间")
    opened: Moment
    due: Moment | None = Field(description="没有期限的为空")
    provisional: bool = Field(description="到期时间靠还没公布的放假安排推算")
    met: Moment | None
    missed: Moment | None = Field(description="超时的时刻，即到期时间；按时的为空")
    paused: Moment | None
    pause_reason: str
    not_before: Moment | None = Field(description="早于它不列入待办")
    owner: PersonRef | None
    owner_role: str
    owner_label: str = Field(description="由谁办：姓名，或规程里的称呼")
    limit: str = Field(description="时限，规程的写法")
    limit_words: str = Field(description="时限，中文")
    own_figure: bool = Field(description="时限是本处设定的")
    started_by: str
    done_by: str = Field(description="办结它的动作")
    generation: int

    @classmethod
    def of(cls, row: Obligation, now: datetime) -> Owed:
        """An obligation as it stands now; owner loaded."""
        return cls(**owed_values(row, now))


class OwedWhy(Owed):
    """An obligation, and how its due time came about."""

    why: list[str] = Field(description="到期时间怎么算的，一行一句")

    @classmethod
    def of(cls, row: Obligation, now: datetime) -> OwedWhy:
        """As `Owed.of`."""
        return cls(**owed_values(row, now), why=[Reason.from_data(one).text() for one in row.why])


class NotStarted(BaseModel):
    """An obligation that will start when something happens."""

    key: str
    label: str
    manual: str
    manual_short: str
    version: str
    clause: str
    clause_text: str
    event: str = Field(description="发生什么才起算")
    event_label: str
    limit: str
    limit_words: str
    own_figure: bool

    @classmethod
    def of(cls, one: Waiting) -> NotStarted:
        """An obligation that waits for its start event."""
        definition = one.obligation.definition
        compiled = adoption.compiled(one.obligation.manual_key, one.version)
        return cls(
            key=definition.key,
            label=definition.label,
            manual=compiled.key,
            manual_short=compiled.manual.manual.short,
            version=one.version,
            clause=definition.clause,
            clause_text=compiled.clauses.get(definition.clause, ""),
            event=one.event,
            event_label=EVENTS.get(one.event, one.event),
            limit=one.limit,
            limit_words=limit_words(one.limit),
            own_figure=one.own_figure,
        )


class Obligations(BaseModel):
    """What a case owes: by due time, and what has not started yet."""

    items: list[OwedWhy]
    waiting: list[NotStarted]


class WorkCase(BaseModel):
    """The case behind a row of the worklist."""

    number: str
    category: str
    state: str
    state_label: str
    subject: str
    urgent: bool
    unit: UnitRef | None
    party: PartyRef | None


class WorkRow(Owed):
    """A row of the worklist."""

    case: WorkCase

    @classmethod
    def of(cls, row: Obligation, now: datetime) -> WorkRow:
        """An obligation with its case; case, unit, party and owner loaded."""
        case = row.case
        return cls(
            **owed_values(row, now),
            case=WorkCase(
                number=case.number,
                category=case.category,
                state=case.state,
                state_label=state_label(manual_of(case), case.category, case.state),
                subject=case.subject,
                urgent=case.urgent,
                unit=UnitRef.of(case.unit),
                party=PartyRef.of(case.party),
            ),
        )


class Counts(BaseModel):
    """How many there are in each scope of the worklist, of cases and of unread messages."""

    all: int
    mine: int
    paused: int
    overdue: int
    open_ended: int
    cases_open: int
    cases_urgent: int
    messages_unread: int


def owed_values(row: Obligation, now: datetime) -> dict[str, Any]:
    """What an obligation says of itself."""
    compiled = adoption.compiled(row.manual_key, row.manual_version)
    definition = compiled.obligations.get(row.key)
    return {
        "id": row.pk,
        "key": row.key,
        "label": row.label,
        "duty": row.duty,
        "subject": row.subject,
        "manual": row.manual_key,
        "manual_short": compiled.manual.manual.short,
        "version": row.manual_version,
        "clause": row.clause,
        "clause_text": compiled.clauses.get(row.clause, ""),
        "state": row.state,
        "overdue": row.state == State.OPEN and row.due_at is not None and row.due_at < now,
        "opened": row.opened_at,
        "due": row.due_at,
        "provisional": row.provisional,
        "met": row.met_at,
        "missed": row.missed_at,
        "paused": row.paused_at,
        "pause_reason": row.pause_reason,
        "not_before": row.not_before,
        "owner": PersonRef.of(row.owner),
        "owner_role": row.owner_role,
        "owner_label": str(row.owner) if row.owner else role_label(compiled, row.owner_role),
        "limit": row.limit_text,
        "limit_words": limit_words(row.limit_text),
        "own_figure": row.own_figure,
        "started_by": row.started_by,
        "done_by": definition.definition.done_by if definition else "",
        "generation": row.generation,
    }


def role_label(compiled: CompiledManual, role: str) -> str:
    """A role by the manual's own title, else by the system's."""
    for title in compiled.manual.role:
        if role == title.key or role in title.is_:
            return title.label
    return "承办人" if role == "assignee" else ROLES.get(role, role)


@lru_cache(maxsize=1024)
def limit_words(text: str) -> str:
    """A limit in Chinese: 15分钟内. A text outside the grammar stays as it is."""
    if not text:
        return ""
    try:
        return describe(limits.parse(text))
    except Problem:
        return text
