"""The only writer of jobs: asked for by a page or a program, done by the worker, taken up again when a worker dies.

What a job does is a function of one argument, a `Run`, under the job's kind in settings.JOBS. A worker may die at any
moment, and another begins the job again: the function writes what it must write once in one transaction with
`Run.keep`, and everything else so that a second time does no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django_tasks import TaskContext, task

from guanjia.estate.models import Office
from guanjia.jobs.models import Job
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User

LOST_AFTER = timedelta(seconds=40)
MOST_RUNS = 4
BETWEEN_WORDS = 0.4  # seconds
Work = Callable[["Run"], str]


class Lost(Exception):
    """Another worker has taken the job over: this one stops and leaves everything as it is."""


class Run:
    """One worker's turn at a job."""

    def __init__(self, job: Job) -> None:
        self.job, self.office = job, job.office
        self.data: Mapping[str, Any] = job.data
        self.said, self.step = 0.0, ""

    def tell(self, step: str, done: int, total: int) -> None:
        """Says how far it is, not more often than somebody can read. Raises Lost when the job is another's by now.

        Never inside a transaction: nobody would see it before its end.
        """
        now = time.monotonic()
        if step == self.step and done < total and now - self.said < BETWEEN_WORDS:
            return
        self.said, self.step = now, step
        self._set(step=step[:40], done=done, total=total)

    def keep(self, result: Mapping[str, Any], outcome: str = "") -> None:
        """Writes down what came of it, in the transaction that did it: both or neither. Raises Lost."""
        self._set(result=dict(result), outcome=outcome[:200])
        self.job.result, self.job.outcome = dict(result), outcome[:200]

    def _set(self, **values: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, runs=self.job.runs)
        if not mine.update(seen_at=Now(), **values):
            raise Lost


@transaction.atomic
def ask(
    office: Office,
    kind: str,
    title: str,
    *,
    by: User,
    at: datetime,
    permission: str,
    data: Mapping[str, Any],
    key: str = "",
) -> Job:
    """Puts a job before the worker, in the caller's transaction. The same key again: the job that it stands for.

    permission: what somebody needs to see it. KeyError for a kind that settings.JOBS does not have.
    """
    settings.JOBS[kind]
    job = Job(
        office=office, kind=kind, title=title[:120], permission=permission, key=key, asked_by=by,
        asked_at=require_aware(at), data=dict(data), seen_at=Now(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        return Job.objects.get(office=office, key=key)
    run_job.enqueue(job.pk)
    return job


@task(takes_context=True)
def run_job(context: TaskContext, job_id: int) -> str:
    """The worker's door to `run`; returns the state reached."""
    job = run(job_id)
    return job.state if job else ""


def run(job_id: int) -> Job | None:
    """Does a waiting job; None when it is not this worker's turn.

    A Problem ends it as not done, for the person who asked; any other error as failed, and is raised for the log.
    """
    turn = Job.objects.filter(pk=job_id, state=Job.State.WAITING)
    if not turn.update(
        state=Job.State.RUNNING, runs=F("runs") + 1, step="", done=0, total=0, seen_at=Now(), started_at=Now()
    ):
        return None
    job = Job.objects.select_related("office", "asked_by").get(pk=job_id)
    work: Work = import_string(settings.JOBS[job.kind])
    turn_of = Run(job)
    try:
        outcome = work(turn_of)
        turn_of._set(state=Job.State.DONE, outcome=outcome[:200], ended_at=Now())
    except Problem as problem:
        turn_of._set(state=Job.State.REFUSED, trouble=problem.as_dict(), ended_at=Now())
    except Lost:
        return None
    except Exception:
        failed = Problem("JOB_FAILED", "程序出错，没有办成。", "请把时间告诉管理员，再试一次。")
        turn_of._set(state=Job.State.FAILED, trouble=failed.as_dict(), ended_at=Now())
        raise
    job.refresh_from_db()
    return job


def run_waiting(office: Office) -> int:
    """Does an office's waiting jobs here and now, where no worker is (a card, a simulated year): how many."""
    waiting = list(Job.objects.filter(office=office, state=Job.State.WAITING).values_list("pk", flat=True))
    return sum(run(pk) is not None for pk in waiting)


def forget(office: Office, kind: str, before: datetime) -> int:
    """Empties what jobs of a kind found that were asked for before a moment (it may tell of people): how many."""
    old = Job.objects.filter(office=office, kind=kind, asked_at__lt=require_aware(before))
    return old.exclude(result={}).update(result={})


@transaction.atomic
def requeue(*, limit: int = 50) -> int:
    """Puts before the workers again what none goes on with (one died): how many. The ticker calls it.

    A job that has ended several workers is given up.
    """
    silent = Job.objects.filter(
        state__in=(Job.State.WAITING, Job.State.RUNNING), seen_at__lt=Now() - LOST_AFTER
    )
    rows = list(silent.select_for_update(skip_locked=True).order_by("seen_at")[:limit])
    for job in rows:
        mine = Job.objects.filter(pk=job.pk)
        if job.state == Job.State.RUNNING and job.runs >= MOST_RUNS:
            lost = Problem("JOB_LOST", f"后台中断了 {job.runs} 次，没有办成。", "请告诉管理员。")
            mine.update(state=Job.State.FAILED, trouble=lost.as_dict(), ended_at=Now())
            continue
        mine.update(state=Job.State.WAITING, seen_at=Now())
        run_job.enqueue(job.pk)
    return len(rows)
