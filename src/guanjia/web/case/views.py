"""The page of a case, and doing its actions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine import perform, veiling
from guanjia.engine.offering import CaseView, view_of
from guanjia.engine.speaking import spoken
from guanjia.kernel.moments import parse_moment
from guanjia.kernel.problem import Problem
from guanjia.policy import obstacles
from guanjia.policy.schema import Action
from guanjia.reports import drafts, tables
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.bridge import forms, seen, uploads, words
from guanjia.web.case import day, page, recorded
from guanjia.web.doors import OfficeRequest, office_page


@require_safe
@office_page
def show(request: OfficeRequest, number: str) -> HttpResponse:
    """The whole course of a case: duties, forms, money, what happened, what can be done."""
    case = seen.case_of(request, number)
    veiling.looked(case, request.user, request.now)
    [case] = seen.veiled(request, [case])
    return render(request, "web/case/show.html", {"p": page.gather(request, case), "area": "cases"})


@require_safe
@office_page
def live(request: OfficeRequest, number: str) -> HttpResponse:
    """The same, for the page to look whether anything is new: 204 while its last line is the last line."""
    case = seen.case_of(request, number)
    if request.GET.get("seq") == str(case.last_seq):
        return HttpResponse(status=204)
    veiling.looked(case, request.user, request.now)
    [case] = seen.veiled(request, [case])
    return render(request, "web/case/_body.html", {"p": page.gather(request, case), "area": "cases"})


@require_http_methods(["GET", "POST"])
@office_page
def act(request: OfficeRequest, number: str, action: str) -> HttpResponse:
    """The form of an action, and doing it. Whatever is wrong, what was typed stays in the form."""
    case = seen.case_of(request, number)
    view = view_of(case, request.user, request.now)
    offered = page.action_of(view, action)
    definition = offered or drafts.action_of(case, action)
    if definition is None or (offered is None and request.method == "GET"):
        raise _not_now(view)
    veiling.looked(case, request.user, request.now)
    if request.method == "GET":
        return _form(request, case, definition, _asked_for(definition, request), None)
    posted = forms.data_of(definition, request.POST)
    try:
        return _perform(request, case, definition, posted)
    except Problem as problem:
        return _form(request, case, definition, posted, problem)


def _not_now(view: CaseView) -> Problem:
    """Why an action that was asked for has no form: the case has moved on."""
    return Problem(
        "ACTION_UNKNOWN",
        _("这件事现在是「%s」，没有这个动作了。") % page.stage_of(view),
        _("请回到事项页看现在能办什么。"),
        status=404,
    )


def _asked_for(action: Action, request: OfficeRequest) -> dict[str, Any]:
    """What the address already says about the fields (`?receipt=SJ2603-0001`)."""
    return {field.key: request.GET[field.key] for field in action.field if field.key in request.GET}


def _perform(
    request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any]
) -> HttpResponseRedirect:
    at = request.now
    if request.POST.get("at"):
        at = parse_moment(request.POST["at"], request.zone, field="at")
    data = posted | uploads.keep(request, case, action)
    data = drafts.complete(case, action.key, data, at)
    result = perform(
        case,
        action.key,
        actor=request.user,
        at=at,
        now=request.now,
        data=data,
        key=request.POST.get("key", "")[:80],
    )
    word = _("%(label)s：%(number)s") % {"label": action.label, "number": case.number}
    if result.results:
        word += "，" + "、".join(str(value) for value in result.results.values())
    toasts.say(request, word, draft=f"{case.number}:{action.key}")
    return redirect("case", case.number)


def _form(
    request: OfficeRequest, case: Case, action: Action, posted: dict[str, Any], problem: Problem | None
) -> HttpResponse:
    """The form page; after a refusal with status 422 or 409 and the reason at its field."""
    [case] = seen.veiled(request, [case])
    view = view_of(case, request.user, request.now)
    errors = forms.errors_of(problem) if problem else {}
    compiled = view.source_of(action.key)
    drawn = veiling.as_read(tables.tables_of(case, action, request.now), seen.sight(request).kept_numbers)
    fields = forms.views(
        action,
        {**forms.seen_by(view, action.key), **drawn},
        compiled,
        request.office,
        request.now,
        request.zone,
        kept=seen.sight(request).kept_numbers,
        posted=posted,
        errors=errors,
        warnings=forms.warnings_of(view, action.key),
    )
    known = {field.key for field in fields}
    context = {
        "case": case,
        "action": action,
        "clause": words.clause_view(compiled, action.clause) if action.clause else None,
        "clause_text": compiled.clauses.get(action.clause, ""),
        "fields": fields,
        "spoken": words.spoken_views(
            spoken(
                view.adopted,
                action,
                request.office,
                request.user,
                request.now,
                str(case.facts.get("channel") or ""),
                case.category,
                compiled.key,
            )
        ),
        "reasons": page.reasons_of(view, action.key),
        "trouble": [text for key, text in errors.items() if key not in known],
        "may_backdate": rules.can_backdate(request.user, request.office, request.now),
        "at": request.POST.get("at", ""),
        "key": request.POST.get("key") or uploads.new_key(),
        "seq": request.POST.get("seq") or case.last_seq,
        "since": _since(request, case) if problem else [],
        "stage": page.stage_of(view),
        "unticked": _unticked(view, action),
        "day": day.log_of(request, case, compiled),
        "tables": recorded.tables(drawn.values(), request.zone, seen.sight(request).shows),
        "joint": recorded.joint(view, request.zone),
        "figures": drafts.figures_for(case, request.now) if _computed(action) else None,
        "area": "cases",
    }
    return render(request, "web/case/act.html", context, status=problem.status if problem else 200)


def _unticked(view: CaseView, action: Action) -> list[str]:
    """What the checklists of a shift still want, on the form of the action that ends it."""
    ends = obstacles.ends(view.adopted[0], view.facts["procedure"], action)
    return list(view.facts.get("unticked") or ()) if ends else []


def _since(request: OfficeRequest, case: Case) -> list[Event]:
    """What others did since the form was opened, newest first."""
    text = request.POST.get("seq", "")
    if not text.isdigit():
        return []
    return [event for event in cases.timeline(case) if event.seq > int(text)]


def _computed(action: Action) -> bool:
    return any(field.kind == "figures" for field in action.field)


@require_POST
@office_page
def undo(request: OfficeRequest, number: str) -> HttpResponse:
    """Take back a registration that was just made: the case stays, as withdrawn."""
    case = seen.case_of(request, number)
    perform(
        case, "withdraw", actor=request.user, at=request.now, data={"reason": _("刚登记就撤销")}, key="undo"
    )
    word = _("已撤销登记 %s。") % number
    if request.htmx:
        return toasts.attach(HttpResponse(status=204), word)
    toasts.say(request, word)
    return redirect("desk")
