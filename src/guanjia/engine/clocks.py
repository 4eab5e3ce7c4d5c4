"""Obligations of a decision: end, pause and resume what exists, open what starts, pass on what the assignee owes."""

from __future__ import annotations

from functools import cache
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.engine.context import Context
from guanjia.engine.facts import moments_of
from guanjia.kernel.problem import Problem
from guanjia.obligations import actions as obligations
from guanjia.obligations.actions import Owner
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import CompiledObligation
from guanjia.policy.decision import Opening
from guanjia.worktime import limits
from guanjia.worktime.clock import start
from guanjia.worktime.due import due


def follow(context: Context, rows: list[Obligation]) -> None:
    """Apply the decision's changes and openings to the rows of the case, in few statements."""
    by_id = {row.pk: row for row in rows}
    changed = []
    for change in context.decision.changes:
        row = by_id[change.owed.id]
        definition = definition_of(context, row)
        if definition is not None and not _too_early(context, row, change.what):
            _change(context, row, change.what, definition)
            changed.append(row)
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


def definition_of(context: Context, row: Obligation) -> CompiledObligation | None:
    """The definition of an obligation in the version of the manual that opened it."""
    for one in context.adopted:
        if one.compiled.key == row.manual_key:
            return one.compiled.obligations.get(row.key)
    return None


def owner_of(context: Context, who: str, manual_key: str) -> Owner:
    """A role of the manual, the assignee, or whoever acts."""
    if who == "assignee":
        return Owner("assignee", context.case.assignee_id)
    if who == "actor":
        return Owner("actor", context.who.user.pk if context.who.user else None)
    return Owner(system_role(context, who, manual_key), None)


def system_role(context: Context, title: str, manual_key: str) -> str:
    """The system role behind a manual's title."""
    for one in context.adopted:
        if one.compiled.key == manual_key and title in one.compiled.titles:
            return sorted(one.compiled.titles[title])[0]
    return title


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
    not_before = None
    if definition.not_before:
        not_before = due(parsed(definition.not_before), context.at, calendar, moments).at
    return obligations.build(
        context.case,
        opening,
        owner=owner_of(context, definition.owner, opening.obligation.manual_key),
        at=context.at,
        begun=(start(limit, context.at, calendar, moments), due(limit, context.at, calendar, moments)),
        not_before=not_before,
        calendar=calendar,
    )


def _head_calendar(context: Context, manual_key: str) -> str:
    return next(
        one.compiled.manual.manual.calendar for one in context.adopted if one.compiled.key == manual_key
    )


@cache
def parsed(text: str) -> Any:
    """A limit by its text; manuals hold few different ones."""
    return limits.parse(text)
