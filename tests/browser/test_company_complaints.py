"""A complaint that nobody touches climbs as time goes on; the company's desk with what reached it."""

from __future__ import annotations

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.engine.crowd import LIFT, complain, do, gather
from tests.engine.small import at

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


MANUAL = "complaint-handling-8"
RUNGS = (
    "值班员：接手：当场处理，或交客户服务主管",
    "客户服务主管：接手没有人办的投诉",
    "管理处主任：过问没有人办的投诉，组织处理",
    "公司客户投诉处理中心：过问报到公司的投诉",
    "主管副总经理：过问报到公司的投诉",
    "总经理：过问报到公司的投诉",
)
# who, from when, and how far the matter has climbed by then
COMPANY_RUNGS = (
    ("company_centre", "25 11:31", 4),
    ("vice_president", "26 11:31", 5),
    ("general_manager", "27 11:31", 6),
)


class Climb:
    """The real manual with a complaint that nobody touches, and a clock that is moved on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        adoption.forget()
        self.stage = build([read(settings.MANUALS_ROOT / MANUAL)], {}, at("24 08:00"))
        self.now = at("24 09:00")
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.case = open_case(
            self.stage.office, "complaint", actor=self.stage.person("receptionist"), at=self.now,
            data={"unit": "3-2-1502", "matter": "物业费多收了一个月", "channel": "phone", "contact_name": "王秀兰"},
            intake=Intake(party=self.stage.parties["3-2-1502"], subject="物业费多收了一个月"),
        ).case  # fmt: skip

    def until(self, when: str) -> None:
        """Time goes on, and whatever falls due happens at its own time."""
        self.now = at(when)
        advance(self.now, offices=[self.stage.office.pk])


def rungs_of(page) -> list[tuple[str, str]]:
    """Each rung of the ladder: its title, and whether the matter is there (here), beyond ("") or below (off)."""
    found = page.locator(".ladder > li")
    return [(row.locator(".hd > b").inner_text(), (row.get_attribute("class") or "")) for row in found.all()]


@SIZES
def test_a_complaint_that_nobody_touches_climbs(
    transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible
):
    climb = Climb(monkeypatch)
    number, wide = climb.case.number, size["width"]
    page = new_page(viewport=size)
    sign_in(page, climb.stage.person("director"))
    climb.now = at("24 09:10")
    visit(page, f"/cases/{number}/")
    ladder = page.locator(".ladder")
    expect(ladder).to_contain_text("到期（09:30） 还没办就上报：值班员到时没有接手")
    for when in ("09:30", "11:30", "明天 11:30", "3月26日 11:30", "3月27日 11:30"):
        expect(ladder).to_contain_text(f"{when} 还没有人办就到这一级")
    assert [title for title in titles(page) if title in RUNGS] == list(RUNGS)
    assert states(page) == ["here", "off", "off", "off", "off", "off"]
    ladder.scroll_into_view_if_needed()
    shot(page, f"ladder-start-{wide}")

    climb.until("24 09:31")
    desk = new_page(viewport=size)
    sign_in(desk, climb.stage.person("cs_supervisor"))
    visit(desk, "/desk/?scope=mine")
    expect(desk.get_by_text("接手没有人办的投诉").first).to_be_visible()
    shot(desk, f"ladder-supervisor-{wide}", full=False)

    climb.until("24 11:31")
    visit(page, f"/cases/{number}/")
    assert states(page) == ["", "", "here", "off", "off", "off"]
    expect(ladder).to_contain_text("11:30 主管到时没有接手")
    shot(page, f"ladder-director-{wide}")
    accessible(page)

    for role, when, reached in COMPANY_RUNGS:
        climb.until(when)
        up = new_page(viewport=size)
        sign_in(up, climb.stage.person(role))
        visit(up, "/director/")
        up.get_by_role("link", name="有 1 件投诉等您过问").click()
        expect(up.get_by_role("heading", name="等您过问的 1")).to_be_visible()
        expect(up.locator("table", has_text="要您办的")).to_contain_text("过问报到公司的投诉")
        expect(up.locator("section[aria-labelledby=esc-h]")).to_contain_text(number)
        shot(up, f"company-{role}-{wide}")
        accessible(up)
        up.locator("section[aria-labelledby=ask-h]").get_by_role("button", name=number).click()
        up.wait_for_url(f"**/cases/{number}/")
        assert states(up) == [*[""] * (reached - 1), "here", *["off"] * (6 - reached)]
        shot(up, f"ladder-{role}-{wide}")
        accessible(up)
    up.locator("#actions a.act").filter(has_text="过问，批示怎么办").click()
    up.locator("[name=instruction]").fill("林主任今天办完，退多收的钱")
    shot(up, f"instruct-{wide}", full=False)
    up.locator("form[data-draft] button[type=submit]").click()
    expect(up.get_by_text("林主任今天办完").first).to_be_visible()
    visit(up, "/company/complaints/")
    expect(up.get_by_text("没有等您过问的投诉")).to_be_visible()
    visit(page, f"/cases/{number}/")
    expect(page.locator("main")).to_contain_text("照公司的批示办")
    shot(page, f"ladder-instructed-{wide}")


def titles(page) -> list[str]:
    return [title for title, _state in rungs_of(page)]


def states(page) -> list[str]:
    """Of the rungs of time, from the duty officer's to the general manager's."""
    found = dict(rungs_of(page))
    return [found[title] for title in RUNGS]


@SIZES
def test_the_companys_desk(transactional_db, monkeypatch, size, new_page, sign_in, visit, shot, accessible):
    adoption.forget()
    homes = ["3-2-1101", "3-2-0101"]
    stage: Stage = build([read(settings.MANUALS_ROOT / MANUAL)], {}, at("24 08:00"), homes)
    monkeypatch.setattr(clock, "now", lambda: at("26 12:00"))
    up = complain(stage, at("24 09:10"), "3-2-1402", "物业费算错，问了三次没人说得清")
    do(stage, up, at("24 09:20"), "hand_over", handler=stage.person("cs_supervisor").pk)
    classes = {"verdict": "valid", "about": "charging", "fault": "dereliction"}
    do(stage, up, at("24 10:00"), "classify", by="cs_supervisor", **classes)
    do(stage, up, at("24 10:05"), "beyond_supervisor", by="cs_supervisor", unsolved_reason="账要公司查")
    do(stage, up, at("24 10:10"), "to_centre", by="director", beyond_office="财务系统在公司")
    whole = gather(stage, at("25 09:00"), "电梯停运")
    for n, home in enumerate(("3-2-1502", "3-2-1402", "3-2-1602", *homes)):
        child = complain(stage, at(f"25 09:0{n}"), home, LIFT[n])
        whole = do(stage, whole, at("25 09:30"), "join", joined=child.number)
    centre = staff.create_user("centre", "钟敏")
    staff.give_post(centre, "company_centre", company=stage.office.company)
    page = new_page(viewport=size)
    sign_in(page, centre)
    visit(page, "/company/complaints/?month=2026-03")
    expect(page.locator("section[aria-labelledby=ask-h]")).to_contain_text("协助管理处解决")
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
    do(stage, case, at("26 12:00"), "classify", by="cs_supervisor", verdict="invalid")
    do(stage, case, at("26 12:00"), "explain", by="cs_supervisor", result="已道歉，换了门岗", reply_means="phone",
       opinion="可以", satisfied="yes")  # fmt: skip
    do(stage, case, at("26 12:00"), "report_back", by="cs_supervisor", reported_back="已道歉，换了门岗")
    visit(page, "/company/complaints/?scope=passed")
    page.get_by_role("button", name="收到").click()
    expect(page.get_by_text("已收到").first).to_be_visible()
    visit(page, "/company/complaints/?month=2026-03")
    page.get_by_role("link", name="有效").first.click()
    expect(page.get_by_text(up.number)).to_be_visible()
    shot(page, f"company-behind-{size['width']}")
    accessible(page)
