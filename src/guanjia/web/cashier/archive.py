"""部门存档: which copies of a month's forms each department keeps, has sent, received, filed or lost (S000-1-4.9.4a)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.policy import forms
from guanjia.records import queries as records
from guanjia.records.models import Copy
from guanjia.records.report import Cell, Column
from guanjia.web import exports, shell
from guanjia.web.cashier.views import case_number
from guanjia.web.director import months
from guanjia.web.doors import OfficeRequest, office_page

# how far a copy is: word, glyph, colour; in the order in which it goes
STANDS = {
    Copy.State.HELD: (gettext_lazy("还没送出"), "s-wait", "wait"),
    Copy.State.HANDED: (gettext_lazy("送出，待签收"), "arrow", "soon"),
    Copy.State.RECEIVED: (gettext_lazy("已签收，待存档"), "check", "run"),
    Copy.State.ARCHIVED: (gettext_lazy("已存档"), "s-done", "done"),
    Copy.State.MISSING: (gettext_lazy("遗失"), "s-over", "over"),
}
HEADINGS = (
    "编号", "表单", "服务", "联", "归哪个部门", "现在谁手里", "怎么样", Column("日期", "time"), "册", "事项",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A copy as it is shown: what kind of service its form is of, how far it is, its case."""

    copy: Copy
    service: str
    state: str
    word: str
    glyph: str
    phase: str
    case: str

    def says(self, search: str) -> bool:
        """Whether every word of a search stands in it."""
        copy, record = self.copy, self.copy.record
        text = f"{record.number} {record.title} {self.service} {copy.label} {copy.goes_to} {copy.holder} {self.case}"
        return all(word in text for word in search.split())


def _kept(copy: Copy) -> Kept:
    state = Copy.State(copy.state)
    word, glyph, phase = STANDS[state]
    record = copy.record
    service = str(record.data.get("service") or "")
    if service:
        compiled = adoption.compiled(record.manual_key, record.manual_version)
        service = forms.choice_label(compiled, "service", service)
    return Kept(copy, service, str(state), str(word), glyph, phase, case_number(record.reference))


def _month(request: OfficeRequest) -> tuple[str, list[Kept]]:
    """The month of the address and its copies, all of them."""
    period = months.period_of(request)
    found = records.copies_to_file(request.office, date.fromisoformat(f"{period}-01"))
    return period, [_kept(copy) for copy in found]


def _wanted(request: OfficeRequest, found: list[Kept]) -> list[Kept]:
    """Those of the department, the state and the words of the address."""
    department, state = request.GET.get("department", ""), request.GET.get("state", "")
    search = request.GET.get("q", "").strip()
    return [
        one
        for one in found
        if department in ("", one.copy.goes_to) and state in ("", one.state) and one.says(search)
    ]


@require_safe
@office_page
def show(request: OfficeRequest) -> HttpResponse:
    """The month's copies by department and how far they are; each figure leads to its copies, each copy to its case."""
    shell.require_door(request, "cashier")
    period, found = _month(request)
    counts = Counter((one.copy.goes_to, one.state) for one in found)
    departments = sorted({one.copy.goes_to for one in found})
    rows = _wanted(request, found)
    page = Paginator(rows, records.PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "matrix": [
            (name, sum(counts[name, str(state)] for state in STANDS), [(str(state), counts[name, str(state)]) for state in STANDS])
            for name in departments
        ],
        "states": [(str(state), word) for state, (word, _glyph, _phase) in STANDS.items()],
        "rows": list(page),
        "page": page,
        "period": period,
        "months": months.offered(request, period),
        "department": request.GET.get("department", ""),
        "state": request.GET.get("state", ""),
        "state_word": next((word for state, (word, _g, _p) in STANDS.items() if str(state) == request.GET.get("state")), ""),
        "search": request.GET.get("q", "").strip(),
        "area": "cashier",
    }  # fmt: skip
    return render(request, "web/cashier/archive.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same copies as CSV, XLSX or on paper, for the department to sign."""
    shell.require_door(request, "cashier")
    period, found = _month(request)
    department = request.GET.get("department", "")
    rows: list[tuple[Cell, ...]] = [
        (
            one.copy.record.number, one.copy.record.title, one.service, one.copy.label, one.copy.goes_to,
            one.copy.holder, one.word, one.copy.moved_at, one.copy.volume, one.case,
        )
        for one in _wanted(request, found)
    ]  # fmt: skip
    title = _("联单存档 %(who)s %(month)s") % {"who": department or _("各部门"), "month": period}
    return exports.response(request, kind, title, HEADINGS, rows, period=period, signs=(_("存档"), _("核对")))
