"""Reading calls: who rings now and on whose desk, the calls of a day, what is owed to missed ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Max, Min, Q, QuerySet

from guanjia.cases.models import Case
from guanjia.estate import queries as estate
from guanjia.estate.models import Office, Party, Unit
from guanjia.estate.phones import mask
from guanjia.intake.models import Call
from guanjia.intake.telephone.lines import CATEGORY, owners
from guanjia.kernel.problem import Problem
from guanjia.staff.models import User
from guanjia.staff.queries import day_in

RINGS_FOR = timedelta(seconds=90)
TALKS_FOR = timedelta(hours=1)
# How long after the last news of a call its end is waited for. No exchange lets a call ring for ten minutes, and news that
# has to be sent again comes within minutes; the shortest call-back of our manuals is half an hour. Nobody speaks for four
# hours, and an answered call that is given up owes nothing.
RINGS_UNHEARD = timedelta(minutes=10)
TALKS_UNHEARD = timedelta(hours=4)
SCOPES = ("all", "missed", "late", "open")


@dataclass(frozen=True)
class Caller:
    """A call as the desk shows it: masked, with the households in which the number is registered."""

    call: Call
    masked: str
    homes: tuple[tuple[Unit, Party], ...]

    @property
    def ringing(self) -> bool:
        """Whether it still rings."""
        return self.call.state == Call.State.RINGING


def ringing_for(office: Office, user: User, now: datetime) -> list[Caller]:
    """The calls that a desk should see: those that ring there, or on no desk in particular, and its own conversation."""
    incoming = Call.objects.filter(office=office, direction=Call.Direction.IN, ended_at=None)
    rows = incoming.filter(
        Q(state=Call.State.RINGING, begun_at__gt=now - RINGS_FOR)
        | Q(state=Call.State.ANSWERED, answered_at__gt=now - TALKS_FOR, case=None)
    ).select_related("line", "agent")
    found = list(rows.order_by("begun_at")[:6])
    if not found:
        return []
    found.sort(
        key=lambda call: call.state != Call.State.RINGING
    )  # the one key is for the call that still rings
    desks = owners(office)
    return [caller_of(call, now) for call in found if _is_for(call, user, desks)]


def waits_until(call: Call) -> datetime:
    """Until when the end of a call is waited for."""
    wait = TALKS_UNHEARD if call.state == Call.State.ANSWERED else RINGS_UNHEARD
    return (call.heard_at or call.begun_at) + wait


def unheard(now: datetime) -> QuerySet[Call]:
    """The calls whose end is waited for no longer, the longest silent first. Trials have no end."""
    ringing = Q(state=Call.State.RINGING, heard_at__lte=now - RINGS_UNHEARD)
    talking = Q(state=Call.State.ANSWERED, heard_at__lte=now - TALKS_UNHEARD)
    return _unended().filter(ringing | talking).select_related("office", "line").order_by("heard_at", "pk")


def next_unheard() -> datetime | None:
    """When the end of a call is waited for no longer, the next one; for moving time on."""
    first = (
        _unended().filter(state=state).order_by("heard_at").first()
        for state in (Call.State.RINGING, Call.State.ANSWERED)
    )
    return min((waits_until(call) for call in first if call), default=None)


def _unended() -> QuerySet[Call]:
    return Call.objects.filter(ended_at=None, given_up_at=None, heard_at__isnull=False, trial=False)


def _is_for(call: Call, user: User, desks: dict[str, User]) -> bool:
    if call.state == Call.State.ANSWERED:
        return call.agent_id in (None, user.pk)
    wanted = {desks[number].pk for number in call.extensions if number in desks}
    return not wanted or user.pk in wanted


def caller_of(call: Call, now: datetime) -> Caller:
    """Who is behind a call, as far as the register knows."""
    parties = estate.parties_by_phone(call.office, call.number) if call.number else []
    day = day_in(call.office, now)
    homes: dict[int, tuple[Unit, Party]] = {}
    for party in parties:
        for unit in estate.units_of_party(call.office, party, day):
            homes.setdefault(unit.pk, (unit, party))
    return Caller(call, mask(call.number) if call.number else "", tuple(homes.values())[:6])


def call_for(office: Office, pk: int) -> Call:
    """A call of the office; Problem NOT_FOUND for any other."""
    found = Call.objects.filter(office=office, pk=pk).select_related("office", "line", "agent").first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这个来电。", "请从列表里重新选择。", status=404)
    return found


def calls(
    office: Office, begins: datetime, ends: datetime, *, scope: str = "all", search: str = ""
) -> QuerySet[Call]:
    """The calls between two moments, newest first. scope: all, missed, late (not within the rings of the line), open
    (missed and not called back yet). search: the end of a number, a name, a case."""
    rows = Call.objects.filter(office=office, begun_at__gte=begins, begun_at__lt=ends)
    if scope == "missed":
        rows = rows.filter(state=Call.State.MISSED)
    elif scope == "late":
        rows = rows.filter(state=Call.State.ANSWERED, rings__gt=F("line__rings_in_time"))
    elif scope == "open":
        rows = rows.filter(state=Call.State.MISSED, callback__closed_at__isnull=True)
    for word in search.split():
        rows = rows.filter(
            Q(number__endswith=word)
            | Q(agent__name__startswith=word)
            | Q(case__number__icontains=word)
            | Q(case__unit__code__istartswith=word)
            | Q(callback__number__icontains=word)
            | Q(callback__party__name__startswith=word)
            | Q(callback__unit__code__istartswith=word)
        )
    related = ("line", "agent", "case__unit", "case__party", "callback__unit", "callback__party")
    return rows.select_related(*related).order_by("-begun_at", "-pk")


@dataclass(frozen=True)
class Answering:
    """How a stretch of time was answered, trials left out. judged: incoming calls that were missed, or answered with
    known rings."""

    incoming: int
    answered: int
    missed: int
    in_time: int
    judged: int

    @property
    def share(self) -> int | None:
        """In time of those judged, whole percent, rounded down."""
        return self.in_time * 100 // self.judged if self.judged else None


def answering(office: Office, begins: datetime, ends: datetime) -> Answering:
    """The figures of the page, in one statement."""
    rows = Call.objects.filter(
        office=office, begun_at__gte=begins, begun_at__lt=ends, direction=Call.Direction.IN, trial=False
    )
    answered, missed = Q(state=Call.State.ANSWERED), Q(state=Call.State.MISSED)
    found = rows.aggregate(
        incoming=Count("pk"),
        answered=Count("pk", filter=answered),
        missed=Count("pk", filter=missed),
        in_time=Count("pk", filter=answered & Q(rings__lte=F("line__rings_in_time"))),
        judged=Count("pk", filter=missed | (answered & Q(rings__isnull=False))),
    )
    return Answering(**found)


def callbacks(office: Office, *, search: str = "") -> QuerySet[Case]:
    """The call-backs that are owed, the longest waiting first: who, since when, last when, how often."""
    rows = Case.objects.filter(office=office, category=CATEGORY, closed_at__isnull=True)
    for word in search.split():
        rows = rows.filter(
            Q(number__icontains=word)
            | Q(missed_calls__number__endswith=word)
            | Q(party__name__startswith=word)
            | Q(unit__code__istartswith=word)
        )
    rows = rows.annotate(
        times=Count("missed_calls", distinct=True),
        first_at=Min("missed_calls__begun_at"),
        last_at=Max("missed_calls__begun_at"),
        missed_number=Max("missed_calls__number"),
        due_at=Min("obligations__due_at", filter=Q(obligations__closed_at__isnull=True)),
    )
    return rows.select_related("unit", "party").order_by("first_at", "pk")


def callbacks_owed(office: Office) -> int:
    """How many numbers must be called back."""
    return Case.objects.filter(office=office, category=CATEGORY, closed_at__isnull=True).count()


def names_of(office: Office, numbers: Iterable[str]) -> dict[str, str]:
    """Number -> in whose name it is registered, for a list, in one statement."""
    rows = Party.objects.filter(office=office, phones__number__in=set(numbers)).values_list(
        "phones__number", "name"
    )
    return dict(rows)
