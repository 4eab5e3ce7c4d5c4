"""The form of an action on the phone: as it stands now, and as the phone takes it along for later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from guanjia.engine.offering import CaseView
from guanjia.engine.speaking import spoken
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Action
from guanjia.web.bridge import bill, forms, seen, uploads, words
from guanjia.web.components import FieldView
from guanjia.web.doors import OfficeRequest
from guanjia.web.field import page


def context_of(
    request: OfficeRequest,
    view: CaseView,
    action: Action,
    *,
    posted: Mapping[str, Any] | None = None,
    problem: Problem | None = None,
    ahead: Iterable[str] = (),
) -> dict[str, Any]:
    """What `field/_act.html` needs. After a refusal the reason stands at its field, and what was entered stays.

    ahead: the facts that may be others by the time the form is filled in (`bridge.forms.views`).
    """
    errors = forms.errors_of(problem) if problem else {}
    compiled = view.adopted[0].compiled
    known = {field.key for field in action.field}
    fields = forms.views(
        action,
        forms.seen_by(view),
        compiled,
        request.office,
        request.now,
        request.zone,
        kept=seen.sight(request).kept_numbers,
        posted=posted,
        errors=errors,
        warnings=forms.warnings_of(view, action.key),
        ahead=ahead,
    )
    return {
        "card": page.card_of(view, request),
        "case": view.case,
        "action": action,
        "clause": words.clause_view(compiled, action.clause) if action.clause else None,
        "clause_text": compiled.clauses.get(action.clause, ""),
        "fields": [_quiet(field, action) for field in fields],
        "spoken": words.spoken_views(
            spoken(
                view.adopted,
                action,
                request.office,
                request.user,
                request.now,
                str(view.facts.get("channel") or ""),
                view.case.category,
                view.source_of(action.key).key,
            )
        ),
        "quote": bill.quote_of(view) if _shows_money(action) else None,
        "shows_money": _shows_money(action),
        "reasons": () if problem or ahead else _reasons(view, action),
        "trouble": [text for key, text in errors.items() if key not in known],
        "key": "" if ahead else request.POST.get("key") or uploads.new_key(),
    }


def _shows_money(action: Action) -> bool:
    """Whether the prices told so far stand above the form: not where they are entered anew."""
    return not any(field.kind == "lines" for field in action.field)


def _reasons(view: CaseView, action: Action) -> Iterable[tuple[str, str]]:
    """Why the action cannot be done now."""
    offer = next((offer for offer in view.offers if offer.action.key == action.key), None)
    return offer.reasons if offer else ((_("现在不用%s。") % action.label, action.clause),)


def _quiet(field: FieldView, action: Action) -> FieldView:
    """A field without the clause that already stands above the form."""
    same = field.clause is not None and field.clause.number == action.clause
    return replace(field, clause=None) if same else field
