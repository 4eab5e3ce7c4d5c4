"""The duty page (值班): who is there now and next, the shift's book, what is open, hours without anybody, today's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases import shifts as turns
from guanjia.cases.models import Case
from guanjia.engine import shifts, veiling
from guanjia.engine.offering import CaseView, view_of
from guanjia.engine.shifts import Matter
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import State
from guanjia.policy import builtin, obstacles, scripts
from guanjia.staff import queries as staff
from guanjia.staff.models import Shift, User
from guanjia.web import shell
from guanjia.web.bridge import forms as answers
from guanjia.web.bridge import seen, words
from guanjia.web.components import ClauseView
from guanjia.web.desk import logbook, ticking
from guanjia.web.doors import OfficeRequest, form_on, office_page

AHEAD = timedelta(hours=24)
LEFT = ("entries", "matters_lines", "unticked", "remarks")  # what one shift leaves to the next


@dataclass(frozen=True)
class SignedView:
    """One person of a shift: what he owes the book at its beginning, and whether he has done it."""

    name: str
    label: str
    done: bool
    late: bool
    href: str


@dataclass(frozen=True)
class BookView:
    """The book of a running shift: what the shift before left, what was entered since, who has signed, what is open."""

    case: Case
    label: str
    begins_at: datetime | None
    ends_at: datetime | None
    people: list[str]
    left: list[str]
    entries: list[str]
    owed: list[SignedView]
    matters: list[Matter]
    sheets: list[ticking.Sheet]
    acts: list[tuple[str, str, bool]]
    source: ClauseView
    mine: str


@dataclass(frozen=True)
class GapView:
    """A post that must be manned, and the hours in which it is not."""

    label: str
    role: str
    clause: ClauseView
    gaps: tuple[shifts.Gap, ...]


@require_safe
@office_page
def duty(request: OfficeRequest) -> HttpResponse:
    """The page of the duty desk."""
    shell.require_door(request, "shift")
    return _page(request)


@form_on("shift")
@office_page
def tick(request: OfficeRequest, number: str, action: str) -> HttpResponse:
    """Tick items of a checklist of a shift; the page again with what is wrong when it cannot be."""
    shell.require_door(request, "shift")
    try:
        return ticking.tick(request, number, action)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _page(request, list(answers.errors_of(problem).values()), problem.status)


def _page(request: OfficeRequest, trouble: Sequence[str] = (), status: int = 200) -> HttpResponse:
    books = [_book(request, case) for case in turns.running_shifts(request.office)]
    wanted = logbook.today_of(request)
    page = Paginator(logbook.written(request, wanted), logbook.LINES).get_page(request.GET.get("page"))
    context = {
        "books": books,
        "first": next((book for book in books if book.mine), None),
        "now_on": _together(staff.shifts_at(request.office, request.now).select_related("user")),
        "next_on": _next(request),
        "gaps": _gaps(request),
        "rows": logbook.lines_of(request, page),
        "page": page,
        "search": wanted.search,
        "trouble": trouble,
        "may_plan": bool(request.roles & shell.SETTING_ROLES),
        "area": "shift",
    }
    return render(request, "web/desk/shift.html", context, status=status)


def _together(rows: Any) -> list[tuple[Shift, list[str]]]:
    """The shifts by hours: one of them, and everybody who is on it."""
    found: dict[tuple[str, datetime, datetime], tuple[Shift, list[User]]] = {}
    for row in rows.order_by("begins_at", "user__name"):
        known = found.setdefault((row.label, row.begins_at, row.ends_at), (row, []))
        known[1].append(row.user)
    return [(row, staff.told_apart(people)) for row, people in found.values()]


def _next(request: OfficeRequest) -> list[tuple[Shift, list[str]]]:
    """The shifts that begin next, within a day."""
    rows = staff.shifts_between(request.office, request.now, request.now + AHEAD)
    coming = _together(rows.filter(begins_at__gt=request.now))
    return [one for one in coming if one[0].begins_at == coming[0][0].begins_at]


def _book(request: OfficeRequest, case: Case) -> BookView:
    view = view_of(case, request.user, request.now)
    facts = view.facts
    open_ones = shifts.matters(request.office, facts.get("shift_people") or (), besides=case.pk)
    seen.veiled(request, [one.case for one in open_ones])
    previous = cases.previous_of(case)
    before = previous.facts if previous else {}
    return BookView(
        case=case,
        label=str(facts.get("shift_label") or ""),
        begins_at=shifts.moment_of(facts, "shift_begins_at"),
        ends_at=shifts.moment_of(facts, "shift_ends_at"),
        people=list(facts.get("roster") or ()),
        left=veiling.lines_as_read(
            [line for name in LEFT for line in _lines(before, name)], seen.sight(request).kept_numbers
        ),
        entries=_lines(facts, "entries"),
        owed=list(_owed(view)),
        matters=open_ones,
        sheets=list(ticking.sheets_of(request, view)),
        acts=_acts(view),
        source=words.clause_view(view.adopted[0].compiled, _clause(view)),
        mine=reverse("case-act", args=[case.number, first]) if (first := _first(view)) else "",
    )


def _lines(facts: Any, name: str) -> list[str]:
    value = facts.get(name)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _clause(view: CaseView) -> str:
    """The clause of the recurring duty that opened the book."""
    compiled = view.adopted[0].compiled
    return next((one.clause for one in compiled.manual.duty if one.category == view.case.category), "")


def _owed(view: CaseView) -> Iterator[SignedView]:
    """What each person of the shift owes at its beginning: to read and sign, to be there; checklists show themselves."""
    compiled = view.adopted[0].compiled
    lists = {action.key for action in compiled.checklists.get(view.facts["procedure"], ())}
    for row in view.owed:
        known = compiled.obligations.get(row.key) if row.manual_key == compiled.key else None
        if known and known.definition.subject == "roster" and known.definition.done_by not in lists:
            done = row.state == State.MET
            href = (
                reverse("case-act", args=[view.case.number, known.definition.done_by])
                if known.definition.done_by
                else ""
            )
            yield SignedView(row.subject, known.definition.label, done, row.missed_at is not None, href)


def _acts(view: CaseView) -> list[tuple[str, str, bool]]:
    """(label, address, main) of what this person can do with the book now; main is what he must do first, and what ends it."""
    one, first = view.adopted[0], _first(view)
    return [
        (
            offer.action.label,
            reverse("case-act", args=[view.case.number, offer.action.key]),
            offer.action.key == first or obstacles.ends(one, view.facts["procedure"], offer.action),
        )
        for offer in view.offers
        if offer.possible and not offer.action.checklist and offer.action.key not in builtin.ACTIONS
    ]


def _first(view: CaseView) -> str:
    """The action with which this person does what comes before his other work; "" when he owes nothing of the kind."""
    compiled = view.adopted[0].compiled
    for row in view.owed:
        if row.owner_id == view.actor.user_id and row.closed_at is None and row.key in compiled.firsts:
            return compiled.obligations[row.key].definition.done_by
    return ""


def _gaps(request: OfficeRequest) -> list[GapView]:
    compiled = {one.compiled.key: one.compiled for one in adoption.adopted(request.office, request.now)}
    return [
        GapView(one.label, one.role, words.clause_view(compiled[one.manual_key], one.clause), one.gaps)
        for one in shifts.unmanned(request.office, request.now)
    ]


@require_safe
@office_page
def board(request: OfficeRequest) -> HttpResponse:
    """The rules and phrases that the office's manuals put up for everybody at the desk."""
    groups = [
        (heading, one.compiled.manual.manual.title, [(script, words.clause_view(one.compiled, script.clause), text) for script, text in found])
        for one in adoption.adopted(request.office, request.now)
        for heading, found in scripts.boards(one).items()
    ]  # fmt: skip
    return render(request, "web/desk/board.html", {"groups": groups, "area": "shift"})


def must_sign(request: OfficeRequest) -> bool:
    """Whether this person owes the book of a shift something before his other work."""
    rows = obligations.owed_at_shift(request.office, request.user, request.now)
    return any(row.key in adoption.compiled(row.manual_key, row.manual_version).firsts for row in rows)
