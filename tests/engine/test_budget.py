"""How many statements the database gets for an action: nothing is read twice, and nothing that is not needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.stage import BEGINS

from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.estate.models import Unit
from guanjia.ops.cards.stage import Stage

CALL = {
    "unit": "3-2-1502", "contact_phone": "13800001234", "matter": "龙头滴水", "timing": "now", "channel": "phone",
    "item": "更换水龙头",
}  # fmt: skip
SIGNED = {
    "opinion": "好", "signature": {"how": "paper", "name": "王秀兰"}, "charge_state": "fixed", "fee": "45",
    "no_cash_told": True, "resident_copy_handed": True,
}  # fmt: skip
WALK: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("dispatch", "receptionist", {"technician": "田大勇"}, 12),
    ("accept", "technician", {}, 5),
    ("arrive", "technician", {}, 6),
    ("inspect", "technician", {"finding": "阀芯磨损", "verdict": "own", "no_materials": True}, 5),
    ("start", "technician", {}, 5),
    ("finish", "technician", {"done": "换了阀芯"}, 10),
    ("try_out", "technician", {"trial": "satisfied"}, 5),
    ("sign", "technician", SIGNED, 12),
    ("return_sheet", "eng_supervisor", {"sheet_back": True}, 10),
    ("book", "finance", {"finance_copy_here": True}, 12),
    ("collect", "cashier", {"received": "45", "method": "cash"}, 12),
    ("archive", "eng_supervisor", {"volume": "2026-03"}, 9),
    ("follow_up", "eng_supervisor", {"follow_means": "phone", "satisfied": "yes"}, 7),
    ("close", "receptionist", {}, 8),
)


def statements(captured: CaptureQueriesContext) -> int:
    """What reads or writes; a savepoint is neither."""
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def opened(stage: Stage, minute: int) -> tuple[Case, int]:
    """A case, and the statements that it took."""
    unit = Unit.objects.select_related("building").get(
        office=stage.office, code="3-2-1502"
    )  # as the desk has read it
    intake = Intake(party=stage.parties["3-2-1502"], unit=unit, subject="龙头滴水")
    with CaptureQueriesContext(connection) as captured:
        result = open_case(
            stage.office, "repair", actor=stage.person("receptionist"), at=BEGINS + timedelta(minutes=minute),
            data=CALL, intake=intake,
        )  # fmt: skip
    return result.case, statements(captured)


def walked(stage: Stage, case: Case, minute: int) -> dict[str, int]:
    """The whole way of a case: action -> statements."""
    spent = {}
    for place, (action, who, data, _most) in enumerate(WALK, 1):
        named = {key: stage.person(value).pk if key == "technician" else value for key, value in data.items()}
        with CaptureQueriesContext(connection) as captured:
            done = perform(
                case,
                action,
                actor=stage.person(who),
                at=BEGINS + timedelta(minutes=minute + place),
                data=named,
            )
        case, spent[action] = done.case, statements(captured)
    return spent


def test_opening_takes_so_many_statements(stage: Stage) -> None:
    opened(stage, 0)  # the first of a month makes its series
    assert opened(stage, 1)[1] == 12


def test_each_action_takes_so_many_statements(stage: Stage) -> None:
    walked(stage, opened(stage, 0)[0], 0)
    spent = walked(stage, opened(stage, 30)[0], 30)
    assert spent == {action: most for action, _who, _data, most in WALK}
    assert max(spent.values()) <= 12, "twelve an action"
