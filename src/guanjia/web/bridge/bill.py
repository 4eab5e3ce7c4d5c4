"""Materials and the charge of a case as a quote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanjia.engine.offering import CaseView
from guanjia.policy import fields as policy_fields
from guanjia.policy.conditions import lookup
from guanjia.policy.schema import Action
from guanjia.web.components import PriceLine, QuoteView


def quote_of(view: CaseView) -> QuoteView | None:
    """The lines that were told and the fee (in fen), else the sum of the lines; None while nothing was priced."""
    lines = tuple(
        PriceLine(line["name"], line["qty"], line["unit"], line["price_fen"], line["amount_fen"])
        for line in view.facts.get("materials") or ()
    )
    fee = view.facts.get("fee")
    if not lines and not fee:
        return None
    return QuoteView(lines, int(fee if fee is not None else sum(line.amount_fen for line in lines)))


def asked_of(action: Action, facts: Mapping[str, Any]) -> dict[str, int]:
    """Field -> the fen that an action asks somebody to agree to: amounts that the manual takes from a fact."""
    found = {}
    for field in action.field:
        if field.kind != "amount" or not field.default.startswith("="):
            continue
        fen = lookup(facts, field.default[1:])
        if isinstance(fen, int) and policy_fields.holds(field.show_when, facts):
            found[field.key] = fen
    return found
