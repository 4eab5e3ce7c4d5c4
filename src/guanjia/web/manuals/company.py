"""The figures of a manual that the company sets for all its offices. For posts of the company."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanjia.adoption import queries
from guanjia.adoption.models import ManualVersion
from guanjia.engine import adopting
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import Adopted
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.manuals import page, parts
from guanjia.web.manuals.office import posted_of
from guanjia.web.manuals.saying import Speaker


@require_http_methods(["GET", "POST"])
@office_page
def figures(request: OfficeRequest, key: str) -> HttpResponse:
    """The company's figures of a manual that one of its offices works under; an office's own goes before them."""
    stored, offices = _in_use(request, key)
    compiled, company = page.manual_of(key, stored.version), request.office.company
    problem = None
    if request.method == "POST":
        try:
            n = adopting.set_company_figures(
                company, stored, posted_of(request, compiled), at=request.now, by=request.user
            )
            toasts.say(request, _("已保存，改动 %s 处。没有自己另定的管理处，以后起算的应办按新数字。") % n)
            return redirect("manual", key, stored.version)
        except Problem as found:
            problem = found
    errors = errors_of(problem) if problem else {}
    posted = posted_of(request, compiled) if problem else None
    mine = queries.company_figures(company).get(key, {})
    given = parts.Set(mine, below=_apart(key, offices), of_company=True)
    context = {
        "m": compiled.manual,
        "rows": parts.figures(Adopted(compiled, mine), Speaker(compiled), given, posted, errors),
        "offices": offices,
        "company": company,
        "area": "manuals",
        "trouble": [],
    }
    return render(
        request, "web/manuals/company_figures.html", context, status=problem.status if problem else 200
    )


def _in_use(request: OfficeRequest, key: str) -> tuple[ManualVersion, list[Office]]:
    """The version that this office works under, else the first other one of the company, and all offices under the
    manual. Raises Problem FORBIDDEN without a post of the company, NOT_ADOPTED."""
    if not rules.sets_for_company(request.user, request.office, request.now):
        raise Problem("FORBIDDEN", _("公司的数字只由公司的岗位设定。"), _("本处可以自己另定。"), status=403)
    under = queries.offices_under(request.office.company, key, request.now)
    found = sorted(under, key=lambda one: one[0].pk != request.office.pk)
    stored = queries.version_of(key, found[0][1]) if found else None
    if stored is None:
        raise Problem("NOT_ADOPTED", _("公司没有管理处采用这部规程。"), _("请从规程页重新选择。"), status=404)
    return stored, [office for office, _version in under]


def _apart(key: str, offices: list[Office]) -> dict[str, list[tuple[str, str]]]:
    """Figure -> the offices that set it themselves, each with its value."""
    found: dict[str, list[tuple[str, str]]] = {}
    for office in offices:
        for figure, value in queries.own_figures(office).get(key, {}).items():
            found.setdefault(figure, []).append((office.name, value))
    return found
