"""Callers of the API on the stage of the scenario cards, at a time that the test sets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.stage import BEGINS

from guanjia.api.actions import issue_token
from guanjia.estate.models import Office
from guanjia.ops.cards.stage import Stage
from guanjia.staff.models import User

BASE = "/api/v1"


class Clock:
    """The wall clock of a test."""

    def __init__(self) -> None:
        self.now = BEGINS

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        """`clock.on(minutes=5)`"""
        self.now += timedelta(**span)


class Caller:
    """A program with a key. `get` and `post` answer the JSON and check the status."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def request(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        """The response as Django's test client gives it."""
        headers = {"Idempotency-Key": key} if key else {}
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method.lower())(f"{BASE}{path}", headers=headers, **more)

    def get(self, path: str, *, status: int = 200) -> Any:
        return self._json(self.request("get", path), status)

    def post(self, path: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
        return self._json(self.request("post", path, body, key=key), status)

    def act(self, number: str, action: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        """Do an action of a case."""
        body = {"data": data or {}} | ({"at": more.pop("at")} if "at" in more else {})
        return self.post(f"/cases/{number}/actions/{action}", body, **more)

    def _json(self, response: Any, status: int) -> Any:
        assert response.status_code == status, response.content.decode()
        return response.json()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock; it stands still unless it is moved."""
    made = Clock()
    monkeypatch.setattr("guanjia.clock.now", made)
    return made


def caller_for(user: User, office: Office | None = None) -> Caller:
    """A caller with a new key of the user, in one office or in all of his."""
    _token, secret = issue_token(user, label="测试", at=BEGINS, office=office)
    return Caller(secret)


@pytest.fixture
def caller(stage: Stage, clock: Clock) -> Callable[[str], Caller]:
    """`caller("cashier")`: a caller by role, or by name."""
    known: dict[str, Caller] = {}

    def find(who: str) -> Caller:
        if who not in known:
            known[who] = caller_for(stage.person(who))
        return known[who]

    return find
