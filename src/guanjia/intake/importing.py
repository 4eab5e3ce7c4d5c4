"""The import of households as two jobs of the worker: a dry run, and the commit of what it found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from guanjia.estate import bulk
from guanjia.intake import households, uploads
from guanjia.intake.households import Report
from guanjia.jobs.actions import Run
from guanjia.staff.queries import day_in

CHECK, IMPORT = "households-check", "households-import"
CHANGES_KEPT = 200


def check(run: Run) -> str:
    """The dry run of a kept list. Data: `sha256`. Result: every bad row, the first changes, counts, digest."""
    name, content = uploads.kept(run.office, run.data["sha256"])
    report = households.dry_run(run.office, name, content, progress=run.tell)
    bad = len(report.bad)
    outcome = f"{report.lines} 行，{bad} 处不能导入" if bad else f"{report.lines} 行，没有错"
    run.keep(_kept(report), outcome)
    return outcome


def _kept(report: Report) -> dict[str, Any]:
    names = ("sha256", "digest", "lines", "units", "persons", "counts", "ok")
    return {
        **{name: getattr(report, name) for name in names},
        "ignored": list(report.ignored),
        "bad": [asdict(one) for one in report.bad],
        "changes": [asdict(one) for one in report.changes[:CHANGES_KEPT]],
        "more_changes": max(len(report.changes) - CHANGES_KEPT, 0),
    }


def take(run: Run) -> str:
    """The commit of a list that was checked. Data: `sha256`, `digest`. A second worker goes on with the search words."""
    on = day_in(run.office, run.job.asked_at)
    sha256 = run.data["sha256"]
    if run.job.result:
        bulk.index_rest(run.office, on=on, progress=run.tell)
    else:
        name, content = uploads.kept(run.office, sha256)
        households.commit(
            run.office,
            name,
            content,
            sha256=sha256,
            on=on,
            digest=run.data["digest"],
            progress=run.tell,
            also=lambda report: run.keep(
                {"lines": report.lines, "units": report.units, "persons": report.persons},
                f"已导入 {report.lines} 行：{report.units} 套房屋，{report.persons} 个住户",
            ),
        )
    uploads.forget(run.office, sha256)
    return run.job.outcome
