"""Service items and professional suppliers: what stands on the lists, adding and ending, and every change with its
evaluation (S004-4-2.8b, S004-4-2.8c)."""

from __future__ import annotations

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.kernel.money import parse_yuan, yuan
from guanjia.kernel.problem import Problem
from guanjia.web import exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.doors import OfficeRequest, form_on, office_page
from guanjia.web.settings import tabs
from guanjia.work import actions, queries

PAGE = 50
LOOKS_BACK = timedelta(days=3 * 366)
ITEM_HEADINGS = ("项目", "单位", "单价（元）", "列入", "由谁", "依据哪次评估")
TYPED = ("name", "phone", "items", "evaluation", "unit_word", "price")
SUPPLIER_HEADINGS = ("供应商", "电话", "维修项目", "列入", "由谁", "依据哪次评估")


def _changes(request: OfficeRequest, word: str) -> list[queries.ListChange]:
    """The last three years of changes of one list, newest first."""
    found = queries.changes(request.office, request.now - LOOKS_BACK, request.now + timedelta(seconds=1))
    return [one for one in reversed(found) if one.what.endswith(word)]


def _page(
    request: OfficeRequest, tab: str, problem: Problem | None = None, what: str = "add"
) -> HttpResponse:
    """A list; after a refusal with what was typed, in the form that it was typed in: `what` says which."""
    tabs.require(request, "manage_services")
    items = tab == "settings-items"
    search = request.GET.get("q", "").strip()
    errors = errors_of(problem) if problem else {}
    context = {
        "page": Paginator(_rows(request, tab), PAGE).get_page(request.GET.get("page")),
        "changes": Paginator(_changes(request, "项目" if items else "供应商"), PAGE).get_page(
            request.GET.get("then")
        ),
        "search": search,
        "errors": errors,
        "trouble": list(errors.values()),
        "typed": _typed(request, what == "add"),
        "changing": _typed(request, what != "add"),
    }
    return tabs.show(request, tab, "items" if items else "suppliers", context, problem)


def _typed(request: OfficeRequest, here: bool) -> dict[str, str]:
    """What was typed, all of it by name: for what a mapping lacks a template takes one of its methods."""
    return {name: request.POST.get(name, "") if here else "" for name in TYPED}


def _rows(request: OfficeRequest, tab: str) -> list:  # type: ignore[type-arg]
    search = request.GET.get("q", "").strip()
    if tab == "settings-items":
        return [one for one in queries.items(request.office, request.now) if search in one.name]
    return [
        one for one in queries.suppliers(request.office, request.now) if search in f"{one.name} {one.items}"
    ]


@require_safe
@office_page
def items(request: OfficeRequest) -> HttpResponse:
    """The office's list of household repairs, and every change of it."""
    return _page(request, "settings-items")


@require_safe
@office_page
def suppliers(request: OfficeRequest) -> HttpResponse:
    """The professional suppliers, and every change of their list."""
    return _page(request, "settings-suppliers")


@form_on("settings-items")
@office_page
def change_item(request: OfficeRequest, what: str) -> HttpResponse:
    """add, price or end: one change of the list of items, with the evaluation on which it rests."""
    tabs.require(request, "manage_services")
    typed, by = request.POST, request.user.name
    name, evaluation = typed.get("name", ""), typed.get("evaluation", "")
    try:
        price = parse_yuan(typed["price"], field="price") if typed.get("price", "").strip() else None
        if what == "add":
            unit = typed.get("unit_word", "")
            actions.add_item(
                request.office,
                name,
                at=request.now,
                by=by,
                evaluation=evaluation,
                price_fen=price,
                unit_word=unit,
            )
        elif what == "price":
            actions.change_price(request.office, name, price, at=request.now, by=by, evaluation=evaluation)
        elif what == "end":
            actions.end_item(request.office, name, at=request.now, by=by, evaluation=evaluation)
        else:
            raise Problem("NOT_FOUND", _("没有这一项。"), status=404)
    except Problem as problem:
        return _page(request, "settings-items", problem, what)
    toasts.say(request, _("服务项目已调整：%s。") % name)
    return redirect("settings-items")


@form_on("settings-suppliers")
@office_page
def change_supplier(request: OfficeRequest, what: str) -> HttpResponse:
    """add or end: one change of the list of suppliers, with the evaluation on which it rests."""
    tabs.require(request, "manage_services")
    typed, by = request.POST, request.user.name
    name, evaluation = typed.get("name", ""), typed.get("evaluation", "")
    try:
        if what == "add":
            actions.add_supplier(
                request.office,
                name,
                phone=typed.get("phone", ""),
                items=typed.get("items", ""),
                at=request.now,
                by=by,
                evaluation=evaluation,
            )
        elif what == "end":
            actions.end_supplier(request.office, name, at=request.now, by=by, evaluation=evaluation)
        else:
            raise Problem("NOT_FOUND", _("没有这一项。"), status=404)
    except Problem as problem:
        return _page(request, "settings-suppliers", problem, what)
    toasts.say(request, _("供应商名单已调整：%s。") % name)
    return redirect("settings-suppliers")


@require_safe
@office_page
def export(request: OfficeRequest, which: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """One of the lists as it stands."""
    tabs.require(request, "manage_services")
    rows = _rows(request, f"settings-{which}")
    since = [f"{one.since.astimezone(request.zone):%Y-%m-%d}" for one in rows]
    if which == "items":
        lines = [
            (one.name, one.unit_word, "" if one.price_fen is None else yuan(one.price_fen), day, one.changed_by, one.evaluation)
            for one, day in zip(rows, since, strict=True)
        ]  # fmt: skip
        return exports.response(request, kind, _("服务项目"), ITEM_HEADINGS, lines)
    if which == "suppliers":
        lines = [
            (one.name, one.phone, one.items, day, one.changed_by, one.evaluation)
            for one, day in zip(rows, since, strict=True)
        ]
        return exports.response(request, kind, _("专业供应商"), SUPPLIER_HEADINGS, lines)
    raise Problem("NOT_FOUND", _("没有这份名单。"), status=404)
