"""What runs on a machine, where it is found, and who may try it."""

from __future__ import annotations

import socket

import pytest
from pytest_django import Settings

from guanjia.config.demo import demo_hash
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ops import group
from guanjia.staff.models import Post, Role, User


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port on which this process listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        yield port  # type: ignore[misc]


def test_a_port_in_use_names_another_one(taken: int) -> None:
    with pytest.raises(Problem) as caught:
        group.require_free_port()
    assert caught.value.code == "PORT_IN_USE"
    assert f"端口 {taken} " in caught.value.message and f"PORT={taken + 1} make run" in caught.value.hint


def test_a_free_port_is_free(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORT", str(server.getsockname()[1]))
    group.require_free_port()


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("GUANJIA_BIND", "192.0.2.1")])
def test_what_cannot_be_listened_on(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """192.0.2.1 is reserved for documents: no machine has it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(Problem) as caught:
        group.require_free_port()
    assert caught.value.code == "PORT_REFUSED"


def test_the_parts_of_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    names = [part.name for part in group.parts()]
    assert set(names) <= set(group.NAMES) and {"web", "worker"} <= set(names)
    (web,) = group.parts(("web",))
    assert "8123" in web.argv and "guanjia.config.wsgi:application" in web.argv
    assert [part.name for part in group.parts(("worker",))] == ["worker"]


@pytest.mark.parametrize(
    ("bind", "shown"), [("0.0.0.0", "localhost"), ("127.0.0.1", "localhost"), ("192.0.2.7", "192.0.2.7")]
)
def test_the_address(monkeypatch: pytest.MonkeyPatch, bind: str, shown: str) -> None:
    monkeypatch.setenv("GUANJIA_BIND", bind)
    monkeypatch.setenv("PORT", "8123")
    assert group.address() == f"http://{shown}:8123/"


def test_the_address_of_a_production(settings: Settings) -> None:
    settings.PRODUCTION, settings.ORIGIN = True, "https://kf.example.com"
    assert group.address() == "https://kf.example.com/"


def test_nothing_answers_on_a_port_that_nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("PORT", str(server.getsockname()[1]))
    assert not group.is_up()


@pytest.mark.django_db(transaction=True)
def test_it_is_up_when_the_health_page_answers(monkeypatch: pytest.MonkeyPatch, live_server: object) -> None:
    monkeypatch.setenv("PORT", live_server.url.rsplit(":", 1)[1])  # type: ignore[attr-defined]
    assert group.is_up()


@pytest.mark.django_db
def test_one_demo_user_a_role_in_the_order_of_roles(office: Office, settings: Settings) -> None:
    def demo_user(name: str, role: Role, **columns: object) -> None:
        user = User.objects.create(username=name, name=name, **{"password": demo_hash(), **columns})
        Post.objects.create(user=user, company=office.company, office=office, role=role)

    demo_user("tech", Role.TECHNICIAN)
    demo_user("desk", Role.RECEPTIONIST)
    demo_user("desk2", Role.RECEPTIONIST)
    demo_user("gone", Role.CASHIER, is_active=False)
    demo_user("own", Role.DIRECTOR, password="!")
    logins = group.demo_logins()
    assert [(login.username, login.role) for login in logins] == [("desk", "客服助理"), ("tech", "维修人员")]
