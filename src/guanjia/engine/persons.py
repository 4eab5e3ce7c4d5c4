"""Whom a word of a manual means: a title, the assignee, whoever acts, a person recorded in a fact, a subject."""

from __future__ import annotations

from typing import Any

from guanjia.engine import shifts
from guanjia.engine.context import Context
from guanjia.obligations.actions import Owner
from guanjia.obligations.models import Obligation
from guanjia.policy.vocabulary import ROLES
from guanjia.staff import queries as staff
from guanjia.staff.models import Role, User

NAMED = "field:"
OWES = "owes:"
NOBODY = Role.CS_SUPERVISOR.value  # sees to what is owed by somebody whom the office does not know


def owner_of(context: Context, who: str, manual_key: str, subject: str = "") -> Owner:
    """A role of the manual, the assignee, whoever acts, who stands in a fact (`field:leader`), or the subject."""
    if who == "assignee":
        return Owner("assignee", context.case.assignee_id)
    if who == "actor":
        return Owner("actor", context.who.user.pk if context.who.user else None)
    if who.startswith(OWES):
        return _same_owner(context, who.removeprefix(OWES), manual_key)
    if who == "subject" and (listed := shifts.listed_as(context.facts, subject)) is not None:
        return Owner("", listed)
    if who == "subject":
        return _recorded(context, subject, manual_key) or Owner(NOBODY, None)
    if who.startswith(NAMED):
        name = who.removeprefix(NAMED)
        recorded = _recorded(context, context.value(name), manual_key)
        return recorded or Owner(_chosen_from(context, name, manual_key), None)
    return Owner(system_role(context, who, manual_key), None)


def _same_owner(context: Context, key: str, manual_key: str) -> Owner:
    """Whoever owes another obligation of the case now; once nobody does, who owed it last."""
    rows = Obligation.objects.filter(case=context.case.pk, manual_key=manual_key, key=key)
    last = rows.order_by("-pk").first() if context.case.pk else None
    row = rows.filter(closed_at__isnull=True).order_by("-pk").first() if last else None
    row = row or last
    return Owner(row.owner_role, row.owner_id) if row else Owner(NOBODY, None)


def people(context: Context, to: str, manual_key: str, subject: str = "") -> list[User]:
    """Everybody whom a word names: one person, or all who hold the role now; a resident is none of them."""
    if to == "resident":
        return []
    if to == "assignee":
        return [context.case.assignee] if context.case.assignee else []
    owner = owner_of(context, to, manual_key, subject)
    if owner.user_id is not None:
        return list(User.objects.filter(pk=owner.user_id, is_active=True))
    return list(staff.members(context.office, owner.role, context.at))


def name_of(context: Context, who: str) -> str:
    """How papers name whoever is recorded in a fact: the person's name, else what was entered."""
    name = who.removeprefix(NAMED)
    return str(context.value(f"{name}_name") or context.value(name) or "")


def system_role(context: Context, title: str, manual_key: str) -> str:
    """The system role behind a manual's title."""
    for one in context.adopted:
        if one.compiled.key == manual_key and title in one.compiled.titles:
            return sorted(one.compiled.titles[title])[0]
    return title


def follow_facts(context: Context, rows: list[Obligation]) -> list[Obligation]:
    """What is still owed by whoever stood in a fact passes to who stands there now; those that changed.

    What a step has meanwhile passed on to another stays there.
    """
    before, changed = context.case.facts, []
    for row in rows:
        definition = context.definition_of(row)
        who = definition.definition.owner if definition else ""
        name = who.removeprefix(NAMED)
        if not who.startswith(NAMED) or name not in context.updates or row.closed_at is not None:
            continue
        was = _recorded(context, before.get(name), row.manual_key)
        now = owner_of(context, who, row.manual_key)
        had = was or Owner(_chosen_from(context, name, row.manual_key), None)
        if (row.owner_role, row.owner_id) == (had.role, had.user_id) != (now.role, now.user_id):
            row.owner_role, row.owner_id = now.role, now.user_id
            changed.append(row)
    return changed


def _recorded(context: Context, value: Any, manual_key: str) -> Owner | None:
    """Somebody by id or name, or a role by title or key; None for anything else."""
    text = str(value or "").strip()
    if not text:
        return None
    if text.isdigit() and int(text) in context.people:
        return Owner("", int(text))
    user = staff.somebody(context.office, text, context.at)
    if user is not None:
        return Owner("", user.pk)
    for one in context.adopted:
        if one.compiled.key == manual_key:
            for role in one.compiled.manual.role:
                if text in (role.key, role.label):
                    return Owner(sorted(role.is_)[0], None)
    return Owner(text, None) if text in ROLES else None


def _chosen_from(context: Context, name: str, manual_key: str) -> str:
    """The role of which somebody is to be named in a field; as long as nobody is, it is owed by the role."""
    for one in context.adopted:
        if one.compiled.key == manual_key and (roles := one.compiled.staff_fields.get(name)):
            return roles[0]
    return NOBODY
