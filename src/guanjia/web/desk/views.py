"""The desk: one line in, everything out; and the worklist beside it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import perform, tying
from guanjia.engine.offering import view_of
from guanjia.engine.sight import without_secrets
from guanjia.engine.speaking import at_reception
from guanjia.estate import queries as estate
from guanjia.intake.opening import open_from
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.bridge import duties, forms, seen, uploads, words
from guanjia.web.case import opening
from guanjia.web.case.joining import named
from guanjia.web.case.page import action_view
from guanjia.web.case.ties import tie
from guanjia.web.desk import lists, reading, ringing, shift
from guanjia.web.desk.household import card
from guanjia.web.doors import OfficeRequest, form_on, office_page

SCOPES = ("mine", "all", "paused", "open_ended", "overdue")
WORKLIST = 25  # what fits a screen and a half; the rest are pages


def _worklist(request: OfficeRequest, last: int) -> dict[str, object]:
    """The worklist of the address's scope and search, with the counts of the tabs, as it is after the event `last`."""
    wanted = request.GET.get("scope", "all")
    scope = wanted if wanted in SCOPES else "all"
    search = request.GET.get("find", "").strip()
    common = {"now": request.now, "user": request.user, "roles": request.roles}
    mine = seen.sight(request)
    rows = obligations.worklist(mine, scope=scope, search=search, **common)  # type: ignore[arg-type]
    counts = obligations.tallies(mine, SCOPES, **common)  # type: ignore[arg-type]
    pages = Paginator(rows, WORKLIST)
    if not search:
        pages.count = counts[scope]
    page = pages.get_page(request.GET.get("page"))
    people = duties.people_of(request.office, request.now)
    views = [
        duties.row(one, request.now, request.zone, people) for one in without_secrets(page.object_list, mine)
    ]
    return {
        "groups": duties.groups(views, request.now, request.zone),
        "page": page,
        "scope": scope,
        "find": search,
        "tabs": (
            ("mine", _("我的"), counts["mine"]),
            ("all", _("全处"), counts["all"]),
            ("paused", _("已暂停"), counts["paused"]),
        ),
        "last": last,
        "updated": request.now,
    }


@require_safe
@office_page
def desk(request: OfficeRequest) -> HttpResponse:
    """Omnibox, worklist, household card."""
    rules.require("register", request.user, request.office, request.now)
    if shift.must_sign(request):
        return redirect("shift")
    asked = any(request.GET.get(name) for name in ("q", "letter", "call"))
    found = reading.read(request, _line_of(request)) if asked else None
    every = adoption.adopted(request.office, request.now)
    calling = ringing.context_of(request)
    context = {
        **_worklist(request, cases.last_event_id(request.office)),
        **calling,
        "reading": found,
        "line": found.text if found else "",
        "channels": reading.channels(),
        "key": uploads.new_key(),
        "lists": lists.work_lists(request, every),
        "household": card(request, found.found.unit.unit)
        if found
        else ringing.card_of(request, calling["callers"]),
        "spoken": words.spoken_views(at_reception(every, request.office, request.user, request.now)),
        "area": "desk",
    }
    return render(request, "web/desk/desk.html", context)


def _line_of(request: OfficeRequest) -> QueryDict:
    sent = request.GET.copy()
    sent["line"] = request.GET.get("q", "")
    return sent


@require_safe
@office_page
def parse(request: OfficeRequest) -> HttpResponse:
    """The strip under the line, and the household card beside it, as the receptionist types."""
    rules.require("register", request.user, request.office, request.now)
    found = reading.read(request, request.GET)
    context = {
        "reading": found,
        "channels": reading.channels(),
        "household": card(request, found.found.unit.unit),
    }
    return render(request, "web/desk/_parse.html", context)


@form_on("desk")
@office_page
def register(request: OfficeRequest) -> HttpResponse:
    """Open the case, and send somebody at once unless only registering was asked for."""
    rules.require("register", request.user, request.office, request.now)
    found = reading.read(request, request.POST)
    if more := opening.asks_more(request, found.category):
        party = found.intake.party.pk if found.intake.party else None
        call = found.call.pk if found.call else None
        letter = found.letter.pk if found.letter else None
        return redirect(opening.address_of(found.category, more, found.data, party, call, letter))
    try:
        result = open_from(
            request.office, found.category, actor=request.user, now=request.now, call=found.call, letter=found.letter,
            data=opening.taken(request, found.category, found.data), intake=found.intake,
            key=request.POST.get("key", "")[:80],
        )  # fmt: skip
    except Problem as problem:
        return _again(request, found, problem)
    case = result.case
    for number in request.POST.getlist("same"):
        tie(request, case, cases.case_in(request.office, number))
    word = _("已登记 %s。") % case.number + _decided(request, case)
    if request.POST.get("then") != "only" and found.sends:
        word += _dispatch(request, case, found.technician)
    undo = reverse("case-undo", args=[case.number]) if _may_undo(request, case) else ""
    toasts.say(request, word, undo=undo, draft="desk")
    return redirect("desk")


def _decided(request: OfficeRequest, case: Case) -> str:
    """What was decided on the hint of several households while registering, in words.

    What the manual refuses leaves the case registered, and is told.
    """
    decided, others = request.POST.get("together", ""), named(request.office, request.POST.get("others", ""))
    if not others or decided not in ("join", "apart"):
        return ""
    if decided == "apart":
        tying.tell_apart(case, others, actor=request.user, at=request.now)
        return _("记下了：不是一回事。")
    try:
        whole = tying.join(case, others, actor=request.user, at=request.now)
    except Problem as problem:
        return _("没有并入：%s") % problem
    return _("已并入 %s。") % whole.number


def _may_undo(request: OfficeRequest, case: Case) -> bool:
    offers = view_of(case, request.user, request.now).offers
    return any(offer.action.key == "withdraw" and offer.possible for offer in offers)


def _dispatch(request: OfficeRequest, case: Case, technician: int | None) -> str:
    """Send somebody; when that cannot be done the case stays registered, and the reason is told."""
    data = {"technician": technician} if technician else {}
    try:
        done = perform(
            case, "dispatch", actor=request.user, at=request.now, data=data, key="dispatch-at-intake"
        )
    except Problem as problem:
        return _("没有派单：%s") % problem
    return _("已派给 %s。") % done.case.assignee.name if done.case.assignee else _("已进待领单。")


def _again(request: OfficeRequest, found: reading.Reading, problem: Problem) -> HttpResponse:
    """The desk again with everything as typed, and what is wrong at its cell."""
    every, errors = adoption.adopted(request.office, request.now), forms.errors_of(problem)
    context = {
        **_worklist(request, cases.last_event_id(request.office)),
        **ringing.context_of(request),
        "reading": found,
        "line": found.text,
        "channels": reading.channels(),
        "key": request.POST.get("key") or uploads.new_key(),
        "errors": errors,
        "at_cells": not reading.MARKED.isdisjoint(errors),
        "lists": lists.work_lists(request, every),
        "household": card(request, found.found.unit.unit),
        "spoken": words.spoken_views(at_reception(every, request.office, request.user, request.now)),
        "area": "desk",
    }
    return render(request, "web/desk/desk.html", context, status=problem.status)


@require_safe
@office_page
def worklist(request: OfficeRequest) -> HttpResponse:
    """The worklist for the live refresh: 204 while nothing has happened in the office and no minute has passed."""
    rules.require("register", request.user, request.office, request.now)
    last = cases.last_event_id(request.office)
    if request.GET.get("last") == str(last) and request.GET.get("minute") == f"{request.now:%H%M}":
        return HttpResponse(status=204)
    return render(request, "web/desk/_worklist.html", _worklist(request, last))


@require_safe
@office_page
def row(request: OfficeRequest, pk: int) -> HttpResponse:
    """A row of the worklist opened in place: the clause, how the due time came about, the next actions."""
    one = obligations.one_in(request.office, pk)
    if not seen.sight(request).opens(one.case):
        raise obligations.not_there()
    compiled = words.manual_of(one)
    view = view_of(one.case, request.user, request.now)
    wanted = compiled.obligations[one.key].definition.done_by
    offers = [
        offer for offer in view.offers if offer.possible and offer.action.key not in ("note", "withdraw")
    ]
    offers.sort(key=lambda offer: offer.action.key != wanted)
    own = adoption.wordings(request.office, one.manual_key).get(one.clause, "")
    context = {
        "text": own or compiled.clauses.get(one.clause, ""),
        "why": [words.reason_text(line) for line in one.why],
        "acts": [action_view(view, offer, first=index == 0) for index, offer in enumerate(offers[:3])],
        "case": one.case,
    }
    return render(request, "web/desk/_row.html", context)


@require_http_methods(["POST"])
@office_page
def reveal(request: OfficeRequest, pk: int) -> HttpResponse:
    """A whole telephone number; who looked is written down."""
    rules.require("reveal_phone", request.user, request.office, request.now)
    phone = estate.reveal_phone(request.office, pk)
    case_actions.note_access(
        request.office, request.user, _("电话 %s") % phone.party.name, request.now, party=phone.party
    )
    return render(request, "web/desk/_phone.html", {"phone": phone})
