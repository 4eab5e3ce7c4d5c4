"""A weather service tells the office that it rained: with a key of its own, once a day, and the visits that wait wake."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from tests.api.conftest import Clock, caller_for

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.ops.cards.stage import Stage, build, moment
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
DAY = "2026-03-02"
LEAK = {
    "unit": "3-2-1502", "contact_name": "王秀兰", "contact_phone": "13800001234", "matter": "外窗渗水",
    "trouble": "leak", "channel": "phone",
}  # fmt: skip
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("receptionist", "issue_slip", {"appointment_at": f"{DAY} 10:00"}),
    ("receptionist", "call", {"repairer": "田大勇", "called_at": f"{DAY} 09:00"}),
    ("technician", "arrive", {}),
    ("technician", "quote", {"found_out": "看过了", "quote": "40.00"}),
    ("technician", "consent", {"agreed_by": "业户"}),
    ("technician", "start", {}),
    ("technician", "finish", {"done": "修好了", "amount": "40.00"}),
    ("technician", "sign", {"signature": {"how": "paper", "name": "业户"}}),
    ("technician", "hand_in", {}),
    ("receptionist", "mark_summary", {"outcome": "修好了"}),
)


def stopped_leak(stage: Stage, at: datetime) -> Case:
    """A leak that was mended, and whose second visit waits for rain."""
    desk = stage.person("receptionist")
    intake = Intake(party=stage.parties["3-2-1502"], subject=LEAK["matter"])
    case = open_case(stage.office, "repair", actor=desk, at=at, now=at, data=LEAK, intake=intake).case
    for who, action, data in STEPS:
        data = data | {"repairer": stage.person("technician").pk} if "repairer" in data else data
        case = perform(case, action, actor=stage.person(who), at=at, now=at, data=data).case
    return case


def test_rain_told_by_a_key_wakes_the_visit_that_waits(clock: Clock) -> None:
    """S000-5-5.7b: the day may be taken down by a person or by a service."""
    adoption.forget()
    began = moment(f"{DAY} 10:00")
    stage = build([read(settings.MANUALS_ROOT / "reception-contact")], {}, began)
    clock.now = began
    case = stopped_leak(stage, began)
    assert not case.obligations.filter(key="rain_follow_up").exists()
    weather = caller_for(stage.person("receptionist"), stage.office)
    clock.now = moment("2026-03-05 07:00")
    rained = {"category": "rain", "data": {"remark": "昨夜 12 毫米"}}
    first = weather.post(f"/offices/{stage.office.code}/cases", rained, key="rain-2026-03-05", status=201)
    again = weather.post(f"/offices/{stage.office.code}/cases", rained, key="rain-2026-03-05", status=201)
    assert first["number"] == again["number"]
    assert Case.objects.filter(category="rain").count() == 1
    row = case.obligations.get(key="rain_follow_up")
    assert row.not_before == moment("2026-03-06 00:00")
    assert case.obligations.get(key="await_rain").closed_at == clock.now
