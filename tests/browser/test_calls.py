"""It rings: the card opens while nothing is typed, one key takes the caller in, and what is typed stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.intake.classification import load_defaults
from guanjia.intake.models import Letter
from guanjia.intake.telephone import lines
from guanjia.intake.telephone.actions import Heard, hear
from guanjia.notify import mailboxes
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TWO_RINGS = 8  # seconds; a third is not waited for
DESK = {"width": 1440, "height": 900}
KNOWN, STRANGE = "13800001234", "13912340000"


@pytest.fixture
def stage(transactional_db, monkeypatch) -> Stage:
    adoption.forget()
    found = build([read(settings.MANUALS_ROOT / "entrusted-repair-h")], {}, BEGINS)
    load_defaults(found.office)
    found.now = BEGINS  # type: ignore[attr-defined]
    found.line = lines.add(found.office, "0755-88000120", "服务热线", at=BEGINS)[0]  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: found.now)  # type: ignore[attr-defined]
    return found


def say(stage: Stage, event: str, name: str = "a", number: str = KNOWN, **more: object) -> None:
    line, now = stage.line, stage.now  # type: ignore[attr-defined]
    hear(line, Heard(name, event, now, line.number, number, **more), now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_call_is_taken_in_with_one_key(stage, size, new_page, sign_in, visit, shot, accessible):
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    visit(page, "/desk/")
    say(stage, "ringing")
    expect(page.locator("#household")).to_contain_text("王秀兰", timeout=TWO_RINGS * 1000)
    expect(page.locator(".rings")).to_contain_text("138****1234", timeout=5000)
    expect(page.locator("#household")).to_contain_text("王秀兰")
    shot(page, f"calls-ringing-{size['width']}", full=False)
    accessible(page)
    page.keyboard.press("F7")
    expect(page.locator("#line")).to_have_value("3-2-1502 王秀兰女士 ")
    page.keyboard.type("厨房水管爆了")
    stage.now += timedelta(seconds=9)
    say(stage, "answered", rings=2)
    say(stage, "ringing", "b", STRANGE)
    expect(page.locator(".rings")).to_contain_text("139****0000", timeout=5000)
    expect(page.locator("#line")).to_have_value("3-2-1502 王秀兰女士 厨房水管爆了")
    expect(page.locator("[data-key=F7]")).to_have_text(re.compile("新号码"))
    expect(page.locator(".from-call")).to_contain_text("138****1234")
    shot(page, f"calls-taken-{size['width']}", full=False)
    accessible(page)
    page.get_by_role("button", name="只登记").click()
    expect(page.get_by_text("已登记").first).to_be_visible()
    case = Case.objects.get(category="repair")
    assert case.facts["contact_phone"] == KNOWN and case.facts["answered_after"] == 9


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_call_is_seen_on_another_page_and_taken_to_the_desk(
    stage, size, new_page, sign_in, visit, shot, accessible
):
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    visit(page, "/cases/")
    say(stage, "ringing")
    expect(page.locator(".calls-here")).to_contain_text("138****1234", timeout=TWO_RINGS * 1000)
    shot(page, f"calls-elsewhere-{size['width']}", full=False)
    accessible(page)
    page.keyboard.press("F7")
    expect(page.locator("#line")).to_have_value("3-2-1502 王秀兰女士")
    expect(page.locator(".from-call")).to_contain_text("138****1234")
    expect(page.locator("#household")).to_contain_text("王秀兰")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_calls_and_letters(stage, size, new_page, sign_in, visit, shot, accessible):
    say(stage, "answered", "a", rings=2)
    say(stage, "answered", "b", "13700002345", rings=5)
    say(stage, "missed", "c", rings=6)
    say(stage, "missed", "d", STRANGE, rings=3)
    box = mailboxes.set_up(stage.office, "kf@example.com", at=BEGINS, imap_host="x", smtp_host="x")
    letter = Letter.objects.create(
        office=stage.office, mailbox=box, uid_validity=1, uid=1, digest="a", sender="wxl@example.com", sender_name="王秀兰",
        subject="厨房水管漏水", text="楼下说滴水了，请今天来人看看。", whole="楼下说滴水了，请今天来人看看。\n\n> 您好",
        party=stage.parties["3-2-1502"], unit=stage.office.units.get(code="3-2-1502"), came_at=BEGINS, read_at=BEGINS,
        notes=["a.exe：只收照片（JPEG、PNG、WebP、GIF）和 PDF。"],
    )  # fmt: skip
    page = new_page(viewport=size)
    sign_in(page, stage.person("receptionist"))
    for name, address in (
        ("calls", "/calls/"),
        ("calls-back", "/calls/back/"),
        ("letters", "/letters/"),
        ("letter", f"/letters/{letter.pk}/"),
        ("letter-desk", f"/desk/?letter={letter.pk}"),
    ):
        visit(page, address)
        shot(page, f"{name}-{size['width']}", full=False)
        accessible(page)
    expect(page.locator(".from-call")).to_contain_text("王秀兰")
