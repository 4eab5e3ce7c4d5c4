"""A repeat under one key does nothing twice; another request under it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.api.conftest import Caller, Clock
from tests.api.repair import CALL, play

from guanjia.cases.models import Case, Event
from guanjia.ledger.models import Receipt
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage


def other(**data: Any) -> dict[str, Any]:
    return {**CALL, "data": {**CALL["data"], **data}}  # type: ignore[dict-item]


def test_opening_twice_is_one_case(caller: Callable[[str], Caller], clock: Clock) -> None:
    desk = caller("receptionist")
    first = desk.request("post", "/offices/card/cases", CALL, key="call-1")
    clock.on(minutes=3)
    again = desk.request("post", "/offices/card/cases", CALL, key="call-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotent-Replay" not in first
    assert again["Idempotent-Replay"] == "true"
    assert (Case.objects.count(), Event.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "changed",
    [
        other(matter="另一件事"),
        other(note="带梯子"),
        {**CALL, "category": "log_check"},
        {**CALL, "intake": {"place": "厨房"}},
        {**CALL, "intake": {**CALL["intake"], "urgent": False}},  # type: ignore[dict-item]
        {**CALL, "at": "2026-03-24T10:40+08:00"},
    ],
)
def test_the_same_key_for_another_opening(changed: dict[str, Any], caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    desk.post("/offices/card/cases", CALL, status=201, key="call-1")
    refused = desk.post("/offices/card/cases", changed, status=409, key="call-1")
    assert refused["code"] == "KEY_REUSED"
    assert Case.objects.count() == 1


def test_the_key_of_another_caller_is_another_key(caller: Callable[[str], Caller]) -> None:
    one = caller("receptionist").post("/offices/card/cases", CALL, status=201, key="1")
    two = caller("cs_supervisor").post("/offices/card/cases", CALL, status=201, key="1")
    assert one["number"] != two["number"]


def test_performing_twice_is_one_event(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> None:
    number = play(caller, clock, stage.person("technician").pk, until="book")
    cashier = caller("cashier")
    paid = {"data": {"received": "80.00", "method": "cash"}}
    url = f"/cases/{number}/actions/collect"
    first = cashier.request("post", url, paid, key="till-7")
    caller("eng_supervisor").act(number, "archive", {"volume": "1"})
    again = cashier.request("post", url, paid, key="till-7")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json(), "the same answer, whatever happened since"
    assert again["Idempotent-Replay"] == "true"
    assert first.json()["event"]["results"]["receipt"] == Receipt.objects.get().number
    for changed in (
        {"data": {"received": "79.00", "method": "cash"}},
        {"data": {"received": "80.00", "method": "wechat"}},
        {**paid, "at": "2026-03-24T11:30+08:00"},
    ):
        assert cashier.post(url, changed, status=409, key="till-7")["code"] == "KEY_REUSED"
    refused = cashier.post(f"/cases/{number}/actions/note", {"data": {"text": "x"}}, status=409, key="till-7")
    assert refused["code"] == "KEY_REUSED"


def test_a_repeat_that_says_when_it_happened(caller: Callable[[str], Caller], clock: Clock) -> None:
    """A telephone that was offline sends its own time again, long after."""
    desk = caller("receptionist")
    body = {**CALL, "at": "2026-03-24T10:41:00+08:00"}
    first = desk.post("/offices/card/cases", body, status=201, key="k")
    clock.on(hours=5)
    assert desk.post("/offices/card/cases", body, status=201, key="k") == first


def test_a_refusal_leaves_the_key_free(caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    desk.post("/offices/card/cases", other(unit="99-9-9999"), status=404, key="k")
    assert desk.post("/offices/card/cases", CALL, status=201, key="k")["state"] == "registered"


def test_without_a_key_a_repeat_is_another_case(caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    numbers = {desk.post("/offices/card/cases", CALL, status=201)["number"] for _ in range(2)}
    assert len(numbers) == 2


@pytest.mark.parametrize("key", ["k" * 61, "钥", "a b"])
def test_what_is_no_key(key: str, caller: Callable[[str], Caller]) -> None:
    refused = caller("receptionist").post(
        "/offices/card/cases", CALL, status=422, key=key.encode().decode("latin-1")
    )
    assert (refused["code"], refused["field"]) == ("INPUT_INVALID", "Idempotency-Key")


def test_written_later_by_those_who_may(caller: Callable[[str], Caller], clock: Clock) -> None:
    """`at` is when it happened: deadlines count from it, and the line keeps when it was written."""
    desk = caller("receptionist")
    opened = desk.post("/offices/card/cases", {**CALL, "at": "2026-03-24 09:00"}, status=201)
    event = opened["event"]
    assert (event["at"], event["written_at"]) == ("2026-03-24T01:00:00Z", "2026-03-24T02:42:00Z")
    arrive = Obligation.objects.get(key="arrive")
    assert arrive.due_at is not None
    assert arrive.due_at.isoformat() == "2026-03-24T01:15:00+00:00"


def test_written_later_by_those_who_may_not(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    number = play(caller, clock, stage.person("technician").pk, until="dispatch")
    clock.on(minutes=30)
    refused = caller("technician").act(number, "accept", at="2026-03-24T10:45+08:00", status=403)
    assert (refused["code"], refused["field"]) == ("BACKDATE_FORBIDDEN", "at")
    few_minutes_ago = caller("technician").act(number, "accept", at="2026-03-24T11:10+08:00")
    assert few_minutes_ago["event"]["at"] == "2026-03-24T03:10:00Z"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-03-24T10:50+08:00", "AT_IN_FUTURE"),
        ("下午", "TIME_FORMAT"),
        ("9999-12-31T23:59:59Z", "TIME_FORMAT"),
        ("0001-01-01T00:00:00+14:00", "TIME_FORMAT"),
    ],
)
def test_times_that_cannot_be(at: str, code: str, caller: Callable[[str], Caller]) -> None:
    refused = caller("receptionist").post("/offices/card/cases", {**CALL, "at": at}, status=422)
    assert (refused["code"], refused["field"]) == (code, "at")
