"""The whole repair over the API: each person with a key of their own, from the telephone call to the archived stub."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from tests.api.conftest import Caller, Clock
from tests.api.repair import play, steps

from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import Stage


@pytest.fixture
def number(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> str:
    """A repair that was carried to its end."""
    return play(caller, clock, stage.person("technician").pk)


def test_the_case_is_closed_with_everything_that_was_recorded(
    number: str, caller: Callable[[str], Caller]
) -> None:
    case = caller("director").get(f"/cases/{number}")
    assert case["number"] == "BX2603-0001" == number
    assert (case["state"], case["state_label"], case["category_label"]) == ("closed", "已办结", "报修")
    assert case["unit"]["code"] == "3-2-1502"
    assert case["assignee"]["name"] == "田大勇"
    assert case["opened_at"] == "2026-03-24T02:42:00Z"
    assert case["closed_at"] == "2026-03-24T04:46:00Z"
    assert case["facts"]["finding"] == "接头松了"
    assert case["url"] == f"/api/v1/cases/{number}?office=card"


def test_the_timeline_says_who_did_what(number: str, caller: Callable[[str], Caller], stage: Stage) -> None:
    lines = caller("director").get(f"/cases/{number}/timeline")
    done = [line["action"] for line in reversed(lines["items"]) if line["action"] != "@step"]
    assert done == ["register", *(step.action for step in steps(0))]
    assert lines["total"] == len(lines["items"])
    first = lines["items"][-1]
    assert (first["seq"], first["actor_label"], first["emits"]) == (1, "周敏", ["reported"])
    assert first["results"] == {"duty_log": "ZB2603-0001"}


def test_the_obligations_were_met_in_time(number: str, caller: Callable[[str], Caller]) -> None:
    owed = caller("director").get(f"/cases/{number}/obligations")
    by_key = {one["key"]: one for one in owed["items"]}
    assert set(by_key) >= {"arrive", "track", "return_sheet", "follow_up", "book", "collect", "archive"}
    arrive = by_key["arrive"]
    assert arrive["label"] == "到达维修现场"
    assert (arrive["manual"], arrive["version"], arrive["clause"]) == (
        "entrusted-repair-h",
        "2026.1",
        "一.四)",
    )
    assert (arrive["opened"], arrive["due"]) == ("2026-03-24T02:42:00Z", "2026-03-24T02:57:00Z")
    assert (arrive["met"], arrive["missed"], arrive["state"]) == ("2026-03-24T02:52:00Z", None, "met")
    assert (arrive["limit"], arrive["limit_words"], arrive["own_figure"]) == ("15m", "15分钟内", False)
    assert arrive["why"] == ["自 2026-03-24 10:42 起算", "2026-03-24 10:57 到期"]
    assert arrive["owner"]["name"] == "田大勇"
    assert by_key["return_sheet"]["own_figure"]
    assert not any(one["overdue"] for one in owed["items"])
    assert owed["waiting"] == []


def test_the_sheet_its_copies_and_its_pdf(number: str, caller: Callable[[str], Caller]) -> None:
    director = caller("director")
    papers = {one["form"]: one for one in director.get(f"/cases/{number}/records")["items"]}
    sheet = papers["repair_sheet"]
    assert (sheet["title"], sheet["number"], sheet["case"]) == ("维修单", "WX2603-0001", number)
    where = {copy["key"]: (copy["state"], copy["holder"]) for copy in sheet["copies"]}
    assert where["stub"] == ("archived", where["stub"][1])
    assert where["resident"][1] == "业户"
    whole = director.get(sheet["url"].removeprefix("/api/v1"))
    assert [one["signer"] for one in whole["signatures"]] == ["王秀兰"]
    assert {"label": "做了什么", "text": "换了接头"} in whole["lines"]
    pdf = director.request("get", sheet["pdf"].removeprefix("/api/v1"))
    assert pdf.status_code == 200
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_the_money(number: str, caller: Callable[[str], Caller]) -> None:
    cashier = caller("cashier")
    balance = cashier.get(f"/cases/{number}/balance")
    assert (balance["charged_fen"], balance["paid_fen"], balance["open_fen"]) == (8000, 8000, 0)
    [receipt] = balance["receipts"]
    assert (receipt["amount_fen"], receipt["words"], receipt["case"]) == (8000, "捌拾元整", number)
    register = cashier.get("/offices/card/receipts")
    assert (register["total"], register["total_fen"], register["gaps"]) == (1, 8000, [])
    assert cashier.get(f"/offices/card/receipts/{receipt['number']}") == receipt
    takings = cashier.get("/offices/card/takings?day=2026-03-24")
    assert [(one["method"], one["cashier"], one["net_fen"]) for one in takings["lines"]] == [
        ("wechat", "沈悦", 8000)
    ]
    pdf = cashier.request("get", f"/offices/card/receipts/{receipt['number']}/pdf")
    assert pdf.content.startswith(b"%PDF")
    lines = cashier.get("/offices/card/statement?payer=unit:3-2-1502")["items"]
    assert [(line["debit_fen"], line["credit_fen"], line["balance_fen"]) for line in lines] == [
        (8000, 0, 8000),
        (0, 8000, 0),
    ]


def test_the_month(number: str, caller: Callable[[str], Caller]) -> None:
    month = caller("cs_supervisor").get("/offices/card/statistics?month=2026-03")
    figures = {one["key"]: one for one in month["statistics"]}
    assert figures["requests"]["cases"] == [number]
    assert figures["requests"]["by"] == {"水管维修": 1}
    assert (figures["arrived_in_time"]["text"], figures["arrived_in_time"]["permille"]) == ("100.0%", 1000)


def test_a_step_that_is_not_due_is_refused_with_its_clause(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    number = play(caller, clock, stage.person("technician").pk, until="arrive")
    refused = caller("technician").act(number, "start", status=409)
    assert (refused["code"], refused["clause"]) == ("ACTION_REFUSED", "二.三)")
    offers = {one["key"]: one for one in caller("technician").get(f"/cases/{number}/actions")["items"]}
    assert not offers["start"]["possible"]
    assert offers["start"]["reasons"][0]["clause"] == "二.三)"
    assert offers["inspect"]["possible"]
    stranger = caller("陈建军")
    assert (
        stranger.act(number, "inspect", {"finding": "x", "verdict": "own"}, status=404)["code"] == "NOT_FOUND"
    )
    for address in ("", "/timeline", "/actions", "/obligations", "/records", "/attachments"):
        assert stranger.get(f"/cases/{number}{address}", status=404)["code"] == "NOT_FOUND"


def test_the_worklist_while_it_runs(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> None:
    number = play(caller, clock, stage.person("technician").pk, until="accept")
    mine = caller("technician").get("/offices/card/worklist?scope=mine")
    assert [(one["key"], one["case"]["number"], one["overdue"]) for one in mine["items"]] == [
        ("arrive", number, False)
    ]
    clock.on(minutes=20)
    late = caller("director").get("/offices/card/worklist?scope=overdue")
    assert [one["key"] for one in late["items"]] == ["arrive"]
    counts = caller("director").get("/offices/card/counts")
    assert (counts["overdue"], counts["cases_open"], counts["cases_urgent"]) == (1, 1, 1)
    assert counts["all"] == caller("director").get("/offices/card/worklist")["total"]


def test_the_message_of_the_dispatch(caller: Callable[[str], Caller], clock: Clock, stage: Stage) -> None:
    number = play(caller, clock, stage.person("technician").pk, until="dispatch")
    technician = caller("technician")
    [message] = technician.get("/offices/card/messages?unread=true")["items"]
    assert (message["case"], message["read_at"]) == (number, None)
    assert "厨房水管爆了" in message["body"]
    seen = technician.post(f"/offices/card/messages/{message['id']}/read")
    assert seen["read_at"] == "2026-03-24T02:43:00Z"
    assert technician.get("/offices/card/messages?unread=true")["items"] == []
    assert technician.get("/offices/card/messages")["total"] == 1


def test_a_line_becomes_a_case(caller: Callable[[str], Caller], stage: Stage) -> None:
    desk = caller("receptionist")
    line = desk.post("/offices/card/intake/line", {"text": "3-2-1502 王女士 厨房水管爆了 13800001234"})
    assert line["unit"]["unit"]["code"] == "3-2-1502"
    assert line["party"]["party"]["name"] == "王秀兰"
    assert line["phone"]["registered"]
    assert line["matter"] == "厨房水管爆了"
    proposal = line["proposal"]
    data = {"timing": "now", **proposal["data"], "channel": "phone"}
    opened = desk.post("/offices/card/cases", {**proposal, "category": "repair", "data": data}, status=201)
    case = desk.get(f"/cases/{opened['number']}")
    assert (case["subject"], case["party"]["name"]) == ("厨房水管爆了", "王秀兰")
    again = desk.post("/offices/card/intake/line", {"text": "3-2-1502 厨房水管爆了"})
    assert again["unit"]["unit"]["code"] == "3-2-1502"


def test_the_system_fills_in_what_it_counts_itself(
    caller: Callable[[str], Caller], clock: Clock, stage: Stage
) -> None:
    """`figures` of the monthly review; what is sent for it is not believed, and a repeat may send anything there."""
    play(caller, clock, stage.person("technician").pk)
    clock.now = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
    advance(clock.now, offices=[stage.office.pk])
    supervisor = caller("cs_supervisor")
    [review] = supervisor.get("/offices/card/cases?category=item_review")["items"]
    data = {"effectiveness": "有效", "satisfaction": "满意", "figures": {"requests": {"count": 99}}}
    done = supervisor.act(review["number"], "review", data, key="march")
    assert done["event"]["data"]["figures"]["requests"]["count"] == 1
    again = supervisor.act(review["number"], "review", {**data, "figures": {}}, key="march")
    assert again == done
