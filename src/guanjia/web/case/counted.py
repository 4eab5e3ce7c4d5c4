"""What a quota counts: every line leads back to its case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine.counting import Count, Counted, counts_of
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.records.report import Column
from guanjia.web import exports
from guanjia.web.bridge import seen, words
from guanjia.web.doors import OfficeRequest, office_page

HEADINGS = (
    "数量要求", "单号", "房屋", Column("事由", width=2), Column("做了什么", width=2), Column("时间", "time"), "算在内",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A thing that counts, or one of the base that does not yet."""

    quota: str
    case: Case
    label: str
    at: datetime
    counts: bool


@require_safe
@office_page
def show(request: OfficeRequest, number: str, pk: int) -> HttpResponse:
    """How the quotas of an obligation stand, and what is counted."""
    row, found = _found(request, number, pk)
    search = request.GET.get("q", "").strip()
    page = Paginator(_lines(request, found, search), cases.PAGE).get_page(request.GET.get("page"))
    context = {
        "row": row,
        "counts": found,
        "clause": words.clause_view(words.manual_of(row), row.clause),
        "page": page,
        "search": search,
        "area": "cases",
    }
    return render(request, "web/case/counted.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, number: str, pk: int, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same lines, all of them, as CSV, XLSX or on paper."""
    row, found = _found(request, number, pk)
    lines = (
        (
            line.quota, line.case.number, line.case.unit.code if line.case.unit else "", line.case.subject,
            line.label, line.at, _("是") if line.counts else _("否"),
        )
        for line in _lines(request, found, request.GET.get("q", "").strip())
    )  # fmt: skip
    return exports.response(request, kind, f"{row.label} {number}", HEADINGS, lines)


def _found(request: OfficeRequest, number: str, pk: int) -> tuple[Obligation, list[Count]]:
    case = seen.case_of(request, number)
    row = Obligation.objects.filter(case=case, pk=pk).select_related("case__office", "case__unit").first()
    found = counts_of(row, request.now) if row else []
    if row is None or not found:
        raise Problem("NOT_FOUND", _("这件应办不数数。"), _("请从事项页点开。"), status=404)
    return row, found


def _lines(request: OfficeRequest, found: Iterable[Count], search: str) -> list[Line]:
    """The newest first: what counts, and what of the base does not yet, as far as the person at the page sees it."""
    lines = []
    for count in found:
        label = count.quota.label
        lines += [Line(label, one.case, one.event.label, one.event.at, True) for one in count.done]
        covered = {_what(one) for one in count.done}
        rest = (one for one in count.of if _what(one) not in covered)
        lines += [Line(label, one.case, one.event.label, one.event.at, False) for one in rest]
    mine = seen.sight(request)
    lines = [line for line in lines if mine.shows(line.case.number)]
    seen.veiled(request, [line.case for line in lines])
    lines.sort(key=lambda line: line.at, reverse=True)
    return [line for line in lines if all(_has(line, word) for word in search.split())]


def _what(one: Counted) -> str:
    return one.what or one.case.number


def _has(line: Line, word: str) -> bool:
    unit = f"{line.case.unit.code} {line.case.unit.name}" if line.case.unit else ""
    return word.casefold() in f"{line.case.number} {unit} {line.case.subject} {line.label}".casefold()
