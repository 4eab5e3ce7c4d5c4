"""Files, messages, the resident's link, and cases that follow from a case."""

from __future__ import annotations

from guanjia.cases import actions as cases
from guanjia.engine.context import Context
from guanjia.engine.telling import send_link, tell, unsent_link, worded
from guanjia.estate import queries as estate
from guanjia.policy.schema import Effect


def attach(context: Context, effect: Effect, _number: int) -> None:
    """The uploaded photographs become the case's."""
    if photos := context.decision.data.get(effect.field):
        cases.attach(context.case, photos)


def urgent(context: Context, _effect: Effect, _number: int) -> None:
    """The case cannot wait: it is marked in every list."""
    context.set_column("urgent", True)
    context.facts["urgent"] = True


def subject(context: Context, effect: Effect, _number: int) -> None:
    """What every list, search and export calls the case, in the manual's words."""
    context.set_column("subject", worded(context, effect.message)[:200])


def notify(context: Context, effect: Effect, number: int) -> None:
    """A message of the manual to a role, the assignee or the resident."""
    tell(context, effect.message, effect.to, f"notify{number}")


def invite(context: Context, effect: Effect, number: int) -> None:
    """A new link for the resident, sent to the number given for the case.

    `act` (consent, signature, rating) goes only to a number registered with the household; when the number given is
    not, nobody gets the link and the desk is told.
    """
    phone = str(context.facts.get("contact_phone") or "")
    case = context.case
    if effect.scope == "act" and not estate.is_registered(context.office, phone, case.unit, case.party):
        unsent_link(context, f"invite{number}")
        return
    token = cases.invite(case, case.party, effect.scope, context.now)
    context.links.append((effect.scope, token))
    if phone:
        send_link(context, phone, effect.scope, token, f"invite{number}")


def spread(context: Context, effect: Effect, _number: int) -> None:
    """An event happens to each case that a table lists, after this one is written (S000-1-4.4.3b)."""
    table = context.value(effect.field) or {}
    context.spreading.append((effect.event, list(table.get("cases", ()))))


def open_case(context: Context, effect: Effect, _number: int) -> None:
    """Another case that follows from this one, opened after this one is written."""
    context.follow_ups.append(effect)
