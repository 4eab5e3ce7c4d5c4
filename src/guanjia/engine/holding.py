"""What somebody must do before other work: as long as he owes it, his other actions are refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guanjia.cases.models import Case
from guanjia.engine.actors import Who
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.policy.decision import Decision
from guanjia.staff.models import User


def check(case: Case, who: Who, adopted: Sequence[Adopted], decision: Decision, at: datetime) -> None:
    """Nothing, or Problem FIRST_THINGS_FIRST for whoever owes something that comes first. What is urgent goes on."""
    if who.user is None or case.urgent or any(effect.do == "urgent" for effect in decision.effects):
        return
    row = owed_first(who.user, case, adopted, at)
    if row is not None:
        raise Problem(
            "FIRST_THINGS_FIRST",
            f"请先办「{row.label}」（{row.case.number}），再办别的。",
            "在值班页打开交班簿，看过签名。",
            clause=row.clause,
            status=409,
        )


def owed_first(user: User, case: Case, adopted: Sequence[Adopted], at: datetime) -> Obligation | None:
    """What a person owes in another case of the office and must do first; None when nothing."""
    keys = {(one.compiled.key, key) for one in adopted for key in one.compiled.firsts}
    if not keys:
        return None
    rows = (
        obligations.owed_by(user, at).filter(office=case.office_id, opened_at__lte=at).exclude(case=case.pk)
    )
    return next((row for row in rows if (row.manual_key, row.key) in keys), None)
