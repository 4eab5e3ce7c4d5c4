"""The classification: which place, kind and problem go together, and what follows from each. Editable."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guanjia.intake import classification
from guanjia.kernel.problem import Problem
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.web import exports, toasts
from guanjia.web.bridge.forms import errors_of
from guanjia.web.components import ChoiceView, FieldView
from guanjia.web.doors import OfficeRequest, office_page
from guanjia.web.settings import tabs
from guanjia.work import actions, queries
from guanjia.work.models import Classification

TAB = "settings-table"
PAGE = 50
HEADINGS = ("类别", "部位", "类型", "问题", "常用说法", "急", "为什么急", "工种", "话术", "服务项目")
KEPT = ("place", "kind", "problem")


def _rows(request: OfficeRequest) -> list[Classification]:
    """The rows of the search and the category of the address."""
    search, category = request.GET.get("q", "").strip(), request.GET.get("category", "")
    return [
        row
        for row in queries.classifications(request.office)
        if (not category or row.category == category)
        and all(word in f"{row} {row.words} {row.skill} {row.item} {row.hint}" for word in search.split())
    ]


@require_safe
@office_page
def listing(request: OfficeRequest) -> HttpResponse:
    """The table, by category, place, kind and problem."""
    tabs.require(request, "manage_services", "administer")
    rows = _rows(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, CATEGORIES.get(row.category, row.category)) for row in page],
        "search": request.GET.get("q", ""),
        "category": request.GET.get("category", ""),
        "categories": CATEGORIES.items(),
        "may_change": tabs.can(request, "manage_services"),
    }
    return tabs.show(request, TAB, "table", context)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same rows as the list, all of them."""
    tabs.require(request, "manage_services", "administer")
    return exports.response(request, kind, _("分类"), HEADINGS, _lines(iter(_rows(request))))


def _lines(rows: Iterator[Classification]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            CATEGORIES.get(row.category, row.category), row.place, row.kind, row.problem, row.words,
            _("急") if row.urgent else "", row.urgent_reason, row.skill, row.hint, row.item,
        )  # fmt: skip


def _fields(row: Classification | None, request: OfficeRequest, errors: dict[str, str]) -> list[FieldView]:
    typed = request.POST if request.method == "POST" else {}

    def value(name: str) -> str:
        return str(typed.get(name, getattr(row, name, "") if row else "")) if name != "urgent" else ""

    def field(key: str, label: str, kind: str = "text", **more: object) -> FieldView:
        return FieldView(key, label, kind, value=value(key), error=errors.get(key, ""), **more)  # type: ignore[arg-type]

    items = tuple(ChoiceView(one.name, one.name) for one in queries.items(request.office, request.now))
    urgent = bool(typed.get("urgent")) if typed else bool(row and row.urgent)
    return [
        field("place", _("部位"), required=True, half=True),
        field("kind", _("类型"), required=True, half=True),
        field("problem", _("问题"), required=True, half=True),
        field(
            "category", _("类别"), "staff", required=True, half=True,
            choices=tuple(ChoiceView(key, word) for key, word in CATEGORIES.items() if key != "duty"),
        ),
        field("words", _("常用说法"), "long", help=_("来电的人怎么说，用空格分开，如 爆管 水管爆 喷水")),
        FieldView("urgent", _("急"), "tick", value=urgent, error=errors.get("urgent", "")),
        field("urgent_reason", _("为什么急"), half=True),
        field("skill", _("工种"), half=True, help=_("派人时先看有这项技能的")),
        field("item", _("服务项目"), half=True, choices=items),
        field("hint", _("话术"), help=_("登记时提醒接待员说的一句话")),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@office_page
def edit(request: OfficeRequest, pk: int = 0) -> HttpResponse:
    """One row, new or known. A known row under another place, kind or problem becomes a new one beside it."""
    tabs.require(request, "manage_services")
    row = queries.classification_for(request.office, pk) if pk else None
    problem = None
    if request.method == "POST":
        try:
            saved = _save(request)
            toasts.say(request, _("已保存「%s」。登记时马上用它。") % saved)
            return redirect("settings-table")
        except Problem as found:
            problem = found
    errors = errors_of(problem) if problem else {}
    context = {
        "row": row,
        "fields": _fields(row, request, errors),
        "trouble": [errors[""]] if "" in errors else [],
    }
    return tabs.show(request, TAB, "table_row", context, problem)


def _save(request: OfficeRequest) -> Classification:
    typed = request.POST
    return actions.save_classification(
        request.office,
        *(typed.get(name, "") for name in KEPT),
        category=typed.get("category", ""),
        words=" ".join(typed.get("words", "").replace("、", " ").replace("，", " ").split()),
        urgent=bool(typed.get("urgent")),
        urgent_reason=typed.get("urgent_reason", "").strip(),
        skill=typed.get("skill", "").strip(),
        hint=typed.get("hint", "").strip(),
        item=typed.get("item", "").strip(),
    )


@require_POST
@office_page
def remove(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take a row out of the table; cases keep the words with which they were opened."""
    tabs.require(request, "manage_services")
    actions.remove_classification(request.office, pk)
    toasts.say(request, _("已删去这一行。"))
    return redirect("settings-table")


@require_POST
@office_page
def defaults(request: OfficeRequest) -> HttpResponse:
    """Add the rows of the default table that the office does not have; its own rows stay."""
    tabs.require(request, "manage_services")
    toasts.say(request, _("补上了 %s 行。") % classification.load_defaults(request.office))
    return redirect("settings-table")
