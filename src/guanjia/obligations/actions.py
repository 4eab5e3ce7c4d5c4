"""The only writer of obligations, steps and schedules. The engine opens, meets, pauses; the ticker claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.db.models import QuerySet

from guanjia.cases.models import Case
from guanjia.obligations.models import Obligation, Schedule, State, Step
from guanjia.policy.compiled import CompiledObligation
from guanjia.policy.decision import Opening
from guanjia.policy.steps import ordered
from guanjia.worktime import Calendar, Clock, Due
from guanjia.worktime.clock import Unit, pause, resume

SET_ASIDE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owes: a person, or a role while nobody is named."""

    role: str
    user_id: int | None


def build(
    case: Case, opening: Opening, *, owner: Owner, label: str, at: datetime, begun: tuple[Clock, Due], not_before: datetime | None,
    calendar: Calendar,
) -> Obligation:  # fmt: skip
    """An obligation as it opens, not yet saved: `open_all` saves many in one statement. label: what is owed, for whom."""
    clock, due = begun
    definition = opening.obligation.definition
    row = Obligation(
        office_id=case.office_id,
        case=case,
        manual_key=opening.obligation.manual_key,
        manual_version=opening.version,
        key=definition.key,
        subject=opening.subject,
        generation=opening.generation,
        duty=definition.duty,
        label=label,
        clause=definition.clause,
        owner_role=owner.role,
        owner_id=owner.user_id,
        limit_text=opening.limit,
        own_figure=opening.own_figure,
        started_by=opening.event,
        opened_at=at,
        calendar_key=calendar.key,
        calendar_version=calendar.version,
        not_before=not_before or (None if due.at else due.not_before),
        earliest=due.not_before,
        why=[reason.to_data() for reason in due.why],
    )
    set_clock(row, clock)
    plan(row, opening.obligation, calendar)
    if opening.ends:
        end(row, opening.ends, at)
    return row


def open_all(rows: Iterable[Obligation]) -> None:
    """Save new obligations in one statement."""
    Obligation.objects.bulk_create(list(rows))


def clock_of(row: Obligation) -> Clock:
    """The clock that an obligation's columns hold."""
    return Clock(
        target=row.target,
        unit=cast(Unit, row.unit),
        spent=row.spent,
        running_since=row.running_since,
        due_at=row.due_at,
        provisional=row.provisional,
    )


def set_clock(row: Obligation, clock: Clock) -> None:
    """Put a clock into an obligation's columns."""
    row.target, row.unit, row.spent = clock.target, clock.unit, clock.spent
    row.running_since, row.due_at, row.provisional = clock.running_since, clock.due_at, clock.provisional


def plan(
    row: Obligation, definition: CompiledObligation, calendar: Calendar, done: Collection[int] = ()
) -> None:
    """Set the next pending step: the earliest that is not among those `done` (by their numbers)."""
    steps = ordered(definition, clock_of(row), calendar, row.opened_at)
    following = next((step for step in steps if step.number not in done), None)
    row.next_step_at = following.at if following else None
    row.next_step = following.number if following else row.next_step


def end(row: Obligation, how: str, at: datetime) -> None:
    """Met or cancelled at a moment. What was done in time is not missed, whenever it was written down."""
    row.closed_at, row.next_step_at = at, None
    if how == "cancelled":
        row.state = State.CANCELLED
        return
    row.state, row.met_at = State.MET, at
    late = row.due_at is not None and at > row.due_at
    row.missed_at = row.due_at if late else None


def stop_clock(row: Obligation, at: datetime, calendar: Calendar, reason: str) -> None:
    """Pause: the time spent is kept, and no step is pending. What is missed already stays due when it was."""
    set_clock(row, pause(clock_of(row), at, calendar))
    row.due_at = row.missed_at or row.due_at
    row.state, row.paused_at, row.pause_reason, row.next_step_at = State.PAUSED, at, reason[:120], None


def go_on(row: Obligation, at: datetime, calendar: Calendar, definition: CompiledObligation) -> None:
    """Resume: the calendar is asked for now + (target - spent), unless the obligation is missed already."""
    set_clock(row, resume(clock_of(row), at, calendar))
    row.due_at = row.missed_at or row.due_at
    row.state, row.paused_at, row.pause_reason = State.OPEN, None, ""
    plan(row, definition, calendar, done_of(row))


def run_by(
    row: Obligation, clock: Clock, found: Due, calendar: Calendar, definition: CompiledObligation
) -> None:
    """Let a running obligation run by another version of its calendar, and save it."""
    set_clock(row, clock)
    row.calendar_version, row.why = calendar.version, [reason.to_data() for reason in found.why]
    plan(row, definition, calendar, done_of(row))
    row.save(update_fields=[*COLUMNS, "calendar_version", "why"])


def done_of(row: Obligation) -> frozenset[int]:
    """The numbers of the steps that have happened."""
    return frozenset(row.steps.filter(generation=row.generation).values_list("step", flat=True))


ENDED = ("state", "met_at", "missed_at", "closed_at", "next_step_at")
COLUMNS = (
    "state", "owner", "owner_role", "target", "unit", "spent", "running_since", "paused_at", "pause_reason",
    "due_at", "provisional", "met_at", "missed_at", "closed_at", "next_step", "next_step_at", "trouble",
)  # fmt: skip


def save_all(rows: Iterable[Obligation]) -> None:
    """Save what changed: those that ended in the same way in one statement."""
    ended: dict[tuple[Any, ...], list[int]] = {}
    for row in rows:
        if row.state in (State.MET, State.CANCELLED):
            ended.setdefault(tuple(getattr(row, name) for name in ENDED), []).append(row.pk)
        else:
            row.save(update_fields=COLUMNS)
    for values, ids in ended.items():
        Obligation.objects.filter(pk__in=ids).update(**dict(zip(ENDED, values, strict=True)))


def reassign(case: Case, role: str, user_id: int | None) -> None:
    """The open obligations of a case that its assignee owes now are another person's."""
    Obligation.objects.filter(case=case, owner_role=role, closed_at__isnull=True).update(owner=user_id)


def claim(row: Obligation, step: int, step_at: datetime) -> bool:
    """Take a step for this ticker: true for exactly one of any number of tickers (compare-and-set)."""
    return _pending(row, step, step_at).update(next_step_at=None) == 1


def _pending(row: Obligation, step: int, step_at: datetime) -> QuerySet[Obligation]:
    return Obligation.objects.filter(
        pk=row.pk, state=State.OPEN, generation=row.generation, next_step=step, next_step_at=step_at
    )


def record_step(row: Obligation, step: int, kind: str, at: datetime, now: datetime) -> None:
    """Write down that a step happened; the database takes it once per obligation, generation and step."""
    Step.objects.create(obligation=row, generation=row.generation, step=step, kind=kind, at=at, done_at=now)


def set_aside(row: Obligation, now: datetime, trouble: str) -> bool:
    """An obligation that raises an error waits an hour, so that it cannot jam the queue, and says why.

    False when the step is not pending any more: somebody else has performed it meanwhile.
    """
    if row.next_step_at is None:
        return False
    pending = _pending(row, row.next_step, row.next_step_at)
    return pending.update(next_step_at=now + SET_ASIDE, trouble=trouble[:200]) == 1


def save_step(
    row: Obligation, definition: CompiledObligation, calendar: Calendar, done: Collection[int], **columns: Any
) -> None:
    """After a step: what it changed, and the next one that is not `done` if the obligation is still open."""
    for name, value in columns.items():
        setattr(row, name, value)
    row.trouble = ""
    if row.state == State.OPEN:
        plan(row, definition, calendar, done)
    row.save(update_fields=["next_step", "next_step_at", "trouble", *columns])


def ensure_schedule(
    office_id: int, manual_key: str, duty: str, recurrence: str, next_at: datetime | None
) -> Schedule:
    """A recurring duty runs: an ended one begins again, one that comes round otherwise now is planned anew.

    next_at: None while nobody has said how often.
    """
    fresh = {"next_at": next_at, "recurrence": recurrence}
    row, made = Schedule.objects.get_or_create(
        office_id=office_id, manual_key=manual_key, duty=duty, defaults=fresh
    )
    if not made and (row.next_at is None or row.recurrence != recurrence):
        row.next_at, row.recurrence = next_at, recurrence
        row.save(update_fields=["next_at", "recurrence"])
    return row


def replan(row: Schedule, next_at: datetime) -> None:
    """The next period of a running duty begins at another time."""
    if row.next_at is not None and row.next_at != next_at:
        row.next_at = next_at
        row.save(update_fields=["next_at"])


def plan_schedule(row: Schedule, next_at: datetime | None) -> None:
    """The next period of a duty begins at another time, or at none that is known yet."""
    if row.next_at != next_at:
        row.next_at = next_at
        row.save(update_fields=["next_at"])


def claim_schedule(row: Schedule, next_at: datetime | None) -> bool:
    """Take one period of a recurring duty: true for exactly one ticker."""
    fresh = {"next_at": next_at, "retry_at": None, "trouble": ""}
    return Schedule.objects.filter(pk=row.pk, next_at=row.next_at).update(**fresh) == 1


def set_aside_schedule(row: Schedule, now: datetime, trouble: str) -> None:
    """A duty whose period cannot be opened is tried again in an hour, and says why."""
    Schedule.objects.filter(pk=row.pk).update(retry_at=now + SET_ASIDE, trouble=trouble[:200])


def end_schedules(office_id: int, manual_key: str) -> None:
    """A manual that is no longer adopted opens no further periods."""
    Schedule.objects.filter(office_id=office_id, manual_key=manual_key).update(next_at=None)
