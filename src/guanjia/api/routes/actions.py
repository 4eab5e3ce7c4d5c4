"""What a case offers, and doing it; what it owes."""

from __future__ import annotations

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from ninja import Router

from guanjia.api.keys import ApiRequest
from guanjia.api.params import (
    ActionKey,
    CaseNumber,
    IdempotencyKey,
    OfficeOf,
    PageNumber,
    PageSize,
    PerformIn,
    key_of,
    moment_of,
)
from guanjia.api.shapes.cases import Outcome
from guanjia.api.shapes.common import Page, cut
from guanjia.api.shapes.forms import OfferOut
from guanjia.api.shapes.obligations import NotStarted, Obligations, OwedWhy
from guanjia.engine import perform, view_of
from guanjia.reports import drafts

router = Router(tags=["动作与应办"])


@router.get("/cases/{number}/actions", response=Page[OfferOut], summary="现在能做什么")
def actions(
    request: ApiRequest, number: CaseNumber, office: OfficeOf = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[OfferOut]:
    """The actions that the manual offers in this state, each with its form; what cannot be done says why."""
    caller = request.auth
    view = view_of(caller.case(number, office), caller.user, caller.now)
    rows, numbers = cut(view.offers, page, size)
    items = [OfferOut.of(one, view.source_of(one.action.key), view.facts) for one in rows]
    return Page[OfferOut](items=items, **numbers)


@router.post("/cases/{number}/actions/{action}", response=Outcome, summary="做一个动作")
def perform_action(
    request: ApiRequest, number: CaseNumber, action: ActionKey, body: PerformIn, response: HttpResponse,
    office: OfficeOf = "", idempotency_key: IdempotencyKey = "",
) -> Outcome:  # fmt: skip
    """Do an action of the case's manual; what the system computes itself is filled in."""
    caller = request.auth
    case = caller.case(number, office)
    at = moment_of(body.at, case.office, caller.now)
    result = perform(
        case,
        action,
        actor=caller.user,
        at=at,
        now=caller.now,
        data=drafts.complete(case, action, body.data, at),
        key=key_of(caller, idempotency_key),
    )
    if result.repeated:
        response["Idempotent-Replay"] = "true"
    return Outcome.of(result, case.office.code)


@router.get("/cases/{number}/obligations", response=Obligations, summary="应办")
def obligations(request: ApiRequest, number: CaseNumber, office: OfficeOf = "") -> Obligations:
    """Everything that the case owes or owed, oldest first, and what has not started yet."""
    caller = request.auth
    view = view_of(caller.case(number, office), caller.user, caller.now)
    prefetch_related_objects(view.owed, "owner")
    return Obligations(
        items=[OwedWhy.of(row, caller.now) for row in view.owed],
        waiting=[NotStarted.of(one) for one in view.waiting],
    )
