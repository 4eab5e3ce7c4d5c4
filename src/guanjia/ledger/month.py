"""What was charged and paid from one instant to another, item by item. Reads only; the office comes first, amounts are fen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from guanjia.estate.models import Office
from guanjia.ledger.chart import CODES, METHODS, method_word
from guanjia.ledger.models import OpenItem, Receipt, Transfer
from guanjia.ledger.queries import owed_at

MOVING = tuple(code for code, one in CODES.items() if one.charged or one.paid)


@dataclass
class MonthLine:
    """One payer under one reference: what was charged and paid in the time, and what was open at its end.

    `methods`: fen by way of paying, voids and refunds taken off; money taken at a door counts where it was handed in.
    """

    reference: str
    payer: str
    item: str
    first_at: datetime
    charged_fen: int = 0
    paid_fen: int = 0
    unpaid_fen: int = 0
    methods: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    receipts: list[str] = field(default_factory=list)
    payer_ref: str = ""

    @property
    def words(self) -> str:
        """The ways in which it was paid, in words."""
        return "、".join(method_word(method) for method in METHODS if self.methods.get(method))


def lines_between(office: Office, begins: datetime, ends: datetime) -> list[MonthLine]:
    """A line for every item that something was charged or paid on, in the order in which they first moved."""
    rows = list(
        Transfer.objects.filter(office=office, at__gte=begins, at__lt=ends, code__in=MOVING)
        .select_related("debit", "credit")
        .order_by("at", "pk")
    )
    reached = _handed_in(office, rows, ends)
    owed = owed_at(office, ends - timedelta(microseconds=1))
    items = _items(office, rows)
    numbers = _receipts(office, begins, ends)
    found: dict[tuple[str, str], MonthLine] = {}
    for row in rows:
        owner = row.debit if row.debit.code == "receivable" else row.credit
        key = owner.reference, row.reference
        if key not in found:
            item = items.get((owner.pk, row.reference))
            found[key] = MonthLine(
                row.reference, item.payer_name if item else owner.name, item.item if item else "", row.at,
                unpaid_fen=owed.get(key, 0), receipts=numbers.get(key, []), payer_ref=owner.reference,
            )  # fmt: skip
        line, code = found[key], CODES[row.code]
        line.charged_fen += code.charged * row.amount_fen
        line.paid_fen += code.paid * row.amount_fen
        if code.paid:
            side = row.debit if owner is row.credit else row.credit
            line.methods[reached.get(row.pk, side.code)] += code.paid * row.amount_fen
    return list(found.values())


def by_method(lines: Iterable[MonthLine]) -> list[tuple[str, int]]:
    """What was paid by each way of paying: (word, fen), in the usual order; they come to what the lines were paid."""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        for method, fen in line.methods.items():
            sums[method] += fen
    return [(method_word(method), sums[method]) for method in METHODS if method in sums]


def _handed_in(office: Office, rows: list[Transfer], ends: datetime) -> dict[int, str]:
    """Where money that was taken at a door reached the till before the end: {transfer: method}."""
    taken = [row.pk for row in rows if row.code == "taken_in_hand"]
    handed = Transfer.objects.filter(office=office, code="handed_in", about__in=taken, at__lt=ends)
    return dict(handed.values_list("about_id", "debit__code")) if taken else {}


def _items(office: Office, rows: list[Transfer]) -> dict[tuple[int, str], OpenItem]:
    items = OpenItem.objects.filter(office=office, reference__in={row.reference for row in rows})
    return {(item.account_id, item.reference): item for item in items}


def _receipts(office: Office, begins: datetime, ends: datetime) -> dict[tuple[str, str], list[str]]:
    """The numbers of the receipts that were issued and not voided, by payer and reference."""
    rows = Receipt.objects.filter(office=office, issued_at__gte=begins, issued_at__lt=ends, voided_at=None)
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for payer, reference, number in rows.order_by("series", "seq").values_list(
        "transfer__credit__reference", "reference", "number"
    ):
        found[payer, reference].append(number)
    return found
