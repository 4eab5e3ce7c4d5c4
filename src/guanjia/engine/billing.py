"""Payment requests: the charges of a table gathered into one case a household, with a line for each order.

The orders owe nothing of their own: what is owed stands under the request, so that one receipt pays for several of them.
The first households are billed with the action, the others by a job, TOGETHER in a transaction, so that nobody has to
wait for a thousand. An order that stands on a request is never taken again: whoever begins anew goes on after the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanjia.cases import actions as case_actions
from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case
from guanjia.engine.actors import Doer
from guanjia.engine.applying import raise_in
from guanjia.estate.models import Party, Unit
from guanjia.jobs import actions as jobs
from guanjia.kernel.moments import iso
from guanjia.kernel.money import yuan
from guanjia.staff.models import User

TOGETHER = 25  # households in one transaction, about a second
JOB = "bill"
PERMISSION = "see_arrears"
Order = tuple[Case, int]
Open = Callable[["Billing", Unit, Party | None, dict[str, Any], dict[str, Any], str], Case]


@dataclass(frozen=True)
class Billing:
    """A table of a case that is billed. seq: the line of its timeline that asked for it; then: what the system does to
    the case when every household has its request. at, now: when it was asked for, and written."""

    case: Case
    actor: Doer
    at: datetime
    now: datetime
    seq: int
    field: str
    category: str
    then: str

    @property
    def amounts(self) -> dict[str, int]:
        """Order -> what is charged for it, fen: the first column of amounts."""
        table: Mapping[str, Any] = self.case.facts.get(self.field) or {}
        at = next(
            (n for n, column in enumerate(table.get("columns", ())) if column["kind"] == "amount"), None
        )
        if at is None:
            return {}
        rows = zip(table.get("cases", ()), table["rows"], strict=True)
        return {number: int(row[at] or 0) for number, row in rows if int(row[at] or 0) > 0}

    def homes(self) -> list[list[str]]:
        """The orders that no request has yet, by household in the order of the codes. Nothing is locked."""
        rows = Case.objects.filter(
            office=self.case.office, number__in=list(self.amounts), unit__isnull=False
        ).values_list("unit__code", "number", "facts__bill", "facts__booked")
        found: dict[str, list[str]] = {}
        for code, number, bill, booked in rows.order_by("unit__code", "pk"):
            if not bill and not booked:
                found.setdefault(code, []).append(number)
        return list(found.values())


def bill(billing: Billing, homes: Sequence[Sequence[str]], open_one: Open) -> None:
    """Open the requests of some households; each order hears of it and remembers the request.

    open_one: opens a case for a household, with the input that its opening action may take, facts, and the key under
    which it is opened once. The caller holds the transaction and the lock of the billing's case.
    """
    numbers = [number for home in homes for number in home]
    for unit, orders in _households(billing, numbers):
        first = orders[0][0]
        known = {name: first.facts.get(name) for name in ("contact_name", "contact_phone")}
        data = {**known, "unit": unit.code, "period": str(billing.case.facts.get("period") or "")}
        key = f"{billing.case.number}:{billing.seq}:bill:{unit.code}"
        request = open_one(billing, unit, first.party, data, _facts(billing, orders), key)
        case_actions.link(request, billing.case, "follows")
        for order, _fen in orders:
            raise_in(billing, "billed", order, {"bill": request.number})


def later(billing: Billing, by: User, homes: int) -> None:
    """Have the other households, so many, billed by the worker."""
    data = {
        "case": billing.case.number, "at": iso(billing.at), "now": iso(billing.now), "seq": billing.seq,
        "field": billing.field, "category": billing.category, "then": billing.then, "homes": homes,
    }  # fmt: skip
    jobs.ask(
        billing.case.office, JOB, f"{billing.case.subject} {billing.case.number}", by=by, at=billing.now,
        permission=PERMISSION, data=data, key=f"{JOB}:{billing.case.number}:{billing.seq}:{billing.field}"[:80],
    )  # fmt: skip


def _households(billing: Billing, numbers: Sequence[str]) -> Iterator[tuple[Unit, list[Order]]]:
    """The orders that can still be billed, by household in the order of the codes; all locked."""
    amounts = billing.amounts
    found: dict[str, list[Order]] = {}
    for case in case_queries.locked_by_number(billing.case.office, numbers):
        if case.unit and not case.facts.get("bill") and not case.facts.get("booked"):
            found.setdefault(case.unit.code, []).append((case, amounts[case.number]))
    for code in sorted(found):
        orders = sorted(found[code], key=lambda order: (order[0].opened_at, order[0].number))
        unit = orders[0][0].unit
        assert unit is not None
        yield unit, orders


def _facts(billing: Billing, orders: list[Order]) -> dict[str, Any]:
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
        "bill_round": billing.case.number,
    }
