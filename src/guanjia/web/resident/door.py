"""The door of a resident's link. The token in the address is the whole authority; nothing of it leaves the page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from guanjia.cases import queries as cases
from guanjia.cases.models import Case, ResidentLink
from guanjia.engine import Resident
from guanjia.kernel.problem import Problem
from guanjia.web import office as offices

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


class LinkRequest(HttpRequest):
    """A request that `resident_page` let through."""

    token: str
    link: ResidentLink
    case: Case
    resident: Resident
    zone: ZoneInfo
    now: datetime


def resident_page(
    view: Callable[Concatenate[LinkRequest, ...], HttpResponse],
) -> Callable[..., HttpResponse]:
    """A page behind a link: sets request.case, .link, .resident, .zone, .now; an unknown or expired link ends here.

    A forged request would need the token itself, and no cookie gives any right, so there is no CSRF token to check
    (a page that sends no referrer could not send a matching origin either).
    """

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request: Any, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        request.now = getattr(request, "now", None) or offices.now()
        try:
            request.case, request.link = cases.case_of_link(token, request.now)
            request.token = token
            request.zone = ZoneInfo(request.case.office.time_zone)
            request.resident = _resident(request.case, request.link)
            with timezone.override(request.zone):
                response = view(request, *args, **kwargs)
        except Problem as problem:
            context = {"problem": problem, "token": token if problem.code != "LINK_INVALID" else ""}
            response = render(request, "web/resident/gone.html", context, status=problem.status)
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return guarded


def _resident(case: Case, link: ResidentLink) -> Resident:
    party = link.party or case.party
    name = party.name if party else str(case.facts.get("contact_name") or "")
    return Resident(name, party, may_act=link.scope == "act")
