"""One action on all payment requests that a search finds: filled in once, done by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanjia.adoption import queries as adoption
from guanjia.engine import bulk
from guanjia.engine.offering import CaseView, view_of
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Action
from guanjia.reports import requests as reading
from guanjia.reports.requests import Standing
from guanjia.staff import rules
from guanjia.web.bridge import forms, seen, uploads, words
from guanjia.web.cashier.asked import Asked, asked_of
from guanjia.web.doors import OfficeRequest, office_page

PERMISSION = "see_arrears"


@dataclass(frozen=True)
class Together:
    """What a person can do with many requests at once, and with how many of those that are shown."""

    action: Action
    count: int


def offered(request: OfficeRequest, standing: Iterable[Standing]) -> list[Together]:
    """The actions that the manuals let this person do on all requests of one state; the latest of each state answers."""
    found: dict[str, Together] = {}
    for one in standing:
        for action in _bulk(request, one)[1]:
            known = found.get(action.key)
            found[action.key] = Together(action, one.count + (known.count if known else 0))
    return list(found.values())


def _bulk(request: OfficeRequest, one: Standing) -> tuple[CaseView | None, list[Action]]:
    """What can be done together in a state. Nothing is read where the manual has no such action."""
    compiled = adoption.compiled(one.case.manual_key, one.case.manual_version)
    category = compiled.category_for(one.case.category)
    procedure = compiled.procedures[category.procedure] if category else None
    if not procedure or not any(each.bulk and one.state in each.from_ for each in procedure.action):
        return None, []
    view = view_of(one.case, request.user, request.now)
    return view, [offer.action for offer in view.offers if offer.action.bulk and offer.possible]


@require_http_methods(["GET", "POST"])
@office_page
def act(request: OfficeRequest, action: str) -> HttpResponse:
    """The form of an action for all that the search finds in a state that has it; the worker does it one by one."""
    rules.require(PERMISSION, request.user, request.office, request.now)
    asked = asked_of(request)
    view, definition = _first(request, asked, action)
    cases = reading.requests(request.office, **asked.narrows).filter(state__in=definition.from_)
    cases = cases.order_by("unit__code", "number")
    if request.method == "GET":
        return _form(request, asked, view, definition, cases.count())
    try:
        job = bulk.ask(
            list(cases[: bulk.MOST + 1]), definition, forms.data_of(definition, request.POST), by=request.user,
            at=request.now, permission=PERMISSION, key=f"{bulk.JOB}:{request.POST.get('key', '')}"[:80],
        )  # fmt: skip
    except Problem as problem:
        return _form(request, asked, view, definition, cases.count(), problem)
    return redirect("requests-job", job.pk)


def _first(request: OfficeRequest, asked: Asked, action: str) -> tuple[CaseView, Action]:
    """A case that has the action, and the action. Raises Problem ACTION_UNKNOWN when none has it (any more)."""
    for one in reading.by_state(request.office, **asked.narrows):
        view, actions = _bulk(request, one)
        for found in actions:
            if found.key == action and view:
                return view, found
    raise Problem(
        "ACTION_UNKNOWN", _("这些付款请求现在没有这个动作了。"), _("请回到清单看现在能办什么。"), status=404
    )


def _form(
    request: OfficeRequest, asked: Asked, view: CaseView, action: Action, count: int, problem: Problem | None = None
) -> HttpResponse:  # fmt: skip
    errors = forms.errors_of(problem) if problem else {}
    compiled = view.source_of(action.key)
    fields = forms.views(
        action, forms.seen_by(view, action.key), compiled, request.office, request.now, request.zone,
        posted=forms.data_of(action, request.POST) if problem else {}, errors=errors,
        kept=seen.sight(request).kept_numbers,
    )  # fmt: skip
    known = {field.key for field in fields}
    context = {
        "action": action,
        "count": count,
        "clause": words.clause_view(compiled, action.clause),
        "fields": fields,
        "trouble": [text for key, text in errors.items() if key not in known],
        "asked": asked,
        "key": request.POST.get("key") or uploads.new_key(),
        "area": "cashier",
    }
    return render(
        request, "web/cashier/requests_act.html", context, status=problem.status if problem else 200
    )
