"""《特约服务协议书》: agreements by household, the visits of a month by day, the quarter's visits at home.

S002-1-5.1.4, S002-1-5.1.5, S002-1-5.3.1, S002-1-5.3.2, S002-1-5.4.4. Lists, counts and exports share one reading.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.engine.facts import procedure_of
from guanjia.engine.veiling import VEIL
from guanjia.kernel.problem import Problem
from guanjia.records import queries as records
from guanjia.records.report import Cell, Column
from guanjia.reports import agreements as reading
from guanjia.reports.agreements import Agreement, Round, Visit
from guanjia.web import exports
from guanjia.web.bridge import seen, story, words
from guanjia.web.components import ClauseView
from guanjia.web.director import months
from guanjia.web.doors import OfficeRequest, office_page

PAGE = 50
STAGES = {
    reading.RUNNING: gettext_lazy("履行中"),
    reading.STOPPING: gettext_lazy("打算停止，还没通知"),
    reading.NOTICED: gettext_lazy("已书面通知停止"),
    reading.SIGNED: gettext_lazy("已签，还没开始"),
    reading.APPROVED: gettext_lazy("已同意，待签"),
    reading.PREPARING: gettext_lazy("还没同意"),
    reading.STOPPED: gettext_lazy("已停止"),
    reading.NOT_MADE: gettext_lazy("没签成"),
}
# how a visit stands: word, glyph and colour of the mark
MARKS = {
    reading.DONE: (gettext_lazy("已做"), "s-done", "done"),
    reading.HERE: (gettext_lazy("正在做"), "wrench", "run"),
    reading.MISSED: (gettext_lazy("过时未到"), "s-over", "over"),
    reading.CONFIRMED: (gettext_lazy("客户已确认"), "check", "run"),
    reading.PLANNED: (gettext_lazy("已排，待确认"), "s-wait", "wait"),
    reading.OFF: (gettext_lazy("取消"), "x", "wait"),
}
ROUND = {
    reading.DONE: (gettext_lazy("已上门"), "s-done", "done"),
    reading.MISSED: (gettext_lazy("这一季没去"), "s-over", "over"),
    "open": (gettext_lazy("还没去"), "s-wait", "wait"),
    reading.OFF: (gettext_lazy("不用去了"), "x", "wait"),
}
HEADINGS = (
    "协议", "房号", "客户", "服务", "时间", Column("每次，元", "money"), "负责人", "状态", Column("自", "day"), Column("下次服务", "time"),
)  # fmt: skip
VISIT_HEADINGS = (Column("时间", "time"), "房号", "客户", "服务", "谁去", "怎么样", "事项", "协议")
ROUND_HEADINGS = (
    "房号",
    "客户",
    "协议",
    "怎么样",
    Column("上门", "time"),
    "谁去的",
    Column("客户怎么说", width=3),
)


@dataclass(frozen=True)
class Mark:
    """A visit as it stands: word, glyph, colour."""

    word: str
    glyph: str
    phase: str


@dataclass(frozen=True)
class Lane:
    """A household's month: its visits by day."""

    agreement: Case
    marks: tuple[tuple[int, Visit, Mark], ...]


def _clause(request: OfficeRequest, category: str, form: str = "") -> ClauseView | None:
    """The clause behind a kind of case, or behind its form, in the office's manuals; None where none supplies it."""
    for one in adoption.adopted(request.office, request.now):
        if one.compiled.category_for(category) is None:
            continue
        for known in one.compiled.manual.form:
            if known.key == form:
                return words.clause_view(one.compiled, known.clause)
    return None


def _search(request: OfficeRequest) -> str:
    return request.GET.get("q", "").strip()


def _stage(request: OfficeRequest) -> str:
    stage = request.GET.get("stage", "")
    return stage if stage in STAGES else ""


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """Agreements by household: how each stands, its next visit, price, and who is responsible."""
    seen.require(request, "see_all_cases")
    search, stage = _search(request), _stage(request)
    every = reading.agreements(seen.sight(request), request.now, search)
    counts = Counter(one.stage for one in every)
    rows = [one for one in every if stage in ("", one.stage)]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(one, STAGES[one.stage], one.case.facts) for one in page],
        "page": page,
        "stages": [(key, word, counts[key]) for key, word in STAGES.items() if counts[key] or key == stage],
        "all": len(every),
        "stage": stage,
        "search": search,
        "clause": _clause(request, reading.CATEGORY, "agreement"),
        "supplied": _supplied(request),
        "area": "cases",
    }
    return render(request, "web/desk/agreements.html", context)


def _supplied(request: OfficeRequest) -> bool:
    """Whether the office works under a manual that knows agreements."""
    return any(
        one.compiled.category_for(reading.CATEGORY) for one in adoption.adopted(request.office, request.now)
    )


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same agreements, all of them, as CSV, XLSX or on paper."""
    seen.require(request, "see_all_cases")
    found = reading.agreements(seen.sight(request), request.now, _search(request), _stage(request))
    return exports.response(request, kind, _("特约服务协议书"), HEADINGS, [_line(one) for one in found])


def _line(one: Agreement) -> tuple[Cell, ...]:
    facts, case = one.case.facts, one.case
    coming = one.coming.appointment_at if one.coming else None
    return (
        case.number, _unit(case), str(facts.get("contact_name") or ""), str(facts.get("service") or ""),
        str(facts.get("service_times") or ""), facts.get("price"), _who(case), str(STAGES[one.stage]), one.starts_at, coming,
    )  # fmt: skip


def _unit(case: Case | None) -> str:
    return case.unit.code if case and case.unit else ""


def _who(case: Case) -> str:
    return case.assignee.name if case.assignee else ""


def _visits(request: OfficeRequest, first: date) -> list[Visit]:
    begins, ends = records.month_window(request.office, first)
    return reading.visits(seen.sight(request), begins, ends, request.now, _search(request))


def mark_of(visit: Visit) -> Mark:
    """How a visit stands, as it is shown."""
    word, glyph, phase = MARKS[visit.stands]
    return Mark(str(word), glyph, phase)


@require_safe
@office_page
def month(request: OfficeRequest) -> HttpResponse:
    """Which household's visits fall on which day, and how each stands; the same visits one below the other."""
    seen.require(request, "see_all_cases")
    period = months.period_of(request)
    first = date.fromisoformat(f"{period}-01")
    found = _visits(request, first)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    days = calendar.monthrange(first.year, first.month)[1]
    today = months.today_of(request)
    context = {
        "lanes": _lanes(found, request.zone),
        "days": [(day, date(first.year, first.month, day).weekday() > 4) for day in range(1, days + 1)],
        "today": today.day if f"{today:%Y-%m}" == period else 0,
        "rows": [(one, mark_of(one)) for one in page],
        "counts": _counts(found),
        "page": page,
        "period": period,
        "months": months.offered(request, period),
        "search": _search(request),
        "clause": _clause(request, reading.CATEGORY, "confirmation_sheet"),
        "area": "cases",
    }
    return render(request, "web/desk/agreements_month.html", context)


def _counts(found: Sequence[Visit]) -> list[tuple[int, Mark]]:
    """How many visits stand how, in the order of the marks; what there is none of is left out."""
    counts = Counter(one.stands for one in found)
    return [
        (counts[key], Mark(str(word), glyph, phase))
        for key, (word, glyph, phase) in MARKS.items()
        if counts[key]
    ]


def _lanes(found: Sequence[Visit], zone: ZoneInfo) -> list[Lane]:
    """The visits by household; of several on one day the one that asks for most is drawn, all stand in the list."""
    order = (reading.MISSED, reading.HERE, reading.PLANNED, reading.CONFIRMED, reading.DONE, reading.OFF)
    lanes: dict[int, dict[int, Visit]] = {}
    known: dict[int, Case] = {}
    for visit in found:
        known[visit.agreement.pk] = visit.agreement
        lane, day = lanes.setdefault(visit.agreement.pk, {}), visit.at.astimezone(zone).day
        if day not in lane or order.index(visit.stands) < order.index(lane[day].stands):
            lane[day] = visit
    drawn = [
        Lane(known[pk], tuple((day, visit, mark_of(visit)) for day, visit in sorted(lane.items())))
        for pk, lane in lanes.items()
    ]
    return sorted(drawn, key=lambda lane: (_unit(lane.agreement), lane.agreement.number))


@require_safe
@office_page
def export_month(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The visits of the month as CSV, XLSX or on paper, to be checked with the customers."""
    seen.require(request, "see_all_cases")
    period = months.period_of(request)
    rows: list[tuple[Cell, ...]] = [
        (
            one.at, _unit(one.agreement), str(one.agreement.facts.get("contact_name") or ""),
            str(one.case.facts.get("service") or ""), _who(one.case), mark_of(one).word, one.case.number,
            one.agreement.number,
        )
        for one in _visits(request, date.fromisoformat(f"{period}-01"))
    ]  # fmt: skip
    return exports.response(
        request, kind, _("协议服务 %s") % period, VISIT_HEADINGS, rows, period=period, signs=(_("客户服务"), _("客户"))
    )  # fmt: skip


def _round(request: OfficeRequest) -> tuple[Case | None, list[Case]]:
    """The round of the address, else the newest; and all of them. Raises Problem NOT_FOUND."""
    every = reading.rounds(request.office)
    wanted = request.GET.get("period", "")
    if not wanted:
        return (every[0] if every else None), every
    found = next((case for case in every if wanted in (case.facts.get("period"), case.number)), None)
    if found is None:
        raise Problem("NOT_FOUND", _("没有这一季的回访。"), _("请从列出的季度里选。"), status=404)
    return found, every


@require_safe
@office_page
def quarter(request: OfficeRequest) -> HttpResponse:
    """Who is to be visited at home this quarter, who was, and who is missing; a call does not count (5.4.4)."""
    seen.require(request, "see_all_cases")
    case, every = _round(request)
    mine = seen.sight(request)
    whole = reading.round_of(case, "", mine) if case else []
    search, only = _search(request), request.GET.get("scope", "")
    rows = reading.round_of(case, search, mine) if case and search else whole
    rows = [one for one in rows if not only or (one.stands == reading.DONE) is (only == "done")]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    newest = bool(case and every and case == every[0])
    done = sum(one.stands == reading.DONE for one in whole)
    context = {
        "case": case,
        "periods": [one.facts.get("period") or one.number for one in every[:6]],
        "period": (case.facts.get("period") or case.number) if case else "",
        "rows": [(one, *ROUND[one.stands], _heard(request, case, one), _act(case, one)) for one in page] if case else [],
        "page": page,
        "due": len(whole),
        "done": done,
        "missing": [one for one in whole if one.stands not in (reading.DONE, reading.OFF)],
        "beside": reading.beside(case, whole, request.now) if case and newest else [],
        "clause": words.clause_view(adoption.compiled(case.manual_key, case.manual_version), whole[0].owed.clause)
        if case and whole else None,
        "scope": only,
        "search": search,
        "supplied": _supplied(request),
        "area": "cases",
    }  # fmt: skip
    return render(request, "web/desk/agreements_quarter.html", context)


def _heard(request: OfficeRequest, case: Case, one: Round) -> list[tuple[Event, str]]:
    """What was heard of the household in the quarter, its visit at home first; confided to others, not what (S001-1-4.12)."""
    lines = (*one.visits, *one.others)
    if case.pk in seen.sight(request).kept([case]):
        return [(line, VEIL) for line in lines]
    return [(line, _said(case, line, one.owed.subject)) for line in lines]


def _said(case: Case, line: Event, household: str) -> str:
    """What was entered for a household, without the household itself."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    action = compiled.actions[procedure_of(compiled, case.category)].get(line.action)
    fields = action.definition.field if action else ()
    zone = ZoneInfo(case.office.time_zone)
    return "；".join(
        story.said(field, line.data[field.key], compiled, zone)
        for field in fields
        if line.data.get(field.key) not in (None, "", household)
    )


def _act(case: Case, one: Round) -> str:
    """Where the visit is entered, the household chosen; "" once it is done or the round has ended."""
    if one.stands in (reading.DONE, reading.OFF) or case.closed_at is not None:
        return ""
    known = words.manual_of(one.owed).obligations.get(one.owed.key)
    if known is None or not known.definition.done_by:
        return ""
    subjects = [name for stop in known.definition.stop if (name := getattr(stop, "subject", ""))]
    address = reverse("case-act", args=[case.number, known.definition.done_by])
    return f"{address}?{subjects[0]}={one.owed.subject}" if subjects else address


@require_safe
@office_page
def export_quarter(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The households of the quarter as CSV, XLSX or on paper."""
    seen.require(request, "see_all_cases")
    case, _every = _round(request)
    found = reading.round_of(case, _search(request), seen.sight(request)) if case else []
    period = str(case.facts.get("period") or "") if case else ""
    rows: list[tuple[Cell, ...]] = [_round_line(request, case, one) for one in found] if case else []
    return exports.response(request, kind, _("季度上门回访 %s") % period, ROUND_HEADINGS, rows, period=period)


def _round_line(request: OfficeRequest, case: Case, one: Round) -> tuple[Any, ...]:
    agreement = one.agreement
    heard = "；".join(f"{line.actor_label}：{text}" for line, text in _heard(request, case, one))
    return (
        one.owed.subject, str(agreement.facts.get("contact_name") or "") if agreement else "",
        agreement.number if agreement else "", str(ROUND[one.stands][0]), one.owed.met_at,
        one.visits[0].actor_label if one.visits else "", heard,
    )  # fmt: skip
