"""Each way in which a service is paid, at the screens of those who take part: at the door, in advance, at the counter, at
finance, from the list of arrears, visit by visit under an agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.browser.test_field import draw_name
from tests.browser.test_whole_path import act, done, press
from tests.manuals.test_home_service import TEXT as HOME_SERVICE
from tests.manuals.test_home_service import on
from tests.web.test_arrears import later, owing
from tests.web.test_paid_service import TECH, Office
from tests.web.test_reconcile import cleaning, repaired

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.ledger import days
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import Receipt
from guanjia.notify.models import Message
from guanjia.ops.cards.stage import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
HAND = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


@pytest.fixture
def office(transactional_db, monkeypatch) -> Office:
    return Office(monkeypatch)


@pytest.fixture
def sit(office, new_page, sign_in, visit) -> Callable[..., Page]:
    """`sit("cashier", "/cashier/")`: somebody at a screen, a few minutes later."""

    def take(who: str, address: str, **options: object) -> Page:
        office.now += timedelta(minutes=3)
        page = new_page(**(options or {"viewport": DESK}))
        sign_in(page, office.stage.person(who))
        visit(page, address)
        return page

    return take


def refused(page: Page, words: str) -> None:
    """What was tried is not done, and the page says why."""
    expect(page.locator("main")).to_contain_text(words)
    assert all("409" in line or "422" in line for line in page.errors), page.errors
    page.errors.clear()


def on_paper(name: str) -> Callable[[Page], None]:
    """Somebody signed on the paper."""

    def sign(page: Page) -> None:
        page.get_by_text("纸面已签", exact=True).click()
        page.locator("[name$=-name]").last.fill(name)

    return sign


def collect(page: Page, number: str, way: str) -> None:
    """The cashier takes what the list of the day says is owed."""
    page.locator("table.list tr").filter(has_text=number).get_by_role("link", name="收款").click()
    page.get_by_text(way, exact=True).click()
    page.locator("form[data-draft] button[type=submit]").click()
    done(page, "收费")


@pytest.mark.rule("S000-1-4.4b")
@pytest.mark.rule("S000-1-4.4c")
@pytest.mark.rule("S000-1-4.4d")
def test_the_technician_collects_and_hands_in(office, sit, visit, shot):
    case = repaired(office)
    phone = sit(TECH, f"/field/{case.number}/", **HAND)
    press(phone, "照单收款")
    phone.get_by_label("收到金额，元").fill("60")
    press(phone, "照单收款")
    refused(phone, "不多也不少")
    phone.get_by_label("收到金额，元").fill("50")
    press(phone, "照单收款")
    done(phone, "照单收款")
    assert [(held.name, held.fen) for held in days.holdings(office.stage.office)] == [(TECH, 5000)]
    till = sit("finance", "/cashier/")
    expect(till.locator("main")).to_contain_text(TECH)
    visit(till, f"/cases/{case.number}/")
    expect(till.locator(".act.no").filter(has_text="财务确认代收款")).to_contain_text("还没交来")
    press(phone, "钱和三联工作单交财务部")
    phone.get_by_label("三联工作单一起交").check()
    press(phone, "钱和三联工作单交财务部")
    done(phone, "钱和三联工作单交财务部")
    visit(till, "/cashier/")
    till.locator("[data-row]").filter(has_text=case.number).locator(".go").click()
    till.locator("#actions a.act").filter(has_text="财务确认代收款").first.click()
    till.get_by_label("点清金额，元").fill("45")
    till.get_by_text("现金", exact=True).click()
    till.locator("form[data-draft] button[type=submit]").click()
    refused(till, "经手人代收的是 ¥50.00")
    till.get_by_label("点清金额，元").fill("50")
    till.locator("form[data-draft] button[type=submit]").click()
    done(till, "财务确认代收款")
    receipt = Receipt.objects.get()
    visit(phone, f"/field/{case.number}/")
    press(phone, "收据已送业户")
    expect(phone.get_by_label("收据号")).to_have_value(receipt.number)
    shot(phone, "pay-door-receipt")
    assert days.holdings(office.stage.office) == [] and receipt.amount_fen == 5000


@pytest.mark.rule("S000-1-4.5.2a")
def test_cleaning_is_paid_before_a_cleaner_is_sent(office, sit, visit):
    case = cleaning(office, paid=False)
    desk = sit("receptionist", f"/cases/{case.number}/")
    expect(desk.locator(".act.no").filter(has_text="安排保洁员")).to_contain_text("先交费")
    till = sit("cashier", "/cashier/")
    collect(till, case.number, "微信")
    visit(desk, f"/cases/{case.number}/")
    act(
        desk,
        "安排保洁员",
        lambda page: page.locator("[name=cleaner]").select_option(index=1),
    )
    case.refresh_from_db()
    assert case.state == "dispatched" and ledger.balance_of(case.office, f"case:{case.number}").open_fen == 0


@pytest.mark.rule("S000-1-4.6a")
@pytest.mark.rule("S000-1-4.6b")
@pytest.mark.rule("S000-1-4.6c")
def test_copying_is_signed_at_the_counter_and_paid_at_finance(office, sit, visit):
    case = office.ordered(service="copying", item="复印", quantity="20", matter="复印 20 张")
    desk = sit("receptionist", f"/cases/{case.number}/")

    def made(page: Page) -> None:
        page.locator("main form").get_by_text("客服助理", exact=True).click()
        page.get_by_label("做了什么").fill("复印 20 张")

    act(desk, "已复印、打字、传真", made)
    till = sit("cashier", "/cashier/")
    expect(till.locator("main")).to_contain_text("没有待收的费用")
    act(desk, "业户签字，带去交费", on_paper("王秀兰"))
    visit(till, "/cashier/")
    till.locator("table.list tr").filter(has_text=case.number).get_by_role("link", name="收款").click()
    expect(till.get_by_label("收到金额，元")).to_have_value("10.00")
    till.get_by_text("现金", exact=True).click()
    till.locator("form[data-draft] button[type=submit]").click()
    refused(till, "「财务签字」。")
    on_paper("沈悦")(till)
    till.locator("form[data-draft] button[type=submit]").click()
    done(till, "收费")
    visit(desk, f"/cases/{case.number}/")
    expect(desk.locator("main")).to_contain_text(Receipt.objects.get().number)
    expect(desk.locator("main")).to_contain_text("已收清")


@pytest.mark.rule("S000-1-4.4.2a")
@pytest.mark.rule("S000-1-4.4.2b")
@pytest.mark.rule("S000-1-4.4.2c")
@pytest.mark.rule("S000-1-4.9.3a")
@pytest.mark.rule("S000-1-4.9.3b")
def test_who_pays_himself_is_visited_the_day_after_and_left_alone_once_paid(
    office, sit, visit, shot, accessible
):
    case = repaired(office)
    phone = sit(TECH, f"/field/{case.number}/", **HAND)
    phone.get_by_text("业户自行到财务部交费").first.click()
    draw_name(phone)
    press(phone, "业户自行到财务部交费")
    done(phone, "业户自行到财务部交费")
    desk = sit("receptionist", "/cashier/arrears/")
    expect(desk.locator(".debtor")).to_contain_text("当日结清")
    later(office, 3)
    for size in (PHONE, DESK):
        desk = sit("receptionist", "/callbacks/", viewport=size)
        desk.get_by_role("link", name="催收", exact=True).click()
        expect(desk.locator(".debtor")).to_contain_text("已欠 1 天")
        desk.get_by_role("link", name="回访未交费原因").click()
        desk.locator("[name=unpaid_reason]").fill("出差，周五回来")
        accessible(desk)
        shot(desk, f"arrears-{size['width']}")
    desk.locator("[name=unpaid_explained]").fill(" ")
    desk.locator(".inplace button[type=submit]").click()
    refused(desk, "请填写「怎么解释的」")
    expect(desk.locator("[name=unpaid_reason]")).to_have_value("出差，周五回来")
    desk.locator("[name=unpaid_explained]").fill("说明一般当日结清")
    desk.locator(".inplace button[type=submit]").click()
    done(desk, "回访未交费原因")
    expect(desk.locator(".debtor")).to_contain_text("周敏")
    till = sit("cashier", "/cashier/")
    collect(till, case.number, "现金")
    visit(desk, "/cashier/arrears/")
    expect(desk.locator("main")).to_contain_text("没有欠费")
    accessible(desk)
    assert Message.objects.filter(body__contains="停止催收").exists()


@pytest.mark.rule("S000-1-4.4.3a")
@pytest.mark.rule("S000-1-4.4.3b")
@pytest.mark.rule("S000-1-4.4.3c")
def test_the_months_arrears_go_to_customer_service_and_end_with_the_payment(office, sit, visit):
    case = owing(office)
    later(office, 1, 4)
    list_ = Case.objects.get(category="arrears")
    money = sit("finance", f"/cases/{list_.number}/")
    act(money, "欠费情况交客服组")
    desk = sit("receptionist", "/cashier/arrears/")
    expect(desk.locator(".debtor")).to_contain_text("催收欠费")
    desk.get_by_role("link", name="催收欠费").click()
    desk.get_by_label("和谁联系，怎么说").fill("电话里说周五来交")
    desk.locator(".inplace button[type=submit]").click()
    done(desk, "催收欠费")
    expect(desk.locator(".debtor")).to_contain_text("联系过")
    till = sit("cashier", "/cashier/arrears/")
    till.get_by_role("link", name="收款").click()
    till.get_by_text("支付宝", exact=True).click()
    till.locator("form[data-draft] button[type=submit]").click()
    done(till, "收费")
    visit(desk, "/cashier/arrears/")
    expect(desk.locator("main")).to_contain_text("没有欠费")
    assert case.obligations.get(key="chase_payment").state == "met"


@pytest.mark.rule("S002-1-5.1.5a")
@pytest.mark.rule("S002-1-5.1.5b")
def test_an_agreement_is_billed_visit_by_visit(
    transactional_db, monkeypatch, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([HOME_SERVICE], {}, on("02-20 09:00"))
    clerk, head, worker = (stage.person(who) for who in ("receptionist", "director", "technician"))
    known = {
        "unit": "3-2-1502",
        "contact_name": "王秀兰",
        "contact_phone": "13800001234",
        "matter": "每周打扫一次",
    }
    agreement = open_case(stage.office, "agreement", actor=clerk, at=on("02-24 09:00"), data=known).case
    points = {
        "able": True, "served_for": "王秀兰一家", "service_times": "每周四 9 点", "service": "日常清洁", "scope": "两室一厅",
        "requirements": "不用化学清洁剂", "price": "120",
    }  # fmt: skip
    perform(agreement, "confirm", actor=clerk, at=on("02-24 09:10"), data=points)
    perform(agreement, "approve", actor=head, at=on("02-24 09:20"), data={})
    signed = {
        "server": worker.pk,
        "starts_on": "2026-02-24 00:00",
        "signature": {"how": "paper", "name": "王秀兰"},
    }
    perform(agreement, "sign", actor=head, at=on("02-24 09:30"), data=signed)
    perform(agreement, "plan_visits", actor=clerk, at=on("02-26 09:00"), data={"visits": ["2026-03-05 09:00", "2026-03-12 09:00"]})  # fmt: skip
    for job in Case.objects.filter(category="paid_service").order_by("appointment_at"):
        at = job.appointment_at
        for minutes, action, who, data in (
            (-30, "dispatch", clerk, {"server": worker.pk}), (-20, "depart", worker, {}), (0, "arrive", worker, {}),
            (1, "start", worker, {"explained": True}), (120, "finish", worker, {"done": "打扫完"}),
        ):  # fmt: skip
            perform(job, action, actor=who, at=at + timedelta(minutes=minutes), data=data)
    monkeypatch.setattr(clock, "now", lambda: on("03-12 11:30"))
    till = new_page(viewport=DESK)
    sign_in(till, stage.person("cashier"))
    visit(till, "/cashier/")
    expect(till.locator("main")).to_contain_text("未收合计 ¥240.00")
    for job in Case.objects.filter(category="paid_service"):
        visit(till, "/cashier/")
        collect(till, job.number, "微信")
    visit(till, "/cashier/statement/unit:3-2-1502/")
    assert till.locator("table.list tbody").inner_text().count("120.00") >= 4
    shot(till, "pay-agreement-statement")
    visit(till, "/cashier/reconcile/?period=2026-03")
    expect(till.locator("table.sides tfoot")).to_contain_text("240.00")
    expect(till.locator("table.sides tbody .st.done")).to_have_count(2)
    accessible(till)
