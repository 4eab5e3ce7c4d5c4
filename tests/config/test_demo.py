"""The demo's password is one hash, and signing in with it leaves it as it is."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from pytest_django import Settings

from guanjia.config.demo import DEMO_PASSWORD, demo_hash


def test_it_signs_in_and_is_not_hashed_anew(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    anew: list[str] = []
    assert check_password(DEMO_PASSWORD, demo_hash(), setter=anew.append)
    assert anew == []
    assert not check_password("another", demo_hash())


def test_it_is_the_same_in_every_process() -> None:
    demo_hash.cache_clear()
    first = demo_hash()
    demo_hash.cache_clear()
    assert demo_hash() == first
