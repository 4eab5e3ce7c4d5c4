"""Whose shift runs: whoever stands on its list finds it, however many begin after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.web.repair import Repair

from guanjia.cases import shifts
from guanjia.cases.models import Case
from guanjia.engine.sight import sight_of
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def shift(repair: Repair, number: str, hours: int, *people: User, closed: bool = False) -> Case:
    """A shift that began so many hours after the repair was reported."""
    at = repair.at + hours * HOUR
    return Case.objects.create(
        office=repair.office,
        number=number,
        category=repair.case.category,
        manual_key=repair.case.manual_key,
        manual_version=repair.case.manual_version,
        versions=repair.case.versions,
        state=repair.case.state,
        opened_at=at,
        closed_at=at if closed else None,
        facts={"shift_begins_at": at.isoformat(), "shift_people": [user.pk for user in people]},
    )


def test_a_long_shift_is_its_guards_however_many_others_have_begun_since() -> None:
    repair = Repair()
    guard, clerk = repair.person("security"), repair.person("receptionist")
    long = shift(repair, "ZB2603-0001", 0, clerk, guard)
    shift(repair, "ZB2603-0002", 1, guard, closed=True)
    for number in range(shifts.MOST + 1):
        shift(repair, f"ZB2603-1{number:03d}", 2 + number, clerk)
    assert list(shifts.own_shifts(repair.office, guard)) == [long]
    seen = sight_of(guard, repair.office, repair.at + 24 * HOUR).cases()
    assert set(seen.filter(number__startswith="ZB")) == {long}
    newest = [case.number for case in shifts.running_shifts(repair.office)]
    assert newest == [f"ZB2603-1{number:03d}" for number in reversed(range(1, shifts.MOST + 1))]
    assert [case.number for case in shifts.own_shifts(repair.office, clerk)] == newest
