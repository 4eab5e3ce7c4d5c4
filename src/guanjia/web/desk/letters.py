"""Letters (来信): what came into the mailbox and waits for somebody to register it or to say why not."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.intake.mail import actions as mail
from guanjia.intake.mail import queries
from guanjia.intake.models import Letter
from guanjia.kernel.problem import Problem
from guanjia.notify import mailboxes
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.doors import OfficeRequest, form_on, office_page

PAGE = 50
OPEN = (Letter.State.DRAFT, Letter.State.UNREADABLE, Letter.State.AUTOMATIC)


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The letters of a list, newest first: to be registered, unreadable, written by machines, done."""
    rules.require("register", request.user, request.office, request.now)
    wanted = request.GET.get("scope", "draft")
    scope = wanted if wanted in queries.LISTS else "draft"
    search = request.GET.get("q", "").strip()
    page = Paginator(queries.letters(request.office, scope, search), PAGE).get_page(request.GET.get("page"))
    counts = queries.tallies(request.office)
    words = {
        "draft": _("待登记"), "unreadable": _("读不出"), "automatic": _("自动来信"), "done": _("办过的"),
    }  # fmt: skip
    context = {
        "page": page,
        "rows": list(page),
        "scope": scope,
        "search": search,
        "scopes": [(key, words[key], counts[key]) for key in queries.LISTS],
        "box": mailboxes.known_of(request.office),
        "area": "callbacks",
    }
    return render(request, "web/desk/letters.html", context)


@require_safe
@office_page
def show(request: OfficeRequest, pk: int) -> HttpResponse:
    """A letter with its files, and what can be done with it."""
    return _page(request, _letter(request, pk))


def _letter(request: OfficeRequest, pk: int) -> Letter:
    rules.require("register", request.user, request.office, request.now)
    return queries.letter_for(request.office, pk)


def _page(request: OfficeRequest, letter: Letter, problem: Problem | None = None) -> HttpResponse:
    context = {
        "letter": letter,
        "files": list(letter.files.all()),
        "open": letter.state in OPEN,
        "raw": bytes(letter.raw or b"")[:3000].decode("utf-8", "replace"),
        "problem": problem,
        "typed": request.POST,
        "area": "callbacks",
    }
    return render(request, "web/desk/letter.html", context, status=problem.status if problem else 200)


@form_on("letter", "pk")
@office_page
def drop(request: OfficeRequest, pk: int) -> HttpResponse:
    """The letter is not registered, for a reason."""
    letter = _letter(request, pk)
    try:
        mail.drop(letter, request.POST.get("reason", ""), by=request.user, now=request.now)
    except Problem as problem:
        return _page(request, letter, problem)
    toasts.say(request, _("这封来信不登记。"))
    return redirect("letters")


@form_on("letter", "pk")
@office_page
def add(request: OfficeRequest, pk: int) -> HttpResponse:
    """The letter belongs to a case that there is already."""
    letter = _letter(request, pk)
    try:
        case = cases.case_in(request.office, request.POST.get("number", "").strip().upper())
        mail.add(letter, case, by=request.user, now=request.now)
    except Problem as problem:
        return _page(request, letter, problem)
    toasts.say(request, _("已并入 %s。") % case.number)
    return redirect("case", case.number)
