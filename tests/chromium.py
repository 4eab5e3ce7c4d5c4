"""A real Chromium for tests marked `browser`, and a loud word when there is none.

Without a Chromium those tests are skipped, the summary says so in capitals, and the run fails
unless GUANJIA_NO_BROWSER=1 allows it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

NOT_RUN = "NOT RUN: no Chromium on this machine (install Debian's chromium, or name one in GUANJIA_CHROMIUM)"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium_path() -> str:
    """The Chromium of this machine, or an empty text."""
    candidates = (os.environ.get("GUANJIA_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in candidates if name and (found := shutil.which(name))), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skips what needs a browser where there is none."""
    if chromium_path():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NOT_RUN))


def _not_run(reporter: Any) -> int:
    return sum(NOT_RUN in str(report.longrepr) for report in reporter.stats.get("skipped", []))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many browser tests did not run."""
    if count := _not_run(terminalreporter):
        terminalreporter.section("BROWSER TESTS NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(f"{count} browser tests: {NOT_RUN}", red=True)
        terminalreporter.line("GUANJIA_NO_BROWSER=1 lets the run pass without them.")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run whose browser tests did not run is not green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    allowed = os.environ.get("GUANJIA_NO_BROWSER") == "1"
    if reporter and not allowed and session.exitstatus == 0 and _not_run(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the session."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each in a context of its own: `new_page(viewport=PHONE)`.

    The test fails when a page logs an error or breaks its Content-Security-Policy. Take such lines out of
    `page.errors` when the test means to cause them.
    """
    opened: list[Page] = []

    def open_page(viewport: dict[str, int] | None = None, **options: Any) -> Page:
        context = chromium.new_context(
            viewport=viewport or DESK, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        errors: list[str] = []

        def on_console(message: ConsoleMessage) -> None:
            # htmx logs a question that a newer one replaced; that is what hx-sync is for
            if message.type == "error" and "AbortError" not in message.text:
                errors.append(message.text)

        page.on("console", on_console)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.errors = errors  # type: ignore[attr-defined]
        opened.append(page)
        return page

    yield open_page
    left = [line for page in opened for line in page.errors]  # type: ignore[attr-defined]
    for page in opened:
        page.context.close()
    assert not left, f"errors in the browser's console: {left}"


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page of desk size."""
    return new_page()
