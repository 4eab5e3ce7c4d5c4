"""What each post may read and do, beyond what the manual says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.api.conftest import Caller
from tests.api.repair import CALL

LISTS = ("cases", "cases.csv", "households", "search?text=1502", "worklist", "records?form=repair_sheet")
BOOKS = ("receipts", "open-items", "statement?payer=unit:3-2-1502", "takings")


@pytest.mark.parametrize("path", [*LISTS, *BOOKS, "statistics?month=2026-03"])
def test_those_in_the_field_read_no_lists_of_the_office(path: str, caller: Callable[[str], Caller]) -> None:
    refused = caller("technician").get(f"/offices/card/{path}", status=403)
    assert refused["code"] == "FORBIDDEN"
    assert refused["hint"].startswith("可由")


def test_those_in_the_field_read_what_is_theirs(caller: Callable[[str], Caller]) -> None:
    technician = caller("technician")
    assert technician.get("/offices/card/worklist?scope=mine")["total"] == 0
    assert technician.get("/offices/card/messages")["total"] == 0


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("receptionist", "statistics?month=2026-03", 403),
        ("cashier", "statistics?month=2026-03", 403),
        ("quality", "statistics?month=2026-03", 200),
        ("director", "statistics?month=2026-03", 200),
        ("receptionist", "receipts", 200),
        ("cashier", "receipts", 200),
        ("administrator", "receipts", 403),
        ("company_centre", "cases", 200),
        ("administrator", "households", 200),
    ],
)
def test_who_reads_what(who: str, path: str, status: int, caller: Callable[[str], Caller]) -> None:
    caller(who).get(f"/offices/card/{path}", status=status)


@pytest.mark.parametrize(
    ("who", "status"), [("receptionist", 201), ("director", 201), ("cashier", 409), ("technician", 409)]
)
def test_who_opens_a_case_is_for_the_manual_to_say(
    who: str, status: int, caller: Callable[[str], Caller]
) -> None:
    caller(who).post("/offices/card/cases", CALL, status=status)


def test_two_cases_that_belong_together(caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    one, two = (desk.post("/offices/card/cases", CALL, status=201)["number"] for _ in range(2))
    assert desk.post(f"/cases/{one}/links", {"number": two}, status=201)["number"] == two
    desk.post(f"/cases/{one}/links", {"number": two}, status=201)
    assert [(link["number"], link["direction"]) for link in desk.get(f"/cases/{one}")["links"]] == [
        (two, "out")
    ]
    assert [(link["number"], link["direction"]) for link in desk.get(f"/cases/{two}")["links"]] == [
        (one, "in")
    ]
    assert desk.get(f"/cases/{two}/timeline")["items"][0]["data"]["text"] == f"和 {one} 关联"
    assert desk.post(f"/cases/{one}/links", {"number": one}, status=409)["code"] == "LINK_SELF"
    assert desk.post(f"/cases/{one}/links", {"number": "BX9"}, status=404)["code"] == "NOT_FOUND"
    assert caller("cashier").post(f"/cases/{one}/links", {"number": two}, status=403)["code"] == "FORBIDDEN"
