"""The duty desk in the browser: checklists ticked, books of lost property and messages, the record of a day, a form left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.browser.test_shift import DESK, EARLY, LATE, PEOPLE
from tests.manuals.test_owner_reception import FOUR, ROOT
from tests.manuals.test_reception import FRONT, VISITS, on, visitor

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import build
from guanjia.policy.loader import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.mark.rule("S001-3-4.3a")
@SIZES
def test_the_list_before_the_shift_is_ticked_point_by_point(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([VISITS], {}, on("03-24 07:59"), (), PEOPLE, (EARLY, LATE))
    advance(on("03-24 08:00"), offices=[stage.office.pk])
    visitor(stage, "周敏", "楼道灯不亮", "03-24 08:10")
    monkeypatch.setattr(clock, "now", lambda: on("03-24 08:12"))
    page = new_page(viewport=size)
    sign_in(page, stage.person("周敏"))
    visit(page, "/shift/")
    expect(page.get_by_text("还有 3 样没勾")).to_be_visible()
    page.get_by_label("仪容仪表合要求").focus()
    page.keyboard.press("Space")
    page.get_by_label("工作台整洁").check()
    shot(page, f"duty-checklist-{size['width']}")
    accessible(page)
    page.get_by_role("button", name="勾上的记下").press("Enter")
    expect(page.get_by_text("还有 1 样没勾")).to_be_visible()
    expect(page.get_by_text("周敏 08:12").first).to_be_visible()
    visit(page, "/shift/log/?month=2026-03")
    expect(page.locator("main").get_by_text("楼道灯不亮").first).to_be_visible()
    shot(page, f"duty-log-{size['width']}")
    accessible(page)
    visit(page, f"/cases/{Case.objects.get(category='desk_shift').number}/do/hand_over/")
    expect(page.get_by_text("清单里还没勾的，会写进交班")).to_be_visible()
    shot(page, f"duty-handover-{size['width']}")
    accessible(page)


@pytest.mark.rule("S001-4-02.6f")
@SIZES
def test_lost_property_waits_in_its_book_and_is_settled_there(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([read(ROOT / FOUR)], {}, on("03-01 09:00"))
    clerk = stage.person("receptionist")
    for at, matter in (("03-22 10:00", "在大堂捡到一把黑伞"), ("03-24 08:00", "丢了一串钥匙")):
        data = {"channel": "counter", "matter": matter, "other_kind": "lost"}
        open_case(stage.office, "other", actor=clerk, at=on(at), data=data)
    first = Case.objects.order_by("opened_at").first()
    perform(
        first,
        "to_lost_found",
        actor=clerk,
        at=on("03-22 10:05"),
        data={"thing": "黑伞", "kept_where": "前台"},
    )
    monkeypatch.setattr(clock, "now", lambda: on("03-24 10:00"))
    page = new_page(viewport=size)
    sign_in(page, clerk)
    visit(page, "/desk/")
    page.locator("#lists").get_by_role("link", name=re.compile("失物招领")).click()
    expect(page.get_by_role("link", name="记一笔")).to_be_visible()
    page.locator(f"#row-{first.number}").get_by_role("link", name="处理完了").click()
    expect(page.get_by_label("怎么处理的")).to_be_visible()
    shot(page, f"duty-lost-{size['width']}")
    accessible(page)
    page.get_by_label("怎么处理的").fill("失主领走了")
    page.get_by_role("button", name="处理完了").click()
    expect(page.locator(f"#row-{first.number}")).to_have_count(0)
    visit(page, f"/books/{FOUR}/visits/")
    expect(page.locator("main").get_by_text("政府部门重要领导来参观，记一笔")).to_be_visible()
    shot(page, f"duty-visits-{size['width']}")
    accessible(page)


@pytest.mark.rule("S001-2-2.6")
@SIZES
def test_a_form_that_was_typed_in_is_not_left_without_a_word(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([FRONT], {}, on("03-24 07:59"))
    monkeypatch.setattr(clock, "now", lambda: on("03-24 10:00"))
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    visit(page, "/books/poly-reception-standard/messages/")
    page.get_by_role("link", name="记一笔").click()
    page.get_by_role("link", name="返回").click()
    expect(page).to_have_url(re.compile("/books/poly-reception-standard/messages/$"))
    visit(page, "/books/poly-reception-standard/messages/enter/")
    page.get_by_label("谁来的电话").fill("王秀兰")
    form = page.url
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("alert")).to_contain_text("没有登记就没有记录")
    expect(page.get_by_label("谁来的电话")).to_have_value("王秀兰")
    assert page.url == form
    shot(page, f"duty-unsaved-{size['width']}")
    accessible(page)
    page.get_by_label("找谁").select_option(str(stage.person("田大勇").pk))
    page.get_by_label("什么话").fill("请回电话")
    page.get_by_role("button", name="记转告").click()
    expect(page).to_have_url(re.compile("/books/poly-reception-standard/messages/$"))
    expect(page.locator("main").get_by_text("请回电话").first).to_be_visible()
    shot(page, f"duty-messages-{size['width']}")
    accessible(page)
    visit(page, "/books/poly-reception-standard/messages/enter/")
    page.get_by_label("谁来的电话").fill("何先明")
    page.get_by_role("link", name="返回").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("link", name="返回").click()
    expect(page).to_have_url(re.compile("/books/poly-reception-standard/messages/$"))
