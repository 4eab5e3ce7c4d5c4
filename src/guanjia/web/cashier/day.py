"""A day of the till: taken, counted, banked, in whose hand, closed and checked; and the same on paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kernel.problem import Problem
from guanjia.ledger import audit, days
from guanjia.ledger import queries as ledger
from guanjia.ledger.chart import CODES
from guanjia.ledger.models import DayClose
from guanjia.ledger.queries import TillLine
from guanjia.records.report import Block, Cell, Column, Report, Table, report_data, shown
from guanjia.staff import rules
from guanjia.web import exports, shell
from guanjia.web.bridge import uploads
from guanjia.web.bridge.forms import errors_of
from guanjia.web.cashier import views
from guanjia.web.cashier.views import case_number, day_of
from guanjia.web.doors import OfficeRequest, office_page

MOST_RECEIPTS = 500
TILL = (
    Column("方式"), Column("经手"), Column("收，元", "money"), Column("笔", "number"), Column("作废，元", "money"),
    Column("退，元", "money"), Column("净额，元", "money"),
)  # fmt: skip


@require_safe
@office_page
def day(request: OfficeRequest) -> HttpResponse:
    """A day's takings by way of paying and cashier, the count of the till, deposits, the close; do the books balance?"""
    shell.require_door(request, "cashier")
    return page(request, day_of(request))


def page(request: OfficeRequest, chosen: date, problem: Problem | None = None) -> HttpResponse:
    """The page of a day; with a problem, what was typed stands in its form again."""
    till = ledger.day_totals(request.office, chosen)
    listing = ledger.receipts_page(request.office, day=chosen, size=MOST_RECEIPTS)
    closes = days.closes_of(request.office, chosen)
    moved = days.moved_since(closes[0]) if closes else []
    begins, _ends = ledger.day_window(request.office, chosen)
    holdings = days.holdings(request.office)
    context: dict[str, Any] = {
        "day": chosen,
        "before": chosen - timedelta(days=1),
        "after": chosen + timedelta(days=1),
        "till": till,
        "net_fen": sum(line.net_fen for line in till),
        "receipts": [(row, case_number(row.reference)) for row in listing.page],
        "books": audit.books_balance(request.office),
        "today": request.now.astimezone(request.zone).date(),
        "cash_fen": days.cash_fen(request.office),
        "counts": days.counts_of(request.office, chosen),
        "notes": [(fen, request.POST.get(f"n{fen}", "")) for fen in days.DENOMINATIONS],
        "by_notes": any(request.POST.get(f"n{fen}") for fen in days.DENOMINATIONS),
        "deposits": [
            (row, days.slip_number(row), getattr(row, "reversed_by", None))
            for row in days.deposits_of(request.office, chosen)
        ],
        "holdings": [
            (held, held.since < begins, [(line, case_number(line.reference)) for line in held.lines])
            for held in holdings
        ],
        "old_fen": sum(held.fen for held in holdings if held.since < begins),
        "close": closes[0] if closes else None,
        "closes": closes,
        "moved": [(row, CODES[row.code].label, case_number(row.reference)) for row in moved],
        "may_take": rules.can_take_money(request.user, request.office, request.now),
        "may_check": rules.can_check_money(request.user, request.office, request.now),
        "typed": request.POST,
        "trouble": list(errors_of(problem).values()) if problem else [],
        "key": uploads.new_key(),
        "area": "cashier",
    }
    return render(request, "web/cashier/day.html", context, status=problem.status if problem else 200)


@require_safe
@office_page
def day_pdf(request: OfficeRequest) -> HttpResponse:
    """The close of a day on paper: the sealed figures and both names once closed, else what stands now."""
    shell.require_door(request, "cashier")
    chosen = day_of(request)
    closes = days.closes_of(request.office, chosen)
    close = closes[0] if closes else None
    till = days.lines_of(close) if close else ledger.day_totals(request.office, chosen)
    listing = ledger.receipts_page(request.office, day=chosen, size=MOST_RECEIPTS)
    receipts = Table(
        views.columns_of(views.RECEIPT_HEADINGS), [views.receipt_line(row) for row in listing.page],
        empty=_("这一天没有收据"),
    )  # fmt: skip
    title = _("日结表")
    closer, checker = (close.closed_by, close.checked_by or "") if close else ("", "")
    signed = (_("收费") + f" {closer}", _("复核") + f" {checker}")
    report = Report(
        title, request.office.name, f"{chosen:%Y-%m-%d}",
        [_closed(request, close), Block(_("按方式和经手人"), table=_takings(till)), Block(_("当天收据"), table=receipts)],
        request.now, request.zone, signs=signed, landscape=True,
    )  # fmt: skip
    return exports.paper("report", report_data(report), f"{title}-{chosen:%Y-%m-%d}")


def _takings(till: list[TillLine]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (t.word, t.cashier, t.received_fen, t.received, t.voided_fen, t.refunded_fen, t.net_fen) for t in till
    ]
    net = sum(line.net_fen for line in till)
    total = (
        "合计", "", sum(t.received_fen for t in till), sum(t.received for t in till),
        sum(t.voided_fen for t in till), sum(t.refunded_fen for t in till), net,
    )  # fmt: skip
    return Table(
        TILL, rows, total=total if rows else (), words=(_("净额"), net) if net > 0 else None,
        empty=_("这一天没有收款"),
    )  # fmt: skip


def _closed(request: OfficeRequest, close: DayClose | None) -> Block:
    """What was counted and by whom, who closed and checked, and the seal over it."""
    if close is None:
        return Block(_("关账"), text=[_("还没有关账，数字可能再变。")])
    rows: list[tuple[Cell, ...]] = [
        (_("点出现金，元"), shown(close.counted_fen, "money", request.zone)),
        (_("和账面的差额，元"), shown(close.difference_fen, "money", request.zone)),
        (_("差额原因"), "；".join(close.figures["reasons"])),
        (_("送存，元"), shown(close.figures["deposits_fen"], "money", request.zone)),
        (_("收据号"), f"{close.receipt_first}–{close.receipt_last}" if close.receipt_first else ""),
        (_("关账"), f"{close.closed_by} {shown(close.closed_at, 'time', request.zone)}"),
        (_("复核"), f"{close.checked_by} {shown(close.checked_at, 'time', request.zone)}" if close.checked_at else ""),
        (_("封印"), close.seal[:16] + " " + _("第 %s 次关账") % close.revision),
    ]  # fmt: skip
    held = [
        _("经手人待交：%(name)s %(fen)s 元")
        % {"name": one["name"], "fen": shown(one["fen"], "money", request.zone)}
        for one in close.figures["in_hand"]
    ]
    moved = len(days.moved_since(close))
    text = [*held, *([_("关账以后又记了 %s 笔，本表没有计入。") % moved] if moved else [])]
    return Block(_("关账"), text=text, table=Table((Column(_("项")), Column(_("内容"), width=3)), rows))
