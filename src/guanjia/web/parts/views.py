"""`/parts/`: every component in every state, for looking at, for pictures and for the accessibility tests."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from guanjia.kernel.problem import Problem
from guanjia.web import toasts
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.parts import charts, samples

PAGES = {
    "": "parts_page/desk.html",
    "phone": "parts_page/phone.html",
    "resident": "parts_page/resident.html",
    "print": "parts_page/print.html",
}


@office_page
def show(request: OfficeRequest, page: str = "") -> HttpResponse:
    """The components with made-up content. Answers 404 outside a sandbox: a production office has no use for it."""
    if not (settings.DEBUG or settings.SANDBOX) or page not in PAGES:
        raise Http404
    context = {
        "area": "manuals",
        "office": request.office,
        "ring_from": request.now - timedelta(minutes=5),
        **samples.duties(request.now, request.zone),
        **samples.worklist(request.now, request.zone),
        **samples.case(request.now),
        **samples.forms(),
        **charts.month(),
    }
    return render(request, f"web/{PAGES[page]}", context)


@office_page
def act(request: OfficeRequest) -> HttpResponse:
    """What the sample forms post to: says that it is done, or refuses like a real page."""
    if not (settings.DEBUG or settings.SANDBOX):
        raise Http404
    if request.POST.get("work") == "refuse" or request.GET.get("refuse"):
        raise Problem("FIELD_INVALID", "这一步被拒绝了。", "这是部件页上的样子。", clause="4.1(3)")
    if request.htmx:
        response = HttpResponse("")
        return toasts.attach(response, "已记下。", undo=request.path, draft="parts")
    toasts.say(request, "已记下。", undo=request.path, draft="parts")
    return redirect("parts")


@office_page
def more(request: OfficeRequest) -> HttpResponse:
    """What the current row of the sample worklist opens."""
    return render(request, "web/parts_page/more.html")
