"""Money of a case on the ledger. The ledger knows no case: it gets a reference and a payer."""

from __future__ import annotations

from typing import Any

from guanjia.engine.context import Context
from guanjia.engine.facts import reference_of
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem
from guanjia.ledger import actions as ledger
from guanjia.ledger import queries
from guanjia.ledger.models import Receipt
from guanjia.policy.schema import Effect


def _payer(context: Context) -> dict[str, Any]:
    """Who owes: the household, else the party, else the case itself."""
    case = context.case
    name = str(context.facts.get("contact_name") or (case.party.name if case.party else "") or case.number)
    if case.unit:
        return {"payer_ref": f"unit:{case.unit.code}", "payer_name": f"{case.unit.code} {name}".strip()}
    return {
        "payer_ref": f"party:{case.party_id}" if case.party_id else reference_of(case),
        "payer_name": name,
    }


def _stamp(context: Context, what: str) -> dict[str, Any]:
    return {
        "key": context.once(what),
        "at": context.at,
        "written_at": context.now,
        "actor": context.who.user,
    }


def _refresh(context: Context) -> None:
    """Later conditions and messages of this action see the new balance."""
    balance = queries.balance_of(context.office, reference_of(context.case))
    context.facts["balance_fen"], context.facts["charged_fen"] = balance.open_fen, balance.charged_fen


def _moved(context: Context, *, charged: int = 0, paid: int = 0) -> None:
    """The same without asking again: by so much, from what was read under the lock."""
    facts = context.facts
    for name, fen in (("charged_fen", charged), ("paid_fen", paid), ("balance_fen", charged - paid)):
        facts[name] = (facts.get(name) or 0) + fen


def _charge(context: Context, effect: Effect, amount: int, number: int | str) -> None:
    ledger.charge(
        context.office, **_payer(context), amount_fen=amount, item=effect.item or context.case.subject[:40],
        reference=reference_of(context.case), fresh=True, **_stamp(context, f"charge{number}"),
    )  # fmt: skip
    context.set_fact("booked", True)
    if not context.facts.get("charged_at"):
        context.set_fact("charged_at", iso(context.at))
    _moved(context, charged=amount)


def charge(context: Context, effect: Effect, number: int) -> None:
    """Book what the household owes."""
    amount = int(context.value(effect.amount) or 0)
    if amount > 0:
        _charge(context, effect, amount, number)


def set_charge(context: Context, effect: Effect, number: int) -> None:
    """What the case is charged comes to the amount: booked the first time, afterwards only the difference is.

    Less than what is paid cannot be left (CHARGE_PAID): the receipt is voided, or money given back, first.
    """
    reference = reference_of(context.case)
    wanted = int(context.value(effect.amount) or 0)
    less = (context.facts.get("charged_fen") or 0) - wanted
    if less < 0:
        _charge(context, effect, -less, number)
    earlier = reversed(queries.charges_of(context.office, reference)) if less > 0 else ()
    for turn, booked in enumerate(earlier):
        total = queries.charge_total(booked)
        off = min(total, less)
        if off > 0:
            ledger.adjust_charge(
                booked,
                to_fen=total - off,
                reason="按后来的单据更正",
                **_stamp(context, f"correct{number}-{turn}"),
            )
            less -= off
            _moved(context, charged=-off)


def collect(context: Context, effect: Effect, number: int) -> None:
    """Take money and issue the receipt; its number is a result of the action."""
    payer, amount = _payer(context), int(context.value(effect.amount))
    owed = next((item for item in context.items if item.account.reference == payer["payer_ref"]), None)
    receipt = ledger.collect(
        context.office, **payer, amount_fen=amount, method=str(context.value(effect.method)),
        reference=reference_of(context.case), owed=owed, **_stamp(context, f"collect{number}"),
    )  # fmt: skip
    _receipted(context, receipt)
    _moved(context, paid=amount)


def _receipted(context: Context, receipt: Receipt) -> None:
    """The number of a receipt that was issued: a result of the action and a fact of the case."""
    context.results["receipt"] = receipt.number
    context.set_fact("last_receipt", receipt.number)


def charge_lines(context: Context, effect: Effect, number: int) -> None:
    """Book what the household owes line by line, each under its own name."""
    for turn, line in enumerate(context.value(effect.amount) or ()):
        if line["amount_fen"] > 0:
            named = effect.model_copy(update={"item": str(line["item"])[:40]})
            _charge(context, named, int(line["amount_fen"]), f"{number}-{turn}")


def collect_orders(context: Context, effect: Effect, number: int) -> None:
    """Take the money for some orders of a payment request, or for all that are left, on one receipt."""
    chosen = list(context.value(effect.field) or ())
    payer, amount = _payer(context), int(context.facts.get(f"{effect.field}_fen") or 0)
    owed = next((item for item in context.items if item.account.reference == payer["payer_ref"]), None)
    receipt = ledger.collect(
        context.office, **payer, amount_fen=amount, method=str(context.value(effect.method)),
        reference=reference_of(context.case), owed=owed, **_stamp(context, f"collect{number}"),
    )  # fmt: skip
    _receipted(context, receipt)
    _moved(context, paid=amount)
    paid = dict(context.facts.get("paid_orders") or {}) | dict.fromkeys(chosen, receipt.number)
    context.set_fact("paid_orders", paid)
    context.spreading.append(("paid", chosen, {"bill_receipt": receipt.number}))


def unbill(context: Context, effect: Effect, number: int) -> None:
    """A payment request is taken back: nothing is owed for it, and its orders may stand on another one."""
    uncharge(context, effect, number)
    orders = (context.facts.get("bill_orders") or {}).get("cases", ())
    context.spreading.append(("unbilled", list(orders), {"bill": None}))


def take_in_hand(context: Context, effect: Effect, number: int) -> None:
    """Whoever acts takes money at the door: it is his to hand in (S000-1-4.4b)."""
    if context.who.user is None:
        raise ValueError("nobody takes money")
    ledger.take_in_hand(
        context.office, **_payer(context), amount_fen=int(context.value(effect.amount)),
        holder=f"user:{context.who.user.pk}", holder_name=context.who.user.name, reference=reference_of(context.case), **_stamp(context, f"take{number}"),
    )  # fmt: skip
    _refresh(context)


def confirm_in_hand(context: Context, effect: Effect, number: int) -> None:
    """Finance has the money that somebody took at the door; the receipt is issued (S000-1-4.4c)."""
    receipt = ledger.confirm_in_hand(
        context.office, reference=reference_of(context.case), amount_fen=int(context.value(effect.amount)),
        method=str(context.value(effect.method)), payer_name=_payer(context)["payer_name"],
        **_stamp(context, f"confirm{number}"),
    )  # fmt: skip
    _receipted(context, receipt)


def uncharge(context: Context, effect: Effect, number: int) -> None:
    """Take back what was charged and not paid: the service does not take place."""
    for turn, booked in enumerate(queries.charges_of(context.office, reference_of(context.case))):
        if queries.charge_total(booked):
            ledger.reverse_charge(
                booked,
                reason=str(context.value(effect.reason)),
                **_stamp(context, f"uncharge{number}-{turn}"),
            )
    _refresh(context)


def _receipt(context: Context, effect: Effect) -> Receipt:
    """The receipt in the field; one of another case is as good as none."""
    receipt = queries.receipt_of(context.office, str(context.value(effect.field)))
    if receipt.reference != reference_of(context.case):
        raise Problem(
            "RECEIPT_ELSEWHERE", f"收据 {receipt.number} 不是这件事的。", "请核对收据号。", field=effect.field
        )
    return receipt


def void_receipt(context: Context, effect: Effect, number: int) -> None:
    """Void a receipt of this case; what was paid is owed again."""
    receipt = _receipt(context, effect)
    ledger.void_receipt(receipt, reason=str(context.value(effect.reason)), **_stamp(context, f"void{number}"))
    context.results["voided"] = receipt.number
    paid = dict(context.facts.get("paid_orders") or {})
    if back := [order for order, by in paid.items() if by == receipt.number]:
        context.set_fact("paid_orders", {order: by for order, by in paid.items() if order not in back})
        context.spreading.append(("receipt_voided", back, {"bill_receipt": None}))
    _refresh(context)


def refund(context: Context, effect: Effect, number: int) -> None:
    """Give money back against a receipt of this case."""
    receipt = _receipt(context, effect)
    slip = ledger.refund(
        receipt, amount_fen=int(context.value(effect.amount)), method=str(context.value(effect.method)),
        reason=str(context.value(effect.reason)), **_stamp(context, f"refund{number}"),
    )  # fmt: skip
    context.results["refund"] = slip.number
    _refresh(context)


def waive(context: Context, effect: Effect, number: int) -> None:
    """Give up what is still owed, with the reason."""
    ledger.waive(
        context.office, payer_ref=_payer(context)["payer_ref"], reference=reference_of(context.case),
        reason=str(context.value(effect.reason)), **_stamp(context, f"waive{number}"),
    )  # fmt: skip
    _refresh(context)
