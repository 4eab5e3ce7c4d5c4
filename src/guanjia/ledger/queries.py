"""The only reader of the ledger for other rooms. Amounts are fen; the office comes first.

`books_balance` and `receipt_gaps` stand in `audit` and are offered here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, F, Q, QuerySet, Sum, When

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ledger.audit import Books as Books
from guanjia.ledger.audit import books_balance as books_balance
from guanjia.ledger.audit import receipt_gaps as receipt_gaps
from guanjia.ledger.chart import CODES, METHODS, method_word
from guanjia.ledger.models import Account, OpenItem, Receipt, Transfer

PAGE_SIZE = 50
_CREDIT_KINDS = (Account.Kind.LIABILITY, Account.Kind.INCOME)
_MONEY = tuple(METHODS)


@dataclass(frozen=True)
class Balance:
    """What was charged under a reference, what was paid of it, what is open."""

    charged_fen: int
    paid_fen: int

    @property
    def open_fen(self) -> int:
        return self.charged_fen - self.paid_fen


@dataclass(frozen=True)
class Listing:
    """A page of rows and the sum over all pages."""

    page: Page
    total_fen: int


@dataclass(frozen=True)
class StatementLine:
    """A line of a payer's statement; `balance_fen` is what was owed after it."""

    at: datetime
    label: str
    reference: str
    memo: str
    debit_fen: int
    credit_fen: int
    balance_fen: int
    number: str


@dataclass(frozen=True)
class TillLine:
    """What one cashier moved by one way of paying on one day."""

    method: str
    word: str
    cashier: str
    received_fen: int
    received: int
    voided_fen: int
    voided: int
    refunded_fen: int
    refunded: int

    @property
    def net_fen(self) -> int:
        return self.received_fen - self.voided_fen - self.refunded_fen


def account_balance(account: Account) -> int:
    """Debits less credits of an account; credits less debits for liabilities and income."""
    debit = Transfer.objects.filter(debit=account).aggregate(total=Sum("amount_fen"))["total"] or 0
    credit = Transfer.objects.filter(credit=account).aggregate(total=Sum("amount_fen"))["total"] or 0
    balance = int(debit) - int(credit)
    return -balance if account.kind in _CREDIT_KINDS else balance


def balance_of(office: Office, reference: str) -> Balance:
    """What is charged and paid under a reference, over all its payers."""
    rows = OpenItem.objects.filter(office=office, reference=reference).values_list("charged_fen", "paid_fen")
    items = list(rows)
    return Balance(sum(charged for charged, _ in items), sum(paid for _, paid in items))


def balances_of(office: Office, references: Collection[str]) -> dict[str, Balance]:
    """The balances of many references in one query; a reference without a charge is absent."""
    rows = (
        OpenItem.objects.filter(office=office, reference__in=references)
        .values_list("reference")
        .annotate(charged=Sum("charged_fen"), paid=Sum("paid_fen"))
    )
    return {reference: Balance(charged, paid) for reference, charged, paid in rows}


def balances_at(office: Office, references: Collection[str], until: datetime) -> dict[str, Balance]:
    """What was charged and paid under each reference up to a moment; one without any is absent."""
    rows = Transfer.objects.filter(
        office=office,
        reference__in=references,
        at__lte=until,
        code__in=[c for c, one in CODES.items() if one.charged or one.paid],
    )
    found: dict[str, Balance] = {}
    for reference, code, fen in rows.values_list("reference", "code").annotate(fen=Sum("amount_fen")):
        before, moved = found.get(reference, Balance(0, 0)), CODES[code]
        found[reference] = Balance(
            before.charged_fen + moved.charged * int(fen), before.paid_fen + moved.paid * int(fen)
        )
    return found


def open_items(
    office: Office, *, search: str = "", page: int = 1, before: datetime | None = None, size: int = PAGE_SIZE
) -> Listing:
    """What is still owed, oldest first: payer's name, item and reference are searched. `before`: opened before."""
    rows = OpenItem.objects.filter(office=office, charged_fen__gt=F("paid_fen")).select_related("account")
    if before:
        rows = rows.filter(opened_at__lt=before)
    for word in search.split():
        rows = rows.filter(
            Q(payer_name__icontains=word) | Q(item__icontains=word) | Q(reference__icontains=word)
        )
    total = rows.aggregate(total=Sum(F("charged_fen") - F("paid_fen")))["total"] or 0
    return Listing(Paginator(rows.order_by("opened_at", "pk"), size).get_page(page), int(total))


def items_of(office: Office, reference: str) -> list[OpenItem]:
    """The open and settled items of a reference, with their payers."""
    return list(OpenItem.objects.filter(office=office, reference=reference).select_related("account"))


def charge_total(booked: Transfer) -> int:
    """What a booked charge comes to after its adjustments, in fen."""
    signed = Case(When(code="charge", then=F("amount_fen")), default=-F("amount_fen"))
    return booked.amount_fen + int(booked.adjustments.aggregate(total=Sum(signed))["total"] or 0)


def charges_of(office: Office, reference: str) -> list[Transfer]:
    """The charges booked under a reference, without their adjustments, oldest first."""
    rows = Transfer.objects.filter(office=office, reference=reference, code="charge", about=None)
    return list(rows.select_related("debit", "credit", "actor").order_by("at", "pk"))


def owed_at(office: Office, moment: datetime) -> dict[tuple[str, str], int]:
    """What was owed at a past moment: {(payer_ref, reference): fen}, settled ones left out. For month-end lists."""
    signs = {
        side: Sum("amount_fen", filter=Q(at__lte=moment, **{f"{side}__code": "receivable"}))
        for side in ("debit", "credit")
    }
    owed: dict[tuple[str, str], int] = {}
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = (
            Transfer.objects.filter(office=office, **{f"{side}__code": "receivable"})
            .values_list(f"{side}__reference", "reference")
            .annotate(fen=signs[side])
        )
        for payer, reference, fen in rows:
            owed[payer, reference] = owed.get((payer, reference), 0) + sign * (fen or 0)
    return {key: fen for key, fen in sorted(owed.items()) if fen}


def statement(office: Office, payer_ref: str, *, since: datetime | None = None) -> list[StatementLine]:
    """All that was charged to and taken from a payer, oldest first, with what was owed after each line."""
    rows = (
        Transfer.objects.filter(office=office)
        .filter(
            Q(debit__code="receivable", debit__reference=payer_ref)
            | Q(credit__code="receivable", credit__reference=payer_ref)
        )
        .select_related("debit", "receipt", "refund", "reverses__receipt")
        .order_by("at", "pk")
    )
    lines, balance = [], 0
    for row in rows:
        owed = row.debit.code == "receivable"
        balance += row.amount_fen if owed else -row.amount_fen
        line = StatementLine(
            row.at, CODES[row.code].label, row.reference, row.memo,
            row.amount_fen if owed else 0, 0 if owed else row.amount_fen, balance, _paper_of(row),
        )  # fmt: skip
        if since is None or row.at >= since:
            lines.append(line)
    return lines


def receipt_of(office: Office, number: str) -> Receipt:
    """The receipt with its refunds. Raises Problem NOT_FOUND (404)."""
    rows = Receipt.objects.select_related("issued_by", "transfer", "office").prefetch_related("refunds")
    receipt = rows.filter(office=office, number=number).first()
    if receipt is None:
        raise Problem("NOT_FOUND", f"没有收据 {number}。", "请核对收据号。", status=404)
    return receipt


def receipts_of(office: Office, reference: str) -> list[Receipt]:
    """The receipts of a reference, voided ones too, oldest first."""
    rows = Receipt.objects.filter(office=office, reference=reference).select_related("issued_by")
    return list(rows.prefetch_related("refunds").order_by("issued_at", "pk"))


def receipts_page(
    office: Office, *, search: str = "", day: date | None = None, page: int = 1, size: int = PAGE_SIZE
) -> Listing:
    """The register of receipts, newest first, voided ones too; the sum leaves them out."""
    rows = Receipt.objects.filter(office=office).select_related("issued_by").prefetch_related("refunds")
    if day:
        begins, ends = day_window(office, day)
        rows = rows.filter(issued_at__gte=begins, issued_at__lt=ends)
    for word in search.split():
        rows = rows.filter(
            Q(number__icontains=word)
            | Q(payer__icontains=word)
            | Q(item__icontains=word)
            | Q(reference__icontains=word)
        )
    total = rows.filter(voided_at=None).aggregate(total=Sum("amount_fen"))["total"] or 0
    return Listing(Paginator(rows.order_by("-issued_at", "-pk"), size).get_page(page), int(total))


def day_totals(office: Office, day: date) -> list[TillLine]:
    """What each cashier took, voided and gave back on an office-local day, by way of paying."""
    return totals_between(office, *day_window(office, day))


def totals_between(office: Office, begins: datetime, ends: datetime) -> list[TillLine]:
    """As `day_totals`, from one instant up to but not including another."""
    rows = Transfer.objects.filter(office=office, at__gte=begins, at__lt=ends)
    tally: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    sides = (("debit", ("collected", "handed_in")), ("credit", ("receipt_voided", "refunded")))
    for side, codes in sides:
        for method, cashier, code, fen, count in _by_cashier(rows.filter(code__in=codes), side):
            tally.setdefault((method, cashier or ""), {})[code] = (int(fen), int(count))
    none = (0, 0)
    return [
        TillLine(
            method,
            method_word(method),
            cashier,
            *_both(codes.get("collected", none), codes.get("handed_in", none)),
            *codes.get("receipt_voided", none),
            *codes.get("refunded", none),
        )  # fmt: skip
        for (method, cashier), codes in sorted(
            tally.items(), key=lambda one: (_MONEY.index(one[0][0]), one[0][1])
        )
    ]


def _both(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """What was taken at the till and what was handed in there, as sums and counts."""
    return one[0] + other[0], one[1] + other[1]


def money_balances(office: Office) -> dict[str, int]:
    """What each money account of the office holds by the books: {"cash": fen, ...}; in_hand summed over holders."""
    balances = dict.fromkeys(_MONEY, 0)
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = Transfer.objects.filter(office=office, **{f"{side}__code__in": _MONEY})
        for code, fen in rows.values_list(f"{side}__code").annotate(fen=Sum("amount_fen")):
            balances[code] += sign * int(fen)
    return balances


def income_between(office: Office, begins: datetime, ends: datetime) -> dict[str, int]:
    """Income by item from one instant up to another, reductions taken off: {item: fen}."""
    rows = Transfer.objects.filter(office=office, at__gte=begins, at__lt=ends)
    sums: dict[str, int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        chosen = rows.filter(**{f"{side}__code": "income"})
        for item, fen in chosen.values_list(f"{side}__reference").annotate(fen=Sum("amount_fen")):
            sums[item] = sums.get(item, 0) + sign * int(fen)
    return sums


def day_window(office: Office, day: date) -> tuple[datetime, datetime]:
    """The instants between which an office's day lies (23 or 25 hours where the clocks change)."""
    zone = ZoneInfo(office.time_zone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


def _by_cashier(rows: QuerySet[Transfer], side: str) -> Iterable[tuple[str, str | None, str, int, int]]:
    return rows.values_list(f"{side}__code", "actor__name", "code").annotate(
        fen=Sum("amount_fen"), count=Count("pk")
    )


def _paper_of(row: Transfer) -> str:
    """The number of the paper that belongs to a transfer: its receipt, its refund slip, the receipt it voids."""
    if row.code in ("collected", "taken_in_hand"):
        return row.receipt.number if hasattr(row, "receipt") else ""
    if row.code == "refunded":
        return row.refund.number
    return row.reverses.receipt.number if row.reverses and row.code == "receipt_voided" else ""
