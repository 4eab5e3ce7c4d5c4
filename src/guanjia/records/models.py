"""Filled forms: numbered without gaps, signed, with their copies and where each copy is."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.estate.models import Office


class Series(models.Model):
    """A gapless number series of an office; the next number is taken under the row's lock."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="series")
    key = models.CharField(max_length=60)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="series_once")]


class Record(models.Model):
    """One filled form. `reference` is the case it belongs to, as an opaque text.

    Once signed its data is sealed; `left_open` names the fields that the signer left blank, to be filled once.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="records")
    form = models.CharField(max_length=60)
    manual_key = models.CharField(max_length=60)
    manual_version = models.CharField(max_length=20)
    title = models.CharField("表单", max_length=80)
    number = models.CharField("编号", max_length=30)
    series = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    reference = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    left_open = models.JSONField("签时留空", default=list)
    seal = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField("开单")
    signed_at = models.DateTimeField("签署", null=True)
    voided_at = models.DateTimeField("作废", null=True)
    void_reason = models.CharField(max_length=120, blank=True)
    unsaved = False  # filled in under a lock and not written yet: `actions.keep`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "form", "number"], name="record_number_once"),
            models.UniqueConstraint(fields=["office", "series", "seq"], name="record_seq_once"),
        ]
        indexes = [
            models.Index(fields=["office", "reference"], name="record_reference"),
            models.Index(fields=["office", "form", "-issued_at"], name="record_register"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"


class Copy(models.Model):
    """One copy (联) of a record: in whose hand, where it must go, whether it is archived or missing.

    `arrived_at` is when it came where it must end: bound, for an archive copy; else in the hand it goes to.
    """

    class State(models.TextChoices):
        HELD = "held", "在手"
        HANDED = "handed", "已交"
        RECEIVED = "received", "已收"
        ARCHIVED = "archived", "已归档"
        MISSING = "missing", "遗失"

    record = models.ForeignKey(Record, models.PROTECT, related_name="copies")
    key = models.CharField(max_length=20)
    label = models.CharField("联", max_length=20)
    paper = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    holder = models.CharField("现在谁手里", max_length=40)
    goes_to = models.CharField("要到哪里", max_length=40)
    archive = models.BooleanField("最后装订归档", default=False)
    moved_at = models.DateTimeField()
    arrived_at = models.DateTimeField("到位", null=True)
    volume = models.CharField("册号", max_length=40, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)

    class Meta:
        ordering = ["record", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "key"], name="copy_once")]
        indexes = [
            # queries.copies_outstanding
            models.Index(fields=["record"], name="copy_on_the_way", condition=Q(arrived_at=None)),
            # queries.volume_of
            models.Index(fields=["volume"], name="copy_volume", condition=~Q(volume="")),
        ]


class Signature(models.Model):
    """A signature drawn on a screen, or the note that paper was signed or that it was refused."""

    class How(models.TextChoices):
        SCREEN = "screen", "屏幕手写"
        PAPER = "paper", "纸面签字"
        LINK = "link", "手机链接确认"
        REFUSED = "refused", "拒签"

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    record = models.ForeignKey(Record, models.PROTECT, null=True, related_name="signatures")
    reference = models.CharField(max_length=60)
    purpose = models.CharField(max_length=40)
    signer = models.CharField("签名人", max_length=40)
    how = models.CharField(max_length=10, choices=How.choices)
    strokes = models.JSONField("笔画", default=list)
    png = models.BinaryField(default=b"")
    device = models.CharField(max_length=120, blank=True)
    note = models.CharField("说明", max_length=120, blank=True)
    seal = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["signed_at", "pk"]
        indexes = [models.Index(fields=["office", "reference"], name="signature_reference")]
