"""A shift is handed over at the desk: what is open is listed, nothing is signed without a taker, and then it is hers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.manuals.test_reception import FRONT, VISITS, on, visitor

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import perform
from guanjia.engine.advance import advance
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.card import Person, ShiftDef
from guanjia.ops.cards.stage import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
PEOPLE = (Person(name="李芳", role="receptionist"),)
EARLY = ShiftDef(who="周敏", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 16:00")
LATE = ShiftDef(who="李芳", label="中班", begins="2026-03-24 16:00", ends="2026-03-25 00:00")


@pytest.mark.rule("S001-3-4.9a", "S001-3-4.9b")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_shift_is_handed_over(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([VISITS], {}, on("03-24 07:59"), (), PEOPLE, (EARLY, LATE))
    advance(on("03-24 08:00"), offices=[stage.office.pk])
    lamp = visitor(stage, "周敏", "楼道灯不亮", "03-24 14:00")
    door = visitor(stage, "周敏", "门禁卡坏了", "03-24 14:30")
    monkeypatch.setattr(clock, "now", lambda: on("03-24 15:55"))
    page = new_page(viewport=size)
    sign_in(page, stage.person("周敏"))
    visit(page, "/shift/")
    for words in (
        "现在谁当班",
        "早班 08:00–16:00",
        "下一班",
        "没有排人的时段",
        "还开着的 2 件",
        "楼道灯不亮",
        "今天的值班记录",
    ):
        expect(page.locator("main").get_by_text(words).first).to_be_visible()
    shot(page, f"shift-{size['width']}")
    accessible(page)
    page.get_by_role("link", name="交班", exact=True).click()
    expect(page.get_by_text("门禁卡坏了").first).to_be_visible()
    page.get_by_label(f"{lamp.number} 谁接").select_option(str(stage.person("李芳").pk))
    page.get_by_role("button", name="交班").click()
    expect(page.get_by_text("还没有人接").first).to_contain_text(door.number)
    expect(page.get_by_label(f"{lamp.number} 谁接")).to_have_value(str(stage.person("李芳").pk))
    shot(page, f"shift-refused-{size['width']}")
    accessible(page)
    assert Case.objects.get(category="desk_shift").closed_at is None
    page.get_by_label(f"{door.number} 谁接").select_option(str(stage.person("李芳").pk))
    page.get_by_role("button", name="交班").click()
    expect(page.locator("main").get_by_text("服务中心交接班记录表").first).to_be_visible()
    assert all("409" in line for line in page.errors), page.errors
    page.errors.clear()  # the browser notes the refusal that was meant
    shot(page, f"shift-done-{size['width']}")
    accessible(page)
    mine = Obligation.objects.filter(key="first_receiver", closed_at__isnull=True)
    assert {row.owner.name for row in mine} == {"李芳"}
    advance(on("03-24 16:00"), offices=[stage.office.pk])
    monkeypatch.setattr(clock, "now", lambda: on("03-24 16:01"))
    sign_in(page, stage.person("李芳"))
    visit(page, "/shift/")
    expect(page.locator("main").get_by_text("周敏 → 李芳").first).to_be_visible()
    shot(page, f"shift-next-{size['width']}")


@pytest.mark.rule("S001-2-3.6")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_book_comes_first_and_is_signed_in_person(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([FRONT], {}, on("03-24 07:59"), (), PEOPLE, (EARLY, LATE))
    advance(on("03-24 08:00"), offices=[stage.office.pk])
    book = Case.objects.select_related("office").get(category="front_shift")
    zhou = stage.person("周敏")
    perform(
        book, "sign_book", actor=zhou, at=on("03-24 08:01"), data={"signer": zhou.pk, "signed_as": "0117"}
    )
    perform(
        book,
        "enter",
        actor=zhou,
        at=on("03-24 15:00"),
        data={"entry_kind": "order", "entry": "五点业委会来开会"},
    )
    perform(book, "hand_over", actor=zhou, at=on("03-24 15:59"), data={"hander": zhou.pk})
    advance(on("03-24 16:00"), offices=[stage.office.pk])
    monkeypatch.setattr(clock, "now", lambda: on("03-24 16:01"))
    page = new_page(viewport=size)
    sign_in(page, stage.person("李芳"))
    visit(page, "/desk/")
    expect(page).to_have_url(re.compile("/shift/$"))
    expect(page.get_by_role("alert")).to_contain_text("交班簿您还没签")
    expect(page.locator("main").get_by_text("五点业委会来开会").first).to_be_visible()
    shot(page, f"shift-book-{size['width']}")
    accessible(page)
    page.get_by_role("link", name="看过了，签名").click()
    page.get_by_label("工号或姓名").fill("0231")
    page.get_by_role("button", name="看过交班簿，签名").click()
    visit(page, "/desk/")
    expect(page.get_by_role("heading", name="应办").or_(page.locator("#line")).first).to_be_visible()
    visit(page, "/shift/board/")
    shot(page, f"shift-board-{size['width']}")
    accessible(page)
