"""Keys of programs: shown once, kept as a hash, within the posts of their user, over when they are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guanjia.api.actions import PREFIX, issue_token, revoke_token
from guanjia.api.models import ApiToken
from guanjia.api.queries import token_of, tokens
from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.staff.models import Post, Role, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 24, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def offices() -> list[Office]:
    company = Company.objects.create(name="翠湖物业", short="翠湖")
    return [
        Office.objects.create(company=company, code=code, name=code, estate_name=code) for code in ("a", "b")
    ]


@pytest.fixture
def user(offices: list[Office]) -> User:
    user = User.objects.create(username="phone", name="电话系统")
    Post.objects.create(user=user, company=offices[0].company, office=offices[0], role=Role.RECEPTIONIST)
    return user


def code(call: object) -> str:
    with pytest.raises(Problem) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


def test_the_secret_is_not_kept(user: User) -> None:
    token, secret = issue_token(user, label=" 电话系统 ", at=NOW)
    assert secret.startswith(PREFIX) and len(secret) > 40
    row = ApiToken.objects.values().get(pk=token.pk)
    assert row["label"] == "电话系统"
    assert secret not in str(row) and secret.removeprefix(PREFIX) not in str(row)
    assert token_of(secret, NOW) == token


def test_two_keys_differ(user: User) -> None:
    assert issue_token(user, label="x", at=NOW)[1] != issue_token(user, label="x", at=NOW)[1]


def test_it_ends_with_its_days(user: User) -> None:
    _, secret = issue_token(user, label="x", at=NOW, days=1)
    assert token_of(secret, NOW + DAY - INSTANT)
    assert code(lambda: token_of(secret, NOW + DAY)) == "TOKEN_INVALID"


def test_it_ends_when_revoked(user: User) -> None:
    token, secret = issue_token(user, label="x", at=NOW)
    _, other = issue_token(user, label="y", at=NOW)
    assert revoke_token(token.pk, at=NOW).revoked_at == NOW
    assert revoke_token(token.pk, at=NOW + DAY).revoked_at == NOW, "the first time counts"
    assert code(lambda: token_of(secret, NOW)) == "TOKEN_INVALID"
    assert token_of(other, NOW)


def test_it_ends_with_its_user(user: User) -> None:
    _, secret = issue_token(user, label="x", at=NOW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert code(lambda: token_of(secret, NOW)) == "TOKEN_INVALID"


@pytest.mark.parametrize("secret", ["", PREFIX, "gj_wrong"])
def test_a_wrong_secret(user: User, secret: str) -> None:
    issue_token(user, label="x", at=NOW)
    with pytest.raises(Problem) as caught:
        token_of(secret, NOW)
    assert (caught.value.code, caught.value.status) == ("TOKEN_INVALID", 401)


def test_only_in_an_office_of_the_user(user: User, offices: list[Office]) -> None:
    token, _ = issue_token(user, label="x", at=NOW, office=offices[0])
    assert token.office == offices[0]
    assert code(lambda: issue_token(user, label="x", at=NOW, office=offices[1])) == "TOKEN_OFFICE"


def test_what_is_asked_for_must_make_sense(user: User) -> None:
    assert code(lambda: issue_token(user, label="  ", at=NOW)) == "TOKEN_LABEL"
    assert code(lambda: issue_token(user, label="x", at=NOW, days=0)) == "TOKEN_DAYS"
    assert code(lambda: revoke_token(404, at=NOW)) == "TOKEN_UNKNOWN"
    assert not tokens().exists()
