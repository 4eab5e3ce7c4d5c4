"""The statistics of a month; every figure leads to the cases behind it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.records.report import Column
from guanjia.reports import monthly
from guanjia.reports.monthly import Figure
from guanjia.staff import rules
from guanjia.web import exports, shell
from guanjia.web.bridge import duties, words
from guanjia.web.case.lists import state_words
from guanjia.web.director.views import checked, month_words, period_of
from guanjia.web.doors import OfficeRequest, office_page


def _figures(request: OfficeRequest, period: str) -> list[Figure]:
    rules.require("see_reports", request.user, request.office, request.now)
    adopted = adoption.adopted(request.office, request.now)
    return monthly.figures(request.office, adopted, period, request.now)


@require_safe
@office_page
def month(request: OfficeRequest) -> HttpResponse:
    """Every statistic that the manuals name, for a month."""
    period = period_of(request)
    rows = [
        (
            figure,
            words.clause_view(
                adoption.compiled(figure.manual_key, figure.manual_version), figure.statistic.clause
            ),
        )
        for figure in _figures(request, period)
    ]
    title = month_words(period, request.now.astimezone(request.zone).date())
    context = {"period": period, "title": title, "rows": rows, "area": "director"}
    return render(request, "web/director/statistics.html", context)


@require_safe
@office_page
def behind(request: OfficeRequest, period: str, manual: str, key: str) -> HttpResponse:
    """The cases that a figure counts, and those it is a share of."""
    period = checked(period)
    found = next(
        (f for f in _figures(request, period) if (f.manual_key, f.statistic.key) == (manual, key)), None
    )
    if found is None:
        raise Problem("NOT_FOUND", _("没有这个统计数。"), _("请从统计表里点开。"), status=404)
    counted = set(found.numbers)
    rows = Case.objects.filter(office=request.office, number__in=found.base_numbers or found.numbers)
    page = Paginator(rows.select_related("unit", "party").order_by("-opened_at"), 100).get_page(
        request.GET.get("page")
    )
    compiled = adoption.compiled(found.manual_key, found.manual_version)
    context = {
        "figure": found,
        "clause": words.clause_view(compiled, found.statistic.clause),
        "period": period,
        "title": month_words(period, request.now.astimezone(request.zone).date()),
        "rows": [(case, state_words(case), case.number in counted) for case in page],
        "page": page,
        "area": "director",
    }
    return render(request, "web/director/behind.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, period: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The month's statistics as CSV, XLSX or PDF."""
    period = checked(period)
    rows = [
        (f.statistic.label, f.text, f.count, f.base, f"{f.manual_short} {f.statistic.clause}", _split(f))
        for f in _figures(request, period)
    ]
    headings = (
        Column(_("统计"), width=2), Column(_("数"), "center"), Column(_("分子"), "number"),
        Column(_("分母"), "number"), Column(_("依据"), width=2), Column(_("分项"), width=3),
    )  # fmt: skip
    return exports.response(
        request, kind, _("月统计"), headings, rows, period=period, signs=(_("制表"), _("审核"))
    )


def _split(figure: Figure) -> str:
    return "；".join(f"{name} {count}" for name, count in figure.by.items())


OVERDUE = (
    Column("应办", width=2), "单号", Column("事由", width=2), "房屋", "业户", "应办人", Column("应于", "time"),
    Column("依据", width=2),
)  # fmt: skip


@require_safe
@office_page
def export_overdue(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """What is overdue now, longest first, as CSV, XLSX or PDF."""
    shell.require_door(request, "director")
    people = duties.people_of(request.office, request.now)
    rows = (
        (
            one.label, one.case.number, one.case.subject, one.case.unit.code if one.case.unit else "",
            one.case.party.name if one.case.party else "", words.owner_words(one, people), one.due_at,
            f"{words.manual_of(one).manual.manual.short} {one.clause}",
        )
        for one in obligations.worklist(request.office, now=request.now, scope="overdue")
    )  # fmt: skip
    return exports.response(request, kind, _("超时清单"), OVERDUE, rows)
