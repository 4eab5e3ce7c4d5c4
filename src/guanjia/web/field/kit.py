"""What a phone takes along of a job: its states and actions as data, and the forms, so that step can follow step offline.

`static/web/project.js` reads it: it moves the case on by the same outcomes and conditions. What it cannot know (limits that
run out, what is owed, bans) it leaves to the office, which decides in any case when the step arrives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from guanjia.engine.offering import CaseView, view_of
from guanjia.obligations.models import Obligation
from guanjia.policy import builtin, conditions
from guanjia.policy.compiled import CompiledAction
from guanjia.policy.schema import Action, Effect, FormField
from guanjia.web.bridge import forms, seen, words
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.field import form, page
from guanjia.web.field.keeping import keepable

EFFECTS = ("charge", "set_charge", "collect", "take_in_hand", "appoint", "clear_appointment", "complete")
ALWAYS = (
    "events",
    "state",
    "materials",
    "materials_fen",
    "fee",
    "assignee",
    "appointment_at",
    "balance_fen",
    "charged_fen",
)


@require_safe
@office_page
@keepable
def kit(request: OfficeRequest, number: str) -> HttpResponse:
    """The kit of an own job as JSON. Raises Problem NOT_FOUND for everything else."""
    [case] = seen.veiled(request, [page.own_job(request, number)])
    return JsonResponse(kit_of(request, view_of(case, request.user, request.now)))


def kit_of(request: OfficeRequest, view: CaseView) -> dict[str, Any]:
    """Facts, states and the person's own actions with their forms; conditions as the manual writes them."""
    case, procedure = view.case, view.facts["procedure"]
    compiled = view.adopted[0].compiled
    every = [*compiled.actions[procedure].values(), builtin.ACTIONS[builtin.NOTE.key]]
    mine = [one for one in every if _takes_along(view, one)]
    ahead = _set_by(one.definition for one in every)
    facts, read = forms.seen_by(view), _read_by(one.definition for one in mine)
    return {
        "number": case.number,
        "seq": case.last_seq,
        "at": request.now.isoformat(),
        "place": case.unit.code if case.unit else case.number,
        "subject": case.subject,
        "office": request.office.code,
        "ends": _ends(page.pressing(view, request)),
        "state": case.state,
        "states": {
            one.key: {"label": one.label, "end": one.end} for one in compiled.procedures[procedure].state
        },
        "facts": {name: facts[name] for name in sorted(read) if facts.get(name) not in (None, "")},
        "actions": [_action(request, view, one, ahead) for one in mine],
    }


def _ends(duty: Obligation | None) -> list[str]:
    """The events that end the duty which the job's card shows: from then on its countdown says nothing."""
    definition = words.manual_of(duty).obligations.get(duty.key) if duty else None
    return sorted({*definition.stop, *definition.cancel}) if definition else []


def _takes_along(view: CaseView, action: CompiledAction) -> bool:
    """Whether this person may do the action in the field, whatever state the case will be in."""
    definition = action.definition
    if definition.opens or definition.place in page.ELSEWHERE or definition.key == "take":
        return False
    by = set(definition.by)
    named = {who[6:] for who in by if who.startswith("field:")}
    is_named = any(view.facts.get(name) == view.actor.user_id for name in named)
    held = view.adopted[0].compiled.roles_of(view.actor.roles)
    return bool(by & {"assignee", "anyone"} or by & held or is_named)


def _set_by(actions: Iterable[Action]) -> set[str]:
    """The facts that any action may set: none of them is certain by the time a later form is filled in."""
    found = set(ALWAYS)
    for action in actions:
        found |= {name for field in action.field for name in (field.key, f"{field.key}_fen")}
    return found


def _read_by(actions: Iterable[Action]) -> set[str]:
    """The facts that the kit's conditions and defaults read, by their first name."""
    found = set(ALWAYS)
    for action in actions:
        parts = [action.when, *(outcome.when for outcome in action.outcome)]
        effects = [*action.effects, *(one for outcome in action.outcome for one in outcome.effects)]
        parts += [one.when for one in effects if one.do in EFFECTS]
        found |= {one.amount for one in effects if one.do in EFFECTS and one.amount}
        parts += [one for need in action.require for one in (need.when, need.only_if)]
        for field in action.field:
            parts += [field.show_when, field.required_when, *(choice.when for choice in field.choices)]
            found |= {field.default[1:]} if field.default.startswith("=") else set()
        found |= {name.split(".")[0] for part in parts for name in conditions.names(part)}
    return found


def _action(
    request: OfficeRequest, view: CaseView, compiled: CompiledAction, ahead: set[str]
) -> dict[str, Any]:
    """An action as data: where it leads, what must hold, what it asks for; and its form as it is drawn."""
    action = compiled.definition
    short = view.source_of(action.key).manual.manual.short
    context = form.context_of(request, view, action, ahead=ahead) | {"messages": ()}
    return {
        "key": action.key,
        "label": action.label,
        "source": f"{short} {action.clause}".strip() if action.clause else "",
        "from": action.from_,
        "to": action.to,
        "when": action.when,
        "needs": [
            {"when": one.when, "only_if": one.only_if, "says": one.says, "clause": clause}
            for _only_if, _when, one, clause, _fields in compiled.requirements
            if not one.override
        ],
        "outcomes": [
            {"when": one.when, "to": one.to, "emits": one.emits, "effects": _effects(one.effects)}
            for one in action.outcome
        ],
        "effects": _effects(action.effects),
        "emits": action.emits,
        "forget": action.forget,
        "joint": action.cosign is not None,
        "primary": action.primary,
        "fields": [_field(one) for one in action.field],
        "main": render_to_string("web/field/_act.html", context, request),
    }  # fmt: skip


def _effects(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """The effects that change facts which conditions read: money owed, the appointment."""
    return [
        {"do": one.do, "when": one.when, "amount": one.amount, "field": one.field}
        for one in effects
        if one.do in EFFECTS
    ]


def _field(field: FormField) -> Mapping[str, Any]:
    return {
        "key": field.key,
        "label": field.label,
        "kind": field.kind,
        "keep": field.keep,
        "require": True if field.required else field.required_when or False,
        "show": field.show_when,
        "default": field.default,
        "of": field.of,
        "choices": [{"value": one.value, "label": one.label, "when": one.when} for one in field.choices],
    }
