"""Calendars of the office as a form: windows of each weekday, working days, holidays, special days, coverage end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.adoption import queries
from guanjia.engine import calendars
from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.web import display, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.settings import tabs
from guanjia.worktime import Calendar
from guanjia.worktime.walltime import WEEKDAY_NAMES, WEEKDAYS

TAB = "settings-hours"
PREVIEW = 21
SHOWN = 20  # of what would move
_WINDOW = re.compile(r"^(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})$")
_KEY = re.compile(r"^[a-z][a-z0-9-]{0,29}$")


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The calendars that the office keeps, and those that its manuals ask for."""
    tabs.require(request, "manage_hours")
    saved = queries.calendars(request.office)
    rows = [
        (key, saved.get(key), key in wanted)
        for wanted in [_wanted(request)]
        for key in sorted({*saved, *wanted})
    ]
    return tabs.show(request, TAB, "hours", {"rows": rows})


def _wanted(request: OfficeRequest) -> set[str]:
    """Keys of the calendars that the adopted manuals count on; `office` always."""
    found = {"office"}
    for one in queries.adopted(request.office, request.now):
        manual = one.compiled.manual
        found |= {manual.manual.calendar, *(duty.calendar for duty in manual.obligation)}
    return found - {"", "always"}


@require_http_methods(["GET", "POST"])
@office_page
def edit(request: OfficeRequest, key: str) -> HttpResponse:
    """One calendar; saving makes a new version, earlier versions stay as they are."""
    tabs.require(request, "manage_hours")
    if not _KEY.match(key) or key == "always":
        raise Problem("NOT_FOUND", _("没有这个日历。"), status=404)
    problem: Problem | None = None
    typed: dict[str, Any] | None = None
    moving: list[calendars.Move] = []
    if request.method == "POST":
        typed = dict(request.POST.items()) | {"days": request.POST.getlist("days")}
        try:
            data = data_of(typed, request.office.time_zone)
            moving = calendars.would_move(request.office, key, data, request.now)
            if not moving or "sure" in request.POST:
                return _save(request, key, data)
        except Problem as found:
            problem = found
    calendar = _present(request, key)
    context = {
        "key": key,
        "f": typed or form_of(calendar.to_data()),
        "week": _week(typed or form_of(calendar.to_data()), errors_of(problem) if problem else {}),
        "errors": _fields(problem),
        "trouble": list(errors_of(problem).values()) if problem else [],
        "moving": moving,
        "shown": sorted(moving, key=lambda move: move.clock.due_at or request.now)[:SHOWN],
        "preview": _preview(request, calendar),
        "history": queries.calendar_versions(request.office, key),
        "saved": bool(queries.calendars(request.office).get(key)),
    }
    return tabs.show(request, TAB, "calendar", context, problem)


def _save(request: OfficeRequest, key: str, data: Mapping[str, Any]) -> HttpResponse:
    saved, moved = calendars.save_calendar(request.office, key, data, at=request.now)
    said = _("已保存第 %s 版。") % saved.version
    if moved:
        said += _("%s 件应办的到期时间变了，事项的经过里都有。") % moved
    toasts.say(request, said)
    return redirect("settings-calendar", key)


def _present(request: OfficeRequest, key: str) -> Calendar:
    try:
        return queries.calendar_of(request.office, key)
    except Problem:
        return queries.calendar_of(request.office, "office")


def _fields(problem: Problem | None) -> dict[str, str]:
    """Which part of the form is wrong; `special_days.2026-03-24` stands at special_days."""
    return {field.partition(".")[0]: text for field, text in errors_of(problem).items()} if problem else {}


def _week(form: Mapping[str, Any], errors: Mapping[str, str]) -> list[tuple[str, str, str, bool, str]]:
    """Of each weekday: key, name, windows as typed, whether it is a working day, what is wrong."""
    return [
        (
            day,
            name,
            str(form.get(f"weekly-{day}", "")),
            day in form.get("days", ()),
            errors.get(f"weekly.{day}", ""),
        )
        for day, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True)
    ]


def _preview(request: OfficeRequest, calendar: Calendar) -> list[tuple[str, str, str, str]]:
    """The next three weeks: day, weekday, its windows, what kind of day it is."""
    today = staff.day_in(request.office, request.now)
    found = []
    for n in range(PREVIEW):
        day = today + timedelta(days=n)
        kind = calendar.day(day)
        word = kind.name or (_("调班上班") if kind.exceptional else "" if kind.works else _("休息"))
        windows = "、".join(window.text() for window in calendar.windows_on(day))
        found.append((display.day_words(day, today), display.weekday(day), windows or _("不办公"), word))
    return found


# ---------------------------------------------------------------- form and data


def form_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """A calendar's data as the inputs carry it."""
    china = data["working_days"] == "china"
    return {
        **{f"weekly-{day}": _windows_text(data["weekly"].get(day, ())) for day in WEEKDAYS},
        "rule": "china" if china else "weekdays",
        "days": list(WEEKDAYS[:5]) if china else list(data["working_days"]),
        "special_days": "\n".join(
            f"{day} {_windows_text(windows) or '关'}"
            for day, windows in (data.get("special_days") or {}).items()
        ),
        "holidays": "\n".join(f"{day} {name}".strip() for day, name in (data.get("holidays") or {}).items()),
        "extra_workdays": "\n".join(data.get("extra_workdays") or ()),
        "makeup_hours": _windows_text(data.get("makeup_hours") or ()),
        "open_on_holidays": "1" if data.get("open_on_holidays") else "",
        "coverage_end": data.get("coverage_end") or "",
    }


def _windows_text(windows: Iterable[Iterable[str]]) -> str:
    return " ".join("-".join(window) for window in windows)


def data_of(form: Mapping[str, Any], time_zone: str) -> dict[str, Any]:
    """What was typed as a calendar's data; `Calendar.from_data` looks for the mistakes that remain.

    Raises Problem CALENDAR_DATA for windows that cannot be read.
    """
    holidays = {line.split()[0]: " ".join(line.split()[1:]) for line in _lines(form, "holidays")}
    special = {line.split()[0]: _special(line) for line in _lines(form, "special_days")}
    return {
        "time_zone": time_zone,
        "weekly": {day: _windows(str(form.get(f"weekly-{day}", "")), f"weekly.{day}") for day in WEEKDAYS},
        "working_days": "china" if form.get("rule") != "weekdays" else list(form.get("days", ())),
        "special_days": special,
        "holidays": holidays,
        "extra_workdays": [day for line in _lines(form, "extra_workdays") for day in line.split()],
        "makeup_hours": _windows(str(form.get("makeup_hours", "")), "makeup_hours"),
        "open_on_holidays": bool(form.get("open_on_holidays")),
        "coverage_end": form.get("coverage_end") or None,
    }


def _lines(form: Mapping[str, Any], name: str) -> list[str]:
    return [line.strip() for line in str(form.get(name, "")).splitlines() if line.strip()]


def _special(line: str) -> list[list[str]]:
    _day, _space, rest = line.partition(" ")
    return [] if rest.strip() in ("关", "休息", "不办公", "") else _windows(rest, "special_days")


def _windows(text: str, field: str) -> list[list[str]]:
    """`09:00-12:00 14:00-18:00` as pairs; several windows a day."""
    found = []
    for word in re.split(r"[\s,，、;；]+", text.strip()):
        if not word:
            continue
        match = _WINDOW.match(word)
        if match is None:
            raise Problem(
                "CALENDAR_DATA",
                _("「%s」不是时段。") % word,
                _("请写成 09:00-12:00 14:00-18:00。"),
                field=field,
            )
        found.append([match[1].zfill(5), match[2].zfill(5)])
    return found
