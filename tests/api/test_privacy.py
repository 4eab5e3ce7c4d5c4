"""Telephone numbers are masked wherever they stand; whoever may see one whole is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller, Clock
from tests.api.repair import CALL, play

from guanjia.cases.models import Access
from guanjia.estate.models import Phone
from guanjia.ops.cards.stage import Stage

NUMBER = "13800001234"


def test_no_answer_about_a_case_holds_a_whole_number(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    party = stage.parties["3-2-1502"].pk
    call = {**CALL, "intake": {**CALL["intake"], "party": party}}  # type: ignore[dict-item]
    number = play(caller, clock, stage.person("technician").pk, call=call)
    director = caller("director")
    unit = stage.office.units.get(code="3-2-1502").pk
    papers = [one["url"].removeprefix("/api/v1") for one in director.get(f"/cases/{number}/records")["items"]]
    asked = [
        *(
            f"/cases/{number}{part}"
            for part in ("", "/timeline", "/obligations", "/records", "/actions", "/balance")
        ),
        "/offices/card/cases?scope=all",
        "/offices/card/worklist",
        "/offices/card/households",
        f"/offices/card/households/{unit}",
        "/offices/card/search?text=1380000",
        *papers,
    ]
    for path in asked:
        response = director.request("get", path)
        assert response.status_code == 200, path
        assert NUMBER not in response.content.decode(), path
    case = director.get(f"/cases/{number}")
    assert case["facts"]["contact_phone"] == "138****1234"
    assert case["phones"] == [{"fact": "contact_phone", "masked": "138****1234"}]
    assert [phone["masked"] for phone in case["party_phones"]] == ["138****1234"]
    assert (
        caller("director").get(f"/cases/{number}/timeline")["items"][-1]["data"]["contact_phone"]
        == "138****1234"
    )


def test_a_registered_number_is_revealed_and_written_down(
    caller: Callable[[str], Caller], stage: Stage
) -> None:
    phone = Phone.objects.get(number=NUMBER)
    shown = caller("receptionist").post(f"/offices/card/phones/{phone.pk}/reveal")
    assert shown == {"number": NUMBER, "spaced": "138 0000 1234"}
    access = Access.objects.get()
    assert (access.user, access.office, access.what) == (
        stage.person("receptionist"),
        stage.office,
        "电话 王秀兰",
    )


def test_a_number_of_a_case_is_revealed_and_written_down(caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    number = desk.post("/offices/card/cases", CALL, status=201)["number"]
    assert desk.post(f"/cases/{number}/phones/contact_phone/reveal")["number"] == NUMBER
    assert Access.objects.get().what == f"电话 {number} contact_phone"


@pytest.mark.parametrize("fact", ["matter", "unit", "contact_name", "nothing", "events"])
def test_only_telephone_numbers_are_revealed(fact: str, caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    number = desk.post("/offices/card/cases", CALL, status=201)["number"]
    assert desk.post(f"/cases/{number}/phones/{fact}/reveal", status=404)["code"] == "NOT_FOUND"
    assert not Access.objects.exists()


@pytest.mark.parametrize("who", ["technician", "cashier", "finance", "quality"])
def test_who_may_not_see_a_number(who: str, caller: Callable[[str], Caller]) -> None:
    number = caller("receptionist").post("/offices/card/cases", CALL, status=201)["number"]
    phone = Phone.objects.get(number=NUMBER)
    assert caller(who).post(f"/offices/card/phones/{phone.pk}/reveal", status=403)["code"] == "FORBIDDEN"
    sees = who in ("cashier", "finance")  # it is neither the technician's job, nor has it come to the company
    status, code = (403, "FORBIDDEN") if sees else (404, "NOT_FOUND")
    assert caller(who).post(f"/cases/{number}/phones/contact_phone/reveal", status=status)["code"] == code
    assert not Access.objects.exists()


def test_the_card_of_a_household(caller: Callable[[str], Caller], stage: Stage) -> None:
    desk = caller("receptionist")
    desk.post("/offices/card/cases", CALL, status=201)
    unit = stage.office.units.get(code="3-2-1502").pk
    card = desk.get(f"/offices/card/households/{unit}")
    assert (card["unit"]["code"], card["lived_in_by"]) == ("3-2-1502", "业主自住")
    assert (card["neighbours"]["above"]["code"], card["neighbours"]["below"]["code"]) == (
        "3-2-1602",
        "3-2-1402",
    )
    [member] = card["members"]
    assert (member["name"], member["relation_label"], member["phones"][0]["masked"]) == (
        "王秀兰",
        "业主",
        "138****1234",
    )
    assert [case["subject"] for case in card["cases"]] == ["厨房水管爆了"]
    [hit] = desk.get("/offices/card/search?text=wxl 1502")["items"]
    assert (hit["unit"]["code"], hit["party"]["name"]) == ("3-2-1502", "王秀兰")
