"""The course of a case: steps of the procedure, and the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.cases.models import Event
from guanjia.engine.facts import procedure_of
from guanjia.engine.offering import CaseView
from guanjia.estate import phones
from guanjia.kernel.moments import from_iso
from guanjia.policy import forms
from guanjia.policy.builtin import STEP
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Action, FormField
from guanjia.web import display
from guanjia.web.components import EventView, StepView, way_of_signing

ICONS = {
    "reported": "phone",
    "dispatched": "arrow",
    "transferred": "arrow",
    "accepted": "check",
    "arrived": "pin",
    "inspected": "search",
    "started": "wrench",
    "work_done": "check",
    "signed": "pen",
    "completed": "check",
    "billed": "yuan",
    "paid": "yuan",
    "payment_confirmed": "yuan",
    "followed_up": "callback",
    "archived": "book",
    "closed": "check",
    "noted": "chat",
    "nobody_home": "home",
}
# what stands on paper in the same words: kind of the field -> kind of the form's line
AS_PRINTED = {kind: kind for kind in ("amount", "table", "time", "times", "choice", "lines", "signature")} | {
    "product": "amount", "matters": "table",
}  # fmt: skip


def steps(view: CaseView, events: Iterable[Event], now: datetime, zone: ZoneInfo) -> list[StepView]:
    """The stages of the main line: done with the time at which each was reached, now, ahead."""
    compiled = view.adopted[0].compiled
    states = compiled.procedures[view.facts["procedure"]].state
    stages = list(dict.fromkeys(state.stage for state in states if state.stage))
    by_state = {state.key: state.stage for state in states}
    reached: dict[str, datetime] = {}
    for event in sorted(events, key=lambda event: event.seq):
        stage = by_state.get(event.state, "")
        if stage and stage not in reached:
            reached[stage] = event.at
    here = by_state.get(view.case.state, "")
    ended = view.case.closed_at is not None
    position = stages.index(here) if here in stages else max((stages.index(s) for s in reached), default=0)
    found = []
    for index, stage in enumerate(stages):
        note = display.wall(reached[stage], zone) if stage in reached else ""
        if index < position or (ended and stage in reached):
            found.append(StepView(stage, "ok", note))
        elif index == position and not ended:
            found.append(StepView(stage, "now", note))
        else:
            found.append(StepView(stage))
    return found


def timeline(view: CaseView, events: Iterable[Event], zone: ZoneInfo) -> list[EventView]:
    """Every line of the case, newest first, in words."""
    compiled = view.adopted[0].compiled
    actions = _actions(view, compiled)
    return [
        EventView(
            at=event.at,
            actor=event.actor_label,
            text=event.label,
            icon=_icon(event),
            note=_note(event, actions.get(event.action), compiled, zone, view.hidden),
        )
        for event in events
    ]


def _actions(view: CaseView, compiled: CompiledManual) -> Mapping[str, Action]:
    procedure = compiled.procedures[procedure_of(compiled, view.case.category)]
    return {action.key: action for action in procedure.action}


def _icon(event: Event) -> str:
    if event.action == STEP.key:
        return "clock"
    return next((ICONS[name] for name in event.emits if name in ICONS), "check")


def _note(
    event: Event, action: Action | None, compiled: CompiledManual, zone: ZoneInfo, hidden: frozenset[str]
) -> str:
    """What was entered, in the order of the form, and what came of it; what this person may not read, by name only."""
    parts = []
    if event.action == STEP.key:
        parts += [str(event.data.get("clause", "")), *_by_itself(event, zone)]
    for field in action.field if action else ():
        if field.key in hidden & event.data.keys():
            parts.append(_("%s 保密") % field.label)
        elif field.key in event.data and (text := said(field, event.data[field.key], compiled, zone)):
            parts.append(f"{field.label} {text}")
    if action is None:
        parts += [str(event.data[key]) for key in ("text", "reason") if event.data.get(key)]
    parts += [str(value) for value in event.data.get("results", {}).values()]
    parts.append(_late(event, zone))
    return "；".join(part for part in parts if part)


def _by_itself(event: Event, zone: ZoneInfo) -> Iterator[str]:
    """What a line says that nobody entered: whose event it was, what was counted, which due times moved."""
    if number := event.data.get("from"):
        yield _("由 %s 而来") % number
    for quota in event.data.get("quotas", ()):
        yield f"{quota['label']} {quota['done']}/{quota['needed']} {quota['reckoning']}".rstrip()
        yield "、".join(quota["cases"])
    for move in event.data.get("moved", ()):
        before, after = (
            display.moment(from_iso(move[key]), event.at, zone) if move[key] else "–"
            for key in ("from", "to")
        )
        yield f"{move['label']} {before} → {after}"


def _late(event: Event, zone: ZoneInfo) -> str:
    """How a line came to be written after it happened: typed in later, or kept in a phone without network."""
    written = display.moment(event.written_at, event.written_at, zone)
    if kept := event.data.get("kept_at"):
        kept_at = from_iso(kept)
        if event.at == kept_at:
            return _("断网时办的，%s 传到") % written
        told = display.moment(kept_at, event.written_at, zone)
        return _("手机断网，%(kept)s 记下，%(written)s 传到") % {"kept": told, "written": written}
    return _("%s 补记") % written if (event.written_at - event.at).total_seconds() > 300 else ""


def said(
    field: FormField,
    value: Any,
    compiled: CompiledManual,
    zone: ZoneInfo,
    names: Mapping[str, Any] | None = None,
) -> str:
    """A value of a field in words; a telephone number masked. names: the facts that name persons and departments,
    which are left out without them."""
    if field.kind in ("tick", "bool"):
        return _("是") if value else _("否")
    if field.kind in ("staff", "department"):
        return str((names or {}).get(f"{field.key}_name", ""))
    if field.kind == "phone":
        return phones.mask(str(value))
    if field.kind == "photos":
        return _("%s 张") % len(value)
    if field.kind in ("items", "suppliers"):
        return "、".join(str(row.get("name", "")) for row in value)
    if field.kind in ("figures", "derived"):
        return ""
    if field.kind == "elapsed":
        return _("%s 分钟") % value
    if field.kind in ("marks", "multi"):
        return "、".join(forms.choice_label(compiled, field.key, str(one)) for one in value)
    if field.kind == "signature" and isinstance(value, Mapping) and value.get("how"):
        return _("%(name)s（%(way)s）") % {"name": value["name"], "way": way_of_signing(value["how"])}
    if isinstance(value, list) and field.kind not in AS_PRINTED:
        return "、".join(str(one) for one in value)
    return forms.text_of(compiled, field.key, AS_PRINTED.get(field.kind, "text"), value, zone)
