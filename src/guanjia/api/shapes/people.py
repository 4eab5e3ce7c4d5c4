"""The caller, offices, colleagues, and what the office offers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from guanjia.api.shapes.common import Fen, Moment, case_of
from guanjia.estate.models import Office
from guanjia.notify.models import Message
from guanjia.staff.models import Role
from guanjia.staff.queries import Candidate
from guanjia.work.models import Classification, ServiceItem, Supplier


class OfficeOut(BaseModel):
    """A management office that the caller may see."""

    code: str
    name: str
    estate_name: str
    company: str
    duty_phone: str
    address: str
    time_zone: str
    roles: list[str] = Field(description="您在这里的岗位")

    @classmethod
    def of(cls, office: Office, roles: frozenset[str]) -> OfficeOut:
        """The office; company loaded."""
        return cls(
            code=office.code,
            name=office.name,
            estate_name=office.estate_name,
            company=office.company.name,
            duty_phone=office.duty_phone,
            address=office.address,
            time_zone=office.time_zone,
            roles=sorted(roles),
        )


class MeOut(BaseModel):
    """Who calls."""

    id: int
    username: str
    name: str
    now: Moment = Field(description="服务器的时间")
    offices: list[OfficeOut]


class StaffOut(BaseModel):
    """Somebody who could be sent."""

    id: int
    name: str
    role: str
    role_label: str
    available: bool = Field(description="当班、没请假、会这门手艺")
    on_shift: bool
    away: bool
    skilled: bool
    jobs: int = Field(description="手上没办完的事项")

    @classmethod
    def of(cls, one: Candidate, role: Role) -> StaffOut:
        """A holder of the role."""
        return cls(
            id=one.user.pk,
            name=str(one.user),
            role=role.value,
            role_label=str(role.label),
            available=one.available,
            on_shift=one.on_shift,
            away=one.away,
            skilled=one.skilled,
            jobs=one.jobs,
        )


class MessageOut(BaseModel):
    """A message to the caller."""

    id: int
    subject: str
    body: str
    case: str
    created_at: Moment
    read_at: Moment | None

    @classmethod
    def of(cls, row: Message) -> MessageOut:
        """The message."""
        return cls(
            id=row.pk,
            subject=row.subject,
            body=row.body,
            case=case_of(row.reference),
            created_at=row.created_at,
            read_at=row.read_at,
        )


class ServiceItemOut(BaseModel):
    """An item of the office's list of household repairs."""

    key: str
    name: str
    unit: str
    price_fen: Fen | None = Field(description="单价；每次商定的为空")
    since: Moment
    changed_by: str
    evaluation: str

    @classmethod
    def of(cls, row: ServiceItem) -> ServiceItemOut:
        """The item."""
        return cls(
            key=row.key,
            name=row.name,
            unit=row.unit_word,
            price_fen=row.price_fen,
            since=row.since,
            changed_by=row.changed_by,
            evaluation=row.evaluation,
        )


class SupplierOut(BaseModel):
    """A professional supplier and what it repairs."""

    name: str
    phone: str
    items: list[str]
    since: Moment
    changed_by: str
    evaluation: str

    @classmethod
    def of(cls, row: Supplier) -> SupplierOut:
        """The supplier."""
        return cls(
            name=row.name,
            phone=row.phone,
            items=row.items.split(),
            since=row.since,
            changed_by=row.changed_by,
            evaluation=row.evaluation,
        )


class ClassificationOut(BaseModel):
    """A valid combination of place, kind and problem, and what follows from it."""

    place: str
    kind: str
    problem: str
    words: list[str] = Field(description="来电常用的说法")
    category: str
    urgent: bool
    urgent_reason: str
    skill: str
    hint: str
    item: str

    @classmethod
    def of(cls, row: Classification) -> ClassificationOut:
        """The row."""
        return cls(
            place=row.place,
            kind=row.kind,
            problem=row.problem,
            words=row.words.split(),
            category=row.category,
            urgent=row.urgent,
            urgent_reason=row.urgent_reason,
            skill=row.skill,
            hint=row.hint,
            item=row.item,
        )
