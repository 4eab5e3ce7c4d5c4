"""The only reader of jobs for other rooms. The office comes first, then what the person may do there."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from guanjia.estate.models import Office
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem


def jobs(office: Office, permissions: Collection[str], search: str = "") -> QuerySet[Job]:
    """The office's jobs of which somebody with these permissions may know, newest first, without their data."""
    rows = Job.objects.filter(office=office, permission__in=permissions).select_related("asked_by")
    for word in search.split():
        rows = rows.filter(
            Q(title__icontains=word) | Q(asked_by__name__icontains=word) | Q(outcome__icontains=word)
        )
    return rows.defer("data", "result").order_by("-asked_at", "-pk")


def latest(office: Office, permissions: Collection[str], kind: str, count: int = 10) -> list[Job]:
    """The office's newest jobs of a kind with their data, of which somebody with these permissions may know."""
    rows = Job.objects.filter(office=office, permission__in=permissions, kind=kind).select_related("asked_by")
    return list(rows.order_by("-asked_at", "-pk")[:count])


def job_for(office: Office, permissions: Collection[str], pk: int) -> Job:
    """A job of the office; Problem NOT_FOUND for any other, and for one that needs another permission."""
    rows = Job.objects.filter(office=office, permission__in=permissions).select_related("asked_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这个后台任务。", "请从列表里重新选择。", status=404)
    return found
