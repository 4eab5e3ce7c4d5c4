"""Whatever JSON is sent to whichever action in whichever state: an answer, never a fault of the program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.api.conftest import Caller, Clock, caller_for
from tests.api.repair import CALL, ink, play, steps
from tests.stage import BEGINS

from guanjia.adoption import queries as adoption
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
PEOPLE = ("receptionist", "technician", "eng_supervisor", "cashier", "cs_supervisor")
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            " ",
            "13800001234",
            "2026-03-24T11:00+08:00",
            "9999-12-31",
            "80.00",
            "1e9",
            "-1",
            "٣",
            "²",
            "1/0",
            "3-2-1502",
        ]
    ),
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**13), 10**13), st.floats(-1e12, 1e12), TEXTS, st.just(ink())
)
KEYS = st.sampled_from(
    [
        "name",
        "qty",
        "price",
        "unit",
        "how",
        "png",
        "strokes",
        "device",
        "op",
        "phone",
        "items",
        "points",
        "x",
        "y",
        "time",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(KEYS, part, max_size=4)),
    max_leaves=8,
)
MANY = hypothesis_settings(
    max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)


class Target(NamedTuple):
    """An action that somebody may do to a case now, with the fields of its form and what would be right."""

    number: str
    who: str
    action: str
    fields: tuple[str, ...]
    right: dict[str, Any]


class World(NamedTuple):
    """A case in every state of a repair."""

    callers: dict[str, Caller]
    targets: list[Target]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once and rolled back."""
    patch, clock = pytest.MonkeyPatch(), Clock()
    patch.setattr("guanjia.clock.now", clock)
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        yield _build(clock)
        transaction.set_rollback(True)
    patch.undo()


def _build(clock: Clock) -> World:
    stage = stages.build([read(settings.MANUALS_ROOT / "entrusted-repair-h")], {}, BEGINS)
    callers = {who: caller_for(stage.person(who)) for who in PEOPLE}
    technician = stage.person("technician").pk
    right = {step.action: step.data for step in steps(technician)}
    targets: list[Target] = []
    for until in ("register", *right):
        number = play(callers.__getitem__, clock, technician, until=until)
        for who in PEOPLE:
            if who == "technician" and until == "register":
                continue  # not his job yet
            for offer in callers[who].get(f"/cases/{number}/actions")["items"]:
                if offer["possible"]:
                    fields = tuple(offer["form"]["properties"])
                    targets.append(Target(number, who, offer["key"], fields, right.get(offer["key"], {})))
    return World(callers, targets)


def attempt(caller: Caller, path: str, body: dict[str, Any]) -> int:
    """The status; whatever was written is taken back."""
    with transaction.atomic():
        response = caller.request("post", path, body)
        transaction.set_rollback(True)
    assert response.status_code < 500, (path, body, response.content.decode())
    if response.status_code >= 400:
        assert response.json()["code"], response.content.decode()
    return int(response.status_code)


def test_the_right_input_is_taken(world: World) -> None:
    """So that the tests below do not only knock at closed doors."""
    statuses = [
        attempt(world.callers[one.who], f"/cases/{one.number}/actions/{one.action}", {"data": one.right})
        for one in world.targets
        if one.right
    ]
    assert statuses.count(200) >= 13


@MANY
@given(data=st.data())
def test_any_input_of_any_action(world: World, data: st.DataObject) -> None:
    target = data.draw(st.sampled_from(world.targets))
    entered = {
        **target.right,
        **data.draw(st.dictionaries(st.sampled_from(target.fields or ("x",)), VALUES, max_size=4)),
    }
    attempt(world.callers[target.who], f"/cases/{target.number}/actions/{target.action}", {"data": entered})


@MANY
@given(
    data=st.dictionaries(
        st.sampled_from([*CALL["data"], "appointment_at", "relayed_by", "note"]), VALUES, max_size=4
    ),
    at=TEXTS,
)
@example(data={"unit": "3-2-1502' --"}, at="")
def test_any_input_of_a_new_case(world: World, data: dict[str, Any], at: str) -> None:
    body = {**CALL, "data": {**CALL["data"], **data}} | ({"at": at} if at else {})  # type: ignore[dict-item]
    attempt(world.callers["receptionist"], "/offices/card/cases", body)


@MANY
@given(
    body=st.dictionaries(
        st.sampled_from(["category", "data", "intake", "at", "text", "picked"]), VALUES, max_size=4
    )
)
def test_any_body(world: World, body: dict[str, Any]) -> None:
    for path in (
        "/offices/card/cases",
        "/offices/card/intake/line",
        f"/cases/{world.targets[0].number}/actions/note",
    ):
        attempt(world.callers["receptionist"], path, body)


@MANY
@given(text=st.text(min_size=1, max_size=60))
@example(text="3-2-1502 王女士 厨房水管爆了 13800001234")
@example(text="3栋2单元1502室" * 8)
def test_any_line_that_a_caller_says(world: World, text: str) -> None:
    attempt(world.callers["receptionist"], "/offices/card/intake/line", {"text": text})


@MANY
@given(
    text=st.text(min_size=1, max_size=40),
    scope=st.sampled_from(["cases", "worklist", "households", "search"]),
)
def test_anything_searched_for(world: World, text: str, scope: str) -> None:
    name = "text" if scope == "search" else "search"
    response = world.callers["receptionist"].client.get(f"/api/v1/offices/card/{scope}", {name: text})
    assert response.status_code in (200, 422), response.content.decode()
