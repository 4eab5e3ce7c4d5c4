"""Someone owes something by a time under a clause. One table, one worklist, one mechanism."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from guanjia.cases.models import Case
from guanjia.estate.models import Office


class State(models.TextChoices):
    """`open` covers on time and overdue: what is missed is still owed."""

    OPEN = "open", "在计"
    PAUSED = "paused", "已暂停"
    MET = "met", "办结"
    CANCELLED = "cancelled", "取消"


class Obligation(models.Model):
    """One deadline, visit, approval or report, with the clause that sets it.

    A running limit keeps target, unit, calendar with its version, time spent and since when it runs; `due_at` is
    what the calendar makes of them. `next_step_at` is the only thing the ticker looks for.
    """

    office = models.ForeignKey(Office, models.PROTECT, related_name="obligations")
    case = models.ForeignKey(Case, models.PROTECT, related_name="obligations")
    manual_key = models.CharField(max_length=60)
    manual_version = models.CharField(max_length=20)
    key = models.CharField(max_length=60)
    subject = models.CharField("对象", max_length=60, blank=True)
    generation = models.PositiveSmallIntegerField(default=1)
    duty = models.CharField("标准应办", max_length=40, blank=True)
    label = models.CharField("应办", max_length=80)
    clause = models.CharField("依据", max_length=40)
    owner_role = models.CharField(max_length=20, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="owed")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    limit_text = models.CharField("时限", max_length=80)
    own_figure = models.BooleanField("本处设定", default=False)
    started_by = models.CharField(max_length=40)
    opened_at = models.DateTimeField("起算")
    target = models.BigIntegerField("时限（按单位）", null=True)
    unit = models.CharField(max_length=20)
    calendar_key = models.CharField(max_length=30)
    calendar_version = models.PositiveIntegerField(default=0)
    spent = models.BigIntegerField("已用（按单位）", default=0)
    running_since = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=120, blank=True)
    not_before = models.DateTimeField("早于它不列", null=True)
    earliest = models.DateTimeField("早于它算太早", null=True)
    due_at = models.DateTimeField("到期", null=True)
    provisional = models.BooleanField("暂定", default=False)
    why = models.JSONField("怎么算的", default=list)
    met_at = models.DateTimeField("办结", null=True)
    missed_at = models.DateTimeField("超时", null=True)
    closed_at = models.DateTimeField(null=True)
    next_step = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "manual_key", "key", "subject", "generation"],
                name="obligation_generation_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "paused"], closed_at__isnull=True)
                | Q(state__in=["met", "cancelled"], closed_at__isnull=False),
                name="obligation_closed_when_ended",
            ),
        ]
        # A condition holds nothing that a query passes as a parameter: SQLite would not see that the index serves it.
        indexes = [
            # actions.claim: what the ticker looks for
            models.Index(
                fields=["next_step_at"],
                name="obligation_next_step",
                condition=Q(next_step_at__isnull=False),
            ),
            # queries.worklist
            models.Index(
                fields=["office", "due_at"],
                name="obligation_worklist",
                condition=Q(closed_at__isnull=True),
            ),
            # queries.owed_by
            models.Index(
                fields=["owner", "due_at"], name="obligation_owner", condition=Q(closed_at__isnull=True)
            ),
            # reports: timeliness of a month
            models.Index(fields=["office", "key", "opened_at"], name="obligation_month"),
        ]


class Step(models.Model):
    """A step of an obligation that has happened: once per obligation, generation and step, stamped with its own time."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="steps")
    generation = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField("应发生")
    done_at = models.DateTimeField("实际写入")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "generation", "step"], name="step_once")]


class Schedule(models.Model):
    """A recurring duty of a manual in an office: how often, as the office works now, and when its next period opens."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="schedules")
    manual_key = models.CharField(max_length=60)
    duty = models.CharField(max_length=60)
    recurrence = models.CharField("周期", max_length=80, blank=True)
    next_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "manual_key", "duty"], name="schedule_once")]
        indexes = [models.Index(fields=["next_at"], name="schedule_next", condition=Q(next_at__isnull=False))]
