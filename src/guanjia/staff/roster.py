"""The roster as turns: who begins together, which turn comes next, and the hours in which nobody is there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from guanjia.estate.models import Office
from guanjia.staff import queries
from guanjia.staff.models import Shift, User

DAYS_AHEAD = 14
WHOLE_DAY = "00:00-24:00"


@dataclass(frozen=True)
class Turn:
    """The shifts of some roles that begin at one moment: their name, when the last of them ends, who is on them."""

    label: str
    begins_at: datetime
    ends_at: datetime
    people: tuple[User, ...]


@dataclass(frozen=True)
class Gap:
    """Hours in which nobody of the roles that must be there is on a shift."""

    begins_at: datetime
    ends_at: datetime


def _shifts(office: Office, roles: Collection[str], at: datetime) -> QuerySet[Shift]:
    """The shifts of those who hold one of the roles in the office at that moment."""
    holders = {user.pk for role in roles for user in queries.members(office, role, at)}
    rows = Shift.objects.filter(office=office, user__in=holders).select_related("user")
    return rows.order_by("begins_at", "user__name", "pk")


def turn_at(office: Office, roles: Collection[str], begins_at: datetime) -> Turn | None:
    """The turn that begins at a moment; None when nobody begins then. Who is away is not on it."""
    rows = list(_shifts(office, roles, begins_at).filter(begins_at=begins_at))
    away = queries.absent_at([row.user for row in rows], begins_at)
    rows = [row for row in rows if row.user_id not in away]
    if not rows:
        return None
    people = {row.user_id: row.user for row in rows}
    return Turn(rows[0].label, begins_at, max(row.ends_at for row in rows), tuple(people.values()))


def next_turn(office: Office, roles: Collection[str], after: datetime) -> Turn | None:
    """The first turn that begins after a moment."""
    moments = _shifts(office, roles, after).filter(begins_at__gt=after).values_list("begins_at", flat=True)
    for moment in dict.fromkeys(moments):
        if turn := turn_at(office, roles, moment):
            return turn
    return None


def gaps(
    office: Office, roles: Collection[str], begins: datetime, hours: str = WHOLE_DAY, days: int = DAYS_AHEAD
) -> list[Gap]:
    """The stretches of the coming days, within some hours of each, in which nobody of the roles is on a shift."""
    ends = begins + timedelta(days=days)
    rows = _shifts(office, roles, begins).filter(begins_at__lt=ends, ends_at__gt=begins)
    covered = [(row.begins_at, row.ends_at) for row in rows]
    return [
        gap for opens, closes in _wanted(office, begins, ends, hours) for gap in _left(opens, closes, covered)
    ]


def _wanted(
    office: Office, begins: datetime, ends: datetime, hours: str
) -> Iterable[tuple[datetime, datetime]]:
    """The hours of each day that must be covered, joined where one day's lead into the next one's."""
    zone = ZoneInfo(office.time_zone)
    first, last = (time_of(text) for text in hours.split("-"))
    found: list[tuple[datetime, datetime]] = []
    day = begins.astimezone(zone).date()
    while (midnight := datetime.combine(day, time(0), zone)) < ends:
        opens, closes = max(midnight + first, begins), min(midnight + last, ends)
        if found and opens <= found[-1][1]:
            found[-1] = (found[-1][0], closes)
        elif opens < closes:
            found.append((opens, closes))
        day += timedelta(days=1)
    return found


def time_of(text: str) -> timedelta:
    """`08:30` as the time since midnight; `24:00` is the end of the day."""
    hour, _, minute = text.strip().partition(":")
    return timedelta(hours=int(hour), minutes=int(minute))


def _left(opens: datetime, closes: datetime, covered: Iterable[tuple[datetime, datetime]]) -> Iterable[Gap]:
    """What of a stretch no shift covers."""
    here = opens
    for begins, ends in sorted(covered):
        if begins > here and here < closes:
            yield Gap(here, min(begins, closes))
        here = max(here, ends)
    if here < closes:
        yield Gap(here, closes)
