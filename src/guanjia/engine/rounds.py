"""The worker bills what the action of a round left: some households a transaction, each batch whole or not at all."""

from __future__ import annotations

from datetime import datetime

from guanjia.cases.models import Case
from guanjia.engine import billing, door
from guanjia.engine.billing import Billing
from guanjia.jobs.actions import Run
from guanjia.jobs.models import Job


def go_on(run: Run) -> str:
    """The requests of the households that have none yet; then the case moves on. A second worker goes on after the first.

    Everything bears the time at which it was asked for, by whoever asked. Raises Lost, and what the manual refuses.
    """
    whole = billing_of(run.job)
    homes = whole.homes()
    total = max(run.data["homes"], len(homes))
    while homes:
        run.tell("开付款请求", total - len(homes), total)
        door.bill_some(whole, homes[: billing.TOGETHER], last=len(homes) <= billing.TOGETHER)
        homes = homes[billing.TOGETHER :]
    door.bill_some(whole, (), last=True)
    run.tell("开付款请求", total, total)
    return f"开出了 {total} 户的付款请求"


def billing_of(job: Job) -> Billing:
    """What a job of the kind billing.JOB is to bill."""
    known = job.data
    case = Case.objects.select_related("office").get(office=job.office, number=known["case"])
    return Billing(
        case, job.asked_by, datetime.fromisoformat(known["at"]), datetime.fromisoformat(known["now"]),
        known["seq"], known["field"], known["category"], known["then"],
    )  # fmt: skip
