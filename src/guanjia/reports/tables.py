"""The tables that a manual draws up of a period: a case a line, money as the books stood at the period's end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import counting
from guanjia.engine.facts import reference_of
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso, iso
from guanjia.ledger import queries as ledger
from guanjia.policy import forms
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.conditions import compile_condition, lookup
from guanjia.policy.schema import Action, TableDef
from guanjia.reports import spans

YEAR = timedelta(days=366)


def tables_of(case: Case, action: Action | None, at: datetime) -> dict[str, dict[str, Any]]:
    """The tables that the form of an action of a recurring duty shows, by field; see `draw_up`."""
    wanted = [field for field in (action.field if action else ()) if field.kind == "table"]
    if not wanted:
        return {}
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)[0]
    known = {table.key: table for table in adopted.compiled.manual.table}
    return {field.key: draw_up(case, adopted, known[field.of[0]], at) for field in wanted}


def draw_up(case: Case, adopted: Adopted, table: TableDef, at: datetime) -> dict[str, Any]:
    """A table of the period of a recurring duty's case (`2026-03`, `2026-W13`), from when to when its duty comes round,
    as it can be told at a moment, as plain data that a case can keep.

    `columns` {label, kind, fact}, `rows` of raw values (fen, ISO times), `cases` (a number a row), `count`, `sums` by fact
    in fen, `by` [{name, count, sums}] when the table is grouped.
    """
    office, period = case.office, str(case.facts.get("period", ""))
    begins, ends = counting.period_of(case, adopted) or spans.window(office, period)
    ends = _until(office, adopted, table, begins) or ends
    last = min(ends - timedelta(microseconds=1), at)
    wanted = compile_condition(table.where)
    listed = [
        facts
        for facts in _cases(office, adopted, table, begins, last)
        if _inside(lookup(facts, table.within), None if table.before else begins, ends) and wanted(facts)
    ]
    compiled, summed = adopted.compiled, [column.fact for column in table.column if column.sum]
    found: dict[str, Any] = {
        "label": table.label,
        "clause": table.clause,
        "period": period,
        "columns": [
            {"label": column.label, "kind": column.kind, "fact": column.fact} for column in table.column
        ],
        "rows": [[_value(compiled, facts, column) for column in table.column] for facts in listed],
        "cases": [facts["number"] for facts in listed],
        "count": len(listed),
        "sums": _sums(listed, summed),
    }
    if table.by:
        groups: dict[str, list[Mapping[str, Any]]] = {}
        for facts in listed:
            word = forms.choice_label(compiled, table.by, str(lookup(facts, table.by) or ""))
            groups.setdefault(word, []).append(facts)
        found["by"] = [
            {"name": name, "count": len(rows), "sums": _sums(rows, summed)}
            for name, rows in sorted(groups.items())
        ]
    return found


def _until(office: Office, adopted: Adopted, table: TableDef, begins: datetime) -> datetime | None:
    """The end of the day to which a table lists, when it is not the period's end."""
    text = adopted.resolve(table.until)[0]
    if not text.isdecimal():
        return None
    zone = ZoneInfo(office.time_zone)
    day = begins.astimezone(zone).date() + timedelta(days=int(text))
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _inside(value: Any, begins: datetime | None, ends: datetime) -> bool:
    """Whether a recorded instant lies in the period, or before its end where the beginning does not matter."""
    if not isinstance(value, str) or not value:
        return False
    moment = from_iso(value)
    return (begins is None or begins <= moment) and moment < ends


def _sums(rows: Iterable[Mapping[str, Any]], facts: Iterable[str]) -> dict[str, int]:
    rows = list(rows)
    return {name: sum(int(lookup(row, name) or 0) for row in rows) for name in facts}


def _value(compiled: CompiledManual, facts: Mapping[str, Any], column: Any) -> Any:
    value = lookup(facts, column.fact)
    return (
        forms.choice_label(compiled, column.fact, str(value)) if value and column.kind == "choice" else value
    )


def _cases(
    office: Office, adopted: Adopted, table: TableDef, begins: datetime, until: datetime
) -> Iterable[dict[str, Any]]:
    """The facts of the cases that may be listed, with their money as it stood."""
    rows = Case.objects.filter(office=office, category=table.category, opened_at__lte=until)
    # what happened in the period happened before the case was closed
    since = begins - YEAR if table.closed else begins
    rows = rows.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=since))
    cases = list(rows.select_related("unit", "assignee").order_by("opened_at", "pk"))
    money = ledger.balances_at(office, [reference_of(case) for case in cases], until)
    figures = adopted.figure_facts() if adopted.compiled.reads_figures else {}
    for case in cases:
        balance = money.get(reference_of(case), ledger.Balance(0, 0))
        yield {
            **case.facts,
            "figure": figures,
            "number": case.number,
            "state": case.state,
            "unit_name": case.unit.name if case.unit else "",
            "assignee_name": case.assignee.name if case.assignee else "",
            "opened_at": iso(case.opened_at),
            "completed_at": iso(case.completed_at) if case.completed_at else None,
            "charged_fen": balance.charged_fen,
            "paid_fen": balance.paid_fen,
            "balance_fen": balance.open_fen,
        }
