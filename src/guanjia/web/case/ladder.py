"""How far a matter has climbed: each rung with whom it reached, how long that took, and the rule that is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Event
from guanjia.engine.offering import CaseView
from guanjia.obligations import actions as obligations
from guanjia.obligations.models import Obligation, State
from guanjia.policy.builtin import STEP
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Waiting
from guanjia.policy.schema_duties import ObligationDef, StepDef
from guanjia.web import display
from guanjia.web.bridge import words
from guanjia.web.case import climbing
from guanjia.web.components import RungView
from guanjia.worktime import describe_offset, parse_offset
from guanjia.worktime.clock import step_at

CLIMBING = frozenset({"escalate", "notify"})  # the duties that bring a matter to somebody higher
HIGHER = CLIMBING | {"press"}  # and those of whom it has reached
FIRST = "became_collective"


def rungs(
    view: CaseView, events: Sequence[Event], now: datetime, zone: ZoneInfo, units: Iterable[str]
) -> list[RungView]:
    """The ladder of a case; units: codes of households, what is owed to each of whom stands elsewhere."""
    each = frozenset(units)
    rows = [row for row in view.owed if row.subject not in each or not row.subject]
    rows = [row for row in rows if _climbs(row) and row.state != State.CANCELLED]
    rows.sort(key=lambda row: (row.opened_at, row.due_at or row.opened_at, row.pk))
    found = _beginning(view, events, now, zone)
    for _key, group in groupby(rows, key=lambda row: (row.opened_at, row.key)):
        found.append(_rung(list(group), events, now, zone))
    found += [_to_come(one, now, zone) for one in climbing.ahead(view)]
    found += [_later(one) for one in view.waiting if _would_climb(one)]
    return found


def _climbs(row: Obligation) -> bool:
    definition = words.manual_of(row).obligations[row.key].definition
    return row.duty in HIGHER or any(step.kind == "escalate" for step in definition.step)


def _would_climb(one: Waiting) -> bool:
    definition = one.obligation.definition
    return definition.duty in CLIMBING and not definition.subject


def _beginning(view: CaseView, events: Sequence[Event], now: datetime, zone: ZoneInfo) -> list[RungView]:
    """Who took it in, or who found it to be collective."""
    lines = sorted(events, key=lambda event: event.seq)
    line = next((event for event in lines if FIRST in event.emits), lines[0] if lines else None)
    if line is None:
        return []
    compiled = view.adopted[0].compiled
    action = compiled.actions[view.facts["procedure"]].get(line.action)
    clause = words.clause_view(compiled, action.definition.clause if action else "")
    said = _("认定为集体投诉") if FIRST in line.emits else line.label
    return [RungView(line.actor_label, f"{display.near(line.at, now, zone)} {said}", clause)]


def _rung(rows: list[Obligation], events: Sequence[Event], now: datetime, zone: ZoneInfo) -> RungView:
    """One duty, or the same duty towards several at once (a fork)."""
    first = rows[0]
    compiled = words.manual_of(first)
    clause = words.clause_view(compiled, first.clause, own=first.own_figure)
    definition = compiled.obligations[first.key].definition
    state = "" if all(row.state == State.MET or _passed_on(row, events) for row in rows) else "here"
    rule, title = _rule(first), _title(compiled, definition)
    if len(rows) > 1:
        forks = tuple((row.subject or row.label, _how(row, now, zone)) for row in rows)
        return RungView(title, rule, clause, state, forks)
    forks = tuple(_steps(first, definition.step, events, now, zone))
    return RungView(
        title,
        f"{_how(first, now, zone)}；{rule}" if rule else _how(first, now, zone),
        clause,
        state,
        forks,
    )


def _title(compiled: CompiledManual, definition: ObligationDef) -> str:
    """Whose rung it is, and what he owes there."""
    who = words.role_words(compiled, definition.owner)
    return _("%(who)s：%(what)s") % {"who": who, "what": definition.label}


def _passed_on(row: Obligation, events: Sequence[Event]) -> bool:
    """Whether it was not done in time and the next has been told: the matter stands on a higher rung."""
    return any(
        event.action == STEP.key
        and event.data.get("id") == row.pk
        and event.data.get("step") == "escalate"
        and event.emits
        for event in events
    )


def _how(row: Obligation, now: datetime, zone: ZoneInfo) -> str:
    """When it was done and how long that took; or by when it is due."""
    if row.met_at is not None:
        met = {
            "at": display.near(row.met_at, now, zone),
            "taken": display.taken(row.met_at - row.opened_at),
        }
        done = _("%(at)s 办妥，%(taken)s") % met
        return _("%s，晚了") % done if row.missed_at else done
    if row.due_at is None:
        return _("还没办")
    due = display.near(row.due_at, now, zone)
    return _("%s 到期，还没办") % due if row.due_at < now else _("%s 前办") % due


def _rule(row: Obligation) -> str:
    """How the time is counted: the limit, whose figure it is, and from which event."""
    limit = words.limit_words(row.limit_text, words.manual_of(row))
    if not limit:
        return ""
    own = _("（本处设定）") if row.own_figure else ""
    return _("%(limit)s%(own)s，从「%(event)s」起算") % {
        "limit": limit, "own": own, "event": words.event_words(row.started_by),
    }  # fmt: skip


def _steps(
    row: Obligation, steps: Iterable[StepDef], events: Sequence[Event], now: datetime, zone: ZoneInfo
) -> Iterable[tuple[str, str]]:
    """To whom it goes when it is not done: what has happened with its time, what would happen and when."""
    compiled = words.manual_of(row)
    lines = [event for event in events if event.action == STEP.key and event.data.get("id") == row.pk]
    for step in steps:
        if step.kind != "escalate":
            continue
        who = words.role_words(compiled, step.to)
        line = next((event for event in lines if event.label == step.label), None)
        if line is not None:
            yield who, f"{display.near(line.at, now, zone)} {step.label}"
        elif row.state in (State.OPEN, State.PAUSED):
            at = step_at(obligations.clock_of(row), step.at, climbing.calendar_of(row))
            when = describe_offset(parse_offset(step.at))
            yield who, _("%(when)s 还没办就上报：%(label)s") % {
                "when": f"{when}（{display.near(at, now, zone)}）" if at else when, "label": step.label,
            }  # fmt: skip


def _to_come(one: climbing.Ahead, now: datetime, zone: ZoneInfo) -> RungView:
    """A rung that time alone would bring the matter to, and when."""
    clause = words.clause_view(one.compiled, one.definition.clause, own=one.own_figure)
    said = _("%s 还没有人办就到这一级") % display.near(one.begins, now, zone)
    limit = words.limit_words(one.limit, one.compiled)
    text = f"{said}；{limit}" if limit else said
    return RungView(_title(one.compiled, one.definition), text, clause, "off")


def _later(one: Waiting) -> RungView:
    """A rung that has not been reached."""
    definition = one.obligation.definition
    compiled = adoption.compiled(one.obligation.manual_key, one.version)
    clause = words.clause_view(compiled, definition.clause, own=one.own_figure, blank=not one.limit)
    limit = words.limit_words(one.limit, compiled)
    said = _("「%s」以后") % words.event_words(one.event)
    return RungView(_title(compiled, definition), f"{said} {limit}".strip(), clause, "off")
