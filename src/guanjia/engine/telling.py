"""Messages of a manual to people of the office, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.conf import settings

from guanjia.engine.context import Context
from guanjia.engine.facts import moments_of
from guanjia.engine.persons import people
from guanjia.engine.veiling import VEIL
from guanjia.kernel.moments import iso
from guanjia.notify import actions as outbox
from guanjia.policy import forms, secrecy
from guanjia.policy.compiled import Adopted
from guanjia.policy.decision import Actor
from guanjia.policy.steps import fill_in
from guanjia.staff import queries as staff
from guanjia.staff.models import User


def tell(
    context: Context, message: str, to: str, what: str, manual_key: str = "", concerns: str = ""
) -> None:
    """Send a message to everybody whom `to` names. A resident is told by text message to the number given.

    concerns: the subject of the obligation that it is about, for a message to `subject`.
    """
    manual = _manual(context, manual_key)
    receivers: list[tuple[User | None, str]] = [
        (user, "") for user in people(context, to, manual.compiled.key, concerns)
    ]
    if to == "resident":
        receivers = (
            [(None, str(context.facts["contact_phone"]))] if context.facts.get("contact_phone") else []
        )
    for user, phone in receivers:
        hidden = _confided(context, user)
        about = VEIL if hidden else context.case.subject
        outbox.enqueue(
            context.office, to_user=user, to_phone=phone, subject=f"{context.case.number} {about}"[:120],
            body=worded(context, message, manual_key, hidden),
            reference=f"case:{context.case.number}", now=context.now,
            key=context.once(f"{what}:{user.pk if user else 'resident'}"),
        )  # fmt: skip


def _confided(context: Context, user: User | None) -> frozenset[str]:
    """The facts of the case that its manuals confide to others than somebody of the office who is told (S001-1-4.12)."""
    manuals = [one.compiled for one in context.adopted if one.compiled.manual.secret]
    if user is None or not manuals:
        return frozenset()
    facts = {**context.facts, "assignee": context.case.assignee_id, "category": context.case.category}
    roles, departments = staff.standing_of(user, context.office, context.now)
    return secrecy.confided(manuals, facts, Actor(roles, user.pk, user.name, departments))


def worded(
    context: Context, message: str, manual_key: str = "", hidden: Collection[str] = frozenset()
) -> str:
    """A message with the case's facts in it, choices in the words of the form, times as the office's clocks show them,
    and figures (`{figure.pay_by}`) as the office has set them. hidden: facts in whose place it says that they are kept."""
    manual = _manual(context, manual_key)
    compiled = manual.compiled
    said = {
        name: label
        for name, labels in compiled.choices.items()
        if isinstance(value := context.facts.get(name), str) and (label := labels.get(value))
    }
    text = manual.with_figures(compiled.notices[message])
    zone = ZoneInfo(context.office.time_zone)
    known = {**context.facts, "now": iso(context.at)}
    times = {
        name: forms.moment_text(moment, zone)
        for name, moment in moments_of(known).items()
        if f"{{{name}}}" in text
    }
    return fill_in(text, {**known, **said, **times, **dict.fromkeys(hidden, VEIL)})


def send_link(context: Context, phone: str, scope: str, token: str, what: str) -> None:
    """The resident's link by text message: what it is for, and that it is not to be passed on when it can act."""
    case = context.case
    words = {
        "view": "看进度：{link}",
        "act": "请确认、签名或评价：{link} 凭此链接就能办理，请勿转发。",
    }[scope]
    outbox.enqueue(
        context.office, to_phone=phone, subject=f"{case.number} {case.subject}"[:120],
        body=f"{context.office.name}：{case.number} " + words.format(link=address_of(token)),
        reference=f"case:{case.number}", key=context.once(what), now=context.now,
    )  # fmt: skip


def unsent_link(context: Context, what: str) -> None:
    """The desk learns that nobody got the link, and why."""
    case = context.case
    for user in staff.members(context.office, "receptionist", context.at):
        outbox.enqueue(
            context.office, to_user=user, subject=f"{case.number} {case.subject}"[:120],
            body=f"{case.number} 的确认链接没有发出：留的电话不是这户登记的号码。请核对并登记号码，再到事项页重新发链接。",
            reference=f"case:{case.number}", key=context.once(f"{what}:{user.pk}"), now=context.now,
        )  # fmt: skip


def address_of(token: str) -> str:
    """The address of a resident's link; without a configured origin only its path."""
    return f"{settings.ORIGIN}/r/{token}/"


def _manual(context: Context, manual_key: str) -> Adopted:
    return next((one for one in context.adopted if one.compiled.key == manual_key), context.adopted[0])
