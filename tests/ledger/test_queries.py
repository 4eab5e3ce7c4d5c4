"""What the cashier and the director read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, queries
from guanjia.ledger.models import OpenItem, PaperSeries, Receipt, Transfer
from guanjia.staff.models import User

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
CASE = "case:BX2603-0217"
PAYER = "unit:1502"

pytestmark = pytest.mark.django_db


def several(owe, count: int) -> None:
    for n in range(count):
        owe(
            1000 * (n + 1),
            reference=f"case:{n}",
            payer_ref=f"unit:{n}",
            payer_name=f"业户{n}",
            at=NOON - timedelta(days=n),
        )


def test_arrears_oldest_first_searched_and_summed(office, owe) -> None:
    several(owe, 3)
    listing = queries.open_items(office)
    assert [item.payer_name for item in listing.page] == ["业户2", "业户1", "业户0"]
    assert listing.total_fen == 6000
    found = queries.open_items(office, search="业户1 抢修")
    assert ([item.reference for item in found.page], found.total_fen) == (["case:1"], 2000)
    assert queries.open_items(office, search="没有").total_fen == 0
    assert queries.open_items(office, before=NOON - timedelta(days=1)).total_fen == 3000
    second = queries.open_items(office, page=2, size=2)
    assert ([item.payer_name for item in second.page], second.total_fen) == (["业户0"], 6000)


def test_what_was_owed_at_the_end_of_the_month(office, owe, pay) -> None:
    owe(12000)
    owe(500, reference="case:2", payer_ref="unit:2", at=NOON + timedelta(days=9))
    month_end = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    pay(12000, at=month_end + timedelta(days=2))
    assert queries.owed_at(office, month_end) == {(PAYER, CASE): 12000}
    assert queries.owed_at(office, month_end + timedelta(days=3)) == {("unit:2", "case:2"): 500}


def test_a_statement_ends_with_what_is_owed(office, owe, pay) -> None:
    booked = owe(12000)
    receipt = pay(5000, at=NOON + timedelta(hours=1))
    actions.void_receipt(receipt, reason="方式错", key="v", at=NOON + timedelta(hours=2))
    again = pay(5000, at=NOON + timedelta(hours=3))
    actions.refund(
        again, amount_fen=1000, method="bank", reason="让利", key="r", at=NOON + timedelta(hours=4)
    )
    actions.adjust_charge(booked, to_fen=10000, reason="定价", key="a", at=NOON + timedelta(hours=5))
    owe(700, payer_ref="unit:other", reference="case:other")
    lines = queries.statement(office, PAYER)
    assert [
        (line.label, line.debit_fen, line.credit_fen, line.balance_fen, line.number) for line in lines
    ] == [
        ("应收", 12000, 0, 12000, ""),
        ("收款", 0, 5000, 7000, "SJ2603-0001"),
        ("收据作废", 5000, 0, 12000, "SJ2603-0001"),
        ("收款", 0, 5000, 7000, "SJ2603-0002"),
        ("退款", 1000, 0, 8000, "TK2603-0001"),
        ("退款减收", 0, 1000, 7000, ""),
        ("减收", 0, 2000, 5000, ""),
    ]
    assert [
        line.balance_fen for line in queries.statement(office, PAYER, since=NOON + timedelta(hours=5))
    ] == [5000]
    assert queries.balance_of(office, CASE).open_fen == 5000


def test_the_day_by_way_of_paying_and_cashier(office, owe, pay) -> None:
    second = User.objects.create(username="he", name="何敏")
    owe(10000)
    pay(1000, method="cash")
    pay(2000, method="cash")
    wrong = pay(3000, method="wechat", actor=second)
    actions.void_receipt(wrong, reason="重复", key="v", at=NOON, actor=second)
    kept = pay(500, method="cash", actor=second)
    actions.refund(kept, amount_fen=200, method="cash", reason="让利", key="r", at=NOON, actor=second)
    pay(100, method="cash", at=datetime(2026, 3, 24, 15, 59, 59, tzinfo=UTC))
    pay(100, method="cash", at=datetime(2026, 3, 24, 16, 0, tzinfo=UTC))
    lines = queries.day_totals(office, date(2026, 3, 24))
    assert [(line.word, line.cashier, line.received_fen, line.received, line.voided_fen, line.refunded_fen, line.net_fen)
            for line in lines] == [
        ("现金", "何敏", 500, 1, 0, 200, 300),
        ("现金", "林芳", 3100, 3, 0, 0, 3100),
        ("微信", "何敏", 3000, 1, 3000, 0, 0),
    ]  # fmt: skip
    assert [line.net_fen for line in queries.day_totals(office, date(2026, 3, 25))] == [100]


def test_the_register_of_receipts(office, owe, pay) -> None:
    owe(10000)
    first, second = pay(1000), pay(2000, at=NOON + timedelta(days=1))
    actions.void_receipt(first, reason="错", key="v", at=NOON)
    listing = queries.receipts_page(office)
    assert ([row.number for row in listing.page], listing.total_fen) == (["SJ2603-0002", "SJ2603-0001"], 2000)
    assert [row.number for row in queries.receipts_page(office, day=date(2026, 3, 24)).page] == [
        "SJ2603-0001"
    ]
    assert [row.number for row in queries.receipts_page(office, search="0217 王秀").page] == [
        second.number,
        first.number,
    ]
    assert [row.number for row in queries.receipts_of(office, CASE)] == ["SJ2603-0001", "SJ2603-0002"]
    assert queries.receipt_of(office, "SJ2603-0002") == second
    with pytest.raises(Problem) as caught:
        queries.receipt_of(office, "SJ2603-0003")
    assert caught.value.status == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_no_list_asks_once_a_row(office, owe, pay, rows, django_assert_num_queries) -> None:
    several(owe, rows)
    for n in range(rows):
        receipt = pay(500, reference=f"case:{n}", payer_ref=f"unit:{n}")
        actions.refund(receipt, amount_fen=1, method="bank", reason="让", key=f"r{n}", at=NOON)
        owe(10 + n, reference=f"case:x{n}")
    with django_assert_num_queries(3):
        [(item.account.name, item.balance_fen) for item in queries.open_items(office).page]
    with django_assert_num_queries(4):
        [(row.issued_by.name, list(row.refunds.all())) for row in queries.receipts_page(office).page]
    with django_assert_num_queries(1):
        queries.balances_of(office, [f"case:{n}" for n in range(rows)])
    with django_assert_num_queries(2):
        queries.day_totals(office, date(2026, 3, 24))
    with django_assert_num_queries(1):
        queries.statement(office, PAYER)
    with django_assert_num_queries(2):
        queries.owed_at(office, NOON)


def troubles_after(office, sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    return "\n".join(queries.books_balance(office).troubles)


def test_the_audit_names_what_was_changed_by_hand(office, owe, pay) -> None:
    booked = owe(12000)
    receipt = pay(5000)
    books = queries.books_balance(office)
    assert (books.ok, books.debits_fen, books.credits_fen, books.transfers, books.receipts) == (
        True,
        17000,
        17000,
        2,
        1,
    )
    assert f"转账 {booked.pk}" in troubles_after(
        office, f"UPDATE ledger_transfer SET amount_fen=12001 WHERE id={booked.pk}"
    )
    Transfer.objects.filter(pk=booked.pk).update(amount_fen=12000)
    assert f"转账 {booked.pk}" in troubles_after(
        office, f"UPDATE ledger_transfer SET memo='x' WHERE id={booked.pk}"
    )
    Transfer.objects.filter(pk=booked.pk).update(memo=booked.memo)
    assert "SJ2603-0001" in troubles_after(
        office, f"UPDATE ledger_receipt SET payer='王秀蓝' WHERE id={receipt.pk}"
    )
    Receipt.objects.update(payer=receipt.payer)
    item = OpenItem.objects.get()
    assert f"应收项 {item.pk}" in troubles_after(office, "UPDATE ledger_openitem SET paid_fen=4000")
    OpenItem.objects.update(paid_fen=5000)
    assert queries.books_balance(office).ok
    Receipt.objects.update(voided_at=NOON)
    assert "作废与转账不符" in "\n".join(queries.books_balance(office).troubles)


def test_the_audit_names_the_receipt_that_is_gone(office, owe, pay) -> None:
    owe(12000)
    receipts = [pay(1000) for _ in range(3)]
    Receipt.objects.filter(pk__in=[receipts[1].pk, receipts[2].pk]).delete()
    assert queries.receipt_gaps(office) == [("receipt:202603", 2), ("receipt:202603", 3)]
    assert "没有收据" in "\n".join(queries.books_balance(office).troubles)
    PaperSeries.objects.update(next_number=5)
    assert ("receipt:202603", 4) in queries.receipt_gaps(office)
