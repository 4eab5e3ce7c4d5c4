"""Who looked at personal data; what was sent out and what could not be; a person's own messages."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from guanjia.cases.accesses import accesses
from guanjia.cases.models import Access
from guanjia.engine.veiling import VEIL
from guanjia.estate import queries as estate
from guanjia.estate.models import Unit
from guanjia.kernel.problem import Problem
from guanjia.notify import actions as notify
from guanjia.notify import queries as messages
from guanjia.web import exports, toasts
from guanjia.web.bridge import seen
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.settings import tabs

PAGE = 50
HEADINGS = ("时间", "谁", "看了什么", "房屋")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 1


def _accesses(request: OfficeRequest) -> QuerySet[Access]:
    unit = _household(request)
    return accesses(request.office, request.GET.get("q", "").strip(), unit)


def _household(request: OfficeRequest) -> Unit | None:
    """The household of the address, if it names one. Raises Problem as `unit_by_code` for what is none of the office."""
    code = request.GET.get("unit", "").strip()
    return estate.unit_by_code(request.office, code) if code else None


@require_safe
@office_page
def access(request: OfficeRequest) -> HttpResponse:
    """Who looked at which telephone number and when, newest first; of one household when the address names it."""
    tabs.require(request, "see_access_log")
    try:
        page = Paginator(_accesses(request), PAGE).get_page(request.GET.get("page"))
    except Problem as problem:
        none = Paginator(Access.objects.none(), PAGE).get_page(1)
        context = {"page": none, "search": "", "unit": request.GET.get("unit", ""), "wrong": problem.message}
        return tabs.show(request, "settings-access", "access", context, problem)
    context = {"page": page, "search": request.GET.get("q", ""), "unit": request.GET.get("unit", "")}
    return tabs.show(request, "settings-access", "access", context)


@require_safe
@office_page
def access_export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    tabs.require(request, "see_access_log")
    return exports.response(
        request, kind, _("查看记录"), HEADINGS, _lines(request, _accesses(request).iterator(500))
    )


def _lines(request: OfficeRequest, rows: Iterator[Access]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            f"{row.at.astimezone(request.zone):%Y-%m-%d %H:%M:%S}",
            str(row.user),
            row.what,
            row.unit.code if row.unit else "",
        )


@require_safe
@office_page
def outbox(request: OfficeRequest) -> HttpResponse:
    """What the office sent, waits to send or could not send."""
    tabs.require(request, "see_outbox")
    state, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    mine = seen.sight(request)
    page = messages.outbox(
        request.office, state=state, search=search, page=_number(request.GET.get("page", "")), size=PAGE,
        kept=mine.withheld,
    )  # fmt: skip
    kept = mine.withheld_numbers(number for one in page if (number := _case_number(one.reference)))
    for one in page:
        if (number := _case_number(one.reference)) in kept:
            one.subject = f"{number} {VEIL}"  # for showing only
    context = {
        "page": page,
        "state": state,
        "search": search,
        "troubled": messages.troubled(request.office),
        "states": (("", _("全部")), ("failed", _("没发出")), ("waiting", _("待发")), ("sent", _("已发"))),
    }
    return tabs.show(request, "settings-outbox", "outbox", context)


@require_POST
@office_page
def resend(request: OfficeRequest, pk: int) -> HttpResponse:
    """Try a message again that could not be sent. Problem MESSAGE_NOT_FAILED for any other."""
    tabs.require(request, "see_outbox")
    notify.resend(messages.outgoing_for(request.office, pk), now=request.now)
    toasts.say(request, _("已重新排队发送。"))
    return redirect("settings-outbox")


@require_safe
@office_page
def inbox(request: OfficeRequest) -> HttpResponse:
    """A person's own messages about this office, newest first."""
    only = request.GET.get("scope") == "unread"
    page = messages.inbox(
        request.user,
        now=request.now,
        office=request.office,
        page=_number(request.GET.get("page", "")),
        only_unread=only,
    )
    context = {
        "page": page,
        "rows": [(one, _case_number(one.reference)) for one in page],
        "only_unread": only,
        "unread": messages.unread(request.user, now=request.now, office=request.office),
        "area": "inbox",
    }
    return render(request, "web/settings/inbox.html", context)


def _case_number(reference: str) -> str:
    kind, _colon, number = reference.partition(":")
    return number if kind == "case" else ""


@require_POST
@office_page
def read(request: OfficeRequest) -> HttpResponse:
    """Mark the messages of the page as read; those of others are left alone."""
    ids = [int(one) for one in request.POST.getlist("id") if one.isdecimal()]
    toasts.say(request, _("%s 条已读。") % notify.mark_read(request.user, ids, now=request.now))
    return redirect("inbox")
