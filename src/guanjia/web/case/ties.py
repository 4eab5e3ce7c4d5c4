"""Cases that belong together: tied and untied on the page of a case; the timelines of both say so."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import perform, tying
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.doors import OfficeRequest, office_page


def tie(request: OfficeRequest, case: Case, other: Case) -> None:
    """Link two cases, noted in both."""
    tying.tie(case, other, actor=request.user, at=request.now)


def _hold(*both: Case) -> None:
    """Lock cases in one order, so that two who tie the same cases crosswise wait for each other."""
    for one in sorted(both, key=lambda case: case.pk):
        cases.locked(one.pk)


def _note(request: OfficeRequest, case: Case, text: str) -> None:
    perform(case, "note", actor=request.user, at=request.now, now=request.now, data={"text": text})


def _both(request: OfficeRequest, number: str) -> tuple[Case, Case]:
    """The case of the page and the one that is named, both of this office."""
    rules.require("register", request.user, request.office, request.now)
    other = request.POST.get("other", "").strip().upper()
    return cases.case_in(request.office, number), cases.case_in(request.office, other)


@require_POST
@office_page
def add(request: OfficeRequest, number: str) -> HttpResponse:
    """Ties the case to another one of the office."""
    case, other = _both(request, number)
    tie(request, case, other)
    toasts.say(request, _("已和 %s 关联。") % other.number)
    return redirect("case", number)


@require_POST
@office_page
def remove(request: OfficeRequest, number: str) -> HttpResponse:
    """Takes a tie away again."""
    case, other = _both(request, number)
    with transaction.atomic():
        _hold(case, other)
        if case_actions.unlink(case, other):
            _note(request, case, _("和 %s 解除关联") % other.number)
            _note(request, other, _("和 %s 解除关联") % case.number)
    toasts.say(request, _("已和 %s 解除关联。") % other.number)
    return redirect("case", number)
