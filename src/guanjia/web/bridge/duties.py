"""Obligations as chips on a case and as rows of the worklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.engine import counting
from guanjia.engine.counting import Count
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.decision import Waiting
from guanjia.staff import queries as staff
from guanjia.web import clocks
from guanjia.web.bridge import words
from guanjia.web.components import ChipView, ClockView, GroupView, Phase, QuotaView, RowView

WHOLE_DAY_UNITS = ("days", "workdays")


def people_of(office: Office, now: datetime) -> dict[str, str]:
    """Role -> name, for the roles that one person alone holds: a duty is then shown under that name."""
    return staff.sole_holders(office, now)


def clock_of(row: Obligation, now: datetime, zone: ZoneInfo) -> ClockView:
    """The clock of an obligation. One without a due time says since when it is owed."""
    limit = words.limit_words(row.limit_text, words.manual_of(row))
    if row.met_at is None and row.state == State.OPEN and row.due_at is None:
        days = (now - row.opened_at) // timedelta(days=1)
        age = _("已 %s 天") % days if days else _("今天起")
        return ClockView(Phase.OK, _("待办"), age)
    return clocks.clock(
        now=now,
        zone=zone,
        opened_at=row.opened_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
        met_at=row.met_at,
        limit=limit,
        whole_day=row.unit in WHOLE_DAY_UNITS or row.limit_text == "same day",
        provisional=row.provisional,
    )


def chip(row: Obligation, now: datetime, zone: ZoneInfo, people: Mapping[str, str]) -> ChipView:
    """An obligation on its case."""
    compiled = words.manual_of(row)
    note = ""
    if row.state == State.PAUSED:
        note = row.pause_reason
    elif row.state == State.MET and row.missed_at and row.met_at:
        note = _("超时 %s 办结") % _span(row.met_at - row.missed_at)
    count = _count(row, now)
    if count and count.needed is None:
        note = _("已办 %s，要几个由本处设定") % len(count.done)
    return ChipView(
        clock=clock_of(row, now, zone),
        label=row.label,
        clauses=(words.clause_view(compiled, row.clause, own=row.own_figure, blank=not row.limit_text),),
        owner=words.owner_words(row, people),
        note=note,
        href=reverse("case-counted", args=[row.case.number, row.pk]) if count else "",
        quota=_quota(count),
    )


def _count(row: Obligation, now: datetime) -> Count | None:
    """How the quota of a duty stands; of several the one of which most is left to do."""
    found = counting.counts_of(row, now)
    return min(found, key=lambda count: len(count.done) - (count.needed or 0), default=None)


def _quota(count: Count | None) -> QuotaView | None:
    if count is None or count.needed is None:
        return None
    return QuotaView(len(count.done), count.needed, count.quota.label, count.reckoning)


def _span(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return _("%s 分钟") % minutes if minutes < 120 else _("%s 小时") % (minutes // 60)


def waiting_chip(one: Waiting) -> ChipView:
    """An obligation whose trigger has not happened."""
    definition = one.obligation.definition
    compiled = adoption.compiled(one.obligation.manual_key, one.version)
    return ChipView(
        clock=clocks.waiting(words.event_words(one.event), words.limit_words(one.limit, compiled)),
        label=definition.label,
        clauses=(words.clause_view(compiled, definition.clause, own=one.own_figure, blank=not one.limit),),
        owner=words.role_words(compiled, definition.owner) if definition.owner != "assignee" else _("承办人"),
    )


def chips(
    rows: Iterable[Obligation],
    waiting: Iterable[Waiting],
    now: datetime,
    zone: ZoneInfo,
    people: Mapping[str, str],
) -> list[ChipView]:
    """All obligations of a case: running by due time, then those not started, then what is done. Cancelled ones do
    not show; two manuals' same duty stand together, the stricter one on top."""
    live = [
        row
        for row in rows
        if row.state in (State.OPEN, State.PAUSED) and (not row.not_before or row.not_before <= now)
    ]
    live.sort(key=lambda row: (row.due_at is None, row.due_at or row.opened_at))
    done = sorted(
        (row for row in rows if row.state == State.MET), key=lambda row: row.met_at or now, reverse=True
    )
    return [
        *(chip(row, now, zone, people) for row in live),
        *(waiting_chip(one) for one in waiting),
        *(chip(row, now, zone, people) for row in done),
    ]


def row(one: Obligation, now: datetime, zone: ZoneInfo, people: Mapping[str, str]) -> RowView:
    """An obligation in the worklist, as `obligations.queries.worklist` reads it."""
    case = one.case
    unit = case.unit.name if case.unit else _("全处")
    who = case.party.name if case.party else one.of  # type: ignore[attr-defined]
    return RowView(
        key=f"o{one.pk}",
        clock=clock_of(one, now, zone),
        label=one.label,
        detail=f"{case.number} {case.subject}",
        where=unit,
        who=who,
        owner=words.owner_words(one, people),
        clause=words.clause_view(words.manual_of(one), one.clause, own=one.own_figure),
        href=reverse("case", args=[case.number]),
        more_href=reverse("desk-row", args=[one.pk]),
        quota=_quota(_count(one, now)),
    )


def groups(rows: Iterable[RowView], now: datetime, zone: ZoneInfo) -> list[GroupView]:
    """Rows under their headings: overdue, today, this month, later, without a due time."""
    heads: dict[str, list[RowView]] = {name: [] for name in ("over", "today", "month", "later", "open")}
    today = now.astimezone(zone).date()
    for one in rows:
        due = one.clock.due_at
        if due is None:
            heads["open"].append(one)
        elif due < now:
            heads["over"].append(one)
        else:
            day = (due - timedelta(microseconds=1)).astimezone(zone).date()
            same_month = (day.year, day.month) == (today.year, today.month)
            heads["today" if day == today else "month" if same_month else "later"].append(one)
    titles = {
        "over": _("已超时"),
        "today": _("今天"),
        "month": _("本月"),
        "later": _("以后"),
        "open": _("没有期限，办妥为止"),
    }
    return [GroupView(titles[name], tuple(found), len(found)) for name, found in heads.items() if found]
