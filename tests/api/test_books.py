"""The books of the desk over the API: as the pages show them, for those who work at the desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from tests.api.conftest import Caller, Clock
from tests.api.repair import BOOK, CALL
from tests.stage import BEGINS

from guanjia.adoption import queries as adoption
from guanjia.kernel.moments import iso
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

REPAIRS = "/offices/card/books/entrusted-repair-h/repairs"


@pytest.fixture
def stage(db: None) -> Stage:
    """As everywhere, with a book of repairs."""
    adoption.forget()
    return build([read(settings.MANUALS_ROOT / "entrusted-repair-h") + BOOK], {}, BEGINS)


def entered(desk: Caller, matter: str) -> str:
    call = {**CALL, "data": {**CALL["data"], "matter": matter}}  # type: ignore[dict-item]
    return str(desk.post("/offices/card/cases", call, status=201)["number"])


def numbers(desk: Caller, asked: str = "") -> list[str]:
    return [one["number"] for one in desk.get(f"{REPAIRS}{asked}")["items"]]


def test_the_books_of_the_office_with_what_waits(caller: Callable[[str], Caller], clock: Clock) -> None:
    desk = caller("receptionist")
    entered(desk, "水管漏")
    [book] = desk.get("/offices/card/books")["items"]
    assert (book["manual"], book["key"], book["label"], book["clause"]) == (
        "entrusted-repair-h", "repairs", "报修本", "一.一)",
    )  # fmt: skip
    assert (book["category"], book["columns"], book["open"]) == ("repair", ["内容", "联系人", "电话"], 1)


def test_an_entry_in_the_columns_of_its_book_the_number_masked(
    caller: Callable[[str], Caller], clock: Clock
) -> None:
    desk = caller("receptionist")
    number = entered(desk, "水管漏")
    [entry] = desk.get(REPAIRS)["items"]
    assert entry == {
        "number": number,
        "opened": iso(clock.now),
        "state": "registered",
        "state_label": "已登记",
        "waiting": True,
        "cells": ["水管漏", "王秀兰", "138****1234"],
        "url": f"/api/v1/cases/{number}?office=card",
    }
    assert desk.get(entry["url"].removeprefix("/api/v1"))["number"] == number


def test_scopes_search_order_and_pages(caller: Callable[[str], Caller], clock: Clock) -> None:
    desk = caller("receptionist")
    first = entered(desk, "水管漏")
    clock.on(minutes=5)
    second, third = entered(desk, "灯不亮"), entered(desk, "门锁坏")
    desk.act(second, "withdraw", {"reason": "登记错了"})
    assert numbers(desk) == [first, third], "the longest waiting first; what was withdrawn is in no book"
    assert numbers(desk, "?newest=true") == [third, first]
    assert numbers(desk, "?scope=done") == []
    assert numbers(desk, "?search=门锁") == [third]
    assert numbers(desk, "?search=王秀兰 水管") == [first]
    page = desk.get(f"{REPAIRS}?size=1&page=2")
    assert ([one["number"] for one in page["items"]], page["total"], page["pages"]) == ([third], 2, 2)
    assert desk.get(f"{REPAIRS}?scope=mine", status=422)["code"] == "INPUT_INVALID"


def test_the_export_holds_the_list_and_no_formula(caller: Callable[[str], Caller], clock: Clock) -> None:
    desk = caller("receptionist")
    number = entered(desk, "=1+1")
    response = desk.request("get", f"{REPAIRS}/csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "单号,登记,内容,联系人,电话,状态"
    assert lines[1:] == [f"{number},2026-03-24 10:42,'=1+1,王秀兰,138****1234,已登记"]


@pytest.mark.parametrize("path", ["/offices/card/books", REPAIRS, f"{REPAIRS}/csv"])
@pytest.mark.parametrize("who", ["technician", "cashier"])
def test_who_does_not_work_at_the_desk_has_no_books(
    who: str, path: str, caller: Callable[[str], Caller]
) -> None:
    assert caller(who).get(path, status=403)["code"] == "FORBIDDEN"


@pytest.mark.parametrize("path", ["entrusted-repair-h/x", "x/repairs", "home-service/lost_found", "x/y/csv"])
def test_a_book_that_the_office_does_not_keep(path: str, caller: Callable[[str], Caller]) -> None:
    assert caller("receptionist").get(f"/offices/card/books/{path}", status=404)["code"] == "NOT_FOUND"
