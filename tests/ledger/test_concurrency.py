"""Two cashiers, one debt: the rows are locked, so one waits and then sees what the other did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connections, transaction

from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, queries
from guanjia.ledger.models import Receipt, Transfer

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
CASE = "case:BX2603-0217"
PAYER = "unit:1502"
WORKERS = 4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def together() -> Iterator[Callable[[list[Callable[[], object]]], Counter[str]]]:
    """Run calls in threads of their own, started at one moment; counts what came of them."""

    def run(calls: list[Callable[[], object]]) -> Counter[str]:
        barrier = Barrier(len(calls))

        def one(call: Callable[[], object]) -> str:
            barrier.wait()
            try:
                return str(call())
            except Problem as problem:
                return problem.code
            except RuntimeError as error:
                return str(error)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as pool:
            return Counter(pool.map(one, calls))

    yield run


def collecting(office, amount_fen: int, key: str, reference: str = CASE) -> Callable[[], str]:
    def call() -> str:
        return actions.collect(
            office, payer_ref=PAYER, payer_name="甲", amount_fen=amount_fen, method="cash", reference=reference,
            key=key, at=NOON,
        ).number  # fmt: skip

    return call


def test_two_collect_the_same_debt_and_one_wins(office, owe, together) -> None:
    for n in range(1, 9):
        reference = f"case:{n}"
        owe(26000, reference=reference)
        outcome = together([collecting(office, 26000, f"till{n}:{side}", reference) for side in range(2)])
        assert outcome == {f"SJ2603-{n:04}": 1, "NOTHING_OWED": 1}
    assert queries.books_balance(office).ok


def test_one_key_pressed_twice_at_once_takes_the_money_once(office, owe, together) -> None:
    owe(26000)
    outcome = together([collecting(office, 10000, "same") for _ in range(WORKERS)])
    assert outcome == {"SJ2603-0001": WORKERS}
    assert queries.balance_of(office, CASE).paid_fen == 10000


def test_a_plain_transfer_under_one_key_is_written_once(office, together) -> None:
    actions.count_cash(office, counted_fen=500, reason="备用金", key="petty", at=NOON)

    def call() -> str:
        return str(actions.deposit_cash(office, amount_fen=500, key="deposit", at=NOON).pk)

    assert len(together([call] * WORKERS)) == 1
    assert Transfer.objects.filter(code="cash_deposited").count() == 1


def test_two_take_the_same_cash_to_the_bank_and_one_wins(office, together) -> None:
    actions.count_cash(office, counted_fen=500, reason="备用金", key="petty", at=NOON)

    def call(n: int) -> Callable[[], str]:
        def work() -> str:
            try:
                return actions.deposit_cash(office, amount_fen=400, key=f"d{n}", at=NOON).code
            except Problem as problem:
                return problem.code

        return work

    outcome = together([call(n) for n in range(WORKERS)])
    assert outcome == {"cash_deposited": 1, "CASH_SHORT": WORKERS - 1}
    assert queries.money_balances(office)["cash"] == 100


def test_first_charges_of_one_payer_at_once_share_the_account(office, owe, together) -> None:
    outcome = together([lambda n=n: owe(100, key=f"c{n}").code for n in range(WORKERS)])
    assert outcome == {"charge": WORKERS}
    assert queries.balance_of(office, CASE).charged_fen == 100 * WORKERS
    assert queries.books_balance(office).ok


def test_receipts_have_no_gaps_under_parallel_tills_that_fail_now_and_then(office, owe, together) -> None:
    for n in range(WORKERS):
        owe(100000, reference=f"case:{n}", key=f"owe{n}")

    def till(n: int) -> Callable[[], str]:
        def work() -> str:
            for turn in range(12):
                try:
                    with transaction.atomic():
                        collecting(office, 100, f"{n}:{turn}", f"case:{n}")()
                        if (turn + n) % 3 == 0:
                            raise RuntimeError("rolled back")
                except RuntimeError:
                    continue
            return "done"

        return work

    assert together([till(n) for n in range(WORKERS)]) == {"done": WORKERS}
    numbers = list(Receipt.objects.order_by("seq").values_list("number", flat=True))
    assert numbers == [f"SJ2603-{n:04}" for n in range(1, WORKERS * 8 + 1)]
    assert queries.books_balance(office).troubles == ()


def test_void_and_refund_of_one_receipt_at_once(office, owe, pay, together) -> None:
    owe(26000)
    receipt = pay(26000)
    outcome = together(
        [
            lambda: actions.void_receipt(receipt, reason="错", key="v", at=NOON) and "voided",
            lambda: (
                actions.refund(receipt, amount_fen=100, method="bank", reason="让", key="r", at=NOON)
                and "refunded"
            ),
        ]
    )
    assert outcome in ({"voided": 1, "RECEIPT_VOID": 1}, {"refunded": 1, "RECEIPT_REFUNDED": 1})
    assert queries.books_balance(office).troubles == ()
