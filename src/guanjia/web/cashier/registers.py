"""Registers of numbered forms, without gaps, and the copies that are not where they must end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.engine.veiling import VEIL
from guanjia.kernel.problem import Problem
from guanjia.policy import secrecy
from guanjia.policy.schema import FormDef
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.records.queries import Outstanding
from guanjia.records.report import Cell, Column
from guanjia.reports import sheets
from guanjia.web import exports, shell
from guanjia.web.bridge import seen, words
from guanjia.web.cashier.views import case_number
from guanjia.web.components import ClauseView
from guanjia.web.doors import OfficeRequest, office_page

MOST = 100_000


class Known(NamedTuple):
    """A form of an adopted manual that is kept in a register. manual: its key; several may have a form of one key."""

    manual: str
    form: FormDef
    clause: ClauseView


def forms_of(request: OfficeRequest) -> list[Known]:
    """The numbered forms of the office's manuals."""
    return [
        Known(
            one.compiled.key,
            form.model_copy(update={"title": one.title_of(form)}),
            words.clause_view(one.compiled, form.clause),
        )
        for one in adoption.adopted(request.office, request.now)
        for form in one.compiled.manual.form
        if form.prefix and secrecy.reads_books(one.compiled, request.roles)
    ]


def _known(request: OfficeRequest, key: str, manual: str = "") -> Known:
    """The form of that key, of one manual or else of the first that has one. Raises Problem NOT_FOUND."""
    every = (known for known in forms_of(request) if known.form.key == key)
    found = next((known for known in every if manual in ("", known.manual)), None)
    if found is None:
        raise Problem("NOT_FOUND", _("本处没有这种表单。"), _("请从表单登记里选。"), status=404)
    return found


def _month(request: OfficeRequest) -> date | None:
    text = request.GET.get("month", "")
    if not text:
        return None
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("月份写得不对。"), _("请按 2026-03 的样子写。"), field="month"
        ) from None


def _day(request: OfficeRequest) -> date | None:
    """One day of a register; a text that is no day does not narrow it."""
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return None
    return day if 1 < day.year < 9999 else None


@require_safe
@office_page
def index(request: OfficeRequest) -> HttpResponse:
    """Which registers there are."""
    shell.require_door(request, "cashier")
    return render(request, "web/cashier/registers.html", {"forms": forms_of(request), "area": "cashier"})


@require_safe
@office_page
def moved(request: OfficeRequest, form: str, kind: str = "") -> HttpResponse:
    """An address from before registers were named by their manual too: leads on to the first that has the form."""
    shell.require_door(request, "cashier")
    named = [_known(request, form).manual, form]
    address = reverse("register-export", args=[*named, kind]) if kind else reverse("register", args=named)
    return redirect(f"{address}?{request.GET.urlencode()}" if request.GET else address, permanent=False)


@require_safe
@office_page
def register(request: OfficeRequest, manual: str, form: str) -> HttpResponse:
    """The register of a form of a manual in the order of its numbers; missing numbers are named."""
    shell.require_door(request, "cashier")
    known = _known(request, form, manual)
    search = request.GET.get("q", "").strip()
    page = int(request.GET["page"]) if request.GET.get("page", "").isdigit() else 1
    day = _day(request)
    found = records.register(
        request.office, form, manual=manual, month=_month(request), day=day, search=search, page=page
    )
    context = {
        "known": known,
        "rows": [
            (record, case_number(record.reference), VEIL if hidden else _said(request, record))
            for record, hidden in _kept(request, found.page)
        ],
        "page": found.page,
        "gaps": found.gaps,
        "search": search,
        "month": request.GET.get("month", ""),
        "day": f"{day:%Y-%m-%d}" if day else "",
        "area": "cashier",
    }
    return render(request, "web/cashier/register.html", context)


def _kept(request: OfficeRequest, page: Iterable[Record]) -> list[tuple[Record, bool]]:
    """The records, each with whether its case is confided to others than the person at the page (S001-1-4.12)."""
    found = list(page)
    kept = seen.sight(request).kept_numbers(case_number(one.reference) for one in found)
    return [(one, case_number(one.reference) in kept) for one in found]


def _said(request: OfficeRequest, record: Record) -> str:
    """The first few lines of a form, for a register."""
    texts = [text for _label, text in sheets.lines_of(request.office, seen.read(request, record)) if text]
    return "·".join(texts[:4])


@require_safe
@office_page
def export(request: OfficeRequest, manual: str, form: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    """A register with every line of its forms: CSV, XLSX, or the book itself to print (PDF)."""
    shell.require_door(request, "cashier")
    known = _known(request, form, manual)
    found = records.register(
        request.office, form, manual=manual, month=_month(request), day=_day(request),
        search=request.GET.get("q", "").strip(), size=MOST,
    )  # fmt: skip
    labels = [line.label for line in known.form.line]
    headings: list[str | Column] = ["编号", Column("开单", "time"), "事项", *labels]
    rows = (
        _register_line(request, record, labels, hidden=hidden)
        for record, hidden in _kept(request, found.page)
    )
    return exports.response(
        request, kind, known.form.title, headings, rows, period=request.GET.get("day", "") or request.GET.get("month", ""),
        basis=f"{known.clause.manual} {known.clause.number}", signs=(_("填表"), _("审核")),
    )  # fmt: skip


def _register_line(
    request: OfficeRequest, record: Record, labels: list[str], *, hidden: bool
) -> tuple[Cell, ...]:
    said = dict(
        sheets.lines_of(request.office, seen.read(request, record), whole=True)
    )  # the book itself, as it is kept
    if hidden:
        said = dict.fromkeys(said, VEIL)
    number = record.number + _("（作废）") if record.voided_at else record.number
    return (
        number,
        record.issued_at,
        case_number(record.reference),
        *(said.get(label, "") for label in labels),
    )


OUTSTANDING = ("编号", "表单", "事项", "联", "在谁手里", "要到哪里", Column("天", "number"))


@require_safe
@office_page
def outstanding(request: OfficeRequest) -> HttpResponse:
    """Copies that are not where they must end: who has them and for how many days (S004-4-2.5.4)."""
    shell.require_door(request, "cashier")
    rows = _outstanding(request)
    page = Paginator(rows, records.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [(row, case_number(row.record.reference)) for row in page],
        "page": page,
        "search": request.GET.get("q", "").strip(),
        "area": "cashier",
    }
    return render(request, "web/cashier/outstanding.html", context)


def _outstanding(request: OfficeRequest) -> list[Outstanding]:
    """Those in which every word of the search stands somewhere."""
    words = request.GET.get("q", "").split()
    rows = records.copies_outstanding(request.office, now=request.now)
    return [
        row
        for row in rows
        if all(
            word in f"{row.record.number} {row.record.reference} {row.copy.label} {row.copy.holder}"
            for word in words
        )
    ]


@require_safe
@office_page
def export_outstanding(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same copies as CSV, XLSX or on paper, to go round with."""
    shell.require_door(request, "cashier")
    rows = [
        (
            row.record.number, row.record.title, case_number(row.record.reference), row.copy.label, row.copy.holder,
            row.copy.goes_to, row.days,
        )
        for row in _outstanding(request)
    ]  # fmt: skip
    return exports.response(request, kind, _("联单去向"), OUTSTANDING, rows)
