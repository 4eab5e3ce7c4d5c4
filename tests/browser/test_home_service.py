"""The pages that on-request services bring, at a desk and on a phone: axe finds nothing, nothing sticks out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.manuals.test_home_service import TEXT, drawn, homes, month_case, on, ordered, written

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.engine import perform
from guanjia.ops.cards.stage import build
from guanjia.work import queries as work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.mark.once
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_accessible_and_fit(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([TEXT], {}, on("02-27 09:00"))
    case = drawn(stage, homes(stage.office, 12))
    job = ordered(stage, "04-01 09:30", appointment_at="2026-04-01 10:30")
    clerk, worker = stage.person("receptionist"), stage.person("technician")
    perform(job, "dispatch", actor=clerk, at=on("04-01 09:31"), data={"server": worker.pk})
    perform(job, "depart", actor=worker, at=on("04-01 10:00"), data={})
    perform(job, "arrive", actor=worker, at=on("04-01 10:27"), data={})
    monkeypatch.setattr(clock, "now", lambda: on("04-01 10:40"))
    pages = {
        "sample": ("cs_supervisor", f"/cases/{case.number}/sample/"),
        "samples": ("cs_supervisor", "/samples/"),
        "choose": ("receptionist", "/cases/new/"),
        "new": ("receptionist", "/cases/new/paid_service/"),
        "agreement": ("receptionist", "/cases/new/agreement/"),
        "month": ("cs_supervisor", f"/cases/{case.number}/"),
        "job": ("technician", f"/field/{job.number}/"),
    }
    for name, (who, address) in pages.items():
        page = new_page(viewport=size)
        sign_in(page, stage.person(who))
        visit(page, address)
        shot(page, f"home-service-{name}-{size['width']}", full=size is PHONE)
        accessible(page)
        page.close()


def test_the_price_of_a_chosen_item_stands_in_the_form_until_another_is_typed(
    transactional_db, monkeypatch, page, sign_in, visit
):
    adoption.forget()
    stage = build([TEXT], {}, on("02-27 09:00"))
    price_of = {item.name: item.price_fen for item in work.items(stage.office, on("03-02 09:00"))}
    first, second = [name for name, fen in price_of.items() if fen][:2]
    shown = {name: f"{price_of[name] // 100}.{price_of[name] % 100:02d}" for name in (first, second)}
    assert shown[first] != shown[second]
    monkeypatch.setattr(clock, "now", lambda: on("03-02 09:00"))
    sign_in(page, stage.person("receptionist"))
    visit(page, "/cases/new/paid_service/")
    page.fill("#f-item", first)
    expect(page.locator("#f-price")).to_have_value(shown[first])
    page.fill("#f-item", second)
    expect(page.locator("#f-price")).to_have_value(shown[second])
    page.fill("#f-price", "20")
    page.fill("#f-item", first)
    expect(page.locator("#f-price")).to_have_value("20")
    visit(page, f"/cases/new/paid_service/?item={first}")
    price = page.locator("#f-price")
    expect(price).to_have_attribute("value", shown[first])
    expect(price).to_have_value("20")  # the draft: what was typed is not lost
    page.fill("#f-item", second)
    expect(price).to_have_value("20")


@pytest.mark.rule("S002-1-5.4.3a")
def test_a_sample_drawn_twice_comes_out_the_same(
    transactional_db, monkeypatch, new_page, sign_in, visit, shot
) -> None:
    adoption.forget()
    stage = build([TEXT], {}, on("02-27 09:00"))
    written(stage, homes(stage.office, 12))
    case = month_case(stage)
    monkeypatch.setattr(clock, "now", lambda: on("04-01 09:00"))
    page = new_page(viewport=DESK)
    sign_in(page, stage.person("cs_supervisor"))
    visit(page, f"/cases/{case.number}/do/draw_households/")
    page.locator("select[name='designee']").select_option(str(stage.person("receptionist").pk))
    page.locator("form[data-draft] button[type='submit']").click()
    expect(page).to_have_url(re.compile(rf"/cases/{case.number}/$"))
    visit(page, f"/cases/{case.number}/sample/")
    first = page.locator("table.list").inner_text()
    expect(page.locator("main")).to_contain_text("结果一样")
    again = new_page(viewport=DESK)
    sign_in(again, stage.person("director"))
    visit(again, f"/cases/{case.number}/sample/")
    assert again.locator("table.list").inner_text() == first, "whoever draws it again from the seed"
    expect(again.locator("main")).to_contain_text("结果一样")
    case.refresh_from_db()
    sample = case.facts["sample"]
    case.facts["sample"] = {**sample, "drawn": sample["next"][: len(sample["drawn"])]}
    case.save(update_fields=["facts"])
    visit(page, f"/cases/{case.number}/sample/")
    expect(page.locator("main")).to_contain_text("结果不一样")
    shot(page, "sample-changed-by-hand")
