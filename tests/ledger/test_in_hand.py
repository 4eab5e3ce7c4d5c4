"""Money taken at a door: the payer has paid, the receipt comes when finance has counted exactly that."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from tests.ledger.conftest import CASE, NOON, PAYER

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, queries
from guanjia.ledger.models import Receipt, Transfer

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S000-1-4.4b"), pytest.mark.rule("S000-1-4.4c")]


def take(office: Office, fen: int, key: str = "t") -> Transfer:
    return actions.take_in_hand(
        office, payer_ref=PAYER, payer_name="王秀兰", amount_fen=fen, holder="user:7", holder_name="田大勇", reference=CASE,
        key=key, at=NOON,
    )  # fmt: skip


def confirm(office: Office, fen: int, key: str = "h", method: str = "cash") -> Receipt:
    return actions.confirm_in_hand(
        office, reference=CASE, amount_fen=fen, method=method, payer_name="王秀兰", key=key, at=NOON
    )


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(Problem) as caught, transaction.atomic():
        call()
    assert caught.value.code == code


def balances(office: Office) -> tuple[int, int]:
    found = queries.money_balances(office)
    return found["in_hand"], found["cash"]


def test_the_payer_has_paid_and_the_receipt_waits_for_finance(office, owe) -> None:
    owe(5000)
    refused("OVER_BALANCE", lambda: take(office, 6000))
    assert take(office, 5000) == take(office, 5000), "one key, one taking"
    assert queries.balance_of(office, CASE).open_fen == 0
    assert balances(office) == (5000, 0) and not Receipt.objects.exists()
    refused("IN_HAND_DIFFERS", lambda: confirm(office, 4500))
    refused("METHOD_UNKNOWN", lambda: confirm(office, 5000, method="in_hand"))
    receipt = confirm(office, 5000)
    assert confirm(office, 5000) == receipt, "one key, one receipt"
    assert (receipt.number, receipt.amount_fen, receipt.item) == ("SJ2603-0001", 5000, "给水管抢修")
    assert balances(office) == (0, 5000)
    refused("NOTHING_IN_HAND", lambda: confirm(office, 5000, key="again"))
    assert queries.books_balance(office).troubles == ()


def test_the_days_till_counts_what_was_handed_in(office, owe) -> None:
    owe(5000)
    take(office, 5000)
    confirm(office, 5000)
    lines = queries.day_totals(office, NOON.date())
    assert [(line.method, line.received_fen) for line in lines if line.received_fen] == [("cash", 5000)]


def test_what_was_owed_and_paid_at_a_moment_of_the_past(office, owe, pay) -> None:
    owe(5000)
    pay(3000)
    assert queries.balances_at(office, [CASE, "case:other"], NOON) == {CASE: queries.Balance(5000, 3000)}
    assert queries.balances_at(office, [CASE], NOON.replace(hour=1)) == {}
