"""The only reader of messages for other rooms. The user or the office comes first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Concat

from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.notify.models import Message
from guanjia.staff.models import User

PAGE_SIZE = 30


def unread(user: User, *, now: datetime, office: Office | None = None) -> int:
    """How many messages of the user's inbox are not read yet, of all offices or of one."""
    return _arrived(user, now, office).filter(read_at=None).count()


def inbox(
    user: User,
    *,
    now: datetime,
    page: int = 1,
    size: int = PAGE_SIZE,
    office: Office | None = None,
    only_unread: bool = False,
) -> Page:
    """The user's messages, newest first, also those that went out another way. Held-back ones are not shown yet."""
    rows = _arrived(user, now, office).select_related("office")
    return Paginator(rows.filter(read_at=None) if only_unread else rows, size).get_page(page)


def message_for(user: User, pk: int, *, now: datetime, office: Office | None = None) -> Message:
    """A message of the user's inbox. Raises Problem NOT_FOUND for anybody else's."""
    row = _arrived(user, now, office).filter(pk=pk).first()
    if row is None:
        raise Problem("NOT_FOUND", "没有这条消息。", "请从消息列表里重新选择。", status=404)
    return row


def outbox(
    office: Office, *, state: str = "", search: str = "", page: int = 1, size: int = PAGE_SIZE,
    kept: Q | None = None,
) -> Page:  # fmt: skip
    """What the office sent, waits to send or could not send, newest first.

    kept: the cases of which the subject is kept from whoever asks; what is about one is not found by it.
    """
    rows = Message.objects.filter(office=office).exclude(channel="inbox").select_related("to_user")
    if state:
        rows = rows.filter(state=state)
    about = Concat(Value("case:"), "number", output_field=CharField())
    hidden = Case.objects.filter(kept, office=office).annotate(about=about).values("about") if kept else None
    for word in search.split():
        said = Q(subject__icontains=word)
        rows = rows.filter(
            (said if hidden is None else said & ~Q(reference__in=hidden))
            | Q(reference__icontains=word)
            | Q(to_phone__icontains=word)
            | Q(to_address__icontains=word)
        )
    return Paginator(rows.order_by("-created_at", "-pk"), size).get_page(page)


def messages_of(office: Office, reference: str) -> list[Message]:
    """All messages about a reference, oldest first."""
    rows = Message.objects.filter(office=office, reference=reference).select_related("to_user")
    return list(rows.order_by("created_at", "pk"))


def letters_to(office: Office, address: str, since: datetime) -> int:
    """How many letters an address was sent since a moment: whoever answers automatically is answered no more."""
    return Message.objects.filter(office=office, to_address=address, created_at__gte=since).count()


def letter_sent(office: Office, message_ids: Iterable[str]) -> Message | None:
    """The office's letter with one of these Message-IDs."""
    return Message.objects.filter(office=office, message_id__in=[one for one in message_ids if one]).first()


def troubled(office: Office) -> int:
    """How many messages could not be sent: for the director's page and the health check."""
    return Message.objects.filter(office=office, state=Message.State.FAILED).count()


def _arrived(user: User, now: datetime, office: Office | None = None) -> QuerySet[Message]:
    """Messages whose time has come."""
    rows = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), to_user=user)
    if office is not None:
        rows = rows.filter(office=office)
    return rows.order_by("-created_at", "-pk")


def outgoing_for(office: Office, pk: int) -> Message:
    """A message that went out, or should have, from the office. Raises Problem NOT_FOUND."""
    row = Message.objects.filter(office=office, pk=pk).exclude(channel="inbox").first()
    if row is None:
        raise Problem("NOT_FOUND", "没有这条消息。", "请从列表里重新选择。", status=404)
    return row
