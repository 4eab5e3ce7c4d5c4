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
from guanjia.estate.models import Unit
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.reports import monthly
from guanjia.reports import overview as reports
from guanjia.reports.monthly import Figure
from guanjia.staff import queries as staff
from guanjia.staff import rules
from guanjia.web import charts, shell
from guanjia.web.bridge import duties, words
from guanjia.web.components import ChipView, KpiView, Phase, RulerMark, RulerRow, RulerView
from guanjia.web.doors import OfficeRequest, office_page

APPROVALS = ("fix-charge", "approve")
SERIES = 12
LATE = 6
VOLUME = ("repair", "paid_service", "complaint", "other")
PHASES = {"done": Phase.DONE, "late": Phase.OVER, "over": Phase.OVER, "open": Phase.OK}


@dataclass(frozen=True)
class Load:
    """A person's open and overdue duties."""

    name: str
    open: int
    overdue: int


def period_of(request: OfficeRequest) -> str:
    """The month of the address (`2026-03`), else this one."""
    text = request.GET.get("month", "")
    if not text:
        return f"{request.now.astimezone(request.zone):%Y-%m}"
    return checked(text)


def checked(period: str) -> str:
    """A month as it is written (`2026-03`). Raises Problem DATE_FORMAT."""
    try:
        return f"{date.fromisoformat(f'{period}-01'):%Y-%m}"
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("月份写得不对。"), _("请按 2026-03 的样子写。"), field="month"
        ) from None


def months_before(period: str, count: int) -> list[str]:
    """The months up to a period, oldest first."""
    year, month = (int(part) for part in period.split("-"))
    found = []
    for back in range(count - 1, -1, -1):
        index = year * 12 + month - 1 - back
        found.append(f"{index // 12}-{index % 12 + 1:02d}")
    return found


@require_safe
@office_page
def overview(request: OfficeRequest) -> HttpResponse:
    """The director's page of a month."""
    shell.require_door(request, "director")
    period = period_of(request)
    adopted = adoption.adopted(request.office, request.now)
    late = obligations.worklist(request.office, now=request.now, scope="overdue")
    waiting = obligations.worklist(request.office, now=request.now).filter(duty__in=APPROVALS)
    people = duties.people_of(request.office, request.now)
    loads = _loads(request)
    context = {
        "period": period,
        "title": month_words(period, request.now.astimezone(request.zone).date()),
        "months": [
            (month, month_words(month, request.now.astimezone(request.zone).date()))
            for month in _months(request, period)
        ],
        "units": Unit.objects.filter(office=request.office).count(),
        "kpis": _tiles(request, adopted, period),
        "arrivals": _arrivals(request, period),
        "volume": _volume(request),
        "ruler": _ruler(request, adopted, period),
        "manuals": len(adopted),
        "late": [_late(one, request, people) for one in late[:LATE]],
        "late_count": late.count(),
        "approvals": [duties.row(one, request.now, request.zone, people) for one in waiting[:8]],
        "loads": loads,
        "most": max((load.open for load in loads), default=0),
        "may_see": rules.can_see_reports(request.user, request.office, request.now),
        "area": "director",
    }
    return render(request, "web/director/overview.html", context)


def _late(one: Obligation, request: OfficeRequest, people: Mapping[str, str]) -> ChipView:
    """An overdue duty as a chip that leads to its case and says where it is."""
    chip = duties.chip(one, request.now, request.zone, people)
    where = one.case.unit.code if one.case.unit else one.case.number
    return replace(
        chip, href=reverse("case", args=[one.case.number]), owner=f"{where}·{chip.owner}", on_case=False
    )


def _months(request: OfficeRequest, period: str) -> list[str]:
    """The months that the tabs offer: the last three, and the one that is shown."""
    recent = months_before(f"{request.now.astimezone(request.zone):%Y-%m}", 3)
    return recent if period in recent else [period, *recent]


def month_words(period: str, today: date) -> str:
    """`3月`; with the year when it is not this one."""
    year, month = (int(part) for part in period.split("-"))
    if year == today.year:
        return _("%s月") % month
    return _("%(year)s年%(month)s月") % {"year": year, "month": month}


def _tiles(request: OfficeRequest, adopted: tuple[Adopted, ...], period: str) -> list[KpiView]:
    """A tile for every share that the manuals name; a target gives the verdict."""
    history = monthly.series(request.office, adopted, months_before(period, SERIES), request.now)
    now = history[-1]
    may_see = rules.can_see_reports(request.user, request.office, request.now)
    verdicts = {(v.figure.manual_key, v.target.statistic): v for v in monthly.verdicts(adopted, now)}
    tiles = []
    for index, figure in enumerate(now):
        if not figure.statistic.share:
            continue
        series = tuple(_value(month[index]) for month in history)
        verdict = verdicts.get((figure.manual_key, figure.statistic.key))
        href = _href(figure, period) if may_see else ""
        tiles.append(replace(_tile(figure, series, verdict), href=href))
    return tiles


def _href(figure: Figure, period: str) -> str:
    return reverse("statistic", args=[period, figure.manual_key, figure.statistic.key])


def _value(figure: Figure) -> float | None:
    return None if figure.permille is None else figure.permille / 10


def _tile(figure: Figure, series: tuple[float | None, ...], verdict: monthly.Verdict | None) -> KpiView:
    compiled = adoption.compiled(figure.manual_key, figure.manual_version)
    phase, word, target, text = Phase.OK, _("没有目标"), None, _("规程没有定数")
    if verdict is not None and verdict.wanted:
        text = _("目标 %s%s") % (verdict.target.compare, verdict.wanted)
        target = float(verdict.wanted.removesuffix("%"))
        if verdict.met is not None:
            phase, word = (Phase.DONE, _("达标")) if verdict.met else (Phase.OVER, _("未达标"))
    if figure.permille is None:
        word = _("本月还没有")
    return KpiView(
        title=figure.statistic.label,
        value=figure.text.removesuffix("%"),
        unit="%" if figure.permille is not None else "",
        phase=phase,
        verdict=word,
        clause=words.clause_view(compiled, figure.statistic.clause),
        target_text=text,
        ratio_text=f"{figure.count}/{figure.base}",
        series=series,
        target=target,
    )


def _arrivals(request: OfficeRequest, period: str) -> tuple[SafeString, int]:
    """Minutes to arrive, a dot each; those past their limit are named."""
    found = reports.arrivals(request.office, period)
    limits = sorted({one.limit for one in found if one.limit})
    late = [one for one in found if not one.in_time]
    points = [
        charts.Dot(one.day, one.minutes, name="" if one.in_time else f"{one.unit} {one.minutes}分")
        for one in found
    ]
    lines = [charts.LimitLine(limit, _("限%s分") % limit, strong=limit == limits[0]) for limit in limits[:2]]
    finding = _("%(n)s 次到场，%(late)s 次超时") % {"n": len(found), "late": len(late)}
    year, month = (int(part) for part in period.split("-"))
    days = calendar.monthrange(year, month)[1]
    return charts.dots("arrivals", _("到场用时"), finding, points, lines, days=days), len(found)


def _volume(request: OfficeRequest) -> SafeString:
    weeks = reports.weekly(request.office, request.now, VOLUME)
    names = [CATEGORIES[key] for key in VOLUME]
    total = sum(weeks[-1][1]) if weeks else 0
    finding = _("最近一周 %s 件") % total
    columns = [(f"{monday:%-m/%-d}", counts) for monday, counts in weeks]
    return charts.columns("volume", _("每周事项量"), finding, names, columns)


def _ruler(request: OfficeRequest, adopted: tuple[Adopted, ...], period: str) -> RulerView:
    """One row a duty, a mark on each due day."""
    year, month = (int(part) for part in period.split("-"))
    days = calendar.monthrange(year, month)[1]
    today = request.now.astimezone(request.zone).date()
    here = today.day if (today.year, today.month) == (year, month) else 0
    always = adoption.calendar_of(request.office, "always")
    rest = frozenset(day for day in range(1, days + 1) if not always.is_workday(date(year, month, day)))
    rows = [_ruler_row(row, here) for row in reports.duties(request.office, adopted, period, request.now)]
    return RulerView(days, tuple(rows), here, rest)


def _ruler_row(row: reports.DutyRow, today: int) -> RulerRow:
    word = {"done": _("已办"), "late": _("办了，超时"), "over": _("超时"), "open": _("待办")}
    marks = tuple(
        RulerMark(
            turn.day,
            Phase.SOON if turn.state == "open" and turn.day == today else PHASES[turn.state],
            _("今天到期") if turn.state == "open" and turn.day == today else word[turn.state],
        )
        for turn in row.turns
    )
    limit = words.recurrence_words(row.one.resolve(row.duty.recurrence)[0])
    return RulerRow(row.duty.label, limit, words.clause_view(row.one.compiled, row.duty.clause), marks)


def _loads(request: OfficeRequest) -> list[Load]:
    counts = obligations.load(request.office, request.now)
    people = {user.pk: user.name for user in staff.staff_of(request.office, request.now)}
    found = [Load(people[pk], n, late) for pk, (n, late) in counts.items() if pk in people]
    return sorted(found, key=lambda load: (-load.open, load.name))
