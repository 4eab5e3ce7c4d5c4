"""Follow-ups (回访): who is to be called, overdue first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.engine.sight import without_secrets
from guanjia.obligations import queries as obligations
from guanjia.web import shell
from guanjia.web.bridge import duties, seen
from guanjia.web.doors import OfficeRequest, office_page

FOLLOW_UPS = (
    "follow-up-1",
    "follow-up-2",
    "ask-punctuality",
    "contact",
    "call-back",
    "follow-up-sample",
    "periodic-follow-up",
)


@require_safe
@office_page
def callbacks(request: OfficeRequest) -> HttpResponse:
    """Open follow-ups and calls, by due time."""
    shell.require_door(request, "callbacks")
    search = request.GET.get("q", "").strip()
    mine = seen.sight(request)
    rows = obligations.worklist(mine, now=request.now, search=search).filter(duty__in=FOLLOW_UPS)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    people = duties.people_of(request.office, request.now)
    views = [
        duties.row(one, request.now, request.zone, people) for one in without_secrets(page.object_list, mine)
    ]
    context = {
        "groups": duties.groups(views, request.now, request.zone),
        "page": page,
        "search": search,
        "area": "callbacks",
    }
    return render(request, "web/desk/callbacks.html", context)
