"""The ticker: claims steps that are due, in their order, and performs each exactly once at its own time."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import Any

from django.db import transaction

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.engine import actors, persons
from guanjia.engine.actors import SYSTEM
from guanjia.engine.applying import apply, fill
from guanjia.engine.context import Context
from guanjia.engine.facts import facts_of
from guanjia.engine.owing import owed_of
from guanjia.engine.schedules import open_due_periods
from guanjia.engine.telling import tell
from guanjia.obligations import actions as obligations
from guanjia.obligations import queries as due
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.policy.decide import happen
from guanjia.policy.decision import Decision
from guanjia.policy.steps import MISS, Step, ordered

log = logging.getLogger(__name__)
BATCH = 100
FILLED = "filled"  # instead of the step: what was to be done so many times had been done by then


@dataclass
class Ticked:
    """What a tick did."""

    steps: int = 0
    misses: int = 0
    periods: int = 0
    troubles: int = 0

    def __iadd__(self, other: Ticked) -> Ticked:
        self.steps += other.steps
        self.misses += other.misses
        self.periods += other.periods
        self.troubles += other.troubles
        return self


def tick(now: datetime, *, limit: int = BATCH, offices: Collection[int] | None = None) -> Ticked:
    """Perform what is due at `now`: periods of recurring duties, then a bounded batch of steps, oldest first.

    An obligation with several steps due takes its turn with the others again after each. Any number of tickers may
    run: a case on which another works is left to it for this time. An obligation that raises is set aside for an
    hour and reported.
    """
    done = Ticked(periods=open_due_periods(now, limit, offices))
    queue = [(row.next_step_at, row.pk, row) for row in due.due_steps(now, limit, offices)]
    elsewhere: set[int] = set()
    turns = 0
    while queue and turns < limit:
        row = heappop(queue)[2]
        if row.case_id in elsewhere:
            continue
        turns += 1
        try:
            kind = take(row, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not jam the queue
            log.exception("obligation %s of case %s", row.pk, row.case_id)
            done.troubles += obligations.set_aside(row, now, f"{type(error).__name__}: {error}")
            continue
        done.steps += kind is not None
        done.misses += kind == MISS
        if kind is None:
            elsewhere.add(row.case_id)
        elif row.next_step_at and row.next_step_at <= now:
            heappush(queue, (row.next_step_at, row.pk, row))
    return done


@transaction.atomic
def take(row: Obligation, now: datetime) -> str | None:
    """Perform the next step of one obligation, if it is still this ticker's to perform; its kind, or None.

    A case that somebody else is working on is left for the next tick. `row` learns what its next step is.
    """
    case = cases.locked_unless_busy(row.case_id)
    pending, pending_at = row.next_step, row.next_step_at
    if case is None or pending_at is None or not obligations.claim(row, pending, pending_at):
        return None
    owed = due.of_case(case)
    found, row = row, next(one for one in owed if one.pk == row.pk)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    definition = next(
        one.compiled.obligations[row.key] for one in adopted if one.compiled.key == row.manual_key
    )
    calendar = adoption.calendar_of(case.office, row.calendar_key, row.calendar_version)
    steps = ordered(definition, obligations.clock_of(row), calendar, row.opened_at)
    step = next(step for step in steps if step.number == pending)
    if fill(row, now, by=step.at):
        return FILLED
    obligations.record_step(row, pending, step.kind, step.at, now)
    facts = facts_of(case, adopted)
    decision = _decision(row, step, facts, adopted, owed)
    who = actors.resolve(SYSTEM, case.office, now)
    context = Context(
        case=case,
        office=case.office,
        who=who,
        at=step.at,
        now=now,
        adopted=adopted,
        decision=decision,
        facts={**facts, **decision.updates},
        updates=dict(decision.updates),
        data=dict(decision.data),
    )
    columns = _consequences(context, row, step)
    apply(context, owed)
    obligations.save_step(row, definition, calendar, obligations.done_of(row), **columns)
    found.next_step, found.next_step_at = row.next_step, row.next_step_at
    return step.kind


def _decision(
    row: Obligation, step: Step, facts: dict[str, Any], adopted: tuple[Adopted, ...], owed: list[Obligation]
) -> Decision:
    """A step as a decision: a line of the timeline, with the events that the manual lets it emit."""
    emits = step.definition.emits if step.definition else ()
    data = {
        "obligation": row.key,
        "manual": row.manual_key,
        "clause": row.clause,
        "step": step.kind,
        "id": row.pk,
    }
    label = f"超时：{row.label}" if step.definition is None else step.definition.label
    decision = happen(
        adopted, facts, emits, at=step.at, label=label, owed=owed_of(owed), clause=row.clause, data=data
    )
    return decision if emits else replace(decision, updates={})


def _consequences(context: Context, row: Obligation, step: Step) -> dict[str, Any]:
    """Tell and reassign as the step says; the columns of the obligation that change."""
    if step.definition is None:
        return {"missed_at": step.at}
    definition = step.definition
    if definition.message:
        what = f"step:{row.pk}:{definition.at}"
        tell(context, definition.message, definition.to, what, row.manual_key, row.subject)
    if not definition.reassign:
        return {}
    owner = persons.owner_of(context, definition.to, row.manual_key, row.subject)
    return {"owner_role": owner.role, "owner_id": owner.user_id}
