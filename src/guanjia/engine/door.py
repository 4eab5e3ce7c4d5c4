"""`perform` and `open_case`: ask policy, apply the effects, all in one database transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case, Event
from guanjia.engine import actors, alike, billing, holding, repeats, resolve
from guanjia.engine.actors import SYSTEM, Doer, Who
from guanjia.engine.applying import Result, apply, context_of
from guanjia.engine.billing import Billing
from guanjia.engine.context import Context
from guanjia.engine.effects import joining
from guanjia.engine.facts import facts_of, others_of, procedure_of, reference_of
from guanjia.engine.owing import owed_of
from guanjia.estate.models import Office, Party, Unit
from guanjia.kernel.moments import iso, require_aware
from guanjia.kernel.problem import Problem
from guanjia.ledger import actions as ledger
from guanjia.obligations import queries as obligation_queries
from guanjia.policy.builtin import ACTIONS
from guanjia.policy.compiled import Adopted
from guanjia.policy.complementing import supplier
from guanjia.policy.decide import decide
from guanjia.policy.schema import Effect, FormField
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.staff import rules
from guanjia.staff.models import User

LATE_ENTRY = timedelta(minutes=5)
CLOCK_SKEW = timedelta(minutes=1)
KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Intake:
    """What reception knows of a new case besides the manual's own fields. unit: as it was read, if it was.

    manual: whose recurring duty it is a turn of; two manuals may each have one of the same key.
    """

    party: Party | None = None
    unit: Unit | None = None
    place: str = ""
    kind: str = ""
    problem: str = ""
    urgent: bool = False
    urgent_reason: str = ""
    skill: str = ""
    subject: str = ""
    manual: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def perform(
    case: Case, action: str, *, actor: Doer, at: datetime, data: Mapping[str, Any], key: str = "",
    now: datetime | None = None, kept_at: datetime | None = None,
) -> Result:  # fmt: skip
    """Do an action of the case's manual: the only way to change a case.

    at: when it happened (aware; may lie in the past for those allowed, see staff.rules.can_backdate); deadlines count
    from it. now: when it is written, `at` unless given. key: a repeat under the same key changes nothing.
    kept_at: when a phone without network kept it; whoever works in the field may date a step of an own job back to
    that moment, up to KEPT_FOR, and the timeline keeps it beside both other times.
    Raises Problem (or Problems) with nothing written: ACTION_UNKNOWN, ACTION_REFUSED, FIELD_*, REFERENCE_UNKNOWN,
    FIRST_THINGS_FIRST, TAKER_MISSING, AT_IN_FUTURE, AT_BEFORE_LAST, BACKDATE_FORBIDDEN, KEY_REUSED.
    """
    case = case_queries.locked(case.pk, case)
    who = actors.resolve(actor, case.office, at)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    items = ledger.hold(case.office, reference_of(case)) if case.facts.get("booked") else []
    facts = facts_of(case, adopted, items)
    form = _form(adopted[0], facts, action)
    request = repeats.request_of(action, who, form, data, at, now, kept=kept_at is not None) if key else ""
    if key and (done := case_queries.event_by_key(case, key)):
        repeats.same(done.request, request)
        return _repeated(case, done)
    own = who.user is not None and case.assignee_id == who.user.pk
    now = _checked_time(case.office, who, require_aware(at), now, kept_at if own else None)
    given = resolve.with_actor(form, data, facts, who.actor)
    found = resolve.references(case.office, form, given, at, case.pk, facts, whole=case)
    facts.update(joining.foreseen(case, _effects(adopted[0], facts, action), found.cases))
    owed = obligation_queries.of_case(case)
    decision = decide(
        adopted, {**facts, **found.facts}, action, at=at, actor=who.actor, data=found.data,
        owed=owed_of(owed), zone=ZoneInfo(case.office.time_zone),
        calendar=adoption.head_calendar(case.office, adopted),
    )  # fmt: skip
    _in_order(case, at, moves=decision.state != case.state)
    holding.check(case, who, adopted, decision, at)
    context = context_of(case, who, at, now, adopted, decision, facts, found.facts, key, request)
    context.people, context.items, context.kept_at = found.people, items, kept_at
    return _follow_up(apply(context, owed), context, actor)


def open_case(
    office: Office, category: str, *, actor: Doer, at: datetime, data: Mapping[str, Any], intake: Intake | None = None,
    key: str = "", now: datetime | None = None,
) -> Result:  # fmt: skip
    """Open a case of a category under the manuals that the office has adopted at `at`.

    category: a word of the shared vocabulary (`repair`), or a manual's own key for a recurring duty. data: the fields of
    the opening action. Raises Problem CATEGORY_WITHOUT_PROCEDURE and whatever `perform` raises.
    """
    intake = intake or Intake()
    try:
        return _open(office, category, actor, at, data, intake, key, now)
    except IntegrityError:
        if not key or not Case.objects.filter(office=office, opening_key=key).exists():
            raise
        return _open(office, category, actor, at, data, intake, key, now)  # the same request came first


@transaction.atomic
def _open(
    office: Office, category: str, actor: Doer, at: datetime, data: Mapping[str, Any], intake: Intake, key: str,
    now: datetime | None,
) -> Result:  # fmt: skip
    who = actors.resolve(actor, office, at)
    request = repeats.request_of(category, who, (), _asked(data, intake), at, now) if key else ""
    if key and (known := Case.objects.filter(office=office, opening_key=key).first()):
        first = known.events.get(seq=1)
        repeats.same(first.request, request)
        return _repeated(known, first)
    now = _checked_time(office, who, require_aware(at), now)
    adopted, case, opening = new_case(office, category, at, intake, key)
    facts = facts_of(case, adopted)
    given = resolve.with_actor(opening.field, data, facts, who.actor)
    found = resolve.references(office, opening.field, given, at, unit=intake.unit)
    facts.update({name: value for name, value in case.facts.items() if value not in (None, "")})
    case.unit = found.unit
    facts.update(others_of(case, adopted))
    decision = decide(
        adopted, {**facts, **found.facts}, opening.key, at=at, actor=who.actor, data=found.data,
        zone=ZoneInfo(office.time_zone), calendar=adoption.head_calendar(office, adopted),
    )  # fmt: skip
    holding.check(case, who, adopted, decision, at)
    case.channel = str(decision.data.get("channel", ""))
    case.subject = (case.subject or str(decision.data.get("matter") or opening.label))[:200]
    case.number = case_actions.take_number(office, _prefix(adopted[0], category), at)
    case.save(force_insert=True)
    derived = {**case.facts, **found.facts}
    context = context_of(case, who, at, now, adopted, decision, facts, derived, key, request)
    context.people = found.people
    context.columns.update(_opening_columns(case))
    result = _follow_up(apply(context, []), context, actor)
    alike.remember(result.case, adopted)
    return result


def _follow_up(result: Result, context: Context, actor: Doer) -> Result:
    """Open the cases that follow from this one, in its transaction, and link them."""
    case = context.case
    for effect in context.billing:
        result = replace(result, case=_bill(context, effect, actor))
    for number, effect in enumerate(context.follow_ups):
        wanted = effect.copy_.replace(",", " ").split()
        taken = opening_fields(case.office, effect.category, context.at)
        data = {
            name: context.facts[name]
            for name in wanted
            if name in taken and context.facts.get(name) not in (None, "")
        }
        turns = [{effect.into: one} for one in context.facts.get(effect.each) or ()] if effect.each else [{}]
        for turn, own in enumerate(turns):
            key = f"{case.number}:{case.last_seq}:{number}:{turn}:{effect.category}"
            intake = Intake(party=case.party)
            child = _open(
                case.office, effect.category, actor, context.at, {**data, **own}, intake, key, context.now
            )
            case_actions.link(child.case, case, "follows")
    return result


def _bill(context: Context, effect: Effect, actor: Doer) -> Case:
    """The first households of a table are billed in this transaction, the others by a job; the case afterwards."""
    case = context.case
    whole = Billing(
        case, actor, context.at, context.now, case.last_seq, effect.field, effect.category, effect.then
    )
    homes = whole.homes()
    if isinstance(actor, User) and len(homes) > billing.TOGETHER:
        billing.later(whole, actor, len(homes))
        return bill_some(whole, homes[: billing.TOGETHER], last=False)
    return bill_some(whole, homes, last=True)


@transaction.atomic
def bill_some(whole: Billing, homes: Sequence[Sequence[str]], *, last: bool) -> Case:
    """Open the requests of some households (their orders, see `Billing.homes`), once. Returns the billed case.

    last: none is left, and the case moves on by the system's action, unless it has already.
    """
    case = case_queries.locked(whole.case.pk, whole.case)
    billing.bill(whole, homes, _open_bill)
    adopted = adoption.compiled(case.manual_key, case.manual_version)
    action = adopted.actions[procedure_of(adopted, case.category)].get(whole.then)
    if last and action and case.closed_at is None and case.state in action.definition.from_:
        return perform(case, whole.then, actor=SYSTEM, at=whole.at, now=whole.now, data={}).case
    return case


def _open_bill(
    whole: Billing, unit: Unit, party: Party | None, data: dict[str, Any], facts: dict[str, Any], key: str
) -> Case:
    """A payment request of a household, with what its opening action takes of what is known."""
    taken = opening_fields(whole.case.office, whole.category, whole.at)
    given = {name: value for name, value in data.items() if name in taken and value not in (None, "")}
    intake = Intake(party=party, unit=unit, facts=facts)
    return _open(whole.case.office, whole.category, whole.actor, whole.at, given, intake, key, whole.now).case


def opening_fields(office: Office, category: str, at: datetime) -> frozenset[str]:
    """The fields of a category's opening action; none when no manual of the office has the category."""
    one = supplier(adoption.adopted(office, at), category)
    found = one.compiled.category_for(category) if one else None
    if one is None or found is None:
        return frozenset()
    actions = one.compiled.procedures[found.procedure].action
    return frozenset(field.key for action in actions if action.opens for field in action.field)


def new_case(
    office: Office, category: str, at: datetime, intake: Intake, key: str
) -> tuple[tuple[Adopted, ...], Case, Any]:
    """The manuals that apply, an unsaved case, and the procedure's opening action."""
    versions = adoption.versions_at(office, at)
    every = adoption.with_figures(office, versions)
    giving = supplier((one for one in every if intake.manual in ("", one.compiled.key)), category)
    if giving is None:
        raise Problem(
            "CATEGORY_WITHOUT_PROCEDURE",
            f"{office.name}没有采用管「{CATEGORIES.get(category, category)}」的规程。",
            "请改选别的类别，或先在规程页采用一部。",
            status=409,
        )
    adopted = (giving, *(one for one in every if one is not giving))
    found = giving.compiled.category_for(category)
    assert found is not None
    procedure = giving.compiled.procedures[found.procedure]
    opening = next(action for action in procedure.action if action.opens)
    case = Case(
        office=office,
        category=found.key if found.standard == "duty" else found.standard,
        manual_key=giving.compiled.key,
        manual_version=giving.compiled.version,
        versions=versions,
        party=intake.party,
        urgent=intake.urgent,
        subject=intake.subject[:200],
        opened_at=at,
        opening_key=key or None,
        facts=_intake_facts(intake),
    )
    return adopted, case, opening


def _intake_facts(intake: Intake) -> dict[str, Any]:
    known = {
        "place": intake.place,
        "kind": intake.kind,
        "problem": intake.problem,
        "urgent_reason": intake.urgent_reason,
        "skill": intake.skill,
        **intake.facts,
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _prefix(adopted: Adopted, category: str) -> str:
    found = adopted.compiled.category_for(category)
    assert found is not None
    return found.prefix


def _form(adopted: Adopted, facts: Mapping[str, Any], action: str) -> tuple[FormField, ...]:
    found = adopted.compiled.actions[facts["procedure"]].get(action) or ACTIONS.get(action)
    return found.definition.field if found else ()


def _effects(adopted: Adopted, facts: Mapping[str, Any], action: str) -> Iterable[Effect]:
    """Every effect that an action may have, whichever way it goes."""
    found = adopted.compiled.actions[facts["procedure"]].get(action)
    if found is None:
        return ()
    return (*found.definition.effects, *(one for way in found.definition.outcome for one in way.effects))


def _opening_columns(case: Case) -> dict[str, Any]:
    """The columns that are set once, so that the timeline says all that the case's row says."""
    return {
        "office_id": case.office_id,
        "number": case.number,
        "category": case.category,
        "manual_key": case.manual_key,
        "manual_version": case.manual_version,
        "versions": case.versions,
        "unit_id": case.unit_id,
        "party_id": case.party_id,
        "subject": case.subject,
        "urgent": case.urgent,
        "channel": case.channel,
        "opened_at": iso(case.opened_at),
    }


def _checked_time(
    office: Office, who: Who, at: datetime, now: datetime | None, kept_at: datetime | None = None
) -> datetime:
    """When it is written. Nothing happens in the future; only some may write down what happened earlier.

    kept_at: when the phone of whoever has the job kept it; that far back he may.
    """
    written = require_aware(now) if now else at
    if at > written + CLOCK_SKEW:
        raise Problem("AT_IN_FUTURE", "发生时间还没到。", "请填现在或以前的时间。", field="at")
    if who.user is None or written - at <= LATE_ENTRY or rules.can_backdate(who.user, office, written):
        return written
    if kept_at and at >= kept_at >= written - KEPT_FOR and rules.can_send_late(who.user, office, written):
        return written
    raise Problem(
        "BACKDATE_FORBIDDEN", "您不能补记以前的事。", "请由值班员或主管补记。", field="at", status=403
    )


def _in_order(case: Case, at: datetime, *, moves: bool) -> None:
    """Nothing happens to a case before it was opened; what moves it on, not before the step before."""
    if at < ((case.moved_at if moves else None) or case.opened_at):
        raise Problem(
            "AT_BEFORE_LAST",
            "发生时间早于上一步。",
            "请核对时间；漏记的事用「记一笔」补上。",
            field="at",
            status=409,
        )


def _asked(data: Mapping[str, Any], intake: Intake) -> dict[str, Any]:
    """All that was asked for when a case was opened."""
    known = {**_intake_facts(intake), "urgent": intake.urgent, "subject": intake.subject}
    return {**data, "@intake": {**known, "party": intake.party.pk if intake.party else None}}


def _repeated(case: Case, done: Event) -> Result:
    return Result(case, done, done.data.get("results", {}), repeated=True)
