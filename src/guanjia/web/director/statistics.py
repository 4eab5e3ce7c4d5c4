"""The statistics of a month; every figure leads to the cases behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.records.report import Column
from guanjia.reports import complaints, monthly
from guanjia.reports.monthly import Figure, Part, Verdict
from guanjia.staff import rules
from guanjia.web import exports
from guanjia.web.bridge import seen, words
from guanjia.web.case.lists import state_words
from guanjia.web.components import ClauseView
from guanjia.web.director.months import (
    checked,
    checked_span,
    month_of,
    month_words,
    period_of,
    span_words,
    today_of,
)
from guanjia.web.director.tiles import target_words
from guanjia.web.doors import OfficeRequest, office_page

BEHIND = ("单号", "房屋", Column("事由", width=2), "状态", Column("受理", "time"), "算在内")


@dataclass(frozen=True)
class Row:
    """A statistic of a period as the page shows it: when, what is aimed at, and whether it is reached; whether the
    number leads to its cases."""

    figure: Figure
    clause: ClauseView
    when: str
    targets: tuple[tuple[str, bool | None], ...]
    leads: bool


def _adopted(request: OfficeRequest) -> tuple[Adopted, ...]:
    rules.require("see_reports", request.user, request.office, request.now)
    return adoption.adopted(request.office, request.now)


def _rows(request: OfficeRequest, period: str) -> Iterator[Row]:
    """Every statistic of a month; one that is over a week once for each week that ends in it."""
    adopted, today = _adopted(request), today_of(request)
    found = monthly.listed(request.office, adopted, period, request.now)
    verdicts = monthly.verdicts(adopted, found)
    for figure in found:
        compiled = adoption.compiled(figure.manual_key, figure.manual_version)
        clause = words.clause_view(compiled, figure.statistic.clause)
        mine = tuple((_aim(one), one.met) for one in verdicts if one.figure is figure)
        yield Row(
            figure,
            clause,
            span_words(figure.period, today),
            mine,
            seen.sight(request).opens_all(figure.behind),
        )


def _aim(verdict: Verdict) -> str:
    """A target in words, also when the office has not set it."""
    if not verdict.wanted:
        return _("没设定，不判断")
    return target_words(verdict.target.compare, verdict.wanted)


@require_safe
@office_page
def month(request: OfficeRequest) -> HttpResponse:
    """Every statistic that the manuals name, for a month."""
    period = period_of(request)
    title = month_words(period, today_of(request))
    context = {
        "period": period,
        "title": title,
        "rows": list(_rows(request, period)),
        "again": _again(request, period),
        "area": "director",
    }
    return render(request, "web/director/statistics.html", context)


def _again(request: OfficeRequest, period: str) -> tuple[int, int, bool] | None:
    """How many households complained more than once in the month, with how many complaints, and whether that leads to
    them; None where the office's manuals take no complaints."""
    if not any(one.compiled.category_for(complaints.COMPLAINT) for one in _adopted(request)):
        return None
    found = complaints.months([request.office], period, request.now)[0]
    leads = seen.sight(request).whole or rules.can_see_escalated(request.user, request.office, request.now)
    return found.again, found.count("repeat"), leads


@dataclass(frozen=True)
class Behind:
    """The cases behind a figure with its targets, or behind a part of it: how often each is there, how often it counts,
    what speaks against a target."""

    figure: Figure
    verdicts: list[Verdict]
    part: Part | None
    times: Counter[str]
    counted: Counter[str]
    wrong: set[str]

    def said(self, number: str) -> str:
        """Whether a case is counted: yes, no, or how many of its times are."""
        times, counted = self.times[number], self.counted[number]
        if times > 1:
            return _("%(times)s 次里 %(counted)s 次") % {"times": times, "counted": counted}
        return _("是") if counted else _("否")


def _behind(request: OfficeRequest, period: str, manual: str, key: str) -> Behind:
    """What the address asks for. Raises Problem NOT_FOUND for what is no statistic of the office, or no part of it."""
    adopted = _adopted(request)
    figures = monthly.figures(request.office, adopted, checked_span(period), request.now)
    found = next((f for f in figures if (f.manual_key, f.statistic.key) == (manual, key)), None)
    wanted = request.GET.get("part")
    part = next((one for one in found.parts if one.value == wanted), None) if found else None
    if found is None or (wanted is not None and part is None):
        raise Problem("NOT_FOUND", _("没有这个统计数。"), _("请从统计表里点开。"), status=404)
    wrong = _wrong(found, adoption.compiled(found.manual_key, found.manual_version))
    times = Counter(part.numbers if part else found.behind)
    return Behind(found, monthly.verdicts(adopted, [found]), part, times, Counter(found.numbers), wrong)


def _cases(request: OfficeRequest, found: Behind) -> QuerySet[Case] | list[Case]:
    """Its cases as far as the person at the page sees them: first what speaks against the target,
    or is missing from the share, then the newest; with `q` only those that have every word of it."""
    first = found.wrong or set(found.times - found.counted)
    rows = seen.sight(request).cases().filter(number__in=found.times)
    rows = rows.annotate(first=ExpressionWrapper(Q(number__in=first), output_field=BooleanField()))
    rows = rows.select_related("unit", "party").order_by("-first", "-opened_at")
    search = request.GET.get("q", "").split()
    if not search:
        return rows
    return [one for one in seen.veiled(request, rows) if all(word in _searched(one) for word in search)]


def _searched(case: Case) -> str:
    return f"{case.number} {case.unit.code if case.unit else ''} {case.subject}"


@require_safe
@office_page
def behind(request: OfficeRequest, period: str, manual: str, key: str) -> HttpResponse:
    """The cases that a figure counts, and those it is a share of; with `part` those of a part of it."""
    found = _behind(request, period, manual, key)
    figure = found.figure
    compiled = adoption.compiled(figure.manual_key, figure.manual_version)
    page = Paginator(_cases(request, found), 100).get_page(request.GET.get("page"))
    search = request.GET.get("q", "").strip()
    context = {
        "figure": figure,
        "part": found.part,
        "targets": [(_aim(one), one.met) for one in found.verdicts],
        "clause": words.clause_view(compiled, figure.statistic.clause),
        "period": month_of(figure.period),
        "title": span_words(figure.period, today_of(request)),
        "rows": [
            (case, state_words(case), found.said(case.number), case.number in found.wrong)
            for case in seen.veiled(request, page)
        ],
        "cases": len(found.times),
        "several": found.times.total() > len(found.times),
        "unseen": 0 if search else len(found.times) - page.paginator.count,
        "search": search,
        "page": page,
        "area": "director",
    }
    return render(request, "web/director/behind.html", context)


@require_safe
@office_page
def behind_export(
    request: OfficeRequest, period: str, manual: str, key: str, kind: str
) -> HttpResponse | StreamingHttpResponse:
    """The same cases, all of them, as CSV, XLSX or PDF."""
    found = _behind(request, period, manual, key)
    figure, cases = found.figure, _cases(request, found)
    rows = (
        (
            case.number, case.unit.code if case.unit else "", case.subject, state_words(case), case.opened_at,
            found.said(case.number),
        )
        for case in seen.veiled(request, cases)
    )  # fmt: skip
    title = " ".join((figure.statistic.label, _word(found.part) if found.part else "")).strip()
    basis = f"{figure.manual_short} {figure.statistic.clause}"
    return exports.response(request, kind, title, BEHIND, rows, period=figure.period, basis=basis)


def _wrong(figure: Figure, compiled: CompiledManual) -> set[str]:
    """The cases that speak against the target: not counted, or not each time, where more is better, counted where less
    is; none without a target."""
    target = next((one for one in compiled.manual.target if one.statistic == figure.statistic.key), None)
    if target is None:
        return set()
    if target.compare.startswith("<"):
        return set(figure.numbers)
    return set(Counter(figure.base_numbers) - Counter(figure.numbers))


@require_safe
@office_page
def export(request: OfficeRequest, period: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The month's statistics as CSV, XLSX or PDF."""
    period = checked(period)
    rows = [
        (
            row.figure.statistic.label, row.when, row.figure.text, row.figure.count, row.figure.base,
            _said(row), f"{row.figure.manual_short} {row.figure.statistic.clause}", _split(row.figure),
        )
        for row in _rows(request, period)
    ]  # fmt: skip
    headings = (
        Column(_("统计"), width=2), _("期间"), Column(_("数"), "center"), Column(_("分子"), "number"),
        Column(_("分母"), "number"), Column(_("目标"), width=2), Column(_("依据"), width=2), Column(_("分项"), width=3),
    )  # fmt: skip
    return exports.response(
        request, kind, _("月统计"), headings, rows, period=period, signs=(_("制表"), _("审核"))
    )


def _said(row: Row) -> str:
    """The targets of a row with the verdicts."""
    said = {None: "", True: _("达标"), False: _("未达标")}
    return "；".join(f"{aim} {said[met]}".rstrip() for aim, met in row.targets)


def _split(figure: Figure) -> str:
    return "；".join(f"{_word(part)} {len(part.numbers)}" for part in figure.parts)


def _word(part: Part) -> str:
    """A part in words."""
    return part.label or _("未填")
