"""Case and timeline. A case's columns are a summary of its timeline and can be rebuilt from it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.estate.models import Office, Party, Unit


class Case(models.Model):
    """One thing that must not be forgotten (事项)."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="cases")
    number = models.CharField("单号", max_length=20)
    category = models.CharField("类别", max_length=40)
    manual_key = models.CharField(max_length=60)
    manual_version = models.CharField(max_length=20)
    versions = models.JSONField(help_text="every adopted manual and its version at the opening")
    state = models.CharField("状态", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="cases")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="cases")
    subject = models.CharField("事由", max_length=200)
    urgent = models.BooleanField("紧急", default=False)
    channel = models.CharField("来源", max_length=20, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assigned_cases"
    )
    department = models.CharField("承办部门", max_length=20, blank=True)
    facts = models.JSONField("已记事实", default=dict)
    opened_at = models.DateTimeField("受理")
    moved_at = models.DateTimeField("到这一状态", null=True)
    appointment_at = models.DateTimeField("约定时间", null=True, blank=True)
    completed_at = models.DateTimeField("完工", null=True, blank=True)
    closed_at = models.DateTimeField("办结", null=True, blank=True)
    reopened = models.PositiveSmallIntegerField("重开次数", default=0)
    opening_key = models.CharField("幂等键", max_length=200, null=True)  # noqa: DJ001
    last_seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["office", "opening_key"], name="case_opening_key_once"),
        ]
        indexes = [
            # queries.open_cases
            models.Index(
                fields=["office", "opened_at"], name="case_open", condition=Q(closed_at__isnull=True)
            ),
            # queries.history_of
            models.Index(fields=["unit", "-opened_at"], name="case_unit_history"),
            # reports: a month of a category
            models.Index(fields=["office", "category", "opened_at"], name="case_month"),
            # queries.jobs_of
            models.Index(fields=["assignee"], name="case_assignee_open", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.number


class Event(models.Model):
    """One line of a case's timeline. Append-only, hash-chained per case.

    `request` is the hash of what was asked for under `key`, so that a repeat is told from another request.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)  # the case's
    seq = models.PositiveIntegerField()
    at = models.DateTimeField("发生")
    written_at = models.DateTimeField("写入")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField("经手", max_length=60)
    action = models.CharField(max_length=60)
    label = models.CharField("做了什么", max_length=100)
    emits = models.JSONField(default=list)
    data = models.JSONField(default=dict)
    state = models.CharField("此后状态", max_length=40)
    changes = models.JSONField("列的改动", default=dict)
    key = models.CharField("幂等键", max_length=200, null=True)  # noqa: DJ001
    request = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["case", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="event_seq_once"),
            models.UniqueConstraint(fields=["case", "key"], name="event_key_once"),
        ]
        indexes = [
            # queries.last_event_id
            models.Index(fields=["office", "id"], name="event_newest"),
            # queries.lines_of: a month of all cases
            models.Index(fields=["office", "at"], name="event_month"),
        ]


class Series(models.Model):
    """The numbers of a category's cases, per office and month; gapless."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    key = models.CharField(max_length=60)
    next_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "key"], name="case_series_once")]


class CaseLink(models.Model):
    """Two cases that belong together, and how."""

    class Kind(models.TextChoices):
        SAME = "same", "可能同一件事"
        FOLLOWS = "follows", "由它引出"

    source = models.ForeignKey(Case, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Case, models.PROTECT, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "kind"], name="link_once")]


class Topic(models.Model):
    """A key under which a case is found by others that may speak of the same thing: a topic in a place."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="topics")
    key = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            # queries.with_topics: answered from the index alone
            models.Index(fields=["office", "key", "at", "case"], name="topic_found")
        ]


class Unlike(models.Model):
    """Two cases of which a person has said that they are not the same thing."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    other = models.ForeignKey(Case, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "other"], name="unlike_once")]


class Attachment(models.Model):
    """A file of a case, checked by content and size before it is kept."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="attachments")
    file = models.FileField(upload_to="attachments/%Y/%m/")
    mime = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    caption = models.CharField("说明", max_length=80, blank=True)
    taken_at = models.DateTimeField(null=True)
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")


class ResidentLink(models.Model):
    """A signed link for a resident: no account. `scope` view, or act (sent to the registered number)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="resident_links")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Access(models.Model):
    """Who looked at personal data (a telephone number, a household) and when."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    what = models.CharField(max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    party = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["office", "-at"], name="access_recent")]
