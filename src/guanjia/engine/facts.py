"""The facts of a case: its columns and everything its actions have recorded, as one plain dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.kernel.moments import from_iso, iso
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import OpenItem
from guanjia.policy.compiled import Adopted, CompiledManual

_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$")


def reference_of(case: Case) -> str:
    """How ledger and records, which know no cases, refer to one."""
    return f"case:{case.number}"


def procedure_of(compiled: CompiledManual, category: str) -> str:
    """The procedure that a manual gives to a category. Raises KeyError when it gives none."""
    found = compiled.category_for(category)
    if found is None:
        raise KeyError(category)
    return found.procedure


def facts_of(
    case: Case, adopted: Sequence[Adopted], items: Sequence[OpenItem] | None = None
) -> dict[str, Any]:
    """Everything that conditions and texts of its manuals may read. Instants as ISO text, money in fen.

    items: the open items of the case, if the caller holds them.
    """
    facts: dict[str, Any] = dict(case.facts)
    facts.update(
        number=case.number,
        category=case.category,
        procedure=procedure_of(adopted[0].compiled, case.category),
        state=case.state,
        urgent=case.urgent,
        channel=case.channel,
        assignee=case.assignee_id,
        assignee_name=case.assignee.name if case.assignee else "",
        department=case.department,
        party=case.party_id,
        unit_name=case.unit.name if case.unit else "",
        opened_at=iso(case.opened_at),
        appointment_at=iso(case.appointment_at) if case.appointment_at else None,
        completed_at=iso(case.completed_at) if case.completed_at else None,
        reopened=case.reopened,
    )
    facts.setdefault("events", {})
    facts["balance_fen"], facts["charged_fen"] = money_of(case, items)
    facts["paid_fen"] = facts["charged_fen"] - facts["balance_fen"]
    facts.update(others_of(case, adopted))
    return facts


def others_of(case: Case, adopted: Sequence[Adopted]) -> dict[str, Any]:
    """What a case may know of others, each asked only where one of the manuals speaks of it.

    `children` counts the cases that came out of it, `previous` is the last period of the same recurring duty,
    `same_unit` the newest other open case of the unit in each category and state.
    """
    reads = frozenset().union(*(one.compiled.reads for one in adopted))
    found: dict[str, Any] = {}
    if "covered" in reads:
        found["covered"] = covered(adopted)
    if "children" in reads:
        found["children"] = cases.children_of(case)
    if "previous" in reads and (last := cases.previous_of(case)):
        found["previous"] = {**open_facts(last), "number": last.number, "state": last.state}
    if "same_unit" in reads and case.unit_id is not None:
        found["same_unit"] = _same_unit(case)
    return found


def covered(adopted: Sequence[Adopted]) -> list[str]:
    """The categories for which one of the office's manuals has a procedure."""
    return sorted({one.standard for each in adopted for one in each.compiled.manual.category})


def _same_unit(case: Case) -> dict[str, Any]:
    """Category -> state -> the facts of the newest: whether the household has an agreement in force, and with whom."""
    rows = Case.objects.filter(office_id=case.office_id, unit=case.unit, closed_at__isnull=True)
    found: dict[str, dict[str, Any]] = {}
    for other in rows.exclude(pk=case.pk).order_by("opened_at", "pk"):
        known = {**open_facts(other), "number": other.number}
        found.setdefault(other.category, {})[other.state] = known
    return found


def open_facts(case: Case) -> dict[str, Any]:
    """What another case may know of this one: all but what only some may read."""
    sealed: set[str] = set(adoption.compiled(case.manual_key, case.manual_version).sealed)
    for key, version in case.versions.items():
        for secret in adoption.compiled(key, version).manual.secret:
            sealed |= set(secret.facts) if {case.category, "*"} & set(secret.category) else set()
    return {name: value for name, value in case.facts.items() if name not in sealed}


def money_of(case: Case, items: Sequence[OpenItem] | None = None) -> tuple[int, int]:
    """(unpaid, charged) in fen; asks the ledger only once something was booked, and its items are not at hand."""
    if items is not None:
        return sum(item.balance_fen for item in items), sum(item.charged_fen for item in items)
    if not case.facts.get("booked"):
        return 0, 0
    balance = ledger.balance_of(case.office, reference_of(case))
    return balance.open_fen, balance.charged_fen


def moments_of(facts: Mapping[str, Any]) -> dict[str, datetime]:
    """The facts that are instants, for limits that are anchored on a field; those of the last period with its name."""
    before = facts.get("previous") or {}
    known = {**facts, **{f"previous.{key}": value for key, value in before.items()}}
    return {
        key: from_iso(value)
        for key, value in known.items()
        if isinstance(value, str) and len(value) < 40 and _MOMENT.match(value)
    }
