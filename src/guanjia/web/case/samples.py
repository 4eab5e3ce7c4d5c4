"""Samples: the list of them, and one with its seed, so that anybody can draw it again and see that it is the same."""

from __future__ import annotations

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import sampling
from guanjia.engine.sampling import Place
from guanjia.records.report import Column
from guanjia.staff import rules
from guanjia.web import exports
from guanjia.web.bridge import seen, words
from guanjia.web.doors import OfficeRequest, office_page

HEADINGS = (
    Column("次序", "number"), "抽中", "对象", Column("当期的服务", width=3), Column("回访", "time"), "哪一件",
)  # fmt: skip


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """Every sample that was drawn in the office, the newest first."""
    rules.require("see_cases", request.user, request.office, request.now)
    page = Paginator(cases.sampled(seen.sight(request)), cases.PAGE).get_page(request.GET.get("page"))
    rows = []
    for case in page:
        sample, quota = sampling.stored(case)
        asked = sum(place.asked is not None for place in sampling.places(case))
        rows.append((case, sample, quota, asked))
    return render(request, "web/case/samples.html", {"page": page, "rows": rows, "area": "callbacks"})


@require_safe
@office_page
def show(request: OfficeRequest, number: str) -> HttpResponse:
    """One sample: seed, list, who was drawn and asked, who is next in turn, and whether drawing again agrees."""
    case, found = _found(request, number)
    sample, quota = sampling.stored(case)
    same, complete = sampling.same_again(case)
    page = Paginator(found, cases.PAGE).get_page(request.GET.get("page"))
    asked = sum(place.asked is not None for place in found)
    context = {
        "case": case,
        "sample": sample,
        "quota": quota,
        "clause": words.clause_view(adoption.compiled(case.manual_key, case.manual_version), quota.clause),
        "asked": asked,
        "enough": asked >= sample["needed"],
        "same": same,
        "complete": complete,
        "page": page,
        "search": request.GET.get("q", "").strip(),
        "area": "callbacks",
    }
    return render(request, "web/case/sample.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, number: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same list, all of it, as CSV, XLSX or on paper, with the seed above it."""
    case, found = _found(request, number)
    sample, quota = sampling.stored(case)
    lines = (
        (
            place.number, _("抽中") if place.drawn else "", place.member,
            "；".join(f"{one.number} {one.subject}" for one in place.cases),
            place.asked.at if place.asked else None, place.asked.case.number if place.asked else "",
        )
        for place in found
    )  # fmt: skip
    title = f"{quota.label} {case.facts.get('period', '')}".strip()
    notes = [
        _("种子 %(seed)s；基数 %(base)s；%(reckoning)s")
        % {"seed": sample["seed"], "base": len(sample["of"]), "reckoning": sample["reckoning"]},
        _("次序：把「种子:对象」的 SHA-256（小写十六进制）从小到大排，前几个就是抽中的。"),
    ]
    return exports.response(request, kind, title, HEADINGS, lines, notes=notes, basis=quota.clause)


def _found(request: OfficeRequest, number: str) -> tuple[Case, list[Place]]:
    rules.require("see_cases", request.user, request.office, request.now)
    case = seen.case_of(request, number)
    wanted = request.GET.get("q", "").strip().casefold().split()
    every = [_seen(request, place) for place in sampling.places(case)]
    return case, [place for place in every if all(_has(place, word) for word in wanted)]


def _seen(request: OfficeRequest, place: Place) -> Place:
    """The place with those of its cases that the person at the page sees, and as he may read them."""
    mine = seen.sight(request)
    shown = [one for one in place.cases if mine.shows(one.number)]
    return replace(place, cases=tuple(seen.veiled(request, shown)))


def _has(place: Place, word: str) -> bool:
    said = " ".join(f"{one.number} {one.subject} {one.unit or ''}" for one in place.cases)
    return word in f"{place.member} {said}".casefold()
