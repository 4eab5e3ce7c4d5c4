"""What a day of the till comes to: counts, deposits, who holds money, what was closed and what moved since.

Reads only; the office comes first, amounts are fen. `till` writes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Greatest

from guanjia.estate.models import Office
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.ledger.chart import METHODS
from guanjia.ledger.models import Account, CashCount, DayClose, Receipt, Transfer
from guanjia.ledger.queries import TillLine, account_balance, day_totals, day_window

MONEY = tuple(METHODS)
WEEK = 7
DENOMINATIONS = (10000, 5000, 2000, 1000, 500, 100, 50, 10)
"""Notes and coins in use, in fen."""


@dataclass(frozen=True)
class HeldLine:
    """Money taken under one reference that is not handed in; `fen` is what is left of it."""

    at: datetime
    payer: str
    reference: str
    fen: int


@dataclass(frozen=True)
class Holding:
    """Who holds money, how much, since when, taken where; oldest first."""

    name: str
    lines: tuple[HeldLine, ...]

    @property
    def fen(self) -> int:
        """All of it."""
        return sum(line.fen for line in self.lines)

    @property
    def since(self) -> datetime:
        """When the oldest of it was taken."""
        return self.lines[0].at


@dataclass(frozen=True)
class OpenDay:
    """A day that money moved on and that is not closed; `moved`: it was, and something was booked afterwards."""

    day: date
    moved: bool


def holdings(office: Office) -> list[Holding]:
    """Everybody who took money at a door and has not handed it in, by name.

    A hand-in that names no single taking settles the oldest first, so that the lines always come to what is owed.
    """
    accounts = list(Account.objects.filter(office=office, code="in_hand").order_by("name", "pk"))
    handed = Transfer.objects.filter(about=OuterRef("pk"), code="handed_in")
    taken = (
        Transfer.objects.filter(office=office, debit__code="in_hand", reversed_by=None)
        .exclude(Exists(handed))
        .order_by("at", "pk")
    )
    rows: dict[int, list[Transfer]] = defaultdict(list)
    for row in taken:
        rows[row.debit_id].append(row)
    balances = _balances(office)
    found = []
    for account in accounts:
        lines, left = rows[account.pk], balances.get(account.pk, 0)
        if lines and left > 0:
            name = account.name.partition("·")[2] or account.name
            found.append(Holding(name, tuple(_left(lines, left))))
    return found


def _balances(office: Office) -> dict[int, int]:
    """What each account of money in hand comes to."""
    sums: dict[int, int] = defaultdict(int)
    for side, sign in (("debit", 1), ("credit", -1)):
        rows = Transfer.objects.filter(office=office, **{f"{side}__code": "in_hand"})
        for pk, fen in rows.values_list(f"{side}_id").annotate(fen=Sum("amount_fen")):
            sums[pk] += sign * int(fen)
    return sums


def _left(taken: list[Transfer], balance_fen: int) -> list[HeldLine]:
    """The newest of what was taken, as far as the balance reaches; oldest first."""
    found = []
    for row in reversed(taken):
        fen = min(row.amount_fen, balance_fen)
        if fen:
            found.append(HeldLine(row.at, row.memo, row.reference, fen))
        balance_fen -= fen
    return found[::-1]


def counts_of(office: Office, day: date) -> list[CashCount]:
    """The counts of an office-local day, newest first."""
    begins, ends = day_window(office, day)
    rows = CashCount.objects.filter(office=office, at__gte=begins, at__lt=ends)
    return list(rows.select_related("actor", "transfer").order_by("-at", "-pk"))


def count_covering(office: Office, day: date) -> CashCount | None:
    """The count that a day can be closed on: no cash of that day was written after it.

    The day's own last one, else the first of a later day (the till stood over night); None: count first.
    """
    begins, ends = day_window(office, day)
    cash = Transfer.objects.filter(office=office, at__gte=begins, at__lt=ends).filter(
        Q(debit__code="cash") | Q(credit__code="cash")
    )
    last = cash.aggregate(last=Max(Greatest("at", "written_at")))["last"] or begins
    rows = CashCount.objects.filter(office=office, at__gte=last).select_related("actor")
    own = rows.filter(at__lt=ends).order_by("-at", "-pk").first()
    return own or rows.filter(at__gte=ends).order_by("at", "pk").first()


def deposits_of(office: Office, day: date) -> list[Transfer]:
    """Cash taken to the bank on a day, oldest first; a void one carries `reversed_by`."""
    begins, ends = day_window(office, day)
    rows = Transfer.objects.filter(office=office, code="cash_deposited", at__gte=begins, at__lt=ends)
    return list(rows.select_related("actor", "reversed_by__actor").order_by("at", "pk"))


def deposit_of(office: Office, number: int) -> Transfer:
    """One deposit. Raises Problem NOT_FOUND (404)."""
    rows = Transfer.objects.filter(office=office, code="cash_deposited", pk=number)
    found = rows.select_related("actor", "office", "reversed_by__actor").first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这笔送存。", "请从日结页进入。", status=404)
    return found


def slip_number(deposit: Transfer) -> str:
    """The number on the bank's slip, or ""."""
    return deposit.reference.removeprefix("slip:")


def cash_fen(office: Office) -> int:
    """The cash that the books say is in the till."""
    cash = Account.objects.filter(office=office, code="cash").first()
    return account_balance(cash) if cash else 0


def moves_of(office: Office, begins: datetime, ends: datetime) -> QuerySet[Transfer]:
    """Transfers that moved money from one instant up to another."""
    rows = Transfer.objects.filter(office=office, at__gte=begins, at__lt=ends)
    return rows.filter(Q(debit__code__in=MONEY) | Q(credit__code__in=MONEY))


def snapshot(office: Office, day: date) -> dict[str, Any]:
    """What a close keeps: takings by method and cashier, what was in whose hand, and which transfers it rests on."""
    begins, ends = day_window(office, day)
    return {
        "lines": [asdict(line) for line in day_totals(office, day)],
        "deposits_fen": sum(
            row.amount_fen for row in deposits_of(office, day) if not hasattr(row, "reversed_by")
        ),
        "in_hand": [
            {"name": held.name, "fen": held.fen, "since": iso(held.since)}
            for held in holdings(office)
            if held.since < ends
        ],
        "transfers": list(moves_of(office, begins, ends).order_by("pk").values_list("pk", flat=True)),
    }


def lines_of(close: DayClose) -> list[TillLine]:
    """The takings as they were closed."""
    return [TillLine(**line) for line in close.figures["lines"]]


def receipts_between(office: Office, day: date) -> tuple[str, str]:
    """The first and the last receipt number of a day; two empty texts for none."""
    begins, ends = day_window(office, day)
    rows = Receipt.objects.filter(office=office, issued_at__gte=begins, issued_at__lt=ends)
    numbers = list(rows.order_by("series", "seq").values_list("number", flat=True))
    return (numbers[0], numbers[-1]) if numbers else ("", "")


def closes_of(office: Office, day: date) -> list[DayClose]:
    """Every revision of a day's close, newest first."""
    rows = DayClose.objects.filter(office=office, day=day)
    return list(rows.select_related("closed_by", "checked_by", "count__actor").order_by("-revision"))


def moved_since(close: DayClose) -> list[Transfer]:
    """What was booked on the day after it was closed, oldest first; empty while the close stands."""
    rows = moves_of(close.office, *day_window(close.office, close.day)).exclude(
        pk__in=close.figures["transfers"]
    )
    return list(rows.select_related("debit", "credit", "actor").order_by("written_at", "pk"))


def open_days(office: Office, today: date) -> list[OpenDay]:
    """Days of the week before today on which money moved and whose close is missing or overtaken, oldest first."""
    first = today - timedelta(days=WEEK)
    kept: dict[date, set[int]] = {}
    closes = DayClose.objects.filter(office=office, day__gte=first, day__lt=today).order_by("revision")
    for close in closes:
        kept[close.day] = set(close.figures["transfers"])
    there: dict[date, set[int]] = defaultdict(set)
    begins, ends = day_window(office, first)[0], day_window(office, today)[0]
    zone = begins.tzinfo
    for pk, at in moves_of(office, begins, ends).values_list("pk", "at"):
        there[at.astimezone(zone).date()].add(pk)
    return [
        OpenDay(day, moved=day in kept) for day in sorted(there) if day not in kept or there[day] - kept[day]
    ]
