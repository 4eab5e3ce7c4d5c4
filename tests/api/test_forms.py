"""Every action's form is a JSON Schema that takes what the engine takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import pytest
from tests.api.conftest import Caller, Clock
from tests.api.repair import CALL, steps

from guanjia.ops.cards.stage import Stage


def validator(form: dict[str, Any]) -> Any:
    jsonschema_rs.meta.validate(form)
    return jsonschema_rs.validator_for(form)


def test_the_forms_of_a_whole_repair_take_what_was_entered(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    for step in steps(stage.person("technician").pk):
        offers = {one["key"]: one for one in caller(step.who).get(f"/cases/{number}/actions")["items"]}
        for offer in offers.values():
            validator(offer["form"])
        assert offers[step.action]["possible"], offers[step.action]["reasons"]
        validator(offers[step.action]["form"]).validate(step.data)
        clock.on(minutes=step.minutes)
        caller(step.who).act(number, step.action, step.data)


def test_the_form_that_opens_a_case(caller: Callable[[str], Caller]) -> None:
    found = {one["category"]: one for one in caller("receptionist").get("/offices/card/categories")["items"]}
    form = validator(found["repair"]["form"])
    form.validate(CALL["data"])
    assert not form.is_valid({})
    assert not form.is_valid({**CALL["data"], "colour": "red"})  # type: ignore[dict-item]
    assert found["repair"]["action"] == "register"
    channel = found["repair"]["form"]["properties"]["channel"]
    assert {"value": "phone", "label": "来电"} in channel["x-choices"]
    assert found["repair"]["form"]["properties"]["appointment_at"]["x-show-when"] == {"timing": "appointment"}


def test_what_a_page_would_have_filled_in(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    for step in steps(stage.person("technician").pk):
        caller(step.who).act(number, step.action, step.data)
        if step.action == "book":
            break
    offers = {one["key"]: one for one in caller("cashier").get(f"/cases/{number}/actions")["items"]}
    assert offers["collect"]["form"]["properties"]["received"]["x-suggested"] == 8000


def test_who_may_and_what_stands_in_the_way(caller: Callable[[str], Caller]) -> None:
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    offers = {one["key"]: one for one in caller("cashier").get(f"/cases/{number}/actions")["items"]}
    dispatch = offers["dispatch"]
    assert not dispatch["possible"]
    assert dispatch["reasons"] == [{"text": "派单由值班员或客户主管或工程主管办理。", "clause": "一.四)"}]
    assert offers["note"]["possible"]


@pytest.mark.parametrize("who", ["receptionist", "cashier", "eng_supervisor", "director"])
def test_what_is_offered_can_be_done_and_what_is_not_cannot(
    who: str, caller: Callable[[str], Caller]
) -> None:
    """An empty form is refused for its fields when the action is possible, and for the action when it is not."""
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    for offer in caller(who).get(f"/cases/{number}/actions")["items"]:
        response = caller(who).request("post", f"/cases/{number}/actions/{offer['key']}", {"data": {"?": 1}})
        code = response.json()["problems"][0]["code"]
        assert code == ("FIELD_UNKNOWN" if offer["possible"] else "ACTION_REFUSED"), offer["key"]


def test_an_action_that_the_manual_does_not_have(caller: Callable[[str], Caller]) -> None:
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    assert caller("receptionist").act(number, "explode", status=404)["code"] == "ACTION_UNKNOWN"
    assert caller("receptionist").act(number, "@step", status=409)["code"] == "ACTION_REFUSED"
    assert (
        caller("receptionist").act(number, "register", dict(CALL["data"]), status=409)["code"]
        == "ACTION_REFUSED"
    )  # type: ignore[call-overload]
