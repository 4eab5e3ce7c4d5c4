"""Role by permission, and who is let into which office."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.staff.conftest import NOON, Offices, person

from guanjia.kernel.problem import Problem
from guanjia.staff import actions, rules
from guanjia.staff.models import Post, Role

# One letter a permission: see, register, dispatch, phone, backdate, send late, field, money, reports, households, services,
# shifts, hours, access log, outbox, manual, administer, lists of cases, all of an office, complaints, the register of households, the books, arrears, escalated,
# pass down.
LETTERS = {
    "see_office": "e",
    "register": "r",
    "dispatch": "d",
    "reveal_phone": "p",
    "backdate": "b",
    "send_late": "n",
    "work_in_field": "f",
    "take_money": "m",
    "see_reports": "s",
    "manage_households": "h",
    "manage_services": "v",
    "manage_shifts": "t",
    "manage_hours": "o",
    "see_access_log": "l",
    "see_outbox": "u",
    "adopt_manual": "a",
    "administer": "x",
    "see_cases": "c",
    "see_all_cases": "A",
    "see_complaints": "C",
    "see_households": "H",
    "see_money": "y",
    "check_money": "k",
    "see_arrears": "q",
    "see_escalated": "g",
    "pass_down": "w",
}
TABLE = {
    "receptionist": "erdpbcAHyq",
    "cs_supervisor": "erdpbshvtucAHyq",
    "eng_supervisor": "erdpbnfstcAHy",
    "technician": "enf",
    "cleaner": "enf",
    "security": "enf",
    "cashier": "emcAHyq",
    "finance": "emscAHykq",
    "director": "erdpbshvtaolucAHyq",
    "company_centre": "escCgw",
    "quality": "esacC",
    "vice_president": "escCg",
    "general_manager": "escCg",
    "administrator": "ehxolucH",
}


def test_the_table_is_complete() -> None:
    assert set(TABLE) == set(Role.values)
    assert set(LETTERS) == set(rules.PERMISSIONS)


@pytest.mark.parametrize("role", Role.values)
def test_role_by_permission(offices: Offices, role: str) -> None:
    user = person("甲", role, offices.garden)
    allowed = {name for name in LETTERS if rules.may(name, user, offices.garden, NOON)}
    assert allowed == {name for name, letter in LETTERS.items() if letter in TABLE[role]}
    for office in (offices.plaza, offices.stranger):
        assert not any(rules.may(name, user, office, NOON) for name in LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_each_predicate_asks_its_permission(offices: Offices, name: str) -> None:
    holder = next(role for role, letters in TABLE.items() if LETTERS[name] in letters)
    can = getattr(rules, f"can_{name}")
    assert can(person("甲", holder, offices.garden), offices.garden, NOON)
    assert not can(person("乙"), offices.garden, NOON)
    if name != "see_office":
        lacking = next(role for role, letters in TABLE.items() if LETTERS[name] not in letters)
        assert not can(person("丙", lacking, offices.garden), offices.garden, NOON)


@pytest.mark.parametrize("role", ["company_centre", "quality", "administrator"])
def test_a_company_post_reaches_all_its_offices_and_no_other(offices: Offices, role: str) -> None:
    user = person("甲", role, company=offices.company)
    assert rules.can_see_office(user, offices.garden, NOON)
    assert rules.can_see_office(user, offices.plaza, NOON)
    assert not rules.can_see_office(user, offices.stranger, NOON)


def test_other_roles_are_not_given_for_a_company(offices: Offices) -> None:
    user = person("甲")
    with pytest.raises(Problem) as caught:
        actions.give_post(user, "director", company=offices.company)
    assert caught.value.code == "POST_SCOPE"
    Post.objects.create(user=user, company=offices.company, role="director")  # written around the door
    assert not rules.can_see_office(user, offices.garden, NOON)


def test_who_has_left_may_do_nothing(offices: Offices) -> None:
    user = person("甲", "director", offices.garden)
    actions.set_active(user, active=False)
    assert not any(rules.may(name, user, offices.garden, NOON) for name in LETTERS)


def test_a_superuser_has_no_back_door(offices: Offices) -> None:
    user = person("甲")
    user.is_superuser = True
    user.save()
    assert not rules.can_see_office(user, offices.garden, NOON)


def test_a_post_counts_from_its_first_day_to_its_last(offices: Offices) -> None:
    user = person("甲", "receptionist", offices.garden, since=date(2026, 3, 24), until=date(2026, 3, 25))
    midnight = NOON.replace(hour=16)  # 00:00 on the 25th in the office
    assert not rules.can_register(user, offices.garden, midnight - timedelta(days=1, seconds=1))
    assert rules.can_register(user, offices.garden, midnight - timedelta(days=1))
    assert rules.can_register(user, offices.garden, midnight - timedelta(seconds=1))
    assert not rules.can_register(user, offices.garden, midnight)


def test_what_a_door_says(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    rules.require("work_in_field", user, offices.garden, NOON)
    with pytest.raises(Problem) as caught:
        rules.require("dispatch", user, offices.garden, NOON)
    assert (caught.value.code, caught.value.status) == ("FORBIDDEN", 403)
    assert "客服主管" in caught.value.hint
    with pytest.raises(Problem) as caught:
        rules.require("dispatch", user, offices.plaza, NOON)
    assert (caught.value.code, caught.value.status) == ("NOT_FOUND", 404)
    with pytest.raises(KeyError):
        rules.may("fly", user, offices.garden, NOON)
