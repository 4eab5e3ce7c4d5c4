"""对账 of a month: orders, books and papers side by side; what differs stands first and leads to its case or receipt."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.engine.offering import view_of
from guanjia.kernel.money import yuan
from guanjia.ledger import queries as ledger
from guanjia.records.report import Block, Cell, Column, Report, Table
from guanjia.reports import reconcile as reading
from guanjia.reports.reconcile import Confirmation, DayLine, Month, OrderLine
from guanjia.web import exports, shell
from guanjia.web.bridge import words
from guanjia.web.cashier.month import month_after, period_of
from guanjia.web.components import ClauseView
from guanjia.web.doors import OfficeRequest, office_page

SUMS = ("charged_fen", "allowed_fen", "paid_fen", "unpaid_fen", "papers_fen", "held_fen", "carried_fen")


@require_safe
@office_page
def page(request: OfficeRequest) -> HttpResponse:
    """The month's orders three ways, the days of the till, and the form that both sides sign (S000-1-4.9.4b, S000-1-4.9.5)."""
    shell.require_door(request, "cashier")
    first = period_of(request)
    month = reading.month_of(request.office, f"{first:%Y-%m}", request.now)
    lines = _chosen(request, month)
    shown = Paginator(lines, ledger.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "month": month,
        "page": shown,
        "rows": shown.object_list,
        "sums": {name: month.total(name) for name in SUMS},
        "gaps": {leg: month.gap_of(leg) for leg in ("order", "form", "paper", "day")},
        "where": _where(month),
        "forms": [(one, *_next_step(request, one)) for one in month.confirmations],
        "till": _till(month.days),
        "first": first,
        "before": (first - timedelta(days=1)).replace(day=1),
        "after": month_after(first),
        "this_month": request.now.astimezone(request.zone).date().replace(day=1),
        "only": request.GET.get("only", "") == "gap",
        "search": request.GET.get("q", "").strip(),
        "area": "cashier",
    }
    return render(request, "web/cashier/reconcile.html", context)


def _chosen(request: OfficeRequest, month: Month) -> list[OrderLine]:
    """The lines in which every word of the search stands, or only those that differ."""
    words_ = request.GET.get("q", "").split()
    only = request.GET.get("only", "") == "gap"
    return [
        line
        for line in month.lines
        if (line.differences or not only)
        and all(
            word in f"{line.number} {line.service} {line.side.payer} {' '.join(line.side.receipts)}"
            for word in words_
        )
    ]


def _where(month: Month) -> list[tuple[OrderLine | None, DayLine | None, str]]:
    """The first places where something differs, for the head of the page."""
    found: list[tuple[OrderLine | None, DayLine | None, str]] = []
    found += [(line, None, one.text) for line in month.lines for one in line.differences]
    found += [(None, day, one.text) for day in month.days for one in day.differences]
    return found[:5]


def _next_step(request: OfficeRequest, one: Confirmation) -> tuple[ClauseView, str, str]:
    """The clause of a form to be signed, and the step that this person may take now: (clause, action, label)."""
    view = view_of(one.case, request.user, request.now)
    compiled = view.adopted[0].compiled
    offers = [offer.action for offer in view.offers if offer.possible and offer.action.primary]
    step = offers[0] if offers else None
    clause = next(
        (act.clause for act in compiled.procedures[view.facts["procedure"]].action if act.opens), ""
    )
    return words.clause_view(compiled, clause), step.key if step else "", step.label if step else ""


def _till(days: list[DayLine]) -> dict[str, int]:
    """The sums below the days."""
    sides = [one.side for one in days]
    return {
        "papers": sum(side.papers_fen for side in sides),
        "booked": sum(side.booked_fen for side in sides),
        "closed": sum(side.closed_fen or 0 for side in sides),
        "deposited": sum(side.deposited_fen for side in sides),
        "over": sum(side.over_fen for side in sides),
    }


ORDERS = (
    ("事项", "text", ""), ("业户", "text", ""), ("服务", "text", ""), ("收费，元", "money", "工作单"),
    ("应收，元", "money", "账上"), ("免收退款，元", "money", "账上"), ("实收，元", "money", "账上"), ("月末未收，元", "money", "账上"),
    ("收据号", "text", "收据"), ("金额，元", "money", "收据"), ("逐单核对", "text", "核对"), ("结果", "text", "核对"),
)  # fmt: skip
DAYS = (
    ("日", "day"), ("收据，元", "money"), ("账上进账，元", "money"), ("关账，元", "money"), ("点出现金，元", "money"),
    ("长短款，元", "money"), ("送存，元", "money"), ("关账人", "text"), ("复核", "text"), ("结果", "text"),
)  # fmt: skip


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse:
    """The same as a workbook or on paper, with both signatures' places at the foot."""
    shell.require_door(request, "cashier")
    first = period_of(request)
    month = reading.month_of(request.office, f"{first:%Y-%m}", request.now)
    lines = _chosen(request, month)
    report = Report(
        _("收费对账"), request.office.name, month.period,
        [
            Block(_("结果"), text=_verdict(month)),
            Block(_("逐单"), table=_orders(lines)),
            Block(_("收据和日结"), table=_days(month)),
        ],
        request.now, request.zone, landscape=True, signs=(_("客服"), _("财务")),
    )  # fmt: skip
    return exports.whole(kind, report)


def verdict_of(month: Month) -> str:
    """Balanced or not, in a word."""
    if month.differing:
        return _("不平：%s 处") % month.differing
    return _("平") if not month.open_days else _("数字对得上，还有 %s 天没有关账") % len(month.open_days)


def _verdict(month: Month) -> list[str]:
    said = [verdict_of(month)]
    said += [
        f"{line.number if line else day.side.day if day else ''} {text}" for line, day, text in _where(month)
    ]
    for one in month.confirmations:
        said.append(
            _("%(form)s %(number)s：%(state)s，%(n)s 单，应收 %(a)s，实收 %(b)s")
            % {
                "form": one.label,
                "number": one.case.number,
                "state": one.state,
                "n": len(one.told),
                "a": yuan(one.charged_fen),
                "b": yuan(one.paid_fen),
            }  # fmt: skip
        )
    return said


def _orders(lines: list[OrderLine]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            line.number, line.side.payer, line.service, line.ordered_fen, line.side.charged_fen, line.side.allowed_fen,
            line.side.paid_fen, line.side.unpaid_fen, "、".join(line.side.receipts), line.side.papers_fen,
            _("财务已核") if line.checked else "", "；".join(one.text for one in line.differences) or _("平"),
        )
        for line in lines
    ]  # fmt: skip
    names = ("charged_fen", "allowed_fen", "paid_fen", "unpaid_fen", "papers_fen")
    sums = [sum(getattr(line.side, name) for line in lines) for name in names]
    total: tuple[Cell, ...] = (
        _("合计"),
        "",
        _("%s 单") % len(rows),
        sum(line.ordered_fen for line in lines),
        *sums[:4],
        "",
        sums[4],
        "",
        "",
    )
    columns = [
        Column(label, kind, width=2 if place == len(ORDERS) - 1 else 1, group=group)  # type: ignore[arg-type]
        for place, (label, kind, group) in enumerate(ORDERS)
    ]
    return Table(columns, rows, total=total if rows else (), empty=_("这个月没有收费"))


def _days(month: Month) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (
            one.side.day, one.side.papers_fen, one.side.booked_fen, one.side.closed_fen, one.side.counted_fen,
            one.side.over_fen, one.side.deposited_fen,
            str(one.side.close.closed_by) if one.side.close else _("没有关账"),
            str(one.side.close.checked_by or "") if one.side.close else "",
            "；".join(d.text for d in one.differences) or (_("平") if one.side.close else ""),
        )
        for one in month.days
    ]  # fmt: skip
    till = _till(month.days)
    total: tuple[Cell, ...] = (
        _("合计"), till["papers"], till["booked"], till["closed"], None, till["over"], till["deposited"], "", "", "",
    )  # fmt: skip
    columns = [Column(label, kind) for label, kind in DAYS]  # type: ignore[arg-type]
    return Table(columns, rows, total=total if rows else (), empty=_("这个月没有收款"))
