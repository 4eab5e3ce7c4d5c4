"""The only writer of messages, and their delivery.

A message and the task that delivers it are written in the caller's transaction: a change that is rolled back
sends nothing, one that is committed is delivered once (again only if a worker dies between the channel's answer
and writing it down). Failures are tried again after RETRY_AFTER and then shown as not sent.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import F
from django_tasks import TaskContext, task

from guanjia.estate.models import Office
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.notify.channels import CHANNELS, NotDelivered
from guanjia.notify.channels.group import group_addresses
from guanjia.notify.models import Message
from guanjia.notify.quiet import next_allowed
from guanjia.staff.models import User

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
LEASE = timedelta(minutes=10)
LOST_AFTER = timedelta(minutes=2)


def enqueue(
    office: Office, *, subject: str, body: str, key: str, now: datetime, to_user: User | None = None,
    to_phone: str = "", to_address: str = "", answers: str = "", reference: str = "", channel: str = "", not_before: datetime | None = None,
    quiet: bool = False,
) -> Message:  # fmt: skip
    """Write a message; the worker delivers it, not before `not_before`, and with `quiet` not in the quiet hours.

    Without a channel: an address gets a letter, which answers the Message-ID `answers`; a number gets a text message; a person's goes to the inbox and, where group addresses are
    configured, to the group, once for all who are told the same at the same moment. A repeat under the same key
    with the same content returns the first. A message that its channel cannot carry (no gateway, no number) is kept
    as not sent, with the reason. Raises Problem KEY_REUSED (409); ValueError without a receiver, KeyError for a
    channel that does not exist.
    """
    if to_address:
        channel = "email"
    if to_user is None and not to_phone and channel in ("", "inbox", "sms"):
        raise ValueError("a message needs a receiver")
    now = require_aware(now)
    channel = channel or _usual(office, to_user, subject, body, reference, now)
    way = CHANNELS[channel]
    due = max(now, require_aware(not_before)) if not_before else now
    if quiet:
        due = next_allowed(due, ZoneInfo(office.time_zone))
    message = Message(
        office=office, to_user=to_user, to_phone=to_phone, channel=channel, subject=subject[:120], body=body,
        to_address=to_address[:254], answers=answers[:250], message_id=_message_id(to_address, reference),
        reference=reference, key=key, created_at=now, not_before=due if due > now else None, next_try_at=due,
    )  # fmt: skip
    if missing := way.lacks(message):
        message.state, message.trouble, message.next_try_at = Message.State.FAILED, missing, None
    elif way.stays:
        message.state, message.sent_at, message.next_try_at = Message.State.SENT, due, None
    try:
        with transaction.atomic():
            message.save(force_insert=True)
            if message.state == Message.State.WAITING:
                _queue(message, due if due > now else None)
    except IntegrityError:
        return _first(message)
    return message


def _message_id(to_address: str, reference: str) -> str:
    """A Message-ID of our own for a letter; nobody can guess it, so that an answer to it is an answer."""
    return f"<{reference.rpartition(':')[2]}.{secrets.token_hex(12)}@guanjia>" if to_address else ""


@task(takes_context=True)
def deliver_message(context: TaskContext, message_id: int) -> str:
    """The worker's door to `deliver`, at the moment the worker took the task up; returns the state reached."""
    started = context.task_result.started_at
    message = deliver(message_id, now=started) if started else None
    return message.state if message else ""


def deliver(message_id: int, *, now: datetime) -> Message | None:
    """Deliver a waiting message whose time has come; None when it is not this caller's turn.

    The turn is taken by compare-and-set, so that two workers never both send. The channel is called outside any
    transaction. A failure is written down and queued again, at most len(RETRY_AFTER) times.
    """
    mine = Message.objects.filter(pk=message_id, state=Message.State.WAITING, next_try_at__lte=now)
    if not mine.update(attempts=F("attempts") + 1, next_try_at=now + LEASE):
        return None
    message = Message.objects.select_related("to_user", "office").get(pk=message_id)
    way = CHANNELS[message.channel]
    try:
        if missing := way.lacks(message):
            raise NotDelivered(missing)
        way.send(message)
    except NotDelivered as trouble:
        return _failed(message, str(trouble), now)
    message.state, message.sent_at, message.next_try_at, message.trouble = Message.State.SENT, now, None, ""
    message.save(update_fields=["state", "sent_at", "next_try_at", "trouble", "served"])
    return message


@transaction.atomic
def requeue(now: datetime, *, limit: int = 200) -> int:
    """Queue again what no worker has taken up (one died, its queue was lost): how many. The ticker calls it."""
    lost = Message.objects.filter(
        next_try_at__isnull=False, next_try_at__lte=now - LOST_AFTER, state=Message.State.WAITING
    )
    rows = list(lost.select_for_update(skip_locked=True).order_by("next_try_at")[:limit])
    for message in rows:
        message.next_try_at = now
        message.save(update_fields=["next_try_at"])
        _queue(message, None)
    return len(rows)


@transaction.atomic
def resend(message: Message, *, now: datetime) -> Message:
    """Try a message again that was not sent. Raises Problem MESSAGE_NOT_FAILED (409)."""
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.FAILED:
        raise Problem("MESSAGE_NOT_FAILED", "这条消息没有失败。", "无需重发。", status=409)
    message.state, message.attempts, message.next_try_at = Message.State.WAITING, 0, now
    message.save(update_fields=["state", "attempts", "next_try_at"])
    _queue(message, None)
    return message


def mark_read(user: User, ids: list[int], *, now: datetime) -> int:
    """Mark messages of this user as read: how many were not before. Those of others are left alone."""
    unread = Message.objects.filter(to_user=user, pk__in=ids, read_at=None)
    return unread.update(read_at=require_aware(now))


@transaction.atomic
def _failed(message: Message, trouble: str, now: datetime) -> Message:
    """Write a failure down; queue the next try, or give up after the last one."""
    message.trouble = trouble[:200]
    tried = message.attempts
    if tried > len(RETRY_AFTER):
        message.state, message.next_try_at = Message.State.FAILED, None
    else:
        message.next_try_at = now + RETRY_AFTER[tried - 1]
        _queue(message, message.next_try_at)
    message.save(update_fields=["state", "trouble", "next_try_at", "served"])
    return message


def _usual(
    office: Office, to_user: User | None, subject: str, body: str, reference: str, now: datetime
) -> str:
    """The channel of a message that names none."""
    if to_user is None:
        return "sms"
    if not group_addresses():
        return "inbox"
    told = Message.objects.filter(
        office=office,
        created_at=now,
        channel="apprise",
        reference=reference,
        subject=subject[:120],
        body=body,
    )
    return "inbox" if told.exists() else "apprise"


def _queue(message: Message, at: datetime | None) -> None:
    deliver_message.using(run_after=at).enqueue(message.pk)


def _first(message: Message) -> Message:
    """The message already under this key. Raises Problem KEY_REUSED when it says something else."""
    first = Message.objects.get(office=message.office, key=message.key)
    same = ("to_user_id", "to_phone", "subject", "body", "reference")
    if all(getattr(first, name) == getattr(message, name) for name in same):
        return first
    raise Problem("KEY_REUSED", "这个幂等键已用于另一条消息。", "内容不同的请求请换一个键。", status=409)
