"""Steps that a phone kept where there was no network: they count from their own time, within limits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.web.repair import Repair

from guanjia.engine import perform
from guanjia.kernel.moments import from_iso
from guanjia.kernel.problem import Problem

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def repair() -> Repair:
    return Repair()


def test_what_a_phone_kept_counts_from_its_own_time_for_a_day(repair: Repair) -> None:
    repair.send()
    technician, when = repair.person("technician"), repair.at
    ask = {"actor": technician, "at": when, "data": {}, "kept_at": when}
    with pytest.raises(Problem) as caught:
        perform(repair.case, "accept", **ask, now=when + 24 * HOUR + MINUTE)
    assert caught.value.code == "BACKDATE_FORBIDDEN"
    event = perform(repair.case, "accept", **ask, now=when + 24 * HOUR).event
    assert (event.at, event.written_at) == (when, when + 24 * HOUR)
    assert from_iso(event.data["kept_at"]) == when


def test_no_earlier_than_the_phone_kept_it_nor_than_the_last_step(repair: Repair) -> None:
    repair.send()
    technician, when = repair.person("technician"), repair.at
    with pytest.raises(Problem) as caught:
        perform(
            repair.case, "accept", actor=technician, at=when, data={}, kept_at=when + MINUTE,
            now=when + HOUR,
        )  # fmt: skip
    assert caught.value.code == "BACKDATE_FORBIDDEN"
    early = when - MINUTE
    with pytest.raises(Problem) as caught:
        perform(repair.case, "accept", actor=technician, at=early, data={}, kept_at=early, now=when + HOUR)
    assert caught.value.code == "AT_BEFORE_LAST"


def test_only_whoever_has_the_job_may_send_late(repair: Repair) -> None:
    repair.send()
    first, *others = repair.stage.people["technician"]
    stranger = next(one for one in [first, *others] if one.pk != repair.case.assignee_id)
    with pytest.raises(Problem) as caught:
        perform(
            repair.case, "note", actor=stranger, at=repair.at, data={"text": "x"}, kept_at=repair.at,
            now=repair.at + HOUR,
        )  # fmt: skip
    assert caught.value.code == "BACKDATE_FORBIDDEN"


def test_a_kept_step_that_had_arrived_already_is_the_same_request(repair: Repair) -> None:
    repair.send()
    technician, when = repair.person("technician"), repair.at
    ask = {"actor": technician, "data": {}, "key": "k"}
    perform(repair.case, "accept", **ask, at=when + MINUTE, now=when + MINUTE)
    again = perform(repair.case, "accept", **ask, at=when, now=when + HOUR, kept_at=when)
    assert again.repeated
