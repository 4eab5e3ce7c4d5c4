"""`guanjia manual replay`: what is to be replayed, and how the answer reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ops.manuals import places
from guanjia.ops.replay.comparing import Replayed, Totals, other_manuals, replay
from guanjia.policy import lint
from guanjia.policy.compiled import Adopted

__all__ = ["Plan", "Totals", "plan", "run", "summary", "told"]


@dataclass(frozen=True)
class Plan:
    """An office's cases of a stretch of time, under other manuals."""

    office: Office
    adopted: list[Adopted]
    since: datetime
    until: datetime
    now: datetime


def plan(options: Mapping[str, Any], now: datetime) -> Plan:
    """What the options ask for. Raises Problem NOT_FOUND, BAD_DATE, ADOPTION_CLASH, FIGURES_UNSET."""
    office = _office(options["office"])
    texts = [places.text_of(places.find(path)) for path in options["paths"]]
    adopted = other_manuals(office, texts, adoption.figures(office))
    if clashes := lint.check_together([one.compiled.manual for one in adopted]):
        raise Problem("ADOPTION_CLASH", clashes[0], "请选能一起采用的几部。")
    zone = ZoneInfo(office.time_zone)
    today = now.astimezone(zone).date()
    since = _day(options["since"], today - timedelta(days=365))
    until = _day(options["until"], today) + timedelta(days=1)
    begins, ends = (datetime.combine(day, time(), zone) for day in (since, until))
    return Plan(office, adopted, begins, ends, now)


def _office(code: str) -> Office:
    every = Office.objects.select_related("company").order_by("code")
    found = [one for one in every if code in ("", one.code)]
    if len(found) != 1:
        known = "、".join(one.code for one in every) or "还没有管理处"
        said = f"没有管理处「{code}」。" if code else "不知道是哪个管理处。"
        raise Problem("NOT_FOUND", said, f"请用 --office 写代码：{known}。")
    return found[0]


def _day(text: str, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem("BAD_DATE", f"「{text}」不是日期。", "请写成 2026-03-24。") from None


def run(plan: Plan) -> Iterator[Replayed]:
    """Every case of the plan."""
    return replay(plan.office, plan.adopted, plan.since, plan.until, plan.now)


def told(plan: Plan, one: Replayed) -> list[str]:
    """A case in words: a line for it, and one for each demand that would have been otherwise."""
    zone = ZoneInfo(plan.office.time_zone)
    lines = [f"{one.number} {one.subject}"]
    for pair in one.differing:
        label = pair.labels[1] or pair.labels[0]
        clause = pair.clauses[1] or pair.clauses[0]
        due = pair.due[1]
        when = f"，应在 {due.astimezone(zone):%Y-%m-%d %H:%M} 前" if due else ""
        lines.append(f"  {label}（{clause}）：{pair.word}{when}")
    return lines


def summary(plan: Plan, totals: Totals, shown: int) -> list[str]:
    """The counts over all cases, and how many more there are than were told."""
    titles = "、".join(f"《{one.compiled.manual.manual.title}》" for one in plan.adopted)
    lines = [f"照{titles}重演 {totals.cases} 件：{totals.differing} 件有不同，什么也没写进数据库。"]
    if shown < totals.differing:
        lines.append(f"上面列出 {shown} 件；--limit 0 列出全部，--json 一件一行。")
    return [*lines, *totals.lines()]
