"""Administration: who may change what, what is written, what stays when something is wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.estate import actions as estate
from guanjia.staff import actions as staff
from guanjia.staff.models import Absence, Post, Role, Shift, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: BEGINS)


@pytest.fixture
def browser(stage):
    """`browser("director")`: somebody of the office, signed in."""

    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def body(response) -> str:
    return response.content.decode()


def post(client: Client, page: str, /, *args: object, **data: object):
    return client.post(reverse(page, args=args), data)


def get(client: Client, page: str, /, *args: object, **data: object):
    return client.get(reverse(page, args=args), data)


# ---------------------------------------------------------------- who may see what


@pytest.mark.parametrize(
    ("who", "first", "closed"),
    [
        ("administrator", "settings-people", ["settings-items", "settings-suppliers"]),
        ("director", "settings-people", ["settings-keys", "settings-person-new", "settings-people-export"]),
        ("cs_supervisor", "settings-people", ["settings-keys", "settings-hours", "settings-access"]),
        ("eng_supervisor", "settings-people", ["settings-households", "settings-items", "settings-outbox"]),
    ],
)
def test_each_role_starts_where_it_may_and_no_further(browser, who, first, closed):
    client = browser(who)
    assert get(client, "settings")["Location"] == reverse(first)
    said = body(get(client, first))
    for name in closed:
        args = ["csv"] if name.endswith("export") else []
        assert get(client, name, *args).status_code == 403
        assert f'href="{reverse(name, args=args)}"' not in said


@pytest.mark.parametrize("who", ["receptionist", "technician", "cashier", "finance", "quality"])
def test_others_have_no_settings(browser, who):
    assert get(browser(who), "settings").status_code == 403
    assert get(browser(who), "settings-people").status_code == 403


# ---------------------------------------------------------------- people


def test_hiring_gives_an_account_and_a_post_or_nothing(browser, stage):
    client = browser("administrator")
    data = {"name": "孙丽", "username": "sunli", "phone": "13900001111", "role": "receptionist"}
    weak = post(client, "settings-person-new", **data, password="1234")
    assert weak.status_code == 422 and 'value="孙丽"' in body(weak)
    assert not User.objects.filter(username="sunli").exists()
    nothing = post(client, "settings-person-new", **data | {"role": "king"}, password="a long pass phrase")
    assert nothing.status_code == 422
    assert not User.objects.filter(username="sunli").exists()
    done = post(client, "settings-person-new", **data, password="a long pass phrase")
    user = User.objects.get(username="sunli")
    assert done["Location"] == reverse("settings-person", args=[user.pk])
    assert user.check_password("a long pass phrase")
    assert user.posts.get().office == stage.office


def test_an_account_without_a_post_waits_for_its_first_one(browser, stage):
    client, waiting = browser("administrator"), staff.create_user("waiting", "待岗人")
    root = User.objects.create_superuser("root", password="a long pass phrase", name="机器管理员")
    said = body(get(client, "settings-people"))
    assert "待岗人" in said and "机器管理员" not in said
    assert get(client, "settings-person", root.pk).status_code == 404
    assert "在下面给第一个岗位" in body(get(client, "settings-person", waiting.pk))
    assert post(client, "settings-person-change", waiting.pk, "give", role="cashier").status_code == 302
    assert waiting.posts.get().office == stage.office
    assert "待岗人" in body(get(browser("cs_supervisor"), "settings-people"))


def test_with_a_second_company_nobody_without_a_post_is_shown(browser, stage):
    """Whose he is, nothing says: only the company that gives the post may know of an account."""
    waiting = staff.create_user("waiting", "待岗人")
    estate.create_company("别的物业", "别的")
    client = browser("administrator")
    assert "待岗人" not in body(get(client, "settings-people"))
    assert get(client, "settings-person", waiting.pk).status_code == 404
    assert post(client, "settings-person-change", waiting.pk, "give", role="cashier").status_code == 404
    assert not waiting.posts.exists()


def test_posts_begin_and_end_and_are_kept(browser, stage):
    client, user = browser("administrator"), stage.person("receptionist")
    post(client, "settings-person-change", user.pk, "give", role="cashier", since="2026-03-24")
    given = user.posts.get(role="cashier")
    post(client, "settings-person-change", user.pk, "end", post=given.pk, until="2026-04-01")
    given.refresh_from_db()
    assert str(given.until) == "2026-04-01"
    again = post(client, "settings-person-change", user.pk, "end", post=given.pk, until="2026-05-01")
    assert again.status_code == 422
    assert "2026-04-01" in body(get(client, "settings-person", user.pk))
    other = stage.person("technician").posts.get()
    assert post(client, "settings-person-change", user.pk, "end", post=other.pk).status_code == 404


def test_a_new_password_ends_the_sessions_of_its_user(browser, stage):
    user = stage.person("receptionist")
    theirs = browser("receptionist")
    assert get(theirs, "inbox").status_code == 200
    client = browser("administrator")
    assert post(client, "settings-person-change", user.pk, "password", password="123").status_code == 422
    assert get(theirs, "inbox").status_code == 200
    post(client, "settings-person-change", user.pk, "password", password="another long phrase")
    assert get(theirs, "inbox").status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long phrase")


def test_a_closed_account_cannot_sign_in_and_can_be_opened(browser, stage):
    client, user = browser("administrator"), stage.person("receptionist")
    post(client, "settings-person-change", user.pk, "close")
    user.refresh_from_db()
    assert not user.is_active
    assert "停用" in body(get(client, "settings-people"))
    post(client, "settings-person-change", user.pk, "open")
    user.refresh_from_db()
    assert user.is_active
    me = stage.person("administrator")
    assert post(client, "settings-person-change", me.pk, "close").status_code == 422


def test_an_account_that_opens_another_office_is_not_this_office_s_to_take_over(browser, stage):
    user = stage.person("receptionist")
    company = stage.office.company
    for elsewhere in (
        {"company": company, "role": Role.QUALITY},
        {"company": company, "role": Role.ADMINISTRATOR},
    ):
        given = Post.objects.create(user=user, **elsewhere)
        for what in ("password", "close", "details"):
            response = post(
                browser("administrator"),
                "settings-person-change",
                user.pk,
                what,
                password="another long phrase",
            )
            assert response.status_code == 403, what
        given.delete()
    assert post(browser("administrator"), "settings-person-change", user.pk, "close").status_code == 302


def test_skills_are_the_supervisors_to_keep_and_accounts_are_not(browser, stage):
    client, user = browser("eng_supervisor"), stage.person("technician")
    post(client, "settings-person-change", user.pk, "skills", skills="水 电、锁")
    assert {skill.key for skill in user.skills.all()} == {"水", "电", "锁"}
    for what in ("password", "close", "give", "end", "details"):
        assert post(client, "settings-person-change", user.pk, what).status_code == 403
    assert post(client, "settings-person-change", user.pk, "nonsense").status_code == 404


def test_people_are_found_and_exported(browser):
    client = browser("administrator")
    said = body(get(client, "settings-people", q="周敏"))
    assert "周敏" in said and "何静" not in said
    assert "没有和" in body(get(client, "settings-people", q="没有这个人"))
    text = b"".join(get(client, "settings-people-export", "csv")).decode("utf-8-sig")
    assert text.startswith("姓名,") and "客服助理" in text


# ---------------------------------------------------------------- shifts


def test_a_stretch_of_shifts_is_all_or_none(browser, stage):
    client, user = browser("cs_supervisor"), stage.person("receptionist")
    data = {
        "user": user.pk,
        "label": "晚班",
        "first": "2026-03-23",
        "last": "2026-03-29",
        "begins": "22:00",
        "ends": "06:00",
    }
    assert post(client, "settings-shift-add", **data).status_code == 302
    assert Shift.objects.count() == 7
    assert {one.ends_at - one.begins_at for one in Shift.objects.all()} == {timedelta(hours=8)}
    clash = post(client, "settings-shift-add", **data | {"first": "2026-03-20"})
    assert clash.status_code == 422 and "已有班" in body(clash)
    assert Shift.objects.count() == 7
    said = body(get(client, "settings-shifts", **{"from": "2026-03-25"}))
    assert said.count('<span class="noauto">22:00–06:00') == 7
    one = Shift.objects.first()
    assert post(client, "settings-shift-remove", one.pk).status_code == 302
    assert post(client, "settings-shift-remove", one.pk).status_code == 404


def test_who_is_on_duty_and_who_is_away(browser, stage):
    client, user = browser("director"), stage.person("technician")
    staff.add_shift(stage.office, user, "早班", BEGINS - timedelta(hours=1), BEGINS + timedelta(hours=7))
    on = "现在当班：" + user.name
    assert on in body(get(client, "settings-shifts")).replace("</span>", "")
    data = {"user": user.pk, "begins_at": "2026-03-24T08:00", "ends_at": "2026-03-25T18:00", "reason": "病假"}
    assert post(client, "settings-absence-add", **data | {"reason": " "}).status_code == 422
    assert post(client, "settings-absence-add", **data).status_code == 302
    said = body(get(client, "settings-shifts"))
    assert on not in said and "病假" in said
    assert post(client, "settings-absence-end", Absence.objects.get().pk).status_code == 302
    assert on in body(get(client, "settings-shifts"))


# ---------------------------------------------------------------- hours


WEEK = {f"weekly-{day}": "08:30-12:00 14:00-17:30" for day in ("mon", "tue", "wed", "thu", "fri")}


def test_hours_are_saved_as_the_next_version(browser, stage):
    client = browser("director")
    special = {"special_days": "2026-03-25 关\n2026-03-28 09:00-11:00", "coverage_end": "2026-12-31"}
    assert post(client, "settings-calendar", "office", rule="china", **WEEK, **special).status_code == 302
    saved = adoption.calendar_of(stage.office, "office")
    assert [window.text() for window in saved.weekly[0]] == ["08:30–12:00", "14:00–17:30"]
    said = body(get(client, "settings-calendar", "office"))
    assert (
        'value="08:30-12:00 14:00-17:30"' in said
        and "2026-03-28 09:00-11:00" in said
        and "2026-12-31" in said
    )
    post(client, "settings-calendar", "office", rule="weekdays", days=["mon", "sat"], **WEEK)
    again = adoption.calendar_of(stage.office, "office")
    assert again.version == 2 and not again.china and again.weekdays == frozenset({0, 5})
    assert adoption.calendar_of(stage.office, "office", 1).china, "the first version stays"


@pytest.mark.parametrize(
    ("wrong", "where", "says"),
    [
        ({"weekly-mon": "9点到12点"}, "w-mon-e", "不是时段"),
        ({"weekly-tue": "09:00-12:00 11:00-13:00"}, "w-tue-e", "重叠"),
        ({f"weekly-{day}": "" for day in ("mon", "tue", "wed", "thu", "fri")}, "", "没有任何开放时间"),
        ({"special_days": "三月底 关"}, "f-special_days", "不是日期"),
        ({"coverage_end": "2026-13-01"}, "f-coverage_end", "不是日期"),
    ],
)
def test_hours_that_make_no_calendar_are_said_where_they_stand(browser, stage, wrong, where, says):
    response = post(browser("administrator"), "settings-calendar", "office", rule="china", **WEEK | wrong)
    assert response.status_code == 422
    assert says in body(response) and where in body(response)
    assert not adoption.calendars(stage.office)
