"""What is charged, taken, voided and given back, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.ledger import actions, queries
from guanjia.ledger.models import OpenItem, Receipt, Transfer

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
CASE = "case:BX2603-0217"
PAYER = "unit:1502"

pytestmark = pytest.mark.django_db


def refused(code: str, call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught, transaction.atomic():
        call()
    assert caught.value.code == code
    return caught.value


def sound(office: Office) -> None:
    assert queries.books_balance(office).troubles == ()


@pytest.mark.rule("S004-4-2.7b")
def test_a_charge_is_an_open_item_until_finance_takes_the_money(office, owe, pay) -> None:
    owe(12000)
    assert [item.balance_fen for item in queries.open_items(office).page] == [12000]
    receipt = pay(12000)
    assert (receipt.number, receipt.amount_fen, receipt.item) == ("SJ2603-0001", 12000, "给水管抢修")
    assert queries.balance_of(office, CASE) == queries.Balance(12000, 12000)
    assert list(queries.open_items(office).page) == []
    assert OpenItem.objects.get().settled_at == NOON
    sound(office)


def test_a_part_may_be_paid_and_never_too_much(office, owe, pay) -> None:
    owe(12000)
    pay(5000)
    problem = refused("OVER_BALANCE", lambda: pay(7001))
    assert problem.field == "amount" and "¥70.00" in problem.message
    assert pay(7000).number == "SJ2603-0002"
    assert refused("NOTHING_OWED", lambda: pay(1)).status == 409
    assert refused("NOTHING_OWED", lambda: pay(1, reference="case:other")).status == 404
    assert refused("NOTHING_OWED", lambda: pay(1, payer_ref="unit:nobody")).status == 404
    sound(office)


def test_one_key_one_transfer(office, owe, pay) -> None:
    assert owe(12000, key="k1") == owe(12000, key="k1")
    assert refused("KEY_REUSED", lambda: owe(12001, key="k1")).status == 409
    first = pay(5000, key="k2")
    assert pay(5000, key="k2") == first
    assert pay(5000, key="k2", at=NOON + timedelta(minutes=1)) == first, "a repeat comes later"
    refused("KEY_REUSED", lambda: pay(5000, key="k2", method="cash"))
    refused("KEY_REUSED", lambda: pay(5000, key="k1"))
    refused("KEY_INVALID", lambda: owe(1, key=""))
    refused("KEY_INVALID", lambda: owe(1, key="k" * 111))
    assert (Transfer.objects.count(), Receipt.objects.count()) == (2, 1)
    sound(office)


def test_keys_and_numbers_belong_to_their_office(office, owe, pay) -> None:
    other = Office.objects.create(
        company=Company.objects.get(), code="plaza", name="广场管理处", estate_name="广场"
    )
    owe(100, key="same")
    asked = {"payer_ref": PAYER, "payer_name": "甲", "reference": CASE, "at": NOON}
    actions.charge(other, amount_fen=900, item="开锁", key="same", **asked)
    receipt = actions.collect(other, amount_fen=900, method="cash", key="paid", **asked)
    assert receipt.number == "SJ2603-0001" == pay(100).number
    assert queries.balance_of(other, CASE).charged_fen == 900
    with pytest.raises(Problem):
        queries.receipt_of(other, "SJ2603-0002")
    sound(office)
    sound(other)


def test_a_void_keeps_the_number_and_opens_the_debt_again(office, owe, pay, cashier) -> None:
    owe(12000)
    receipt = pay(12000)
    asked = {"reason": "方式记错", "key": "void", "at": NOON, "actor": cashier}
    refused("REASON_NEEDED", lambda: actions.void_receipt(receipt, **asked | {"reason": " "}))
    voided = actions.void_receipt(receipt, **asked)
    assert (voided.number, voided.voided_at, voided.void_reason) == ("SJ2603-0001", NOON, "方式记错")
    assert actions.void_receipt(receipt, **asked).pk == receipt.pk
    assert (
        refused("RECEIPT_VOID", lambda: actions.void_receipt(receipt, **asked | {"key": "again"})).status
        == 409
    )
    refused(
        "RECEIPT_VOID", lambda: actions.refund(receipt, amount_fen=1, method="cash", **asked | {"key": "r"})
    )
    assert queries.balance_of(office, CASE).open_fen == 12000
    assert queries.money_balances(office)["wechat"] == 0
    assert pay(12000, method="cash").number == "SJ2603-0002"
    sound(office)


def test_a_refund_is_two_transfers_and_a_numbered_slip(office, owe, pay, cashier) -> None:
    owe(12000)
    receipt = pay(12000)
    asked = {"method": "cash", "reason": "返工一处", "at": NOON, "actor": cashier}
    refused("CASH_SHORT", lambda: actions.refund(receipt, amount_fen=5000, key="r0", **asked))
    actions.count_cash(office, counted_fen=12000, reason="备用金", key="petty", at=NOON)
    slip = actions.refund(receipt, amount_fen=5000, key="r1", **asked)
    assert actions.refund(receipt, amount_fen=5000, key="r1", **asked) == slip
    assert (slip.number, slip.amount_fen) == ("TK2603-0001", 5000)
    assert queries.balance_of(office, CASE) == queries.Balance(7000, 7000)
    refused("REFUND_TOO_MUCH", lambda: actions.refund(receipt, amount_fen=7001, key="r2", **asked))
    assert actions.refund(receipt, amount_fen=7000, key="r3", **asked).number == "TK2603-0002"
    refused("RECEIPT_REFUNDED", lambda: actions.void_receipt(receipt, reason="错", key="v", at=NOON))
    refused(
        "METHOD_UNKNOWN",
        lambda: actions.refund(receipt, amount_fen=1, key="r4", **asked | {"method": "coins"}),
    )
    assert queries.money_balances(office) == dict.fromkeys(queries.METHODS, 0) | {
        "wechat": 12000,
    }
    sound(office)


@pytest.mark.rule("S004-4-2.4")
def test_a_charge_goes_up_and_down_but_not_below_what_is_paid(office, owe, pay) -> None:
    booked = owe(12000)
    asked = {"reason": "二次定价", "at": NOON}
    actions.adjust_charge(booked, to_fen=15000, key="up", **asked)
    actions.adjust_charge(booked, to_fen=9000, key="down", **asked)
    actions.adjust_charge(booked, to_fen=9000, key="down", **asked)
    refused("CHARGE_UNCHANGED", lambda: actions.adjust_charge(booked, to_fen=9000, key="same", **asked))
    assert queries.balance_of(office, CASE).open_fen == 9000
    receipt = pay(4000)
    refused("CHARGE_PAID", lambda: actions.adjust_charge(booked, to_fen=3999, key="low", **asked))
    refused("CHARGE_PAID", lambda: actions.reverse_charge(booked, key="off", **asked))
    refused("MONEY_NEGATIVE", lambda: actions.adjust_charge(booked, to_fen=-1, key="neg", **asked))
    actions.void_receipt(receipt, reason="退", key="void", at=NOON)
    off = actions.reverse_charge(booked, key="off", **asked)
    assert (off.code, off.amount_fen) == ("charge_reversed", 9000)
    assert queries.income_between(office, NOON, NOON + timedelta(seconds=1)) == {"给水管抢修": 0}
    with pytest.raises(ValueError, match="not a charge"):
        actions.reverse_charge(off, key="off2", **asked)
    sound(office)


def test_what_is_waived_is_no_longer_owed(office, owe, pay) -> None:
    owe(12000)
    pay(2000)
    asked = {"payer_ref": PAYER, "reference": CASE, "at": NOON}
    actions.waive(office, reason="质保内", amount_fen=1000, key="w1", **asked)
    assert actions.waive(office, reason="主任批准", key="w2", **asked).amount_fen == 9000
    refused("NOTHING_OWED", lambda: actions.waive(office, reason="再", key="w3", **asked))
    refused("REASON_NEEDED", lambda: actions.waive(office, reason="", key="w4", **asked))
    assert queries.balance_of(office, CASE) == queries.Balance(2000, 2000)
    sound(office)


@pytest.mark.rule("S004-4-2.2.3a")
def test_materials_bought_for_the_resident_are_no_income(office, owe, pay) -> None:
    buy = {
        "amount_fen": 8500,
        "method": "cash",
        "reference": CASE,
        "key": "buy",
        "at": NOON,
        "memo": "角阀2只",
    }
    refused("CASH_SHORT", lambda: actions.buy_materials(office, **buy))
    actions.count_cash(office, counted_fen=8500, reason="备用金", key="petty", at=NOON)
    actions.buy_materials(office, **buy)
    owe(8500, item="代购材料：角阀", materials=True)
    owe(12000)
    assert [item.item for item in queries.open_items(office).page] == ["代购材料：角阀、给水管抢修"]
    pay(20500, method="cash")
    assert queries.income_between(office, NOON, NOON + timedelta(seconds=1)) == {"给水管抢修": 12000}
    assert queries.account_balance(actions.account(office, "materials")) == 0
    assert queries.money_balances(office)["cash"] == 20500
    sound(office)


def test_money_taken_at_the_door_is_handed_in(office, owe, pay) -> None:
    owe(5000)
    receipt = pay(5000, method="in_hand", holder="user:7")
    refused("METHOD_UNKNOWN", lambda: pay(1, method="in_hand"))
    asked = {"holder": "user:7", "method": "cash", "at": NOON}
    refused("IN_HAND_SHORT", lambda: actions.hand_in(office, amount_fen=5001, key="h0", **asked))
    actions.hand_in(office, amount_fen=5000, key="h1", **asked)
    actions.hand_in(office, amount_fen=5000, key="h1", **asked)
    refused("IN_HAND_SHORT", lambda: actions.void_receipt(receipt, reason="错", key="v", at=NOON))
    balances = queries.money_balances(office)
    assert (balances["in_hand"], balances["cash"]) == (0, 5000)
    sound(office)


def test_the_cash_count_is_set_against_the_books(office, owe, pay) -> None:
    owe(12000)
    pay(12000, method="cash")
    same = actions.count_cash(office, counted_fen=12000, reason="", key="c1", at=NOON)
    assert (same.book_fen, same.counted_fen, same.transfer) == (12000, 12000, None)
    refused(
        "REASON_NEEDED", lambda: actions.count_cash(office, counted_fen=11900, reason="", key="c2", at=NOON)
    )
    refused(
        "MONEY_NEGATIVE", lambda: actions.count_cash(office, counted_fen=-1, reason="", key="c3", at=NOON)
    )
    short = actions.count_cash(office, counted_fen=11900, reason="找零差错", key="c4", at=NOON)
    assert (short.transfer.code, short.transfer.amount_fen, short.difference_fen) == ("cash_short", 100, -100)
    assert actions.count_cash(office, counted_fen=11900, reason="找零差错", key="c4", at=NOON) == short
    refused(
        "KEY_REUSED", lambda: actions.count_cash(office, counted_fen=1, reason="找零差错", key="c4", at=NOON)
    )
    over = actions.count_cash(office, counted_fen=11950, reason="找回", key="c5", at=NOON)
    assert over.transfer.code == "cash_over"
    actions.deposit_cash(office, amount_fen=11950, key="d", at=NOON)
    assert queries.money_balances(office)["cash"] == 0
    assert queries.money_balances(office)["bank"] == 11950
    sound(office)


@pytest.mark.parametrize("amount", [0, -1])
def test_only_positive_amounts(office, owe, amount) -> None:
    refused("MONEY_NOT_POSITIVE", lambda: owe(amount))
    assert not Transfer.objects.exists() and not OpenItem.objects.exists()


@pytest.mark.parametrize("amount", [1.0, True, "100", None])
def test_only_whole_fen(owe, amount) -> None:
    with pytest.raises(TypeError, match="whole fen"):
        owe(amount)


def test_larger_than_any_bill(owe) -> None:
    refused("MONEY_TOO_LARGE", lambda: owe(10**12 + 1))


def test_programmers_errors_are_no_problems(office, owe) -> None:
    with pytest.raises(KeyError):
        actions.account(office, "slush")
    with pytest.raises(ValueError, match="reference"):
        actions.account(office, "cash", "x")
    with pytest.raises(ValueError, match="naive"):
        owe(100, at=datetime(2026, 3, 24))  # noqa: DTZ001
    with pytest.raises(ValueError, match="60"):
        owe(100, reference="case:" + "x" * 60)
    with pytest.raises(ValueError, match="unknown code"):
        cash, bank = actions.account(office, "cash"), actions.account(office, "bank")
        actions.transfer(debit=cash, credit=bank, amount_fen=1, code="gift", key="g", at=NOON)


def test_the_database_itself_refuses_a_negative_debt(owe) -> None:
    owe(100)
    for wrong in ({"paid_fen": 101}, {"paid_fen": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpenItem.objects.update(**wrong)


def test_a_rolled_back_receipt_leaves_no_gap(office, owe, pay) -> None:
    owe(300)
    pay(100)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert pay(100).number == "SJ2603-0002"
        raise RuntimeError("the printer is on fire")
    assert pay(100).number == "SJ2603-0002"
    assert queries.receipt_gaps(office) == []


def test_the_next_month_begins_at_one(office, owe, pay) -> None:
    owe(300)
    assert pay(100).number == "SJ2603-0001"
    assert pay(100, at=datetime(2026, 3, 31, 16, 0, tzinfo=UTC)).number == "SJ2604-0001"
    assert pay(100, pattern="收{yyyy}-{n:6}").number == "收2026-000001"
    assert queries.receipt_gaps(office) == []
