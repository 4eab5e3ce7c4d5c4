"""How far a matter has climbed: each rung with whom it reached, how long that took, and the rule that is counted by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.cases.models import Event
from guanjia.engine.offering import CaseView
from guanjia.obligations.models import Obligation, State
from guanjia.policy.builtin import STEP
from guanjia.policy.decision import Waiting
from guanjia.policy.schema_duties import StepDef
from guanjia.web import display
from guanjia.web.bridge import words
from guanjia.web.components import RungView
from guanjia.worktime import describe_offset, parse_offset

CLIMBING = frozenset({"escalate", "notify"})  # the duties that bring a matter to somebody higher
FIRST = "became_collective"


def rungs(
    view: CaseView, events: Sequence[Event], now: datetime, zone: ZoneInfo, units: Iterable[str]
) -> list[RungView]:
    """The ladder of a case; units: codes of households, what is owed to each of whom stands elsewhere."""
    each = frozenset(units)
    rows = [row for row in view.owed if row.subject not in each or not row.subject]
    rows = [row for row in rows if _climbs(row) and row.state != State.CANCELLED]
    rows.sort(key=lambda row: (row.opened_at, row.pk))
    found = _beginning(view, events, now, zone)
    for _key, group in groupby(rows, key=lambda row: (row.opened_at, row.key)):
        found.append(_rung(list(group), events, now, zone))
    found += [_later(one) for one in view.waiting if _would_climb(one)]
    return found


def _climbs(row: Obligation) -> bool:
    definition = words.manual_of(row).obligations[row.key].definition
    return row.duty in CLIMBING or any(step.kind == "escalate" for step in definition.step)


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
    state = "" if all(row.state == State.MET for row in rows) else "here"
    rule = _rule(first)
    if len(rows) > 1:
        forks = tuple((row.subject or row.label, _how(row, now, zone)) for row in rows)
        return RungView(first.label, rule, clause, state, forks)
    forks = tuple(_steps(first, definition.step, events, now, zone))
    return RungView(
        first.label,
        f"{_how(first, now, zone)}；{rule}" if rule else _how(first, now, zone),
        clause,
        state,
        forks,
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
            yield who, _("%(when)s 还没办就上报：%(label)s") % {
                "when": describe_offset(parse_offset(step.at)), "label": step.label,
            }  # fmt: skip


def _later(one: Waiting) -> RungView:
    """A rung that has not been reached."""
    definition = one.obligation.definition
    compiled = words.adoption.compiled(one.obligation.manual_key, one.version)
    clause = words.clause_view(compiled, definition.clause, own=one.own_figure, blank=not one.limit)
    limit = words.limit_words(one.limit, compiled)
    said = _("「%s」以后") % words.event_words(one.event)
    return RungView(definition.label, f"{said} {limit}".strip(), clause, "off")
