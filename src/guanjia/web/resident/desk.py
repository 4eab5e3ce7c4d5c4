"""Making a resident's link at the desk: shown once with its code, to be sent or held out to the resident."""

from __future__ import annotations

import segno
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.engine import perform
from guanjia.estate import queries as estate
from guanjia.kernel.problem import Problem
from guanjia.staff import rules
from guanjia.web.bridge import seen
from guanjia.web.doors import OfficeRequest, office_page

SCOPES = ("view", "act")


@require_http_methods(["GET", "POST"])
@office_page
def link(request: OfficeRequest, number: str) -> HttpResponse:
    """A new link of a case with its QR code. The token is shown this once; the timeline says who made it.

    Raises Problem NOT_FOUND, NOT_ALLOWED for those who do not work at the desk, LINK_SCOPE.
    """
    case = cases.case_in(request.office, number)
    if request.method == "GET":
        return redirect("case", number)
    rules.require("register", request.user, request.office, request.now)
    scope = request.POST.get("scope", "view")
    if scope not in SCOPES:
        raise Problem("LINK_SCOPE", _("没有这种链接。"), _("请选看进度或办事。"), field="scope")
    words = (
        _("给业户开了看进度的链接") if scope == "view" else _("核对本人后，给业户开了确认、签名、评价的链接")
    )
    with transaction.atomic():
        perform(case, "note", actor=request.user, at=request.now, now=request.now, data={"text": words})
        token = case_actions.invite(case, case.party, scope, request.now)
    address = reverse("resident", args=[token])
    url = settings.ORIGIN + address if settings.ORIGIN else request.build_absolute_uri(address)
    phone = str(case.facts.get("contact_phone") or "")
    registered = estate.is_registered(request.office, phone, case.unit, case.party)
    [shown] = seen.veiled(request, [case])
    context = {
        "case": shown,
        "scope": scope,
        "url": url,
        "qr": segno.make(url, error="m", micro=False).svg_data_uri(scale=5, border=2, svgns=True),
        "days": case_actions.LINK_DAYS,
        "registered": registered,
        "area": "cases",
    }
    response = render(request, "web/resident/link.html", context)
    response["Cache-Control"] = "no-store"
    return response
