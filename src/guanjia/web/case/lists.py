"""The list of cases: search, scopes, pages, export. List, count and export share one query."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.policy.vocabulary import CATEGORIES, CHANNELS
from guanjia.records.report import Cell, Column
from guanjia.web import exports, shell
from guanjia.web.bridge import words
from guanjia.web.doors import OfficeRequest, office_page

SCOPES = ("open", "urgent", "closed", "all")
HEADINGS = (
    "单号", "类别", "状态", "房屋", "业户", Column("事由", width=2), "急", "来源", "承办",
    Column("受理", "time"), Column("约定", "time"), Column("完工", "time"), Column("办结", "time"),
)  # fmt: skip


def _wanted(request: OfficeRequest) -> tuple[str, str, str]:
    """(search, scope, category) of the address."""
    scope = request.GET.get("scope", "open")
    category = request.GET.get("category", "")
    return request.GET.get("q", "").strip(), scope if scope in SCOPES else "open", category


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """Cases of the office, newest first."""
    shell.require_door(request, "cases")
    search, scope, category = _wanted(request)
    rows = cases.cases(request.office, search=search, scope=scope, category=category)
    page = Paginator(rows, cases.PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(case, state_words(case)) for case in page],
        "search": search,
        "scope": scope,
        "category": category,
        "scopes": (("open", _("在办")), ("urgent", _("急")), ("closed", _("已办结")), ("all", _("全部"))),
        "categories": [(key, CATEGORIES[key]) for key in CATEGORIES if key != "duty"],
        "area": "cases",
    }
    return render(request, "web/case/list.html", context)


def state_words(case: Case) -> str:
    """A case's state in its manual's words."""
    compiled = words.adoption.compiled(case.manual_key, case.manual_version)
    for states in compiled.states.values():
        if case.state in states:
            return states[case.state].label
    return _("已撤销") if case.state == "withdrawn" else case.state


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them, as CSV, XLSX or on paper."""
    shell.require_door(request, "cases")
    search, scope, category = _wanted(request)
    rows = cases.cases(request.office, search=search, scope=scope, category=category)
    return exports.response(request, kind, _("事项"), HEADINGS, _lines(rows.iterator(1000)))


def _lines(rows: Iterator[Case]) -> Iterator[tuple[Cell, ...]]:
    for case in rows:
        times = (case.opened_at, case.appointment_at, case.completed_at, case.closed_at)
        yield (
            case.number,
            CATEGORIES.get(case.category, case.category),
            state_words(case),
            case.unit.code if case.unit else "",
            case.party.name if case.party else "",
            case.subject,
            _("急") if case.urgent else "",
            CHANNELS.get(case.channel, ""),
            case.assignee.name if case.assignee else "",
            *times,
        )
