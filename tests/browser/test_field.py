"""The technician with a phone of 390 × 844, and the resident behind the link: the whole visit, played."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from tests.browser.conftest import PHONE
from tests.web.repair import FIRST, TO_DONE, TO_REPAIRING, Repair

from guanjia import clock
from guanjia.cases import actions as case_actions
from guanjia.notify.models import Message
from guanjia.policy.conditions import compile_condition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def repair(transactional_db, monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def phone(repair, new_page, sign_in) -> Callable[..., Page]:
    """`phone()` is the technician's; `phone("")` the resident's, who signs in nowhere."""

    def take(who: str = FIRST) -> Page:
        page = new_page(viewport=PHONE, has_touch=True, is_mobile=True)
        if who:
            sign_in(page, repair.person(who))
        return page

    return take


def picture() -> dict[str, object]:
    image = Image.new("RGB", (2000, 1500), "#c9d3d8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 1000, 2000, 1500), fill="#aebbc2")
    draw.line((480, 0, 480, 700, 1000, 700), fill="#7b8b95", width=120)
    kept = io.BytesIO()
    image.save(kept, "JPEG")
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def draw_name(page: Page) -> None:
    """王 with the mouse, and a stroke that runs over the edge."""
    canvas = page.locator(".pad canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for start, end in (
        ((60, 30), (110, 28)),
        ((64, 54), (106, 52)),
        ((54, 82), (120, 80)),
        ((86, 28), (85, 82)),
        ((200, 40), (380, 60)),
    ):
        page.mouse.move(box["x"] + start[0], box["y"] + start[1])
        page.mouse.down()
        page.mouse.move(box["x"] + end[0], box["y"] + end[1], steps=8)
        page.mouse.up()
    expect(page.locator("[name$='signature-png']")).not_to_have_value("")


def big(page: Page, words: str) -> None:
    """The one main button of the screen: at least 56 px high, at the bottom."""
    button = page.locator(".pfoot .big:not(.ghost)")
    expect(button).to_have_count(1)
    expect(button).to_contain_text(words)
    box = button.bounding_box()
    assert box["height"] >= 56 and box["y"] + box["height"] > 760
    button.click()


def at_job(page: Page, state: str) -> None:
    expect(page.locator(".pbar .push")).to_contain_text(state)
    expect(page.locator(".toast")).to_be_visible()


def inspect(page, shot, accessible):
    """The first look: fields come and go with what is chosen, lines add up, a photograph is kept."""
    big(page, "初步查看")
    materials, supplier = page.locator("[data-field='materials']"), page.locator("[data-field='supplier']")
    expect(materials).to_be_hidden()
    page.get_by_label("看到什么").fill("水槽下角阀裂开")
    page.get_by_text("修不了，推荐供应商", exact=True).click()
    expect(supplier).to_be_visible()
    page.get_by_text("能修", exact=True).click()
    expect(supplier).to_be_hidden()
    expect(materials).to_be_visible()
    page.get_by_label("不需要材料").check()
    expect(materials).to_be_hidden()
    page.get_by_label("不需要材料").uncheck()
    materials.get_by_label("项目").fill("不锈钢角阀")
    materials.get_by_label("数量").fill("2")
    materials.get_by_label("单位").fill("只")
    materials.get_by_label("单价，元").fill("39")
    expect(materials.locator("[data-total]")).to_have_text("¥78.00")
    page.locator("input[type=file]").set_input_files([picture()])
    expect(page.locator("figure.new")).to_have_count(1)
    accessible(page)
    shot(page, "field-inspect")
    big(page, "初步查看")
    at_job(page, "已查看")
    expect(page.locator(".photos img")).to_have_count(1)


def repair_and_try(page):
    """Work, a trial that fails, work again, a trial that passes."""
    big(page, "开始维修")
    at_job(page, "施工")
    big(page, "记完工")
    page.get_by_label("做了什么").fill("换了两只角阀")
    big(page, "记完工")
    at_job(page, "待试用")
    big(page, "试用验收")
    page.get_by_text("不满意", exact=True).click()
    expect(page.locator("[data-field='trial_remark'] .req")).to_be_visible()
    page.get_by_label("哪里不满意").fill("还在滴水")
    big(page, "试用验收")
    at_job(page, "施工")
    big(page, "记完工")
    page.get_by_label("做了什么").fill("又换了垫圈")
    big(page, "记完工")
    big(page, "试用验收")
    page.get_by_text("满意", exact=True).click()
    expect(page.locator("[data-field='trial_remark'] .req")).to_be_hidden()
    big(page, "试用验收")
    big(page, "签署意见")


def sign(page, shot, accessible):
    """Opinion, drawn name, charge: no field takes cash."""
    expect(page.locator("main")).to_contain_text("维修不收现金")
    page.get_by_label("业户意见").fill("来得快，地也擦干净了。")
    draw_name(page)
    page.get_by_text("不收费", exact=True).click()
    expect(page.locator("[data-field='fee']")).to_be_hidden()
    page.get_by_text("已确定", exact=True).click()
    page.get_by_label("应收，元").fill("78")
    page.get_by_label("已说明维修不收现金").check()
    page.get_by_label("业户联已交给业户").check()
    accessible(page)
    shot(page, "field-sign")
    big(page, "签署意见")
    at_job(page, "已完工")
    shot(page, "field-done", full=False)
    accessible(page)


def test_a_visit_from_acceptance_to_the_signed_sheet(repair, phone, visit, shot, accessible):
    repair.play("dispatch")
    page = phone()
    visit(page, "/field/")
    accessible(page)
    big(page, "接单")
    at_job(page, "已接单")
    visit(page, "/field/")
    shot(page, "field", full=False)
    bottom = page.locator(".job .lawline").bounding_box()
    assert bottom["y"] + bottom["height"] < 700, "all of the job without scrolling"
    big(page, "我已到场")
    at_job(page, "已到场")
    shot(page, "field-job", full=False)
    accessible(page)
    inspect(page, shot, accessible)
    assert repair.case.attachments.get().size < 600_000
    repair_and_try(page)
    sign(page, shot, accessible)
    repair.case.refresh_from_db()
    assert repair.case.state == "completed" and repair.case.facts["fee"] == 7800
    failed = [event for event in repair.case.events.all() if "trial_failed" in event.emits]
    assert len(failed) == 1


def test_nothing_typed_is_lost(repair, phone, visit, shot):
    repair.play("dispatch", "accept", "arrive")
    page = phone()
    address = f"/field/{repair.case.number}/do/inspect/"
    visit(page, address)
    page.get_by_label("看到什么").fill("角阀裂了，还没写完")
    page.locator("input[type=file]").set_input_files([picture()])
    page.get_by_text("能修", exact=True).click()
    page.get_by_label("不需要材料").check()
    page.wait_for_timeout(400)  # drafts are written when the typing stops
    visit(page, "/field/")
    expect(page.locator("[data-kept]")).to_contain_text("初步查看")
    shot(page, "field-kept", full=False)
    page.locator("[data-kept] a").click()
    expect(page.get_by_label("看到什么")).to_have_value("角阀裂了，还没写完")
    expect(page.locator("[data-field='supplier']")).to_be_hidden()
    page.get_by_label("看到什么").fill("")
    page.get_by_label("看到什么").evaluate("input => input.required = false")
    page.locator("input[type=file]").set_input_files([picture()])
    page.locator(".pfoot .big:not(.ghost)").click()
    expect(page.locator(".msg")).to_contain_text("请填写「看到什么」")
    expect(page.get_by_label("看到什么")).to_be_focused()
    expect(page.locator(".photos figure img")).to_have_count(1)
    page.errors[:] = [line for line in page.errors if "422" not in line]
    page.get_by_label("看到什么").fill("角阀裂了")
    page.locator(".pfoot .big:not(.ghost)").click()
    at_job(page, "已查看")
    visit(page, "/field/")
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_without_script_every_field_is_there_and_the_form_goes_through(repair, new_page, sign_in, visit):
    repair.play("dispatch", "accept", "arrive")
    page = new_page(viewport=PHONE, java_script_enabled=False)
    sign_in(page, repair.person(FIRST))
    visit(page, f"/field/{repair.case.number}/do/inspect/")
    expect(page.locator("[data-field='supplier']")).to_be_visible()
    page.get_by_label("看到什么").fill("琴弦断了")
    page.get_by_text("修不了，推荐供应商", exact=True).click()
    page.locator("#f-supplier").select_option("金音琴行")
    page.get_by_label("已向业户说明").check()
    page.locator(".pfoot .big:not(.ghost)").click()
    expect(page.locator(".pbar .push")).to_contain_text("已推荐供应商")
    repair.case.refresh_from_db()
    assert repair.case.state == "recommended"


def test_pool_and_further_jobs(repair, phone, visit, shot, accessible):
    repair.play("dispatch", "accept")
    later = {"timing": "appointment", "appointment_at": "2026-03-24T15:30"}
    repair.send(repair.report("3-2-1402", "更换客厅筒灯", **later))
    repair.send(repair.report("3-2-1602", "疏通厨房下水"), to="")
    page = phone()
    visit(page, "/field/")
    shot(page, "field-list")
    accessible(page)
    page.get_by_role("button", name=re.compile("领单")).click()
    at_job(page, "已接单")


def test_deviation_consent_signature_and_rating_by_link(repair, phone, visit, shot, accessible):
    repair.play(*TO_REPAIRING)
    page = phone()
    visit(page, f"/field/{repair.case.number}/do/deviate/")
    expect(page.locator("main")).to_contain_text("对不起")
    page.get_by_label("哪里不一样").fill("墙里的给水管也裂了")
    page.get_by_label("已道歉").check()
    page.get_by_label("改修什么").fill("换一段墙内管")
    page.get_by_label("新的费用，元").fill("260")
    big(page, "情况不符")
    at_job(page, "待重新商定")
    link = re.search(r"/r/[\w-]+/", Message.objects.get(body__contains="请勿转发").body)[0]
    resident = phone("")
    visit(resident, link)
    shot(resident, "resident-consent", full=False)
    accessible(resident)
    for words in ("改修的内容，同意", "材料，同意", "费用，同意"):
        resident.get_by_label(words).check()
    button = resident.locator(".pfoot .big:not(.ghost)")
    assert button.bounding_box()["height"] >= 60
    button.click()
    expect(resident.get_by_role("heading", level=1)).to_have_text("师傅正在修")
    shot(resident, "resident-progress")
    accessible(resident)
    repair.do("finish", done="换了管")
    repair.do("try_out", trial="satisfied")
    visit(resident, f"/r/{repair_link(repair)}/")
    resident.get_by_label("业户意见").fill("好")
    draw_name(resident)
    shot(resident, "resident-sign")
    accessible(resident)


def repair_link(repair: Repair) -> str:
    return case_actions.invite(repair.case, repair.case.party, "act", repair.at)


def test_rating_by_link(repair, phone, visit, shot, accessible):
    repair.play(*TO_DONE)
    resident = phone("")
    visit(resident, f"/r/{repair_link(repair)}/")
    resident.get_by_text("及时", exact=True).click()
    remark = resident.get_by_label("哪里不满意")
    expect(remark).to_be_hidden()
    resident.get_by_text("不满意", exact=True).click()
    expect(remark).to_be_visible()
    remark.fill("地柜底板泡过水，有点翘起来了。")
    shot(resident, "resident-rate", full=False)
    accessible(resident)
    resident.get_by_role("button", name="提交").click()
    expect(resident.locator("main")).to_contain_text("派专人处理")
    shot(resident, "resident-rated")
    accessible(resident)


def test_the_desk_hands_over_a_link(repair, new_page, sign_in, visit, shot, accessible):
    page = new_page()
    sign_in(page, repair.person("receptionist"))
    visit(page, f"/cases/{repair.case.number}/")
    page.get_by_role("button", name="给业户进度链接").click()
    expect(page.get_by_alt_text("业户扫这个码打开链接")).to_be_visible()
    shot(page, "resident-link", full=False)
    accessible(page)


CONDITIONS = (
    {}, {"a": 1}, {"a": [1, 2]}, {"a": {"not": 1}}, {"a": {"not": [1, 2]}}, {"a": {"set": True}}, {"a": {"set": False}},
    {"a": {"gt": 1}}, {"a": {"ge": 1, "lt": 5}}, {"a": {"le": "=b"}}, {"a": {"ge": "=b"}}, {"a": {"has": "x"}},
    {"a": {"lacks": "x"}}, {"a": {"has": ["x", "y"]}}, {"a": True}, {"a": False}, {"a": {"not": True}}, {"a": "x"},
    {"any": [{"a": 1}, {"b": {"set": True}}]}, {"a": {"set": True}, "b": {"set": False}},
)  # fmt: skip
FACTS = (
    {}, {"a": 1}, {"a": 2, "b": 2}, {"a": 0}, {"a": ""}, {"a": []}, {"a": "x"}, {"a": ["x"]}, {"a": ["z"], "b": "q"},
    {"a": True}, {"a": False}, {"a": None, "b": 3}, {"a": {"x": 1}}, {"a": "10"}, {"a": {}},
    {"a": "2026-03-02T06:01:00Z", "b": "2026-03-02T06:01:00.500000Z"},
    {"a": "2026-03-02T06:01:00.500000Z", "b": "2026-03-02T06:01:00Z"},
)  # fmt: skip


def one_is_true(condition: object, known: dict[str, object]) -> bool:
    """Whether a pair only asks if 1 is True, on which the two languages differ and no manual depends."""
    values = [value for value in known.values() if isinstance(value, (bool, int))]
    text = repr(condition)
    return any(
        re.search(r"\d|=b", text) if isinstance(one, bool) else re.search("True|False", text)
        for one in values
    )


def test_the_browser_reads_conditions_as_the_manual_does(phone, visit):
    page = phone("")
    visit(page, "/login/")
    found = page.evaluate(
        """async ([conditions, facts]) => {
            const { holds } = await import("/static/web/depends.js");
            return conditions.map((one) => facts.map((known) => holds(one, (name) => known[name])));
        }""",
        [CONDITIONS, FACTS],
    )
    expected = [[compile_condition(one)(known) for known in FACTS] for one in CONDITIONS]
    wrong = [
        (one, known, mine, theirs)
        for one, row, other in zip(CONDITIONS, expected, found, strict=True)
        for known, mine, theirs in zip(FACTS, row, other, strict=True)
        if mine != theirs and not one_is_true(one, known)
    ]
    assert not wrong
