"""A repair from the call to the closed case, played by everybody who takes part, each at a screen of his own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pypdfium2
import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.browser.test_field import draw_name
from tests.web.repair import BEGINS, FIRST, Repair

from guanjia import clock
from guanjia.cases.models import Case
from guanjia.intake import classification
from guanjia.ledger.models import Receipt
from guanjia.ops import verification
from guanjia.records.models import Copy
from guanjia.work import defaults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = "BX2603-0002"  # the stage has one repair of its own


@pytest.fixture
def repair(transactional_db, monkeypatch) -> Repair:
    found = Repair()
    classification.load_defaults(found.office)
    defaults.load_lists(found.office, at=BEGINS - timedelta(days=30), by="开业")
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def sit(repair, new_page, sign_in, visit) -> Callable[..., Page]:
    """`sit("cashier", "/cashier/")`: somebody at a screen, a few minutes later."""

    def take(who: str, address: str, **options: object) -> Page:
        repair.at += timedelta(minutes=3)
        page = new_page(**options)
        sign_in(page, repair.person(who))
        visit(page, address)
        return page

    return take


def press(page: Page, words: str) -> None:
    """The main button of a phone page."""
    page.locator(".pfoot .big:not(.ghost)").filter(has_text=words).click()


def done(page: Page, words: str) -> None:
    expect(page.locator("#toasts")).to_contain_text(words)


def call(page: Page) -> None:
    page.keyboard.press("F2")
    page.keyboard.type("6-1-0302 刘先生 厨房水管爆了 13500004567")
    expect(page.locator(".clocks")).to_contain_text("15分钟内")
    page.locator("[name=technician]").select_option(label="田大勇 不当班·手上 0 单")
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    done(page, f"已登记 {NUMBER}。已派给 田大勇。")


def mend(page: Page) -> None:
    press(page, "接单")
    done(page, "接单")
    press(page, "我已到场")
    done(page, "我已到场")
    press(page, "初步查看")
    page.get_by_label("看到什么").fill("水槽下角阀裂开")
    page.get_by_label("对照一览表，是哪一项").fill("水管维修")
    page.get_by_text("能修", exact=True).click()
    lines = page.locator("[data-field='materials']")
    for label, value in (("项目", "不锈钢角阀"), ("数量", "2"), ("单位", "只"), ("单价，元", "39")):
        lines.get_by_label(label).fill(value)
    press(page, "初步查看")
    done(page, "初步查看")
    press(page, "开始维修")
    done(page, "开始维修")
    finish(page, "换了两只角阀")
    press(page, "试用验收")
    page.get_by_text("不满意", exact=True).click()
    page.get_by_label("哪里不满意").fill("还在滴水")
    press(page, "试用验收")
    done(page, "试用验收")
    finish(page, "又换了垫圈")
    press(page, "试用验收")
    page.get_by_text("满意", exact=True).click()
    press(page, "试用验收")
    done(page, "试用验收")
    press(page, "签署意见")
    page.get_by_label("业户意见").fill("来得快，修得好。")
    draw_name(page)
    page.get_by_text("已确定", exact=True).click()
    page.get_by_label("应收，元").fill("78")
    page.get_by_label("已说明维修不收现金").check()
    page.get_by_label("业户联已交给业户").check()
    press(page, "签署意见")
    done(page, "签署意见")


def finish(page: Page, words: str) -> None:
    press(page, "记完工")
    page.get_by_label("做了什么").fill(words)
    press(page, "记完工")
    done(page, "记完工")


def act(page: Page, label: str, fill: Callable[[Page], None] | None = None) -> None:
    """An action from the bar of the case: its form, filled, sent with the keyboard."""
    page.locator("#actions a.act, .moreacts a").filter(has_text=label).first.click()
    if fill:
        fill(page)
    page.locator("form[data-draft] button[type=submit]").click()
    done(page, label)


def pages_of(response) -> str:
    """The text of a PDF."""
    document = pypdfium2.PdfDocument(response.body())
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_from_the_call_to_the_closed_case(repair, sit, visit, shot, live_server):
    call(sit("receptionist", "/desk/"))
    mend(sit(FIRST, f"/field/{NUMBER}/", viewport=PHONE, has_touch=True, is_mobile=True))

    chief = sit("eng_supervisor", f"/cases/{NUMBER}/")
    expect(chief.locator(".act.no").filter(has_text="办结")).to_contain_text("工程主管还没回访")
    act(chief, "收回维修单", lambda page: page.get_by_label("维修单已交回").check())

    def satisfied(page: Page) -> None:
        page.get_by_text("电话", exact=True).click()
        page.get_by_text("满意", exact=True).click()

    act(chief, "回访", satisfied)

    till = sit("cashier", "/cashier/")
    till.locator("[data-row]").filter(has_text=NUMBER).locator(".go").click()
    act(till, "财务联记账", lambda page: page.get_by_label("财务联已收到").check())
    visit(till, "/cashier/")
    expect(till.locator("table.list").first).to_contain_text("78.00")
    till.get_by_role("link", name="收款").click()
    expect(till.get_by_label("收到金额，元")).to_have_value("78.00")
    till.get_by_text("微信", exact=True).click()
    till.locator("form[data-draft] button[type=submit]").click()
    done(till, "收费")
    receipt = Receipt.objects.get()
    paper = till.request.get(f"{live_server.url}/cashier/receipts/{receipt.number}.pdf")
    assert paper.ok and "柒拾捌元整" in pages_of(paper).replace("\n", "")
    day = till.request.get(f"{live_server.url}/cashier/day.pdf")
    assert day.ok and receipt.number in pages_of(day)

    desk = sit("receptionist", f"/cases/{NUMBER}/")
    act(desk, "存根联装订归档", lambda page: page.get_by_label("册号").fill("2026-03 第1册"))
    act(desk, "办结")
    expect(desk.locator(".steps .now")).to_have_count(0)
    shot(desk, "whole-path-closed", full=False)

    case = Case.objects.get(number=NUMBER)
    assert case.closed_at and case.state == "closed" and case.facts["fee"] == 7800
    copies = Copy.objects.filter(record__reference=f"case:{NUMBER}")
    assert {copy.key: bool(copy.arrived_at) for copy in copies} == {
        "resident": True,
        "finance": True,
        "stub": True,
    }
    assert len([event for event in case.events.all() if "trial_failed" in event.emits]) == 1
    troubles = [trouble.message for trouble in verification.verify(lambda *_step: None)]
    assert not troubles

    chief_of_all = sit("director", "/director/")
    expect(chief_of_all.locator(".kpi").filter(has_text="即时维修到场及时率")).to_contain_text("1/2")
    chief_of_all.get_by_role("link", name="修后 24 小时回访率").click()
    expect(chief_of_all.locator("table.list")).to_contain_text(NUMBER)
