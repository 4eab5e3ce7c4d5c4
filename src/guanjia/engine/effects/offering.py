"""The office's own list of repairs and its suppliers, changed on the ground of an evaluation (S004-4-2.8b, 2.8c)."""

from __future__ import annotations

from guanjia.engine.context import Context
from guanjia.policy.schema import Effect
from guanjia.work import actions as work


def change_items(context: Context, effect: Effect, _number: int) -> None:
    """Add and end service items; each change keeps date, author and the evaluation that it rests on."""
    for row in context.decision.data.get(effect.field) or ():
        if row["op"] == "end":
            work.end_item(
                context.office,
                row["name"],
                at=context.at,
                by=context.who.label,
                evaluation=context.case.number,
            )
        else:
            work.add_item(
                context.office, row["name"], price_fen=row.get("price_fen"), at=context.at, by=context.who.label,
                evaluation=context.case.number,
            )  # fmt: skip


def add_suppliers(context: Context, effect: Effect, _number: int) -> None:
    """Add professional suppliers; each keeps the evaluation that it rests on."""
    for row in context.decision.data.get(effect.field) or ():
        work.add_supplier(
            context.office, row["name"], phone=row["phone"], items=row["items"], at=context.at,
            by=context.who.label, evaluation=context.case.number,
        )  # fmt: skip
