"""A complaint from the call to the signed record of the visit, and one that is about nothing: at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.browser.test_field import draw_name

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.ops.cards.stage import Stage, build, moment
from guanjia.policy.loader import read
from guanjia.records.models import Record

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}
TEXT = read(Path(settings.MANUALS_ROOT) / "complaint-handling-8")


class Clock:
    """The office's clock, set by hand."""

    def __init__(self) -> None:
        self.at = moment("2026-03-24 10:00")

    def set(self, text: str) -> None:
        self.at = moment(f"2026-03-24 {text}")

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(clock, "now", found.now)
    return found


@pytest.fixture
def stage(transactional_db: None) -> Iterator[Stage]:
    adoption.forget()
    yield build([TEXT], {}, moment("2026-03-01 09:00"))
    adoption.forget()


def fill(page: Page, data: dict[str, Any]) -> None:
    """The form of an action, as somebody fills it in: choices pressed, times and words typed.

    The page that a click leads to may not be here yet, and `count` does not wait for it.
    """
    for key, value in data.items():
        page.locator(f"[name='{key}'], [name^='{key}-']").first.wait_for(state="attached")
        if page.locator(f"input[type=radio][name='{key}']").count():
            page.locator(f"label:has(input[name='{key}'][value='{value}'])").click()
        elif page.locator(f"select[name='{key}']").count():
            chosen = page.locator(f"select[name='{key}'] option").filter(has_text=value).first
            page.locator(f"select[name='{key}']").select_option(str(chosen.get_attribute("value")))
        elif key == "signature":
            draw_name(page)
            page.fill("[name='signature-name']", value)
        else:
            page.locator(f"[name='{key}']").fill(value)


def act(page: Page, label: str, data: dict[str, Any] | None = None) -> None:
    """Press an action on the case's page, fill in its form and send it."""
    page.locator("#actions a.act, .moreacts a").filter(has_text=label).first.click()
    fill(page, data or {})
    page.locator("form[data-draft] button[type=submit]").click()
    expect(page.locator(".toast, [role=status]").filter(has_text=label).first).to_be_visible()


def register(page: Page, visit: Callable[..., Any], matter: str) -> Case:
    visit(page, "/cases/new/complaint/")
    fill(page, {"unit": "3-2-1502", "contact_name": "王秀兰", "matter": matter, "channel": "phone"})
    page.locator("form[data-draft] button[type=submit]").click()
    page.wait_for_url("**/cases/TS*/")
    return Case.objects.get(category="complaint")


@pytest.mark.rule("S004-1-7.1a", "S004-1-10.3a", "S004-1-10.3b")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_valid_complaint_from_the_call_to_the_signed_record_of_the_visit(
    stage, hands, size, new_page, sign_in, visit, shot, accessible
):
    desk = new_page(viewport=size)
    sign_in(desk, stage.person("receptionist"))
    case = register(desk, visit, "楼道垃圾三天没人扫")
    shot(desk, f"complaint-taken-{size['width']}")
    hands.set("10:03")
    act(desk, "交客户服务主管", {"handler": "何静"})
    chief = new_page(viewport=size)
    sign_in(chief, stage.person("cs_supervisor"))
    visit(chief, f"/cases/{case.number}/")
    chief.locator("#actions a.act").filter(has_text="分类").first.click()
    expect(chief.locator("form[data-draft]")).to_contain_text("有效：管理处在服务")
    shot(chief, f"complaint-classes-{size['width']}")
    accessible(chief)
    fill(chief, {"verdict": "valid", "about": "service", "fault": "dereliction"})
    hands.set("10:10")
    chief.locator("form[data-draft] button[type=submit]").click()
    expect(chief.locator("main")).to_contain_text("联系业户")
    expect(chief.locator("main")).to_contain_text("12:03")
    shot(chief, f"complaint-valid-{size['width']}")
    accessible(chief)
    hands.set("10:30")
    act(chief, "联系业户", {"promised_at": "2026-03-24T16:00"})
    hands.set("14:00")
    act(chief, "处理完，写结果", {"result": "补扫，调整保洁班次"})
    hands.set("15:30")
    act(
        chief,
        "答复业户",
        {
            "reply_means": "visit", "reply": "当面说明", "opinion": "以后看看", "satisfied": "yes",
            "signature": "王秀兰",
        },
    )  # fmt: skip
    hands.set("15:35")
    act(chief, "结案")
    shot(chief, f"complaint-closed-{size['width']}")
    accessible(chief)
    case.refresh_from_db()
    assert case.closed_at is not None
    record = Record.objects.get(form="visit_record")
    assert record.signed_at is not None
    assert not case.obligations.filter(missed_at__isnull=False).exists()
    expect(chief.locator("main")).to_contain_text(str(record.number))


@pytest.mark.rule("S004-1-7.3", "S004-1-13")
def test_one_about_nothing_is_explained_within_two_hours(
    stage, hands, new_page, sign_in, visit, shot, accessible
):
    page = new_page(viewport=DESK)
    sign_in(page, stage.person("receptionist"))
    case = register(page, visit, "觉得管理费算多了")
    hands.set("10:05")
    act(page, "交客户服务主管", {"handler": "何静"})
    chief = new_page(viewport=DESK)
    sign_in(chief, stage.person("cs_supervisor"))
    visit(chief, f"/cases/{case.number}/")
    hands.set("10:10")
    act(chief, "分类", {"verdict": "invalid"})
    expect(chief.locator("main")).to_contain_text("12:10")
    hands.set("11:00")
    explained = {"result": "按合同单价", "reply_means": "phone", "opinion": "明白了", "satisfied": "yes"}
    act(chief, "向业户说明", explained)
    shot(chief, "complaint-invalid")
    accessible(chief)
    act(chief, "结案")
    case.refresh_from_db()
    assert case.closed_at is not None and not Record.objects.filter(form="visit_record").exists()
    assert not case.obligations.filter(missed_at__isnull=False).exists()
