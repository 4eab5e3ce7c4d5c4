"""Payment requests: confirmed charges gathered a household, owed under one number, paid together or order by order."""

from __future__ import annotations

import re
from typing import Any

import pytest
from scripts.manual_tables import PAGE

from guanjia.ops.cards.card import Card
from guanjia.ops.cards.run import run

MANUAL = next(
    text
    for text in re.findall(r"^```toml manual\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    if 'key = "monthly-bills"' in text
)
WORD = "翠湖花园"


def order(day: str, unit: str, fee: str, name: str) -> list[dict[str, Any]]:
    """A confirmed order of March."""
    return [
        {"at": f"{day} 09:00", "open": "repair", "as": name, "by": "业务员",
         "data": {"unit": unit, "contact_phone": "13800001234", "matter": f"修理{name}"}},
        {"at": f"{day} 10:00", "case": name, "do": "confirm", "by": "业务员", "data": {"fee": fee}},
    ]  # fmt: skip


def card(*steps: Any, **figures: str) -> Card:
    flat = [one for step in steps for one in (step if isinstance(step, list) else [step])]
    return Card.model_validate({"title": "请款", "figures": figures, "step": flat})


ORDERS = (
    order("2026-03-02", "3-2-1502", "40.00", "甲"),
    order("2026-03-05", "3-2-1502", "60.00", "乙"),
    order("2026-03-09", "3-2-1402", "25.50", "丙"),
)
SEND = {"at": "2026-03-15 09:00", "case": "round:2026-03", "do": "send_requests", "by": "业务员"}
FIRST, SECOND = "FK2603-0002", "FK2603-0001"  # in the order of the units' codes: 3-2-1402 comes first


def look(at: str, number: str = FIRST, **expect: Any) -> dict[str, Any]:
    return {"at": at, "case": f"payment_request:{number}", "expect": expect}


def pay(at: str, which: list[str] | None = None, **more: Any) -> dict[str, Any]:
    data = {"method": "cash"} | ({"which": which} if which else {})
    return {
        "at": at,
        "case": f"payment_request:{FIRST}",
        "do": "collect_request",
        "by": "业务员",
        "data": data,
    } | more


@pytest.mark.django_db
class TestRound:
    def play(self, *steps: Any, **figures: str) -> None:
        assert run(card(*ORDERS, *steps, **figures), [MANUAL]) == []

    def test_two_slips_of_a_household_are_one_request_and_the_sending_is_logged(self) -> None:
        paper = {"form": "payment_request", "number": "FQ2603-0002", "shows": {"房号": "3栋2单元1502"},
                 "prints": ["付款请求书", "修理甲", "40.00", "修理乙", "60.00", "壹佰元整", "100.00"]}  # fmt: skip
        owed = [{"key": "pay", "due": "2026-03-21 00:00", "clause": "6.3"}]
        self.play(
            {"at": "2026-03-15 08:00", "case": "round:2026-03", "expect": {
                "owed": [{"key": "send_requests", "due": "2026-03-16 00:00"}],
                "tables": {"send_requests.charges.count": 3, "send_requests.charges.sums": {"fee": 12550}}}},
            SEND,
            look("2026-03-15 09:01", state="sent", balance="100.00", subject="2026-03 付款请求", paper=[paper],
                 owed=owed, told=[{"to": "resident", "has": f"2026-03 的付款请求书已送出，请在20日前（含该日）付款（{FIRST}）"}]),
            look("2026-03-15 09:01", SECOND, balance="25.50"),
            {"at": "2026-03-15 09:01", "case": "甲", "expect": {
                "facts": {"bill": FIRST}, "balance": "0.00", "line": [{"emits": ["billed"]}]}},
            {"at": "2026-03-15 09:01", "expect": {"open_cases": {"payment_request": 2}}},
        )  # fmt: skip

    def test_paid_at_the_counter_it_is_one_receipt_over_all_its_orders(self) -> None:
        self.play(
            SEND,
            pay("2026-03-20 17:00", expect={
                "state": "paid", "balance": "0.00", "receipt": "SJ2603-0001", "receipts_without_gaps": True,
                "owed": [{"key": "pay", "state": "met", "met": "2026-03-20 17:00"}, {"key": "collect_at_home", "absent": True}]}),
            {"at": "2026-03-20 17:01", "case": "乙", "expect": {
                "facts": {"bill_receipt": "SJ2603-0001"}, "line": [{"emits": ["paid"]}]}},
        )  # fmt: skip

    def test_not_paid_by_the_twentieth_somebody_goes_to_the_home_and_the_ledger_has_it(self) -> None:
        self.play(
            SEND,
            look("2026-03-20 23:59", owed=[{"key": "pay", "state": "open"}, {"key": "collect_at_home", "absent": True}]),
            look("2026-03-21 00:01", owed=[{"key": "pay", "state": "overdue"}, {"key": "collect_at_home", "state": "open", "owner": "业务员"}],
                 told=[{"to": "业务员", "has": f"{FIRST} 3栋2单元1502 没有按时付款，请上门收款"}]),
            pay("2026-03-22 15:00", expect={
                "state": "paid", "receipt": "SJ2603-0001",
                "owed": [{"key": "collect_at_home", "state": "met", "met": "2026-03-22 15:00"}]}),
        )  # fmt: skip

    def test_before_the_twentieth_is_the_offices_reading(self) -> None:
        self.play(
            SEND, look("2026-03-20 00:01", owed=[{"key": "pay", "state": "overdue"}]), pay_by="before day 20"
        )

    def test_some_orders_are_paid_and_the_rest_stays_owed(self) -> None:
        self.play(
            SEND,
            pay("2026-03-16 10:00", ["FW2603-0001"], expect={
                "state": "sent", "balance": "60.00", "facts": {"paid_orders": {"FW2603-0001": "SJ2603-0001"}}}),
            pay("2026-03-16 10:05", ["FW2603-0001"], refused="REFERENCE_UNKNOWN", refused_field="which", says="已经付过"),
            pay("2026-03-16 10:06", ["FW2603-0003"], refused="REFERENCE_UNKNOWN", refused_field="which"),
            {"at": "2026-03-16 10:07", "case": "乙", "expect": {"facts": {"bill_receipt": None}}},
            pay("2026-03-18 10:00", expect={"state": "paid", "balance": "0.00", "receipt": "SJ2603-0002"}),
        )  # fmt: skip

    def test_a_void_receipt_leaves_its_orders_unpaid(self) -> None:
        void = {"at": "2026-03-17 10:00", "case": f"payment_request:{FIRST}", "do": "take_back", "by": "主管"}
        self.play(
            SEND,
            pay("2026-03-16 10:00"),
            void | {"data": {"receipt": "SJ2603-0001", "why": "收错了"}, "expect": {
                "state": "sent", "balance": "100.00", "facts": {"paid_orders": {}}}},
            {"at": "2026-03-17 10:01", "case": "甲", "expect": {"facts": {"bill_receipt": None}}},
            pay("2026-03-18 10:00", expect={"state": "paid", "balance": "0.00", "receipt": "SJ2603-0002"}),
        )  # fmt: skip

    def test_a_request_taken_back_leaves_the_orders_for_the_next_round(self) -> None:
        back = {
            "at": "2026-03-17 10:00",
            "case": f"payment_request:{FIRST}",
            "do": "withdraw_request",
            "by": "主管",
        }
        april = {"case": "round:2026-04", "at": "2026-04-15 09:00"}
        self.play(
            SEND,
            back | {"data": {"why": "填错了"}, "expect": {"state": "withdrawn_request", "balance": "0.00"}},
            {"at": "2026-03-17 10:01", "case": "甲", "expect": {"facts": {"bill": None}}},
            april | {"expect": {"tables": {"send_requests.charges.count": 2}}},
            SEND | april,
            look("2026-04-15 09:01", "FK2604-0001", balance="100.00"),
        )  # fmt: skip

    def test_which_charges_belong_is_the_offices_cut_off(self) -> None:
        late = order("2026-02-27", "3-2-1602", "10.00", "丁")
        figures = {"cut_off": "0"}
        counted = {"at": "2026-03-15 08:00", "case": "round:2026-03", "expect": {
            "tables": {"send_requests.charges.count": 1, "send_requests.charges.sums": {"fee": 1000}}}}  # fmt: skip
        assert run(card(late, *ORDERS, counted, **figures), [MANUAL]) == []

    def test_nothing_is_billed_twice(self) -> None:
        self.play(
            SEND,
            order("2026-03-20", "3-2-1502", "5.00", "戊"),
            {"at": "2026-04-15 08:00", "case": "round:2026-04", "expect": {"tables": {"send_requests.charges.count": 1}}},
            SEND | {"at": "2026-04-15 09:00", "case": "round:2026-04"},
            look("2026-04-15 09:01", "FK2604-0001", balance="5.00"),
            look("2026-04-15 09:01", balance="100.00"),
        )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('{ do = "charge_lines", amount = "bill_lines" },', "", "未收应是 100.00"),
        ('do = "bill", field', 'do = "bill", when = { urgent = true }, field', "付款请求书已送出"),
        ('limit = "@pay_by"', 'limit = "by day 21"', "2026-03-21 00:00"),
        ('where = { bill = { set = false }, state = "done" }', 'where = { state = "open" }', "应是 3"),
        ('kind = "lines" }', 'kind = "text" }', "打印"),
    ],
)
def test_the_cards_see_what_is_broken(old: str, new: str, says: str) -> None:
    assert old in MANUAL
    tests = TestRound()
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(globals(), "MANUAL", MANUAL.replace(old, new))
        with pytest.raises(AssertionError, match=says):
            tests.test_two_slips_of_a_household_are_one_request_and_the_sending_is_logged()
