"""What a month's charges and payments come to, line by line and by way of paying."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.ledger.conftest import NOON, PAYER

from guanjia.ledger import actions, month, queries

pytestmark = pytest.mark.django_db
BEGINS = datetime(2026, 2, 28, 16, tzinfo=UTC)  # midnight in the office
ENDS = datetime(2026, 3, 31, 16, tzinfo=UTC)


@pytest.mark.rule("S000-1-4.9.5")
@pytest.mark.rule("S000-1-4.9.4b")
def test_every_item_that_moved_stands_with_what_is_unpaid(office, owe, pay) -> None:
    owe(30000, reference="case:feb", at=BEGINS - timedelta(days=1))
    pay(10000, reference="case:feb", method="bank")
    owe(26000, reference="case:mar", at=BEGINS)
    receipt = pay(26000, reference="case:mar", method="wechat")
    actions.void_receipt(receipt, reason="方式错", key="v", at=NOON)
    pay(20000, reference="case:mar", method="cash")
    pay(6000, reference="case:mar", at=ENDS)
    owe(900, reference="case:apr", at=ENDS)
    owe(500, reference="case:still", at=BEGINS - timedelta(days=1))
    lines = {line.reference: line for line in month.lines_between(office, BEGINS, ENDS)}
    assert {
        key: (line.charged_fen, line.paid_fen, line.unpaid_fen, line.words, line.receipts)
        for key, line in lines.items()
    } == {
        "case:mar": (26000, 20000, 6000, "现金", ["SJ2603-0003"]),
        "case:feb": (0, 10000, 20000, "转账", ["SJ2603-0001"]),
    }
    assert month.by_method(lines.values()) == [("现金", 20000), ("转账", 10000), ("微信", 0)]


def test_money_from_a_door_counts_where_it_was_handed_in(office, owe) -> None:
    for n in range(2):
        owe(5000, reference=f"case:{n}")
        actions.take_in_hand(
            office, payer_ref=PAYER, payer_name="王", amount_fen=5000, holder="user:7", holder_name="田大勇",
            reference=f"case:{n}", key=f"t{n}", at=NOON,
        )  # fmt: skip
    actions.confirm_in_hand(
        office, reference="case:1", amount_fen=5000, method="alipay", payer_name="王", key="h", at=NOON
    )
    lines = month.lines_between(office, BEGINS, ENDS)
    assert [line.words for line in lines] == ["经手人代收", "支付宝"]
    assert dict(month.by_method(lines)) == {"经手人代收": 5000, "支付宝": 5000}


def test_the_sums_are_those_of_the_books(office, owe, pay) -> None:
    for n, method in enumerate(("cash", "wechat", "bank")):
        owe(1000 + n, reference=f"case:{n}")
        paid = pay(700, reference=f"case:{n}", method=method)
        if n:
            actions.refund(paid, amount_fen=100, method="bank", reason="让", key=f"r{n}", at=NOON)
    lines = month.lines_between(office, BEGINS, ENDS)
    assert sum(line.unpaid_fen for line in lines) == sum(queries.owed_at(office, ENDS).values())
    net = sum(one.net_fen for one in queries.totals_between(office, BEGINS, ENDS))
    assert sum(fen for _word, fen in month.by_method(lines)) == sum(line.paid_fen for line in lines) == net


@pytest.mark.parametrize("rows", [1, 3])
def test_a_month_costs_the_same_for_many(office, owe, pay, rows, django_assert_num_queries) -> None:
    for n in range(rows):
        owe(500, reference=f"case:{n}")
        pay(500, reference=f"case:{n}", method="cash")
    with django_assert_num_queries(5):
        assert len(month.lines_between(office, BEGINS, ENDS)) == rows
