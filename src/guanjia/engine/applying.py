"""A decision is applied: columns, effects, obligations, the line of the timeline, and what it means for other cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case, Event
from guanjia.engine import actors, clocks, counting, passing
from guanjia.engine.actors import SYSTEM, Who
from guanjia.engine.context import Context
from guanjia.engine.effects import apply_effect, paper
from guanjia.engine.facts import facts_of
from guanjia.engine.owing import owed_of
from guanjia.kernel.moments import iso
from guanjia.obligations import queries as obligation_queries
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted
from guanjia.policy.decide import happen
from guanjia.policy.decision import Change, Decision
from guanjia.policy.vocabulary import CHILDREN_CLOSED, EVENTS


@dataclass(frozen=True, slots=True)
class Result:
    """The case after the action, its new event, and what came of it (numbers of records, receipts, links).

    repeated: the same key was performed before; nothing was done now. links: (scope, token) of each link for the
    resident that the action made; the tokens are kept nowhere, so a repeat has none.
    """

    case: Case
    event: Event
    results: Mapping[str, Any]
    repeated: bool = False
    links: tuple[tuple[str, str], ...] = ()


class Cause(Protocol):
    """Where an event in another case comes from: a case, when it happened, and when it was written."""

    @property
    def case(self) -> Case: ...

    @property
    def at(self) -> datetime: ...

    @property
    def now(self) -> datetime: ...


def context_of(
    case: Case, who: Who, at: datetime, now: datetime, adopted: tuple[Adopted, ...], decision: Decision,
    facts: dict[str, Any], derived: Mapping[str, Any], key: str, request: str,
) -> Context:  # fmt: skip
    """A decision about to be applied. derived: facts that follow from the input or are known from the beginning."""
    updates = {**derived, **decision.updates}
    return Context(
        case=case,
        office=case.office,
        who=who,
        at=at,
        now=now,
        adopted=adopted,
        decision=decision,
        facts={**facts, **updates, "state": decision.state, "number": case.number},
        updates=updates,
        data=dict(decision.data),
        key=key,
        request=request,
    )


def apply(context: Context, owed: list[Any]) -> Result:
    """Apply a decision: columns, effects, obligations, event, case. The caller holds the transaction."""
    case, decision = context.case, context.decision
    if decision.state != case.state:
        context.set_column("state", decision.state)
        case.moved_at = context.at
        context.unsaved.add("moved_at")
    for number, effect in enumerate(decision.effects):
        apply_effect(context, effect, number)
    for number, (manual_key, effect) in enumerate(decision.further, len(decision.effects)):
        with context.under(manual_key):
            apply_effect(context, effect, number)
    paper.keep(context)
    if decision.closes and case.closed_at is None:
        context.set_column("closed_at", context.at)
    clocks.follow(context, owed)
    case.facts = {**case.facts, **context.updates}
    event = case_actions.append(
        case,
        case_actions.Line(
            at=context.at,
            written_at=context.now,
            actor=context.who.user,
            actor_label=context.who.label,
            action=decision.action,
            label=decision.label,
            emits=decision.emits,
            data=_written(context),
            state=case.state,
            changes={"columns": context.columns, "facts": context.updates},
            key=context.key or None,
            request=context.request,
        ),
    )
    case.save(update_fields=context.unsaved)
    _count_for_others(context)
    for happened in decision.fans_out:
        _spread(context, happened)
    for happened, numbers, updates in context.spreading:
        for pk in case_queries.keys_of(case.office, numbers):
            raise_in(context, happened, case_queries.locked(pk), updates, by=context.who)
    for happened, pk in context.joined:
        _joined(context, happened, case_queries.locked(pk))
    for step in context.passing:
        passing.pass_on(context, apply, *step)
    if "closed_at" in context.columns and case.closed_at is not None:
        _close_parents(context)
    return Result(case, event, dict(context.results), links=tuple(context.links))


def _written(context: Context) -> dict[str, Any]:
    """What the timeline keeps of an action: the input, what came of it, what was overridden with which reason, and when a phone kept it."""
    data = dict(context.data)
    if context.results:
        data["results"] = context.results
    if context.decision.overridden:
        data["overridden"] = [
            {"says": says, "clause": clause, "reason": reason}
            for says, clause, reason in context.decision.overridden
        ]
    if context.kept_at:
        data["kept_at"] = iso(context.kept_at)
    return data


def _count_for_others(context: Context) -> None:
    """What has happened may fill a quota, of this case or of one of the whole office."""
    for one in context.adopted:
        keys = [
            key
            for key, quotas in one.compiled.quotas.items()
            if any(quota.event in context.decision.emits for quota in quotas)
        ]
        for row in obligation_queries.open_ones(context.office, one.compiled.key, keys) if keys else ():
            fill(row, context.now)


def fill(row: Obligation, now: datetime, by: datetime | None = None) -> bool:
    """Meet an open obligation whose quotas are filled: at the moment at which they were; whether it is met.

    by: only if they were by then. What was counted stands in the timeline. The caller holds the transaction.
    """
    found = counting.counts_of(row, now)
    at = counting.enough_at(found)
    if at is None or at > (by or now):
        return False
    case = case_queries.locked(row.case_id)
    owed = obligation_queries.of_case(case)
    row = next(one for one in owed if one.pk == row.pk)
    if row.state != State.OPEN:
        return False
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    facts = facts_of(case, adopted)
    at = max(at, row.opened_at)
    decision = happen(
        adopted, facts, (), at=at, label=f"做够了：{row.label}", clause=row.clause, data=_counted(row, found)
    )
    met = Change(next(one for one in owed_of(owed) if one.id == row.pk), "met", found[0].quota.event)
    decision = replace(decision, updates={}, changes=(met,))
    who = actors.resolve(SYSTEM, case.office, now)
    apply(context_of(case, who, at, now, adopted, decision, facts, {}, "", ""), owed)
    return True


def _counted(row: Obligation, found: list[counting.Count]) -> dict[str, Any]:
    """What the timeline keeps of a quota that is filled: how many of how many, and the numbers of the cases."""
    return {
        "obligation": row.key,
        "manual": row.manual_key,
        "quotas": [
            {
                "label": count.quota.label,
                "done": len(count.done),
                "needed": count.needed,
                "reckoning": count.reckoning,
                "cases": sorted({line.case.number for line in count.done}),
            }
            for count in found
        ],
    }


def _spread(context: Context, event: str) -> None:
    """An event of the whole office (rain) happens to every other open case whose manuals listen to it."""
    rows = Case.objects.filter(office=context.office, closed_at__isnull=True).exclude(pk=context.case.pk)
    for pk, versions in rows.order_by("pk").values_list("pk", "versions"):
        heard = (adoption.compiled(key, version) for key, version in versions.items())
        if any(event in compiled.listens for compiled in heard):
            raise_in(context, event, case_queries.locked(pk))


def _joined(context: Context, event: str, case: Case) -> None:
    """A case was joined to this one or taken out of it: its own timeline says so, by whoever did it."""
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    facts = facts_of(case, adopted)
    owed = obligation_queries.of_case(case)
    words = {"linked": f"并入 {context.case.number}", "unlinked": f"从 {context.case.number} 移出"}
    decision = happen(
        adopted, facts, (event,), at=context.at, label=words[event], owed=owed_of(owed),
        data={"with": context.case.number}, actor=context.who.actor,
    )  # fmt: skip
    apply(context_of(case, context.who, context.at, context.now, adopted, decision, facts, {}, "", ""), owed)


def _close_parents(context: Context) -> None:
    """The last of a case's children has closed: its own clocks and people learn of it.

    The parent is locked before the others are counted, so that of two that close at one time the later one sees it.
    """
    for pk in case_queries.open_parents(context.case):
        parent = case_queries.locked(pk)
        if parent.closed_at is None and case_queries.children_of(parent)["open"] == 0:
            raise_in(context, CHILDREN_CLOSED, parent)


def raise_in(
    cause: Cause, event: str, case: Case, updates: Mapping[str, Any] | None = None, by: Who | None = None
) -> None:
    """An event from outside happens to a case, which is locked.

    updates: what the case is to remember. One of which nothing comes, and nothing is remembered, leaves no line, unless
    it is its children's. by: whoever did it to this case with the other one; else it is nobody's doing.
    """
    who = by or actors.resolve(SYSTEM, case.office, cause.at)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    facts = facts_of(case, adopted)
    owed = obligation_queries.of_case(case)
    decision = happen(
        adopted, facts, (event,), at=cause.at, label=EVENTS[event],
        owed=owed_of(owed), data={"from": cause.case.number}, actor=who.actor,
    )  # fmt: skip
    if updates or decision.changes or decision.openings or event == CHILDREN_CLOSED:
        quiet = replace(decision, fans_out=(), updates={**decision.updates, **(updates or {})})
        apply(context_of(case, who, cause.at, cause.now, adopted, quiet, facts, {}, "", ""), owed)
