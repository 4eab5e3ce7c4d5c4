"""催收: who owes, for how long, what step of dunning runs; the step is taken in place, on the form of its case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.engine import perform
from guanjia.engine.offering import view_of
from guanjia.kernel.problem import Problem
from guanjia.records.report import Cell, Column
from guanjia.reports import arrears as reading
from guanjia.reports.arrears import Debt, Debtor
from guanjia.staff import rules
from guanjia.web import exports, toasts
from guanjia.web.bridge import duties, forms, seen, uploads, words
from guanjia.web.components import ChipView
from guanjia.web.doors import OfficeRequest, form_on, office_page

PAGE_SIZE = 20
HEADINGS = (
    Column("业户"), Column("电话"), Column("事项"), Column("项目"), Column("欠费，元", "money"), Column("记账", "day"),
    Column("已欠天数", "number"), Column("催收步骤"), Column("最近联系", "time"), Column("谁联系的"),
)  # fmt: skip


@require_safe
@office_page
def page(request: OfficeRequest) -> HttpResponse:
    """Households with arrears, oldest or most first; `open` and `do` in the address open the form of a step (S000-1-4.4.3b)."""
    rules.require("see_arrears", request.user, request.office, request.now)
    return _page(request, request.GET.get("open", ""), request.GET.get("do", ""))


def _found(request: OfficeRequest) -> tuple[list[Debtor], str, str]:
    """The households of the address's search in its order; search and order."""
    search = request.GET.get("q", "").strip()
    order = request.GET.get("sort", "")
    order = order if order in reading.ORDERS else reading.ORDERS[0]
    found = reading.debtors(request.office, request.now, request.roles, search=search, order=order)
    return found, search, order


def _page(
    request: OfficeRequest, number: str, action: str, posted: Mapping[str, Any] | None = None, problem: Problem | None = None
) -> HttpResponse:  # fmt: skip
    found, search, order = _found(request)
    shown = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    people = duties.people_of(request.office, request.now)
    context = {
        "rows": [
            (one, [(debt, _steps(request, debt, people)) for debt in one.debts]) for one in shown.object_list
        ],
        "page": shown,
        "search": search,
        "order": order,
        "total_fen": sum(one.fen for one in found),
        "open": _form(request, number, action, posted or {}, problem) if number and action else None,
        "may_take": rules.can_take_money(request.user, request.office, request.now),
        "may_reveal": rules.can_reveal_phone(request.user, request.office, request.now),
        "query": _query(request),
        "area": "cashier",
    }
    return render(request, "web/cashier/arrears.html", context, status=problem.status if problem else 200)


def _steps(request: OfficeRequest, debt: Debt, people: Mapping[str, str]) -> list[ChipView]:
    """The duties of dunning that run, as on the page of the case."""
    return [duties.chip(one, request.now, request.zone, people) for one in debt.steps]


def _query(request: OfficeRequest) -> str:
    """The address's search, order and page, without the form that is open."""
    kept = request.GET.copy()
    for name in ("open", "do"):
        kept.pop(name, None)
    return kept.urlencode()


def _form(
    request: OfficeRequest, number: str, key: str, posted: Mapping[str, Any], problem: Problem | None
) -> dict[str, Any]:
    """The form of a step in its row. Raises Problem NOT_FOUND for another office's case."""
    case = cases.case_in(request.office, number)
    view = view_of(case, request.user, request.now)
    offer = next((one for one in view.offers if one.action.key == key), None)
    if offer is None:
        return {"number": number, "gone": True}
    compiled, action = view.adopted[0].compiled, offer.action
    errors = forms.errors_of(problem) if problem else {}
    fields = forms.views(
        action, forms.seen_by(view), compiled, request.office, request.now, request.zone,
        kept=seen.sight(request).kept_numbers, posted=posted, errors=errors, warnings=forms.warnings_of(view, key),
    )  # fmt: skip
    known = {field.key for field in fields}
    return {
        "number": number,
        "action": action,
        "clause": words.clause_view(compiled, action.clause) if action.clause else None,
        "text": compiled.clauses.get(action.clause, ""),
        "reasons": offer.reasons,
        "fields": fields,
        "trouble": [text for name, text in errors.items() if name not in known],
        "key": request.POST.get("key") or uploads.new_key(),
    }


@form_on("arrears")
@office_page
def step(request: OfficeRequest, number: str, action: str) -> HttpResponse:
    """The step is taken through the engine, as on the page of its case; what is wrong stands in the row with what was typed."""
    rules.require("see_arrears", request.user, request.office, request.now)
    case = cases.case_in(request.office, number)
    view = view_of(case, request.user, request.now)
    wanted = set(reading.duns(view.adopted[0].compiled).values())
    offer = next((one for one in view.offers if one.action.key == action and action in wanted), None)
    if offer is None:
        toasts.say(request, _("%s 已经不用催了。") % number)
        return _back(request)
    posted = forms.data_of(offer.action, request.POST)
    try:
        perform(
            case, action, actor=request.user, at=request.now, now=request.now, data=posted,
            key=request.POST.get("key", "")[:80],
        )  # fmt: skip
    except Problem as problem:
        return _page(request, number, action, posted, problem)
    word = _("%(label)s：%(number)s") % {"label": offer.action.label, "number": number}
    toasts.say(request, word, draft=f"{number}:{action}")
    return _back(request)


def _back(request: OfficeRequest) -> HttpResponseRedirect:
    """To the list as it was."""
    query = _query(request)
    return redirect(reverse("arrears") + (f"?{query}" if query else ""))


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same households, a line a debt, as CSV, XLSX or on paper to go round with; telephone numbers masked."""
    rules.require("see_arrears", request.user, request.office, request.now)
    found, _search, _order = _found(request)
    lines: list[tuple[Cell, ...]] = [
        (
            one.payer, one.phone, debt.number, debt.item, debt.fen, debt.since, debt.days,
            "、".join(step.label for step in debt.steps), debt.contacted_at, debt.contacted_by,
        )
        for one in found
        for debt in one.debts
    ]  # fmt: skip
    total = (_("合计"), "", "", "", sum(one.fen for one in found), None, None, "", None, "")
    today = f"{request.now.astimezone(request.zone):%Y-%m-%d}"
    return exports.response(
        request, kind, _("欠费催收清单"), HEADINGS, [*lines, total] if lines else [],
        notes=(_("%(n)s 户，截至 %(day)s") % {"n": len(found), "day": today},), signs=(_("客服"), _("财务")),
    )  # fmt: skip
