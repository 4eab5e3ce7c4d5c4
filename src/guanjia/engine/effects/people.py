"""Who does it and when: assignment, appointment, completion."""

from __future__ import annotations

from guanjia.engine.context import Context
from guanjia.engine.persons import NAMED
from guanjia.kernel.moments import from_iso
from guanjia.policy.schema import Effect


def _assign(context: Context, user_id: int | None, name: str) -> None:
    context.set_column("assignee_id", user_id)
    if user_id in context.people:
        context.case.assignee = context.people[user_id]
    context.facts["assignee"], context.facts["assignee_name"] = user_id, name
    context.reassigned = True


def assign(context: Context, effect: Effect, _number: int) -> None:
    """To the person in the field; without one, to the department's pool. `field:name`: the department chosen there."""
    user_id = context.decision.data.get(effect.field) if effect.field else None
    department = effect.department
    if department.startswith(NAMED):
        department = str(context.value(department.removeprefix(NAMED)) or "")
    if department:
        context.set_column("department", department)
    _assign(context, user_id, str(context.facts.get(f"{effect.field}_name") or "") if user_id else "")


def unassign(context: Context, _effect: Effect, _number: int) -> None:
    """Back to the department."""
    _assign(context, None, "")


def assign_actor(context: Context, _effect: Effect, _number: int) -> None:
    """Whoever acts takes the case."""
    user = context.who.user
    _assign(context, user.pk if user else None, user.name if user else "")


def appoint(context: Context, effect: Effect, _number: int) -> None:
    """The time in the field becomes the appointment; nothing when none was given."""
    value = context.value(effect.field)
    if value is None:
        return
    context.set_column("appointment_at", from_iso(value))
    context.set_fact("appointment_at", value)


def clear_appointment(context: Context, _effect: Effect, _number: int) -> None:
    """There is no appointment until a new one is made."""
    context.set_column("appointment_at", None)
    context.set_fact("appointment_at", None)


def complete(context: Context, _effect: Effect, _number: int) -> None:
    """The work is done at this moment."""
    context.set_column("completed_at", context.at)


def reopen(context: Context, _effect: Effect, _number: int) -> None:
    """Counted; completion and closing are taken back."""
    context.set_column("reopened", context.case.reopened + 1)
    context.set_column("completed_at", None)
    context.set_column("closed_at", None)
