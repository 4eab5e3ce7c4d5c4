"""Shifts and absences: a week, person by person, and who is on duty now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.kernel.moments import parse_moment
from guanjia.kernel.problem import Problem
from guanjia.staff import actions, directory, queries
from guanjia.staff.models import Absence, Shift, User
from guanjia.web import display, exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs

TAB = "settings-shifts"
LONGEST = 62
HEADINGS = ("姓名", "班次", "开始", "结束")
USUAL = (("早班", "08:00", "16:00"), ("中班", "16:00", "00:00"), ("晚班", "00:00", "08:00"))


@dataclass(frozen=True)
class DayCell:
    """One day of one person: shifts with their words, and why away."""

    shifts: tuple[tuple[Shift, str], ...]
    away: str
    today: bool


def _monday(request: OfficeRequest) -> date:
    today = queries.day_in(request.office, request.now)
    try:
        day = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        day = today
    return day - timedelta(days=day.weekday())


def _start(request: OfficeRequest, day: date) -> datetime:
    return datetime.combine(day, time(0), request.zone)


@require_safe
@office_page
def week(request: OfficeRequest) -> HttpResponse:
    """The week of everybody with a post here."""
    tabs.require(request, "manage_shifts", "administer")
    return _page(request, None)


def _page(request: OfficeRequest, problem: Problem | None) -> HttpResponse:
    monday = _monday(request)
    days = [monday + timedelta(days=n) for n in range(7)]
    begin, end = _start(request, monday), _start(request, monday + timedelta(days=7))
    people = queries.staff_of(request.office, request.now)
    shifts = list(queries.shifts_between(request.office, begin, end))
    absences = list(queries.absences_of(request.office, min(request.now, begin)))
    today = queries.day_in(request.office, request.now)
    errors = errors_of(problem) if problem else {}
    context = {
        "days": [(day, display.weekday(day), day == today) for day in days],
        "rows": [
            (user, [_cell(request, user, day, today, shifts, absences) for day in days]) for user in people
        ],
        "people": people,
        "on_duty": queries.on_duty(request.office, request.now),
        "absences": [one for one in absences if one.ends_at > request.now],
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "monday": monday,
        "sunday": days[-1],
        "usual": USUAL,
        "may_change": tabs.can(request, "manage_shifts"),
        "trouble": list(errors.values()),
        "typed": request.POST,
    }
    return tabs.show(request, TAB, "shifts", context, problem)


def _cell(
    request: OfficeRequest, user: User, day: date, today: date, shifts: list[Shift], absences: list[Absence]
) -> DayCell:
    begin, end = _start(request, day), _start(request, day + timedelta(days=1))
    mine = [one for one in shifts if one.user_id == user.pk and begin <= one.begins_at < end]
    away = next(
        (
            one.reason
            for one in absences
            if one.user_id == user.pk and one.begins_at < end and one.ends_at > begin
        ),
        "",
    )
    return DayCell(tuple((one, _hours(one, request)) for one in mine), away, day == today)


def _hours(shift: Shift, request: OfficeRequest) -> str:
    return f"{display.wall(shift.begins_at, request.zone)}–{display.wall(shift.ends_at, request.zone)}"


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The shifts of the week."""
    tabs.require(request, "manage_shifts", "administer")
    monday = _monday(request)
    rows = queries.shifts_between(
        request.office, _start(request, monday), _start(request, monday + timedelta(days=7))
    )
    lines = (
        (one.user.name, one.label, *(f"{at.astimezone(request.zone):%Y-%m-%d %H:%M}" for at in (one.begins_at, one.ends_at)))
        for one in rows
    )  # fmt: skip
    return exports.response(request, kind, _("排班 %s") % monday, HEADINGS, lines)


def _back(request: OfficeRequest) -> HttpResponse:
    return redirect(f"{reverse('settings-shifts')}?from={_monday(request)}")


@form_on("settings-shifts")
@office_page
def add(request: OfficeRequest) -> HttpResponse:
    """Put somebody on duty, on one day or on every day of a stretch; all of them or none."""
    tabs.require(request, "manage_shifts")
    try:
        count = _add(request)
    except Problem as problem:
        return _page(request, problem)
    toasts.say(request, _("已排 %s 个班。") % count)
    return _back(request)


@transaction.atomic
def _add(request: OfficeRequest) -> int:
    typed = request.POST
    user = _member(request, typed.get("user", ""))
    first = _day(typed.get("first", ""))
    last = _day(typed.get("last", "")) if typed.get("last") else first
    begins, ends = _clock(typed.get("begins", "")), _clock(typed.get("ends", ""))
    days = (last - first).days + 1
    if not 0 < days <= LONGEST:
        raise Problem(
            "DATE_ORDER", _("结束日期要在开始日期之后，一次最多排两个月。"), _("请核对日期。"), field="last"
        )
    for n in range(days):
        day = first + timedelta(days=n)
        begin = datetime.combine(day, begins, request.zone)
        end = datetime.combine(day + timedelta(days=1 if ends <= begins else 0), ends, request.zone)
        actions.add_shift(request.office, user, typed.get("label", ""), begin, end)
    return days


def _member(request: OfficeRequest, text: str) -> User:
    return queries.member_for(request.office, int(text) if text.isdecimal() else 0, request.now)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("「%s」不是日期。") % text, _("请写成 2026-03-24。"), field="first"
        ) from None


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Problem(
            "TIME_FORMAT", _("「%s」不是时刻。") % text, _("请写成 08:00。"), field="begins"
        ) from None


@require_POST
@office_page
def remove(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take a planned shift away."""
    tabs.require(request, "manage_shifts")
    actions.remove_shift(request.office, pk)
    toasts.say(request, _("已移除这个班。"))
    return _back(request)


@form_on("settings-shifts")
@office_page
def away(request: OfficeRequest) -> HttpResponse:
    """Somebody is away for a stretch; new work goes to others."""
    tabs.require(request, "manage_shifts")
    typed = request.POST
    try:
        user = _member(request, typed.get("user", ""))
        actions.add_absence(
            user,
            parse_moment(typed.get("begins_at", ""), request.zone, field="begins_at"),
            parse_moment(typed.get("ends_at", ""), request.zone, field="ends_at"),
            typed.get("reason", ""),
        )
    except Problem as problem:
        return _page(request, problem)
    toasts.say(request, _("已记 %s 缺勤。") % user.name)
    return _back(request)


@require_POST
@office_page
def back(request: OfficeRequest, pk: int) -> HttpResponse:
    """Somebody is back now; an absence that had not begun goes away."""
    tabs.require(request, "manage_shifts")
    actions.end_absence(directory.absence_for(request.office, pk, request.now), request.now)
    toasts.say(request, _("已销假。"))
    return _back(request)
