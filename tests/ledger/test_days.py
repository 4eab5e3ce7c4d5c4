"""The cashier's day: counted, taken to the bank, closed, checked; what moves afterwards and what is changed by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.ledger.conftest import CASE, NOON, PAYER
from tests.ledger.test_actions import refused, sound

from guanjia.ledger import actions, days, queries
from guanjia.ledger.models import CashCount, DayClose
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 24)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def finance(db) -> User:
    return User.objects.create(username="yue", name="沈悦")


@pytest.fixture
def counted(office, owe, pay, cashier) -> CashCount:
    """A day with 120 yuan in cash and 50 by WeChat, counted at one o'clock."""
    owe(17000)
    pay(12000, method="cash")
    pay(5000, method="wechat")
    return actions.count_cash(
        office,
        counted_fen=12000,
        reason="",
        key="c",
        at=NOON + HOUR,
        actor=cashier,
        notes={10000: 1, 1000: 2},
    )


class TestCounting:
    def test_denominations_come_to_the_sum(self, office, counted):
        assert counted.notes == {"10000": 1, "1000": 2}
        asked = {"reason": "", "at": NOON, "notes": {10000: 1}}
        problem = refused("COUNT_SUM", lambda: actions.count_cash(office, counted_fen=9000, key="x", **asked))
        assert "¥100.00" in problem.message and problem.field == "counted"

    def test_a_count_that_agrees_is_written_down_too(self, office, counted):
        assert days.counts_of(office, TODAY) == [counted]
        assert counted.transfer is None and counted.difference_fen == 0


class TestDepositing:
    def test_never_more_than_the_cash_there_is(self, office, counted):
        problem = refused(
            "CASH_SHORT", lambda: actions.deposit_cash(office, amount_fen=12001, key="d", at=NOON)
        )
        assert "¥120.00" in problem.message
        done = actions.deposit_cash(office, amount_fen=12000, key="d", at=NOON, slip="88-1", memo="工行")
        assert actions.deposit_cash(office, amount_fen=12000, key="d", at=NOON, slip="88-1") == done
        assert (days.slip_number(done), days.cash_fen(office)) == ("88-1", 0)
        assert days.deposits_of(office, TODAY) == [done]
        sound(office)

    def test_a_slip_is_booked_once_and_may_be_voided(self, office, counted):
        done = actions.deposit_cash(office, amount_fen=5000, key="d", at=NOON, slip="88-1")
        refused(
            "DEPOSIT_TWICE",
            lambda: actions.deposit_cash(office, amount_fen=6000, key="e", at=NOON, slip=" 88-1 "),
        )
        asked = {"key": "v", "at": NOON + HOUR}
        refused("REASON_NEEDED", lambda: actions.void_deposit(done, reason=" ", **asked))
        back = actions.void_deposit(done, reason="退票", **asked)
        assert actions.void_deposit(done, reason="退票", **asked) == back
        assert back.reverses == done and days.cash_fen(office) == 12000
        refused("DEPOSIT_VOID", lambda: actions.void_deposit(done, reason="退票", key="w", at=NOON))
        actions.deposit_cash(office, amount_fen=6000, key="e", at=NOON, slip="88-1")
        sound(office)

    def test_a_receipt_is_not_voided_with_cash_that_is_at_the_bank(self, office, owe, pay):
        owe(12000)
        receipt = pay(12000, method="cash")
        actions.deposit_cash(office, amount_fen=1, key="d", at=NOON)
        refused("CASH_SHORT", lambda: actions.void_receipt(receipt, reason="错", key="v", at=NOON))


class TestInHand:
    def test_who_holds_what_since_when_from_where(self, office, owe):
        for n, fen in enumerate((5000, 7000, 900)):
            owe(fen, reference=f"case:{n}")
            actions.take_in_hand(
                office, payer_ref=PAYER, payer_name="王秀兰", amount_fen=fen, holder=f"user:{n % 2}",
                holder_name=("田大勇", "陈建军")[n % 2], reference=f"case:{n}", key=f"t{n}", at=NOON + n * HOUR,
            )  # fmt: skip
        found = {held.name: held for held in days.holdings(office)}
        assert [(line.reference, line.fen) for line in found["田大勇"].lines] == [
            ("case:0", 5000),
            ("case:2", 900),
        ]
        assert found["田大勇"].since == NOON and found["陈建军"].fen == 7000
        actions.confirm_in_hand(
            office,
            reference="case:0",
            amount_fen=5000,
            method="cash",
            payer_name="王",
            key="h",
            at=NOON + 3 * HOUR,
        )
        found = {held.name: held for held in days.holdings(office)}
        assert [line.reference for line in found["田大勇"].lines] == ["case:2"]
        assert found["田大勇"].since == NOON + 2 * HOUR
        assert sum(held.fen for held in found.values()) == queries.money_balances(office)["in_hand"]

    def test_a_hand_in_of_a_part_settles_the_oldest(self, office, owe, pay):
        for n in range(2):
            owe(1000, reference=f"case:{n}")
            pay(1000, reference=f"case:{n}", method="in_hand", holder="user:7", at=NOON + n * HOUR)
        actions.hand_in(office, holder="user:7", amount_fen=1200, method="cash", key="h", at=NOON + 3 * HOUR)
        (held,) = days.holdings(office)
        assert [(line.reference, line.fen) for line in held.lines] == [("case:1", 800)]


class TestClosing:
    def test_a_day_is_closed_on_its_count_and_checked_by_another(self, office, counted, cashier, finance):
        closed = actions.close_day(office, TODAY, at=NOON + 2 * HOUR, actor=cashier)
        assert (closed.revision, closed.counted_fen, closed.difference_fen) == (1, 12000, 0)
        assert (closed.receipt_first, closed.receipt_last) == ("SJ2603-0001", "SJ2603-0002")
        assert [(line.word, line.net_fen) for line in days.lines_of(closed)] == [
            ("现金", 12000),
            ("微信", 5000),
        ]
        refused("DAY_CLOSED", lambda: actions.close_day(office, TODAY, at=NOON + 2 * HOUR, actor=cashier))
        asked = {"at": NOON + 3 * HOUR}
        assert (
            refused("DAY_CHECK_OWN", lambda: actions.check_day(closed, actor=cashier, **asked)).status == 403
        )
        checked = actions.check_day(closed, actor=finance, **asked)
        assert (checked.checked_by, checked.seal) == (finance, closed.seal)
        refused("DAY_CHECKED", lambda: actions.check_day(closed, actor=finance, **asked))
        sound(office)

    def test_who_counted_does_not_check_either(self, office, counted, cashier, finance):
        closed = actions.close_day(office, TODAY, at=NOON + 2 * HOUR, actor=finance)
        refused("DAY_CHECK_OWN", lambda: actions.check_day(closed, actor=cashier, at=NOON + 2 * HOUR))
        with pytest.raises(IntegrityError), transaction.atomic():
            DayClose.objects.update(checked_by=finance, checked_at=NOON)

    def test_cash_is_counted_after_it_last_moved(self, office, owe, pay, counted, cashier):
        owe(900)
        pay(900, method="cash", at=NOON + 2 * HOUR)
        close = {"at": NOON + 3 * HOUR, "actor": cashier}
        refused("COUNT_NEEDED", lambda: actions.close_day(office, TODAY, **close))
        actions.count_cash(office, counted_fen=12900, reason="", key="c2", at=NOON + 3 * HOUR)
        assert actions.close_day(office, TODAY, **close).counted_fen == 12900

    def test_cash_written_down_later_asks_for_another_count(self, office, owe, pay, counted, cashier):
        owe(900)
        pay(900, method="cash", written_at=NOON + 2 * HOUR)
        refused("COUNT_NEEDED", lambda: actions.close_day(office, TODAY, at=NOON + 3 * HOUR, actor=cashier))

    def test_yesterday_is_closed_on_the_first_count_of_today(self, office, owe, pay, cashier):
        owe(900)
        pay(900, method="cash")
        morning = NOON + 20 * HOUR
        refused("COUNT_NEEDED", lambda: actions.close_day(office, TODAY, at=morning, actor=cashier))
        first = actions.count_cash(office, counted_fen=900, reason="", key="c1", at=morning)
        actions.count_cash(office, counted_fen=900, reason="", key="c2", at=morning + HOUR)
        assert actions.close_day(office, TODAY, at=morning + HOUR, actor=cashier).count == first

    def test_a_day_that_has_not_come(self, office, counted, cashier):
        refused("DAY_AHEAD", lambda: actions.close_day(office, TODAY + DAY, at=NOON, actor=cashier))

    def test_what_moves_afterwards_is_told_and_closed_again(
        self, office, owe, pay, counted, cashier, finance
    ):
        first = actions.close_day(office, TODAY, at=NOON + 2 * HOUR, actor=cashier)
        owe(700)
        assert days.moved_since(first) == [], "a charge moves no money"
        receipt = pay(700, method="wechat", at=NOON + 3 * HOUR)
        assert days.moved_since(first) == [receipt.transfer]
        refused("DAY_MOVED", lambda: actions.check_day(first, actor=finance, at=NOON + 4 * HOUR))
        second = actions.close_day(office, TODAY, at=NOON + 4 * HOUR, actor=cashier)
        assert (second.revision, days.moved_since(second)) == (2, [])
        assert sum(line.net_fen for line in days.lines_of(second)) == 17700
        first.refresh_from_db()
        assert sum(line.net_fen for line in days.lines_of(first)) == 17000, "the first stays as it was"
        refused("DAY_MOVED", lambda: actions.check_day(first, actor=finance, at=NOON + 4 * HOUR))
        assert actions.check_day(second, actor=finance, at=NOON + 4 * HOUR).checked_by == finance
        sound(office)

    def test_days_of_the_last_week_that_are_not_closed(self, office, owe, pay, cashier):
        for n in (1, 3, 8):
            owe(100 * n, reference=f"case:{n}")
            pay(100 * n, reference=f"case:{n}", at=NOON - n * DAY)
        assert days.open_days(office, TODAY) == [
            days.OpenDay(TODAY - 3 * DAY, False),
            days.OpenDay(TODAY - DAY, False),
        ]
        actions.count_cash(office, counted_fen=0, reason="", key="c", at=NOON)
        actions.close_day(office, TODAY - DAY, at=NOON, actor=cashier)
        assert [one.day for one in days.open_days(office, TODAY)] == [TODAY - 3 * DAY]
        owe(50)
        pay(50, at=NOON - DAY, written_at=NOON)
        assert days.open_days(office, TODAY)[-1] == days.OpenDay(TODAY - DAY, True)


def test_a_closed_day_changed_by_hand_is_named(office, counted, cashier, finance, owe, pay):
    first = actions.close_day(office, TODAY, at=NOON + 2 * HOUR, actor=cashier)
    owe(100, reference=CASE)
    pay(100, at=NOON + 3 * HOUR)
    closed = actions.close_day(office, TODAY, at=NOON + 4 * HOUR, actor=cashier)
    actions.check_day(closed, actor=finance, at=NOON + 5 * HOUR)
    sound(office)
    other = User.objects.create(username="o", name="别人")
    spare = actions.count_cash(office, counted_fen=12000, reason="", key="s", at=NOON + 6 * HOUR)
    changes = {
        "day": TODAY - DAY,
        "revision": 3,
        "figures": closed.figures | {"deposits_fen": 1},
        "receipt_first": "SJ2603-0009",
        "receipt_last": "",
        "count": spare,
        "counted_fen": 1,
        "difference_fen": 1,
        "closed_at": NOON,
        "closed_by": other,
        "seal": "0" * 64,
        "checked_at": NOON,
        "checked_by": other,
        "check_seal": "",
    }
    columns = {column.name for column in DayClose._meta.concrete_fields} - {"id", "office"}
    assert set(changes) == columns
    for name, value in changes.items():
        with transaction.atomic():
            DayClose.objects.filter(pk=closed.pk).update(**{name: value})
            told = queries.books_balance(office).troubles
            assert any("关账" in one and "第 " in one for one in told), name
            transaction.set_rollback(True)
    with transaction.atomic():
        DayClose.objects.filter(pk=first.pk).update(day=TODAY - DAY)
        assert any("之前少了一次" in one for one in queries.books_balance(office).troubles)
        transaction.set_rollback(True)
    with transaction.atomic():
        CashCount.objects.filter(pk=counted.pk).update(counted_fen=11999)
        assert any(f"点款 {counted.pk}" in one for one in queries.books_balance(office).troubles)
        transaction.set_rollback(True)
    sound(office)


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_a_day_costs_the_same_for_many(office, owe, pay, cashier, rows, django_assert_num_queries):
    for n in range(rows):
        owe(500, reference=f"case:{n}")
        pay(500, reference=f"case:{n}", method="cash")
        actions.deposit_cash(office, amount_fen=100, key=f"d{n}", at=NOON, slip=str(n), actor=cashier)
    actions.count_cash(office, counted_fen=400 * rows, reason="", key="c", at=NOON + HOUR, actor=cashier)
    closed = actions.close_day(office, TODAY, at=NOON + HOUR, actor=cashier)
    with django_assert_num_queries(1):
        [(row.actor.name, hasattr(row, "reversed_by")) for row in days.deposits_of(office, TODAY)]
    with django_assert_num_queries(1):
        assert days.moved_since(closed) == []
    for n in range(rows):
        owe(5, reference=f"case:h{n}")
        pay(5, reference=f"case:h{n}", method="in_hand", holder=f"user:{n}")
    with django_assert_num_queries(4):
        assert len(days.holdings(office)) == rows
    with django_assert_num_queries(2):
        assert [one.moved for one in days.open_days(office, TODAY + DAY)] == [True]
