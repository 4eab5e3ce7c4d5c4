"""Manuals to be read: the list, one as a person reads it, a clause of it, two versions side by side."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kernel.problem import Problem
from guanjia.policy.differences import compare
from guanjia.policy.notices import notices_of
from guanjia.reports.notices import notice_pdf
from guanjia.staff import rules
from guanjia.web import exports
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.manuals import page, parts


@require_safe
@office_page
def index(request: OfficeRequest) -> HttpResponse:
    """The manuals that the office works under, and those that it could adopt."""
    used, others = page.lists(request.office, request.now)
    search = request.GET.get("q", "").strip()
    if search:
        others = [row for row in others if search in row.title or search in row.key or search in row.version]
    context = {
        "used": used,
        "others": others,
        "search": search,
        "hint": page.clash_hint(),
        "may_adopt": rules.can_adopt_manual(request.user, request.office, request.now),
        "area": "manuals",
    }
    return render(request, "web/manuals/index.html", context)


@require_safe
@office_page
def show(request: OfficeRequest, key: str, version: str) -> HttpResponse:
    """One version of a manual with the office's figures and wordings; `?clause=` marks a clause."""
    compiled = page.manual_of(key, version)
    context = {
        "p": page.gather(request, compiled, request.GET.get("clause", "")),
        "may_adopt": rules.can_adopt_manual(request.user, request.office, request.now),
        "may_company": rules.sets_for_company(request.user, request.office, request.now),
        "area": "manuals",
    }
    return render(request, "web/manuals/show.html", context)


@require_safe
@office_page
def clause(request: OfficeRequest, key: str, version: str, clause: str) -> HttpResponse:
    """Leads to the clause in its manual and marks it. Problem NOT_FOUND for one that the manual does not have."""
    anchor = parts.anchor_of(page.manual_of(key, version), clause)
    if not anchor:
        raise Problem("NOT_FOUND", _("这部规程没有 %s。") % clause, _("请看目录。"), status=404)
    return HttpResponseRedirect(clause_address(key, version, clause, anchor))


def clause_address(key: str, version: str, clause: str, anchor: str) -> str:
    """The page of a manual at a clause."""
    return f"{reverse('manual', args=[key, version])}?{urlencode({'clause': clause})}#{anchor}"


@require_safe
@office_page
def text(request: OfficeRequest, key: str, version: str) -> HttpResponse:
    """The manual as its author wrote it, to be changed and added as a new version."""
    name = quote(f"{key}-{version}.toml")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return HttpResponse(page.text_of(key, version), content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
@office_page
def notice(request: OfficeRequest, key: str, version: str, form: str) -> HttpResponse:
    """A notice to put up, with the office's own figures, as PDF. Problem NOT_FOUND for one that the manual does not have."""
    adopted = page.in_office(request.office, page.manual_of(key, version))
    found = next((one for one in notices_of(adopted) if one.key == form), None)
    if found is None:
        raise Problem("NOT_FOUND", _("这部规程没有这张告示。"), _("请从规程页打开。"), status=404)
    return exports.pdf_of(
        notice_pdf(request.office, adopted, found, request.now), f"{found.title} {request.office.name}.pdf"
    )


@require_safe
@office_page
def diff(request: OfficeRequest, key: str, old: str, new: str) -> HttpResponse:
    """Two versions side by side."""
    if request.GET.get("with"):
        return redirect("manual-diff", key, request.GET["with"], new)
    before, after = page.manual_of(key, old), page.manual_of(key, new)
    context = {
        "before": before,
        "after": after,
        "sections": compare(before.manual, after.manual),
        "area": "manuals",
    }
    return render(request, "web/manuals/diff.html", context)
