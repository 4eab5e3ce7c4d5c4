"""The only writer of the ledger. Each function is one database transaction and harmless to repeat under its key.

Amounts are whole fen; `reference` is opaque text (`case:BX2603-0217`); `at` is when it happened, `written_at`
when it was written (the same unless said otherwise). Whatever takes or gives money locks the open item first,
then the number series, so that two cashiers wait for each other and never lock crosswise.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.money import yuan_sign
from guanjia.kernel.problem import Problem
from guanjia.ledger.chart import OTHER_INCOME, RECEIPT_PATTERN, REFUND_PATTERN
from guanjia.ledger.in_hand import confirm_in_hand as confirm_in_hand
from guanjia.ledger.in_hand import hand_in as hand_in
from guanjia.ledger.in_hand import take_in_hand as take_in_hand
from guanjia.ledger.models import Account, OpenItem, PaperSeries, Receipt, Refund, Transfer
from guanjia.ledger.posting import (
    Stamp,
    account,
    charged_accounts,
    charged_item,
    check_amount,
    check_cash,
    check_charge,
    check_in_hand,
    check_reason,
    check_unpaid,
    check_within,
    locked_item,
    money_account,
    move,
    owed_item,
    post,
    replayed,
)
from guanjia.ledger.posting import hold as hold
from guanjia.ledger.queries import charge_total
from guanjia.ledger.receipts import issue_receipt
from guanjia.ledger.seals import request_hash
from guanjia.ledger.series import take
from guanjia.ledger.till import check_day as check_day
from guanjia.ledger.till import close_day as close_day
from guanjia.ledger.till import count_cash as count_cash
from guanjia.ledger.till import deposit_cash as deposit_cash
from guanjia.ledger.till import void_deposit as void_deposit
from guanjia.staff.models import User


@transaction.atomic
def transfer(
    *, debit: Account, credit: Account, amount_fen: int, code: str, key: str, at: datetime, reference: str = "",
    memo: str = "", actor: User | None = None, written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """One transfer between two accounts of one office; the ground under everything else here.

    A repeat under the same key with the same content returns the first one. Raises Problem KEY_REUSED (409) when
    the content differs, MONEY_NOT_POSITIVE, MONEY_TOO_LARGE. An open item is not touched: use the functions below
    for what residents owe and pay.
    """
    request = request_hash(op=code, debit=debit.pk, credit=credit.pk, amount=amount_fen, reference=reference)
    stamp = Stamp(key, at, actor, written_at)
    return replayed(debit.office, key, request) or post(
        debit, credit, amount_fen, code, request, stamp, reference=reference, memo=memo
    )


@transaction.atomic
def charge(
    office: Office, *, payer_ref: str, payer_name: str, amount_fen: int, item: str, reference: str, key: str,
    at: datetime, actor: User | None = None, materials: bool = False, written_at: datetime | None = None,
    fresh: bool = False,
) -> Transfer:  # fmt: skip
    """Book what a payer owes: debit receivable, credit income of the item.

    `fresh`: the caller knows that the key was never used, so that nobody looks for an earlier charge under it.
    `materials`: the office's outlay for materials bought for the resident; credits that outlay, not income.
    Raises Problem KEY_REUSED, MONEY_NOT_POSITIVE, MONEY_TOO_LARGE. S004-4-2.7b.
    """
    check_amount(amount_fen)
    request = request_hash(
        op="charge",
        payer=payer_ref,
        amount=amount_fen,
        item=item,
        reference=reference,
        materials=int(materials),
    )
    credit = ("materials", "") if materials else ("income", item or OTHER_INCOME)
    payer, credited, owes = charged_accounts(office, payer_ref, payer_name, reference, credit)
    owed, new = charged_item(payer, payer_name, reference, item, amount_fen, at, known=owes)
    if not fresh and (first := replayed(office, key, request)):
        return first
    stamp = Stamp(key, at, actor, written_at)
    booked = post(payer, credited, amount_fen, "charge", request, stamp, reference=reference, memo=item)
    if not new:
        if item and item not in owed.item.split("、"):
            owed.item = f"{owed.item}、{item}".strip("、")[:120]
        move(owed, "charge", amount_fen, at)
    return booked


@transaction.atomic
def adjust_charge(
    booked: Transfer, *, to_fen: int, reason: str, key: str, at: datetime, actor: User | None = None,
    written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Set what a booked charge comes to, up or down, by one more transfer; 0 takes it off.

    Raises Problem REASON_NEEDED, CHARGE_UNCHANGED, CHARGE_PAID when less than what is paid would be left (void the
    receipt or refund first), MONEY_NEGATIVE, KEY_REUSED. S004-4-2.4, S004-4-2.5.3.
    """
    check_reason(reason)
    check_charge(booked)
    if to_fen < 0:
        raise Problem("MONEY_NEGATIVE", "应收不能小于零。", "请核对金额。", field="amount")
    request = request_hash(op="charge_adjusted", charge=booked.pk, to=to_fen)
    owed = locked_item(booked.debit, booked.reference)
    if first := replayed(booked.office, key, request):
        return first
    difference = to_fen - charge_total(booked)
    if not difference:
        raise Problem(
            "CHARGE_UNCHANGED", f"这笔应收已经是 {yuan_sign(to_fen)}。", "无需再改。", field="amount"
        )
    debit, credit, code = booked.debit, booked.credit, "charge"
    if difference < 0:
        check_unpaid(owed, -difference)
        debit, credit, code = credit, debit, "charge_reduced" if to_fen else "charge_reversed"
    done = post(
        debit, credit, abs(difference), code, request, Stamp(key, at, actor, written_at),
        reference=booked.reference, memo=reason, about=booked,
    )  # fmt: skip
    move(owed, code, abs(difference), at)
    return done


def reverse_charge(
    booked: Transfer, *, reason: str, key: str, at: datetime, actor: User | None = None,
    written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Take a charge off altogether. Raises Problem as `adjust_charge`; CHARGE_PAID when it was paid."""
    return adjust_charge(booked, to_fen=0, reason=reason, key=key, at=at, actor=actor, written_at=written_at)


@transaction.atomic
def waive(
    office: Office, *, payer_ref: str, reference: str, reason: str, key: str, at: datetime,
    actor: User | None = None, amount_fen: int = 0, written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Give up what is owed (all of it when amount_fen is 0): debit waived, credit receivable.

    Raises Problem REASON_NEEDED, NOTHING_OWED, OVER_BALANCE, KEY_REUSED.
    """
    check_reason(reason)
    request = request_hash(op="waived", payer=payer_ref, amount=amount_fen, reference=reference)
    owed = owed_item(office, payer_ref, reference)
    if first := replayed(office, key, request):
        return first
    amount_fen = check_within(owed, amount_fen or owed.balance_fen)
    stamp = Stamp(key, at, actor, written_at)
    done = post(
        account(office, "waived"),
        owed.account,
        amount_fen,
        "waived",
        request,
        stamp,
        reference=reference,
        memo=reason,
    )
    move(owed, "waived", amount_fen, at)
    return done


@transaction.atomic
def collect(
    office: Office, *, payer_ref: str, payer_name: str, amount_fen: int, method: str, reference: str, key: str,
    at: datetime, actor: User | None = None, item: str = "", holder: str = "", pattern: str = RECEIPT_PATTERN,
    written_at: datetime | None = None, owed: OpenItem | None = None,
) -> Receipt:  # fmt: skip
    """Take money for what is owed, all or a part, and issue the receipt in the same transaction.

    `owed`: the item, where the caller has it by `hold` and knows that the key was never used.

    `method` is one of chart.METHODS; `in_hand` (a technician took it at the door) names its `holder`.
    Raises Problem METHOD_UNKNOWN, NOTHING_OWED, OVER_BALANCE (never more than the open balance), KEY_REUSED.
    S004-4-2.7b.
    """
    money = money_account(office, method, holder)
    request = request_hash(
        op="collected", payer=payer_ref, amount=amount_fen, method=method, reference=reference, holder=holder
    )
    if owed is None:
        owed = owed_item(office, payer_ref, reference)
        if first := replayed(office, key, request):
            return first.receipt
    check_within(owed, amount_fen)
    stamp = Stamp(key, at, actor, written_at)
    taken = post(
        money, owed.account, amount_fen, "collected", request, stamp, reference=reference, memo=payer_name
    )
    move(owed, "collected", amount_fen, at)
    return issue_receipt(
        office,
        taken,
        payer_name=payer_name,
        item=item or owed.item,
        at=taken.at,
        actor=actor,
        pattern=pattern,
    )


@transaction.atomic
def void_receipt(
    receipt: Receipt, *, reason: str, key: str, at: datetime, actor: User | None = None, written_at: datetime | None = None
) -> Receipt:  # fmt: skip
    """Void a receipt: the number stays, the money goes back, the debt is open again.

    Raises Problem REASON_NEEDED, RECEIPT_VOID (409) when it is void already, RECEIPT_REFUNDED when part of it was
    given back, IN_HAND_SHORT when the holder has handed the money in, CASH_SHORT when the cash has gone to the bank,
    KEY_REUSED.
    """
    check_reason(reason)
    request = request_hash(op="receipt_voided", receipt=receipt.number)
    owed = locked_item(receipt.transfer.credit, receipt.reference)
    if replayed(receipt.office, key, request):
        receipt.refresh_from_db()
        return receipt
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("transfer").get(pk=receipt.pk)
    if receipt.voided_at:
        raise Problem("RECEIPT_VOID", f"收据 {receipt.number} 已经作废。", "无需再作废。", status=409)
    if receipt.refunds.exists():
        raise Problem(
            "RECEIPT_REFUNDED", f"收据 {receipt.number} 已有退款，不能作废。", "余下的钱请再办退款。"
        )
    taken = receipt.transfer
    if taken.debit.code == "in_hand":
        check_in_hand(taken.debit, receipt.amount_fen)
    if taken.debit.code == "cash":
        check_cash(receipt.office, receipt.amount_fen)
    stamp = Stamp(key, at, actor, written_at)
    post(
        taken.credit, taken.debit, taken.amount_fen, "receipt_voided", request, stamp,
        reference=receipt.reference, memo=reason, reverses=taken,
    )  # fmt: skip
    move(owed, "receipt_voided", taken.amount_fen, at)
    receipt.voided_at = require_aware(at)
    receipt.void_reason = reason[:120]
    receipt.save(update_fields=["voided_at", "void_reason"])
    return receipt


@transaction.atomic
def refund(
    receipt: Receipt, *, amount_fen: int, method: str, reason: str, key: str, at: datetime,
    actor: User | None = None, pattern: str = REFUND_PATTERN, written_at: datetime | None = None,
) -> Refund:  # fmt: skip
    """Give money back against a receipt and no longer ask for it: two transfers and a numbered refund slip.

    Debit receivable, credit cash; then debit refunds, credit receivable: the payer owes what he owed before.
    Raises Problem REASON_NEEDED, METHOD_UNKNOWN, RECEIPT_VOID, REFUND_TOO_MUCH, CASH_SHORT, KEY_REUSED,
    MONEY_NOT_POSITIVE.
    """
    check_reason(reason)
    check_amount(amount_fen)
    office = receipt.office
    money = money_account(office, method, "")
    request = request_hash(op="refunded", receipt=receipt.number, amount=amount_fen, method=method)
    owed = locked_item(receipt.transfer.credit, receipt.reference)
    if first := replayed(office, key, request):
        return first.refund
    receipt = Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.voided_at:
        raise Problem(
            "RECEIPT_VOID", f"收据 {receipt.number} 已经作废。", "作废时已退回，不用再退款。", status=409
        )
    left = receipt.amount_fen - (receipt.refunds.aggregate(total=Sum("amount_fen"))["total"] or 0)
    if amount_fen > left:
        raise Problem(
            "REFUND_TOO_MUCH", f"收据 {receipt.number} 最多还能退 {yuan_sign(left)}。", field="amount"
        )
    if method == "cash":
        check_cash(office, amount_fen)
    stamp = Stamp(key, at, actor, written_at)
    back = post(
        owed.account, money, amount_fen, "refunded", request, stamp, reference=receipt.reference, memo=reason
    )
    allowed = Stamp(f"{key}:allowed", at, actor, written_at)
    post(
        account(office, "refunds"), owed.account, amount_fen, "refund_allowed", request, allowed,
        reference=receipt.reference, memo=reason,
    )  # fmt: skip
    move(owed, "refunded", amount_fen, at, save=False)
    move(owed, "refund_allowed", amount_fen, at)
    number = take(PaperSeries, office, "refund", pattern, at)
    return Refund.objects.create(
        office=office, number=number.text, series=number.series, seq=number.seq, receipt=receipt, method=method,
        amount_fen=amount_fen, reason=reason[:120], transfer=back, issued_at=back.at, issued_by=actor,
    )  # fmt: skip


@transaction.atomic
def buy_materials(
    office: Office, *, amount_fen: int, method: str, reference: str, key: str, at: datetime, memo: str = "",
    actor: User | None = None, written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """The office pays for materials bought for a resident: debit materials, credit cash. S004-4-2.2.3a.

    What the resident owes for them is booked with `charge(materials=True)`. Raises Problem METHOD_UNKNOWN, CASH_SHORT, KEY_REUSED.
    """
    debit, credit = account(office, "materials"), money_account(office, method, "")
    code = "materials_bought"
    request = request_hash(op=code, debit=debit.pk, credit=credit.pk, amount=amount_fen, reference=reference)
    if first := replayed(office, key, request):
        return first
    if method == "cash":
        check_cash(office, amount_fen)
    stamp = Stamp(key, at, actor, written_at)
    return post(debit, credit, amount_fen, code, request, stamp, reference=reference, memo=memo)
