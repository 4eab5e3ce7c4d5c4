"""The company's offices side by side for a month. Only for those who see the reports of several offices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.records.report import Cell, Column
from guanjia.reports import company
from guanjia.reports.company import DutyLine, Line, Turn
from guanjia.reports.overview import MOMENT
from guanjia.staff import rules
from guanjia.web import exports
from guanjia.web.bridge import seen, words
from guanjia.web.director.months import checked, month_words, offered, period_of, today_of
from guanjia.web.director.tiles import target_words
from guanjia.web.display import day_words
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.office import zone_of


def _offices(request: OfficeRequest) -> list[Office]:
    """The offices of the page. Raises Problem FORBIDDEN for who belongs to one office."""
    found = rules.compared_offices(request.user, request.office, request.now)
    if not found:
        raise Problem("FORBIDDEN", _("各处对比只给公司的岗位看。"), _("本处的统计在「报表」里。"), status=403)
    return found


def state_words(turn: Turn) -> str:
    """How far a report is, in words: 未起草, 已起草, 已签, 已送; with 超时 where it is late."""
    said = {"none": _("未起草"), "drafted": _("已起草"), "signed": _("已签"), "sent": _("已送")}[turn.state]
    return _("%s，超时") % said if turn.late else said


@require_safe
@office_page
def compare(request: OfficeRequest) -> HttpResponse:
    """Targets, statistics and recurring reports of a month, a column an office."""
    offices, period = _offices(request), period_of(request)
    lines = company.figures(offices, period, request.now)
    duties = company.duties(offices, period, request.now)
    context = {
        "period": period,
        "title": month_words(period, today_of(request)),
        "months": offered(request, period),
        "offices": offices,
        "lines": [_line(request, line, offices, period) for line in lines],
        "duties": [_duty(request, line, offices) for line in duties],
        "area": "director",
    }
    return render(request, "web/director/company.html", context)


def _line(request: OfficeRequest, line: Line, offices: list[Office], period: str) -> dict[str, object]:
    figure = line.total
    address = reverse("statistic", args=[period, figure.manual_key, figure.statistic.key])
    return {
        "label": figure.statistic.label,
        "target": _target(line),
        "clause": words.clause_view(line.one.compiled, figure.statistic.clause),
        "cells": [
            (
                office,
                cell,
                address if cell and seen.sight(request, office).opens_all(cell.figure.behind) else "",
            )
            for office in offices
            for cell in (line.cells.get(office.pk),)
        ],
        "total": figure,
    }


def _target(line: Line) -> str:
    verdicts = [cell.verdict for cell in line.cells.values() if cell.verdict]
    said = dict.fromkeys(target_words(one.target.compare, one.wanted) for one in verdicts if one.wanted)
    return "、".join(said)


def _day(turn: Turn, office: Office, today: date) -> str:
    """The last day of a report in its office."""
    return day_words((turn.due_at - MOMENT).astimezone(zone_of(office)).date(), today)


def _duty(request: OfficeRequest, line: DutyLine, offices: list[Office]) -> dict[str, object]:
    cells, today = [], today_of(request)
    for office in offices:
        mine = seen.sight(request, office)
        turns = [
            (
                turn,
                state_words(turn),
                _day(turn, office, today),
                reverse("case", args=[turn.number]) if mine.shows(turn.number) else "",
            )  # fmt: skip
            for turn in line.cells.get(office.pk, ())
        ]
        cells.append((office, turns[-MOST:], len(turns) - MOST, office.pk in line.cells))
    return {
        "label": line.duty.label,
        "clause": words.clause_view(line.one.compiled, line.duty.clause),
        "cells": cells,
        "open": sum(turn.state != "sent" for turns in line.cells.values() for turn in turns),
    }


MOST = 4  # turns of a daily duty that a cell shows; all are on the office's own page


@require_safe
@office_page
def export(request: OfficeRequest, period: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """Both tables as CSV, XLSX or PDF."""
    offices, period = _offices(request), checked(period)
    headings: list[str | Column] = [Column(_("项目"), width=2), _("目标")]
    headings += [Column(office.name, "center", width=2) for office in offices]
    headings += [Column(_("合计"), "center"), Column(_("依据"), width=2)]
    return exports.response(
        request, kind, _("各处对比"), headings, _rows(request, offices, period), period=period,
        signs=(_("制表"), _("审核")),
    )  # fmt: skip


def _rows(request: OfficeRequest, offices: list[Office], period: str) -> Iterator[tuple[Cell, ...]]:
    for line in company.figures(offices, period, request.now):
        cells = [_said(line, office) for office in offices]
        clause = f"{line.total.manual_short} {line.total.statistic.clause}"
        yield (line.total.statistic.label, _target(line), *cells, _share(line), clause)
    for duty in company.duties(offices, period, request.now):
        turns = ["；".join(state_words(turn) for turn in duty.cells.get(office.pk, ())) for office in offices]
        rest = sum(turn.state != "sent" for held in duty.cells.values() for turn in held)
        clause = f"{duty.one.compiled.manual.manual.short} {duty.duty.clause}"
        yield (duty.duty.label, "", *turns, _("未送 %s") % rest if rest else "", clause)


def _said(line: Line, office: Office) -> str:
    cell = line.cells.get(office.pk)
    if cell is None:
        return _("不按这部规程")
    ratio = f" {cell.figure.count}/{cell.figure.base}" if cell.figure.statistic.share else ""
    met = cell.verdict.met if cell.verdict else None
    verdict = "" if met is None else _("达标") if met else _("未达标")
    return f"{cell.figure.text}{ratio} {verdict}".rstrip()


def _share(line: Line) -> str:
    ratio = f" {line.total.count}/{line.total.base}" if line.total.statistic.share else ""
    return f"{line.total.text}{ratio}"
