"""Cases: a row of the list, the whole case, a line of its timeline, what came of an action, its files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field

from guanjia.api.shapes.common import Moment, PartyRef, PersonRef, UnitRef, manual_of, state_label
from guanjia.api.shapes.privacy import masked
from guanjia.cases.models import Attachment, Case, CaseLink, Event
from guanjia.engine import Result
from guanjia.estate.phones import mask
from guanjia.estate.queries import MaskedPhone
from guanjia.policy.compiled import CompiledManual

BASE = "/api/v1"


class CaseRow(BaseModel):
    """A case as lists show it."""

    number: str
    office: str
    category: str
    category_label: str
    manual: str
    version: str
    state: str
    state_label: str
    subject: str
    urgent: bool
    channel: str
    unit: UnitRef | None
    party: PartyRef | None
    assignee: PersonRef | None
    department: str
    opened_at: Moment
    appointment_at: Moment | None
    completed_at: Moment | None
    closed_at: Moment | None
    reopened: int
    url: str

    @classmethod
    def of(cls, case: Case, office: str) -> CaseRow:
        """A case of the office with that code; unit, party and assignee loaded."""
        return cls(**case_values(case, office))


class FactPhone(BaseModel):
    """A telephone number that somebody gave for this case."""

    fact: str
    masked: str


class PartyPhone(BaseModel):
    """A registered telephone number of a party."""

    id: int
    masked: str
    label: str
    main: bool

    @classmethod
    def of(cls, phone: MaskedPhone) -> PartyPhone:
        """The number as the estate shows it."""
        return cls(id=phone.id, masked=phone.masked, label=phone.label, main=phone.main)


class LinkOut(BaseModel):
    """Another case that belongs to this one."""

    kind: str = Field(description="same 可能同一件事，follows 由它引出")
    direction: str = Field(description="out 本事项指向它，in 它指向本事项")
    number: str
    subject: str

    @classmethod
    def of(cls, link: CaseLink, case: Case) -> LinkOut:
        """The link as seen from the case."""
        out = link.source_id == case.pk
        other = link.target if out else link.source
        return cls(
            kind=link.kind, direction="out" if out else "in", number=other.number, subject=other.subject
        )


class CaseOut(CaseRow):
    """A whole case."""

    facts: dict[str, Any] = Field(description="已记的一切；电话遮住中间几位")
    phones: list[FactPhone]
    party_phones: list[PartyPhone]
    links: list[LinkOut]
    events: int = Field(description="经过有几行")


class EventOut(BaseModel):
    """A line of a timeline."""

    seq: int
    at: Moment = Field(description="发生的时间")
    written_at: Moment = Field(description="写入的时间")
    actor: PersonRef | None
    actor_label: str
    action: str
    label: str
    emits: list[str] = Field(description="发生的事件，共用词表里的字")
    state: str = Field(description="此后的状态")
    state_label: str
    data: dict[str, Any] = Field(description="填了什么；电话遮住中间几位")
    results: dict[str, Any] = Field(description="带来了什么：表单、收据的编号")

    @classmethod
    def of(
        cls,
        event: Event,
        case: Case,
        compiled: CompiledManual,
        phones: frozenset[str],
        hidden: frozenset[str] = frozenset(),
    ) -> EventOut:
        """A line of a case; actor loaded. hidden: the fields that the caller may not read."""
        data = {key: value for key, value in event.data.items() if key not in hidden}
        results = data.pop("results", {})
        return cls(
            seq=event.seq,
            at=event.at,
            written_at=event.written_at,
            actor=PersonRef.of(event.actor),
            actor_label=event.actor_label,
            action=event.action,
            label=event.label,
            emits=list(event.emits),
            state=event.state,
            state_label=state_label(compiled, case.category, event.state),
            data=masked(data, phones),
            results=results,
        )


class Outcome(BaseModel):
    """What an action did. The same for a repeat under the same key, whatever happened since."""

    number: str
    office: str
    state: str = Field(description="做完以后的状态")
    state_label: str
    event: EventOut
    url: str

    @classmethod
    def of(cls, result: Result, office: str) -> Outcome:
        """The result of an action on a case of the office with that code."""
        case, compiled = result.case, manual_of(result.case)
        event = EventOut.of(result.event, case, compiled, compiled.phones)
        return cls(
            number=case.number,
            office=office,
            state=event.state,
            state_label=event.state_label,
            event=event,
            url=case_url(case.number, office),
        )


class AttachmentOut(BaseModel):
    """A file that was uploaded."""

    id: int
    case: str = Field(description="属于哪个事项；还没用到的为空")
    mime: str
    size: int = Field(description="字节")
    sha256: str
    caption: str
    taken_at: Moment | None
    uploaded_at: Moment
    url: str = Field(description="内容在哪里")

    @classmethod
    def of(cls, row: Attachment) -> AttachmentOut:
        """The file; its case loaded."""
        return cls(
            id=row.pk,
            case=row.case.number if row.case else "",
            mime=row.mime,
            size=row.size,
            sha256=row.sha256,
            caption=row.caption,
            taken_at=row.taken_at,
            uploaded_at=row.uploaded_at,
            url=f"{BASE}/attachments/{row.pk}/content",
        )


def case_url(number: str, office: str) -> str:
    """Where a case stands; the office's code keeps apart two offices that have given the same number."""
    return f"{BASE}/cases/{quote(number)}?office={quote(office)}"


def case_values(case: Case, office: str) -> dict[str, Any]:
    """What a case says of itself."""
    compiled = manual_of(case)
    found = compiled.category_for(case.category)
    return {
        "number": case.number,
        "office": office,
        "category": case.category,
        "category_label": found.label if found else case.category,
        "manual": case.manual_key,
        "version": case.manual_version,
        "state": case.state,
        "state_label": state_label(compiled, case.category, case.state),
        "subject": case.subject,
        "urgent": case.urgent,
        "channel": case.channel,
        "unit": UnitRef.of(case.unit),
        "party": PartyRef.of(case.party),
        "assignee": PersonRef.of(case.assignee),
        "department": case.department,
        "opened_at": case.opened_at,
        "appointment_at": case.appointment_at,
        "completed_at": case.completed_at,
        "closed_at": case.closed_at,
        "reopened": case.reopened,
        "url": case_url(case.number, office),
    }


def fact_phones(facts: dict[str, Any], phones: frozenset[str]) -> list[FactPhone]:
    """The numbers among the facts."""
    found = ((fact, facts.get(fact)) for fact in sorted(phones))
    return [
        FactPhone(fact=fact, masked=mask(value)) for fact, value in found if isinstance(value, str) and value
    ]
