"""Materials and the charge of a case as a quote."""

from __future__ import annotations

from guanjia.engine.offering import CaseView
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
