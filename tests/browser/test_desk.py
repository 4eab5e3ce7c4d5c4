"""The receptionist's desk with a keyboard: one line in, everything out; two desks side by side; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event as Signal

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import PHONE
from tests.web.repair import BEGINS, TO_DONE, Repair

from guanjia import clock
from guanjia.cases.models import Access, Case
from guanjia.intake import classification
from guanjia.work import defaults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LINE = "3-2-1502 王女士 厨房水管爆了 13800001234"


@pytest.fixture
def repair(transactional_db, monkeypatch) -> Repair:
    found = Repair()
    classification.load_defaults(found.office)
    defaults.load_lists(found.office, at=BEGINS - timedelta(days=30), by="开业")
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def desk(repair, new_page, sign_in, visit) -> Callable[..., Page]:
    """`desk()` is the receptionist's open desk; another person's by name or role."""

    def take(who: str = "receptionist", address: str = "/desk/", **options: object) -> Page:
        page = new_page(**options)
        sign_in(page, repair.person(who))
        visit(page, address)
        return page

    return take


def write(page: Page, line: str) -> None:
    """Types a line and waits until it was read."""
    page.keyboard.press("F2")
    page.keyboard.type(line)
    expect(page.locator("#heard")).to_have_attribute("data-for", line.strip())


def test_one_line_becomes_a_case_and_can_be_taken_back(desk, repair, shot, accessible):
    page = desk()
    expect(page.locator("#line")).to_be_focused()
    write(page, LINE)
    expect(page.locator("#heard mark")).to_have_count(4)
    marks = page.locator("#heard mark").first.bounding_box()
    line = page.locator("#line").bounding_box()
    assert marks["x"] == pytest.approx(line["x"], abs=1.5), "the mark lies under its letters"
    expect(page.locator("#household h2")).to_contain_text("3栋2单元1502")
    expect(page.locator(".clocks")).to_contain_text("15分钟内")
    expect(page.locator(".dup").first).to_contain_text("可能是同一件事")
    shot(page, "desk-line", full=False)
    accessible(page)
    page.keyboard.press("Alt+l")
    expect(page.locator("[name=same]").first).to_be_focused()
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("已登记 BX2603-0002")
    expect(page.locator("#line")).to_have_value("")
    expect(page.locator("#worklist")).to_contain_text("BX2603-0002")
    made = Case.objects.get(number="BX2603-0002")
    assert made.state == "dispatched" and made.party.name == "王秀兰"
    expect(toast.get_by_role("button", name="撤销")).to_be_visible()
    expect(page.locator("#line")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("#toasts")).to_contain_text("已撤销登记 BX2603-0002")
    expect(page.locator("#worklist")).not_to_contain_text("BX2603-0002", timeout=4000)
    made.refresh_from_db()
    assert made.state == "withdrawn"


def test_enter_waits_for_the_reading_and_ctrl_enter_only_registers(desk, repair):
    page = desk()
    page.keyboard.type("6-1-0302 刘先生 卫生间漏水 13500004567")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts .toast")).to_contain_text("已登记 BX2603-0002")
    made = Case.objects.get(number="BX2603-0002")
    assert (made.state, made.unit.code, made.party.name) == ("registered", "6-1-0302", "刘伟")


def test_what_is_wrong_has_the_cursor(desk, repair, visit, accessible):
    page = desk()
    write(page, "3-2-1502 水管漏水")
    page.keyboard.press("Enter")
    expect(page.locator("#line-errors")).to_contain_text("联系电话")
    expect(page.locator("#c-phone")).to_be_focused()
    accessible(page)
    page.keyboard.type("13800001234")
    page.keyboard.press("Tab")
    expect(page.locator("#parse")).to_contain_text("由接待员填写")
    visit(page, "/cases/new/repair/")
    page.locator("[name=contact_phone]").fill("abc")
    page.locator("form[data-draft]").evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
    expect(page.locator("main [aria-invalid=true]").first).to_be_focused()
    page.errors[:] = [line for line in page.errors if "422" not in line]


def test_cells_are_corrected_by_key_and_the_correction_stays(desk, repair):
    page = desk()
    write(page, "3-2-1502 王女士 水管爆了 13800001234")
    page.keyboard.press("Alt+3")
    expect(page.locator("#c-matter")).to_be_focused()
    page.keyboard.type("厨房角阀漏水")
    page.keyboard.press("Alt+6")
    expect(page.locator("#c-timing")).to_be_focused()
    page.locator("#c-timing").select_option(label="约定时间")
    expect(page.locator("[name=appointment_at]")).to_be_visible()
    page.locator("[name=appointment_at]").fill("2026-03-24T15:00")
    page.keyboard.press("Alt+1")
    expect(page.locator("#c-unit")).to_be_focused()
    page.keyboard.type("3-2-1402")
    page.keyboard.press("Alt+4")
    expect(page.locator("#household h2")).to_contain_text("3栋2单元1402")
    expect(page.locator("#c-matter")).to_have_value("厨房角阀漏水")
    page.keyboard.press("F2")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .toast")).to_contain_text("已登记")
    made = Case.objects.order_by("pk").last()
    assert (made.unit.code, made.facts["matter"], made.facts["timing"]) == (
        "3-2-1402",
        "厨房角阀漏水",
        "appointment",
    )


@contextmanager
def slow_answers(page: Page) -> Iterator[list[Route]]:
    """Inside, the desk's readings leave but do not arrive; afterwards they arrive in the order they left."""
    late: list[Route] = []
    open_again = Signal()
    page.route(
        "**/desk/parse/*", lambda route: route.continue_() if open_again.is_set() else late.append(route)
    )
    yield late
    open_again.set()
    for route in late:
        route.continue_()


def test_an_answer_that_comes_while_a_cell_is_typed_changes_nothing_of_it(desk):
    page = desk()
    write(page, "3-2-1502 王女士 水管爆了 13800001234")
    with slow_answers(page) as late:
        page.keyboard.press("Alt+3")
        page.keyboard.type("厨房角阀漏水")
        page.keyboard.press("Alt+1")
        page.keyboard.type("3-2-")
        page.wait_for_timeout(300)
        assert len(late) == 1  # about the matter, with what was typed of the house when it was asked
        page.keyboard.type("14")
    page.wait_for_timeout(600)
    expect(page.locator("#c-unit")).to_have_value("3-2-14")
    page.keyboard.type("02")
    page.keyboard.press("Alt+4")
    expect(page.locator("#household h2")).to_contain_text("3栋2单元1402")
    expect(page.locator("#c-matter")).to_have_value("厨房角阀漏水")


def test_three_cells_corrected_faster_than_the_office_answers_are_all_read(desk):
    page = desk()
    write(page, "3-2-1502 王女士 水管爆了 13800001234")
    with slow_answers(page):
        page.keyboard.press("Alt+3")
        page.keyboard.type("厨房角阀漏水")
        page.keyboard.press("Alt+6")
        page.wait_for_timeout(300)
        page.locator("#c-timing").select_option(label="约定时间")
        page.wait_for_timeout(300)
        page.keyboard.press("Alt+1")
        page.keyboard.type("3-2-1402")
        page.keyboard.press("Alt+4")
        page.wait_for_timeout(300)
    expect(page.locator("#household h2")).to_contain_text("3栋2单元1402")
    expect(page.locator("#c-matter")).to_have_value("厨房角阀漏水")
    expect(page.locator("#c-timing")).to_have_value("appointment")


def test_a_new_case_of_another_desk_appears_without_touching_what_is_typed(desk, repair):
    here, there = desk(), desk("cs_supervisor")
    write(here, "3-2-1602 吴先生 灯")
    write(there, "6-1-0302 刘先生 卫生间爆管 13500004567")
    there.keyboard.press("Enter")
    expect(there.locator("#toasts .toast")).to_contain_text("已登记")
    expect(here.locator("#worklist")).to_contain_text("BX2603-0002", timeout=2500)
    expect(here.locator("#line")).to_be_focused()
    expect(here.locator("#line")).to_have_value("3-2-1602 吴先生 灯")
    here.keyboard.type("不亮")
    expect(here.locator("#line")).to_have_value("3-2-1602 吴先生 灯不亮")


def test_a_row_that_stands_open_is_read_anew_and_goes_when_it_is_done(desk, repair):
    repair.send()
    page = desk("eng_supervisor")
    page.locator("#find").fill("BX2603-0001")
    page.locator("#find").press("Enter")
    row = page.locator("#worklist [data-row]").filter(has_text="到达维修现场")
    row.locator(".go").focus()
    expect(row.locator(".more")).to_contain_text("15 分钟内必须有人到现场")
    expect(row.locator(".more")).to_contain_text("转派")
    repair.do("accept")
    repair.do("arrive")
    expect(row).to_have_count(0, timeout=4000)


def test_the_worklist_by_keyboard(desk, repair, visit):
    repair.play(*TO_DONE)
    page = desk()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#worklist [data-row] .go").first).to_be_focused()
    first = page.locator("#worklist [data-row] .go").first.get_attribute("href")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#worklist [data-row] .go").nth(1)).to_be_focused()
    page.keyboard.press("F1")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("F8")
    page.wait_for_url(f"**{first}")
    page.keyboard.press("F4")
    page.wait_for_url("**/do/note/")
    page.get_by_label("记什么").fill("业户来电，说水又漏了")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".tl")).to_contain_text("业户来电，说水又漏了")


def test_a_number_is_shown_by_key_and_written_down(desk, repair):
    page = desk()
    write(page, "3-2-1502")
    expect(page.locator(".people")).to_contain_text("138****1234")
    page.keyboard.press("Alt+p")
    expect(page.locator(".people")).to_contain_text("138 0000 1234")
    assert Access.objects.get().user == repair.person("receptionist")


def test_what_was_typed_survives_a_reload(desk, repair):
    page = desk()
    write(page, LINE)
    page.wait_for_timeout(400)
    page.reload()
    expect(page.locator("#line")).to_have_value(LINE)
    expect(page.locator("#heard mark")).to_have_count(4)
    page.locator("#line").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .toast")).to_contain_text("已登记")
    page.reload()
    expect(page.locator("#line")).to_have_value("")


def test_who_was_slower_learns_what_changed_and_keeps_his_words(desk, repair, accessible):
    slow = desk("cs_supervisor", f"/cases/{repair.case.number}/do/dispatch/")
    slow.get_by_label("派给").select_option(index=1)
    slow.get_by_label("交代一句").fill("带两只角阀")
    repair.send()
    slow.keyboard.press("Control+Enter")
    expect(slow.locator(".note.bad").first).to_contain_text("现在是「已派单」")
    expect(slow.locator(".note.bad").first).to_contain_text("周敏 派单")
    expect(slow.get_by_label("交代一句")).to_have_value("带两只角阀")
    accessible(slow)
    slow.errors.clear()


def test_a_case_page_follows_what_others_do(desk, repair, accessible, shot):
    repair.send()
    page = desk("receptionist", f"/cases/{repair.case.number}/")
    accessible(page)
    expect(page.locator(".steps .now")).to_contain_text("派单")
    repair.do("accept")
    expect(page.locator(".steps .now")).to_contain_text("接单", timeout=6000)
    page.set_viewport_size(PHONE)
    accessible(page)
    shot(page, "case-phone")
