"""Where phone and office disagree, both are shown and nothing is lost; and nobody sends what another has done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.browser.offline import (
    arrive_offline,
    back,
    both,
    cut,
    inspect_offline,
    kept_events,
    phone,
    press,
    repair,
    state,
    take_along,
    wait_sent,
    whole,
)
from tests.browser.test_field import picture
from tests.web.repair import FIRST

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["phone", "repair"]


def test_given_to_somebody_else_meanwhile(repair, phone, visit, shot, accessible):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    inspect_offline(page)
    repair.at += timedelta(minutes=4)
    repair.do("transfer", technician=repair.person("陈建军").pk, transfer_reason="换个近的人")
    repair.at += timedelta(minutes=40)
    back(page)
    expect(page.locator(".clash")).to_have_count(1)
    mine, theirs = both(page)
    assert "10:52" in mine and "我已到场" in mine
    expect(page.locator(".clash")).to_contain_text("给了别人")
    assert "陈建军" in theirs and "10:49" in theirs and "周敏" in theirs
    shot(page, "offline-taken-away")
    whole(page, accessible)
    expect(page.get_by_role("button", name="按手机里的办")).to_have_count(0)
    page.get_by_role("button", name="照办公室的").click()
    wait_sent(page)
    repair.case.refresh_from_db()
    assert repair.case.state == "dispatched" and repair.case.assignee == repair.person("陈建军")
    notes = [one.data["text"] for one in repair.case.events.filter(action="note").order_by("seq")]
    assert len(notes) == 2 and "10:52 我已到场" in notes[0] and "看到什么 角阀裂了" in notes[1]


def test_put_off_by_the_desk_meanwhile_and_both_values_are_seen(repair, phone, visit, shot, accessible):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    inspect_offline(page)
    repair.at += timedelta(minutes=11)
    repair.do("reschedule", appointment_at="2026-03-24T16:00", agreed_with="王秀兰")
    repair.at += timedelta(minutes=30)
    back(page)
    expect(page.locator(".clash")).to_have_count(1)
    mine, theirs = both(page)
    assert "10:52 我已到场" in mine and "已接单" in theirs and "10:56 周敏" in theirs
    shot(page, "offline-conflict", full=False)
    whole(page, accessible)
    repair.case.refresh_from_db()
    assert repair.case.state == "accepted", "nothing is decided for him"
    page.reload()
    expect(page.locator(".clash")).to_have_count(1)
    page.get_by_role("button", name="按手机里的办").click()
    wait_sent(page)
    repair.case.refresh_from_db()
    assert repair.case.state == "inspected"
    assert [action for action, _at, _kept in kept_events(repair)] == ["arrive", "inspect"]


def test_what_the_office_does_not_accept_can_be_mended(repair, phone, visit, shot, accessible):
    repair.play("dispatch", "accept", "arrive")
    page = phone()
    take_along(page, visit)
    cut(page)
    page.get_by_role("link", name="3栋2单元1502").click()
    press(page, "初步查看")
    page.get_by_label("看到什么").fill("角阀裂了")
    page.get_by_text("能修", exact=True).click()
    materials = page.locator("[data-field='materials']")
    materials.get_by_label("项目").fill("角阀")
    materials.get_by_label("单价，元").fill("三十九")
    page.locator("input[type=file]").set_input_files([picture()])
    expect(page.locator("figure.new")).to_have_count(1)
    press(page, "初步查看")
    state(page, "已查看")
    repair.at += timedelta(minutes=30)
    back(page)
    expect(page.locator(".clash")).to_contain_text("三十九")
    shot(page, "offline-mend", full=False)
    page.get_by_role("link", name="改一改再交").click()
    expect(page.get_by_label("看到什么")).to_have_value("角阀裂了")
    expect(page.locator("figure.new")).to_have_count(1)
    page.locator("[data-field='materials']").get_by_label("单价，元").fill("39")
    press(page, "初步查看")
    wait_sent(page)
    repair.case.refresh_from_db()
    assert repair.case.state == "inspected" and repair.case.facts["materials"][0]["price_fen"] == 3900
    assert repair.case.attachments.count() == 1 and repair.case.events.filter(action="inspect").count() == 1


def test_another_person_neither_sees_nor_sends(repair, phone, visit, sign_in, shot, accessible):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    page.context.route("**/do/arrive/", lambda route: route.abort())
    back(page)
    visit(page, "/field/")
    expect(page.locator(".queue.held")).to_contain_text("我已到场")
    page.get_by_role("button", name="退出登录").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("还有 1 步没有传")
    shot(page, "offline-signout", full=False)
    accessible(page)
    dialog.get_by_role("button", name="先不退出").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="还是退出").click()
    expect(page.get_by_label("工号")).to_be_visible()
    page.context.unroute("**/do/arrive/")
    sign_in(page, repair.person("陈建军"))
    take_along(page, visit)
    expect(page.locator("main")).not_to_contain_text("3栋2单元1502")
    expect(page.locator(".queue.held")).to_have_count(0)
    cut(page)
    page.goto(f"{page.url.split('/field/')[0]}/field/{repair.case.number}/")
    expect(page.locator("main")).to_contain_text("这一页手机里没有")
    accessible(page)
    back(page)
    page.reload()
    assert not repair.case.events.filter(action="arrive").exists()
    repair.at += timedelta(minutes=30)
    sign_in(page, repair.person(FIRST))
    visit(page, "/field/")
    wait_sent(page)
    assert repair.case.events.get(action="arrive").actor == repair.person(FIRST)


def test_a_tab_of_the_first_person_does_not_send_as_the_second(repair, phone, visit, sign_in):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    sign_in(page, repair.person("陈建军"))
    back(page)
    expect(page.locator(".kept-steps")).to_contain_text("另一位同事")
    assert not repair.case.events.filter(action="arrive").exists()
    expect(page.locator(".queue.held li.waiting")).to_have_count(1)


def test_a_session_that_ran_out_says_so_and_goes_on_after_signing_in(repair, phone, visit, sign_in, shot):
    repair.play("dispatch", "accept")
    page = phone()
    arrive_offline(page, visit)
    page.context.clear_cookies(name="sessionid")
    back(page)
    expect(page.locator(".kept-steps")).to_contain_text("要重新登录才能传")
    shot(page, "offline-signin", full=False)
    sign_in(page, repair.person(FIRST))
    visit(page, "/field/")
    wait_sent(page)
