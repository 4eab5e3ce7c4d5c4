"""What comes in from outside by itself: telephone lines and their calls, letters of the office's mailbox."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.cases.models import Attachment, Case
from guanjia.estate.models import Office, Party, Unit
from guanjia.notify.models import Mailbox


class PhoneLine(models.Model):
    """A telephone line of an office whose telephone system reports its calls; only the SHA-256 of its key is kept."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="phone_lines")
    number = models.CharField("号码", max_length=20)
    label = models.CharField("名称", max_length=40)
    digest = models.CharField(max_length=64, unique=True)
    rings_in_time = models.PositiveSmallIntegerField("几声以内接算及时", default=2)
    created_at = models.DateTimeField("开通")
    keyed_at = models.DateTimeField("现在的密钥从何时起", null=True)
    revoked_at = models.DateTimeField("停用", null=True)
    heard_at = models.DateTimeField("最近收到的报告", null=True)
    trouble = models.CharField("最近拒绝的报告", max_length=200, blank=True)
    trouble_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(revoked_at__isnull=True), name="phone_line_once"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Extension(models.Model):
    """Whose desk an extension is."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="extensions")
    number = models.CharField("分机", max_length=10)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="extensions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "number"], name="extension_once")]


class Call(models.Model):
    """A call as the telephone system reported it, in whatever order: the earliest word on each moment counts."""

    class Direction(models.TextChoices):
        IN = "in", "打入"
        OUT = "out", "打出"

    class State(models.TextChoices):
        RINGING = "ringing", "响铃"
        ANSWERED = "answered", "已接"
        MISSED = "missed", "未接"

    office = models.ForeignKey(Office, models.PROTECT, related_name="calls")
    line = models.ForeignKey(PhoneLine, models.PROTECT, related_name="calls")
    call_id = models.CharField(max_length=80)
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    number = models.CharField("对方号码", max_length=20, blank=True)
    extensions = models.JSONField("响过的分机", default=list)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField("现在的接听人何时接的", null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RINGING)
    rings = models.PositiveSmallIntegerField("响了几声", null=True)
    begun_at = models.DateTimeField("打来")
    answered_at = models.DateTimeField("接听", null=True)
    missed_at = models.DateTimeField("未接", null=True)
    ended_at = models.DateTimeField("挂断", null=True)
    heard_at = models.DateTimeField("最近一次报告", null=True)
    given_up_at = models.DateTimeField("不再等它的结束", null=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="calls")
    callback = models.ForeignKey(Case, models.PROTECT, null=True, related_name="missed_calls")
    trial = models.BooleanField("试打", default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "call_id"], name="call_once")]
        indexes = [
            # queries.calls: of a day, newest first
            models.Index(fields=["office", "-begun_at"], name="call_newest"),
            # actions: what is known of a number
            models.Index(fields=["office", "number", "-begun_at"], name="call_number"),
            # queries.unheard: whose end nobody has reported
            models.Index(
                fields=["state", "heard_at"],
                condition=Q(ended_at__isnull=True, given_up_at__isnull=True),
                name="call_unended",
            ),
        ]

    @property
    def answered_after(self) -> int | None:
        """Seconds from the first ring to the answer."""
        if self.answered_at is None:
            return None
        return max(0, round((self.answered_at - self.begun_at).total_seconds()))

    @property
    def in_time(self) -> bool | None:
        """Whether it was answered within the rings of its line; None while nobody knows."""
        if self.direction == self.Direction.OUT or self.state == self.State.RINGING:
            return None
        if self.state == self.State.MISSED:
            return False
        return None if self.rings is None else self.rings <= self.line.rings_in_time


class WireChange(models.Model):
    """What was done to a line, an extension or the mailbox, when and by whom; none for the command line. Never a secret."""

    class Wire(models.TextChoices):
        LINE = "line", "电话"
        MAILBOX = "mailbox", "邮箱"

    office = models.ForeignKey(Office, models.PROTECT, related_name="wire_changes")
    wire = models.CharField(max_length=7, choices=Wire.choices)
    at = models.DateTimeField("何时")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    what = models.CharField("做了什么", max_length=200)

    class Meta:
        indexes = [
            # wires.changes: newest first
            models.Index(fields=["office", "wire", "-at"], name="wire_change_newest")
        ]

    def __str__(self) -> str:
        return self.what


class Letter(models.Model):
    """A letter of the mailbox: a draft until somebody registers it or says why not. What cannot be read is kept whole."""

    class State(models.TextChoices):
        DRAFT = "draft", "待登记"
        UNREADABLE = "unreadable", "读不出"
        AUTOMATIC = "automatic", "自动来信"
        REGISTERED = "registered", "已登记"
        ADDED = "added", "已并入事项"
        DROPPED = "dropped", "不登记"

    office = models.ForeignKey(Office, models.PROTECT, related_name="letters")
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="letters")
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=250, blank=True)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    reason = models.CharField("原因", max_length=300, blank=True)
    sender = models.CharField("寄信人", max_length=254, blank=True)
    sender_name = models.CharField(max_length=80, blank=True)
    subject = models.CharField("主题", max_length=200, blank=True)
    text = models.TextField(blank=True)
    whole = models.TextField(blank=True)
    notes = models.JSONField("没收下的附件", default=list)
    raw = models.BinaryField("原信", null=True)
    came_at = models.DateTimeField("来信")
    read_at = models.DateTimeField("读到")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="letters")
    files = models.ManyToManyField(Attachment, related_name="letters")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="letter_uid_once"),
            models.UniqueConstraint(fields=["mailbox", "digest"], name="letter_once"),
        ]
        indexes = [
            # queries.letters: newest first
            models.Index(fields=["office", "state", "-came_at"], name="letter_newest"),
            # actions: the letters to which one is an answer
            models.Index(fields=["mailbox", "message_id"], name="letter_message_id"),
        ]
