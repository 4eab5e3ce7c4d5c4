"""The only writer of calls. Events may come twice, late and in any order: what they leave behind is the same."""

from __future__ import annotations

import itertools
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import SYSTEM, Intake, open_case, perform
from guanjia.estate import queries as estate
from guanjia.estate.phones import is_phone, parse_phone
from guanjia.intake.models import Call, Extension, PhoneLine
from guanjia.intake.telephone import queries
from guanjia.intake.telephone.lines import CATEGORY, digits, note_refusal
from guanjia.kernel.problem import Problem
from guanjia.staff.queries import day_in

log = logging.getLogger(__name__)
MISSED, CALLED_BACK = "call_missed", "called_back"
BATCH = 100


@dataclass(frozen=True)
class Heard:
    """An event of the telephone system. event: ringing, answered, missed or ended."""

    call_id: str
    event: str
    at: datetime
    line: str
    number: str = ""
    extension: str = ""
    rings: int | None = None
    direction: str = "in"


@dataclass(frozen=True)
class Taken:
    """The call after an event. repeated: nothing new was said."""

    call: Call
    repeated: bool


@transaction.atomic
def hear(line: PhoneLine, heard: Heard, *, now: datetime, trial: bool = False) -> Taken:
    """Writes down what happened to a call of the line, and what follows from it: a call-back owed, or done.

    A moment that lies ahead of `now` counts as now. trial: the office only tries whether its desks ring; the call
    counts nowhere. Raises Problem LINE_UNKNOWN for a line that is not the key's.
    """
    if digits(heard.line) != line.number:
        raise Problem(
            "LINE_UNKNOWN",
            f"这个密钥不是线路「{heard.line[:20]}」的。",
            "每条线路用自己的密钥；线路见「设置·电话线路」或 guanjia line list。",
            field="line",
            status=404,
        )
    heard = replace(
        heard, at=min(heard.at, now), number=_number(heard.number), extension=digits(heard.extension)
    )
    _alone(line.office_id)
    if not trial:
        PhoneLine.objects.filter(pk=line.pk).update(heard_at=now)
    call, made = Call.objects.get_or_create(
        line=line,
        call_id=heard.call_id,
        defaults={
            "office": line.office, "begun_at": heard.at, "direction": heard.direction, "trial": trial,
        },
    )  # fmt: skip
    before = {} if made else _values(call)
    _merge(call, heard)
    if before != _values(call):
        call.heard_at, call.given_up_at = now, None
    call.state = _state(call)
    _follow(call, now)
    if repeated := before == _values(call):
        return Taken(call, repeated)
    call.save()
    return Taken(call, False)


def give_up(now: datetime, limit: int = BATCH) -> int:
    """Closes the calls of whose end nothing was heard for so long (`queries.RINGS_UNHEARD`, `queries.TALKS_UNHEARD`), the
    longest silent first: how many, at most `limit`. One that nobody answered was missed, at the moment it is given up;
    what is heard of it afterwards counts as ever. Any number of tickers may."""
    waiting = list(queries.unheard(now).values_list("pk", flat=True))
    # what cannot be given up does not count: however many stand at the head, the others get their turn
    return sum(itertools.islice(filter(None, (_given_up(pk, now) for pk in waiting)), limit))


def _given_up(pk: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            _alone(Call.objects.values_list("office", flat=True).get(pk=pk))
            call = queries.unheard(now).filter(pk=pk).first()
            if call is None:
                return False  # another ticker was first, or something was heard after all
            call.given_up_at = queries.waits_until(call)
            call.state = _state(call)
            call.save()
            _follow_or_say(call, now)
    except Exception:  # one call must hold up neither the others nor the ticker; the next tick tries again
        log.exception("call %s", pk)
        return False
    return True


def _follow_or_say(call: Call, now: datetime) -> None:
    """What the call means; where the office's manual will not have it so, its line says why."""
    try:
        with transaction.atomic():
            _follow(call, now)
            call.save()
    except Problem as problem:
        note_refusal(call.line, problem, at=now)


def _alone(office: int) -> None:
    """One at a time in an office: a number has one call-back, whichever line it rang."""
    list(PhoneLine.objects.select_for_update().filter(office=office).order_by("pk"))


def _number(text: str) -> str:
    return parse_phone(text) if is_phone(text) else digits(text)[:20]


def _values(call: Call) -> dict[str, Any]:
    return {field.attname: getattr(call, field.attname) for field in Call._meta.concrete_fields}


def _merge(call: Call, heard: Heard) -> None:
    """The earliest moment of each kind, the most rings, the first number; an answer counts more than a miss.
    Of several who answered, as when a call is put through, the last one has it."""
    call.begun_at = min(call.begun_at, heard.at)
    call.number = call.number or heard.number
    if heard.direction == Call.Direction.OUT:
        call.direction = Call.Direction.OUT
    if heard.rings is not None:
        call.rings = max(call.rings or 0, heard.rings)
    if heard.extension and heard.extension not in call.extensions:
        call.extensions = sorted([*call.extensions, heard.extension])
    column = {"answered": "answered_at", "missed": "missed_at", "ended": "ended_at"}.get(heard.event)
    if column:
        setattr(call, column, min(getattr(call, column) or heard.at, heard.at))
    if heard.event == "answered" and heard.extension and heard.at >= (call.taken_at or heard.at):
        desk = Extension.objects.filter(office=call.office_id, number=heard.extension).first()
        call.agent_id, call.taken_at = desk.user_id if desk else None, heard.at


def _state(call: Call) -> str:
    if call.answered_at:
        return Call.State.ANSWERED
    return Call.State.MISSED if call.missed_at or call.ended_at or call.given_up_at else Call.State.RINGING


def _follow(call: Call, now: datetime) -> None:
    """What the call means for calling back."""
    if not call.number:
        return
    if call.state == Call.State.ANSWERED:
        _called_back(call, now)
    elif call.state == Call.State.MISSED and call.direction == Call.Direction.IN and call.callback_id is None:
        _missed(call, now)


def open_callback(call: Call) -> Case | None:
    """The call-back that is owed to the call's number, if any."""
    rows = Case.objects.filter(
        missed_calls__office=call.office_id, missed_calls__number=call.number, closed_at__isnull=True
    )
    return rows.select_related("office", "unit", "party", "assignee").first()


def _called_back(call: Call, now: datetime) -> None:
    owed = open_callback(call)
    answered = call.answered_at or now
    if owed is None or owed.opened_at > answered and owed.missed_calls.exclude(pk=call.pk).exists():
        return
    how = "called" if call.direction == Call.Direction.OUT else "rang_again"
    _act(owed, CALLED_BACK, {"how": how}, answered, now, f"call:{call.pk}:back")


def _missed(call: Call, now: datetime) -> None:
    """A call-back is owed, unless one is owed already or somebody has spoken with the number since."""
    told = call.missed_at or call.ended_at
    at = told or call.given_up_at or now
    since = Call.objects.filter(office=call.office_id, number=call.number, state=Call.State.ANSWERED)
    spoken = since.filter(answered_at__gte=told or call.begun_at).exclude(pk=call.pk)
    if not is_phone(call.number) or spoken.exists():
        return
    owed = open_callback(call)
    if owed is not None:
        _act(owed, MISSED, {}, at, now, f"call:{call.pk}:missed")
        call.callback = owed
        return
    party = next(iter(estate.parties_by_phone(call.office, call.number)), None)
    homes = estate.units_of_party(call.office, party, day_in(call.office, at)) if party else []
    data = {
        "contact_phone": call.number,
        "contact_name": str(party) if party else "",
        "unit": homes[0].code if len(homes) == 1 else "",
        "line": call.line.label,
        "channel": "phone",
        "rings": call.rings,
    }
    intake = Intake(party=party, subject=f"未接来电 {call.line.label}")
    known = {name: value for name, value in data.items() if value not in ("", None)}
    try:
        with transaction.atomic():
            opened = open_case(
                call.office,
                CATEGORY,
                actor=SYSTEM,
                at=at,
                now=now,
                data=known,
                intake=intake,
                key=f"call:{call.pk}",
            )
    except Problem as problem:
        if problem.code != "CATEGORY_WITHOUT_PROCEDURE":
            raise
        return  # no manual of the office says that it must be called back; it stands in the list of calls
    call.callback = opened.case


def _act(case: Case, event: str, data: dict[str, Any], at: datetime, now: datetime, key: str) -> None:
    """Do what the case's manual lets the system do when that happens; nothing when it has no such action."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    category = compiled.category_for(case.category)
    actions = compiled.procedures[category.procedure].action if category else ()
    for action in actions:
        if event in action.emits and "system" in action.by and case.state in action.from_:
            at = min(max(at, case.opened_at, case.moved_at or case.opened_at), now)
            known = {one.key for one in action.field}
            wanted = {name: value for name, value in data.items() if name in known}
            perform(case, action.key, actor=SYSTEM, at=at, now=now, data=wanted, key=key)
            return


def registered(call: Call, case: Case) -> None:
    """The call led to this case. A second case of the same call leaves the first in its place."""
    Call.objects.filter(pk=call.pk, case=None).filter(Q(office=case.office_id)).update(case=case)
