"""What stands behind the figures of the month at a glance: arrivals, cases a week, duties of a person or overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases.sight import Sight
from guanjia.engine.sight import without_secrets
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.records.report import Cell, Column
from guanjia.reports import overview as reports
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.web import exports, shell
from guanjia.web.bridge import duties, seen, words
from guanjia.web.director.months import checked, month_words, period_of, today_of
from guanjia.web.director.views import APPROVALS
from guanjia.web.doors import OfficeRequest, office_page

PAGE = 50
ARRIVALS = ("单号", "房屋", Column("起算", "time"), Column("到场", "time"), Column("用时，分", "number"),
            Column("限，分", "number"), "按时", Column("依据", width=2))  # fmt: skip
DUTIES = (
    Column("应办", width=2), "单号", Column("事由", width=2), "房屋", "业户", "应办人", Column("应于", "time"),
    Column("依据", width=2),
)  # fmt: skip


@require_safe
@office_page
def arrivals(request: OfficeRequest) -> HttpResponse:
    """Every arrival of a month, the latest first: minutes taken, limit, in time or not."""
    shell.require_door(request, "director")
    period = period_of(request)
    found = _arrivals(request, period)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, words.clause_view(_manual(one), one.clause)) for one in page],
        "period": period,
        "title": month_words(period, today_of(request)),
        "late": sum(not one.in_time for one in found),
        "scope": request.GET.get("scope", ""),
        "search": request.GET.get("q", "").strip(),
        "area": "director",
    }
    return render(request, "web/director/arrivals.html", context)


def _arrivals(request: OfficeRequest, period: str) -> list[reports.Arrival]:
    mine = seen.sight(request)
    found = [one for one in reports.arrivals(request.office, period)[::-1] if mine.shows(one.number)]
    if request.GET.get("scope") == "late":
        found = [one for one in found if not one.in_time]
    for word in request.GET.get("q", "").split():
        found = [one for one in found if word in one.number or one.unit.startswith(word)]
    return found


def _manual(one: reports.Arrival) -> adoption.CompiledManual:
    return adoption.compiled(one.manual_key, one.manual_version)


@require_safe
@office_page
def arrivals_export(request: OfficeRequest, period: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    shell.require_door(request, "director")
    period = checked(period)
    rows = (
        (
            one.number, one.unit, one.opened_at, one.met_at, one.minutes, one.limit or None,
            _("是") if one.in_time else _("否"), f"{_manual(one).manual.manual.short} {one.clause}",
        )
        for one in _arrivals(request, period)
    )  # fmt: skip
    return exports.response(request, kind, _("到场用时"), ARRIVALS, rows, period=period)


# ---------------------------------------------------------------- weeks


Week = tuple[str, str, list[int], int]


def _table(request: OfficeRequest, period: str) -> tuple[list[str], list[Week]]:
    """The categories that occur, and for each week (first day, last day, a count a category, all of them)."""
    weeks = reports.weekly(request.office, period, request.now)
    keys = [key for key in CATEGORIES if any(counts[key] for _monday, counts in weeks)]
    return keys, [
        (
            f"{monday:%Y-%m-%d}",
            f"{monday + timedelta(days=6):%Y-%m-%d}",
            [counts[key] for key in keys],
            sum(counts.values()),
        )
        for monday, counts in reversed(weeks)
    ]


@require_safe
@office_page
def weeks(request: OfficeRequest) -> HttpResponse:
    """Cases a week and category, the latest week first; every number leads to its cases."""
    shell.require_door(request, "director")
    period = period_of(request)
    keys, rows = _table(request, period)
    mine = seen.sight(request)
    context = {
        "period": period,
        "names": [CATEGORIES[key] for key in keys],
        "rows": [(first, last, _cells(keys, counts, mine), n) for first, last, counts, n in rows],
        "total": sum(n for *_rest, n in rows),
        "area": "director",
    }
    return render(request, "web/director/weeks.html", context)


def _cells(keys: list[str], counts: list[int], mine: Sight) -> list[tuple[str, int, bool]]:
    """(category, how many, whether the number leads to its cases): only where the person sees all of that kind."""
    return [(key, n, n > 0 and mine.covers(key)) for key, n in zip(keys, counts, strict=True)]


@require_safe
@office_page
def weeks_export(request: OfficeRequest, period: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same table."""
    shell.require_door(request, "director")
    period = checked(period)
    keys, rows = _table(request, period)
    headings: list[str | Column] = [_("自"), _("至")]
    headings += [Column(name, "number") for name in (*(CATEGORIES[key] for key in keys), _("合计"))]
    lines: Iterator[tuple[Cell, ...]] = ((first, last, *counts, n) for first, last, counts, n in rows)
    return exports.response(request, kind, _("每周事项量"), headings, lines, period=period)


# ---------------------------------------------------------------- duties


def _wanted(request: OfficeRequest) -> tuple[QuerySet[Obligation], str, User | None]:
    """The open duties of the address: all, overdue or those that wait for a decision; of one person or of everybody."""
    scope = request.GET.get("scope", "all")
    scope = scope if scope in ("all", "overdue", "approvals") else "all"
    number = request.GET.get("owner", "")
    owner = None
    if number.isdecimal():
        owner = staff.member_for(request.office, int(number[:18]), request.now)
    rows = obligations.worklist(
        seen.sight(request),
        now=request.now,
        scope="overdue" if scope == "overdue" else "all",
        search=request.GET.get("q", ""),
        owner=owner.pk if owner else None,
    )
    return (rows.filter(duty__in=APPROVALS) if scope == "approvals" else rows), scope, owner


@require_safe
@office_page
def duties_list(request: OfficeRequest) -> HttpResponse:
    """Open duties, the longest overdue first: all of the office, or one person's, or those that wait for a decision."""
    shell.require_door(request, "director")
    rows, scope, owner = _wanted(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    people = duties.people_of(request.office, request.now)
    context = {
        "page": page,
        "rows": [
            duties.row(one, request.now, request.zone, people)
            for one in without_secrets(page.object_list, seen.sight(request))
        ],
        "scope": scope,
        "scopes": (("all", _("全部")), ("overdue", _("已超时")), ("approvals", _("待定夺"))),
        "owner": owner,
        "search": request.GET.get("q", "").strip(),
        "area": "director",
    }
    return render(request, "web/director/duties.html", context)


@require_safe
@office_page
def duties_export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them, as CSV, XLSX or PDF."""
    shell.require_door(request, "director")
    rows, scope, owner = _wanted(request)
    title = {"all": _("在计应办"), "overdue": _("超时清单"), "approvals": _("待定夺清单")}[scope]
    return exports.response(
        request, kind, title, DUTIES, _lines(request, rows), period=owner.name if owner else ""
    )


def _lines(request: OfficeRequest, rows: QuerySet[Obligation]) -> Iterator[tuple[Cell, ...]]:
    people = duties.people_of(request.office, request.now)
    for one in without_secrets(rows, seen.sight(request)):
        yield (
            one.label, one.case.number, one.case.subject, one.case.unit.code if one.case.unit else "",
            one.case.party.name if one.case.party else "", words.owner_words(one, people), one.due_at,
            f"{words.manual_of(one).manual.manual.short} {one.clause}",
        )  # fmt: skip
