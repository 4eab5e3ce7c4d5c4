"""Cases that belong together: linked once, and the timelines of both say so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, CaseLink
from guanjia.engine.door import perform
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User


def tie(case: Case, other: Case, *, actor: User, at: datetime) -> CaseLink:
    """Link two cases of one office and note it in both. Raises Problem LINK_SELF (409) for one and the same."""
    if case.pk == other.pk:
        raise Problem("LINK_SELF", "不能和自己关联。", "请填另一件事项的单号。", field="other", status=409)
    with transaction.atomic():
        for one in sorted(
            (case, other), key=lambda row: row.pk
        ):  # one order, so that crosswise ties wait in turn
            cases.locked(one.pk)
        known = CaseLink.objects.filter(source=case, target=other, kind=CaseLink.Kind.SAME).first()
        if known is not None:
            return known
        found = case_actions.link(case, other, CaseLink.Kind.SAME)
        for one, word in ((case, other.number), (other, case.number)):
            perform(one, "note", actor=actor, at=at, now=at, data={"text": f"和 {word} 关联"})
        return found
