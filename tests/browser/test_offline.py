"""The technician in a basement: no network, a whole job all the same, and everything reaches the office once, in order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.offline import (
    arrive_offline,
    back,
    cut,
    inspect_offline,
    kept_events,
    later,
    lines,
    phone,
    press,
    repair,
    state,
    take_along,
    wait_sent,
)
from tests.browser.test_field import draw_name, picture
from tests.web.repair import ZONE

from guanjia.cases.models import Attachment

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["phone", "repair"]


def look(page: Page) -> None:
    """What is found, with a price line and a photograph."""
    page.get_by_label("看到什么").fill("水槽下角阀裂开")
    page.get_by_text("能修", exact=True).click()
    materials = page.locator("[data-field='materials']")
    materials.get_by_label("项目").fill("不锈钢角阀")
    materials.get_by_label("数量").fill("2")
    materials.get_by_label("单位").fill("只")
    materials.get_by_label("单价，元").fill("39")
    page.locator("input[type=file]").set_input_files([picture()])
    expect(page.locator("figure.new")).to_have_count(1)


def repair_and_sign(page: Page) -> None:
    """From the first look to the signature, each step after the one that still waits in the phone."""
    later(page, 2)
    press(page, "开始维修")
    state(page, "施工")
    later(page, 20)
    press(page, "记完工")
    page.get_by_label("做了什么").fill("换了两只角阀")
    press(page, "记完工")
    state(page, "待试用")
    press(page, "试用验收")
    page.get_by_text("满意", exact=True).click()
    press(page, "试用验收")
    state(page, "待签署")
    later(page, 3)
    press(page, "签署意见")
    expect(page.locator("[data-money]")).to_contain_text("¥78.00")
    page.get_by_label("业户意见").fill("来得快")
    draw_name(page)
    page.get_by_text("已确定", exact=True).click()
    page.get_by_label("应收，元").fill("78")
    page.get_by_label("已说明维修不收现金").check()
    page.get_by_label("业户联已交给业户").check()
    press(page, "签署意见")
    state(page, "已完工")


def test_a_whole_job_in_a_basement(repair, phone, visit, shot, accessible, live_server):
    repair.play("dispatch", "accept")
    page = phone()
    take_along(page, visit)
    begins = repair.at
    cut(page)
    page.reload()
    strip = page.locator("[data-offline-strip]")
    expect(strip).to_contain_text("离线")
    expect(strip).to_contain_text(f"数据截至 {begins.astimezone(ZONE):%H:%M}")
    expect(page.locator("main")).to_contain_text("3栋2单元1502")
    shot(page, "offline-list", full=False)
    accessible(page)
    page.get_by_role("link", name="3栋2单元1502").click()
    state(page, "已接单")
    later(page, 8)
    press(page, "我已到场")
    state(page, "已到场")
    expect(page.locator(".queue.held")).to_contain_text("待发")
    accessible(page)
    later(page, 5)
    press(page, "初步查看")
    state(page, "已到场")
    expect(page.locator("[data-field='supplier']")).to_be_hidden()
    look(page)
    shot(page, "offline-inspect")
    accessible(page)
    press(page, "初步查看")
    state(page, "已查看")
    page.reload()
    state(page, "已查看")
    repair_and_sign(page)
    assert len(lines(page)) == 6
    shot(page, "offline-queue", full=False)
    accessible(page)
    repair.case.refresh_from_db()
    assert repair.case.state == "accepted", "the office knows nothing yet"

    repair.at = begins + timedelta(hours=2)
    back(page)
    wait_sent(page)
    shot(page, "offline-sent", full=False)
    repair.case.refresh_from_db()
    assert repair.case.state == "completed" and repair.case.facts["fee"] == 7800
    done = list(repair.case.events.filter(data__has_key="kept_at").order_by("seq"))
    assert [one.action for one in done] == ["arrive", "inspect", "start", "finish", "try_out", "sign"]
    minutes = [round((one.at - begins).total_seconds() / 60) for one in done]
    assert minutes == [8, 13, 15, 35, 35, 38]
    assert all(one.written_at == repair.at for one in done)
    assert Attachment.objects.count() == 1
    page.reload()
    course = page.locator(".course", has_text="经过")
    course.locator("summary").click()
    expect(course).to_contain_text("断网时办的，")
    shot(page, "offline-timeline")


def test_an_answer_that_got_lost_does_not_do_it_twice(repair, phone, visit):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    lost = []

    def lose(route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())  # the office does it, and the phone never hears
            route.abort()

    page.context.route("**/do/arrive/", lose)
    repair.at += timedelta(minutes=20)
    back(page)
    wait_sent(page)
    assert lost[0].ok
    assert repair.case.events.filter(action="arrive").count() == 1


def test_a_try_whose_answer_got_lost_is_the_same_step(repair, phone, visit):
    repair.play("dispatch", "accept")
    page = phone()
    take_along(page, visit)
    visit(page, f"/field/{repair.case.number}/")
    lost = []

    def lose(route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    page.context.route("**/do/arrive/", lose)
    page.locator(".pfoot .big:not(.ghost)").click()
    wait_sent(page)
    assert lost[0].ok and repair.case.events.filter(action="arrive").count() == 1


def test_two_tabs_send_each_step_once_also_after_closing(repair, phone, visit):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    inspect_offline(page)
    posted = []
    page.context.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)
    second = page.context.new_page()
    root = page.url.split("/field/")[0]
    second.goto(f"{root}/field/")
    expect(second.locator(".queue.held li")).to_have_count(2)
    third = page.context.new_page()
    page.close()
    repair.at += timedelta(minutes=30)
    third.goto(f"{root}/field/")
    expect(third.locator("[data-offline-strip]")).to_be_visible()
    second.context.set_offline(False)
    for tab in (second, third):
        expect(tab.locator("summary", has_text="步都传了")).to_be_visible(timeout=20_000)
    assert [url.rsplit("/", 2)[1] for url in posted] == ["arrive", "inspect"]
    assert [action for action, _at, _kept in kept_events(repair)] == ["arrive", "inspect"]


def test_a_full_phone_says_so_and_keeps_the_form(repair, phone, visit, shot):
    repair.play("dispatch", "accept", "arrive")
    page = phone()
    take_along(page, visit)
    cut(page)
    page.get_by_role("link", name="3栋2单元1502").click()
    press(page, "初步查看")
    page.get_by_label("看到什么").fill("角阀裂了")
    page.get_by_text("能修", exact=True).click()
    page.get_by_label("不需要材料").check()
    page.locator("input[type=file]").set_input_files([picture()])
    expect(page.locator("figure.new")).to_have_count(1)
    devtools = page.context.new_cdp_session(page)
    origin = page.url.split("/field/")[0]
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1000})
    page.locator(".pfoot .big:not(.ghost)").click()
    expect(page.locator("[data-send-trouble]")).to_contain_text("手机存满了")
    expect(page.get_by_label("看到什么")).to_have_value("角阀裂了")
    expect(page.locator("figure.new")).to_have_count(1)
    shot(page, "offline-full", full=False)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    page.locator(".pfoot .big:not(.ghost)").click()
    state(page, "已查看")


def test_a_page_that_was_not_taken_along_keeps_the_step_and_shows_it(repair, phone, visit, shot, accessible):
    repair.play("dispatch", "accept", "arrive")
    page = phone()
    page.route("**/field/worker.js", lambda route: route.abort())
    visit(page, f"/field/{repair.case.number}/do/inspect/")
    cut(page)
    page.get_by_label("看到什么").fill("角阀裂了")
    page.get_by_text("能修", exact=True).click()
    page.get_by_label("不需要材料").check()
    page.locator(".pfoot .big:not(.ghost)").click()
    expect(page.locator(".queue.held")).to_contain_text("初步查看")
    shot(page, "offline-stays", full=False)
    accessible(page)
    repair.at += timedelta(minutes=9)
    back(page)
    wait_sent(page)
    repair.case.refresh_from_db()
    assert repair.case.state == "inspected"
