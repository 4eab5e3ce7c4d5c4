"""Inputs that refer to something: checked against the office's own data, and the facts that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from guanjia.cases.models import Attachment
from guanjia.estate import queries as estate
from guanjia.estate.models import Office, Unit
from guanjia.kernel.problem import Problem
from guanjia.ledger import queries as ledger
from guanjia.policy.schema import FormField
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.work import queries as work


@dataclass
class Resolved:
    """`data`: the input with references in one form; `facts`: what follows; `unit`, `people`: what was found."""

    data: dict[str, Any]
    facts: dict[str, Any] = field(default_factory=dict)
    unit: Unit | None = None
    people: dict[int, User] = field(default_factory=dict)
    case: int | None = None


def references(
    office: Office, form: Iterable[FormField], data: Mapping[str, Any], at: datetime, case: int | None = None
) -> Resolved:
    """Check every reference of an action's input. Raises Problem at the field that refers to nothing."""
    found = Resolved(dict(data), case=case)
    for one in form:
        value = data.get(one.key)
        if one.kind in _RESOLVERS and value not in (None, "", []):
            _RESOLVERS[one.kind](office, one, value, at, found)
    return found


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
    found.facts[f"{one.key}_name"] = user.name
    found.people[user.pk] = user


def _unit(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    unit = estate.unit_by_code(office, str(value), field=one.key)
    found.unit = unit
    found.data[one.key] = unit.code
    found.facts["unit_name"] = unit.name


def _item(office: Office, one: FormField, value: Any, at: datetime, found: Resolved) -> None:
    """Whether the item is on the office's list, and which suppliers do it (S004-4-1.2, S004-4-2.2.2a)."""
    item = work.item_for(office, str(value), at)
    name = item.name if item else str(value)
    found.data[one.key] = name
    found.facts[f"{one.key}_listed"] = item is not None
    found.facts[f"{one.key}_suppliers"] = [supplier.name for supplier in work.suppliers_for(office, name, at)]


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


def _receipt(office: Office, one: FormField, value: Any, _at: datetime, found: Resolved) -> None:
    found.data[one.key] = ledger.receipt_of(office, str(value).strip()).number


_RESOLVERS: Mapping[str, Callable[[Office, FormField, Any, datetime, Resolved], None]] = {
    "staff": _staff,
    "unit": _unit,
    "item": _item,
    "supplier": _supplier,
    "photos": _photos,
    "receipt": _receipt,
}
