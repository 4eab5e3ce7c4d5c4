"""Two requests under one key at the same moment: one case, one event, and both callers are told the same."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from tests.api.conftest import Caller, Clock, caller_for
from tests.api.repair import CALL

from guanjia.cases.models import Case, Event
from guanjia.ops.cards.stage import Stage

AT_ONCE = 4


def together(send: Callable[[], Any]) -> list[Any]:
    """The answers to a request that several threads send at the same moment."""
    barrier = Barrier(AT_ONCE)

    def one(_number: int) -> Any:
        try:
            barrier.wait(timeout=20)
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


@pytest.fixture
def secret(transactional_db: None, stage: Stage, clock: Clock) -> str:
    return caller_for(stage.person("receptionist")).secret


def test_a_case_is_opened_once(secret: str) -> None:
    answers = together(lambda: Caller(secret).request("post", "/offices/card/cases", CALL, key="k"))
    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotent-Replay" in answer for answer in answers) == AT_ONCE - 1
    assert (Case.objects.count(), Event.objects.count()) == (1, 1)


def test_numbers_without_a_gap(secret: str) -> None:
    """Requests that are no repeats get a number each, and none is lost."""
    answers = together(lambda: Caller(secret).request("post", "/offices/card/cases", CALL))
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert numbers == [f"BX2603-{number:04}" for number in range(1, AT_ONCE + 1)]


def test_an_action_is_performed_once(secret: str) -> None:
    number = Caller(secret).post("/offices/card/cases", CALL, status=201)["number"]
    body = {"data": {"text": "业户又来电催问"}}
    answers = together(lambda: Caller(secret).request("post", f"/cases/{number}/actions/note", body, key="k"))
    assert [answer.status_code for answer in answers] == [200] * AT_ONCE
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert Event.objects.count() == 2
