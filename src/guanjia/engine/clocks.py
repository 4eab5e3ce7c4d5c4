"""Obligations of a decision: end, pause and resume what exists, open what starts, pass on what the assignee owes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.engine import persons
from guanjia.engine.context import Context
from guanjia.engine.facts import moments_of
from guanjia.kernel.problem import Problem
from guanjia.obligations import actions as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import CompiledObligation
from guanjia.policy.decision import Opening
from guanjia.worktime import Calendar, limits
from guanjia.worktime.clock import start
from guanjia.worktime.due import due


def follow(context: Context, rows: list[Obligation]) -> None:
    """Apply the decision's changes and openings to the rows of the case, in few statements."""
    by_id = {row.pk: row for row in rows}
    changed = []
    for change in context.decision.changes:
        row = by_id[change.owed.id]
        definition = context.definition_of(row)
        if definition is not None and not _too_early(context, row, change.what):
            _change(context, row, change.what, definition)
            changed.append(row)
    changed += [row for row in persons.follow_facts(context, rows) if row not in changed]
    obligations.save_all(changed)
    opened = [_open(context, opening) for opening in context.decision.openings]
    if opened:
        obligations.open_all(opened)
    if context.reassigned:
        obligations.reassign(context.case, "assignee", context.case.assignee_id)


def _too_early(context: Context, row: Obligation, what: str) -> bool:
    """Nobody has done what he did not owe yet. Raises Problem AT_BEFORE_LAST; what happened by itself leaves it open."""
    if what != "met" or context.at >= row.opened_at:
        return False
    if context.who.actor.roles == {"system"}:
        return True
    raise Problem(
        "AT_BEFORE_LAST",
        f"发生时间早于「{row.label}」起算的时间。",
        "请核对时间；更早的事用「记一笔」补上。",
        field="at",
        clause=row.clause,
        status=409,
    )


def _change(context: Context, row: Obligation, what: str, definition: CompiledObligation) -> None:
    measured = context.now if definition.definition.measure == "written" else context.at
    if what in ("met", "cancelled"):
        obligations.end(row, what, measured)
        return
    calendar = adoption.calendar_of(context.office, row.calendar_key, row.calendar_version)
    if what == "paused" and row.state == "open":
        obligations.stop_clock(row, context.at, calendar, str(context.value("reason") or ""))
    elif what == "resumed" and row.state == "paused":
        obligations.go_on(row, context.at, calendar, definition)


def _open(context: Context, opening: Opening) -> Obligation:
    definition = opening.obligation.definition
    key = definition.calendar or _head_calendar(context, opening.obligation.manual_key)
    calendar = adoption.calendar_of(context.office, key)
    moments = moments_of(context.facts)
    limit = parsed(opening.limit or "open")
    return obligations.build(
        context.case,
        opening,
        owner=persons.owner_of(context, definition.owner, opening.obligation.manual_key, opening.subject),
        label=_label(context, opening),
        at=context.at,
        begun=(start(limit, context.at, calendar, moments), due(limit, context.at, calendar, moments)),
        not_before=_not_before(context, opening, calendar, moments),
        calendar=calendar,
    )


def _not_before(
    context: Context, opening: Opening, calendar: Calendar, moments: Mapping[str, datetime]
) -> datetime | None:
    """From when it stands in the list, where the manual says: of a span of days (`7-8 days`) its beginning."""
    text = opening.obligation.definition.not_before
    if not text:
        return None
    one = next(one for one in context.adopted if one.compiled.key == opening.obligation.manual_key)
    found = due(parsed(one.resolve(text)[0] or "open"), context.at, calendar, moments)
    return found.not_before or found.at


def _label(context: Context, opening: Opening) -> str:
    """What is owed, and for whom where each is counted by itself: the person's name, the word that was chosen."""
    definition, subject = opening.obligation.definition, opening.subject
    if not subject:
        return definition.label
    compiled = next(
        one.compiled for one in context.adopted if one.compiled.key == opening.obligation.manual_key
    )
    words = compiled.choices.get(definition.subject, {})
    value = context.facts.get(definition.subject)
    if isinstance(value, (int, str)) and str(value) == subject:
        subject = str(context.facts.get(f"{definition.subject}_name") or subject)
    return f"{definition.label}：{words.get(subject, subject)}"[:80]


def _head_calendar(context: Context, manual_key: str) -> str:
    return next(
        one.compiled.manual.manual.calendar for one in context.adopted if one.compiled.key == manual_key
    )


@cache
def parsed(text: str) -> Any:
    """A limit by its text; manuals hold few different ones."""
    return limits.parse(text)
