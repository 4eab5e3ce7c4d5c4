"""What every page goes through: sign-in, office, its time zone, and Problems shown to the person who can mend them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget
from django_htmx.middleware import HtmxDetails

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.web import office as offices


class OfficeRequest(HttpRequest):
    """A request that `office_page` let through."""

    user: User  # type: ignore[assignment]
    htmx: HtmxDetails
    office: Office
    offices: list[Office]
    roles: frozenset[str]
    post_words: str
    zone: ZoneInfo
    now: datetime


View = Callable[..., HttpResponseBase]


def office_page(view: Callable[Concatenate[OfficeRequest, ...], HttpResponseBase]) -> View:
    """A page of an office: signs in first, sets request.office, .roles, .zone and .now, shows Problems as pages."""

    @functools.wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(_back(request))
        try:
            request.now = getattr(request, "now", None) or offices.now()
            reach = staff.reach_of(request.user, request.now)
            request.offices = list(reach)
            request.office = offices.current_office(request, request.offices)
            request.zone = offices.zone_of(request.office)
            request.roles = reach[request.office]
            request.post_words = offices.post_words(request.user, request.office, request.roles, request.now)
            with timezone.override(request.zone):
                return view(request, *args, **kwargs)
        except Problem as problem:
            return problem_page(request, problem)
        except Http404:
            missing = Problem(
                "NOT_FOUND", _("没有这一页，或者你看不到它。"), _("请从左边的导航重新进入。"), status=404
            )
            return problem_page(request, missing)

    return guarded


def form_on(page: str, *shared: str) -> Callable[[View], View]:
    """The address of a form that stands on another page: POST is the form's, the rest leads to that page as asked.

    A refused form is drawn at its own address, and the links and searches around it ask there; so does whoever signs in
    again. page: the name of its address; shared: the arguments that both addresses have.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def routed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            way, asked = (
                reverse(page, kwargs={name: kwargs[name] for name in shared}),
                request.META["QUERY_STRING"],
            )
            return redirect(f"{way}?{asked}" if asked else way)

        return require_http_methods(["GET", "HEAD", "POST"])(routed)

    return decorate


def _back(request: HttpRequest) -> str:
    """Where somebody goes on after signing in: the page asked for, or the page whose form was sent. A draft waits there."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return reverse("home")
    return f"{came.path}?{came.query}" if came.query else came.path


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The Problem as a page, or for a part of a page as a line in its trouble area (which takes no focus away)."""
    inside = bool(getattr(request, "htmx", False)) and not request.htmx.boosted  # type: ignore[attr-defined]
    if inside:
        response = render(request, "web/parts/trouble.html", {"problem": problem}, status=problem.status)
        return reswap(retarget(response, "#trouble"), "innerHTML")  # type: ignore[arg-type]
    shell = hasattr(request, "office")
    template = "web/problem.html" if shell else "web/notice.html"
    return render(request, template, {"problem": problem}, status=problem.status)
