"""The tiles of a month: shares that the manuals name with target and trend, and what has to reach a number."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.engine.counting import Count
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.reports import monthly
from guanjia.reports import overview as reports
from guanjia.reports.monthly import Figure, Verdict
from guanjia.staff import rules
from guanjia.web.bridge import seen, words
from guanjia.web.components import KpiView, Phase, QuotaView
from guanjia.web.director.months import months_before
from guanjia.web.doors import OfficeRequest

SERIES = 12


def shares(request: OfficeRequest, adopted: tuple[Adopted, ...], period: str) -> list[KpiView]:
    """A tile for every share that the manuals name, those with a target first; a target gives the verdict."""
    history = monthly.series(request.office, adopted, months_before(period, SERIES), request.now)
    now = history[-1]
    may_see = rules.can_see_reports(request.user, request.office, request.now)
    mine = seen.sight(request)
    verdicts = {(v.figure.manual_key, v.target.statistic): v for v in monthly.verdicts(adopted, now)}
    tiles = []
    for index, figure in enumerate(now):
        if not figure.statistic.share:
            continue
        series = tuple(_value(month[index]) for month in history)
        verdict = verdicts.get((figure.manual_key, figure.statistic.key))
        leads = may_see and mine.opens_all(figure.behind)
        href = reverse("statistic", args=[period, figure.manual_key, figure.statistic.key]) if leads else ""
        tiles.append((verdict is None, replace(_share(figure, series, verdict), href=href)))
    return [tile for _plain, tile in sorted(tiles, key=lambda pair: pair[0])]


def _value(figure: Figure) -> float | None:
    return None if figure.tenths is None else figure.tenths / 10


def target_words(compare: str, wanted: str) -> str:
    """A target in words: 不低于95%; one of all is all: 100%."""
    if compare == ">=" and wanted == "100%":
        return wanted
    said = {">=": _("不低于 %s"), "<=": _("不超过 %s"), ">": _("高于 %s"), "<": _("低于 %s")}
    return said[compare] % wanted


def _share(figure: Figure, series: tuple[float | None, ...], verdict: Verdict | None) -> KpiView:
    compiled = adoption.compiled(figure.manual_key, figure.manual_version)
    phase, word, target, text = Phase.OK, "", None, _("规程没有定数")
    clause = figure.statistic.clause
    if verdict is not None:
        clause = verdict.target.clause
        text = _("目标由本处设定，还没设定")
    if verdict is not None and verdict.wanted:
        text = _("目标 %s") % target_words(verdict.target.compare, verdict.wanted)
        target = float(verdict.wanted.rstrip("%‰"))
        if verdict.met is not None:
            phase, word = (Phase.DONE, _("达标")) if verdict.met else (Phase.OVER, _("未达标"))
    if figure.tenths is None:
        word = _("本月还没有")
    return KpiView(
        title=figure.statistic.label,
        value=figure.text.removesuffix(figure.sign),
        unit=figure.sign if figure.tenths is not None else "",
        phase=phase,
        verdict=word,
        clause=words.clause_view(compiled, clause),
        target_text=text,
        ratio_text=f"{figure.count}/{figure.base}",
        series=series,
        target=target,
    )


def quotas(request: OfficeRequest, adopted: tuple[Adopted, ...], period: str) -> list[KpiView]:
    """A tile for every number that a recurring duty of the month has to reach: visits, samples."""
    found = reports.quotas(request.office, adopted, period, request.now)
    return [_quota(row, count, request) for row, count in found if count.needed]


def _quota(row: Obligation, count: Count, request: OfficeRequest) -> KpiView:
    done, needed = len(count.done), count.needed or 0
    ends = row.due_at or count.ends
    expected = _expected(count, row, request) if row.closed_at is None else None
    phase, word = _standing(done, needed, expected, ends is not None and ends < request.now)
    left = (ends - request.now) // timedelta(days=1) if ends and ends > request.now else None
    view = QuotaView(done, needed, count.quota.label, count.reckoning, expected)
    return KpiView(
        title=count.quota.label or row.label,
        value=str(done),
        unit=f"/{needed}",
        phase=phase,
        verdict=word,
        clause=words.clause_view(words.manual_of(row), count.quota.clause or row.clause),
        target_text=count.reckoning or row.label,
        ratio_text=(_("剩 %s 天") % left) if left is not None and done < needed else "",
        quota=view,
        href=reverse("case-counted", args=[row.case.number, row.pk])
        if seen.sight(request).shows(row.case.number)
        else "",
    )


def _expected(count: Count, row: Obligation, request: OfficeRequest) -> int | None:
    """How many there should be by now if they were done evenly from the beginning of the period to the due time."""
    ends = row.due_at or count.ends
    if ends is None or ends <= count.begins:
        return None
    gone = min(max((request.now - count.begins) / (ends - count.begins), 0.0), 1.0)
    return math.floor((count.needed or 0) * gone)


def _standing(done: int, needed: int, expected: int | None, late: bool) -> tuple[Phase, str]:
    if done >= needed:
        return Phase.DONE, _("够了")
    if late:
        return Phase.OVER, _("超时，还差 %s") % (needed - done)
    if expected is not None and done < expected:
        return Phase.SOON, _("落后 %s") % (expected - done)
    return Phase.OK, _("按进度")
