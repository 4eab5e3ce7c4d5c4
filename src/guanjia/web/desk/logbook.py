"""The duty record (值班记录) of any day, month or shift: what was written in the registers of the office's manuals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine.veiling import VEIL
from guanjia.policy import secrecy
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.records.report import Cell, Column
from guanjia.reports import sheets
from guanjia.staff import queries as staff
from guanjia.staff.models import Shift
from guanjia.web import exports, shell
from guanjia.web.bridge import seen, words
from guanjia.web.cashier.views import case_number
from guanjia.web.components import ClauseView
from guanjia.web.doors import OfficeRequest, office_page

LINES = 25
MOST = 3000
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Turn:
    """A shift of the day that may be chosen: its label and hours."""

    value: str
    label: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Wanted:
    """What the address asks for: a day (with one of its shifts, or none) or a month, a register or all, words."""

    day: date | None
    month: date | None
    shift: str
    form: str
    search: str
    turns: tuple[Turn, ...]

    @property
    def period(self) -> str:
        """`2026-03-24 早班`, `2026-03`."""
        if self.day is None:
            return f"{self.month:%Y-%m}"
        turn = next((one.label for one in self.turns if one.value == self.shift), "")
        return f"{self.day:%Y-%m-%d} {turn}".strip()

    def span(self, request: OfficeRequest) -> tuple[datetime, datetime]:
        """The moments between which it was written."""
        if self.day is None:
            assert self.month is not None
            return records.month_window(request.office, self.month)
        for turn in self.turns:
            if turn.value == self.shift:
                return turn.begins_at, turn.ends_at
        return midnight(self.day, request), midnight(self.day + DAY, request)


def midnight(day: date, request: OfficeRequest) -> datetime:
    """The beginning of a day of the office."""
    return datetime.combine(day, time(0), request.zone)


def _date(text: str) -> date | None:
    """A day of the address; None for one that is none, or beyond all calendars."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 < day.year < 2200 else None


def wanted_of(request: OfficeRequest) -> Wanted:
    """The address's question; today's day where it names neither a day nor a month."""
    month = _date(f"{request.GET.get('month', '')}-01") if not request.GET.get("day") else None
    day = None if month else _date(request.GET.get("day", "")) or staff.day_in(request.office, request.now)
    return Wanted(
        day, month, request.GET.get("shift", "") if day else "", request.GET.get("form", ""),
        request.GET.get("q", "").strip(), _turns(request, day) if day else (),
    )  # fmt: skip


def today_of(request: OfficeRequest) -> Wanted:
    """All of today, with the address's words."""
    today = staff.day_in(request.office, request.now)
    return Wanted(today, None, "", "", request.GET.get("q", "").strip(), ())


def _turns(request: OfficeRequest, day: date) -> tuple[Turn, ...]:
    """The shifts that begin on a day, each once, in their order."""
    begins = midnight(day, request)
    rows: QuerySet[Shift] = staff.shifts_between(request.office, begins, begins + DAY)
    found: dict[str, Turn] = {}
    for row in rows.filter(begins_at__gte=begins).order_by("begins_at", "label"):
        value = f"{row.begins_at.astimezone(request.zone):%H%M}-{row.ends_at.astimezone(request.zone):%H%M}"
        found.setdefault(value, Turn(value, row.label, row.begins_at, row.ends_at))
    return tuple(found.values())


def registers(request: OfficeRequest) -> list[tuple[str, str]]:
    """(key, title) of the registers in which the office's manuals let the desk write, and that this person may read."""
    found: dict[str, str] = {}
    for one in adoption.adopted(request.office, request.now):
        for form in one.compiled.manual.form:
            if form.nature == "register" and secrecy.reads_books(one.compiled, request.roles):
                found.setdefault(form.key, one.title_of(form))
    return list(found.items())


def written(request: OfficeRequest, wanted: Wanted) -> QuerySet[Record]:
    """What was written, the newest first."""
    keys = [key for key, _title in registers(request) if wanted.form in ("", key)]
    numbers = (
        cases.cases(seen.sight(request), search=wanted.search, scope="all").values_list("number", flat=True)[
            :MOST
        ]
        if wanted.search
        else ()
    )
    references = [f"case:{number}" for number in numbers]
    begins, ends = wanted.span(request)
    return records.written_between(
        request.office, keys, begins, ends, search=wanted.search, references=references
    )


def lines_of(request: OfficeRequest, page: Iterable[Record]) -> list[tuple[Record, str, str]]:
    """(record, number of its case, what it says) of every line; of a case that is confided to others, that it is
    (S001-1-4.12)."""
    found = [(record, case_number(record.reference)) for record in page]
    kept = seen.sight(request).kept_numbers(number for _record, number in found)
    return [(record, number, VEIL if number in kept else said(request, record)) for record, number in found]


def said(request: OfficeRequest, record: Record) -> str:
    """A line of a register in a sentence."""
    lines = sheets.lines_of(request.office, seen.read(request, record))
    return "·".join(text for _label, text in lines[1:] if text)


def _checks(request: OfficeRequest, wanted: Wanted) -> list[tuple[str, ClauseView, Case | None]]:
    """(duty, clause, its case in the month) of what the manuals want sampled: whether the registers are complete."""
    month = wanted.month or (wanted.day and wanted.day.replace(day=1))
    assert month is not None
    begins, ends = records.month_window(request.office, month)
    found = []
    for one in adoption.adopted(request.office, request.now):
        for duty in one.compiled.manual.duty:
            category = one.compiled.categories[duty.category]
            actions = one.compiled.procedures[category.procedure].action
            if any("sampled" in action.emits for action in actions):
                rows = cases.cases(
                    seen.sight(request), scope="all", category=category.key, since=begins, until=ends
                )
                clause = words.clause_view(one.compiled, duty.clause)
                found.append((duty.label, clause, rows.first()))
    return found


@require_safe
@office_page
def show(request: OfficeRequest) -> HttpResponse:
    """The duty record of a day, a shift or a month, with the check of whether it is complete."""
    shell.require_door(request, "shift")
    wanted = wanted_of(request)
    page = Paginator(written(request, wanted), LINES).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "registers": registers(request),
        "rows": lines_of(request, page),
        "page": page,
        "before": wanted.day - DAY if wanted.day else None,
        "after": wanted.day + DAY if wanted.day else None,
        "checks": _checks(request, wanted),
        "area": "shift",
    }
    return render(request, "web/desk/logbook.html", context)


@require_safe
@office_page
def export(request: OfficeRequest, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The same lines, all of them, as CSV, XLSX, or on paper."""
    shell.require_door(request, "shift")
    wanted = wanted_of(request)
    headings: list[str | Column] = ["编号", Column("时间", "time"), "表单", "事项", "内容"]
    rows = _cells(request, written(request, wanted))
    return exports.response(
        request, kind, _("值班记录"), headings, rows, period=wanted.period, signs=(_("值班"), _("接班"))
    )


def _cells(request: OfficeRequest, rows: QuerySet[Record]) -> Iterator[tuple[Cell, ...]]:
    rest = rows.iterator(500)
    while some := list(islice(rest, 500)):
        for record, number, text in lines_of(request, some):
            yield record.number, record.issued_at, record.title, number, text
