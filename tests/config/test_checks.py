"""An unsafe production configuration is refused, each fault under its number with the mend."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from guanjia.config import checks
from guanjia.config.demo import demo_hash
from guanjia.staff.models import User

SAFE_KEY = "k" * 50


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A configuration in which nothing is wrong."""
    settings.PRODUCTION = True
    settings.SANDBOX = False
    settings.ALLOWED_HOSTS = ["kf.example.com"]
    settings.ORIGIN = "https://kf.example.com"
    monkeypatch.setenv("GUANJIA_SECRET_KEY", SAFE_KEY)
    monkeypatch.setenv("GUANJIA_HOME", "/var/lib/guanjia")
    monkeypatch.setattr(checks.connections["default"], "vendor", "postgresql")
    return settings


def ids(messages: list[CheckMessage]) -> list[str]:
    assert all(message.hint for message in messages), "every message says the mend"
    return [str(message.id).removeprefix("guanjia.") for message in messages]


def test_a_safe_production_passes(production: Settings) -> None:
    assert ids(checks.production_settings()) == []


def test_nothing_is_asked_outside_production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRODUCTION, settings.SANDBOX, settings.ALLOWED_HOSTS, settings.ORIGIN = False, True, ["*"], ""
    monkeypatch.setenv("GUANJIA_SECRET_KEY", "")
    assert checks.production_settings() == []


@pytest.mark.parametrize("key", ["", "short", "k" * 49])
def test_the_key(production: Settings, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("GUANJIA_SECRET_KEY", key)
    assert ids(checks.production_settings()) == ["E001"]


@pytest.mark.parametrize(
    ("hosts", "found"),
    [
        (["*"], ["E002"]),
        (["kf.example.com", "*"], ["E002"]),
        (["localhost", "127.0.0.1", "[::1]"], ["E003", "E005"]),
        (["localhost", "kf.example.com"], []),
        ([".example.com"], []),
        ([".ample.com"], ["E005"]),
    ],
)
def test_the_hosts(production: Settings, hosts: list[str], found: list[str]) -> None:
    production.ALLOWED_HOSTS = hosts
    assert ids(checks.production_settings()) == found


@pytest.mark.parametrize(
    ("origin", "found"),
    [
        ("", ["E004"]),
        ("http://kf.example.com", ["E004"]),
        ("https://kf.example.com/app", ["E004"]),
        ("kf.example.com", ["E004"]),
        ("https://other.example.com", ["E005"]),
        ("https://kf.example.com:8443", []),
    ],
)
def test_the_origin(production: Settings, origin: str, found: list[str]) -> None:
    production.ORIGIN = origin
    assert ids(checks.production_settings()) == found


def test_the_sandbox(production: Settings) -> None:
    production.SANDBOX = True
    assert ids(checks.production_settings()) == ["E006"]


def test_cautions_about_the_data(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks.connections["default"], "vendor", "sqlite")
    monkeypatch.setenv("GUANJIA_HOME", "var")
    found = checks.production_settings()
    assert ids(found) == ["W101", "W102"]
    assert not any(message.is_serious() for message in found)


@pytest.mark.django_db
def test_demo_passwords(production: Settings) -> None:
    everyone: Callable[[], list[str]] = lambda: ids(checks.demo_passwords(databases=["default"]))  # noqa: E731
    user = User.objects.create(username="demo", name="演示", password=demo_hash())
    assert everyone() == ["E007"]
    production.PRODUCTION = False
    assert everyone() == []
    production.PRODUCTION = True
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert everyone() == []
    user.is_active = True
    user.set_password("a pass phrase of their own")
    user.save()
    assert everyone() == []


@pytest.mark.django_db
def test_the_check_of_passwords_needs_a_database(production: Settings) -> None:
    User.objects.create(username="demo", name="演示", password=demo_hash())
    assert checks.demo_passwords() == []


@pytest.mark.django_db
def test_the_web_server_refuses_what_is_unsafe(production: Settings) -> None:
    checks.refuse_unsafe()
    production.SANDBOX = True
    with pytest.raises(ImproperlyConfigured, match="guanjia.E006 .*去掉 GUANJIA_SANDBOX"):
        checks.refuse_unsafe()
    production.PRODUCTION = False
    checks.refuse_unsafe()


def test_missing_front_end_packages(settings: Settings, tmp_path: object) -> None:
    assert ids(checks.front_end_files()) == []
    settings.PACKAGE = tmp_path
    assert ids(checks.front_end_files()) == ["W103"]
