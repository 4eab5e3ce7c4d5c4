"""Administration in a real browser: an import that is refused, mended and taken; the pages looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.stage import BEGINS

from guanjia import clock
from guanjia.estate.models import Unit
from guanjia.intake import classification
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.staff import actions as staff

pytestmark = pytest.mark.browser

HEAD = "楼栋,单元,室号,姓名,关系,电话1\n"
GOOD = "9,1,0101,赵一,业主,13911110001\n9,1,0102,钱二,业主,13911110002\n"
BAD = "9,1,,孙三,业主,13911110003\n9,1,0104,李四,房东,1391\n"


@pytest.fixture
def office_page(stage, transactional_db, monkeypatch, new_page, sign_in, settings, tmp_path):
    """`office_page("director")`: a window in which somebody of the office is signed in."""
    monkeypatch.setattr(clock, "now", lambda: BEGINS)
    settings.MEDIA_ROOT = tmp_path

    def open_(who: str, width: int = 1440, height: int = 900):
        page = new_page(viewport={"width": width, "height": height})
        sign_in(page, stage.person(who))
        return page

    return open_


def choose(page, text: str) -> None:
    file = {"name": "住户.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.set_input_files("#f-file", file)
    page.get_by_role("button", name="试导入").click()
    worked(page)


def worked(page) -> None:
    """The worker takes up what the page has just asked for; the page is told of it by itself."""
    expect(page.get_by_role("progressbar").or_(page.locator("progress"))).to_be_visible()
    jobs.run(Job.objects.latest("pk").pk)


def test_a_list_is_refused_row_by_row_mended_and_taken(office_page, visit, shot, accessible, stage):
    page = office_page("administrator")
    visit(page, "/settings/households/")
    shot(page, "settings-households", full=False)
    accessible(page)
    choose(page, HEAD + GOOD + BAD)
    expect(page.get_by_role("heading", name="处不能导入")).to_be_visible()
    expect(page.get_by_role("cell", name="4", exact=True).first).to_be_visible()
    expect(page.get_by_text("改好错处才能导入")).to_be_visible()
    shot(page, "settings-import-refused")
    accessible(page)
    page.get_by_role("link", name="换一个文件").click()
    choose(page, HEAD + GOOD)
    page.get_by_text("逐项看").click()
    shot(page, "settings-import-good")
    accessible(page)
    page.get_by_role("button", name="导入这 2 行").click()
    worked(page)
    expect(page.locator("main")).to_contain_text("已导入 2 行")
    assert Unit.objects.filter(office=stage.office, code__startswith="9-1-").count() == 2


@pytest.mark.parametrize(
    "path",
    [
        "people/",
        "people/new/",
        "shifts/",
        "hours/office/",
        "table/",
        "table/new/",
        "items/",
        "suppliers/",
        "access/",
        "outbox/",
    ],
)
@pytest.mark.parametrize("width", [1440, 390])
def test_the_pages(office_page, visit, shot, accessible, stage, path, width):
    classification.load_defaults(stage.office)
    staff.add_shift(stage.office, stage.person("technician"), "早班", BEGINS, BEGINS.replace(hour=10))
    who = "administrator" if path in ("people/new/",) else "director"
    page = office_page(who, width, 900)
    visit(page, f"/settings/{path}")
    shot(page, f"settings-{path.strip('/').replace('/', '-')}-{width}", full=width == 1440)
    accessible(page)


def test_one_person_and_the_messages(office_page, visit, shot, accessible, stage):
    page = office_page("administrator")
    visit(page, f"/settings/people/{stage.person('receptionist').pk}/")
    shot(page, "settings-person")
    accessible(page)
    visit(page, "/inbox/")
    accessible(page)
    visit(page, "/settings/keys/")
    accessible(page)
