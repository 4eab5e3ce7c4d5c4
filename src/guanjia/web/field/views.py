"""The technician's pages: jobs, one job, one act. Every act leads back to the job with what is next."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.cases import queries as cases
from guanjia.cases import shifts
from guanjia.cases.models import Case
from guanjia.engine import perform
from guanjia.engine.offering import view_of
from guanjia.kernel.problem import Problem
from guanjia.notify import queries as notify
from guanjia.policy import builtin
from guanjia.policy.schema import Action
from guanjia.web import toasts
from guanjia.web.bridge import forms, seen, uploads
from guanjia.web.case import opening
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.field import form, kept, page
from guanjia.web.field.keeping import is_copy, keepable


@require_safe
@office_page
@keepable
def jobs(request: OfficeRequest) -> HttpResponse:
    """The job in hand as the big card, what comes next, and what anybody may take."""
    mine = cases.jobs_of(request.user, request.office).select_related("office", "assignee")
    ordered = page.in_order(seen.veiled(request, mine), page.owed_by(request))
    card = main = None
    if ordered:
        view = view_of(ordered[0][0], request.user, request.now)
        card, (main, _rest) = page.card_of(view, request), page.doings(view)
    context = {
        "card": card,
        "main": main,
        "mine": [case for case, _duty in ordered],
        "rows": [page.row_of(case, duty, request) for case, duty in ordered[1:]],
        "shifts": shifts.own_shifts(request.office, request.user),
        "pool": seen.veiled(request, cases.pool(request.office)) if page.takes_jobs(request) else [],
        "key": uploads.new_key(),
        "opens": any(opening.kinds(request)),
        "unread": notify.unread(request.user, now=request.now, office=request.office),
    }
    return render(request, "web/field/jobs.html", context | _unseen(request))


@require_safe
@office_page
@keepable
def job(request: OfficeRequest, number: str) -> HttpResponse:
    """One job of the person's own, or of the pool."""
    [case] = seen.veiled(request, [page.own_job(request, number)])
    context = {"j": page.job_of(request, case), "key": uploads.new_key()}
    return render(request, "web/field/job.html", context | _unseen(request))


def _unseen(request: OfficeRequest) -> dict[str, Any]:
    """What a page that the phone fetches to keep it does not show: words that are said once."""
    return {"messages": ()} if is_copy(request) else {}


@require_http_methods(["GET", "POST"])
@office_page
def act(request: OfficeRequest, number: str, action: str) -> HttpResponse:
    """The form of an action, and doing it. Whatever is wrong, what was entered stays, photographs included.

    What a phone kept while it had no network comes by the same address (`kept.take`).
    """
    if request.method == "POST" and "kept-at" in request.POST:
        return kept.take(request, number, action)
    case = page.own_job(request, number)
    view = view_of(case, request.user, request.now)
    known = view.adopted[0].compiled.actions[view.facts["procedure"]].get(action) or builtin.ACTIONS.get(
        action
    )
    if known is None:
        raise Problem("ACTION_UNKNOWN", _("没有这个动作。"), _("请回到任务页看现在能办什么。"), status=404)
    if request.method == "GET":
        return _form(request, case, known.definition, {}, None)
    posted = forms.data_of(known.definition, request.POST)
    try:
        posted |= uploads.keep(request, case, known.definition)
        return _perform(request, case, known.definition, posted)
    except Problem as problem:
        if not _still_here(request, number):
            return _gone(request, problem)
        return _form(request, case, known.definition, posted, problem)


def _perform(request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any]) -> HttpResponse:
    perform(
        case,
        action.key,
        actor=request.user,
        at=request.now,
        now=request.now,
        data=posted,
        key=request.POST.get("key", ""),
    )
    place = case.unit.code if case.unit else case.number
    toasts.say(request, f"{action.label}：{place}", draft=f"{case.number}:{action.key}")
    here = _still_here(request, case.number)
    return leave(request, reverse("field-job", args=[case.number]) if here else reverse("field"))


def leave(request: OfficeRequest, address: str) -> HttpResponse:
    """Where to go after an act: for a form that travels by script as JSON, otherwise as a redirect."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": address})
    return redirect(address)


def _still_here(request: OfficeRequest, number: str) -> bool:
    """Whether the job is still one that this person sees: declining gives it away, somebody else may have taken it."""
    try:
        page.own_job(request, number)
    except Problem:
        return False
    return True


def _gone(request: OfficeRequest, problem: Problem) -> HttpResponse:
    messages.warning(request, f"{problem.message}{problem.hint}")
    return leave(request, reverse("field"))


def _form(
    request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any], problem: Problem | None
) -> HttpResponse:
    """The form; after a refusal with the Problem's status and the reason at its field."""
    [fresh] = seen.veiled(request, [cases.case_in(request.office, case.number)])
    view = view_of(fresh, request.user, request.now)
    context = form.context_of(request, view, action, posted=posted, problem=problem)
    return render(request, "web/field/act.html", context, status=problem.status if problem else 200)
