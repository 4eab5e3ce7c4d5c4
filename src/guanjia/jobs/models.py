"""Work that takes longer than an answer should: who asked for it, how far it is, what came of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from guanjia.estate.models import Office
from guanjia.staff.models import User


class Job(models.Model):
    """A piece of long work for an office. `kind` names what is done, as in settings.JOBS."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        REFUSED = "refused", "没有办成"
        FAILED = "failed", "出错"

    office = models.ForeignKey(Office, models.CASCADE, related_name="+")
    kind = models.SlugField("种类", max_length=40)
    title = models.CharField("任务", max_length=120)
    permission = models.SlugField("谁能看", max_length=40)
    key = models.CharField("防重复键", max_length=80, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("交办")
    state = models.CharField("结果", max_length=8, choices=State.choices, default=State.WAITING)
    runs = models.PositiveSmallIntegerField("第几次", default=0)
    step = models.CharField("步骤", max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    outcome = models.CharField("办成了什么", max_length=200, blank=True)
    trouble = models.JSONField(default=dict)
    # By the clock of the database, whatever the office's clock is in a sandbox: is its worker still alive?
    seen_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "key"], condition=~Q(key=""), name="job_key_once")
        ]
        indexes = [
            # queries.jobs: newest first
            models.Index(fields=["office", "-asked_at"], name="job_newest"),
            # actions.requeue: what no worker goes on with
            models.Index(fields=["seen_at"], condition=Q(state__in=("waiting", "running")), name="job_open"),
        ]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
