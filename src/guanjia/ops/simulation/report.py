"""What a simulated year comes to: every statistic of every month, what was owed and done in time, what was left."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.obligations.models import Obligation, State
from guanjia.ops.simulation.year import Year
from guanjia.reports import monthly


def report_of(year: Year, begins: datetime) -> dict[str, Any]:
    """Plain data for a file: counts, months with their statistics, demands with how they went."""
    outcome = year.outcome
    return {
        "opened": dict(outcome.opened.most_common()),
        "uncovered": dict(outcome.uncovered.most_common()),
        "steps": outcome.steps,
        "refused": dict(outcome.refused.most_common()),
        "left": dict(outcome.left.most_common()),
        "demands": demands_of(year),
        "months": {month: statistics_of(year, month) for month in _months(year, begins)},
    }


def demands_of(year: Year) -> list[dict[str, Any]]:
    """By manual and obligation: how many were met in time, met late, missed and still open, running, cancelled."""
    counts: dict[tuple[str, str, str, str], Counter[str]] = {}
    for row in Obligation.objects.filter(office=year.stage.office).iterator(2000):
        key = row.manual_key, row.key, row.label.split("：")[0], row.clause
        counts.setdefault(key, Counter())[_went(row, year.until)] += 1
    return [
        {"manual": manual, "key": key, "label": label, "clause": clause, **dict(went)}
        for (manual, key, label, clause), went in sorted(counts.items())
    ]


def _went(row: Obligation, until: datetime) -> str:
    if row.state == State.CANCELLED:
        return "cancelled"
    late = row.due_at is not None and (row.met_at or until) > row.due_at
    if row.state == State.MET:
        return "late" if late else "in_time"
    return "missed" if late else "running"


def statistics_of(year: Year, month: str) -> list[dict[str, Any]]:
    """The statistics that the manuals name for a month."""
    adopted = adoption.adopted(year.stage.office, year.until)
    return [
        {
            "manual": one.manual_key,
            "clause": one.statistic.clause,
            "label": one.statistic.label,
            "text": one.text,
            "count": one.count,
            "base": one.base,
        }
        for one in monthly.figures(year.stage.office, adopted, month, year.until)
    ]


def _months(year: Year, begins: datetime) -> list[str]:
    zone = ZoneInfo(year.stage.office.time_zone)
    first, last = begins.astimezone(zone), year.until.astimezone(zone)
    found, when = [], first.replace(day=1)
    while when < last:
        found.append(f"{when:%Y-%m}")
        when = when.replace(year=when.year + when.month // 12, month=when.month % 12 + 1)
    return found


def lines_of(title: str, report: dict[str, Any]) -> list[str]:
    """The report in a screenful: what came, what was missed most, what nobody covered, what was left."""
    demands = report["demands"]
    total = Counter[str]()
    for one in demands:
        total.update(
            {went: one.get(went, 0) for went in ("in_time", "late", "missed", "running", "cancelled")}
        )
    worst = sorted(demands, key=lambda one: -(one.get("late", 0) + one.get("missed", 0)))[:10]
    opened = "、".join(f"{word} {count}" for word, count in report["opened"].items())
    lines = [
        f"{title}：受理 {sum(report['opened'].values())} 件（{opened}），办了 {report['steps']} 步。",
        f"应办：按时 {total['in_time']}，迟办 {total['late']}，没办 {total['missed']}，在计 {total['running']}，"
        f"取消 {total['cancelled']}。",
    ]
    if report["uncovered"]:
        words = "、".join(f"{word} {count}" for word, count in report["uncovered"].items())
        lines.append(f"规程没有管的：{words}。")
    for one in worst:
        if bad := one.get("late", 0) + one.get("missed", 0):
            lines.append(
                f"  {one['label']}（{one['clause']}）：{bad} 件没按时，按时 {one.get('in_time', 0)} 件"
            )
    return lines
