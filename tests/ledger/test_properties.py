"""Whatever cashiers do in whatever order, the books balance, nobody owes less than nothing, no number is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, queries
from guanjia.ledger.models import OpenItem, Receipt, Refund, Transfer

START = datetime(2026, 3, 31, 15, 50, tzinfo=UTC)  # ten minutes before the office's new month
STEP = st.tuples(
    st.sampled_from(
        [
            "charge",
            "charge",
            "collect",
            "collect",
            "collect",
            "void",
            "refund",
            "adjust",
            "waive",
            "repeat",
            "count",
            "deposit",
            "unbank",
        ]
    ),
    st.integers(0, 2),
    st.integers(1, 600),
    st.integers(0, 20),
)

EXPECTED = {
    "NOTHING_OWED", "OVER_BALANCE", "RECEIPT_VOID", "RECEIPT_REFUNDED", "REFUND_TOO_MUCH", "CHARGE_PAID",
    "CHARGE_UNCHANGED", "CASH_SHORT", "DEPOSIT_VOID",
}  # fmt: skip


class Day:
    """A run of steps at one office, with a plain model of what everybody owes."""

    def __init__(self, office) -> None:
        self.office = office
        self.numbers = count(1)
        self.owed: dict[int, int] = {}
        self.last = lambda: None

    def asked(self, who: int, turn: int) -> dict[str, object]:
        return {
            "payer_ref": f"unit:{who}", "reference": f"case:{who}", "key": f"key:{turn}",
            "at": START + timedelta(minutes=turn),
        }  # fmt: skip

    def step(self, kind: str, who: int, amount: int, pick: int, turn: int) -> None:
        if kind == "repeat":
            self.last()
            return
        act = getattr(self, kind)
        change = act(who, amount, pick, self.asked(who, turn))
        self.owed[who] = self.owed.get(who, 0) + change

    def charge(self, who: int, amount: int, pick: int, asked: dict) -> int:
        self.last = lambda: actions.charge(
            self.office, payer_name="甲", amount_fen=amount, item=f"项目{pick % 3}", **asked
        )
        self.last()
        return amount

    def collect(self, who: int, amount: int, pick: int, asked: dict) -> int:
        method = ("cash", "wechat", "bank")[pick % 3]
        if pick % 2:  # half the time just what is owed
            amount = queries.balance_of(self.office, f"case:{who}").open_fen or amount
        self.last = lambda: actions.collect(
            self.office, payer_name="甲", amount_fen=amount, method=method, **asked
        )
        self.last()
        return -amount

    def receipt(self, who: int, pick: int) -> Receipt:
        rows = list(Receipt.objects.filter(reference=f"case:{who}").order_by("pk"))
        if not rows:
            raise Problem("NOTHING_OWED", "")
        return rows[pick % len(rows)]

    def void(self, who: int, amount: int, pick: int, asked: dict) -> int:
        receipt = self.receipt(who, pick)
        self.last = lambda: actions.void_receipt(receipt, reason="错", key=asked["key"], at=asked["at"])
        self.last()
        return receipt.amount_fen

    def refund(self, who: int, amount: int, pick: int, asked: dict) -> int:
        receipt = self.receipt(who, pick)
        part = min(amount, receipt.amount_fen)
        self.last = lambda: actions.refund(
            receipt, amount_fen=part, method="cash", reason="让", key=asked["key"], at=asked["at"]
        )
        self.last()
        return 0

    def adjust(self, who: int, amount: int, pick: int, asked: dict) -> int:
        charges = queries.charges_of(self.office, f"case:{who}")
        if not charges:
            raise Problem("NOTHING_OWED", "")
        booked = charges[pick % len(charges)]
        before = queries.balance_of(self.office, f"case:{who}").open_fen
        to_fen = amount if pick % 4 else 0
        self.last = lambda: actions.adjust_charge(
            booked, to_fen=to_fen, reason="改", key=asked["key"], at=asked["at"]
        )
        self.last()
        return queries.balance_of(self.office, f"case:{who}").open_fen - before

    def waive(self, who: int, amount: int, pick: int, asked: dict) -> int:
        self.last = lambda: actions.waive(self.office, amount_fen=amount, reason="免", **asked)
        self.last()
        return -amount

    def count(self, who: int, amount: int, pick: int, asked: dict) -> int:
        self.last = lambda: actions.count_cash(
            self.office, counted_fen=amount, reason="点", key=asked["key"], at=asked["at"]
        )
        self.last()
        assert queries.money_balances(self.office)["cash"] == amount
        return 0

    def deposit(self, who: int, amount: int, pick: int, asked: dict) -> int:
        if pick % 2:  # half the time all there is
            amount = queries.money_balances(self.office)["cash"] or amount
        self.last = lambda: actions.deposit_cash(
            self.office, amount_fen=amount, slip=asked["key"], key=asked["key"], at=asked["at"]
        )
        self.last()
        return 0

    def unbank(self, who: int, amount: int, pick: int, asked: dict) -> int:
        rows = list(Transfer.objects.filter(code="cash_deposited").order_by("pk"))
        if not rows:
            raise Problem("NOTHING_OWED", "")
        chosen = rows[pick % len(rows)]
        self.last = lambda: actions.void_deposit(chosen, reason="错", key=asked["key"], at=asked["at"])
        self.last()
        return 0


@pytest.mark.django_db
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=25))
def test_any_sequence_keeps_the_books(office, steps) -> None:
    with transaction.atomic():
        day = Day(office)
        for turn, (kind, who, amount, pick) in enumerate(steps):
            before = Transfer.objects.count(), Receipt.objects.count(), Refund.objects.count()
            try:
                with transaction.atomic():
                    day.step(kind, who, amount, pick, turn)
            except Problem as problem:
                assert problem.code in EXPECTED, problem.code
                day.last = lambda: None
            else:
                if kind == "repeat":
                    assert before == (
                        Transfer.objects.count(),
                        Receipt.objects.count(),
                        Refund.objects.count(),
                    )
            assert queries.money_balances(office)["cash"] >= 0
        books = queries.books_balance(office)
        assert books.troubles == ()
        assert books.debits_fen == books.credits_fen
        for who, fen in day.owed.items():
            assert queries.balance_of(office, f"case:{who}").open_fen == fen >= 0
            lines = queries.statement(office, f"unit:{who}")
            assert all(line.balance_fen >= 0 for line in lines)
            assert fen == (lines[-1].balance_fen if lines else 0)
        assert queries.receipt_gaps(office) == []
        assert sum(queries.owed_at(office, START + timedelta(days=1)).values()) == sum(day.owed.values())
        assert not OpenItem.objects.filter(paid_fen__lt=0).exists()
        transaction.set_rollback(True)
