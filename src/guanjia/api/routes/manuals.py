"""The manuals that an office works under, and the figures of a month that they ask for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Router
from pydantic import Field

from guanjia.adoption import queries as adoption
from guanjia.adoption.models import Adoption
from guanjia.api.keys import ApiRequest
from guanjia.api.params import Month, OfficeCode, PageNumber, PageSize, Says
from guanjia.api.shapes.common import Page, cut
from guanjia.api.shapes.figures import MonthOut, StatisticOut, TargetOut
from guanjia.api.shapes.manuals import ManualOut, ManualRow
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted
from guanjia.reports import monthly

router = Router(tags=["规程与统计"])


@router.get("/offices/{office}/manuals", response=Page[ManualRow], summary="采用的规程")
def manuals(
    request: ApiRequest,
    office: OfficeCode,
    past: Annotated[bool, Says("以前采用过的也要")] = False,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> Page[ManualRow]:
    """The versions that the office works under now, with its own figures; with `past` those before them too."""
    caller = request.auth
    place = caller.office(office)
    found = [one for one in adoption.adoptions(place) if past or _now(one, caller.now)]
    rows, numbers = cut(found, page, size)
    figures = adoption.figures(place)
    return Page[ManualRow](items=[ManualRow.of(_adopted(row, figures), row) for row in rows], **numbers)


@router.get("/offices/{office}/manuals/{key}", response=ManualOut, summary="一部规程")
def manual(
    request: ApiRequest,
    office: OfficeCode,
    key: Annotated[str, Field(max_length=60)],
    version: Annotated[str, Field(max_length=20), Says("版本；不写为现在的")] = "",
) -> ManualOut:
    """A version that the office works or worked under: clauses, procedures, obligations, forms."""
    caller = request.auth
    place = caller.office(office)
    row = _one(place, key, version, caller.now)
    figures = adoption.figures(place)
    return ManualOut.whole(_adopted(row, figures), row, adoption.wordings(place, key))


@router.get("/offices/{office}/statistics", response=MonthOut, summary="一个月的统计")
def statistics(request: ApiRequest, office: OfficeCode, month: Month) -> MonthOut:
    """Every statistic of the office's manuals for a month (those over a week for each week that ends in it), each with the
    cases behind it that the caller sees, and the targets."""
    caller = request.auth
    place = caller.office(office)
    caller.require("see_reports", place)
    adopted = adoption.adopted(place, caller.now)
    found = monthly.listed(place, adopted, month, caller.now)
    return MonthOut(
        month=month,
        statistics=[StatisticOut.of(figure, caller.sight(place).seen_of) for figure in found],
        targets=[TargetOut.of(one) for one in monthly.verdicts(adopted, found)],
    )


def _now(row: Adoption, now: datetime) -> bool:
    return row.since <= now and (row.until is None or row.until > now)


def _one(office: Office, key: str, version: str, now: datetime) -> Adoption:
    for row in adoption.adoptions(office):
        if row.manual.key == key and (row.manual.version == version if version else _now(row, now)):
            return row
    raise Problem(
        "NOT_FOUND", f"本处没有采用规程 {key} {version}。".replace(" 。", "。"), "见 manuals。", status=404
    )


def _adopted(row: Adoption, figures: dict[str, dict[str, str]]) -> Adopted:
    return Adopted(adoption.compiled(row.manual.key, row.manual.version), figures.get(row.manual.key, {}))
