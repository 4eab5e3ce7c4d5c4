"""Import of households: upload, a dry run that names every bad row, then all or nothing; template and export.

The worker does both; their pages are those of `jobs`.
"""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases import actions as case_actions
from guanjia.intake import households, importing, uploads
from guanjia.jobs import actions as jobs
from guanjia.jobs import queries
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs

TAB = "settings-households"
PERMISSION = "manage_households"
SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COUNTS = (
    ("new_units", gettext_lazy("新房屋")),
    ("changed_units", gettext_lazy("改动的房屋")),
    ("new_persons", gettext_lazy("新住户")),
    ("changed_persons", gettext_lazy("改动的住户")),
    ("new_occupancies", gettext_lazy("新居住关系")),
    ("changed_occupancies", gettext_lazy("改动的居住关系")),
    ("unchanged", gettext_lazy("没有变化的行")),
)
BAD_HEADINGS = ("行", "列", "原因")


@require_safe
@office_page
def upload(request: OfficeRequest) -> HttpResponse:
    """Where a list is uploaded; the template; everything as a file."""
    tabs.require(request, PERMISSION)
    return tabs.show(request, TAB, "households", {})


@form_on("settings-households")
@office_page
def check(request: OfficeRequest) -> HttpResponse:
    """Keeps the uploaded list, has it checked by the worker and leads to the page of that job."""
    tabs.require(request, PERMISSION)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise Problem(
                "UPLOAD_EMPTY", _("还没有选文件。"), _("请选一个 Excel 或 CSV 文件。"), field="file"
            )
        uploads.sweep(request.now)
        jobs.forget(request.office, importing.CHECK, request.now - uploads.KEPT_FOR)
        name = file.name or ""
        sha256 = uploads.keep(request.office, name, file.read())
    except Problem as problem:
        trouble = {"trouble": list(errors_of(problem).values())}
        return tabs.show(request, TAB, "households", trouble, problem)
    job = jobs.ask(
        request.office, importing.CHECK, _("试导入 %s") % name, by=request.user, at=request.now,
        permission=PERMISSION, data={"sha256": sha256, "name": name},
    )  # fmt: skip
    return redirect("settings-job", job.pk)


def report(job: Job) -> dict[str, object]:
    """What the page of a dry run shows, of a job that is done."""
    found = job.result
    bad = found.get("bad", [])
    return {
        "report": found,
        "counts": [(word, found.get("counts", {}).get(key, 0)) for key, word in COUNTS],
        "bad": bad[:SHOWN],
        "more_bad": max(len(bad) - SHOWN, 0),
    }


def _checked(request: OfficeRequest, pk: int) -> Job:
    """A dry run of the office that is done and whose result is still kept. Raises Problem NOT_FOUND, UPLOAD_GONE."""
    tabs.require(request, PERMISSION)
    job = queries.job_for(request.office, (PERMISSION,), pk)
    if job.kind != importing.CHECK or not job.result:
        raise Problem(
            "UPLOAD_GONE", _("这次试导入的结果已清除。"), _("请重新上传并试导入。"), field="file", status=404
        )
    return job


@require_safe
@office_page
def bad_rows(request: OfficeRequest, pk: int) -> HttpResponse:
    """Every bad row of the dry run as CSV, to mend the list by."""
    job = _checked(request, pk)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(BAD_HEADINGS)
    writer.writerows((one["line"], one["column"], one["reason"]) for one in job.result["bad"])
    headers = {"Content-Disposition": 'attachment; filename="import-errors.csv"'}
    return HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@office_page
def commit(request: OfficeRequest, pk: int) -> HttpResponse:
    """Has the list of the dry run taken as a whole, or not at all. Asked for twice, it is taken once."""
    checked = _checked(request, pk)
    if not checked.result["ok"]:
        raise Problem(
            "IMPORT_BAD_ROWS", _("表里有不能导入的行。"), _("请改好后重新试导入。"), field="file", status=422
        )
    name = checked.data["name"]
    job = jobs.ask(
        request.office, importing.IMPORT, _("导入 %s") % name, by=request.user, at=request.now,
        permission=PERMISSION, key=f"{importing.IMPORT}:{checked.pk}",
        data={"sha256": checked.result["sha256"], "digest": checked.result["digest"], "name": name},
    )  # fmt: skip
    return redirect("settings-job", job.pk)


@require_safe
@office_page
def template(request: OfficeRequest) -> HttpResponse:
    """An empty workbook with a sheet that explains each column."""
    tabs.require(request, PERMISSION)
    headers = {"Content-Disposition": "attachment; filename=households.xlsx"}
    return HttpResponse(households.template(), content_type=XLSX, headers=headers)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Every unit and occupancy of the office, in the columns that an import takes; who took it is written down
    (S003-M8-4.3.2)."""
    tabs.require(request, PERMISSION)
    case_actions.note_access(request.office, request.user, _("导出住户名册 %s") % kind, request.now)
    headers = {"Content-Disposition": f"attachment; filename=households-all.{kind}"}
    if kind == "csv":
        return StreamingHttpResponse(
            households.export_csv(request.office), content_type="text/csv; charset=utf-8", headers=headers
        )
    if kind == "xlsx":
        buffer = io.BytesIO()
        households.export_xlsx(request.office, buffer)
        return HttpResponse(buffer.getvalue(), content_type=XLSX, headers=headers)
    raise Problem("EXPORT_KIND", _("不能导出成 %s。") % kind, _("请选 CSV 或 XLSX。"), status=404)
