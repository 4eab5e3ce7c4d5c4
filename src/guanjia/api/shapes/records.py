"""Filled forms: their numbers, copies, signatures and lines."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from guanjia.adoption import queries as adoption
from guanjia.api.shapes.common import Gap, Moment, Page, case_of
from guanjia.api.shapes.privacy import masked
from guanjia.estate.models import Office
from guanjia.policy import forms
from guanjia.records.models import Copy, Record, Signature

BASE = "/api/v1"


class CopyOut(BaseModel):
    """One copy (联) of a form: where it is and where it must end."""

    key: str
    label: str
    paper: str
    state: str
    state_label: str
    holder: str
    goes_to: str
    archive: bool
    moved_at: Moment
    arrived_at: Moment | None
    volume: str
    note: str

    @classmethod
    def of(cls, row: Copy) -> CopyOut:
        """The copy."""
        return cls(
            key=row.key,
            label=row.label,
            paper=row.paper,
            state=row.state,
            state_label=str(row.get_state_display()),
            holder=row.holder,
            goes_to=row.goes_to,
            archive=row.archive,
            moved_at=row.moved_at,
            arrived_at=row.arrived_at,
            volume=row.volume,
            note=row.note,
        )


class SignatureOut(BaseModel):
    """A signature on a form."""

    id: int
    purpose: str
    signer: str
    how: str = Field(description="screen 屏幕手写、paper 纸面签字、link 手机链接、refused 拒签")
    note: str
    signed_at: Moment

    @classmethod
    def of(cls, row: Signature) -> SignatureOut:
        """The signature, without its picture."""
        return cls(
            id=row.pk,
            purpose=row.purpose,
            signer=row.signer,
            how=row.how,
            note=row.note,
            signed_at=row.signed_at,
        )


class RecordRow(BaseModel):
    """A filled form as lists show it."""

    id: int
    form: str
    title: str
    number: str
    case: str
    manual: str
    version: str
    issued_at: Moment
    signed_at: Moment | None
    voided_at: Moment | None
    void_reason: str
    copies: list[CopyOut]
    url: str
    pdf: str

    @classmethod
    def of(cls, row: Record, office: str) -> RecordRow:
        """The form of the office with that code; copies loaded."""
        url = f"{BASE}/offices/{office}/records/{row.pk}"
        return cls(
            id=row.pk,
            form=row.form,
            title=row.title,
            number=row.number,
            case=case_of(row.reference),
            manual=row.manual_key,
            version=row.manual_version,
            issued_at=row.issued_at,
            signed_at=row.signed_at,
            voided_at=row.voided_at,
            void_reason=row.void_reason,
            copies=[CopyOut.of(copy) for copy in row.copies.all()],
            url=url,
            pdf=f"{url}/pdf",
        )


class FormLineOut(BaseModel):
    """A line of a form as it reads."""

    label: str
    text: str


class RecordOut(RecordRow):
    """A whole form."""

    clause: str
    lines: list[FormLineOut]
    signatures: list[SignatureOut]

    @classmethod
    def whole(cls, row: Record, office: Office) -> RecordOut:
        """The form; copies and signatures loaded. Telephone numbers are masked."""
        compiled = adoption.compiled(row.manual_key, row.manual_version)
        form = forms.form_of(compiled, row.form)
        lines = forms.shown(form, compiled, masked(row.data, compiled.phones), ZoneInfo(office.time_zone))
        return cls(
            **dict(RecordRow.of(row, office.code)),
            clause=form.clause,
            lines=[FormLineOut(label=line.label, text=line.text) for line in lines],
            signatures=[SignatureOut.of(one) for one in row.signatures.all()],
        )


class RecordPage(Page[RecordRow]):
    """The register of a form in the order of its numbers."""

    gaps: list[Gap] = Field(description="缺的号；没有才对")
