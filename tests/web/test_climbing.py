"""What time alone brings to the company: who finds it on the company's desk, and the rungs that are drawn before."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.engine.crowd import complain, do
from tests.engine.small import at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.advance import advance
from guanjia.engine.offering import view_of
from guanjia.estate import actions as estate
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.staff import actions as staff
from guanjia.staff.models import User
from guanjia.web.case import climbing

pytestmark = pytest.mark.django_db
URL = "/company/complaints/"
ABOVE = [
    ("supervisor_takes_up", "24 09:30"),
    ("head_takes_up", "24 11:30"),
    ("centre_takes_up", "25 11:30"),
    ("vice_president_takes_up", "26 11:30"),
    ("general_manager_takes_up", "27 11:30"),
]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    adoption.forget()
    found = build([read(settings.MANUALS_ROOT / "complaint-handling-8")], {}, at("24 08:00"))
    found.now = at("24 09:00")  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: found.now)  # type: ignore[attr-defined]
    return found


@pytest.fixture
def case(stage: Stage) -> Case:
    return complain(stage, at("24 09:00"), "3-2-1502", "物业费多收了", taker=stage.person("receptionist").pk)


def until(stage: Stage, when: str) -> None:
    stage.now = at(when)  # type: ignore[attr-defined]
    advance(at(when), offices=[stage.office.pk])


def signed(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(user: User) -> str:
    """The part of the company's desk that says what waits for the reader."""
    page = signed(user).get(URL).content.decode()
    return page[page.index('id="ask-h"') :].split("</section>")[0]


def test_the_rungs_ahead_have_the_moments_at_which_they_would_be_reached(stage: Stage, case: Case) -> None:
    found = climbing.ahead(view_of(case, stage.person("director"), at("24 09:00")))
    assert [(one.definition.key, one.begins) for one in found] == [(key, at(when)) for key, when in ABOVE]
    assert all(one.own_figure for one in found[:4])


def test_what_has_been_reached_is_not_ahead(stage: Stage, case: Case) -> None:
    until(stage, "25 11:31")
    case.refresh_from_db()
    found = climbing.ahead(view_of(case, stage.person("director"), at("25 11:31")))
    assert [(one.definition.key, one.begins) for one in found] == [(key, at(when)) for key, when in ABOVE[3:]]


def test_nothing_is_ahead_of_what_somebody_has_in_hand(stage: Stage, case: Case) -> None:
    case = do(stage, case, at("24 09:05"), "hand_over", handler=stage.person("cs_supervisor").pk)
    found = climbing.ahead(view_of(case, stage.person("director"), at("24 09:06")))
    assert [(one.definition.key, one.begins) for one in found[:2]] == [
        ("head_takes_up", at("24 11:05")),
        ("centre_takes_up", at("25 11:05")),
    ], "two hours to contact the household, then the director"


def test_it_waits_for_whom_it_has_reached_and_for_nobody_else(stage: Stage, case: Case) -> None:
    people = [stage.person(role) for role in ("company_centre", "vice_president", "general_manager")]
    for when, reached in (("25 11:29", 0), ("25 11:31", 1), ("26 11:31", 2), ("27 11:31", 3)):
        until(stage, when)
        assert [case.number in asked(user) for user in people] == [n < reached for n in range(3)]
        listed = signed(people[2]).get(URL).content.decode()
        assert (case.number in listed[listed.index('id="esc-h"') :]) is (reached > 0)


def test_the_page_of_reports_says_that_something_waits(stage: Stage, case: Case) -> None:
    client = signed(stage.person("company_centre"))
    assert "等您过问" not in client.get("/director/").content.decode()
    until(stage, "25 11:31")
    assert "有 1 件投诉等您过问" in client.get("/director/").content.decode()
    assert "等您过问" not in signed(stage.person("director")).get("/director/").content.decode()


def test_the_posts_of_another_office_or_company_are_not_asked(stage: Stage, case: Case) -> None:
    until(stage, "27 11:31")
    other = estate.create_office(
        stage.office.company, "other", "清风苑管理处", "清风苑", duty_phone="0755-00000199"
    )
    here, there = staff.create_user("vp-here", "本司副总"), staff.create_user("vp-there", "别处副总")
    staff.give_post(here, "vice_president", company=stage.office.company)
    staff.give_post(there, "vice_president", company=stage.office.company, office=other)
    assert case.number in asked(here)
    assert case.number not in asked(there)
    stranger, company = staff.create_user("vp-far", "外司副总"), estate.create_company("别的物业", "别的")
    estate.create_office(company, "far", "远处管理处", "远处", duty_phone="0755-00000198")
    staff.give_post(stranger, "vice_president", company=company)
    assert case.number not in signed(stranger).get(URL).content.decode()


def test_one_and_three_that_wait_cost_the_same(stage: Stage, case: Case) -> None:
    client = signed(stage.person("general_manager"))

    def spent() -> int:
        client.get(URL)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(URL).status_code == 200
        return len(queries)

    until(stage, "27 11:31")
    one = spent()
    for n, home in enumerate(("3-2-1402", "3-2-1602")):
        complain(stage, at(f"27 12:0{n}"), home, "灯不亮", taker=stage.person("receptionist").pk)
    until(stage, "30 15:00")
    assert asked(stage.person("general_manager")).count("过问报到公司的投诉") == 3
    assert spent() == one
