"""Outgoing messages: written in the transaction of the change that causes them, delivered by the worker."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.estate.models import Office


class Mailbox(models.Model):
    """An office's mailbox: letters are read from it over IMAP and answered over SMTP. Its password is not kept here."""

    class Tls(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", "不加密"

    office = models.OneToOneField(Office, models.PROTECT, related_name="mailbox")
    address = models.EmailField("地址", unique=True)
    user = models.CharField("账号", max_length=254)
    imap_host = models.CharField(max_length=200)
    imap_port = models.PositiveIntegerField(default=993)
    imap_tls = models.CharField(max_length=8, choices=Tls.choices, default=Tls.TLS)
    smtp_host = models.CharField(max_length=200)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_tls = models.CharField(max_length=8, choices=Tls.choices, default=Tls.TLS)
    folder = models.CharField(max_length=100, default="INBOX")
    since = models.DateTimeField("从何时的来信起")
    registrar = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="以谁的名义直接登记；空为先列出",
    )
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField("最近读信", null=True)
    good_at = models.DateTimeField("最近读成", null=True)
    locked_until = models.DateTimeField(null=True)
    trouble = models.CharField("读信的毛病", max_length=200, blank=True)
    trouble_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField("停用", null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(stopped_at__isnull=True), name="mailbox_next")
        ]

    def __str__(self) -> str:
        return self.address


class Message(models.Model):
    """One message to one person, to a telephone number, or to an e-mail address."""

    class State(models.TextChoices):
        WAITING = "waiting", "待发"
        SENT = "sent", "已发"
        FAILED = "failed", "没发出"

    office = models.ForeignKey(Office, models.PROTECT, related_name="messages")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="messages")
    to_phone = models.CharField(max_length=20, blank=True)
    to_address = models.CharField(max_length=254, blank=True)
    message_id = models.CharField(max_length=250, blank=True, help_text="of a letter, for the answers to it")
    answers = models.CharField(max_length=250, blank=True, help_text="the Message-ID that a letter answers")
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
            # queries.letters_to
            models.Index(fields=["office", "to_address"], name="message_address"),
            # queries.letter_sent
            models.Index(fields=["message_id"], name="message_message_id"),
            # queries.outbox
            models.Index(fields=["office", "-created_at"], name="message_outbox"),
        ]

    def __str__(self) -> str:
        return self.subject
