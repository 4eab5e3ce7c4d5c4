"""The list of cases: search, scopes, pages, export. List, count and export share one query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import veiling
from guanjia.policy.vocabulary import CATEGORIES, CHANNELS
from guanjia.records.report import Cell, Column
from guanjia.staff import queries as staff
from guanjia.web import exports, shell
from guanjia.web.bridge import seen
from guanjia.web.doors import OfficeRequest, office_page

SCOPES = ("open", "urgent", "closed", "all")
HEADINGS = (
    "单号", "类别", "状态", "房屋", "业户", Column("事由", width=2), "急", "来源", "承办",
    Column("受理", "time"), Column("约定", "time"), Column("完工", "time"), Column("办结", "time"), "部门",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What the address asks for; from and to are whole days of the office, both included."""

    search: str
    scope: str
    category: str
    first: date | None
    last: date | None

    def rows(self, request: OfficeRequest) -> QuerySet[Case]:
        """The cases themselves, newest first."""
        return cases.cases(
            seen.sight(request),
            search=self.search,
            scope=self.scope,
            category=self.category,
            since=_midnight(self.first, request),
            until=_midnight(self.last and self.last + timedelta(days=1), request),
        )

    @property
    def days(self) -> str:
        """The days as the address carries them."""
        named = {"from": self.first, "to": self.last}
        return urlencode({key: f"{day:%Y-%m-%d}" for key, day in named.items() if day})


def _wanted(request: OfficeRequest) -> Wanted:
    scope = request.GET.get("scope", "open")
    return Wanted(
        request.GET.get("q", "").strip(),
        scope if scope in SCOPES else "open",
        request.GET.get("category", ""),
        _day(request.GET.get("from", "")),
        _day(request.GET.get("to", "")),
    )


def _day(text: str) -> date | None:
    """A day of the address; one that is none, or beyond all calendars, does not narrow the list."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1 < day.year < 9999 else None


def _midnight(day: date | None, request: OfficeRequest) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=request.zone) if day else None


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """Cases of the office, newest first."""
    shell.require_door(request, "cases")
    wanted = _wanted(request)
    page = Paginator(wanted.rows(request), cases.PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(request, page),
        "search": wanted.search,
        "scope": wanted.scope,
        "category": wanted.category,
        "wanted": wanted,
        "scopes": (("open", _("在办")), ("urgent", _("急")), ("closed", _("已办结")), ("all", _("全部"))),
        "categories": [(key, CATEGORIES[key]) for key in CATEGORIES if key != "duty"],
        "area": "cases",
    }
    return render(request, "web/case/list.html", context)


@dataclass(frozen=True)
class Row:
    """A case in the list: its state and kind in its manual's words, the department, and for how many days it is open."""

    case: Case
    state: str
    kind: str
    department: str
    days: int | None


def _rows(request: OfficeRequest, page: Iterable[Case]) -> list[Row]:
    names = _departments(request)
    return [
        Row(
            case,
            state_words(case),
            kind_words(case),
            names.get(case.department, ""),
            None if case.closed_at else (request.now - case.opened_at).days,
        )
        for case in veiling.veil(page, request.user, request.now)
    ]


def _departments(request: OfficeRequest) -> dict[str, str]:
    return dict(staff.departments_of(request.office).values_list("key", "name"))


def state_words(case: Case) -> str:
    """A case's state in its manual's words."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    found = compiled.category_for(case.category)
    state = compiled.states[found.procedure].get(case.state) if found else None
    if state is not None:
        return state.label
    return _("已撤销") if case.state == "withdrawn" else case.state


def kind_words(case: Case) -> str:
    """What its manual calls this kind of case."""
    found = adoption.compiled(case.manual_key, case.manual_version).category_for(case.category)
    return found.label if found else CATEGORIES.get(case.category, case.category)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them, as CSV, XLSX or on paper."""
    shell.require_door(request, "cases")
    rows = _wanted(request).rows(request)
    return exports.response(request, kind, _("事项"), HEADINGS, _lines(request, rows.iterator(1000)))


def _lines(request: OfficeRequest, rows: Iterator[Case]) -> Iterator[tuple[Cell, ...]]:
    names = _departments(request)
    for case in veiling.veil(rows, request.user, request.now):
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
            names.get(case.department, ""),
        )
