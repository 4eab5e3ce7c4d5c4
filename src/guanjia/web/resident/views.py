"""The resident's pages: progress and promises; with a link that may act also consent, signature, rating, messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from guanjia.cases import actions as case_actions
from guanjia.engine import perform
from guanjia.kernel.money import yuan
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Action
from guanjia.web import toasts
from guanjia.web.bridge import bill, forms, uploads
from guanjia.web.resident import page
from guanjia.web.resident.door import LinkRequest, resident_page

THANKS = {"note": gettext_lazy("留言收到了，我们会看。")}


@require_safe
@resident_page
def show(request: LinkRequest) -> HttpResponse:
    """How far it is, what the office still owes, and the one thing that it asks of the resident now."""
    return _show(request, {}, None, None)


def _show(
    request: LinkRequest, posted: dict[str, Any], action: Action | None, problem: Problem | None
) -> HttpResponse:
    gathered = page.gather(request)
    main = action or gathered.main
    errors = forms.errors_of(problem) if problem else {}
    asked = _asked(gathered, main) if main else {}
    known = {field.key for field in main.field} - set(asked) if main else set()
    context = {
        "p": gathered,
        "main": main,
        "main_label": page.label_of(gathered.view, main) if main else "",
        "fields": _fields(request, gathered, main, posted, errors) if main else [],
        "asked": asked,
        "draft": _draft(request, main.key, asked) if main else "",
        "entered": page.entered_by(gathered.view, main) if main else [],
        "trouble": [text for key, text in errors.items() if key not in known],
        "office": request.case.office,
        "token": request.token,
        "alone": action is not None,
        "key": request.POST.get("key") or uploads.new_key(),
    }
    return render(request, "web/resident/show.html", context, status=problem.status if problem else 200)


def _asked(gathered: page.ResidentPage, action: Action) -> dict[str, str]:
    """Field -> the amount in yuan as it stands on the page: the resident agrees to it or not, and types none."""
    asked = bill.asked_of(action, forms.seen_by(gathered.view))
    return {key: yuan(fen).replace(",", "") for key, fen in asked.items()}


def _draft(request: LinkRequest, action: str, asked: dict[str, str]) -> str:
    """Under which key the browser keeps what was entered: with another amount, it is another matter."""
    return ":".join((request.case.number, action, *asked.values()))


def _fields(
    request: LinkRequest,
    gathered: page.ResidentPage,
    action: Action,
    posted: dict[str, Any],
    errors: dict[str, str],
) -> list[Any]:
    """The inputs of an act. Photographs need an account; a signature behind a link is drawn on this very screen.

    Of other cases a link tells nothing: whatever a form lists of them is kept.
    """
    view, asked = gathered.view, _asked(gathered, action)
    found = forms.views(
        action, forms.seen_by(view), view.adopted[0].compiled, request.case.office, request.now, request.zone,
        kept=frozenset, posted=posted, errors=errors, warnings=forms.warnings_of(view, action.key),
    )  # fmt: skip
    return [forms.on_screen(field) for field in found if field.kind != "photos" and field.key not in asked]


@require_http_methods(["GET", "POST"])
@resident_page
def act(request: LinkRequest, action: str) -> HttpResponse:
    """Doing one thing. Only a link that may act; only what the manual lets a resident do; once a round."""
    definition = _definition(request, action)
    if request.method == "GET":
        return _show(request, {}, definition, None)
    posted = _entered(request, definition)
    asked = _asked(page.gather(request), definition)
    try:
        perform(
            request.case,
            action,
            actor=request.resident,
            at=request.now,
            now=request.now,
            data=posted,
            key=request.POST.get("key", ""),
        )
    except Problem as problem:
        request.case.refresh_from_db()
        if changed := _changed(request, definition, posted):
            return _show(request, {}, definition, changed)
        return _show(request, posted, definition, problem)
    case_actions.use_link(request.link, request.now)
    draft = _draft(request, action, {key: posted[key] for key in asked if key in posted})
    toasts.say(request, str(THANKS.get(action, _("收到，谢谢您。"))), draft=draft)
    address = reverse("resident", args=[request.token])
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"next": address})
    return redirect(address)


def _changed(request: LinkRequest, action: Action, posted: dict[str, Any]) -> Problem | None:
    """That the amount is another one by now than on the page that was sent, old and new: nothing signed for it counts."""
    for key, now in _asked(page.gather(request), action).items():
        seen = posted.get(key)
        if seen and seen != now:
            return Problem(
                "LINK_AMOUNT_CHANGED",
                _("金额变了：原来 ¥%(seen)s，现在 ¥%(now)s。") % {"seen": seen, "now": now},
                _("您还没有同意新的金额，请看过再定。"),
                status=409,
            )
    return None


def _entered(request: LinkRequest, action: Action) -> dict[str, Any]:
    """What was posted; whoever signs by a link draws it here, and files are not taken without an account.

    It is kept as signed by link where the manual knows that way, and counts only with its picture.
    """
    posted = forms.data_of(action, request.POST)
    for field in action.field:
        if field.kind == "photos":
            posted.pop(field.key, None)
        elif field.kind == "signature" and posted.get(field.key):
            how = "link" if "link" in field.allow and posted[field.key]["png"] else "screen"
            posted[field.key] = {**posted[field.key], "how": how}
    return posted


def _definition(request: LinkRequest, action: str) -> Action:
    """The action when it is open to this link. Raises Problem LINK_CANNOT_ACT or LINK_DONE."""
    if not request.resident.may_act:
        raise Problem(
            "LINK_CANNOT_ACT",
            _("这个链接只能看进度。"),
            _("要确认、签名或评价，请用发到登记手机号的链接；没收到请打值班电话。"),
            status=403,
        )
    gathered = page.gather(request)
    known = [gathered.main, *(action for action, _label in gathered.others)]
    if action == page.NOTE and gathered.may_note:
        known += [offer.action for offer in gathered.view.offers if offer.action.key == page.NOTE]
    found = next((one for one in known if one and one.key == action), None)
    if found is None:
        raise Problem("LINK_DONE", _("这一步已经办过，或者现在不用办。"), _("请回到进度页看看。"), status=409)
    return found
