"""Paid services over the real pages: opened on the form, ordered, done in the field, paid at finance, drawn up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.advance import advance
from guanjia.ledger import days
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEXTS = [read(Path(settings.MANUALS_ROOT) / key) for key in ("entrusted-repair-h", "paid-service")]
ASKED = {
    "unit": "3-2-1502", "contact_phone": "13800001234", "contact_name": "王秀兰", "matter": "面盆堵了",
    "service": "engineering", "item": "疏通下水", "quantity": "1", "channel": "phone",
}  # fmt: skip
SIGNED = {"signature-how": "paper", "signature-name": "王秀兰"}
TECH = "田大勇"


class Office:
    """The stage with a browser for each person, and a clock that moves a minute with every request."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        adoption.forget()
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.stage: Stage = build(TEXTS, {}, NOW)
        self.clients: dict[str, Client] = {}

    def client(self, who: str) -> Client:
        if who not in self.clients:
            self.clients[who] = Client()
            self.clients[who].force_login(
                self.stage.person(who), backend="django.contrib.auth.backends.ModelBackend"
            )
        return self.clients[who]

    def get(self, who: str, name: str, *args: object) -> str:
        page = self.client(who).get(reverse(name, args=args))
        assert page.status_code == 200, page.status_code
        return page.content.decode()

    def act(self, who: str, action: str, number: str = "", *, at: str = "case-act", **data: str) -> None:
        self.now += timedelta(minutes=1)
        number = number or Case.objects.get(category="paid_service").number
        form = self.get(who, at, number, action)
        for name in data:
            assert f'name="{name.partition("-")[0]}' in form, name
        answer = self.client(who).post(reverse(at, args=[number, action]), {**data, "key": f"{self.now}"})
        assert answer.status_code == 302, answer.content.decode()

    def ordered(self, **asked: str) -> Case:
        """An order on the forms of the desk: registered, agreed, filled in."""
        self.now += timedelta(minutes=1)
        done = self.client("receptionist").post(
            reverse("case-new", args=["paid_service"]), {**ASKED, **asked, "key": f"{self.now}"}
        )
        assert done.status_code == 302, done.content.decode()
        case = Case.objects.filter(category="paid_service").latest("pk")
        price = f"{case.facts['price'] / 100:.2f}"
        form = self.get("receptionist", "case-act", case.number, "agree")
        assert f'value="{price}"' in form, "the price of the list stands in the form"
        self.act(
            "receptionist", "agree", case.number, told_chargeable="on", agreed_fee=price, agreed_by="王秀兰"
        )
        self.act(
            "receptionist", "issue_order", case.number, order_item=case.facts["item"], fee=price, appointment_at="2026-03-02T14:00"
        )  # fmt: skip
        case.refresh_from_db()
        return case


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    return Office(monkeypatch)


@pytest.mark.rule("S000-1-4.2")
def test_the_form_offers_the_five_services(office: Office) -> None:
    page = office.get("receptionist", "case-new", "paid_service")
    for word in ("工程维修", "室内保洁", "复印", "打字", "传真"):
        assert f"<span>{word}</span>" in page
    assert page.count('name="service"') == 5


@pytest.mark.rule("S000-1-3.1")
@pytest.mark.rule("S000-1-4.1.1")
@pytest.mark.rule("S000-1-4.4b")
@pytest.mark.rule("S000-1-4.4c")
def test_a_repair_is_done_in_the_field_and_paid_at_the_door(office: Office) -> None:
    case = office.ordered()
    assert case.number not in office.get(TECH, "field"), "nobody's work until it is sent"
    office.act("receptionist", "dispatch", technician=str(office.stage.person(TECH).pk))
    assert "3-2-1502" in office.get(TECH, "field") or "1502" in office.get(TECH, "field")
    assert "不许以个人名义" in office.get(TECH, "field-job", case.number)
    field = {"at": "field-act"}
    for action, data in (
        ("accept", {}),
        ("arrive", {}),
        ("finish", {"done": "通了", "quality": "good"}),
        ("sign", {"opinion": "好", **SIGNED}),
        ("collect_cash", {"received": "50.00"}),
    ):
        office.act(TECH, action, **field, **data)
    assert [(held.name, held.fen) for held in days.holdings(office.stage.office)] == [(TECH, 5000)]
    office.act(TECH, "hand_in", **field, sheet_with_money="on")
    assert case.number in office.get("finance", "cashier"), "waits to be confirmed"
    office.act("finance", "confirm_payment", counted="50.00", method="cash")
    assert days.holdings(office.stage.office) == []
    page = office.get("receptionist", "case", case.number)
    for words in ("特约服务/维修工作单", "第一联", "第三联", "SJ2603-0001", "服务类别", "工程维修"):
        assert words in page, words


def test_cleaning_is_collected_before_a_cleaner_is_sent(office: Office) -> None:
    case = office.ordered(service="cleaning", item="擦窗", matter="擦窗")
    assert "先交费" in office.get("receptionist", "case", case.number)
    assert reverse("case-act", args=[case.number, "collect"]) in office.get("cashier", "cashier")
    office.act("cashier", "collect", received="100.00", method="cash")
    office.act("receptionist", "assign_cleaner", cleaner=str(office.stage.person("刘桂香").pk))
    assert "擦窗" in office.get("刘桂香", "field")


def test_the_department_that_did_it_is_chosen_from_the_offices_own(office: Office) -> None:
    case = office.ordered(service="typing", item="复印", quantity="20", matter="打字")
    form = office.get("director", "case-act", case.number, "serve")
    assert '<option value="office">办公室' in form.replace(" selected", "")
    office.act("director", "serve", served_how="department", served_by="office", done="打好了")
    assert "办公室" in office.get("receptionist", "case", case.number)


@pytest.mark.rule("S000-1-3.5b")
@pytest.mark.rule("S000-1-4.8a")
@pytest.mark.rule("S000-1-4.9.5")
def test_the_month_is_checked_row_by_row_and_confirmed_by_three(office: Office) -> None:
    paid = office.ordered(service="cleaning", item="擦窗", matter="擦窗")
    office.act("finance", "collect", paid.number, received="100.00", method="cash")
    unpaid = office.ordered(service="cleaning", item="擦窗", matter="擦窗")
    office.now = datetime(2026, 4, 1, 9, 0, tzinfo=NOW.tzinfo)
    advance(office.now, offices=[office.stage.office.pk])
    month = Case.objects.get(category="month_close").number
    assert "GD2603-0002" in office.get("receptionist", "case-act", month, "send_list")
    office.act("receptionist", "send_list", month)
    page = office.get("finance", "case-act", month, "check_list")
    for words in (
        "开出的工作单",
        "未收的工作单",
        "200.00",
        f'value="{paid.number}"',
        f'value="{unpaid.number}"',
    ):
        assert words in page, words
    client, address = office.client("finance"), reverse("case-act", args=[month, "check_list"])
    half = client.post(address, {"checked_off": [paid.number], "key": "half"})
    assert half.status_code == 409 and "还有工作单没有核对" in half.content.decode()
    whole = client.post(address, {"checked_off": [paid.number, unpaid.number], "key": "whole"})
    assert whole.status_code == 302
    assert "'columns'" not in office.get("finance", "case", month), "a table is told in words"
    form = office.get("receptionist", "case-act", month, "confirm_month")
    assert 'value="2"' in form and 'value="200.00"' in form, "the system's own count stands in the form"
    office.act("receptionist", "confirm_month", month, order_count="2", order_amount="200.00")
    office.act("eng_supervisor", "confirm_month", month, order_count="3", order_amount="300.00")
    page = office.get("finance", "case", month)
    assert "客服组 周敏" in page and "工程组 雷志刚" in page and "和别人不一样" in page
    office.act("receptionist", "confirm_month", month, order_count="2", order_amount="200.00")
    office.act("eng_supervisor", "confirm_month", month, order_count="2", order_amount="200.00")
    office.act("finance", "confirm_month", month, order_count="2", order_amount="200.00")
    assert "特约服务/维修月统计表" in office.get("receptionist", "case", month)


@pytest.mark.rule("S000-1-5.1")
@pytest.mark.rule("S000-1-5.2")
@pytest.mark.rule("S000-1-5.3")
@pytest.mark.rule("S000-1-5.4")
def test_the_four_records_stand_among_the_registers_under_their_names(office: Office) -> None:
    office.ordered()
    page = office.get("finance", "registers")
    for title in (
        "特约服务收费明细及确认",
        "特约服务/维修工作单",
        "报修/特约服务记录",
        "特约服务/维修月统计表",
    ):
        assert title in page
    assert "JL2603-0001" in office.get("finance", "register", "paid-service", "request_log")
    assert "GD2603-0001" in office.get("finance", "register", "paid-service", "work_order")


@pytest.mark.rule("S000-1-4.1.1")
def test_a_breach_is_recorded_by_a_head_against_a_named_employee(office: Office) -> None:
    office.now += timedelta(minutes=5)
    told = {
        "employee": str(office.stage.person(TECH).pk), "matter": "私下收钱", "happened_at": "2026-03-01T15:00", "told_by": "来电",
    }  # fmt: skip
    address = reverse("case-new", args=["misconduct"])
    assert office.client("receptionist").get(address).status_code == 404
    assert office.client("eng_supervisor").post(address, {**told, "key": "x"}).status_code == 302
    assert TECH in office.get("director", "case", Case.objects.get(category="misconduct").number)


@pytest.mark.rule("S000-1-4.9.4a")
def test_the_archive_of_a_month_by_department_as_page_and_file(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = reverse("archive")
    client = office.client("finance")
    assert "没有开要存档的单" in client.get(address).content.decode()
    order, other = (
        office.ordered(),
        office.ordered(service="copying", item="复印", quantity="20", matter="复印"),
    )
    page = client.get(address).content.decode()
    for words in ("客服组", "工程组", "财务部", "6 联", "还没送出", order.number, other.number):
        assert words in page, words
    money = client.get(f"{address}?department=财务部&q=复印").content.decode()
    assert "1 联" in money and other.number in money and order.number not in money
    assert "没有相符的联" in client.get(f"{address}?q=没有").content.decode()
    rows = b"".join(client.get("/registers/archive.csv?department=工程组")).decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and order.number in rows[1] and "工程维修" in rows[1], (
        "a counter's copy is not engineering's"
    )
    for kind, begins in (("xlsx", b"PK"), ("pdf", b"%PDF")):
        assert client.get(f"/registers/archive.{kind}").content.startswith(begins)
    monkeypatch.setattr("guanjia.records.queries.PAGE_SIZE", 4)
    assert other.number in client.get(f"{address}?page=2").content.decode()
    assert client.get(f"{address}?month=2026-13").status_code == 422
    assert order.number not in client.get(f"{address}?month=2026-02").content.decode()
    assert office.client(TECH).get(address).status_code == 403
