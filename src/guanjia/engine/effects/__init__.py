"""One small function an effect; the table must name exactly the effects of `policy.effects.EFFECTS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from guanjia.engine.context import Context
from guanjia.engine.effects import joining, linking, money, offering, paper, people, sampling
from guanjia.policy.schema import Effect

Apply = Callable[[Context, Effect, int], None]

APPLY: Mapping[str, Apply] = {
    "assign": people.assign,
    "unassign": people.unassign,
    "assign_actor": people.assign_actor,
    "appoint": people.appoint,
    "clear_appointment": people.clear_appointment,
    "complete": people.complete,
    "reopen": people.reopen,
    "issue": paper.issue,
    "fill": paper.fill,
    "sign": paper.sign,
    "hand_copy": paper.hand_copy,
    "receive_copy": paper.receive_copy,
    "archive_copy": paper.archive_copy,
    "direct_copy": paper.direct_copy,
    "void_form": paper.void_form,
    "lose_copy": paper.lose_copy,
    "find_copy": paper.find_copy,
    "refuse_signature": paper.refuse_signature,
    "charge": money.charge,
    "set_charge": money.set_charge,
    "bill": linking.bill,
    "unbill": money.unbill,
    "charge_lines": money.charge_lines,
    "collect_orders": money.collect_orders,
    "collect": money.collect,
    "take_in_hand": money.take_in_hand,
    "confirm_in_hand": money.confirm_in_hand,
    "uncharge": money.uncharge,
    "void_receipt": money.void_receipt,
    "refund": money.refund,
    "waive": money.waive,
    "urgent": linking.urgent,
    "subject": linking.subject,
    "attach": linking.attach,
    "notify": linking.notify,
    "invite": linking.invite,
    "open_case": linking.open_case,
    "link": joining.link,
    "follow": joining.follow,
    "unlink": joining.unlink,
    "draw": sampling.draw,
    "spread": linking.spread,
    "pass_on": linking.pass_on,
    "append": linking.append,
    "change_items": offering.change_items,
    "add_suppliers": offering.add_suppliers,
}


def apply_effect(context: Context, effect: Effect, number: int) -> None:
    """Apply one effect of a decision; `number` tells apart two of the same kind."""
    APPLY[effect.do](context, effect, number)
