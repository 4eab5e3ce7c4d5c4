"""`guanjia verify` finds a column changed by hand also where no line of the timeline has spoken of it."""

from __future__ import annotations

import pytest
from tests.web.repair import Repair

from guanjia.cases.models import Case
from guanjia.engine import Resident, perform
from guanjia.ops import verification

pytestmark = pytest.mark.django_db


def _wrong(repair: Repair) -> list[str]:
    return [one.message for one in verification.columns_follow_timelines(repair.office, lambda *_: None)]


@pytest.mark.parametrize("column", ["assignee_id", "completed_at", "closed_at", "department", "reopened"])
def test_a_column_that_nothing_has_set_is_checked_too(column):
    repair = Repair()
    assert _wrong(repair) == []
    values = {"assignee_id": repair.person("technician").pk, "department": "engineering", "reopened": 3}
    Case.objects.filter(pk=repair.case.pk).update(**{column: values.get(column, repair.at)})
    assert any(message.startswith(f"{column} 是") for message in _wrong(repair))


def test_a_resident_with_a_long_name_fits_into_the_timeline():
    repair = Repair()
    done = perform(
        repair.case, "note", actor=Resident("某某" * 60, may_act=True), at=repair.at, data={"text": "在家"}
    )
    assert len(done.event.actor_label) == 60
