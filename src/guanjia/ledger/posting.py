"""What every action of the ledger is made of: accounts, locked open items, one posted transfer, the checks.

Private to the room: other rooms call `actions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.money import LARGEST_FEN, yuan_sign
from guanjia.kernel.problem import Problem
from guanjia.ledger.chart import CHART, CODES, METHODS
from guanjia.ledger.models import Account, OpenItem, Transfer
from guanjia.ledger.queries import account_balance
from guanjia.ledger.seals import transfer_seal
from guanjia.staff.models import User


@dataclass(frozen=True)
class Stamp:
    """Under which key, when and by whom; `written_at` is `at` unless the entry is typed in later."""

    key: str
    at: datetime
    actor: User | None = None
    written_at: datetime | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= 110:
            raise Problem("KEY_INVALID", "幂等键要有 1 到 110 个字符。", "请换一个键。")


def account(office: Office, code: str, reference: str = "", name: str = "") -> Account:
    """The office's account of the chart, made when first used. KeyError for a code that is not in the chart."""
    line = CHART[code]
    if line.by_reference != bool(reference):
        raise ValueError(f"account {code} {'needs' if line.by_reference else 'takes no'} reference")
    found, _ = Account.objects.get_or_create(
        office=office,
        code=code,
        reference=fits(reference),
        defaults={
            "name": f"{line.name}·{name or reference}"[:80] if reference else line.name,
            "kind": line.kind,
        },
    )
    return found


def post(
    debit: Account, credit: Account, amount_fen: int, code: str, request: str, stamp: Stamp, *, reference: str = "",
    memo: str = "", reverses: Transfer | None = None, about: Transfer | None = None,
) -> Transfer:  # fmt: skip
    """Write one transfer. Another writer's same key at the same moment: its transfer, or Problem KEY_REUSED."""
    check_amount(amount_fen)
    if code not in CODES or debit.office_id != credit.office_id:
        raise ValueError(f"unknown code {code} or accounts of two offices")
    at = require_aware(stamp.at)
    row = Transfer(
        office_id=debit.office_id, debit=debit, credit=credit, amount_fen=amount_fen, code=code, key=stamp.key,
        reference=fits(reference), memo=memo[:120], reverses=reverses, about=about, at=at,
        written_at=require_aware(stamp.written_at or at), actor=stamp.actor, request=request,
    )  # fmt: skip
    row.seal = transfer_seal(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if first := replayed(debit.office, stamp.key, request):
            return first
        raise
    return row


def fits(reference: str) -> str:
    """The reference itself; ValueError when it does not fit its column, for a cut one would be another's."""
    if len(reference) > 60:
        raise ValueError(f"reference longer than 60 characters: {reference!r}")
    return reference


def replayed(office: Office, key: str, request: str) -> Transfer | None:
    """The transfer already written under this key. Raises Problem KEY_REUSED (409) when it was asked for otherwise."""
    first = Transfer.objects.filter(office=office, key=key).first()
    if first is None or first.request == request:
        return first
    raise Problem("KEY_REUSED", "这个幂等键已用于另一笔账。", "内容不同的请求请换一个键。", status=409)


def charged_accounts(
    office: Office, payer_ref: str, payer_name: str, reference: str, credit: tuple[str, str]
) -> tuple[Account, Account, bool]:
    """The payer's receivable, the account that a charge credits (code, reference), and whether the payer owes under
    the reference already; in one statement when all were used before."""
    if not payer_ref or not reference:
        raise ValueError("a charge needs a payer and a reference")
    wanted = (("receivable", payer_ref, payer_name), (*credit, ""))
    either = Q(code="receivable", reference=payer_ref) | Q(code=credit[0], reference=credit[1])
    owes = OpenItem.objects.filter(account=OuterRef("pk"), reference=reference)
    rows = Account.objects.filter(either, office=office).annotate(owes=Exists(owes))
    known = {(row.code, row.reference): row for row in rows}
    payer, credited = (known.get((code, of)) or account(office, code, of, name) for code, of, name in wanted)
    return payer, credited, getattr(payer, "owes", False)


def charged_item(
    owner: Account, payer_name: str, reference: str, item: str, amount_fen: int, at: datetime, *, known: bool
) -> tuple[OpenItem, bool]:
    """The locked open item of a payer under a reference; one that is new holds the charge already (then True)."""
    if known:
        return locked_item(owner, reference), False
    made = OpenItem(
        office_id=owner.office_id, account=owner, reference=fits(reference), payer_name=payer_name[:80],
        item=item[:120], opened_at=require_aware(at), charged_fen=amount_fen,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # somebody else charged first
        return locked_item(owner, reference), False
    return made, True


def hold(office: Office, reference: str) -> list[OpenItem]:
    """The open items of a reference, locked to the end of the transaction, with their accounts."""
    rows = OpenItem.objects.select_for_update(of=("self",)).filter(office=office, reference=reference)
    return list(rows.select_related("account").order_by("pk"))


def owed_item(office: Office, payer_ref: str, reference: str) -> OpenItem:
    """The locked open item. Raises Problem NOTHING_OWED (404) when nothing was ever charged there."""
    owner = Account.objects.filter(office=office, code="receivable", reference=payer_ref).first()
    found = _locked(owner, reference) if owner is not None else None
    if found is None:
        raise Problem("NOTHING_OWED", "没有这笔应收。", "请先记应收，再收款。", status=404)
    return found


def locked_item(owner: Account, reference: str) -> OpenItem:
    """The open item with its row locked to the end of the transaction (SQLite locks the whole database instead)."""
    found = _locked(owner, reference)
    if found is None:
        raise OpenItem.DoesNotExist(f"{owner} {reference}")
    return found


def _locked(owner: Account, reference: str) -> OpenItem | None:
    found = OpenItem.objects.select_for_update().filter(account=owner, reference=reference).first()
    if found is not None:
        found.account = owner
    return found


def move(owed: OpenItem, code: str, amount_fen: int, at: datetime, *, save: bool = True) -> None:
    """Add a posted transfer to the summary that the open item is."""
    owed.charged_fen += CODES[code].charged * amount_fen
    owed.paid_fen += CODES[code].paid * amount_fen
    owed.settled_at = None if owed.balance_fen else require_aware(at)
    if save:
        owed.save(update_fields=["charged_fen", "paid_fen", "item", "settled_at"])


def check_amount(amount_fen: int) -> None:
    """Raises Problem MONEY_NOT_POSITIVE or MONEY_TOO_LARGE; TypeError for anything but int."""
    if type(amount_fen) is not int:
        raise TypeError(f"amount must be whole fen, not {amount_fen!r}")
    if amount_fen <= 0:
        raise Problem("MONEY_NOT_POSITIVE", "金额必须大于零。", "请填要收或要退的金额。", field="amount")
    if amount_fen > LARGEST_FEN:
        raise Problem(
            "MONEY_TOO_LARGE", f"金额 {yuan_sign(amount_fen)} 太大。", "请核对位数。", field="amount"
        )


def check_within(owed: OpenItem, amount_fen: int) -> int:
    """The amount, when it is owed. Raises Problem NOTHING_OWED (409), OVER_BALANCE."""
    if not owed.balance_fen:
        raise Problem("NOTHING_OWED", "这笔应收已经结清。", "无需再收。", status=409)
    check_amount(amount_fen)
    if amount_fen > owed.balance_fen:
        raise Problem(
            "OVER_BALANCE",
            f"未收只有 {yuan_sign(owed.balance_fen)}，不能超过。",
            "请改小金额，或先改应收。",
            field="amount",
        )
    return amount_fen


def check_unpaid(owed: OpenItem, amount_fen: int) -> None:
    """Raises Problem CHARGE_PAID when taking this much off would leave less than what is paid."""
    if amount_fen > owed.balance_fen:
        raise Problem(
            "CHARGE_PAID",
            f"未收只剩 {yuan_sign(owed.balance_fen)}，不能再减那么多。",
            "请先作废收据或退款，再减应收。",
            field="amount",
        )


def check_charge(booked: Transfer) -> None:
    """ValueError for any transfer but a charge as it was first booked."""
    if booked.code != "charge" or booked.about_id is not None:
        raise ValueError(f"transfer {booked.pk} is not a charge")


def check_reason(reason: str) -> None:
    """Raises Problem REASON_NEEDED."""
    if not reason.strip():
        raise Problem("REASON_NEEDED", "没有写原因。", "请写明原因，它会留在账上。", field="reason")


def money_account(office: Office, method: str, holder: str) -> Account:
    """Where the money of a way of paying lies. Raises Problem METHOD_UNKNOWN."""
    if method not in METHODS or (method == "in_hand") != bool(holder):
        raise Problem(
            "METHOD_UNKNOWN",
            f"「{method}」不是收款方式。",
            "请选：" + "、".join(METHODS.values()) + "。",
            field="method",
        )
    return account(office, method, holder)


def locked_account(row: Account) -> Account:
    """The account locked against another writer that also asks for its lock; transfers to it go on."""
    return Account.objects.select_for_update(no_key=True).get(pk=row.pk)


def check_in_hand(held: Account, amount_fen: int) -> None:
    """Raises Problem IN_HAND_SHORT when the holder has less than this."""
    left = account_balance(locked_account(held))
    if amount_fen > left:
        raise Problem(
            "IN_HAND_SHORT",
            f"{held.name} 名下只有 {yuan_sign(left)}。",
            "请核对经手人和金额。",
            field="amount",
        )


def check_cash(office: Office, amount_fen: int) -> Account:
    """The cash account, locked against whoever else takes from it. Raises Problem CASH_SHORT when it holds less."""
    cash = locked_account(account(office, "cash"))
    left = account_balance(cash)
    if amount_fen > left:
        raise Problem(
            "CASH_SHORT",
            f"库存现金只有 {yuan_sign(left)}。",
            "请核对金额；钱比账多时先点款。",
            field="amount",
        )
    return cash
