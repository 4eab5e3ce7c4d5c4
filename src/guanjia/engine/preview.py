"""The clocks that a registration would start, for the desk to show before Enter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.engine.clocks import parsed
from guanjia.engine.door import Intake, new_case
from guanjia.engine.facts import facts_of, moments_of
from guanjia.estate.models import Office
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.duties import waiting
from guanjia.policy.preview import opening
from guanjia.worktime.due import due


@dataclass(frozen=True)
class Clock:
    """One obligation that would start at once (`due_at`), or after `event`."""

    compiled: CompiledManual
    label: str
    clause: str
    limit: str
    own_figure: bool
    due_at: datetime | None = None
    event: str = ""


def clocks_of(
    office: Office, category: str, *, at: datetime, data: Mapping[str, Any], intake: Intake | None = None
) -> list[Clock]:
    """What would run, soonest first, then what would come later. Raises Problem CATEGORY_WITHOUT_PROCEDURE."""
    adopted, case, action = new_case(office, category, at, intake or Intake(), "")
    facts = facts_of(case, adopted) | dict(data)
    decision = opening(adopted, facts, action.key, data, at=at)
    found = [_running(office, one, at, facts) for one in decision.openings]
    found.sort(key=lambda clock: (clock.due_at is None, clock.due_at or at))
    later = [
        Clock(
            compiled=adoption.compiled(one.obligation.manual_key, one.version),
            label=one.obligation.definition.label,
            clause=one.obligation.definition.clause,
            limit=one.limit,
            own_figure=one.own_figure,
            event=one.event,
        )
        for one in waiting(adopted, {**facts, **decision.updates, "state": decision.state}, ())
        if one.limit not in ("", "open")
    ]
    started = {(clock.compiled.key, clock.label) for clock in found}
    return [*found, *(clock for clock in later if (clock.compiled.key, clock.label) not in started)]


def _running(office: Office, one: Any, at: datetime, facts: Mapping[str, Any]) -> Clock:
    definition = one.obligation.definition
    compiled = adoption.compiled(one.obligation.manual_key, one.version)
    calendar = adoption.calendar_of(office, definition.calendar or compiled.manual.manual.calendar)
    when = due(parsed(one.limit or "open"), at, calendar, moments_of(facts)).at
    return Clock(compiled, definition.label, definition.clause, one.limit, one.own_figure, when)
