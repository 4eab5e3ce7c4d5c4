"""One action on many cases, filled in once and done by the worker: each case in a transaction of its own, as whoever asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from guanjia.cases.models import Case
from guanjia.engine.door import perform
from guanjia.jobs import actions as jobs
from guanjia.jobs.actions import Run
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Action
from guanjia.staff.models import User

JOB = "act-on-each"
MOST = 5000


def ask(
    cases: Sequence[Case], action: Action, data: Mapping[str, Any], *, by: User, at: datetime, permission: str, key: str
) -> Job:  # fmt: skip
    """Has the worker do an action on cases of one office, all with the same input.

    It is tried on the first one before, and nothing of that stays: what is wrong with the input is told at once. Raises
    Problem BULK_COUNT for none or more than MOST, and whatever `perform` refuses.
    """
    if not 0 < len(cases) <= MOST:
        raise Problem("BULK_COUNT", f"要一起办的有 {len(cases)} 件。", f"请用搜索选出 1 到 {MOST} 件。")
    with transaction.atomic():
        perform(cases[0], action.key, actor=by, at=at, data=data)
        transaction.set_rollback(True)
    numbers = [case.number for case in cases]
    return jobs.ask(
        cases[0].office, JOB, f"{action.label} {len(numbers)} 件", by=by, at=at, permission=permission, key=key,
        data={"cases": numbers, "action": action.key, "label": action.label, "data": dict(data)},
    )  # fmt: skip


def go_on(run: Run) -> str:
    """Does what was asked on each case, at the time at which it was asked; one that refuses is told and left as it is.

    A second worker goes on after the first: what is done under its key is not done again.
    """
    numbers, label = list(run.data["cases"]), str(run.data["label"])
    refused = []
    for turn, number in enumerate(numbers):
        run.tell(label, turn, len(numbers))
        try:
            _one(run, number)
        except Problem as problem:
            refused.append({"number": number, "why": f"{problem.message}{problem.hint}"})
    run.tell(label, len(numbers), len(numbers))
    outcome = f"{label}：办了 {len(numbers) - len(refused)} 件" + (
        f"，{len(refused)} 件没有办成" if refused else ""
    )
    run.keep({"done": len(numbers) - len(refused), "refused": refused}, outcome)
    return outcome


def _one(run: Run, number: str) -> None:
    case = Case.objects.select_related("office").get(office=run.office, number=number)
    perform(
        case, run.data["action"], actor=run.job.asked_by, at=run.job.asked_at, data=run.data["data"],
        key=f"{JOB}:{run.job.pk}:{number}"[:80],
    )  # fmt: skip
