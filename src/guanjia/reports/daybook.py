"""A day of a numbered register (值班记录表) with what became of each line: for whoever checks it. Writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from guanjia.cases.models import Case
from guanjia.engine import veiling
from guanjia.engine.veiling import Kept
from guanjia.estate.models import Office
from guanjia.ledger.queries import day_window
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import CompiledManual
from guanjia.records.models import Record
from guanjia.reports import sheets


@dataclass(frozen=True)
class DayRow:
    """A line of the register: its number, what it says, its case, and how many of its duties are open and overdue."""

    number: str
    at: datetime
    said: str
    case: Case | None
    open: int
    overdue: int


def day_of(case: Case) -> date | None:
    """The day that a daily duty is about; None for any other case."""
    try:
        return date.fromisoformat(str(case.facts.get("period", "")))
    except ValueError:
        return None


def rows(office: Office, compiled: CompiledManual, day: date, now: datetime, kept: Kept) -> list[DayRow]:
    """What the numbered registers of a manual took in on an office-local day, in the order of the numbers.

    kept: of the cases that a line lists, by number, those of which its reader may not read the subject (S001-1-4.12).
    """
    keys = [form.key for form in compiled.manual.form if form.nature == "register" and form.prefix]
    begins, ends = day_window(office, day)
    records = list(
        Record.objects.filter(
            office=office,
            manual_key=compiled.key,
            form__in=keys,
            issued_at__gte=begins,
            issued_at__lt=ends,
            voided_at=None,
        ).order_by("series", "seq")
    )
    numbers = [record.reference.removeprefix("case:") for record in records]
    found = Case.objects.filter(office=office, number__in=numbers).select_related("unit", "assignee")
    by_number = {case.number: case for case in found}
    open_now, late = _duties(by_number.values(), now)
    return [
        DayRow(
            number=record.number,
            at=record.issued_at,
            said=_said(office, record, kept),
            case=(case := by_number.get(number)),
            open=open_now[case.pk] if case else 0,
            overdue=late[case.pk] if case else 0,
        )
        for record, number in zip(records, numbers, strict=True)
    ]


def _duties(cases: Iterable[Case], now: datetime) -> tuple[Counter[int], Counter[int]]:
    rows = Obligation.objects.filter(case__in=list(cases), state=State.OPEN)
    open_now: Counter[int] = Counter()
    late: Counter[int] = Counter()
    for case_id, due_at in rows.values_list("case_id", "due_at"):
        open_now[case_id] += 1
        late[case_id] += due_at is not None and due_at < now
    return open_now, late


def _said(office: Office, record: Record, kept: Kept) -> str:
    record.data = veiling.as_read(record.data, kept)  # for showing only
    return "·".join(text for _label, text in sheets.lines_of(office, record) if text)
