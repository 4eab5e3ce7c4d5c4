"""Payment requests, a household's log, a notice and the statistics in a browser, in both sizes: axe finds nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.browser.conftest import PHONE
from tests.engine import bills as example
from tests.engine.bills import ROUND, Bills
from tests.reports.test_notices import NOTICE
from tests.reports.test_spans import COUNTING
from tests.web.test_requests_bulk import HAND_OUT

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import actions as cases
from guanjia.engine import billing
from guanjia.estate import queries as estate
from guanjia.jobs.models import Job

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def bills(transactional_db, monkeypatch, settings, tmp_path) -> Bills:
    """Three households with requests; a manual with a notice and statistics of its own."""
    adoption.forget()  # another text under the key and version of the example
    settings.MEDIA_ROOT = tmp_path
    more = (NOTICE.replace('"2.1"', '"6.3"').replace("figure.keep", "figure.cut_off") + COUNTING.replace('"2.1"', '"6.3"')
            .replace('category = "other"', 'category = "repair"')) + HAND_OUT  # fmt: skip
    monkeypatch.setattr(example, "MANUAL", example.MANUAL + more)
    found = Bills()
    for unit, fen in (("3-2-1402", 2550), ("3-2-1502", 4000), ("3-2-1502", 6000), ("3-2-1602", 1)):
        found.order(unit, fen)
    found.send()
    monkeypatch.setattr(clock, "now", lambda: ROUND + timedelta(hours=1))
    return found


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pages_can_be_read_in_both_sizes(bills, size, new_page, sign_in, visit, shot, accessible) -> None:
    unit = estate.unit_by_code(bills.office, "3-2-1502")
    cases.note_access(bills.office, bills.clerk, "电话 王秀兰", ROUND, unit=unit)
    page = new_page(viewport=DESK if size == "desk" else PHONE)
    for who, address, name in (
        ("cashier", "/cashier/requests/", "requests"),
        ("cashier", "/cashier/requests/do/hand_out/", "requests-act"),
        ("director", "/statistics/?month=2026-03", "statistics-spans"),
        ("director", "/manuals/monthly-bills/1/", "manual-notice"),
        ("director", "/households/3-2-1502/", "household-looked"),
        ("director", "/settings/access/?unit=3-2-1502", "access-unit"),
    ):
        sign_in(page, bills.stage.person(who))
        visit(page, address)
        if name == "statistics-spans":
            weeks = page.locator("tbody tr td:nth-child(2)").all_inner_texts()
            assert "2026-03-09 – 03-15" in weeks and "2026-03-16 – 03-22" not in weeks, (
                "weeks that have begun"
            )
        accessible(page)
        shot(page, f"{name}-{size}")


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_a_round_shows_how_far_it_is_and_why_it_stopped(
    transactional_db, monkeypatch, settings, tmp_path, size, new_page, sign_in, visit, shot, accessible
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(billing, "TOGETHER", 1)
    found = Bills()
    for unit in ("3-2-1402", "3-2-1502", "3-2-1602"):
        found.order(unit, 2550)
    due = found.begin()
    monkeypatch.setattr(clock, "now", lambda: ROUND + timedelta(hours=1))
    job = Job.objects.filter(kind=billing.JOB)
    job.update(state=Job.State.RUNNING, step="开付款请求", done=1, total=3)
    page = new_page(viewport=DESK if size == "desk" else PHONE)
    sign_in(page, found.stage.person("cashier"))
    visit(page, "/cashier/requests/")
    assert "1 / 3" in page.locator("#rounds").inner_text()
    accessible(page)
    shot(page, f"round-{size}")
    job.update(done=2)
    page.locator("#rounds", has_text="2 / 3").wait_for(timeout=9000)
    job.update(
        state=Job.State.REFUSED, trouble={"message": "没有采用管付款请求的规程。", "hint": "请先采用一部。"}
    )
    page.locator("#rounds", has_text="请先采用一部").wait_for(timeout=9000)
    accessible(page)
    shot(page, f"round-stopped-{size}")
    page.get_by_role("link", name=f"改好了到 {due.number} 接着填").click()
    page.wait_for_url(f"**/cases/{due.number}/")
    accessible(page)
    shot(page, f"round-case-{size}")
