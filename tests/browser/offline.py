"""A phone in a basement: what the tests of working without a network share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.browser.test_field import big
from tests.web.repair import FIRST, Repair

from guanjia import clock

EXPECTED = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "504", "409", "403", "404", "422", "net::")


@pytest.fixture
def repair(transactional_db, monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def phone(repair, new_page, sign_in) -> Iterator[Callable[..., Page]]:
    """A technician's phone, whose console may complain of the network that is not there."""
    taken = []

    def take(who: str = FIRST) -> Page:
        page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
        sign_in(page, repair.person(who))
        taken.append(page)
        return page

    yield take
    for page in taken:
        page.errors[:] = [line for line in page.errors if not any(one in line for one in EXPECTED)]


def take_along(page: Page, visit) -> None:
    """The list is opened where there is a network, and the day's jobs are in the phone."""
    visit(page, "/field/")
    expect(page.locator("html")).to_have_attribute("data-ahead", "yes")


def cut(page: Page) -> None:
    page.context.set_offline(True)


def back(page: Page) -> None:
    page.context.set_offline(False)


def later(page: Page, minutes: int) -> None:
    """So many minutes pass for the phone."""
    shows = datetime.fromtimestamp(page.evaluate("Date.now()") / 1000, UTC)
    page.clock.set_system_time(shows + timedelta(minutes=minutes))


def press(page: Page, words: str) -> None:
    """The main button, which leads on: to a form, or back to the job."""
    with page.expect_navigation():
        big(page, words)


def lines(page: Page) -> list[str]:
    return [" ".join(one.split()) for one in page.locator(".queue.held li").all_inner_texts()]


def state(page: Page, words: str) -> None:
    expect(page.locator(".pbar .push")).to_contain_text(words)


def whole(page: Page, accessible) -> None:
    """axe looks at the end of the page, where nothing lies half under the footer."""
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    accessible(page)


def wait_sent(page: Page) -> None:
    expect(page.locator("summary", has_text="步都传了")).to_be_visible(timeout=25_000)


def arrive_offline(page: Page, visit) -> None:
    """The job is taken along, the network goes, and the technician arrives eight minutes later."""
    take_along(page, visit)
    cut(page)
    page.get_by_role("link", name="3栋2单元1502").click()
    later(page, 8)
    press(page, "我已到场")
    state(page, "已到场")


def inspect_offline(page: Page) -> None:
    later(page, 2)
    press(page, "初步查看")
    page.get_by_label("看到什么").fill("角阀裂了")
    page.get_by_text("能修", exact=True).click()
    page.get_by_label("不需要材料").check()
    press(page, "初步查看")
    state(page, "已查看")


def both(page: Page) -> tuple[str, str]:
    """What the first disagreement shows: the phone's, and the office's."""
    sides = page.locator(".clash").first.locator(".both > div")
    expect(sides).to_have_count(2)
    return sides.nth(0).inner_text(), sides.nth(1).inner_text()


def kept_events(repair) -> list[tuple[str, float, bool]]:
    """(action, minutes after the dispatch at which it counts, whether that is its own time) of what phones kept."""
    rows = repair.case.events.filter(data__has_key="kept_at").order_by("seq")
    return [(one.action, one.at, one.data["kept_at"]) for one in rows]
