"""The facts of a case: its columns and everything its actions have recorded, as one plain dictionary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from guanjia.cases.models import Case
from guanjia.kernel.moments import from_iso, iso
from guanjia.ledger import queries as ledger
from guanjia.policy.compiled import CompiledManual

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


def facts_of(case: Case, compiled: CompiledManual) -> dict[str, Any]:
    """Everything that conditions and texts of a manual may read. Instants as ISO text, money in fen."""
    facts: dict[str, Any] = dict(case.facts)
    facts.update(
        number=case.number,
        category=case.category,
        procedure=procedure_of(compiled, case.category),
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
    facts["balance_fen"], facts["charged_fen"] = money_of(case)
    facts.update(same_unit_of(case, compiled))
    return facts


def same_unit_of(case: Case, compiled: CompiledManual) -> dict[str, Any]:
    """`same_unit`: the newest other open case of the unit in each category and state, with its facts.

    Read only for manuals that ask for it: whether the household has an agreement in force, and with whom.
    """
    if case.unit_id is None or not compiled.reads_same_unit:
        return {}
    rows = Case.objects.filter(office_id=case.office_id, unit_id=case.unit_id, closed_at__isnull=True)
    found: dict[str, dict[str, Any]] = {}
    for other in rows.exclude(pk=case.pk).order_by("opened_at", "pk"):
        known = {**other.facts, "number": other.number}
        found.setdefault(other.category, {})[other.state] = known
    return {"same_unit": found}


def money_of(case: Case) -> tuple[int, int]:
    """(unpaid, charged) in fen; asks the ledger only once something was booked."""
    if not case.facts.get("booked"):
        return 0, 0
    balance = ledger.balance_of(case.office, reference_of(case))
    return balance.open_fen, balance.charged_fen


def moments_of(facts: Mapping[str, Any]) -> dict[str, datetime]:
    """The facts that are instants, for limits that are anchored on a field."""
    return {
        key: from_iso(value)
        for key, value in facts.items()
        if isinstance(value, str) and len(value) < 40 and _MOMENT.match(value)
    }
