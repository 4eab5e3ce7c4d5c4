"""Taking back a registration is for what was registered by mistake, not a way around what is owed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.web.repair import TO_DONE, Repair

from guanjia.cases.models import Case
from guanjia.engine import SYSTEM, open_case, perform
from guanjia.kernel.problem import Problem

pytestmark = pytest.mark.django_db


def _withdraw(repair: Repair, case: Case) -> None:
    perform(
        case,
        "withdraw",
        actor=repair.person("receptionist"),
        at=repair.at + timedelta(minutes=1),
        data={"reason": "错"},
    )


def test_a_repair_that_was_done_and_reopened_cannot_be_withdrawn():
    repair = Repair()
    repair.play(*TO_DONE)
    repair.do("reopen", by="receptionist", reopen_reason="又漏了", timing="now")
    with pytest.raises(Problem, match="重新打开的事项不能撤销"):
        _withdraw(repair, repair.case)


def test_a_recurring_duty_cannot_be_withdrawn():
    repair = Repair()
    case = open_case(
        repair.office, "log_check", actor=SYSTEM, at=repair.at, data={"period": "2026-03-24"}
    ).case
    with pytest.raises(Problem, match="现在不用撤销登记"):
        _withdraw(repair, case)


def test_a_registration_just_made_can_be_withdrawn():
    repair = Repair()
    _withdraw(repair, repair.case)
    assert Case.objects.get(pk=repair.case.pk).state == "withdrawn"
