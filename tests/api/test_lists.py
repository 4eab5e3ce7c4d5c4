"""Every list costs the same number of queries with one row and with three, and its order and bounds hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.api.conftest import Caller, Clock
from tests.api.repair import BOOK, CALL, picture, play
from tests.stage import BEGINS

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.cases import actions as cases
from guanjia.cases.models import Case
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.staff import actions as staff
from guanjia.staff.models import User
from guanjia.work import actions as work

DAY = BEGINS.date()
# Who reads which list, and with how many queries: whatever it holds.
LISTS = {
    "/offices": ("receptionist", 3),
    "/offices/card/staff": ("receptionist", 9),
    "/offices/card/categories": ("receptionist", 4),
    "/offices/card/cases?scope=all": ("receptionist", 5),
    "/cases/{number}/timeline": ("receptionist", 6),
    "/cases/{number}/actions": ("receptionist", 7),
    "/cases/{number}/obligations": ("receptionist", 8),
    "/cases/{number}/records": ("receptionist", 7),
    "/cases/{number}/attachments": ("receptionist", 6),
    "/cases/{number}/balance": ("receptionist", 7),
    "/offices/card/records?form=repair_sheet": ("receptionist", 8),
    "/offices/card/books": ("receptionist", 5),
    "/offices/card/books/entrusted-repair-h/repairs": ("receptionist", 7),
    "/offices/card/receipts": ("cashier", 10),
    "/offices/card/open-items": ("cashier", 6),
    "/offices/card/statement?payer=unit:3-2-1502": ("cashier", 4),
    "/offices/card/takings": ("cashier", 5),
    "/offices/card/worklist": ("receptionist", 6),
    "/offices/card/counts": ("receptionist", 7),
    "/offices/card/messages": ("technician", 5),
    "/offices/card/search?text=3-2": ("receptionist", 8),
    "/offices/card/households": ("receptionist", 6),
    "/offices/card/households/{unit}": ("receptionist", 10),
    "/offices/card/service-items": ("receptionist", 4),
    "/offices/card/suppliers": ("receptionist", 4),
    "/offices/card/classifications": ("receptionist", 4),
    "/offices/card/manuals?past=true": ("receptionist", 5),
    "/offices/card/statistics?month=2026-03": ("director", 6),
}
"""Three of each are the key with its user, the offices, the posts."""


@pytest.fixture
def stage(db: None) -> Stage:
    """As everywhere, with a book of repairs."""
    queries.forget()
    return build([read(settings.MANUALS_ROOT / "entrusted-repair-h") + BOOK], {}, BEGINS)


def fill(stage: Stage, caller: Callable[[str], Caller], clock: Clock, rows: int) -> dict[str, Any]:
    """So many of everything that a list shows."""
    technician, office = stage.person("technician"), stage.office
    text = read(settings.MANUALS_ROOT / "entrusted-repair-h") + BOOK
    for number in range(rows):
        extra = {**CALL, "data": {**CALL["data"], "contact_name": f"住户{number}"}}  # type: ignore[dict-item]
        paid = play(caller, clock, technician.pk, call=extra)
        unpaid = play(caller, clock, technician.pk, call=extra, until="book")
        file = cases.keep_upload(office, ContentFile(picture()), at=BEGINS)
        cases.attach(Case.objects.get(number=unpaid), [file.pk])
        caller("receptionist").post("/offices/card/cases", CALL, status=201)
        user = staff.create_user(f"more-{number}", f"师傅{number}")
        staff.give_post(user, "technician", office=office)
        more = Office.objects.create(company=office.company, code=f"more-{number}", name="x", estate_name="x")
        staff.give_post(stage.person("receptionist"), "receptionist", office=more)
        work.add_item(office, f"项目{number}", at=BEGINS, by="x", evaluation="x")
        work.add_supplier(office, f"商家{number}", phone="1", items="x", at=BEGINS, by="x", evaluation="x")
        work.save_classification(office, "厨房", "水", f"问题{number}", category="repair")
        unit = estate.create_unit(office.buildings.get(code="3"), f"170{number}", stair="2", floor=17, on=DAY)
        party = estate.create_party(office, f"住户{number}", phones=[f"1390000000{number}"])
        estate.create_occupancy(unit, party, "owner", on=DAY)
        home = office.units.get(code="3-2-1502")
        estate.create_occupancy(home, party, "family", on=DAY)
        version = adoption.keep_version(
            text.replace('version = "2026.1"', f'version = "2026.{number + 2}"'), at=BEGINS
        )
        adoption.adopt(office, version, at=BEGINS)
    return {"number": unpaid, "paid": paid, "unit": office.units.get(code="3-2-1502").pk}


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries(
    rows: int, stage: Stage, caller: Callable[[str], Caller], clock: Clock
) -> None:
    names = fill(stage, caller, clock, rows)
    spent = {}
    for path, (who, _number) in LISTS.items():
        url = path.format(**names)
        reader = caller(who)
        reader.get(url)  # compiles manuals
        with CaptureQueriesContext(
            connection,
        ) as queries:
            reader.get(url)
        spent[path] = (who, len(queries))
    wrong = {path: found for path, found in spent.items() if found != LISTS[path]}
    assert not wrong, "\n".join(f"{path}: {found}" for path, found in wrong.items())


def test_every_list_is_measured() -> None:
    """A list without a line above fails."""
    described = Caller("").client.get("/api/v1/openapi.json").json()
    pages = {
        path.removeprefix("/api/v1")
        for path, methods in described["paths"].items()
        if any(one["name"] == "page" for one in methods.get("get", {}).get("parameters", ()))
    }
    measured = {path.partition("?")[0].replace("card", "{office}") for path in LISTS}
    measured = {path.replace("entrusted-repair-h/repairs", "{manual}/{book}") for path in measured}
    assert pages <= measured


def test_pages_do_not_overlap_and_end(caller: Callable[[str], Caller], clock: Clock) -> None:
    """Cases that were opened in the same second keep their order."""
    desk = caller("receptionist")
    numbers = [desk.post("/offices/card/cases", CALL, status=201)["number"] for _ in range(5)]
    pages = [desk.get(f"/offices/card/cases?size=2&page={page}") for page in (1, 2, 3)]
    assert [one["number"] for page in pages for one in page["items"]] == numbers[::-1]
    assert [(page["total"], page["page"], page["pages"], page["size"]) for page in pages] == [
        (5, 1, 3, 2),
        (5, 2, 3, 2),
        (5, 3, 3, 2),
    ]


@pytest.mark.parametrize(
    "path",
    ["cases", "worklist", "households", "receipts", "open-items", "records?form=repair_sheet", "messages"],
)
def test_past_the_last_page_there_is_nothing(
    path: str, caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    """A program that reads until a page is empty comes to an end."""
    play(caller, clock, stage.person("technician").pk)
    sign = "&" if "?" in path else "?"
    page = caller("cashier").get(f"/offices/card/{path}{sign}page=2")
    assert (page["items"], page["page"], page["pages"]) == ([], 2, 1)


@pytest.mark.parametrize(
    "asked", ["page=0", "page=-1", "page=x", "page=100001", "size=0", "size=201", "page=1e9"]
)
def test_pages_that_cannot_be(asked: str, caller: Callable[[str], Caller]) -> None:
    refused = caller("receptionist").get(f"/offices/card/cases?{asked}", status=422)
    assert (refused["code"], refused["field"]) == ("INPUT_INVALID", asked.partition("=")[0])


def test_scopes_and_search(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> None:
    desk = caller("receptionist")
    closed = play(caller, clock, stage.person("technician").pk)
    calm = {**CALL, "data": {**CALL["data"], "unit": "6-1-0302", "matter": "灯不亮"}, "intake": {}}  # type: ignore[dict-item]
    lamp = desk.post("/offices/card/cases", calm, status=201)["number"]
    pipe = desk.post("/offices/card/cases", CALL, status=201)["number"]

    def found(asked: str) -> list[str]:
        return [one["number"] for one in desk.get(f"/offices/card/cases?{asked}")["items"]]

    assert found("") == [pipe, lamp]
    assert found("scope=urgent") == [pipe]
    assert found("scope=closed") == [closed]
    assert found("scope=all") == [pipe, lamp, closed]
    assert found("search=灯") == [lamp]
    assert found("search=6-1 灯") == [lamp]
    assert found("category=log_check") == []
    assert found(f"search={pipe}") == [pipe]
    assert desk.get("/offices/card/cases?scope=mine", status=422)["code"] == "INPUT_INVALID"


def test_the_export_holds_what_the_list_holds(caller: Callable[[str], Caller]) -> None:
    desk = caller("receptionist")
    risky = {**CALL, "data": {**CALL["data"], "matter": "=1+1，漏水"}}  # type: ignore[dict-item]
    numbers = [desk.post("/offices/card/cases", risky, status=201)["number"] for _ in range(2)]
    response = desk.request("get", "/offices/card/cases.csv")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("单号,类别,状态,房号")
    assert [line.partition(",")[0] for line in lines[1:]] == numbers[::-1]
    assert "'=1+1，漏水" in lines[1]


def test_a_user_of_several_offices_lists_them_once(caller: Callable[[str], Caller], stage: Stage) -> None:
    user: User = stage.person("receptionist")
    staff.give_post(user, "director", office=stage.office)
    [office] = caller("receptionist").get("/offices")["items"]
    assert office["roles"] == ["director", "receptionist"]
