"""The till: counting its cash, taking it to the bank, closing and checking its day. Private: others call `actions`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.money import yuan_sign
from guanjia.kernel.problem import Problem
from guanjia.ledger import days
from guanjia.ledger.models import CashCount, DayClose, Transfer
from guanjia.ledger.posting import (
    Stamp,
    account,
    check_cash,
    check_reason,
    fits,
    locked_account,
    post,
    replayed,
)
from guanjia.ledger.queries import account_balance
from guanjia.ledger.seals import check_seal, close_seal, count_seal, request_hash
from guanjia.staff.models import User


@transaction.atomic
def count_cash(
    office: Office, *, counted_fen: int, reason: str, key: str, at: datetime, actor: User | None = None,
    notes: Mapping[int, int] | None = None,
) -> CashCount:  # fmt: skip
    """Write down what was counted; a difference to the books is booked over or short, so that they agree again.

    notes: how many of each denomination {fen: number}; their sum must be what was counted. Raises Problem
    MONEY_NEGATIVE, COUNT_SUM, KEY_REUSED, REASON_NEEDED when it differs and no reason is given.
    """
    if counted_fen < 0:
        raise Problem("MONEY_NEGATIVE", "点出的现金不能小于零。", "请重新清点。", field="counted")
    pieces = {str(fen): number for fen, number in sorted((notes or {}).items()) if number}
    if pieces and (total := sum(int(fen) * number for fen, number in pieces.items())) != counted_fen:
        raise Problem(
            "COUNT_SUM",
            f"各面额合计 {yuan_sign(total)}，和点出的 {yuan_sign(counted_fen)} 不一样。",
            "请核对张数。",
            field="counted",
        )
    cash = locked_account(account(office, "cash"))
    request = request_hash(op="cash_counted", counted=counted_fen)
    if first := CashCount.objects.filter(office=office, key=key).first():
        if first.request != request:
            raise Problem(
                "KEY_REUSED", "这个幂等键已用于另一次点款。", "内容不同的请求请换一个键。", status=409
            )
        return first
    stamp = Stamp(key, at, actor)
    row = CashCount(
        office=office, key=key, book_fen=account_balance(cash), counted_fen=counted_fen, notes=pieces,
        reason=reason.strip()[:120], at=require_aware(at), actor=actor, request=request,
    )  # fmt: skip
    if row.difference_fen:
        check_reason(reason)
        other = account(office, "over_short")
        over = row.difference_fen > 0
        debit, credit, code = (cash, other, "cash_over") if over else (other, cash, "cash_short")
        row.transfer = post(debit, credit, abs(row.difference_fen), code, request, stamp, memo=row.reason)
    row.seal = count_seal(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def deposit_cash(
    office: Office, *, amount_fen: int, key: str, at: datetime, slip: str = "", memo: str = "",
    actor: User | None = None,
) -> Transfer:  # fmt: skip
    """Cash taken to the bank: debit bank, credit cash. `slip` is the number on the bank's slip, `memo` which bank.

    Raises Problem CASH_SHORT (never more than the cash there is), DEPOSIT_TWICE (409) for a slip that is booked,
    KEY_REUSED, MONEY_NOT_POSITIVE.
    """
    cash, bank = locked_account(account(office, "cash")), account(office, "bank")
    reference = fits(f"slip:{slip.strip()}") if slip.strip() else ""
    request = request_hash(
        op="cash_deposited", debit=bank.pk, credit=cash.pk, amount=amount_fen, reference=reference
    )
    if first := replayed(office, key, request):
        return first
    same = Transfer.objects.filter(office=office, code="cash_deposited", reference=reference)
    if reference and same.filter(reversed_by=None).exists():
        raise Problem(
            "DEPOSIT_TWICE",
            f"送存单 {slip.strip()} 已经记过。",
            "请核对单号；记错的先作废。",
            field="slip",
            status=409,
        )
    check_cash(office, amount_fen)
    stamp = Stamp(key, at, actor)
    return post(bank, cash, amount_fen, "cash_deposited", request, stamp, reference=reference, memo=memo)


@transaction.atomic
def void_deposit(
    deposit: Transfer, *, reason: str, key: str, at: datetime, actor: User | None = None
) -> Transfer:
    """Take a deposit back by the transfer that reverses it. Raises Problem REASON_NEEDED, DEPOSIT_VOID (409), KEY_REUSED."""
    check_reason(reason)
    if deposit.code != "cash_deposited":
        raise ValueError(f"transfer {deposit.pk} is not a deposit")
    locked_account(deposit.credit)
    request = request_hash(op="deposit_voided", deposit=deposit.pk)
    if first := replayed(deposit.office, key, request):
        return first
    if Transfer.objects.filter(reverses=deposit).exists():
        raise Problem("DEPOSIT_VOID", "这笔送存已经作废。", "无需再作废。", status=409)
    return post(
        deposit.credit, deposit.debit, deposit.amount_fen, "deposit_voided", request, Stamp(key, at, actor),
        reference=deposit.reference, memo=reason, reverses=deposit,
    )  # fmt: skip


@transaction.atomic
def close_day(office: Office, day: date, *, at: datetime, actor: User) -> DayClose:
    """Close a day of the till on its count: what it came to is kept, sealed. What moved later asks for a further one.

    Raises Problem DAY_AHEAD, COUNT_NEEDED when the cash of that day was not counted after it last moved,
    DAY_CLOSED (409) when it is closed and nothing has moved since.
    """
    if day > at.astimezone(ZoneInfo(office.time_zone)).date():
        raise Problem("DAY_AHEAD", "这一天还没有到。", "请选今天或以前的日子。", field="day")
    locked_account(account(office, "cash"))
    last = next(iter(days.closes_of(office, day)), None)
    if last and not days.moved_since(last):
        raise Problem(
            "DAY_CLOSED", f"{day} 已经由 {last.closed_by} 关账，之后没有变动。", "无需再关。", status=409
        )
    count = days.count_covering(office, day)
    if count is None:
        raise Problem("COUNT_NEEDED", f"{day} 的现金还没有点过，或点过以后又动了。", "请先点款，再关账。")
    first, final = days.receipts_between(office, day)
    counts = {count, *days.counts_of(office, day)}
    reasons = [one.reason for one in sorted(counts, key=lambda one: one.pk) if one.difference_fen]
    row = DayClose(
        office=office, day=day, revision=last.revision + 1 if last else 1, figures=days.snapshot(office, day) | {"reasons": reasons},
        receipt_first=first, receipt_last=final, count=count, counted_fen=count.counted_fen,
        difference_fen=sum(one.difference_fen for one in counts), closed_at=require_aware(at), closed_by=actor,
    )  # fmt: skip
    row.seal = close_seal(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def check_day(close: DayClose, *, at: datetime, actor: User) -> DayClose:
    """Finance has looked at a closed day and signs for it: somebody else than who closed or counted it.

    Raises Problem DAY_CHECKED (409), DAY_CHECK_OWN (403), DAY_MOVED (409) when the close is overtaken.
    """
    row = DayClose.objects.select_for_update(of=("self",)).select_related("office", "count").get(pk=close.pk)
    if row.checked_at:
        raise Problem("DAY_CHECKED", f"{row.day} 的关账已经复核。", "无需再复核。", status=409)
    if actor.pk in (row.closed_by_id, row.count.actor_id):
        raise Problem("DAY_CHECK_OWN", "点款和关账的人不能复核自己的账。", "请另一位财务复核。", status=403)
    if days.moved_since(row) or days.closes_of(row.office, row.day)[0] != row:
        raise Problem("DAY_MOVED", f"{row.day} 关账以后又有变动。", "请先重新关账，再复核。", status=409)
    row.checked_at, row.checked_by = require_aware(at), actor
    row.check_seal = check_seal(row)
    row.save(update_fields=["checked_at", "checked_by", "check_seal"])
    return row
