"""A person decides whether cases are one thing: joined to a collective case, told apart, taken out again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import tying
from guanjia.estate.models import Office
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.doors import OfficeRequest, office_page

MOST = 60


def named(office: Office, text: str) -> list[Case]:
    """The cases of a list of numbers, each once. Raises Problem NOT_FOUND."""
    numbers = dict.fromkeys(one.strip().upper() for one in text.split(",") if one.strip())
    return [cases.case_in(office, number) for number in list(numbers)[:MOST]]


def _both(request: OfficeRequest, number: str) -> tuple[Case, list[Case]]:
    rules.require("register", request.user, request.office, request.now)
    case = cases.case_in(request.office, number)
    return case, named(request.office, request.POST.get("others", ""))


@require_POST
@office_page
def join(request: OfficeRequest, number: str) -> HttpResponse:
    """Several cases are one thing: into the collective case that there is, or a new one."""
    case, others = _both(request, number)
    whole = tying.join(case, others, actor=request.user, at=request.now)
    toasts.say(request, _("已并入 %s。") % whole.number)
    return redirect("case", number)


@require_POST
@office_page
def apart(request: OfficeRequest, number: str) -> HttpResponse:
    """They are not one thing: remembered, and not suggested again."""
    case, others = _both(request, number)
    tying.tell_apart(case, others, actor=request.user, at=request.now)
    toasts.say(request, _("记下了：不是一回事，不再提示。"))
    return redirect("case", number)


@require_POST
@office_page
def take_out(request: OfficeRequest, number: str) -> HttpResponse:
    """A case that was joined wrongly is taken out of a collective one."""
    whole, others = _both(request, number)
    for case in others:
        tying.take_out(
            whole, case, actor=request.user, at=request.now, why=request.POST.get("why", "").strip()
        )
    toasts.say(request, _("已从 %s 移出。") % whole.number)
    return redirect("case", number)
