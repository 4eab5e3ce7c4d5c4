"""Whatever is billed, paid, voided and taken back: requests, receipts and ledger say the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.bills import ROUND, Bills

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.facts import reference_of
from guanjia.kernel.problem import Problem
from guanjia.ledger import audit
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import Receipt

UNITS = ("3-2-1402", "3-2-1502", "3-2-1602")
ORDERS = st.lists(st.tuples(st.sampled_from(UNITS), st.integers(1, 10**7)), min_size=1, max_size=5)
STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "some", "void", "withdraw"]), st.integers(0, 99), st.integers(1, 127)),
    max_size=6,
)


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ORDERS, STEPS)
def test_bills_payments_and_ledger_agree(wanted, steps) -> None:
    with transaction.atomic():
        bills = Bills()
        orders = [bills.order(unit, fen) for unit, fen in wanted]
        requests = bills.send()
        assert sum(one.facts["bill_fen"] for one in requests) == sum(fen for _unit, fen in wanted)
        for turn, (what, which, mask) in enumerate(steps, 1):
            _step(bills, requests[which % len(requests)], what, mask, turn)
            for request in requests:
                _agree(bills, request)
        assert audit.books_balance(bills.office).troubles == ()
        _orders_know(bills, orders)
        transaction.set_rollback(True)
    adoption.forget()


def _step(bills: Bills, request: Case, what: str, mask: int, turn: int) -> None:
    request.refresh_from_db()
    at = ROUND + timedelta(hours=turn)
    numbers = request.facts["bill_orders"]["cases"]
    chosen = [number for n, number in enumerate(numbers) if mask >> n & 1]
    try:
        if what == "void":
            receipts = [
                one for one in ledger.receipts_of(bills.office, reference_of(request)) if not one.voided_at
            ]
            if receipts:
                bills.do(request, "take_back", at, receipt=receipts[mask % len(receipts)].number, why="错了")
        elif what == "withdraw":
            bills.do(request, "withdraw_request", at, why="错了")
        else:
            bills.do(
                request, "collect_request", at, method="cash", **({"which": chosen} if what == "some" else {})
            )
    except Problem as problem:  # what cannot be done now leaves everything as it is
        assert problem.code in ("ACTION_UNKNOWN", "ACTION_REFUSED", "REFERENCE_UNKNOWN", "NOTHING_OWED"), (
            problem.code
        )


def _agree(bills: Bills, request: Case) -> None:
    request.refresh_from_db()
    facts, reference = request.facts, reference_of(request)
    money = ledger.balance_of(bills.office, reference)
    amounts, paid = facts["bill_orders"]["amounts"], facts.get("paid_orders") or {}
    valid = {
        one.number: one.amount_fen for one in ledger.receipts_of(bills.office, reference) if not one.voided_at
    }
    assert (
        sum(line["amount_fen"] for line in facts["bill_lines"]) == facts["bill_fen"] == sum(amounts.values())
    )
    if request.state == "withdrawn_request":
        assert (money.charged_fen, money.paid_fen, valid) == (0, 0, {})
        return
    assert money.charged_fen == facts["bill_fen"]
    assert money.paid_fen == sum(amounts[number] for number in paid) == sum(valid.values())
    assert set(paid.values()) == set(valid)
    assert (request.state == "paid") == (not money.open_fen)


def _orders_know(bills: Bills, orders: list[Case]) -> None:
    """An order remembers its request and the receipt that paid for it; nothing is owed on itself."""
    for order in orders:
        order.refresh_from_db()
        assert ledger.balance_of(bills.office, reference_of(order)).charged_fen == 0
        if number := order.facts.get("bill"):
            request = Case.objects.get(office=bills.office, number=number)
            assert (request.facts.get("paid_orders") or {}).get(order.number) == order.facts.get(
                "bill_receipt"
            )
        else:
            assert not Receipt.objects.filter(
                office=bills.office, number=order.facts.get("bill_receipt") or "-"
            ).exists()
