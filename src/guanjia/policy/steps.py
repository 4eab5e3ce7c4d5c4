"""The ordered steps of an obligation: warnings before, the miss at the deadline, rungs of the ladder after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from guanjia.policy.compiled import CompiledObligation
from guanjia.policy.schema import StepDef
from guanjia.worktime import Calendar, Clock, elapsed, workdays_between
from guanjia.worktime.clock import step_at

MISS = "miss"


class Step(NamedTuple):
    """One step with its own time; `definition` is None for the miss itself.

    number: which step it is, whatever its place in the order: 0 the miss, 1 the manual's first, and so on.
    """

    number: int
    at: datetime
    kind: str
    definition: StepDef | None


def ordered(
    obligation: CompiledObligation, clock: Clock, calendar: Calendar, opened_at: datetime
) -> tuple[Step, ...]:
    """The steps of a running clock in the order in which they happen; none without a due time.

    A warning whose moment lies before the start of the time that runs warns nobody and is left out; a step whose
    moment passed while the clock stood still comes when it runs on.
    """
    if clock.due_at is None:
        return ()
    found = [Step(0, clock.due_at, MISS, None)]
    for number, definition in enumerate(obligation.definition.step, 1):
        at = step_at(clock, definition.at, calendar)
        if at is None or (definition.kind == "warn" and _before_start(clock, at, calendar, opened_at)):
            continue
        if clock.spent and clock.running_since:
            at = max(at, clock.running_since)
        found.append(Step(number, at, definition.kind, definition))
    order = {"warn": 0, MISS: 1, "escalate": 2}
    return tuple(sorted(found, key=lambda step: (step.at, order[step.kind])))


def _before_start(clock: Clock, at: datetime, calendar: Calendar, opened_at: datetime) -> bool:
    """Whether a moment lies before the start; after a pause the time spent tells, for the due time has moved."""
    since = clock.running_since
    if not clock.spent or clock.unit == "moment" or since is None:
        return at <= opened_at
    if at >= since:
        return False
    if clock.unit == "seconds":
        return int((since - at).total_seconds()) >= clock.spent
    if clock.unit == "working_seconds":
        return elapsed(calendar, at, since).seconds >= clock.spent
    first, last = at.astimezone(calendar.zone).date(), since.astimezone(calendar.zone).date()
    days = workdays_between(calendar, first, last) if clock.unit == "workdays" else (last - first).days
    return days >= clock.spent


def fill_in(text: str, facts: Mapping[str, Any]) -> str:
    """A message's text with {facts} filled in; a fact that is missing leaves a dash."""

    class Dashes(dict[str, Any]):
        def __missing__(self, key: str) -> str:
            return "–"

    known = {key: _flat(value) for key, value in facts.items() if value not in (None, "")}
    return text.format_map(Dashes(known))


def _flat(value: Any) -> Any:
    """A list as one text; anything else as it is."""
    return "；".join(str(one) for one in value) if isinstance(value, (list, tuple)) else value
