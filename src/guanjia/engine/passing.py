"""A case that outlives a shift passes from one person to another: what he owes in it, and the case if it is his."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.engine.context import Context
from guanjia.engine.facts import facts_of
from guanjia.engine.owing import owed_of
from guanjia.kernel.moments import iso
from guanjia.obligations import actions as obligations
from guanjia.obligations import queries as owed
from guanjia.policy.decide import happen
from guanjia.policy.vocabulary import EVENTS
from guanjia.staff import queries as staff
from guanjia.staff.models import User

EVENT = "handed_over_shift"


def pass_on(
    context: Context, apply: Callable[[Context, list[Any]], Any], number: str, giver: int, taker: int
) -> None:
    """Let a case of the office pass from `giver` to `taker` as the shift of `context` ends; both timelines say so.

    The line is of whoever signs. The caller holds the transaction.
    """
    case = cases.locked(cases.case_in(context.office, number).pk)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    people = {user.pk: user for user in User.objects.filter(pk__in=(giver, taker))}
    names = dict(zip(people, staff.told_apart(people.values()), strict=True))
    rows = owed.of_case(case)
    facts = facts_of(case, adopted)
    step = {
        "from": names[giver],
        "to": names[taker],
        "at": iso(context.at),
        "shift": context.case.number,
    }
    decision = happen(
        adopted, facts, (EVENT,), at=context.at, label=EVENTS[EVENT], owed=owed_of(rows), clause=context.decision.clause,
        data=step, actor=context.who.actor,
    )  # fmt: skip
    inner = Context(
        case=case, office=case.office, who=context.who, at=context.at, now=context.now, adopted=adopted,
        decision=decision, facts={**facts, **decision.updates}, updates=dict(decision.updates), data=dict(decision.data),
        people=people,
    )  # fmt: skip
    for row in rows:
        if row.closed_at is None and row.owner_id == giver:
            row.owner_id = taker
    obligations.save_all([row for row in rows if row.closed_at is None and row.owner_id == taker])
    if case.assignee_id == giver:
        inner.set_column("assignee_id", taker)
        case.assignee = people[taker]
    inner.set_fact("handed", [*(case.facts.get("handed") or []), step])
    apply(inner, rows)
