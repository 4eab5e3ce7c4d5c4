"""What the scripts of the pages do: clocks, keys, drafts, toasts, forms, live parts, loss of the network."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image
from playwright.sync_api import expect

from guanjia.kernel.money import in_words
from guanjia.staff.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


@pytest.fixture
def parts(page, visit, sign_in, staff):
    sign_in(page, staff("周敏", Role.RECEPTIONIST))
    visit(page, "/parts/")
    return page


@pytest.fixture
def frozen(page, visit, sign_in, staff):
    """The parts page with a clock that the test turns."""
    page.clock.install()
    sign_in(page, staff("周敏", Role.RECEPTIONIST))
    visit(page, "/parts/")
    return page


class TestClocks:
    def test_a_countdown_crosses_into_over_and_says_so_politely(self, frozen):
        row = frozen.locator("#row-s1")
        expect(row.locator(".st")).to_have_text("剩 00:05")
        expect(row).to_have_class("row soon")
        frozen.clock.fast_forward("04:30")
        expect(row.locator(".st")).to_have_text("剩 00:01")
        frozen.clock.fast_forward("02:00")
        expect(row.locator(".st")).to_have_text("超 00:01")
        expect(row).to_have_class("row over")
        expect(row.locator(".st .i")).to_have_class("i i-s-over")
        expect(frozen.locator("#announce")).to_contain_text("超时：")

    def test_it_goes_by_the_servers_clock(self, page, visit, sign_in, staff):
        page.clock.install(time="2020-01-01T00:00:00Z")
        sign_in(page, staff("周敏", Role.RECEPTIONIST))
        visit(page, "/parts/")
        page.clock.fast_forward("00:03")
        expect(page.locator("#row-s1 .st")).to_have_text("剩 00:05")

    def test_other_states_do_not_tick(self, frozen):
        paused = frozen.locator("#row-p1 .st")
        before = paused.inner_text()
        frozen.clock.fast_forward("10:00:00")
        assert paused.inner_text() == before


class TestKeys:
    def test_f1_shows_the_map_and_escape_closes_it(self, parts):
        parts.keyboard.press("F1")
        expect(parts.locator("#help")).to_be_visible()
        parts.keyboard.press("Escape")
        expect(parts.locator("#help")).to_be_hidden()

    def test_f9_does_the_primary_action(self, parts):
        parts.keyboard.press("F9")
        assert parts.evaluate("location.hash") == "#act"

    def test_keys_of_the_input_method_are_left_alone(self, parts):
        parts.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'F9', code: 'F9', isComposing: true, bubbles: true}))"
        )
        assert parts.evaluate("location.hash") == ""

    def test_a_forbidden_action_keeps_the_focus_and_says_why(self, parts):
        no = parts.locator(".act.no")
        no.focus()
        parts.keyboard.press("Enter")
        no.click(force=True)
        expect(no).to_be_focused()
        expect(parts.locator("#announce")).to_contain_text("先要业户签字")

    def test_arrows_walk_the_worklist_and_open_rows_in_place(self, parts):
        parts.locator("#row-s1 .go").focus()
        expect(parts.locator("#row-s1")).to_have_attribute("aria-current", "true")
        parts.keyboard.press("ArrowDown")
        expect(parts.locator("#row-t1 .go")).to_be_focused()
        expect(parts.locator("#more-t1")).to_contain_text("已联系，填约定时间")
        expect(parts.locator("#row-s1")).not_to_have_attribute("aria-current", "true")
        parts.keyboard.press("ArrowUp")
        expect(parts.locator("#more-t1")).to_be_hidden()
        parts.keyboard.press("Enter")
        assert parts.evaluate("location.hash") == "#main"


class TestDrafts:
    def test_typing_survives_a_reload_and_goes_when_done(self, parts, live_server):
        parts.fill("#f-work", "疏通卫生间下水")
        parts.locator("label", has_text="不太满意").click()
        parts.wait_for_timeout(400)
        parts.reload()
        expect(parts.locator("#f-work")).to_have_value("疏通卫生间下水")
        expect(parts.locator("[name=opinion][value=不太满意]")).to_be_checked()
        expect(parts.locator(".draft")).to_contain_text("没提交的内容")
        parts.locator("#f-work").press("Control+Enter")
        expect(parts.locator("#toasts")).to_contain_text("已记下。")
        assert parts.evaluate("Object.keys(localStorage).filter((key) => key.includes(':parts')).length") == 0

    def test_a_draft_can_be_thrown_away(self, parts):
        parts.fill("#f-work", "写错了")
        parts.wait_for_timeout(400)
        parts.reload()
        parts.get_by_role("button", name="不要，清掉").click()
        expect(parts.locator("#f-work")).to_have_value("疏通厨房下水")
        parts.reload()
        expect(parts.locator(".draft")).to_have_count(0)

    def test_signing_out_wipes_the_drafts_of_this_person(self, parts):
        parts.fill("#f-work", "别人不该看到")
        parts.wait_for_timeout(400)
        parts.locator(".me").click()
        parts.locator("form[data-signout] button").click()
        expect(parts.locator("#id_username")).to_be_visible()
        assert parts.evaluate("localStorage.length") == 0


class TestToasts:
    def test_it_leaves_the_focus_alone_and_undoes_with_ctrl_z(self, parts):
        parts.locator("#f-work").press("Control+Enter")
        expect(parts.locator("#toasts .toast")).to_be_visible()
        expect(parts.locator("#f-work")).to_be_focused()
        parts.locator("#main").focus()
        with parts.expect_request(
            lambda request: request.method == "POST" and request.url.endswith("/parts/act/")
        ):
            parts.keyboard.press("Control+z")

    def test_it_goes_after_eight_seconds(self, frozen):
        frozen.evaluate(
            "document.dispatchEvent(new CustomEvent('guanjia:toast', {detail: {text: '已登记'}}))"
        )
        expect(frozen.locator("#toasts")).to_contain_text("已登记")
        frozen.clock.fast_forward("00:09")
        expect(frozen.locator("#toasts")).not_to_contain_text("已登记")


class TestForms:
    def test_price_lines_add_up_without_floats(self, parts):
        box = parts.locator("[data-lines=quote]")
        expect(box.locator("[data-total]")).to_have_text("¥158.00")
        box.get_by_role("button", name="加一行").click()
        name = box.locator("[name=quote-2-name]")
        expect(name).to_be_focused()
        name.fill("不锈钢角阀")
        expect(box.locator("[name=quote-2-price]")).to_have_value("39.00")
        box.locator("[name=quote-2-qty]").fill("2.5")
        expect(box.locator("[data-total]")).to_have_text("¥255.50")
        expect(box.locator("[data-words]")).to_have_text("贰佰伍拾伍元伍角")
        box.get_by_role("button", name="去掉这一行").nth(0).click()
        expect(box.locator("[data-total]")).to_have_text("¥135.50")

    def test_capitals_are_the_same_as_on_the_server(self, parts):
        chance = random.Random(7)
        amounts = [
            0,
            1,
            10,
            5,
            100,
            101,
            110,
            1000,
            100000,
            1000000,
            10000000,
            100000000,
            100010000,
            1000000000000,
        ]
        amounts += [chance.randrange(10 ** chance.randrange(1, 12)) for _one in range(400)]
        words = parts.evaluate(
            "async (all) => { const {inWords} = await import('/static/web/lines.js'); return all.map((fen) => inWords(BigInt(fen))) }",
            amounts,
        )
        wrong = {
            fen: (there, in_words(fen))
            for fen, there in zip(amounts, words, strict=True)
            if there != in_words(fen)
        }
        assert not wrong

    def test_photographs_shrink_before_they_travel(self, parts):
        picture = io.BytesIO()
        Image.effect_noise((2400, 1200), 60).convert("RGB").save(picture, "JPEG", quality=95)
        box = parts.locator("[data-photos=photos]")
        box.locator("input").set_input_files(
            [{"name": "厨房.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}]
        )
        expect(box.locator("figure.new")).to_have_count(1)
        size = parts.evaluate(
            "async () => { const f = document.querySelector('[data-photos] input').files[0]; const b = await createImageBitmap(f); return [b.width, b.height, f.type] }"
        )
        assert size == [1600, 800, "image/jpeg"]
        box.get_by_role("button", name="去掉").click()
        assert parts.evaluate("document.querySelector('[data-photos] input').files.length") == 0

    def test_a_signature_is_kept_as_strokes_and_picture(self, parts):
        pad = parts.locator("[data-signature=sign] canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        parts.mouse.move(box["x"] + 40, box["y"] + 40)
        parts.mouse.down()
        parts.mouse.move(box["x"] + 160, box["y"] + 80, steps=12)
        parts.mouse.up()
        assert parts.input_value("[name=sign-png]").startswith("data:image/png;base64,")
        assert parts.input_value("[name=sign-strokes]").startswith("[{")
        parts.get_by_role("button", name="重签").click()
        assert parts.input_value("[name=sign-png]") == ""
        parts.locator("label", has_text="拒签").click()
        expect(pad).to_be_hidden()


class TestLive:
    def test_a_refresh_keeps_focus_typing_and_the_open_row(self, parts):
        parts.locator("#row-t1 .go").focus()
        expect(parts.locator("#more-t1")).to_contain_text("已联系")
        top = parts.locator("#row-t1").bounding_box()["y"]
        parts.evaluate(
            "htmx.ajax('GET', '/parts/', {target: '#worklist', swap: 'outerMorph', select: '#worklist'})"
        )
        parts.wait_for_load_state("networkidle")
        expect(parts.locator("#row-t1 .go")).to_be_focused()
        expect(parts.locator("#row-t1")).to_have_attribute("aria-current", "true")
        expect(parts.locator("#more-t1")).to_contain_text("已联系")
        assert parts.locator("#row-t1").bounding_box()["y"] == pytest.approx(top, abs=1)
        parts.fill("#f-work", "正在打字")
        parts.evaluate("htmx.ajax('GET', '/parts/', {target: '#main', swap: 'outerMorph', select: '#main'})")
        parts.wait_for_load_state("networkidle")
        expect(parts.locator("#f-work")).to_have_value("正在打字")
        expect(parts.locator("#f-work")).to_be_focused()

    def test_requests_carry_the_csrf_token(self, parts):
        with parts.expect_response("**/parts/act/") as answer:
            parts.evaluate("htmx.ajax('POST', '/parts/act/', {target: '#trouble', swap: 'none'})")
        assert answer.value.status == 200

    def test_a_refusal_goes_to_the_trouble_area_and_replaces_nothing(self, parts):
        parts.get_by_role("button", name="看一次拒绝").click()
        expect(parts.locator("#trouble")).to_contain_text("这一步被拒绝了。")
        expect(parts.locator("#f-work")).to_be_visible()
        parts.errors.clear()

    def test_a_crash_replaces_nothing_and_says_from_when_the_content_is(self, parts):
        parts.route("**/parts/more/", lambda route: route.fulfill(status=500, body="<h1>boom</h1>"))
        parts.locator("#row-t1 .go").focus()
        expect(parts.locator("#trouble")).to_contain_text("没有办成（500）")
        expect(parts.locator("#more-t1")).not_to_contain_text("boom")
        parts.errors.clear()

    def test_offline_is_said_and_work_goes_on(self, parts, shot):
        parts.context.set_offline(True)
        expect(parts.locator("[data-connection]")).to_contain_text("断网")
        parts.fill("#f-work", "断网也能写")
        shot(parts, "offline", full=False)
        parts.context.set_offline(False)
        expect(parts.locator("[data-connection]")).to_contain_text("在线")
