"""Who is nearest to a home: by where somebody last arrived, else by the building that his shift names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from guanjia.cases import queries as cases
from guanjia.estate.models import Building, Office, Unit
from guanjia.staff import queries as staff
from guanjia.staff.models import User

STAYS = timedelta(hours=2)  # for so long somebody is taken to be where he last arrived


@dataclass(frozen=True)
class Near:
    """Somebody who could go. where: the building, and how it is known; near: it is the home's own."""

    user: User
    where: str
    near: bool
    available: bool
    jobs: int


def nearest(office: Office, roles: Iterable[str], unit: Unit | None, now: datetime) -> list[Near]:
    """Everybody with one of the roles: whoever is in the same building first, then who is on shift, fewest jobs first.

    S004-5-2.2a. Nobody measures where people are: it goes by the last arrival of the last two hours, else by a shift
    whose name names a building (`3栋岗`).
    """
    counts = cases.open_jobs(office)
    people = {one.user.pk: one for role in roles for one in staff.candidates(office, role, "", now, counts)}
    places = _places(office, people, now)
    found = [
        Near(
            one.user,
            where=places[pk][1] if pk in places else "",
            near=unit is not None and pk in places and places[pk][0] == unit.building_id,
            available=one.available,
            jobs=one.jobs,
        )
        for pk, one in people.items()
    ]
    return sorted(
        found, key=lambda one: (not one.near, not one.available, one.jobs, one.user.name, one.user.pk)
    )


def where(office: Office, user: User, now: datetime) -> str:
    """Where somebody is taken to be, in words; empty when nothing says."""
    return _places(office, [user.pk], now).get(user.pk, (0, ""))[1]


def _places(office: Office, people: Iterable[int], now: datetime) -> Mapping[int, tuple[int, str]]:
    """User id -> building, and how it is known."""
    wanted, zone = set(people), ZoneInfo(office.time_zone)
    buildings = list(Building.objects.filter(office=office))
    found: dict[int, tuple[int, str]] = {}
    for shift in staff.shifts_at(office, now).filter(user__in=wanted):
        if building := next((one for one in buildings if _named(one, shift.label)), None):
            found[shift.user_id] = building.pk, shift.label
    for line in cases.lines_of(office, "arrived", now - STAYS, now + timedelta(microseconds=1)):
        if line.actor_id in wanted and line.case.unit is not None:
            said = f"{line.at.astimezone(zone):%H:%M} 到 {line.case.unit.name}"
            found[line.actor_id] = line.case.unit.building_id, said
    return found


def _named(building: Building, label: str) -> bool:
    """Whether the name of a shift names a building: its name, or its code with 栋."""
    return any(label.startswith(word) for word in (building.name, f"{building.code}栋") if word)
