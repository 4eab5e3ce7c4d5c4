"""The calls of a day, how they were answered, and the missed ones that must be called back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import actions as case_actions
from guanjia.estate.phones import mask
from guanjia.intake.models import Call
from guanjia.intake.telephone import queries as telephone
from guanjia.records.report import Cell, Column
from guanjia.staff import rules
from guanjia.web import exports, shell
from guanjia.web.bridge import seen
from guanjia.web.doors import OfficeRequest, office_page

PAGE = 50
DAY = timedelta(days=1)
HEADINGS = (
    Column("打来", "time"), "方向", "号码", "登记在谁名下", "线路", "分机", "接听人", "结果", "响了几声", "几秒后接",
    "及时", "事项", "回拨",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A call in the list, its number masked."""

    call: Call
    masked: str
    name: str

    @property
    def in_time(self) -> str:
        """Whether it was answered in time, in words; empty while nobody knows."""
        found = self.call.in_time
        return "" if found is None else _("及时") if found else _("不及时")

    @property
    def outcome(self) -> str:
        """What became of it, in words; that nobody reported its end is said too."""
        state = str(self.call.get_state_display())
        return _("%s（结束不明）") % state if self.call.given_up_at else state


@dataclass(frozen=True)
class Wanted:
    """What the address asks for."""

    day: date
    scope: str
    search: str

    def span(self, request: OfficeRequest) -> tuple[datetime, datetime]:
        """The day of the office, from midnight to midnight."""
        begins = datetime(self.day.year, self.day.month, self.day.day, tzinfo=request.zone)
        following = self.day + DAY
        return begins, datetime(following.year, following.month, following.day, tzinfo=request.zone)

    def rows(self, request: OfficeRequest) -> QuerySet[Call]:
        """The calls themselves."""
        return telephone.calls(request.office, *self.span(request), scope=self.scope, search=self.search)


def _wanted(request: OfficeRequest) -> Wanted:
    today = request.now.astimezone(request.zone).date()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    if not 1900 < day.year < 2200:
        day = today
    scope = request.GET.get("scope", "all")
    return Wanted(day, scope if scope in telephone.SCOPES else "all", request.GET.get("q", "").strip())


def _views(request: OfficeRequest, calls: list[Call]) -> list[Row]:
    names = telephone.names_of(request.office, [call.number for call in calls if call.number])
    return [Row(call, mask(call.number) if call.number else "", names.get(call.number, "")) for call in calls]


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The calls of a day, newest first, with the share that was answered in time."""
    shell.require_door(request, "callbacks")
    wanted = _wanted(request)
    page = Paginator(wanted.rows(request), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _views(request, list(page)),
        "wanted": wanted,
        "before": wanted.day - DAY,
        "after": wanted.day + DAY,
        "figures": telephone.answering(request.office, *wanted.span(request)),
        "scopes": (
            ("all", _("全部")), ("missed", _("没接到")), ("late", _("接晚了")), ("open", _("要打回去")),
        ),
        "may_reveal": rules.can_reveal_phone(request.user, request.office, request.now),
        "area": "callbacks",
    }  # fmt: skip
    return render(request, "web/desk/calls.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them, numbers masked."""
    shell.require_door(request, "callbacks")
    wanted = _wanted(request)
    calls = list(wanted.rows(request)[: exports.MOST_ON_PAPER * 4])
    title = _("来电 %s") % f"{wanted.day:%Y-%m-%d}"
    return exports.response(request, kind, title, HEADINGS, _lines(_views(request, calls)))


def _lines(rows: list[Row]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        call = row.call
        yield (
            call.begun_at,
            str(call.get_direction_display()),
            row.masked,
            row.name,
            call.line.label,
            "、".join(call.extensions),
            call.agent.name if call.agent else "",
            row.outcome,
            "" if call.rings is None else str(call.rings),
            "" if call.answered_after is None else str(call.answered_after),
            row.in_time,
            call.case.number if call.case else "",
            call.callback.number if call.callback else "",
        )


@require_safe
@office_page
def back(request: OfficeRequest) -> HttpResponse:
    """Missed calls that are owed a call: who, since when, how often, until when; the longest waiting first."""
    shell.require_door(request, "callbacks")
    search = request.GET.get("q", "").strip()
    page = Paginator(telephone.callbacks(request.office, search=search), PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "rows": seen.veiled(request, page), "search": search, "area": "callbacks"}
    return render(request, "web/desk/calls_back.html", context)


@require_POST
@office_page
def reveal(request: OfficeRequest, pk: int) -> HttpResponse:
    """The whole number of a call; who looked is written down."""
    rules.require("reveal_phone", request.user, request.office, request.now)
    call = telephone.call_for(request.office, pk)
    case_actions.note_access(request.office, request.user, _("来电号码 %s") % mask(call.number), request.now)
    return render(request, "web/desk/_phone.html", {"phone": call})
