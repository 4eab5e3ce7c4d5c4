"""Payment requests at the counter: found by number or household, paid on the page of each, printed all at once."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.jobs import actions as jobs
from guanjia.jobs import queries
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.records.report import Cell, Column
from guanjia.reports import requests as reading
from guanjia.staff import rules
from guanjia.web import exports, shell
from guanjia.web.case.lists import state_words
from guanjia.web.cashier import bulk
from guanjia.web.cashier.asked import asked_of
from guanjia.web.doors import OfficeRequest, office_page

PAGE = 50
MOST = 5000
PERMISSION = "see_arrears"
HEADINGS = (
    "单号", "编号", "房屋", "业户", Column("几件", "number"), Column("金额，元", "money"), Column("未付，元", "money"),
    "状态", Column("填写", "time"),
)  # fmt: skip


@require_safe
@office_page
def page(request: OfficeRequest) -> HttpResponse:
    """Payment requests that are not paid, or all, with what is owed on each."""
    shell.require_door(request, "cashier")
    asked = asked_of(request)
    rows = reading.requests(request.office, **asked.narrows)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    standing = reading.by_state(request.office, **asked.wide)
    may_print = rules.may(PERMISSION, request.user, request.office, request.now)
    drawing, stopped = _rounds(request) if may_print else ([], [])
    context = {
        "drawing": drawing,
        "stopped": stopped,
        "rows": [(one, state_words(one.case)) for one in reading.with_money(request.office, list(shown))],
        "page": shown,
        "asked": asked,
        "states": [(one, state_words(one.case)) for one in standing],
        "together": bulk.offered(request, asked.of_state(standing)) if may_print else [],
        "may_print": may_print and shown.paginator.count > 0,
        "area": "cashier",
    }
    return render(request, "web/cashier/requests.html", context)


def _rounds(request: OfficeRequest) -> tuple[list[Job], list[tuple[str, Job]]]:
    """The rounds of which the worker opens requests just now, and those at which it stopped, with their cases."""
    known = queries.latest(request.office, (PERMISSION,), reading.BILL)
    drawing = [job for job in known if job.is_open]
    newest: dict[str, Job] = {}
    for job in known:
        newest.setdefault(str(job.data["case"]), job)
    ended = {number: job for number, job in newest.items() if not job.is_open and job.state != Job.State.DONE}
    going = reading.still_open(request.office, ended)
    return drawing, [(number, job) for number, job in ended.items() if number in going]


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    shell.require_door(request, "cashier")
    return exports.response(request, kind, _("付款请求"), HEADINGS, _lines(request))


def _lines(request: OfficeRequest) -> Iterator[tuple[Cell, ...]]:
    asked = asked_of(request)
    rows = reading.requests(request.office, **asked.narrows)
    for number in Paginator(rows, 500).page_range:
        for one in reading.with_money(request.office, list(Paginator(rows, 500).page(number))):
            case = one.case
            yield (
                case.number, one.paper, case.unit.code if case.unit else "", case.party.name if case.party else "",
                one.orders, one.total_fen, one.open_fen, state_words(case),
                case.opened_at,
            )  # fmt: skip


@require_POST
@office_page
def print_all(request: OfficeRequest) -> HttpResponse:
    """Has all that the search finds set as one file, in the order of the houses; leads to how far it is."""
    rules.require(PERMISSION, request.user, request.office, request.now)
    asked = asked_of(request)
    rows = reading.requests(request.office, **asked.narrows)
    numbers = list(rows.order_by("unit__code", "number").values_list("number", flat=True)[: MOST + 1])
    if not numbers or len(numbers) > MOST:
        raise Problem(
            "PRINT_COUNT", _("要打印的有 %s 张。") % len(numbers), _("请用月份或搜索选出 1 到 %s 张。") % MOST
        )
    reading.sweep(request.now)
    title = _("打印 %s 张付款请求书") % len(numbers)
    job = jobs.ask(
        request.office, reading.PRINT, title, by=request.user, at=request.now, permission=PERMISSION,
        data={"cases": numbers},
    )  # fmt: skip
    return redirect("requests-job", job.pk)


@require_safe
@office_page
def progress(request: OfficeRequest, pk: int) -> HttpResponse:
    """How far the printing is, and the file when it is done."""
    rules.require(PERMISSION, request.user, request.office, request.now)
    job = queries.job_for(request.office, (PERMISSION,), pk)
    there = job.state == "done" and reading.file_of(request.office, job.pk).exists()
    return render(request, "web/cashier/requests_job.html", {"job": job, "there": there, "area": "cashier"})


@require_safe
@office_page
def file(request: OfficeRequest, pk: int) -> FileResponse:
    """The file of a job that is done. Raises Problem NOT_FOUND, also once it is swept away."""
    rules.require(PERMISSION, request.user, request.office, request.now)
    job = queries.job_for(request.office, (PERMISSION,), pk)
    path = reading.file_of(request.office, job.pk)
    if job.kind != reading.PRINT or not path.exists():
        raise Problem("NOT_FOUND", _("这个文件已清除。"), _("请重新打印。"), status=404)
    name = _("付款请求书")
    return FileResponse(
        path.open("rb"), filename=f"{name}-{job.asked_at:%Y%m%d}.pdf", content_type="application/pdf"
    )
