"""Who is ringing: the strip above the line, and the caller's household beside it while nothing is typed."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.intake.mail import queries as mail
from guanjia.intake.telephone import lines
from guanjia.intake.telephone import queries as telephone
from guanjia.intake.telephone.queries import Caller
from guanjia.staff import rules
from guanjia.web.desk.household import Card, card
from guanjia.web.doors import OfficeRequest, office_page


def context_of(request: OfficeRequest) -> dict[str, object]:
    """What the strip draws, and the mark by which a page tells whether anything is new."""
    callers = telephone.ringing_for(request.office, request.user, request.now)
    owed = telephone.callbacks_owed(request.office)
    letters = mail.waiting(request.office)
    mark = "-".join([_mark(callers), f"{owed}.{letters}"])
    return {"callers": callers, "owed_calls": owed, "letters": letters, "mark": mark}


def _mark(callers: list[Caller]) -> str:
    return "-".join(f"{one.call.pk}.{one.call.state}" for one in callers) or "quiet"


def card_of(request: OfficeRequest, callers: object) -> Card | None:
    """The card of the household that rings just now, when its number belongs to one only."""
    fresh = next((one for one in cast(list[Caller], callers) if one.ringing and len(one.homes) == 1), None)
    return card(request, fresh.homes[0][0]) if fresh else None


@require_safe
@office_page
def ringing(request: OfficeRequest) -> HttpResponse:
    """The strip for the live refresh: 204 while nothing has changed. The household card comes with it when the line is
    still empty and the number belongs to one household; what is being typed stays."""
    rules.require("register", request.user, request.office, request.now)
    context = context_of(request)
    if request.GET.get("mark") == context["mark"]:
        return HttpResponse(status=204)
    if not request.GET.get("line", "").strip():
        context["household"] = card_of(request, context["callers"])
        context["shows_card"] = context["household"] is not None
    return render(request, "web/desk/_ringing.html", context)


@require_safe
@office_page
def here(request: OfficeRequest) -> HttpResponse:
    """Who rings, for every page that is not the desk: it leads there. Where no line is set up nothing asks again."""
    rules.require("register", request.user, request.office, request.now)
    callers = telephone.ringing_for(request.office, request.user, request.now)
    if request.GET.get("mark") == (mark := _mark(callers)):
        return HttpResponse(status=204)
    wired = lines.lines(request.office).filter(revoked_at=None).exists()
    return render(request, "web/desk/_ringing_here.html", {"callers": callers, "mark": mark, "wired": wired})
