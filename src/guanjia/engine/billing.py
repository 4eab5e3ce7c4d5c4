"""Payment requests: the charges of a table gathered into one case a household, with a line for each order.

The orders owe nothing of their own: what is owed stands under the request, so that one receipt pays for several of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case
from guanjia.engine.applying import raise_in
from guanjia.engine.context import Context
from guanjia.estate.models import Party, Unit
from guanjia.kernel.money import yuan
from guanjia.policy.schema import Effect

Order = tuple[Case, int]
Open = Callable[[str, Unit, Party | None, dict[str, Any], dict[str, Any], str], Case]


def bill(context: Context, effect: Effect, open_one: Open) -> None:
    """Open the payment requests of a table; each order hears of it and remembers the request.

    open_one: opens a case of a category for a household, with the input that its opening action may take, facts, and the
    key under which it is opened once.
    """
    table = context.value(effect.field) or {}
    for unit, orders in _households(context, table):
        first = orders[0][0]
        known = {name: first.facts.get(name) for name in ("contact_name", "contact_phone")}
        data = {**known, "unit": unit.code, "period": str(context.facts.get("period") or "")}
        key = f"{context.case.number}:{context.case.last_seq}:bill:{unit.code}"
        request = open_one(effect.category, unit, first.party, data, _facts(context, orders), key)
        case_actions.link(request, context.case, "follows")
        for order, _fen in orders:
            raise_in(context, "billed", order, {"bill": request.number})


def _households(context: Context, table: Mapping[str, Any]) -> Iterator[tuple[Unit, list[Order]]]:
    """The orders that can be billed, by household in the order of the codes; all locked."""
    amounts = _amounts(table)
    found: dict[str, list[Order]] = {}
    for case in case_queries.locked_by_number(context.office, amounts):
        known = case.facts
        if case.unit and amounts[case.number] > 0 and not known.get("bill") and not known.get("booked"):
            found.setdefault(case.unit.code, []).append((case, amounts[case.number]))
    for code in sorted(found):
        orders = sorted(found[code], key=lambda order: (order[0].opened_at, order[0].number))
        unit = orders[0][0].unit
        assert unit is not None
        yield unit, orders


def _amounts(table: Mapping[str, Any]) -> dict[str, int]:
    """Order -> what is charged for it: the first column of amounts."""
    at = next((n for n, column in enumerate(table.get("columns", ())) if column["kind"] == "amount"), None)
    if at is None:
        return {}
    return {
        number: int(row[at] or 0) for number, row in zip(table.get("cases", ()), table["rows"], strict=True)
    }


def _facts(context: Context, orders: list[Order]) -> dict[str, Any]:
    """What a payment request knows from the beginning."""
    lines = [(case.number, f"{case.subject} {case.number}", fen) for case, fen in orders]
    return {
        "bill_lines": [
            {"number": number, "item": said, "name": said, "qty": "", "unit": "", "amount_fen": fen}
            for number, said, fen in lines
        ],
        "bill_fen": sum(fen for _case, fen in orders),
        "bill_orders": {
            "cases": [number for number, _said, _fen in lines],
            "rows": [[said, yuan(fen)] for _number, said, fen in lines],
            "amounts": {number: fen for number, _said, fen in lines},
            "count": len(lines),
        },
        "bill_round": context.case.number,
    }
