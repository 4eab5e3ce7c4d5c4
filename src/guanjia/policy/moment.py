"""The facts of a case as one moment sees them: with the time, the actor, figures and the state of obligations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import iso
from guanjia.policy.compiled import Adopted
from guanjia.policy.conditions import CALENDAR, DAY_ENDS, NOW
from guanjia.policy.decision import Actor, Owed
from guanjia.worktime import Calendar, always


@lru_cache(maxsize=64)
def _always(zone: str) -> Calendar:
    return always(zone)


def seen(
    adopted: Sequence[Adopted],
    facts: Mapping[str, Any],
    *,
    at: datetime | None,
    actor: Actor,
    held: frozenset[str],
    zone: ZoneInfo | None = None,
    calendar: Calendar | None = None,
    owed: Sequence[Owed] | None = None,
) -> dict[str, Any]:
    """The facts with what only this moment knows.

    Without `at` nothing can be said about limits in conditions; without `owed` nothing about obligations.
    """
    found = dict(facts)
    found["actor"], found["actor_roles"] = actor.user_id, tuple(held)
    found["actor_departments"] = tuple(actor.departments)
    if at is not None:
        found[NOW] = iso(at)
        found[CALENDAR] = calendar or (_always(zone.key) if zone else None)
        if zone is not None:
            tomorrow = at.astimezone(zone).date() + timedelta(days=1)
            found[DAY_ENDS] = iso(datetime.combine(tomorrow, time(), zone))
    if adopted[0].compiled.reads_figures:
        found["figure"] = adopted[0].figure_facts()
    if owed is not None:
        found["owed"] = _owed(owed, adopted[0].compiled.key, at)
    return found


def _owed(rows: Sequence[Owed], own: str, at: datetime | None) -> dict[str, dict[str, Any]]:
    """Key -> the state of the obligation's latest generation; the procedure's own manual goes before others."""
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (row.manual_key == own, row.generation, row.id)):
        overdue = row.state == "open" and row.due_at is not None and at is not None and at > row.due_at
        found[row.key] = {
            "state": row.state,
            "overdue": overdue,
            "late": row.late or overdue,
            "n": row.generation,
        }
    return found
