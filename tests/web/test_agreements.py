"""Agreements by household, the visits of a month, the visits at home of a quarter: what the pages and files say."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.test import Client
from tests.manuals.test_home_service import TEXT, on

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import Stage, build

pytestmark = pytest.mark.django_db
POINTS = {
    "able": True, "served_for": "一家", "service_times": "每周四 9 点", "service": "日常清洁", "scope": "两室一厅",
    "requirements": "不用化学清洁剂", "price": "120",
}  # fmt: skip


class World:
    """An office under the standard of on-request services, and what happened in it."""

    def __init__(self, *more: str) -> None:
        adoption.forget()
        self.stage: Stage = build([TEXT, *more], {}, on("01-01 08:00"))
        self.now = on("01-02 09:00")

    def do(self, case: Case, action: str, at: str, who: str = "receptionist", **data: object) -> Case:
        moment = on(at)
        advance(moment, offices=[self.stage.office.pk])
        case.refresh_from_db()
        perform(case, action, actor=self.stage.person(who), at=moment, data=data)
        case.refresh_from_db()
        return case

    def asked(self, unit: str, name: str, at: str) -> Case:
        """An agreement that a household asks for."""
        data = {"unit": unit, "contact_name": name, "contact_phone": "13800001234", "matter": "每周打扫"}
        advance(on(at), offices=[self.stage.office.pk])
        opened = open_case(
            self.stage.office, "agreement", actor=self.stage.person("receptionist"), at=on(at), data=data
        )
        return opened.case

    def signed(self, unit: str, name: str, at: str) -> Case:
        """An agreement that runs from the day on which it is signed."""
        case = self.asked(unit, name, at)
        self.do(case, "confirm", at, **POINTS)
        self.do(case, "approve", at, "director")
        ink = {"how": "paper", "name": name}
        return self.do(
            case, "sign", at, "director", server=self.stage.person("cleaner").pk, starts_on=f"2026-{at}", signature=ink
        )  # fmt: skip

    def client(self, who: str, at: str, monkeypatch: pytest.MonkeyPatch) -> Client:
        moment: datetime = on(at)
        advance(moment, offices=[self.stage.office.pk])
        monkeypatch.setattr(clock, "now", lambda: moment)
        client = Client()
        client.force_login(self.stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client


def get(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def cells(client: Client, address: str) -> Iterator[list[str]]:
    """The rows of a list as a file; the same list as XLSX and on paper exists."""
    yield from csv.reader(io.StringIO(b"".join(client.get(address)).decode("utf-8-sig")))
    assert client.get(address.replace(".csv", ".xlsx")).content.startswith(b"PK")
    assert client.get(address.replace(".csv", ".pdf")).content.startswith(b"%PDF")


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.rule("S002-1-5.3.1a")
@pytest.mark.rule("S002-1-5.3.2")
def test_agreements_are_listed_by_how_they_stand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    running = world.signed("3-2-1502", "王秀兰", "02-02 09:00")
    world.do(running, "plan_visits", "02-02 10:00", visits="2026-02-05 09:00\n2026-02-12 09:00")
    leaving = world.signed("3-2-1402", "何先明", "02-03 09:00")
    world.do(
        leaving, "plan_stop", "02-04 09:00", stop_on="2026-02-20 00:00", stop_by="us", stop_reason="人手不够"
    )
    asking = world.asked("3-2-1602", "吴建平", "02-05 08:00")
    client = world.client("receptionist", "02-06 09:00", monkeypatch)
    page = get(client, "/agreements/")
    for words in ("履行中 1", "打算停止，还没通知 1", "还没同意 1", "120.00", "刘桂香", "2月12日", "2月20日"):
        assert words in page, words
    assert f"/cases/{running.number}/" in page
    only = get(client, "/agreements/?stage=stopping")
    assert leaving.number in only and running.number not in only
    found = get(client, "/agreements/?q=3-2-1602")
    assert asking.number in found and running.number not in found
    assert "没有相符的协议" in get(client, "/agreements/?q=9-9-9999")
    world.do(leaving, "notify_stop", "02-07 09:00", notice_to="何先明")
    client = world.client("receptionist", "02-07 10:00", monkeypatch)
    assert "已书面通知停止 1" in get(client, "/agreements/")
    world.do(leaving, "stop", "02-08 09:00")
    client = world.client("receptionist", "02-08 10:00", monkeypatch)
    assert "已停止 1" in get(client, "/agreements/")
    rows = list(cells(client, "/agreements.csv"))
    assert any(running.number in row and "履行中" in row for row in rows)


@pytest.mark.rule("S002-1-5.1.5b")
def test_a_months_visits_say_done_confirmed_and_missed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.signed("3-2-1502", "王秀兰", "02-02 09:00")
    world.do(
        case, "plan_visits", "02-02 10:00", visits="2026-02-05 09:00\n2026-02-12 09:00\n2026-02-26 09:00"
    )
    first, second, third = Case.objects.filter(category="paid_service").order_by("appointment_at")
    cleaner = world.stage.person("cleaner").pk
    world.do(first, "dispatch", "02-04 09:00", server=cleaner)
    for action, at, data in (
        ("depart", "02-05 08:40", {}), ("arrive", "02-05 08:58", {}), ("start", "02-05 09:00", {"explained": True}),
        ("finish", "02-05 11:00", {"done": "打扫好了"}),
    ):  # fmt: skip
        world.do(first, action, at, "cleaner", **data)
    address = "/agreements/month/?month=2026-02"
    client = world.client("receptionist", "02-12 12:00", monkeypatch)
    page = get(client, address)
    for words in ("5日 已做", "12日 过时未到", "26日 已排，待确认", f"/cases/{third.number}/"):
        assert words in page, words
    world.do(case, "confirm_visits", "02-12 13:00", visits_signature={"how": "paper", "name": "王秀兰"})
    client = world.client("receptionist", "02-12 14:00", monkeypatch)
    page = get(client, address)
    assert "26日 客户已确认" in page and "12日 过时未到" in page
    assert "还没有排服务" in get(client, "/agreements/month/?month=2026-03")
    assert client.get("/agreements/month/?month=2026-99").status_code == 422
    rows = list(cells(client, "/agreements/month.csv?month=2026-02"))
    assert [row[5] for row in rows if row[6] in (first.number, second.number)] == ["已做", "过时未到"]


@pytest.mark.rule("S002-1-5.4.4")
def test_a_quarter_says_who_is_missing_and_a_call_is_no_visit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for unit, name in (("3-2-1402", "何先明"), ("3-2-1502", "王秀兰"), ("3-2-1602", "吴建平")):
        world.signed(unit, name, "01-05 09:00")
    late = world.stage
    client = world.client("cs_supervisor", "04-02 09:00", monkeypatch)
    round_ = Case.objects.get(category="quarter_visits", facts__period="2026-Q2")
    world.do(round_, "visit", "04-20 10:00", household="3-2-1502", visit_means="visit", visit_remark="满意")
    world.do(round_, "visit", "04-21 10:00", household="3-2-1402", visit_means="phone", visit_remark="在外地")
    world.signed("6-1-0302", "刘伟", "05-06 09:00")
    client = world.client("cs_supervisor", "05-07 09:00", monkeypatch)
    page = get(client, "/agreements/quarter/")
    assert "应上门 3 户，已上门 1 户" in page and "季中新签" in page and "6-1-0302" in page
    missing = get(client, "/agreements/quarter/?scope=missing")
    assert "3-2-1402" in missing and "在外地" in missing and "记上门" in missing
    assert f"/cases/{round_.number}/do/visit/?household=3-2-1402" in missing
    assert '<td class="unit">3-2-1502' not in missing
    client = world.client("cs_supervisor", "07-02 09:00", monkeypatch)
    over = get(client, "/agreements/quarter/?period=2026-Q2")
    assert over.count("这一季没去") == 2
    rows = list(cells(client, "/agreements/quarter.csv?period=2026-Q2"))
    assert [row[3] for row in rows if row[0] in late.parties] == ["这一季没去", "已上门", "这一季没去"]
    assert client.get("/agreements/quarter/?period=2020-Q1").status_code == 404


def test_pages_turn_and_an_office_without_agreements_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("receptionist", "01-03 09:00", monkeypatch)
    assert "登记长期服务的要求" in get(client, "/agreements/")
    assert "还没有开始过季度回访" in get(client, "/agreements/quarter/") or "没有相符" in get(
        client, "/agreements/quarter/"
    )
    monkeypatch.setattr("guanjia.web.desk.agreements.PAGE", 1)
    world.signed("3-2-1402", "何先明", "01-05 09:00")
    second = world.signed("3-2-1502", "王秀兰", "01-05 10:00")
    client = world.client("receptionist", "01-06 09:00", monkeypatch)
    assert second.number not in get(client, "/agreements/")
    assert second.number in get(client, "/agreements/?page=2")
    cleaner = world.client("cleaner", "01-06 09:00", monkeypatch)
    assert cleaner.get("/agreements/").status_code == 403


def test_more_agreements_ask_the_database_no_more_often(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    def one_more(unit: str, at: str) -> None:
        case = world.signed(unit, "王秀兰", at)
        world.do(case, "plan_visits", at, visits="2026-02-05 09:00\n2026-02-12 09:00")

    one_more("3-2-1502", "01-05 09:00")
    client = world.client("receptionist", "02-01 09:00", monkeypatch)
    for address, queries in (("/agreements/", 11), ("/agreements/month/?month=2026-02", 11)):
        get(client, address)
        with django_assert_num_queries(queries):
            get(client, address)
    one_more("3-2-1402", "01-06 09:00")
    one_more("3-2-1602", "01-07 09:00")
    client = world.client("receptionist", "02-01 09:00", monkeypatch)
    for address, queries in (("/agreements/", 11), ("/agreements/month/?month=2026-02", 11)):
        get(client, address)
        with django_assert_num_queries(queries):
            get(client, address)
