"""Inputs that refer to something: checked against the office's own data, and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from guanjia.cases import queries as cases
from guanjia.cases.models import Attachment, Case
from guanjia.engine import nearness, shifts
from guanjia.engine.facts import open_facts
from guanjia.estate import queries as estate
from guanjia.estate.models import Office, Unit
from guanjia.kernel.moments import from_iso, parse_moment
from guanjia.kernel.problem import Problem
from guanjia.ledger import queries as ledger
from guanjia.policy import fields
from guanjia.policy.decision import Actor
from guanjia.policy.schema import FormField
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.work import queries as work

TOGETHER = timedelta(hours=1)  # two appointments nearer than this are one too many for one person


@dataclass
class Resolved:
    """`data`: the input with references in one form; `facts`: what follows; `unit`, `people`, `cases` (by field): what was found.

    known: the facts of the case before the action; whole: the case. read: a unit that is at hand already.
    """

    data: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    unit: Unit | None = None
    people: dict[int, User] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    case: int | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    read: Unit | None = None
    whole: Case | None = None


def references(
    office: Office, form: Iterable[FormField], data: Mapping[str, Any], at: datetime, case: int | None = None,
    known: Mapping[str, Any] | None = None, unit: Unit | None = None, whole: Case | None = None,
) -> Resolved:  # fmt: skip
    """Check every reference of an action's input. Raises Problem at the field that refers to nothing.

    unit: one that was read already, and need not be again when it is the one that is meant.
    """
    found = Resolved(dict(data), case=case, known=known or {}, read=unit, whole=whole)
    for one in form:
        value = data.get(one.key)
        if one.kind == "matters":
            _matters(one, value, at, found)
            continue
        if one.kind == "checks":
            _orders(one, value, found)
        if one.kind in _RESOLVERS and value not in (None, "", []):
            _RESOLVERS[one.kind](office, one, value, at, found)
    return found


def with_actor(
    form: Iterable[FormField], data: Mapping[str, Any], facts: Mapping[str, Any], actor: Actor
) -> Mapping[str, Any]:
    """An action's input with whoever acts in the fields that begin with him (`default = "=actor"`), whichever door it
    came through. A field that was sent empty stays empty; one that is not shown, or not for people of his, too.
    """
    seen = {**facts, **data}
    own = [
        one.key
        for one in form
        if one.default == "=actor"
        and one.key not in data
        and not actor.roles.isdisjoint(one.roles)
        and fields.holds(one.show_when, seen)
    ]
    return {**data, **dict.fromkeys(own, actor.user_id)} if own and actor.user_id else data


def _id(value: Any) -> int | None:
    """The number of a row, as a number or in digits; None for anything that no row can have."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _missing(one: FormField, message: str, hint: str) -> Problem:
    return Problem("REFERENCE_UNKNOWN", message, hint, field=one.key, clause=one.clause)


def _staff(office: Office, one: FormField, value: Any, at: datetime, found: Resolved) -> None:
    roles = one.roles or ("technician",)
    wanted = _id(value)
    user = staff.holder_of(office, roles, wanted, at) if wanted is not None else None
    if user is None:
        raise _missing(one, f"「{one.label}」不是本处的在岗人员。", "请从名单里选。")
    found.data[one.key] = user.pk
    found.facts[f"{one.key}_name"] = shifts.called(found.known, user)
    found.people[user.pk] = user
    if one.near:
        found.facts[f"{one.key}_near"] = nearness.where(office, user, at)
    if one.free_at:
        found.facts[f"{one.key}_clash"] = _clashes(office, user, _moment(office, one.free_at, found), found)


def _moment(office: Office, name: str, found: Resolved) -> datetime | None:
    """A time that is entered together with the person, else the one that the case has."""
    entered = found.data.get(name)
    if entered:
        return parse_moment(str(entered), ZoneInfo(office.time_zone), field=name)
    recorded = found.known.get(name)
    return from_iso(recorded) if recorded else None


def _clashes(office: Office, user: User, at: datetime | None, found: Resolved) -> list[str]:
    """What else the person has to do at that time: other appointments, an absence."""
    if at is None:
        return []
    others = cases.appointments_of(user, office, at - TOGETHER, at + TOGETHER).exclude(pk=found.case or 0)
    zone = ZoneInfo(office.time_zone)
    words = [
        f"{one.appointment_at.astimezone(zone):%H:%M} {one.number}" for one in others if one.appointment_at
    ]
    return [*words, *(["请假"] if staff.absent_at([user], at) else [])]


def _department(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    department = staff.departments_of(office).filter(key=str(value)).first()
    if department is None:
        raise _missing(one, f"「{one.label}」不是本处的部门。", "请从名单里选。")
    found.data[one.key] = department.key
    found.facts[f"{one.key}_name"] = department.name


def _unit(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    unit = found.read
    if unit is None or unit.office_id != office.pk or unit.code != str(value):
        unit = estate.unit_by_code(office, str(value), field=one.key)
    found.unit = unit
    found.data[one.key] = unit.code
    found.facts["unit_name"] = unit.name


def _item(office: Office, one: FormField, value: Any, at: datetime, found: Resolved) -> None:
    """Whether the item is on the office's list, at what price, and who does it otherwise (S004-4-1.2, S000-1-4.3.1a)."""
    item = work.item_for(office, str(value), at)
    name = item.name if item else str(value)
    found.data[one.key] = name
    found.facts[f"{one.key}_listed"] = item is not None
    found.facts[f"{one.key}_price_fen"] = item.price_fen if item else None
    found.facts[f"{one.key}_unit_word"] = item.unit_word if item else ""
    others = [] if item else work.suppliers_for(office, name, at)
    found.facts[f"{one.key}_suppliers"] = [supplier.name for supplier in others]


def _supplier(office: Office, one: FormField, value: Any, at: datetime, found: Resolved) -> None:
    supplier = work.supplier_for(office, str(value), at)
    if supplier is None:
        raise _missing(one, f"供应商名单里没有「{value}」。", "请从名单里选，或先把它列入名单。")
    found.data[one.key] = supplier.name
    found.facts[f"{one.key}_phone"] = supplier.phone


def _photos(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    wanted = {_id(pk) for pk in (value if isinstance(value, list) else [value])}
    rows = Attachment.objects.filter(office=office, pk__in=[pk for pk in wanted if pk])
    known = set(rows.filter(Q(case=None) | Q(case=found.case)).values_list("pk", flat=True))
    if known != wanted:
        raise _missing(one, f"「{one.label}」里有没传上来的照片。", "请重新选照片。")
    found.data[one.key] = sorted(known)


def _case(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    """Another case of the office by number, and of it the household and the facts that the field takes along."""
    other = cases.by_number(office, str(value).strip().upper())
    if other is None or other.pk == found.case or other.state == "withdrawn":
        raise _missing(one, f"「{one.label}」{value} 不是本处可以并入的事项。", "请核对单号。")
    found.data[one.key] = other.number
    found.cases[one.key] = other
    found.facts[f"{one.key}_unit"] = other.unit.code if other.unit else ""
    found.facts[f"{one.key}_unit_name"] = other.unit.name if other.unit else ""
    found.facts[f"{one.key}_party_name"] = other.party.name if other.party else ""
    columns = {"channel": other.channel, "category": other.category, "urgent": other.urgent}
    known = {**open_facts(other), **columns}
    found.facts.update({f"{one.key}_{name}": known.get(name) for name in one.of})


def _orders(one: FormField, value: Any, found: Resolved) -> None:
    """The orders of a payment request that somebody pays for: those ticked, else all that are not paid; and their sum."""
    table = found.known.get(one.of[0])
    if not isinstance(table, Mapping) or "amounts" not in table:
        return
    paid = found.known.get("paid_orders") or {}
    unpaid = [number for number in table["cases"] if number not in paid]
    chosen = [value] if isinstance(value, str) and value else list(value or unpaid)
    if strangers := [str(number) for number in chosen if number not in unpaid]:
        said = f"{'、'.join(strangers)} 不在这件付款请求里，或者已经付过。"
        raise _missing(one, said, "请看付款请求书。")
    fen = sum(table["amounts"][number] for number in chosen)
    found.data[one.key] = chosen
    found.facts[f"{one.key}_fen"] = fen
    found.facts[f"{one.key}_left_fen"] = sum(table["amounts"][number] for number in unpaid) - fen


def _receipt(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    found.data[one.key] = ledger.receipt_of(office, str(value).strip()).number


def _matters(one: FormField, value: Any, at: datetime, found: Resolved) -> None:
    """What is open when a shift ends: the engine's own list; only who takes each is entered."""
    if found.whole is None:
        return
    sent = value if isinstance(value, Mapping) else {}
    drawn, lines = shifts.list_of(found.whole, one, sent, found.known, at)
    found.data[one.key] = drawn
    found.facts[f"{one.key}_lines"], found.facts[f"{one.key}_count"] = lines, drawn["count"]


_RESOLVERS: Mapping[str, Callable[[Office, FormField, Any, datetime, Resolved], None]] = {
    "staff": _staff,
    "unit": _unit,
    "item": _item,
    "supplier": _supplier,
    "photos": _photos,
    "receipt": _receipt,
    "department": _department,
    "case": _case,
}
