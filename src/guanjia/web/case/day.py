"""The day of a register that a daily duty is about, beside its form."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from guanjia.cases.models import Case
from guanjia.engine.veiling import VEIL
from guanjia.policy.compiled import CompiledManual
from guanjia.reports import daybook
from guanjia.reports.daybook import DayRow
from guanjia.web.bridge import seen
from guanjia.web.case.lists import state_words
from guanjia.web.doors import OfficeRequest


@dataclass(frozen=True)
class DayLog:
    """A day of a register: its lines, each with the state of its case."""

    day: date
    rows: list[tuple[DayRow, str]]


def log_of(request: OfficeRequest, case: Case, compiled: CompiledManual) -> DayLog | None:
    """The register's lines of the day that the duty is about, with how each stands; None for any other case."""
    day = daybook.day_of(case)
    if day is None:
        return None
    sight = seen.sight(request)
    rows = daybook.rows(request.office, compiled, day, request.now, sight.kept_numbers)
    kept = sight.kept(row.case for row in rows if row.case)
    rows = [replace(row, said=VEIL) if row.case and row.case.pk in kept else row for row in rows]
    return DayLog(day, [(row, state_words(row.case) if row.case else "") for row in rows])
