"""What a typed line means in an office, and what would be opened from it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from guanjia.api.shapes.common import Moment, PartyRef, UnitRef
from guanjia.api.shapes.estate import unit_ref
from guanjia.api.shapes.obligations import limit_words
from guanjia.engine.preview import Clock
from guanjia.estate.queries import Member
from guanjia.intake.classification import Candidate
from guanjia.intake.duplicates import Duplicate
from guanjia.intake.line import Token
from guanjia.intake.suggest import Suggestion
from guanjia.policy.vocabulary import EVENTS


class TokenOut(BaseModel):
    """A marked piece of the line."""

    kind: str = Field(description="unit、name、phone、matter")
    start: int
    end: int
    text: str
    value: str
    evidence: str

    @classmethod
    def of(cls, token: Token) -> TokenOut:
        """The piece."""
        return cls(
            kind=token.kind,
            start=token.start,
            end=token.end,
            text=token.text,
            value=token.value,
            evidence=token.evidence,
        )


class UnitCellOut(BaseModel):
    """The unit, or those to choose between."""

    unit: UnitRef | None
    evidence: str
    choices: list[UnitRef]


class PersonChoice(BaseModel):
    """Somebody of the household who may be meant."""

    party_id: int
    name: str
    title: str
    relation: str

    @classmethod
    def of(cls, one: Member) -> PersonChoice:
        """The member."""
        return cls(party_id=one.party_id, name=one.name, title=one.title, relation=one.relation_label)


class PartyCellOut(BaseModel):
    """The party, or those to choose between."""

    party: PartyRef | None
    evidence: str
    choices: list[PersonChoice]


class PhoneCellOut(BaseModel):
    """The number as it was typed."""

    number: str
    registered: bool
    evidence: str


class CandidateOut(BaseModel):
    """A row of the classification that the words fit."""

    id: int
    place: str
    kind: str
    problem: str
    category: str
    urgent: bool
    evidence: str

    @classmethod
    def of(cls, one: Candidate) -> CandidateOut:
        """The candidate."""
        row: Any = one.row
        return cls(
            id=row.pk,
            place=row.place,
            kind=row.kind,
            problem=row.problem,
            category=row.category,
            urgent=row.urgent,
            evidence=one.evidence,
        )


class DuplicateOut(BaseModel):
    """An open case that may be the same matter."""

    number: str
    subject: str
    unit_name: str
    relation: str
    score: int
    reasons: list[str]
    at: Moment

    @classmethod
    def of(cls, one: Duplicate) -> DuplicateOut:
        """The case."""
        return cls(
            number=one.number,
            subject=one.subject,
            unit_name=one.unit_name,
            relation=one.relation,
            score=one.score,
            reasons=list(one.reasons),
            at=one.at,
        )


class ClockOut(BaseModel):
    """An obligation that would start."""

    label: str
    manual: str
    manual_short: str
    clause: str
    limit: str
    limit_words: str
    own_figure: bool
    due: Moment | None
    event: str = Field(description="发生什么才起算；一开单就起算的为空")
    event_label: str

    @classmethod
    def of(cls, one: Clock) -> ClockOut:
        """The clock."""
        return cls(
            label=one.label,
            manual=one.compiled.key,
            manual_short=one.compiled.manual.manual.short,
            clause=one.clause,
            limit=one.limit,
            limit_words=limit_words(one.limit),
            own_figure=one.own_figure,
            due=one.due_at,
            event=one.event,
            event_label=EVENTS.get(one.event, one.event),
        )


class Proposal(BaseModel):
    """What can be sent to open the case, as far as it is known."""

    category: str
    data: dict[str, Any]
    intake: dict[str, Any]

    @classmethod
    def of(cls, found: Suggestion) -> Proposal:
        """From what was understood; the reader fills in the rest."""
        unit, party, row = found.unit.unit, found.party.party, found.chosen.row if found.chosen else None
        data = {
            "unit": unit.code if unit else "",
            "contact_phone": found.phone.number,
            "contact_name": str(party) if party else f"{found.line.name}{found.line.title}",
            "matter": found.matter,
            "timing": "now" if found.urgency.urgent else "",
            "item": found.item.name if found.item else "",
        }
        intake = {
            "place": row.place if row else "",
            "kind": row.kind if row else "",
            "problem": row.problem if row else "",
            "urgent_reason": found.urgency.reason if found.urgency.urgent else "",
            "skill": found.skill,
            "party": party.pk if party else None,
            "urgent": found.urgency.urgent or None,
        }
        return cls(
            category=found.category,
            data={key: value for key, value in data.items() if value},
            intake={key: value for key, value in intake.items() if value},
        )


class LineOut(BaseModel):
    """A line understood; nothing is written."""

    tokens: list[TokenOut]
    unit: UnitCellOut
    party: PartyCellOut
    phone: PhoneCellOut
    matter: str
    candidates: list[CandidateOut]
    category: str
    category_label: str
    urgent: bool
    urgent_reason: str
    hint: str = Field(description="该说的话")
    missing: list[str] = Field(description="还缺哪几项：unit、phone、matter")
    duplicates: list[DuplicateOut]
    clocks: list[ClockOut] = Field(description="开单会起算的应办")
    trouble: str = Field(description="为什么还不能开单；能开的为空")
    proposal: Proposal

    @classmethod
    def of(cls, found: Suggestion, duplicates: list[Duplicate], clocks: list[Clock], trouble: str) -> LineOut:
        """The line with what would follow."""
        return cls(
            tokens=[TokenOut.of(one) for one in found.line.tokens],
            unit=UnitCellOut(
                unit=UnitRef.of(found.unit.unit),
                evidence=found.unit.evidence,
                choices=[unit_ref(one) for one in found.unit.choices],
            ),
            party=PartyCellOut(
                party=PartyRef.of(found.party.party),
                evidence=found.party.evidence,
                choices=[PersonChoice.of(one) for one in found.party.choices],
            ),
            phone=PhoneCellOut(
                number=found.phone.number, registered=found.phone.registered, evidence=found.phone.evidence
            ),
            matter=found.matter,
            candidates=[CandidateOut.of(one) for one in found.candidates],
            category=found.category,
            category_label=found.category_label,
            urgent=found.urgency.urgent,
            urgent_reason=found.urgency.reason,
            hint=found.hint,
            missing=list(found.missing),
            duplicates=[DuplicateOut.of(one) for one in duplicates],
            clocks=[ClockOut.of(one) for one in clocks],
            trouble=trouble,
            proposal=Proposal.of(found),
        )
