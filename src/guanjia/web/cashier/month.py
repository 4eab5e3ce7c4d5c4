"""收费明细 of a month: what was charged and paid, by kind of service and case; the reading behind the confirmation form."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.kernel.problem import Problem
from guanjia.ledger import month as reading
from guanjia.ledger import queries as ledger
from guanjia.ledger.month import MonthLine
from guanjia.records.report import Cell, Column
from guanjia.web import exports, shell
from guanjia.web.bridge import seen
from guanjia.web.cashier.views import case_number
from guanjia.web.doors import OfficeRequest, office_page

HEADINGS = (
    Column("服务"), Column("事项"), Column("交款人"), Column("项目"), Column("本月应收，元", "money"),
    Column("本月实收，元", "money"), Column("方式"), Column("收据号"), Column("月末未收，元", "money"),
)  # fmt: skip


def period_of(request: OfficeRequest) -> date:
    """The first day of the month of the address, else of this one."""
    text = request.GET.get("period", "")
    today = request.now.astimezone(request.zone).date()
    if not text:
        return today.replace(day=1)
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = date.min
    if not 1900 < found.year < 2200:
        raise Problem("DATE_FORMAT", _("月份写得不对。"), _("请按 2026-03 的样子写。"), field="period")
    return found


def month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def _lines(request: OfficeRequest, first: date) -> list[tuple[str, MonthLine]]:
    """(kind of service, line), by kind and then as they came; those in which every word of the search stands."""
    begins = ledger.day_window(request.office, first)[0]
    ends = ledger.day_window(request.office, month_after(first))[0]
    lines = reading.lines_between(request.office, begins.astimezone(UTC), ends.astimezone(UTC))
    numbers = {case_number(line.reference) for line in lines}
    rows = (
        cases.cases(seen.sight(request), scope="all")
        .filter(number__in=numbers)
        .values_list("number", "facts")
    )
    kinds = {number: str(facts.get("item") or "") for number, facts in rows}
    words = request.GET.get("q", "").split()
    found = [(kinds.get(case_number(line.reference)) or line.item, line) for line in lines]
    return sorted(
        (
            (kind, line)
            for kind, line in found
            if all(
                word in f"{kind} {line.item} {line.payer} {line.reference} {line.receipts}" for word in words
            )
        ),
        key=lambda one: (one[0], one[1].first_at),
    )


@require_safe
@office_page
def month(request: OfficeRequest) -> HttpResponse:
    """The month's charges and payments, each line leading to its case, with sums by kind and by way of paying."""
    shell.require_door(request, "cashier")
    first = period_of(request)
    rows = _lines(request, first)
    lines = [line for _kind, line in rows]
    kinds: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for kind, line in rows:
        for place, value in enumerate((1, line.charged_fen, line.paid_fen, line.unpaid_fen)):
            kinds[kind][place] += value
    page = Paginator(rows, ledger.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [(kind, line, case_number(line.reference)) for kind, line in page],
        "page": page,
        "kinds": sorted((kind, *sums) for kind, sums in kinds.items()),
        "methods": reading.by_method(lines),
        "charged_fen": sum(line.charged_fen for line in lines),
        "paid_fen": sum(line.paid_fen for line in lines),
        "unpaid_fen": sum(line.unpaid_fen for line in lines),
        "period": f"{first:%Y-%m}",
        "search": request.GET.get("q", "").strip(),
        "area": "cashier",
    }
    return render(request, "web/cashier/month.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same lines as CSV, XLSX or on paper, with the sums by way of paying."""
    shell.require_door(request, "cashier")
    first = period_of(request)
    rows = _lines(request, first)
    lines = [line for _kind, line in rows]
    cells: list[tuple[Cell, ...]] = [
        (
            service, case_number(line.reference), line.payer, line.item, line.charged_fen, line.paid_fen, line.words,
            "、".join(line.receipts), line.unpaid_fen,
        )
        for service, line in rows
    ]  # fmt: skip
    sums = [sum(getattr(line, name) for line in lines) for name in ("charged_fen", "paid_fen", "unpaid_fen")]
    total: tuple[Cell, ...] = (_("合计"), "", "", "", sums[0], sums[1], "", "", sums[2])
    ways: list[tuple[Cell, ...]] = [
        (_("按方式"), "", "", word, None, fen, word, "", None) for word, fen in reading.by_method(lines)
    ]
    return exports.response(
        request, kind, _("收费明细 %s") % f"{first:%Y-%m}", HEADINGS, [*cells, total, *ways],
        period=f"{first:%Y-%m}", signs=(_("客服"), _("财务")),
    )  # fmt: skip
