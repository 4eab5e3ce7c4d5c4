"""Long work of the office: who asked for what and when, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from guanjia.intake import importing
from guanjia.jobs import queries
from guanjia.jobs.models import Job
from guanjia.staff.rules import PERMISSIONS
from guanjia.web import exports
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.settings import households, tabs

TAB = "settings-jobs"
PAGE = 50
HEADINGS = ("交办时间", "谁", "任务", "结果", "办成了什么")
# What the page of a finished job shows, by its kind; any other says in a line what came of it.
RESULTS: Mapping[str, tuple[str, Callable[[Job], dict[str, object]]]] = {
    importing.CHECK: ("import", households.report),
}
# Where somebody goes on from a job that is done.
AFTERWARDS = {importing.IMPORT: "households"}


def _permissions(request: OfficeRequest) -> list[str]:
    tabs.require(request, *tabs.permissions_of(TAB))
    return [name for name in PERMISSIONS if tabs.can(request, name)]


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The office's long work that the person may know of, newest first."""
    search = request.GET.get("q", "").strip()
    rows = queries.jobs(request.office, _permissions(request), search)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return tabs.show(request, TAB, "jobs", {"page": page, "search": search})


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    rows = queries.jobs(request.office, _permissions(request), request.GET.get("q", "").strip())
    return exports.response(request, kind, _("后台任务"), HEADINGS, _lines(request, rows.iterator(500)))


def _lines(request: OfficeRequest, rows: Iterator[Job]) -> Iterator[tuple[str, ...]]:
    for job in rows:
        said = job.outcome or job.trouble.get("message", "")
        asked = f"{job.asked_at.astimezone(request.zone):%Y-%m-%d %H:%M}"
        yield (asked, str(job.asked_by), job.title, str(job.get_state_display()), said)


@require_safe
@office_page
def job(request: OfficeRequest, pk: int) -> HttpResponse:
    """One job: how far it is, or what came of it."""
    found = queries.job_for(request.office, _permissions(request), pk)
    if found.kind in RESULTS and found.result and found.state == Job.State.DONE:
        template, context = RESULTS[found.kind]
        return tabs.show(request, TAB, template, {"job": found, **context(found)})
    shown = {
        "job": found,
        "emptied": found.kind in RESULTS and not found.result,
        "afterwards": AFTERWARDS.get(found.kind, ""),
    }
    return tabs.show(request, TAB, "job", shown)


@require_safe
@office_page
def live(request: OfficeRequest, pk: int) -> HttpResponse:
    """How far a job is, for its page to ask again and again; the whole page anew once it has ended."""
    found = queries.job_for(request.office, _permissions(request), pk)
    if not found.is_open:
        return HttpResponseClientRefresh()
    return render(request, "web/settings/_job.html", {"job": found})
