"""Lines and the mailbox in a real browser: the key is copied once, the desk rings, what is wrong is said; both sizes looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import PHONE
from tests.stage import BEGINS

from guanjia import clock
from guanjia.intake.models import PhoneLine
from guanjia.intake.telephone import lines
from guanjia.notify.models import Mailbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def window(stage, transactional_db, monkeypatch, new_page, sign_in, settings, tmp_path):
    """`window(size)`: the administrator, signed in."""
    monkeypatch.setattr(clock, "now", lambda: BEGINS)
    settings.HOME, settings.MAIL_PASSWORD = tmp_path, ""

    def open_(size: dict[str, int], **more: object):
        page = new_page(viewport=size, **more)
        sign_in(page, stage.person("administrator"))
        return page

    return open_


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_line_from_the_empty_list_to_a_ring(size, window, stage, visit, shot, accessible):
    page = window(size, permissions=["clipboard-read", "clipboard-write"])
    name = f"wires-{size['width']}"
    visit(page, "/settings/lines/")
    shot(page, f"{name}-lines-empty")
    accessible(page)
    page.get_by_role("link", name="开通线路").click()
    page.get_by_label("号码").fill("0755-88000120")
    page.get_by_label("名称").fill("服务热线")
    shot(page, f"{name}-line-new")
    accessible(page)
    page.get_by_role("button", name="开通并给密钥").click()
    key = page.locator("#f-key")
    expect(key).to_be_visible()
    shot(page, f"{name}-line-key")
    accessible(page)
    page.get_by_role("button", name="复制密钥").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("已复制")
    secret = page.evaluate("navigator.clipboard.readText()")
    assert lines.line_of_key(secret) == PhoneLine.objects.get()
    assert page.evaluate("JSON.stringify({...localStorage})").find("0755") < 0, (
        "what is done with is kept no more"
    )
    page.get_by_role("button", name="响一次").click()
    expect(page.locator("#toasts")).to_contain_text("正在响")
    assert secret not in page.content()
    lines.give_extension(stage.office, "801", stage.person("receptionist"), at=BEGINS)
    line = PhoneLine.objects.get()
    PhoneLine.objects.update(
        trouble="「event」只能是 'ringing', 'answered', 'missed' or 'ended'。", trouble_at=BEGINS
    )
    visit(page, f"/settings/lines/{line.pk}/")
    shot(page, f"{name}-line-troubled")
    accessible(page)
    visit(page, "/settings/lines/")
    shot(page, f"{name}-lines")
    accessible(page)


def test_where_copying_is_not_allowed_the_text_is_marked(window, stage, visit):
    line, _secret = lines.add(stage.office, "0755-88000120", "服务热线", at=BEGINS)
    page = window(DESK)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    visit(page, f"/settings/lines/{line.pk}/")
    page.get_by_role("button", name="复制 网址").click()
    expect(page.locator("#toasts")).to_contain_text("Ctrl C")
    chosen = "(() => { const f = document.activeElement; return f.value.slice(f.selectionStart, f.selectionEnd); })()"
    assert page.evaluate(chosen).endswith("/api/v1/telephone/events")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_mailbox_is_set_up_and_mended(size, window, stage, visit, shot, accessible):
    page = window(size)
    name = f"wires-{size['width']}"
    visit(page, "/settings/mailbox/")
    shot(page, f"{name}-mailbox-empty")
    accessible(page)
    page.get_by_label("邮箱地址").fill("kf@example.com")
    page.get_by_label("收信服务器").fill("imap server")
    page.get_by_label("发信服务器").fill("smtp.example.com")
    page.get_by_label("密码或授权码").fill("geheim")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("「imap server」不是服务器")
    expect(page.get_by_label("邮箱地址")).to_have_value("kf@example.com")
    shot(page, f"{name}-mailbox-wrong")
    accessible(page)
    page.errors.clear()  # type: ignore[attr-defined] # the browser logs the 422
    page.get_by_label("收信服务器").fill("imap.example.com")
    page.get_by_label("密码或授权码").fill("geheim")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#toasts")).to_contain_text("已保存")
    Mailbox.objects.update(
        trouble="imap.example.com:993 不认账号或密码；许多邮箱要用它另发的授权码。（LOGIN failed）",
        trouble_at=BEGINS,
    )
    visit(page, "/settings/mailbox/")
    shot(page, f"{name}-mailbox")
    accessible(page)
    assert "geheim" not in page.content()
