"""The month at a glance: targets, arrivals, volume, duties, overdue, approvals, load."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.engine.sight import without_secrets
from guanjia.estate import queries as estate
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.reports import complaints
from guanjia.reports import overview as reports
from guanjia.reports.overview import Arrival
from guanjia.staff import queries as staff
from guanjia.staff import rules
from guanjia.staff.models import Role, User
from guanjia.web import charts, shell
from guanjia.web.bridge import duties, seen, words
from guanjia.web.components import ChipView, ClauseView, Phase, RulerMark, RulerRow, RulerView
from guanjia.web.director import tiles
from guanjia.web.director.months import month_words, offered, period_of, today_of
from guanjia.web.doors import OfficeRequest, office_page

APPROVALS = ("fix-charge", "approve")
LATE = 6
WAITING = 8
NAMED = ("repair", "paid_service", "complaint")
PHASES = {"done": Phase.DONE, "late": Phase.OVER, "over": Phase.OVER, "open": Phase.OK}


@dataclass(frozen=True)
class Load:
    """A person's open and overdue duties, and what the person is here."""

    pk: int
    name: str
    post: str
    open: int
    overdue: int


@dataclass(frozen=True)
class Arrivals:
    """The arrivals of a month as a chart, how many, those too late, and the clauses that ask for them.

    leads: whether the numbers lead to the cases: the person at the page sees all of them.
    """

    chart: SafeString
    count: int
    late: tuple[Arrival, ...]
    clauses: tuple[ClauseView, ...]
    leads: bool


@require_safe
@office_page
def overview(request: OfficeRequest) -> HttpResponse:
    """The director's page of a month."""
    shell.require_door(request, "director")
    period, today = period_of(request), today_of(request)
    adopted = adoption.adopted(request.office, request.now)
    mine = seen.sight(request)
    late = obligations.worklist(mine, now=request.now, scope="overdue")
    waiting = obligations.worklist(mine, now=request.now).filter(duty__in=APPROVALS)
    people = duties.people_of(request.office, request.now)
    loads = _loads(request)
    context = {
        "period": period,
        "title": month_words(period, today),
        "months": offered(request, period),
        "units": estate.households(request.office, today).count(),
        "occupied": estate.households(request.office, today, occupied=True).count(),
        "kpis": tiles.shares(request, adopted, period) + tiles.quotas(request, adopted, period),
        "arrivals": _arrivals(request, period),
        "volume": _volume(request, period),
        "ruler": _ruler(request, adopted, period),
        "manuals": len(adopted),
        "late": [_late(one, request, people) for one in late[:LATE]],
        "late_count": late.count(),
        "approvals": [
            duties.row(one, request.now, request.zone, people)
            for one in without_secrets(waiting[:WAITING], mine)
        ],
        "approval_count": waiting.count(),
        "loads": loads,
        "whole": mine.whole,
        "most": max((load.open for load in loads), default=0),
        "may_see": rules.can_see_reports(request.user, request.office, request.now),
        "asked_count": _asked(request),
        "compares": len(request.offices) > 1
        and bool(rules.compared_offices(request.user, request.office, request.now)),
        "area": "director",
    }
    return render(request, "web/director/overview.html", context)


def _asked(request: OfficeRequest) -> int:
    """How many complaints wait for a person with a post of the company, in all offices that he sees."""
    if not request.roles & rules.PERMISSIONS["see_escalated"]:
        return 0
    offices = rules.escalated_offices(request.user, request.office, request.now)
    return complaints.asked(offices, request.user, request.now).count()


def _late(one: Obligation, request: OfficeRequest, people: Mapping[str, str]) -> ChipView:
    """An overdue duty as a chip that leads to its case and says where it is."""
    chip = duties.chip(one, request.now, request.zone, people)
    where = one.case.unit.code if one.case.unit else one.case.number
    return replace(
        chip, href=reverse("case", args=[one.case.number]), owner=f"{where}·{chip.owner}", on_case=False
    )


def _arrivals(request: OfficeRequest, period: str) -> Arrivals:
    """Minutes to arrive, a dot each; those past their limit are named, those of a longer limit are hollow."""
    found = reports.arrivals(request.office, period)
    limits = sorted({one.limit for one in found if one.limit})[:2]
    late = tuple(one for one in found if not one.in_time)
    mine = seen.sight(request)
    points = [
        charts.Dot(
            one.day, one.minutes, hollow=len(limits) == 2 and one.limit == limits[1],
            name="" if one.in_time or not mine.shows(one.number) else _("%(unit)s %(n)s分") % {"unit": one.unit, "n": one.minutes},
        )
        for one in found
    ]  # fmt: skip
    lines = [charts.LimitLine(limit, _("限%s分") % limit, strong=limit == limits[0]) for limit in limits]
    finding = _("%(n)s 次到场，%(late)s 次超时") % {"n": len(found), "late": len(late)}
    year, month = (int(part) for part in period.split("-"))
    legend = (_("限%s分") % limits[0], _("限%s分") % limits[1]) if len(limits) == 2 else ("", "")
    days = calendar.monthrange(year, month)[1]
    chart = charts.dots("arrivals", _("到场用时"), finding, points, lines, days=days, legend=legend)
    asked = dict.fromkeys((one.manual_key, one.manual_version, one.clause) for one in found)
    clauses = tuple(
        words.clause_view(adoption.compiled(key, version), clause) for key, version, clause in list(asked)[:2]
    )
    return Arrivals(chart, len(found), late, clauses, leads=mine.opens_all(one.number for one in found))


def _volume(request: OfficeRequest, period: str) -> SafeString:
    weeks = reports.weekly(request.office, period, request.now)
    names = (_("报修"), _("特约"), _("投诉"), _("其他"))
    columns = [
        (f"{monday:%-m/%-d}", (*(counts[key] for key in NAMED), _rest(counts))) for monday, counts in weeks
    ]
    finding = _("最近一周 %s 件") % sum(weeks[-1][1].values())
    return charts.columns("volume", _("每周事项量"), finding, names, columns)


def _rest(counts: Mapping[str, int]) -> int:
    return sum(count for key, count in counts.items() if key not in NAMED)


def _ruler(request: OfficeRequest, adopted: tuple[Adopted, ...], period: str) -> RulerView:
    """One row a duty, a mark on each due day."""
    year, month = (int(part) for part in period.split("-"))
    days = calendar.monthrange(year, month)[1]
    today = today_of(request)
    here = today.day if (today.year, today.month) == (year, month) else 0
    always = adoption.calendar_of(request.office, "always")
    rest = frozenset(day for day in range(1, days + 1) if not always.is_workday(date(year, month, day)))
    rows = [
        _ruler_row(request, row, here) for row in reports.duties(request.office, adopted, period, request.now)
    ]
    return RulerView(days, tuple(rows), here, rest)


def _ruler_row(request: OfficeRequest, row: reports.DutyRow, today: int) -> RulerRow:
    word = {"done": _("已办"), "late": _("办了，超时"), "over": _("超时"), "open": _("待办")}
    marks = []
    for turn in row.turns:
        now = turn.state == "open" and turn.day == today
        phase, said = (Phase.SOON, _("今天到期")) if now else (PHASES[turn.state], word[turn.state])
        shown = seen.sight(request).shows(turn.number)
        marks.append(RulerMark(turn.day, phase, said, reverse("case", args=[turn.number]) if shown else ""))
    limit = words.recurrence_words(row.one.resolve(row.duty.recurrence)[0])
    clause = words.clause_view(row.one.compiled, row.duty.clause)
    return RulerRow(row.duty.label, limit, clause, tuple(marks))


def _loads(request: OfficeRequest) -> list[Load]:
    counts = obligations.load(request.office, request.now)
    people = {user.pk: user for user in staff.staff_of(request.office, request.now)}
    found = [
        Load(pk, people[pk].name, _post(people[pk], request), n, late)
        for pk, (n, late) in counts.items()
        if pk in people
    ]
    return sorted(found, key=lambda load: (-load.open, load.name))


def _post(user: User, request: OfficeRequest) -> str:
    """What somebody is here: a technician what he can do, anybody else the role."""
    held = {post.role for post in user.posts.all() if post.office_id in (request.office.pk, None)}
    role = next((role for role in Role if role.value in held), None)
    skills = "".join(skill.key for skill in user.skills.all())
    return skills if role is Role.TECHNICIAN and skills else str(role.label) if role else ""
