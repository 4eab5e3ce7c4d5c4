"""A complaint that nobody touches climbs as time goes on; the company's desk with what reached it."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.engine.crowd import LIFT, complain, do, gather
from tests.engine.small import at
from tests.web.test_company_complaints import COMPANY

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case
from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.staff import actions as staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@SIZES
def test_a_complaint_that_nobody_touches_climbs(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    adoption.forget()
    stage = build([read(settings.MANUALS_ROOT / "complaint-handling-8")], {}, at("24 08:00"))
    now = [at("24 09:30")]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    case = open_case(
        stage.office, "complaint", actor=stage.person("cs_supervisor"), at=at("24 09:00"),
        data={"unit": "3-2-1502", "matter": "物业费多收了一个月", "channel": "phone", "contact_name": "王秀兰"},
        intake=Intake(party=stage.parties["3-2-1502"], subject="物业费多收了一个月"),
    ).case  # fmt: skip
    page = new_page(viewport=size)
    sign_in(page, stage.person("director"))
    visit(page, f"/cases/{case.number}/")
    ladder = page.locator(".ladder")
    expect(ladder).to_contain_text("到期 还没办就上报：有效投诉 2 小时内没有联系业户")
    for hour in (11, 12, 23):
        now[0] = at(f"24 {hour}:59")
        advance(now[0], offices=[stage.office.pk])
    now[0] = at("25 08:00")
    advance(now[0], offices=[stage.office.pk])
    visit(page, f"/cases/{case.number}/")
    expect(ladder).to_contain_text("11:00 有效投诉 2 小时内没有联系业户")
    expect(ladder).to_contain_text("有效投诉当日没有回复业户")
    ladder.scroll_into_view_if_needed()
    shot(page, f"ladder-{size['width']}")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    accessible(page)


@SIZES
def test_the_companys_desk(transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible):
    adoption.forget()
    stage: Stage = build([COMPANY], {}, at("24 08:00"), ["3-2-1101", "3-2-0101"])
    monkeypatch.setattr(clock, "now", lambda: at("26 12:00"))
    up = complain(stage, at("24 09:10"), "3-2-1402", "物业费算错，问了三次没人说得清")
    do(stage, up, at("24 10:00"), "classify", by="cs_supervisor", verdict="valid", cause="internal")
    do(stage, up, at("24 10:05"), "ask_centre", by="cs_supervisor")
    whole = gather(stage, at("25 09:00"), "电梯停运")
    for n, home in enumerate(("3-2-1502", "3-2-1402", "3-2-1602", "3-2-1101", "3-2-0101")):
        child = complain(stage, at(f"25 09:0{n}"), home, LIFT[n])
        whole = do(stage, whole, at("25 09:30"), "join", joined=child.number)
    centre = staff.create_user("centre", "钟敏")
    staff.give_post(centre, "company_centre", company=stage.office.company)
    page = new_page(viewport=size)
    sign_in(page, centre)
    visit(page, "/company/complaints/?month=2026-03")
    expect(page.locator("#esc-h")).to_be_visible()
    expect(page.get_by_text(whole.number).first).to_be_visible()
    page.locator("summary", has_text="转给管理处").click()
    shot(page, f"company-{size['width']}")
    accessible(page)
    page.locator("#d-unit").fill("3-2-1602")
    page.locator("#d-matter").fill("门岗态度差")
    page.get_by_role("button", name="转下去").click()
    expect(page.get_by_text("还没报回")).to_be_visible()
    case = Case.objects.get(channel="centre")
    do(stage, case, at("26 12:00"), "report_back", by="cs_supervisor", reported="已道歉，换了门岗")
    visit(page, "/company/complaints/?scope=passed")
    page.get_by_role("button", name="收到").click()
    expect(page.get_by_text("已收到").first).to_be_visible()
    visit(page, "/company/complaints/?month=2026-03")
    page.get_by_role("link", name="有效").first.click()
    expect(page.get_by_text(up.number)).to_be_visible()
    shot(page, f"company-behind-{size['width']}")
    accessible(page)
