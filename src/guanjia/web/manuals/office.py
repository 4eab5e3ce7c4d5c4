"""What an office does with manuals: adopt, drop, set its own figures and wordings, add a version. For those allowed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.adoption.shipped import shipped
from guanjia.engine import adopting
from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import CompiledManual
from guanjia.staff import rules
from guanjia.web import toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.manuals import page, parts, views
from guanjia.web.manuals.saying import Speaker

LARGEST = 2_000_000


def _require(request: OfficeRequest) -> None:
    rules.require("adopt_manual", request.user, request.office, request.now)


@require_http_methods(["GET", "POST"])
@office_page
def adopt(request: OfficeRequest, key: str, version: str) -> HttpResponse:
    """The office's figures, and adopting the version. A blank that nobody set keeps it from being adopted."""
    _require(request)
    compiled = page.manual_of(key, version)
    if request.method == "GET" and queries.versions_at(request.office, request.now).get(key) == version:
        return redirect("manual-figures", key)
    if request.method == "GET":
        return _adopt_page(request, compiled, None)
    try:
        stored = queries.version_of(key, version) or adoption.keep_version(
            page.text_of(key, version), at=request.now
        )
        adopting.adopt(
            request.office, stored, at=request.now, by=request.user, figures=posted_of(request, compiled)
        )
    except Problem as problem:
        return _adopt_page(request, compiled, problem)
    toasts.say(
        request, _("已采用《%(title)s》%(version)s 版。") % {"title": stored.title, "version": version}
    )
    return redirect("manual", key, version)


def posted_of(request: OfficeRequest, compiled: CompiledManual) -> dict[str, str]:
    """What stands in the form; what it did not hold is not touched."""
    keys = (figure.key for figure in compiled.manual.figure)
    return {key: request.POST[key] for key in keys if key in request.POST}


def _adopt_page(request: OfficeRequest, compiled: CompiledManual, problem: Problem | None) -> HttpResponse:
    errors = errors_of(problem) if problem else {}
    adopted = page.in_office(request.office, compiled)
    posted = posted_of(request, compiled) if problem else None
    known = {figure.key for figure in compiled.manual.figure}
    working = [one.compiled for one in queries.adopted(request.office, request.now)]
    context = {
        "m": compiled.manual,
        "rows": parts.figures(
            adopted, Speaker(compiled), page.given_in(request.office, compiled), posted, errors
        ),
        "trouble": [text for field, text in errors.items() if field not in known],
        "rivals": [(rival.text(compiled.manual), rival.other) for rival in page.rivals_of(compiled, working)],
        "present": queries.versions_at(request.office, request.now).get(compiled.key, ""),
        "area": "manuals",
    }
    return render(request, "web/manuals/adopt.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "POST"])
@office_page
def figures(request: OfficeRequest, key: str) -> HttpResponse:
    """The office's own figures of a manual that is in use."""
    _require(request)
    version = queries.versions_at(request.office, request.now).get(key)
    stored = queries.version_of(key, version) if version else None
    if stored is None:
        raise Problem("NOT_ADOPTED", _("本处没有采用这部规程。"), _("请从规程页重新选择。"), status=404)
    compiled = page.manual_of(key, stored.version)
    problem = None
    if request.method == "POST":
        try:
            n = adopting.set_figures(
                request.office, stored, posted_of(request, compiled), at=request.now, by=request.user
            )
            toasts.say(request, _("已保存，改动 %s 处。以后起算的应办按新数字。") % n)
            return redirect("manual", key, stored.version)
        except Problem as found:
            problem = found
    errors = errors_of(problem) if problem else {}
    posted = posted_of(request, compiled) if problem else None
    given = page.given_in(request.office, compiled)
    rows = parts.figures(page.in_office(request.office, compiled), Speaker(compiled), given, posted, errors)
    context = {"m": compiled.manual, "rows": rows, "area": "manuals", "trouble": []}
    return render(request, "web/manuals/figures.html", context, status=problem.status if problem else 200)


@require_POST
@office_page
def drop(request: OfficeRequest, key: str) -> HttpResponse:
    """The office stops working under a manual; its cases run on under it."""
    _require(request)
    adopting.drop(request.office, key, at=request.now)
    toasts.say(request, _("已停用。在办的事项仍按它办完。"))
    then, _slash, version = request.POST.get("then", "").partition("/")
    wanted = queries.version_of(then, version) or any(
        (one.key, one.version) == (then, version) for one in shipped()
    )
    return redirect("manual-adopt", then, version) if wanted else redirect("manuals")


@require_POST
@office_page
def wording(request: OfficeRequest, key: str, version: str) -> HttpResponse:
    """Keep the wording of a clause as the office's own manual prints it; an empty text removes it."""
    _require(request)
    clause = request.POST.get("clause", "")
    anchor = parts.anchor_of(page.manual_of(key, version), clause)
    if not anchor:
        raise Problem("NOT_FOUND", _("这部规程没有 %s。") % clause, status=404)
    adoption.set_wording(request.office, key, clause, request.POST.get("text", "")[:4000])
    toasts.say(request, _("已保存 %s 的本处原文。") % clause)
    return redirect(views.clause_address(key, version, clause, anchor))


@require_http_methods(["GET", "POST"])
@office_page
def add(request: OfficeRequest) -> HttpResponse:
    """Add a manual or a new version of one from its TOML; every finding is named with its line."""
    _require(request)
    problem = None
    if request.method == "POST":
        try:
            kept = adoption.keep_version(_text(request), at=request.now)
            toasts.say(
                request,
                _("已存入《%(title)s》%(version)s 版。") % {"title": kept.title, "version": kept.version},
            )
            return redirect("manual", kept.key, kept.version)
        except Problem as found:
            problem = found
    context = {"trouble": _said(problem), "text": request.POST.get("text", ""), "area": "manuals"}
    return render(request, "web/manuals/add.html", context, status=problem.status if problem else 200)


def _said(problem: Problem | None) -> list[str]:
    return [f"{one.message}{one.hint}" for one in getattr(problem, "problems", (problem,))] if problem else []


def _text(request: OfficeRequest) -> str:
    """The uploaded file, else what was pasted. Raises Problem UPLOAD_TOO_LARGE, UPLOAD_EMPTY or UPLOAD_TYPE."""
    file = request.FILES.get("file")
    if file is None:
        text = request.POST.get("text", "").replace("\r\n", "\n")
        if not text.strip():
            raise Problem(
                "UPLOAD_EMPTY", _("没有选文件，也没有贴入文字。"), _("请选一个 manual.toml。"), field="file"
            )
        return text
    if (file.size or 0) > LARGEST:
        raise Problem("UPLOAD_TOO_LARGE", _("文件超过 2 兆，不像规程。"), _("请核对文件。"), field="file")
    try:
        return file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(
            "UPLOAD_TYPE", _("不是 UTF-8 文字。"), _("请另存为 UTF-8 再上传。"), field="file"
        ) from None
