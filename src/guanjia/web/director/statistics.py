"""The statistics of a month; every figure leads to the cases behind it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import CompiledManual
from guanjia.records.report import Column
from guanjia.reports import monthly
from guanjia.reports.monthly import Figure
from guanjia.staff import rules
from guanjia.web import exports
from guanjia.web.bridge import words
from guanjia.web.case.lists import state_words
from guanjia.web.director.months import checked, month_words, period_of, today_of
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
    title = month_words(period, today_of(request))
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
    compiled = adoption.compiled(found.manual_key, found.manual_version)
    counted = set(found.numbers)
    wrong = _wrong(found, compiled)
    rows = Case.objects.filter(office=request.office, number__in=found.base_numbers or found.numbers)
    rows = rows.annotate(wrong=ExpressionWrapper(Q(number__in=wrong), output_field=BooleanField()))
    page = Paginator(rows.select_related("unit", "party").order_by("-wrong", "-opened_at"), 100).get_page(
        request.GET.get("page")
    )
    context = {
        "figure": found,
        "clause": words.clause_view(compiled, found.statistic.clause),
        "period": period,
        "title": month_words(period, today_of(request)),
        "rows": [(case, state_words(case), case.number in counted, case.number in wrong) for case in page],
        "page": page,
        "area": "director",
    }
    return render(request, "web/director/behind.html", context)


def _wrong(figure: Figure, compiled: CompiledManual) -> set[str]:
    """The cases that speak against the target: not counted where more is better, counted where less is; none without
    a target."""
    target = next((one for one in compiled.manual.target if one.statistic == figure.statistic.key), None)
    if target is None:
        return set()
    if target.compare.startswith("<"):
        return set(figure.numbers)
    return set(figure.base_numbers) - set(figure.numbers)


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
