"""Outgoing messages: written in the transaction of the change that causes them, delivered by the worker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.estate.models import Office


class Message(models.Model):
    """One message to one person, or to a telephone number."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENT = "sent", "已发"
        FAILED = "failed", "没发出"

    office = models.ForeignKey(Office, models.PROTECT, related_name="messages")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages")
    to_phone = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=20, default="inbox")
    subject = models.CharField(max_length=120)
    body = models.TextField()
    reference = models.CharField(max_length=60, blank=True)
    key = models.CharField("幂等键", max_length=120)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField("下次投递", null=True)
    served = models.JSONField("已送到的地址", default=list)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="message_key_once")]
        indexes = [
            # actions.requeue: what no worker has taken up
            models.Index(
                fields=["next_try_at"], name="message_next_try", condition=Q(next_try_at__isnull=False)
            ),
            # queries.inbox
            models.Index(fields=["to_user", "-created_at"], name="message_inbox"),
            # queries.unread
            models.Index(fields=["to_user"], name="message_unread", condition=Q(read_at=None)),
            # queries.outbox
            models.Index(fields=["office", "-created_at"], name="message_outbox"),
        ]

    def __str__(self) -> str:
        return self.subject
