"""A big round: its requests are opened some at a time by the worker, once each, whoever dies on the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.engine.bills import Bills

from guanjia.cases.models import Case
from guanjia.engine import billing, door
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def bills(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bills]:
    monkeypatch.setattr(billing, "TOGETHER", 1)
    found = Bills()
    for unit in ("3-2-1402", "3-2-1502", "3-2-1602", "3-2-1602"):
        found.order(unit, 1000)
    yield found


def billed(bills: Bills) -> list[tuple[str, int]]:
    """House and fen of every request, in the order in which they were opened."""
    rows = Case.objects.filter(office=bills.office, category="payment_request").order_by("pk")
    return [(one.unit.code, one.facts["bill_fen"]) for one in rows.select_related("unit") if one.unit]


EVERY = [("3-2-1402", 1000), ("3-2-1502", 1000), ("3-2-1602", 2000)]


def whole(bills: Bills, due: Case) -> bool:
    """Each household once, each order on its request, and the round done."""
    due.refresh_from_db()
    orders = Case.objects.filter(office=bills.office, category="repair")
    requests = {
        one.number: one for one in Case.objects.filter(office=bills.office, category="payment_request")
    }
    known = all(one.number in requests[one.facts["bill"]].facts["bill_orders"]["cases"] for one in orders)
    done = due.obligations.get(key="send_requests")
    return billed(bills) == EVERY and known and due.state == "sent" and done.state == "met"


def test_the_button_opens_the_first_and_the_worker_the_others(bills: Bills) -> None:
    due = bills.begin()
    assert (due.state, billed(bills)) == ("sending", EVERY[:1])
    assert due.obligations.get(key="send_requests").state == "open", "not done before all are there"
    job = Job.objects.get(kind=billing.JOB)
    assert jobs.run(job.pk).outcome == "开出了 3 户的付款请求"  # type: ignore[union-attr]
    assert whole(bills, due)


def test_a_small_round_needs_no_worker(bills: Bills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing, "TOGETHER", 3)
    due = bills.begin()
    assert whole(bills, due) and not Job.objects.filter(kind=billing.JOB).exists()


@pytest.mark.parametrize("dies_at", [1, 2, 3])
def test_killed_between_batches_the_next_worker_goes_on(
    bills: Bills, monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    due = bills.begin()
    real, calls = door.bill_some, []

    def dying(*given: Any, **named: Any) -> Case:
        calls.append(1)
        if len(calls) == dies_at:
            raise MemoryError
        return real(*given, **named)

    monkeypatch.setattr(door, "bill_some", dying)
    job = Job.objects.get(kind=billing.JOB)
    with pytest.raises(MemoryError):
        jobs.run(job.pk)
    assert billed(bills) == EVERY[:dies_at]
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    assert jobs.run(job.pk).state == Job.State.DONE  # type: ignore[union-attr]
    assert whole(bills, due)


def test_killed_in_the_middle_of_a_batch_the_batch_leaves_nothing(
    bills: Bills, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = bills.begin()
    real = billing.raise_in
    seen = []

    def dying(cause: Any, event: str, case: Case, updates: Any) -> None:
        seen.append(case.number)
        if len(seen) == 3:  # the second order of the third house: its request is open, the first order has it
            raise MemoryError
        real(cause, event, case, updates)

    monkeypatch.setattr(billing, "raise_in", dying)
    job = Job.objects.get(kind=billing.JOB)
    with pytest.raises(MemoryError):
        jobs.run(job.pk)
    assert billed(bills) == EVERY[:2]
    monkeypatch.undo()
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    jobs.run(job.pk)
    assert whole(bills, due)


def test_two_workers_and_an_impatient_clerk_bill_nobody_twice(bills: Bills) -> None:
    due = bills.begin()
    due = bills.press(due)  # pressed again while the worker has not begun
    assert billed(bills) == EVERY[:2]
    first, second = Job.objects.filter(kind=billing.JOB).order_by("pk")
    jobs.run(first.pk)
    assert whole(bills, due)
    Job.objects.filter(pk=second.pk).update(state=Job.State.WAITING)
    assert jobs.run(second.pk).state == Job.State.DONE  # type: ignore[union-attr]
    assert whole(bills, due)
