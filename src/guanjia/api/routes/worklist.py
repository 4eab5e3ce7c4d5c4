"""The worklist of an office, its counts, and the caller's messages."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Router

from guanjia.api.keys import ApiRequest
from guanjia.api.params import OfficeCode, PageNumber, PageSize, Says, Search
from guanjia.api.shapes.common import Id, Page, cut, numbers_of
from guanjia.api.shapes.obligations import Counts, WorkRow
from guanjia.api.shapes.people import MessageOut
from guanjia.cases import queries as cases
from guanjia.engine.sight import without_secrets
from guanjia.notify import actions as outbox
from guanjia.notify import queries as notify
from guanjia.obligations import queries as obligations

router = Router(tags=["待办与消息"])
Scope = Literal["all", "mine", "paused", "overdue", "open_ended"]
WorkScope = Annotated[
    Scope, Says("all 全部，mine 我的，paused 停着的，overdue 超时的，open_ended 没有期限的")
]
SCOPES: tuple[Scope, ...] = ("all", "mine", "paused", "overdue", "open_ended")


@router.get("/offices/{office}/worklist", response=Page[WorkRow], summary="待办")
def worklist(
    request: ApiRequest, office: OfficeCode, scope: WorkScope = "all", search: Search = "", page: PageNumber = 1,
    size: PageSize = 50,
) -> Page[WorkRow]:  # fmt: skip
    """Open obligations by due time; those without one come last."""
    caller = request.auth
    place = caller.office(office)
    if scope != "mine":
        caller.require("see_cases", place)
    roles, mine = caller.roles(place), caller.sight(place)
    found = obligations.worklist(
        place if scope == "mine" else mine,
        now=caller.now,
        user=caller.user,
        roles=roles,
        scope=scope,
        search=search,
    )
    rows, numbers = cut(found, page, size)
    items = [WorkRow.of(row, caller.now) for row in without_secrets(rows, mine)]
    return Page[WorkRow](items=items, **numbers)


@router.get("/offices/{office}/counts", response=Counts, summary="各有多少")
def counts(request: ApiRequest, office: OfficeCode) -> Counts:
    """How many there are in each scope, of what the caller sees."""
    caller = request.auth
    place = caller.office(office)
    roles, mine = caller.roles(place), caller.sight(place)
    found = obligations.tallies(mine, SCOPES, now=caller.now, user=caller.user, roles=roles)
    return Counts(
        **found,
        cases_open=cases.cases(mine, scope="open").count(),
        cases_urgent=cases.cases(mine, scope="urgent").count(),
        messages_unread=notify.unread(caller.user, now=caller.now, office=place),
    )


@router.get("/offices/{office}/messages", response=Page[MessageOut], summary="我的消息")
def messages(
    request: ApiRequest,
    office: OfficeCode,
    unread: Annotated[bool, Says("只要没看过的")] = False,
    page: PageNumber = 1,
    size: PageSize = 50,
) -> Page[MessageOut]:
    """The caller's messages of an office, newest first."""
    caller = request.auth
    place = caller.office(office)
    found = notify.inbox(caller.user, now=caller.now, page=page, size=size, office=place, only_unread=unread)
    rows, numbers = numbers_of(found, page)
    return Page[MessageOut](items=[MessageOut.of(row) for row in rows], **numbers)


@router.post("/offices/{office}/messages/{message_id}/read", response=MessageOut, summary="看过一条消息")
def read_message(request: ApiRequest, office: OfficeCode, message_id: Id) -> MessageOut:
    """The caller has seen a message; a second time changes nothing."""
    caller = request.auth
    place = caller.office(office)
    row = notify.message_for(caller.user, message_id, now=caller.now, office=place)
    if outbox.mark_read(caller.user, [row.pk], now=caller.now):
        row.read_at = caller.now
    return MessageOut.of(row)
