"""Writing people: passwords by Django's validators, posts without doubles, shifts that fit."""

from __future__ import annotations

from datetime import date

import pytest
from tests.staff.conftest import HOUR, NOON, Offices, on_shift, person

from guanjia.kernel.problem import Problem
from guanjia.staff import actions
from guanjia.staff.models import Absence, Post, Shift, User


def refused(code: str, call: object, *args: object, **more: object) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*args, **more)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def test_a_user_with_a_password(db: None) -> None:
    user = actions.create_user(
        "zhoumin", " 周 敏 ", password="Tulip-Lake-2026", phone="138 0000 1234", email="z@example.com"
    )
    kept = User.objects.get(pk=user.pk)
    assert (kept.name, kept.phone, kept.email) == ("周 敏", "13800001234", "z@example.com")
    assert kept.check_password("Tulip-Lake-2026")
    assert not actions.create_user("nobody", "没有密码").has_usable_password()


def test_wrong_input_names_its_field(db: None) -> None:
    actions.create_user("zhoumin", "周敏")
    assert refused("USERNAME_TAKEN", actions.create_user, "ZhouMin", "别人").field == "username"
    assert refused("USERNAME_INVALID", actions.create_user, "zhou min", "别人").field == "username"
    assert refused("FIELD_REQUIRED", actions.create_user, "a", " ").field == "name"
    assert refused("PASSWORD_WEAK", actions.create_user, "a", "甲", password="123").field == "password"
    assert refused("PHONE_FORMAT", actions.create_user, "a", "甲", phone="1").field == "phone"
    assert refused("EMAIL_FORMAT", actions.create_user, "a", "甲", email="x").field == "email"
    assert User.objects.count() == 1


def test_changing_a_user(db: None) -> None:
    user = actions.create_user("zhoumin", "周敏", password="Tulip-Lake-2026")
    actions.set_password(user, "Other-Lake-2027")
    assert User.objects.get(pk=user.pk).check_password("Other-Lake-2027")
    refused("PASSWORD_WEAK", actions.set_password, user, "12345678")
    actions.change_user(user, name="周敏敏", phone="", email="m@example.com")
    kept = User.objects.get(pk=user.pk)
    assert (kept.name, kept.phone, kept.email) == ("周敏敏", "", "m@example.com")


def test_posts_are_given_once_and_again_after_their_end(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    assert actions.give_post(user, "technician", office=offices.garden) == Post.objects.get()
    refused("ROLE_UNKNOWN", actions.give_post, user, "king", office=offices.garden)
    refused("POST_SCOPE", actions.give_post, user, "technician")
    refused(
        "DATE_ORDER",
        actions.give_post,
        user,
        "cashier",
        office=offices.garden,
        since=date(2026, 2, 1),
        until=date(2026, 2, 1),
    )
    post = actions.end_post(Post.objects.get(), date(2026, 3, 1))
    refused("POST_ENDED", actions.end_post, post, date(2026, 4, 1))
    actions.give_post(user, "technician", office=offices.garden, since=date(2026, 5, 1))
    assert Post.objects.filter(user=user).count() == 2
    later = Post.objects.get(since=date(2026, 5, 1))
    refused("DATE_ORDER", actions.end_post, later, date(2026, 4, 1))
    centre = person("乙", "quality", company=offices.company)
    actions.give_post(centre, "quality", company=offices.company)
    assert Post.objects.filter(user=centre).count() == 1


def test_departments_are_named_once(offices: Offices) -> None:
    actions.create_department(offices.garden, "eng", "工程组")
    refused("DEPARTMENT_TAKEN", actions.create_department, offices.garden, "eng", "工程组")
    refused("FIELD_REQUIRED", actions.create_department, offices.garden, "", "工程组")
    actions.create_department(offices.plaza, "eng", "工程组")


def test_skills_are_set_as_a_whole(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    actions.set_skills(user, ["水", "电", "水", " "])
    actions.set_skills(user, ["电", "锁"])
    assert set(user.skills.values_list("key", flat=True)) == {"电", "锁"}


def test_shifts_that_do_not_fit(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    on_shift(user, offices.garden, begins=NOON)
    add = actions.add_shift
    refused("SHIFT_ORDER", add, offices.garden, user, "早班", NOON, NOON)
    refused("SHIFT_TOO_LONG", add, offices.garden, user, "早班", NOON + 10 * HOUR, NOON + 47 * HOUR)
    refused("SHIFT_OVERLAP", add, offices.garden, user, "晚班", NOON + 7 * HOUR, NOON + 9 * HOUR)
    refused("NOT_A_MEMBER", add, offices.plaza, user, "晚班", NOON + 9 * HOUR, NOON + 12 * HOUR)
    add(offices.garden, user, "晚班", NOON + 8 * HOUR, NOON + 9 * HOUR)
    with pytest.raises(ValueError, match="naive"):
        add(offices.garden, user, "晚班", NOON.replace(tzinfo=None), NOON)


def test_a_shift_of_another_office_is_not_removed(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    on_shift(user, offices.garden)
    shift = Shift.objects.get()
    refused("NOT_FOUND", actions.remove_shift, offices.plaza, shift.pk)
    actions.remove_shift(offices.garden, shift.pk)
    assert not Shift.objects.exists()


def test_absences_end_early_or_never_begin(offices: Offices) -> None:
    user = person("甲", "technician", offices.garden)
    refused("SHIFT_ORDER", actions.add_absence, user, NOON, NOON - HOUR, "病假")
    refused("FIELD_REQUIRED", actions.add_absence, user, NOON, NOON + HOUR, " ")
    absence = actions.add_absence(user, NOON, NOON + 8 * HOUR, "病假")
    actions.end_absence(absence, NOON + 2 * HOUR)
    assert Absence.objects.get().ends_at == NOON + 2 * HOUR
    actions.end_absence(absence, NOON + 5 * HOUR)
    assert Absence.objects.get().ends_at == NOON + 2 * HOUR, "an end is not put off"
    actions.end_absence(absence, NOON)
    assert not Absence.objects.exists()
