"""Import of households: upload, a dry run that names every bad row, then all or nothing; template and export."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from guanjia.intake import households, uploads
from guanjia.intake.households import Report
from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.web import toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.settings import tabs

TAB = "settings-households"
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
    tabs.require(request, "manage_households")
    return tabs.show(request, TAB, "households", {})


@require_POST
@office_page
def check(request: OfficeRequest) -> HttpResponse:
    """Keeps the uploaded list and leads to its dry run, so that a reload looks again and uploads nothing."""
    tabs.require(request, "manage_households")
    file = request.FILES.get("file")
    try:
        if file is None:
            raise Problem(
                "UPLOAD_EMPTY", _("还没有选文件。"), _("请选一个 Excel 或 CSV 文件。"), field="file"
            )
        uploads.sweep(request.now)
        sha256 = uploads.keep(request.office, file.name or "", file.read())
    except Problem as problem:
        return tabs.show(request, TAB, "households", {"trouble": _said(problem)}, problem)
    return redirect("settings-import", sha256)


def _said(problem: Problem) -> list[str]:
    return list(errors_of(problem).values())


@require_safe
@office_page
def dry_run(request: OfficeRequest, sha256: str) -> HttpResponse:
    """What an import of the kept list would do; every bad row by line, column and reason. Writes nothing."""
    tabs.require(request, "manage_households")
    return _report(request, sha256, None)


def _report(request: OfficeRequest, sha256: str, refused: Problem | None) -> HttpResponse:
    name, content = uploads.kept(request.office, sha256)
    try:
        report = households.dry_run(request.office, name, content)
    except Problem as problem:
        return tabs.show(request, TAB, "households", {"trouble": _said(problem)}, problem)
    context = {
        "report": report,
        "sha256": sha256,
        "counts": [(word, report.counts.get(key, 0)) for key, word in COUNTS],
        "bad": report.bad[:SHOWN],
        "changes": report.changes[:SHOWN],
        "more_bad": max(len(report.bad) - SHOWN, 0),
        "more_changes": max(len(report.changes) - SHOWN, 0),
        "trouble": _said(refused) if refused else [],
    }
    return tabs.show(request, TAB, "import", context, refused)


@require_safe
@office_page
def bad_rows(request: OfficeRequest, sha256: str) -> HttpResponse:
    """Every bad row of the dry run as CSV, to mend the list by."""
    tabs.require(request, "manage_households")
    name, content = uploads.kept(request.office, sha256)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(BAD_HEADINGS)
    writer.writerows(
        (one.line, one.column, one.reason) for one in households.dry_run(request.office, name, content).bad
    )
    headers = {"Content-Disposition": 'attachment; filename="import-errors.csv"'}
    return HttpResponse("\ufeff" + buffer.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@office_page
def commit(request: OfficeRequest, sha256: str) -> HttpResponse:
    """Takes the list of the dry run as a whole, or not at all."""
    tabs.require(request, "manage_households")
    name, content = uploads.kept(request.office, sha256)
    try:
        report: Report = households.commit(
            request.office,
            name,
            content,
            sha256=sha256,
            on=staff.day_in(request.office, request.now),
            digest=request.POST.get("digest", ""),
        )
    except Problem as problem:
        return _report(request, sha256, problem)
    uploads.forget(request.office, sha256)
    words = {"lines": report.lines, "units": report.units, "persons": report.persons}
    toasts.say(request, _("已导入 %(lines)s 行：%(units)s 套房屋，%(persons)s 个住户。") % words)
    return redirect("households")


@require_safe
@office_page
def template(request: OfficeRequest) -> HttpResponse:
    """An empty workbook with a sheet that explains each column."""
    tabs.require(request, "manage_households")
    headers = {"Content-Disposition": "attachment; filename=households.xlsx"}
    return HttpResponse(households.template(), content_type=XLSX, headers=headers)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Every unit and occupancy of the office, in the columns that an import takes."""
    tabs.require(request, "manage_households")
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
