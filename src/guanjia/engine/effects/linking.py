"""Files, messages, the resident's link, and cases that follow from a case."""

from __future__ import annotations

from guanjia.cases import actions as cases
from guanjia.cases import kin
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
    """An event happens to other cases after this one is written: to each that a table lists (S000-1-4.4.3b), to the one
    that a field names, or (`children`) to all that came out of this one or were joined to it."""
    if effect.field == "children":
        numbers = kin.numbers_of_children(context.case)
    else:
        value = context.value(effect.field) or {}
        numbers = [value] if isinstance(value, str) else list(value.get("cases", ()))
    context.spreading.append((effect.event, numbers, {}))


def pass_on(context: Context, effect: Effect, _number: int) -> None:
    """What a shift leaves open passes to those who take it, after this case is written."""
    context.passing.extend((context.value(effect.field) or {}).get("passing", ()))


def append(context: Context, effect: Effect, _number: int) -> None:
    """A line more in a list of the case, in the manual's words."""
    known = context.facts.get(effect.into)
    lines = known if isinstance(known, list) else []
    context.set_fact(effect.into, [*lines, worded(context, effect.message)])


def open_case(context: Context, effect: Effect, _number: int) -> None:
    """Another case that follows from this one, opened after this one is written."""
    context.follow_ups.append(effect)


def bill(context: Context, effect: Effect, _number: int) -> None:
    """A payment request for each household of a table, opened after this is written; see engine.billing."""
    context.billing.append(effect)
