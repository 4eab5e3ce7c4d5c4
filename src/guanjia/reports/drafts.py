"""What the system fills in before a person signs a report: the figures of the period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.facts import procedure_of
from guanjia.policy.schema import Action
from guanjia.reports import monthly, spans, tables
from guanjia.work import queries as work


def complete(case: Case, action: str, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The input of an action with its computed fields filled in; what a person sent for them is not believed."""
    definition = action_of(case, action)
    filled = dict(data)
    for field in definition.field if definition else ():
        if field.kind == "figures":
            filled[field.key] = figures_for(case, at)
    return filled | tables.tables_of(case, definition, at)


def figures_for(case: Case, at: datetime) -> dict[str, Any]:
    """The statistics of the period that the case is about, as its manual names them.

    `{statistic key: {label, count, base, text, by, clause}}`, and `gaps`: items asked for that stand on no list, with
    how often (S004-4-2.8a, S004-4-2.8c).
    """
    period = str(case.facts.get("period", ""))
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)[:1]
    found = monthly.figures(case.office, adopted, period, at)
    draft: dict[str, Any] = {
        figure.statistic.key: {
            "label": figure.statistic.label,
            "clause": figure.statistic.clause,
            "count": figure.count,
            "base": figure.base,
            "text": figure.text,
            "by": _by(figure),
        }
        for figure in found
    }
    draft["period"] = period
    draft["gaps"] = _gaps(case, period)
    return draft


def _by(figure: monthly.Figure) -> dict[str, int]:
    """How many in each part, by the word that a reader sees: values of one word are counted together."""
    found: dict[str, int] = {}
    for part in figure.parts:
        word = part.label or monthly.NOT_FILLED
        found[word] = found.get(word, 0) + len(part.numbers)
    return found


def _gaps(case: Case, period: str) -> list[dict[str, Any]]:
    """Items that residents asked for and neither the office nor a supplier offers."""
    begins, ends = spans.window(case.office, period)
    rows = Case.objects.filter(office=case.office, opened_at__gte=begins, opened_at__lt=ends)
    counts: dict[str, int] = {}
    for facts in rows.values_list("facts", flat=True):
        if facts.get("item") and facts.get("item_listed") is False and not facts.get("item_suppliers"):
            counts[facts["item"]] = counts.get(facts["item"], 0) + 1
    return [
        {"item": item, "count": count}
        for item, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if work.item_for(case.office, item, ends) is None
    ]


def action_of(case: Case, key: str) -> Action | None:
    """An action of the case's procedure, or one that another manual added; None for a built-in or unknown one."""
    compiled = adoption.with_figures(case.office, case.versions, first=case.manual_key)[0].compiled
    found = compiled.actions[procedure_of(compiled, case.category)].get(key)
    return found.definition if found else None
