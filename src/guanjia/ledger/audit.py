"""Do the books balance? Reads every row of an office and names each one that is wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from guanjia.estate.models import Office
from guanjia.ledger.chart import CODES
from guanjia.ledger.models import (
    Account,
    CashCount,
    DayClose,
    OpenItem,
    PaperSeries,
    Receipt,
    Refund,
    Transfer,
)
from guanjia.ledger.seals import check_seal, close_seal, count_seal, receipt_seal, transfer_seal
from guanjia.ledger.series import gaps


@dataclass(frozen=True)
class Books:
    """What the audit found. `troubles` names each wrong row in Chinese; empty when all is well."""

    debits_fen: int
    credits_fen: int
    transfers: int
    receipts: int
    troubles: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.troubles


def books_balance(office: Office) -> Books:
    """Check an office's books: account by account, item by item, seals, receipts against their transfers, gaps."""
    debited, credited, items, troubles = _walk(office)
    total_debit, total_credit = sum(debited.values()), sum(credited.values())
    if total_debit != total_credit:
        troubles.append(f"借方合计 {total_debit} 分，贷方合计 {total_credit} 分，不相等。")
    troubles += _items(office, debited, credited, items)
    troubles += _receipts(office)
    troubles += _closes(office)
    troubles += [f"缺收据号：{series} 第 {seq} 号。" for series, seq in receipt_gaps(office)]
    return Books(
        total_debit,
        total_credit,
        Transfer.objects.filter(office=office).count(),
        Receipt.objects.filter(office=office).count(),
        tuple(troubles),
    )


def receipt_gaps(office: Office) -> list[tuple[str, int]]:
    """Numbers that were given out and have no receipt or refund slip: [(series, seq)]; empty when all is well."""
    given = dict(PaperSeries.objects.filter(office=office).values_list("key", "next_number"))
    found = []
    for kind, model in (("receipt", Receipt), ("refund", Refund)):
        last = {key: number - 1 for key, number in given.items() if key.split(":")[0] == kind}
        found += gaps(model._default_manager.filter(office=office), last)
    return found


def _walk(
    office: Office,
) -> tuple[dict[int, int], dict[int, int], dict[tuple[int, str], list[int]], list[str]]:
    """One pass over the transfers: debit and credit by account, (charged, paid) by item, broken rows."""
    debited: dict[int, int] = defaultdict(int)
    credited: dict[int, int] = defaultdict(int)
    items: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    troubles = []
    for row in Transfer.objects.filter(office=office).select_related("debit", "credit").iterator(2000):
        if row.seal != transfer_seal(row):
            troubles.append(f"转账 {row.pk}（{row.key}）被改过：与封印不符。")
        if {row.debit.office_id, row.credit.office_id} != {office.pk}:
            troubles.append(f"转账 {row.pk}（{row.key}）的科目属于别的管理处。")
        debited[row.debit_id] += row.amount_fen
        credited[row.credit_id] += row.amount_fen
        code = CODES.get(row.code)
        if code and (code.charged or code.paid):
            owner = row.debit_id if row.debit.code == "receivable" else row.credit_id
            items[owner, row.reference][0] += code.charged * row.amount_fen
            items[owner, row.reference][1] += code.paid * row.amount_fen
    return debited, credited, items, troubles


def _items(
    office: Office, debited: dict[int, int], credited: dict[int, int], items: dict[tuple[int, str], list[int]]
) -> list[str]:
    troubles = []
    owed: dict[int, int] = defaultdict(int)
    for item in OpenItem.objects.filter(office=office).iterator(2000):
        charged, paid = items.pop((item.account_id, item.reference), [0, 0])
        owed[item.account_id] += item.balance_fen
        if (charged, paid) != (item.charged_fen, item.paid_fen):
            troubles.append(
                f"应收项 {item.pk}（{item.reference}）记 {item.charged_fen}/{item.paid_fen} 分，转账合计 {charged}/{paid} 分。"
            )
    troubles += [f"{reference} 有转账而没有应收项。" for (_, reference), sums in items.items() if any(sums)]
    for account in Account.objects.filter(office=office, code="receivable"):
        balance = debited.get(account.pk, 0) - credited.get(account.pk, 0)
        if balance != owed[account.pk] or balance < 0:
            troubles.append(
                f"科目 {account.pk}（{account.name}）余额 {balance} 分，应收项合计 {owed[account.pk]} 分。"
            )
    return troubles


def _receipts(office: Office) -> list[str]:
    troubles = []
    rows = Receipt.objects.filter(office=office).select_related("transfer__debit", "transfer__reversed_by")
    for row in rows.iterator(2000):
        paid = row.transfer
        if row.seal != receipt_seal(row):
            troubles.append(f"收据 {row.number} 被改过：与封印不符。")
        if (row.amount_fen, row.reference, row.method) != (paid.amount_fen, paid.reference, paid.debit.code):
            troubles.append(f"收据 {row.number} 与转账 {paid.pk} 不符。")
        if (row.voided_at is not None) != hasattr(paid, "reversed_by"):
            troubles.append(f"收据 {row.number} 的作废与转账不符。")
    missing = Transfer.objects.filter(office=office, code="collected", receipt=None)
    troubles += [f"收款 {pk} 没有收据。" for pk in missing.values_list("pk", flat=True)]
    refunds = (
        Refund.objects.filter(office=office)
        .values_list("receipt__number", "receipt__amount_fen")
        .annotate(total=Sum("amount_fen"))
    )
    troubles += [
        f"收据 {number} 退款 {total} 分，多于收款 {fen} 分。" for number, fen, total in refunds if total > fen
    ]
    wrong = Refund.objects.filter(office=office).select_related("transfer")
    troubles += [
        f"退款单 {row.number} 与转账不符。" for row in wrong if row.amount_fen != row.transfer.amount_fen
    ]
    return troubles


def _closes(office: Office) -> list[str]:
    """Counts and closed days that were changed by hand, and a day whose revisions do not run 1, 2, 3."""
    counts = CashCount.objects.filter(office=office)
    troubles = [f"点款 {row.pk} 被改过：与封印不符。" for row in counts if row.seal != count_seal(row)]
    before: DayClose | None = None
    for row in DayClose.objects.filter(office=office).order_by("day", "revision").iterator(500):
        if row.seal != close_seal(row):
            troubles.append(f"关账 {row.day} 第 {row.revision} 次被改过：与封印不符。")
        if row.check_seal != check_seal(row):
            troubles.append(f"关账 {row.day} 第 {row.revision} 次的复核被改过：与封印不符。")
        if row.revision != (before.revision + 1 if before and before.day == row.day else 1):
            troubles.append(f"关账 {row.day} 第 {row.revision} 次之前少了一次。")
        before = row
    return troubles
