"""The manual pages in a real browser: the drawing, a clause that is asked for, the office's figures."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.stage import BEGINS

from guanjia import clock

pytestmark = pytest.mark.browser

PAGE = "/manuals/entrusted-repair-h/2026.1/"


@pytest.fixture
def office_page(stage, transactional_db, monkeypatch, new_page, sign_in):
    """`office_page("director")`: a window in which somebody of the office is signed in."""
    monkeypatch.setattr(clock, "now", lambda: BEGINS)

    def open_(who: str, width: int = 1440, height: int = 900):
        page = new_page(viewport={"width": width, "height": height})
        sign_in(page, stage.person(who))
        return page

    return open_


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
def test_a_manual_as_a_person_reads_it(office_page, visit, shot, accessible, size):
    page = office_page("quality", *size)
    visit(page, PAGE)
    shot(page, f"manual-{size[0]}")
    accessible(page)
    words = page.locator("svg.flow text")
    assert words.count() > 60
    boxes = page.locator("svg.flow").first.evaluate(
        """svg => [...svg.querySelectorAll("text")].map(t => { const b = t.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height] })"""
    )
    covered = [
        (a, b)
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] < b[2] and b[0] < a[2] and a[1] + 2 < b[3] and b[1] + 2 < a[3]
    ]
    assert not covered, "words of the drawing lie over each other"
    for summary in page.locator(".sub > summary").all():
        summary.click()
    shot(page, f"manual-open-{size[0]}")
    accessible(page)


def test_the_words_of_the_drawing_stay_clear_of_its_lanes(office_page, visit):
    page = office_page("quality")
    visit(page, PAGE)
    right, lanes = page.locator("svg.flow").first.evaluate(
        """svg => {
            const words = [...svg.querySelectorAll("text")].map(t => { const b = t.getBBox(); return b.x + b.width });
            const lanes = [...svg.querySelectorAll(".join")].map(c => Number(c.getAttribute("cx")));
            return [Math.max(...words), Math.min(...lanes)];
        }"""
    )
    assert right < lanes


def test_a_clause_is_shown_where_it_stands(office_page, visit, shot):
    page = office_page("receptionist")
    visit(page, f"{PAGE}clause/二.六).3")
    marked = page.locator(".clauses > li[aria-current]")
    expect(marked).to_have_count(1)
    expect(marked).to_be_in_viewport()
    shot(page, "manual-clause", full=False)


@pytest.mark.parametrize(
    "path", ["/manuals/", f"{PAGE}adopt/", "/manuals/entrusted-repair-h/figures/", "/manuals/add/"]
)
def test_the_other_pages(office_page, visit, shot, accessible, path):
    page = office_page("director")
    visit(page, path)
    shot(page, "manuals-" + (path.strip("/").rpartition("/")[2]))
    accessible(page)
