"""Sign in, sign out, start page, office and language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.web import office as offices
from guanjia.web import shell
from guanjia.web.doors import OfficeRequest, office_page, problem_page


@method_decorator(never_cache, name="dispatch")
class SignIn(auth.LoginView):
    """The sign-in page. A part of a page whose session has run out is sent here whole, so that drafts survive."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """After too many wrong passwords a page that says how long to wait."""
        if getattr(request, "htmx", False) and request.method == "GET":
            back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(f"{request.path}?{urlencode({'next': back})}")
        response = super().dispatch(request, *args, **kwargs)
        if getattr(request, "axes_locked_out", False):
            request.axes_locked_out = False  # type: ignore[attr-defined]
            return render(request, "web/locked.html", {"minutes": lock_minutes()}, status=429)
        return response


def lock_minutes() -> int:
    """How long a lock lasts, in minutes (axes keeps it in hours)."""
    hours: float = settings.AXES_COOLOFF_TIME
    return round(hours * 60)


class SignOut(auth.LogoutView):
    """Signs out by POST and shows the sign-in page."""


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends everybody to where their role starts."""
    try:
        office = offices.current_office(request)
    except Problem as problem:
        return problem_page(request, problem)
    start = shell.home_of(staff.roles_of(request.user, office, offices.now()))  # type: ignore[arg-type]
    if start:
        return HttpResponseRedirect(start)
    return problem_page(
        request,
        Problem(
            "NO_DOOR", _("你的岗位还没有可以打开的页面。"), _("请系统管理员看一下你的岗位。"), status=403
        ),
    )


@require_POST
@office_page
def switch_office(request: OfficeRequest) -> HttpResponse:
    """Works in another office from now on, at `next` of our own addresses if that is named. Answers 404 for an office
    where the user holds no post."""
    offices.choose_office(request, request.POST.get("office", ""))
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("home")
