"""A month's money as two readings that rest on different rows: what was booked, and what the papers say.

The books are transfers; the papers are receipts, refund slips, counts of the till and closed days. Each is summed by
itself, so that a row that one has and the other has not is seen. Reads only; amounts are fen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from guanjia.estate.models import Office
from guanjia.ledger.chart import CODES
from guanjia.ledger.days import moves_of
from guanjia.ledger.models import CashCount, DayClose, Receipt, Refund, Transfer
from guanjia.ledger.month import MonthLine, lines_between

GROSS = ("charge", "charge_reduced", "charge_reversed")
ALLOWED = ("waived", "refund_allowed")
TILL = {"collected": 1, "handed_in": 1, "receipt_voided": -1, "refunded": -1}


@dataclass
class Side:
    """One reference in a month. `charged_fen` is what was charged before `allowed_fen`, waived or given back, goes off.

    papers_fen: receipts less voids and refunds of the month. held_fen: taken at a door in the month and not handed in by
    its end, by `holders`. carried_fen: taken at a door before the month and receipted in it. elsewhere_fen: what was
    charged under the reference outside the month.
    """

    reference: str
    payer: str = ""
    item: str = ""
    charged_fen: int = 0
    allowed_fen: int = 0
    paid_fen: int = 0
    unpaid_fen: int = 0
    papers_fen: int = 0
    held_fen: int = 0
    carried_fen: int = 0
    elsewhere_fen: int = 0
    payer_ref: str = ""
    holders: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    @property
    def due_fen(self) -> int:
        """What the household was to pay for the month: charged, less what was waived or given back."""
        return self.charged_fen - self.allowed_fen

    @property
    def gap_fen(self) -> int:
        """What the books say was paid, less what the papers and the hands of people account for."""
        return self.paid_fen - (self.papers_fen + self.held_fen - self.carried_fen)


@dataclass
class DaySide:
    """A day of the till: what its papers come to, what was booked, counted and banked, and how it was closed."""

    day: date
    papers_fen: int = 0
    booked_fen: int = 0
    deposited_fen: int = 0
    counted_fen: int | None = None
    over_fen: int = 0
    transfers: set[int] = field(default_factory=set)
    close: DayClose | None = None

    @property
    def closed_fen(self) -> int | None:
        """The takings as the day was closed on them; None while it is open."""
        if self.close is None:
            return None
        return sum(
            line["received_fen"] - line["voided_fen"] - line["refunded_fen"]
            for line in self.close.figures["lines"]
        )

    @property
    def moved(self) -> bool:
        """Whether something was booked on the day after it was closed."""
        return self.close is not None and bool(self.transfers - set(self.close.figures["transfers"]))


def sides_between(
    office: Office, begins: datetime, ends: datetime, also: Iterable[str] = ()
) -> dict[str, Side]:
    """Every reference that something moved under in the time, in the order in which it first did; then those of `also`."""
    found: dict[str, Side] = {}
    for line in lines_between(office, begins, ends):
        _add(found.setdefault(line.reference, Side(line.reference)), line)
    _hands(office, found, begins, ends)
    _papers(office, found, begins, ends)
    for reference in also:
        found.setdefault(reference, Side(reference))
    _charges(office, found, begins, ends)
    return found


def _charges(office: Office, found: dict[str, Side], begins: datetime, ends: datetime) -> None:
    """What was charged, and what was waived or given back, in the month and outside it."""
    rows = Transfer.objects.filter(office=office, code__in=(*GROSS, *ALLOWED), reference__in=list(found))
    here = Sum("amount_fen", filter=Q(at__gte=begins, at__lt=ends))
    sums = rows.values_list("reference", "code").annotate(here=here, ever=Sum("amount_fen"))
    for reference, code, inside, ever in sums:
        side, sign = found[reference], CODES[code].charged
        if code in ALLOWED:
            side.allowed_fen -= sign * int(inside or 0)
        else:
            side.charged_fen += sign * int(inside or 0)
            side.elsewhere_fen += sign * int(ever - (inside or 0))


def _add(side: Side, line: MonthLine) -> None:
    """What the month's books say of one payer, added to those of the same reference."""
    side.payer = "、".join(filter(None, (side.payer, line.payer)))
    side.item = side.item or line.item
    side.payer_ref = side.payer_ref or line.payer_ref
    side.paid_fen += line.paid_fen
    side.unpaid_fen += line.unpaid_fen
    side.receipts += line.receipts


def _hands(office: Office, found: dict[str, Side], begins: datetime, ends: datetime) -> None:
    """Money taken at a door that had no receipt by the end of the month, or that was taken before it began."""
    rows = Transfer.objects.filter(office=office, code="taken_in_hand", at__lt=ends, reversed_by=None)
    rows = rows.filter(Q(receipt=None, at__gte=begins) | Q(receipt__issued_at__gte=begins))
    for row in rows.select_related("debit", "receipt").order_by("at", "pk"):
        issued = row.receipt.issued_at if hasattr(row, "receipt") else None
        if row.at < begins and issued and issued < ends:
            side = found.setdefault(row.reference, Side(row.reference, payer=row.memo))
            side.carried_fen += row.amount_fen
        elif row.at >= begins and (issued is None or issued >= ends):
            side = found[row.reference]
            side.held_fen += row.amount_fen
            side.holders.append(row.debit.name.partition("·")[2] or row.debit.name)


def _papers(office: Office, found: dict[str, Side], begins: datetime, ends: datetime) -> None:
    """Receipts issued, voided and paid back against in the month, each by its own date."""
    for reference, payer, fen in _moves_on_paper(office, begins, ends).values():
        side = found.setdefault(reference, Side(reference, payer=payer))
        side.papers_fen += sum(fen.values())


def _moves_on_paper(
    office: Office, begins: datetime, ends: datetime
) -> dict[str, tuple[str, str, dict[date, int]]]:
    """What each receipt of which something happened in the time adds on which day: {number: (reference, payer, {day: fen})}."""
    zone = ZoneInfo(office.time_zone)
    inside = Q(issued_at__gte=begins, issued_at__lt=ends) | Q(voided_at__gte=begins, voided_at__lt=ends)
    found: dict[str, tuple[str, str, dict[date, int]]] = {}

    def add(row: Receipt, at: datetime | None, fen: int) -> None:
        if at is not None and begins <= at < ends:
            days = found.setdefault(row.number, (row.reference, row.payer, defaultdict(int)))[2]
            days[at.astimezone(zone).date()] += fen

    for row in Receipt.objects.filter(inside, office=office).order_by("issued_at", "pk"):
        add(row, row.issued_at, row.amount_fen)
        add(row, row.voided_at, -row.amount_fen)
    for slip in Refund.objects.filter(
        office=office, issued_at__gte=begins, issued_at__lt=ends
    ).select_related("receipt"):
        add(slip.receipt, slip.issued_at, -slip.amount_fen)
    return found


def days_between(office: Office, begins: datetime, ends: datetime) -> list[DaySide]:
    """Every day on which the till moved, was counted or was closed, in order; of several closes the last."""
    zone = ZoneInfo(office.time_zone)
    found: dict[date, DaySide] = {}

    def of(day: date) -> DaySide:
        return found.setdefault(day, DaySide(day))

    for _reference, _payer, moves in _moves_on_paper(office, begins, ends).values():
        for day, fen in moves.items():
            of(day).papers_fen += fen
    for pk, at, code, fen in moves_of(office, begins, ends).values_list("pk", "at", "code", "amount_fen"):
        side = of(at.astimezone(zone).date())
        side.transfers.add(pk)
        side.booked_fen += TILL.get(code, 0) * fen
        side.deposited_fen += {"cash_deposited": 1, "deposit_voided": -1}.get(code, 0) * fen
        side.over_fen += {"cash_over": 1, "cash_short": -1}.get(code, 0) * fen
    for count in CashCount.objects.filter(office=office, at__gte=begins, at__lt=ends).order_by("at", "pk"):
        of(count.at.astimezone(zone).date()).counted_fen = count.counted_fen
    first, last = (moment.astimezone(zone).date() for moment in (begins, ends))
    closes = DayClose.objects.filter(office=office, day__gte=first, day__lt=last)
    for close in closes.select_related("closed_by", "checked_by").order_by("revision"):
        side = of(close.day)
        side.close, side.counted_fen = close, close.counted_fen
    return [found[day] for day in sorted(found)]
