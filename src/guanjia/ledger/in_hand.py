"""Money that somebody takes at a door and hands in later. Private to the room: other rooms call `actions`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from guanjia.estate.models import Office
from guanjia.kernel.money import yuan_sign
from guanjia.kernel.problem import Problem
from guanjia.ledger.models import Receipt, Transfer
from guanjia.ledger.posting import (
    Stamp,
    account,
    check_in_hand,
    check_within,
    locked_item,
    money_account,
    move,
    owed_item,
    post,
    replayed,
)
from guanjia.ledger.receipts import issue_receipt
from guanjia.ledger.seals import request_hash
from guanjia.staff.models import User


@transaction.atomic
def take_in_hand(
    office: Office, *, payer_ref: str, payer_name: str, amount_fen: int, holder: str, holder_name: str, reference: str,
    key: str, at: datetime, actor: User | None = None, written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Somebody takes money at the door: the payer has paid, the holder owes it to the till. No receipt yet.

    Raises Problem NOTHING_OWED, OVER_BALANCE, KEY_REUSED. S000-1-4.4b.
    """
    held = account(office, "in_hand", holder, holder_name)
    request = request_hash(
        op="taken_in_hand", payer=payer_ref, amount=amount_fen, reference=reference, holder=holder
    )
    owed = owed_item(office, payer_ref, reference)
    if first := replayed(office, key, request):
        return first
    check_within(owed, amount_fen)
    stamp = Stamp(key, at, actor, written_at)
    taken = post(
        held, owed.account, amount_fen, "taken_in_hand", request, stamp, reference=reference, memo=payer_name
    )
    move(owed, "taken_in_hand", amount_fen, at)
    return taken


@transaction.atomic
def confirm_in_hand(
    office: Office, *, reference: str, amount_fen: int, method: str, payer_name: str, key: str, at: datetime,
    actor: User | None = None, written_at: datetime | None = None,
) -> Receipt:  # fmt: skip
    """What was taken at the door under a reference reaches the till, and its receipt is issued.

    Raises Problem NOTHING_IN_HAND (404) when nothing waits there, IN_HAND_DIFFERS when the amount is another,
    METHOD_UNKNOWN, KEY_REUSED. S000-1-4.4c.
    """
    till = money_account(office, method, "")
    request = request_hash(op="confirmed_in_hand", amount=amount_fen, method=method, reference=reference)
    if first := replayed(office, key, request):
        assert first.about is not None
        return first.about.receipt
    rows = Transfer.objects.filter(office=office, reference=reference, code="taken_in_hand", receipt=None)
    taken = rows.select_related("debit", "credit").order_by("at", "pk").first()
    if taken is None:
        raise Problem("NOTHING_IN_HAND", "没有待确认的代收款。", "请先由经手人登记收款。", status=404)
    owed = locked_item(taken.credit, reference)
    if amount_fen != taken.amount_fen:
        raise Problem(
            "IN_HAND_DIFFERS",
            f"经手人代收的是 {yuan_sign(taken.amount_fen)}，和收到的不一样。",
            "请当面点清；少了由经手人补足。",
            field="amount",
        )
    stamp = Stamp(key, at, actor, written_at)
    post(
        till, taken.debit, amount_fen, "handed_in", request, stamp, reference=reference, memo=taken.debit.name, about=taken
    )  # fmt: skip
    return issue_receipt(office, taken, payer_name=payer_name, item=owed.item, at=at, actor=actor)


@transaction.atomic
def hand_in(
    office: Office, *, holder: str, amount_fen: int, method: str, key: str, at: datetime,
    actor: User | None = None, written_at: datetime | None = None,
) -> Transfer:  # fmt: skip
    """Money taken at the door reaches the till: debit cash, credit the holder. Raises Problem IN_HAND_SHORT."""
    held = account(office, "in_hand", holder)
    till = money_account(office, method, "")
    request = request_hash(op="handed_in", debit=till.pk, credit=held.pk, amount=amount_fen, reference="")
    if first := replayed(office, key, request):
        return first
    check_in_hand(held, amount_fen)
    return post(
        till, held, amount_fen, "handed_in", request, Stamp(key, at, actor, written_at), memo=held.name
    )
