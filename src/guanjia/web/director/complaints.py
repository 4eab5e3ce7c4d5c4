"""The company's desk: complaints that reached it from its offices, those it passed down, and a month of each office.

Only escalated and collective ones stand in the list; no telephone of a resident stands anywhere on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.cases.sight import Sight
from guanjia.engine import Intake, open_case, perform
from guanjia.engine.door import opening_fields
from guanjia.engine.sight import without_secrets
from guanjia.engine.veiling import VEIL
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.policy import forms
from guanjia.policy.vocabulary import CLASSES
from guanjia.records.report import Cell, Column
from guanjia.reports import complaints
from guanjia.reports.complaints import CENTRE, COLLECTIVE, COMPLAINT, RECEIVED, Month
from guanjia.staff import rules
from guanjia.web import exports, toasts
from guanjia.web.bridge import duties, seen, uploads, words
from guanjia.web.case.lists import state_words
from guanjia.web.components import ClauseView, ClockView
from guanjia.web.director.months import checked, month_words, offered, period_of, today_of
from guanjia.web.doors import OfficeRequest, form_on, office_page

PAGE = 50
LIST = (
    "管理处", "单号", "定性", Column("事由", width=2), "状态", Column("天数", "number"), "在谁手里", Column("应于", "time"),
    "结果报告",
)  # fmt: skip
BEHIND = ("管理处", "单号", "房屋", Column("事由", width=2), "定性", "原因", "状态", Column("怎么处理的", width=2), Column("受理", "time"), Column("办结", "time"))  # fmt: skip


@dataclass(frozen=True)
class RowView:
    """A complaint of the list. days: its age; holder: who has it; report: how the result came back."""

    case: Case
    verdict: str
    state: str
    days: int
    holder: str
    clock: ClockView | None
    due: Obligation | None
    report: str
    noted: bool
    address: str


@dataclass(frozen=True)
class AskedView:
    """What the reader owes about a complaint: the duty with its clause and clock, and since when."""

    case: Case
    due: Obligation
    clause: ClauseView
    clock: ClockView
    state: str
    address: str


def asked(request: OfficeRequest, offices: list[Office]) -> list[AskedView]:
    """What reached the reader himself: what he owes, the most urgent first."""
    found = list(complaints.asked(offices, request.user, request.now)[:PAGE])
    for one in offices:
        without_secrets((row for row in found if row.office_id == one.pk), seen.sight(request, one))
    return [
        AskedView(
            case=row.case,
            due=row,
            clause=words.clause_view(words.manual_of(row), row.clause, own=row.own_figure),
            clock=duties.clock_of(row, request.now, request.zone),
            state=state_words(row.case),
            address=reverse("case", args=[row.case.number]),
        )
        for row in found
    ]


def _offices(request: OfficeRequest) -> list[Office]:
    """The offices of the page. Raises Problem FORBIDDEN for a post that is none of the company's."""
    found = rules.escalated_offices(request.user, request.office, request.now)
    if not found:
        raise Problem(
            "FORBIDDEN", _("公司投诉台只给公司的岗位看。"), _("本处的投诉在「事项」里。"), status=403
        )
    return found


def _sights(request: OfficeRequest, offices: Iterable[Office]) -> list[Sight]:
    return [seen.sight(request, one) for one in offices]


def _wanted(request: OfficeRequest) -> tuple[str, str]:
    scope = request.GET.get("scope", "open")
    return scope if scope in complaints.SCOPES else "open", request.GET.get("q", "").strip()


@require_safe
@office_page
def desk(request: OfficeRequest) -> HttpResponse:
    """What reached the company, the form to pass a complaint down, and the month of each office."""
    return _desk(request, _offices(request))


def _desk(
    request: OfficeRequest,
    offices: list[Office],
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> HttpResponse:
    scope, search = _wanted(request)
    period = period_of(request)
    found = complaints.escalated(_sights(request, offices), request.now, scope=scope, search=search)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    downs = rules.escalated_offices(request.user, request.office, request.now, "pass_down")
    tables = complaints.months(offices, period, request.now)
    context = {
        "page": page,
        "rows": _rows(request, list(page)),
        "asked": asked(request, offices),
        "scope": scope,
        "scopes": (("open", _("在办")), ("passed", _("转下去的")), ("closed", _("已办结")), ("all", _("全部"))),
        "search": search,
        "offices": offices,
        "downs": downs,
        "typed": typed or {},
        "problem": problem,
        "key": uploads.new_key(),
        "period": period,
        "title": month_words(period, today_of(request)),
        "months": offered(request, period),
        "tables": [_table(one) for one in tables],
        "area": "director",
    }  # fmt: skip
    status = problem.status if problem else 200
    return render(request, "web/director/complaints.html", context, status=status)


def _rows(request: OfficeRequest, found: list[Case]) -> list[RowView]:
    seen.veiled(request, found)
    due, reports = complaints.next_due(found), complaints.reports_of(found)
    offices = {one.office for one in found if one.pk in reports}
    kept = {pk for office in offices for pk in seen.sight(request, office).kept(reports)}
    return [_row(request, case, due.get(case.pk), reports.get(case.pk), case.pk in kept) for case in found]


def _row(
    request: OfficeRequest,
    case: Case,
    due: Obligation | None,
    report: tuple[Event, bool] | None,
    kept: bool,
) -> RowView:
    """kept: the report is kept back with the subject: it says what the complaint was about."""
    owner = words.owner_words(due, {}) if due else ""
    line, noted = report or (None, False)
    said = complaints.written(case, line) if line else ""
    return RowView(
        case=case,
        verdict=verdict_of(case),
        state=state_words(case),
        days=((case.closed_at or request.now) - case.opened_at).days,
        holder=case.assignee.name if case.assignee else owner,
        clock=duties.clock_of(due, request.now, request.zone) if due else None,
        due=due,
        report=VEIL if said and kept else said,
        noted=noted,
        address=reverse("case", args=[case.number]),
    )


def verdict_of(case: Case) -> str:
    """Valid, assisted, invalid or collective, in words."""
    if case.category == COLLECTIVE:
        return CLASSES["collective"]
    return CLASSES.get(str(case.facts.get("verdict")), _("未定性"))


def cause_of(case: Case, office: Office) -> str:
    """The cause in its manual's words."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    value = case.facts.get("cause")
    return forms.text_of(compiled, "cause", "choice", value, ZoneInfo(office.time_zone)) if value else ""


def _table(month: Month) -> dict[str, Any]:
    """The figures of an office: (key, words, count), each leading to its cases."""
    figures = [
        ("all", _("投诉")), ("valid", _("有效")), ("assisted", _("协助处理")), ("invalid", _("无效")),
        ("open", _("未定性")), (COLLECTIVE, _("集体投诉")), ("repeat", _("重复投诉")),
    ]  # fmt: skip
    return {
        "office": month.office,
        "households": month.households,
        "rate": month.rate,
        "figures": [(key, word, month.count(key)) for key, word in figures],
        "causes": [
            (f"cause:{cause}", cause_of(month.samples[cause], month.office), month.count(f"cause:{cause}"))
            for cause in month.causes
        ],
    }


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    offices = _offices(request)
    scope, search = _wanted(request)
    found = list(complaints.escalated(_sights(request, offices), request.now, scope=scope, search=search))
    return exports.response(request, kind, _("公司投诉台"), LIST, _lines(_rows(request, found)))


def _lines(rows: Iterable[RowView]) -> Iterator[tuple[Cell, ...]]:
    for one in rows:
        yield (
            one.case.office.name, one.case.number, one.verdict, one.case.subject, one.state, one.days, one.holder,
            one.due.due_at if one.due else None, one.report,
        )  # fmt: skip


@dataclass(frozen=True)
class Behind:
    """The cases behind a figure of an office's month; of_company: asked for by a post of the company."""

    office: Office
    period: str
    key: str
    cases: list[Case]
    of_company: bool


def _behind(request: OfficeRequest) -> Behind:
    """What the address asks for. An office's own month is also for who sees its reports and all its cases."""
    code, key = request.GET.get("office", ""), request.GET.get("of", "all")
    period = period_of(request)
    whole = seen.sight(request).whole and rules.PERMISSIONS["see_reports"] & request.roles
    mine = rules.escalated_offices(request.user, request.office, request.now)
    reached = mine or ([request.office] if whole else _offices(request))
    office = next((one for one in reached if one.code == code), None)
    if office is None or not rules.can_see_reports(request.user, office, request.now):
        raise Problem("NOT_FOUND", _("没有这个管理处。"), _("请从公司投诉台里点开。"), status=404)
    month = complaints.months([office], period, request.now)[0]
    rows = seen.sight(request, office).cases().filter(number__in=month.numbers.get(key, ()))
    found = seen.veiled(request, rows.select_related("office", "unit").order_by("-opened_at", "-pk"))
    search = request.GET.get("q", "").strip()
    matching = [one for one in found if all(word in f"{one.number} {one.subject}" for word in search.split())]
    return Behind(office, period, key, matching, bool(mine))


def _told(
    request: OfficeRequest, office: Office, found: list[Case]
) -> Iterator[tuple[Case, str, str, str, str]]:
    """(case, class, cause, state, what was done about it); the last is kept back with the subject."""
    results, kept = complaints.results_of(found), seen.sight(request, office).kept(found)
    for one in found:
        done = results.get(one.pk, "")
        shown = VEIL if done and one.pk in kept else done
        yield one, verdict_of(one), cause_of(one, office), state_words(one), shown


@require_safe
@office_page
def behind(request: OfficeRequest) -> HttpResponse:
    """The cases behind a figure of a month of an office."""
    found = _behind(request)
    office, period = found.office, found.period
    page = Paginator(found.cases, PAGE).get_page(request.GET.get("page"))
    context = {
        "office": office,
        "period": period,
        "key": found.key,
        "title": month_words(period, today_of(request)),
        "page": page,
        "rows": list(_told(request, office, list(page))),
        "search": request.GET.get("q", "").strip(),
        "back": request.GET.get("from", "") or f"month={period}",
        "of_company": found.of_company,
        "here": office == request.office,
        "area": "director",
    }
    return render(request, "web/director/complaints_behind.html", context)


@require_safe
@office_page
def behind_export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows, all of them."""
    found = _behind(request)
    office = found.office
    rows = (
        (
            office.name, one.number, one.unit.code if one.unit else "", one.subject, verdict, cause, state, done,
            one.opened_at, one.closed_at,
        )
        for one, verdict, cause, state, done in _told(request, office, found.cases)
    )  # fmt: skip
    return exports.response(request, kind, _("投诉清单"), BEHIND, rows, period=checked(found.period))


def _back(request: OfficeRequest, **changed: str) -> HttpResponse:
    """The desk again with the scope, month and search that it had; changed: what is another now, "" for no more."""
    left = {key: value for key, value in {**request.GET.dict(), **changed}.items() if value}
    return redirect(reverse("company-complaints", query=left))


@form_on("company-complaints")
@office_page
def pass_down(request: OfficeRequest) -> HttpResponse:
    """A complaint that the company took is passed to an office: a case there by its manual, with the centre as source."""
    offices = _offices(request)
    downs = rules.escalated_offices(request.user, request.office, request.now, "pass_down")
    typed = {
        name: request.POST.get(name, "").strip()
        for name in ("office", "unit", "contact_name", "contact_phone", "matter")
    }
    office = next((one for one in downs if one.code == typed["office"]), None)
    if office is None:
        raise Problem("NOT_FOUND", _("没有这个管理处。"), _("请从名单里选。"), status=404)
    wanted = opening_fields(office, COMPLAINT, request.now) or typed.keys() | {"channel"}
    sent = {
        key: value
        for key, value in {**typed, "channel": CENTRE}.items()
        if key in wanted and key != "office" and value
    }
    try:
        result = open_case(
            office, COMPLAINT, actor=request.user, at=request.now, now=request.now, data=sent,
            intake=Intake(subject=typed["matter"][:200]), key=request.POST.get("key", "")[:80],
        )  # fmt: skip
    except Problem as problem:
        return _desk(request, offices, typed, problem)
    toasts.say(
        request, _("已转给%(office)s：%(number)s。") % {"office": office.name, "number": result.case.number}
    )
    return _back(request, scope="passed", q="", page="")  # a search could hide it


@require_POST
@office_page
def received(request: OfficeRequest) -> HttpResponse:
    """The report of a result has been received: noted in the case."""
    office = next((one for one in _offices(request) if one.code == request.POST.get("office", "")), None)
    if office is None:
        raise Problem("NOT_FOUND", _("没有这个管理处。"), _("请从名单里选。"), status=404)
    case = cases.case_in(office, request.POST.get("number", ""))
    if case.channel != CENTRE:
        raise cases.not_found(case.number)
    perform(
        case,
        "note",
        actor=request.user,
        at=request.now,
        now=request.now,
        data={"text": RECEIVED},
        key="received",
    )
    toasts.say(request, _("记下了：%s 的结果报告已收到。") % case.number)
    return _back(request)
