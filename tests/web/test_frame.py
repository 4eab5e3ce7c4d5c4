"""Sign-in, offices, start pages, refusals: what nobody may see, nobody sees."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.staff.models import Post, Role
from guanjia.web import office as offices
from guanjia.web import shell


@pytest.fixture
def company(db):
    return Company.objects.create(name="翠湖物业", short="翠湖")


@pytest.fixture
def two(company):
    make = Office.objects.create
    return [make(company=company, code=code, name=f"{code}管理处", estate_name=code) for code in ("a", "b")]


@pytest.fixture
def user(company):
    return get_user_model().objects.create_user(
        username="zhoumin", password="a long pass phrase", name="周敏"
    )


def post(user, office, role=Role.RECEPTIONIST, **dates):
    return Post.objects.create(user=user, company=office.company, office=office, role=role, **dates)


class TestOffices:
    def test_nobody_without_a_post(self, client, user, two):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.get("/")
        assert answer.status_code == 403
        assert "还没有在任何管理处任职" in answer.content.decode()

    def test_the_choice_of_an_office_lasts_only_as_long_as_the_post(self, client, user, two):
        post(user, two[0])
        second = post(user, two[1])
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        client.post(reverse("switch-office"), {"office": "b"})
        assert client.session["office"] == "b"
        second.delete()
        request = type("R", (), {"user": user, "session": client.session})()
        assert offices.current_office(request) == two[0]

    def test_choosing_somebody_elses_office_answers_404(self, client, user, two):
        post(user, two[0])
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        answer = client.post(reverse("switch-office"), {"office": "b"})
        assert answer.status_code == 404
        assert client.session.get("office") is None

    def test_current_office_names_the_problem(self, user, db):
        request = type("R", (), {"user": user, "session": {}})()
        with pytest.raises(Problem) as caught:
            offices.current_office(request)
        assert (caught.value.code, caught.value.status) == ("NO_OFFICE", 403)


class TestSignIn:
    def test_every_page_asks_for_it(self, client, db):
        for name in ("home", "parts"):
            answer = client.get(reverse(name))
            assert answer.status_code == 302
            assert answer["Location"].startswith("/login/?next=")

    def test_a_part_of_a_page_sends_the_whole_page_there(self, client, db):
        answer = client.get(
            reverse("login"),
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/parts/?a=1&b=2"},
        )
        assert answer["HX-Redirect"] == "/login/?next=%2Fparts%2F%3Fa%3D1%26b%3D2"

    def test_a_form_whose_session_ran_out_comes_back_to_its_own_page(self, client, db):
        came = {"Referer": "http://testserver/cases/new/help/?kind=medical"}
        answer = client.post(reverse("desk-register"), {"line": "x"}, headers=came)
        assert answer["Location"] == "/login/?next=/cases/new/help/%3Fkind%3Dmedical"
        strange = client.post(reverse("desk-register"), headers={"Referer": "http://elsewhere.example/desk/"})
        assert strange["Location"] == "/login/?next=/"

    def test_too_many_wrong_passwords(self, client, user, settings):
        for _attempt in range(settings.AXES_FAILURE_LIMIT):
            answer = client.post("/login/", {"username": "zhoumin", "password": "wrong"})
        assert answer.status_code == 429
        assert "请等15分钟再试" in answer.content.decode()
        again = client.post("/login/", {"username": "zhoumin", "password": "a long pass phrase"})
        assert again.status_code == 429, "the right password does not open it either"

    def test_next_never_leaves_the_site(self, client, user, two):
        post(user, two[0])
        answer = client.post(
            "/login/",
            {"username": "zhoumin", "password": "a long pass phrase", "next": "https://evil.example/"},
        )
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]

    def test_signing_out_is_a_post(self, client, user):
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert client.get("/logout/").status_code == 405
        assert client.post("/logout/")["Location"] == "/login/"


class TestStart:
    def test_the_first_role_in_order_decides(self, monkeypatch):
        monkeypatch.setattr(shell, "address", lambda name: f"/{name}/")
        assert shell.home_of(frozenset({Role.RECEPTIONIST})) == "/desk/"
        assert shell.home_of(frozenset({Role.TECHNICIAN})) == "/field/"
        assert shell.home_of(frozenset({Role.FINANCE})) == "/cashier/"
        assert shell.home_of(frozenset({Role.DIRECTOR, Role.TECHNICIAN})) == "/director/"

    def test_every_role_starts_somewhere(self):
        assert {role for role, _name in shell.HOMES} == set(Role)

    def test_the_rail_shows_only_what_the_roles_open(self, monkeypatch, two, user, rf):
        monkeypatch.setattr(shell, "address", lambda name: f"/{name}/")
        request = rf.get("/")
        request.user, request.office, request.now = user, two[0], offices.now()
        request.roles = frozenset({Role.TECHNICIAN})
        assert [entry.href for entry in shell.entries(request, "field")] == ["/field/", "/manuals/"]
        assert [entry.current for entry in shell.entries(request, "field")] == [True, False]


class TestRefusals:
    @pytest.fixture
    def signed_in(self, client, user, two, settings):
        settings.SANDBOX = True
        post(user, two[0])
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    def test_the_parts_page_is_for_sandboxes(self, signed_in, settings):
        assert signed_in.get("/parts/").status_code == 200
        settings.SANDBOX = False
        answer = signed_in.get("/parts/")
        assert answer.status_code == 404
        assert "没有这一页" in answer.content.decode()

    def test_a_problem_is_a_page_with_its_code_and_clause(self, signed_in):
        answer = signed_in.post("/parts/act/", {"work": "refuse"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "FIELD_INVALID" in text and "4.1(3)" in text

    def test_a_problem_in_a_part_goes_to_the_trouble_area(self, signed_in):
        answer = signed_in.post("/parts/act/", {"work": "refuse"}, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert answer["HX-Retarget"] == "#trouble"
        assert "<html" not in answer.content.decode()

    def test_unknown_addresses_and_forged_forms_say_what_to_do(self, user, settings):
        client = Client(enforce_csrf_checks=True)
        assert "请从首页" in client.get("/nowhere/").content.decode()
        answer = client.post("/login/", {"username": "x", "password": "y"})
        assert answer.status_code == 403
        assert "刷新后再提交" in answer.content.decode()

    def test_a_crash_says_that_nothing_was_written(self, client, monkeypatch, user, two):
        client.raise_request_exception = False
        post(user, two[0])
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        monkeypatch.setattr(offices, "now", lambda: 1 / 0)
        answer = client.get("/")
        assert answer.status_code == 500
        assert "什么都没有写进去" in answer.content.decode()

    def test_a_done_word_survives_the_redirect(self, signed_in):
        answer = signed_in.post("/parts/act/", {"work": "fine"}, follow=True)
        text = answer.content.decode()
        assert "已记下。" in text and "data-toast" in text and "/parts/act/" in text


def test_pages_carry_a_strict_policy(client, db):
    policy = client.get("/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("role", list(Role))
def test_the_search_of_the_bar_leads_where_the_role_may_go(client, user, two, role):
    post(user, two[0], role)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/manuals/").content.decode()
    found = re.search(r'<form class="find" role="search" action="([^"]+)">(.*?)</form>', page, re.S)
    assert (found is None) == (role in shell.FIELD_ROLES)
    if found:
        assert client.get(found[1], {"q": "3-2-1502", "scope": "all"}).status_code == 200
