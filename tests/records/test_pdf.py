"""The papers say what they must, in full, and nothing typed by a user is read as anything but text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guanjia.ledger import actions as ledger
from guanjia.policy.schema import FormDef
from guanjia.records import actions, pdf, queries, sheets
from guanjia.records.report import Block, Column, Report, Table, register_data, report_data

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SHEET = FormDef.model_validate(
    {
        "key": "repair-sheet",
        "title": "维修单",
        "clause": "二.七)",
        "line": [
            {"label": "维修地址", "fact": "unit_name"},
            {"label": "受理时间", "fact": "events.reported.at", "kind": "time"},
            {"label": "即时或预约", "fact": "timing", "kind": "choice"},
            {"label": "材料", "fact": "materials", "kind": "lines"},
            {"label": "费用栏", "fact": "fee", "kind": "amount"},
            {"label": "业户意见", "fact": "opinion"},
            {"label": "业户签名", "fact": "signature", "kind": "signature"},
        ],
    }
)
FACTS: dict[str, Any] = {
    "unit_name": "3栋2单元1502",
    "events": {"reported": {"at": "2026-03-24T02:42:00Z"}},
    "timing": "now",
    "materials": [
        {"item": "PPR热熔管", "quantity": "4.5", "unit": "米", "price_fen": 950},
        {"item": "不锈钢角阀", "quantity": 2, "unit": "只", "price_fen": 3900, "amount_fen": 7800},
    ],
    "fee": 26000,
    "opinion": "修得好",
}


def read(paper: bytes) -> list[str]:
    """The text of each page, without the places where lines break."""
    with pypdfium2.PdfDocument(paper) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return ["".join(page.split()).replace("\u200b", "").replace("\ufffe", "") for page in pages]


def overflows(paper: bytes) -> list[str]:
    """Characters outside the printable part of their page."""
    outside = []
    with pypdfium2.PdfDocument(paper) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for n in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(n)
                if left < 8 or bottom < 8 or right > width - 8 or top > height - 8:
                    outside.append(text.get_text_range(n, 1))
    return outside


@pytest.fixture
def record(db, sheet):
    return sheet(data=FACTS)


@pytest.mark.django_db
@pytest.mark.rule("S004-4-2.7a")
def test_a_sheet_prints_three_copies_under_one_number(office, record, ink) -> None:
    actions.sign(record, purpose="signature", signer="王秀兰", how="screen", at=NOON, png=ink)
    record = queries.record_by_id(office, record.pk)
    words = {("timing", "now"): "即时维修"}
    data = sheets.slip(
        record, SHEET, printed_at=NOON, basis="委托维修规程 二.七)", qr="BX2603-0217",
        say=lambda fact, value: words[fact, value],
    )  # fmt: skip
    paper = pdf.render("slip", data)
    pages = read(paper)
    assert len(pages) == 3
    for page, label, paper_word in zip(pages, ("业户联", "财务联", "存根联"), "白红黄", strict=True):
        for said in ("维修单", "WX2603-0001", "翠湖花园管理处", "3栋2单元1502", "2026年3月24日10:42", "即时维修",
                     "¥260.00", "PPR热熔管", "42.75", "78.00", "¥120.75", "人民币壹佰贰拾元柒角伍分", "材料合计", "修得好", "王秀兰",
                     "屏幕手写", "第1页，共1页", f"{label}（{paper_word}）"):  # fmt: skip
            assert said in page, said
    assert "第二联财务联" in pages[1] and "交财务内勤" in pages[1]
    assert overflows(paper) == []
    only = read(pdf.render("slip", sheets.slip(record, SHEET, printed_at=NOON, only=("resident",))))
    assert len(only) == 1 and "业户联" in only[0]


@pytest.mark.django_db
def test_a_void_sheet_says_so_on_every_copy(office, record) -> None:
    actions.void(record, reason="写错房号", at=NOON)
    record = queries.record_by_id(office, record.pk)
    pages = read(pdf.render("slip", sheets.slip(record, SHEET, printed_at=NOON)))
    assert all("作废" in page and "写错房号" in page for page in pages)


@pytest.mark.django_db
@pytest.mark.rule("S004-4-2.2.3a")
def test_an_unfilled_sheet_prints_blank_lines_for_the_hand(sheet) -> None:
    data = sheets.slip(sheet(data={}), SHEET, printed_at=NOON)
    pages = read(pdf.render("slip", data))
    assert len(pages) == 3
    assert all(label in pages[0] for label in ("费用栏", "业户意见", "业户签名", "合计", "人民币"))
    assert "None" not in pages[0]


@pytest.mark.django_db
def test_a_refusal_is_printed_with_its_reason(office, record) -> None:
    asked = {"purpose": "signature", "signer": "王秀兰", "how": "refused", "at": NOON}
    actions.sign(record, **asked, note="对价格有意见")
    page = read(
        pdf.render("slip", sheets.slip(queries.record_by_id(office, record.pk), SHEET, printed_at=NOON))
    )[0]
    assert "拒签" in page and "对价格有意见" in page


@pytest.mark.django_db
def test_a_signature_finds_its_line(office, sheet) -> None:
    form = SHEET.model_copy(update={"line": tuple(
        type(SHEET.line[0])(label=label, fact=fact, kind="signature")
        for label, fact in (("业户签名", "signature"), ("工程主管", "eng_sign"), ("客服主管", "cs_sign"))
    )})  # fmt: skip
    record = sheet()
    asked = {"how": "paper", "at": NOON}
    actions.sign(
        record,
        purpose="业户签署意见",
        signer="王秀兰",
        **asked | {"how": "refused"},
        note="不在",
        closes=False,
    )
    actions.sign(record, purpose="业户签署意见", signer="王秀兰", **asked | {"at": NOON.replace(hour=5)})
    actions.sign(record, purpose="cs_sign", signer="周敏", **asked)
    data = sheets.slip(queries.record_by_id(office, record.pk), form, printed_at=NOON)
    assert [(row["label"], row.get("name"), row.get("how")) for row in data["signatures"]] == [
        ("业户签名", "王秀兰", "纸面签字"), ("工程主管", None, None), ("客服主管", "周敏", "纸面签字"),
    ]  # fmt: skip


def slip(**over: Any) -> dict[str, Any]:
    return {
        "title": "维修单",
        "office": "翠湖花园管理处",
        "number": "WX2603-0217",
        "copies": [{"ordinal": "第一联", "label": "业户联", "paper": "white", "goes_to": "业户"}],
        "fields": [{"label": f"栏目{n}", "value": "厨房水管爆裂", "wide": n % 3 == 0} for n in range(10)],
        "lines": sheets.price_lines([{"item": f"材料：不锈钢加厚四分冷热水角阀带软管接头{n}", "quantity": "12.5", "unit": "米",
                                      "price_fen": 123900} for n in range(12)]),
        "signatures": [{"label": "业户签字", "name": "王秀兰"}, {"label": "维修人员"}],
    } | over  # fmt: skip


def test_twelve_price_lines_stay_on_one_page() -> None:
    paper = pdf.render("slip", slip())
    pages = read(paper)
    assert len(pages) == 1
    assert all(f"接头{n}" in pages[0] for n in range(12))
    assert "¥185,850.00" in pages[0] and "壹拾捌万伍仟捌佰伍拾元整" in pages[0]
    assert overflows(paper) == []


def test_more_than_a_page_goes_on_with_its_heads() -> None:
    rows = [{"item": f"项目{n}", "price_fen": 100} for n in range(60)]
    pages = read(pdf.render("slip", slip(lines=sheets.price_lines(rows))))
    assert len(pages) > 1
    for n, page in enumerate(pages, 1):
        assert f"第{n}页，共{len(pages)}页" in page
    assert "单价（元）" in pages[1]


@pytest.mark.parametrize(
    "text",
    [
        '#panic("no") #eval("1+1") #read("/etc/passwd")',
        "*粗* _斜_ `码` $x^2$ // 注 /* 注 */ <label> @ref \\ ~ -- ---",
        "= 标题\n- 一\n+ 二",
        '"; #set page(width: 1pt)',
        "{number} %s \u202e rtl \u200b",
        "https://example.com/" + "a" * 400,
    ],
)
def test_text_is_text(text: str) -> None:
    paper = pdf.render("slip", slip(fields=[{"label": "内容", "value": text, "wide": True}], title=text[:20]))
    said = "".join(read(paper))
    for word in text.replace("\u202e", "").replace("\u200b", "").split():
        assert word in said, word
    assert overflows(paper) == []


def test_a_very_long_remark_goes_on_over_the_pages() -> None:
    paper = pdf.render("slip", slip(fields=[{"label": "内容", "value": "长" * 2000, "wide": True}]))
    pages = read(paper)
    assert len(pages) > 1
    assert "".join(pages).count("长") == 2000
    assert overflows(paper) == []


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            key: st.none() | st.text(st.characters(codec="utf-8"), max_size=40)
            for key in (
                "title",
                "office",
                "number",
                "basis",
                "notice",
                "phone",
                "printed_at",
                "void",
                "period",
                "item",
            )
        },
    ),
    st.sampled_from(sorted(pdf.TEMPLATES)),
)
def test_any_text_and_any_gap_is_printed(data: dict[str, Any], template: str) -> None:
    assert pdf.render(template, data | {"copies": [{}]}).startswith(b"%PDF")


def test_the_same_data_gives_the_same_bytes_in_every_thread() -> None:
    papers: list[bytes] = []
    threads = [Thread(target=lambda: papers.append(pdf.render("slip", slip()))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(papers) == 4 and len(set(papers)) == 1


def test_what_cannot_be_printed() -> None:
    with pytest.raises(KeyError):
        pdf.render("../office", {})
    with pytest.raises(TypeError):
        pdf.render("slip", {"title": object()})


@pytest.mark.django_db
def test_a_receipt_in_figures_and_capitals(office) -> None:
    asked = {"payer_ref": "unit:1502", "payer_name": "王秀兰女士", "reference": "case:1", "at": NOON}
    ledger.charge(office, amount_fen=26000, item="给水管抢修", key="c", **asked)
    row = ledger.collect(office, amount_fen=26000, method="wechat", key="p", **asked)
    data = sheets.receipt(
        row, printed_at=NOON, place="3栋2单元1502", case="BX2603-0217", lines=FACTS["materials"]
    )
    (page,) = read(pdf.render("receipt", data))
    for said in ("收据", "SJ2603-0001", "2026年3月24日", "王秀兰女士（3栋2单元1502）", "给水管抢修（BX2603-0217）",
                 "人民币贰佰陆拾元整", "¥260.00", "微信", "安居物业服务有限公司", "不锈钢角阀"):  # fmt: skip
        assert said in page, said
    row = ledger.void_receipt(row, reason="方式错", key="v", at=NOON)
    copies = [
        {"label": "存根联", "paper": "white", "goes_to": "财务"},
        {"label": "收据联", "paper": "red", "goes_to": "交款人"},
    ]
    pages = read(pdf.render("receipt", sheets.receipt(row, printed_at=NOON, copies=copies)))
    assert len(pages) == 2 and all("作废" in page and "方式错" in page for page in pages)


def test_a_receipt_with_twelve_lines_stays_on_its_page() -> None:
    rows = sheets.price_lines(
        [{"item": f"材料：角阀{n}", "quantity": 1, "unit": "只", "price_fen": 12390000} for n in range(12)]
    )
    data = {"payer": "翠湖花园商业街王记茶餐厅有限公司（3栋2单元1502）", "item": "给水管抢修、代购材料" * 3, "lines": rows["rows"],
            "words": rows["words"], "amount": rows["total"], "note": "支票收款时未到账"}  # fmt: skip
    paper = pdf.render("receipt", data)
    assert len(read(paper)) == 1
    assert overflows(paper) == []


@pytest.mark.django_db
@pytest.mark.rule("S004-4-2.1.2")
def test_the_note_left_at_the_door(office) -> None:
    data = sheets.visit_note(
        office, number="LY2603-0001", to="3栋2单元1502 王女士", text=["我们已按约上门，家中无人。", "请来电另约时间。"],
        fields=[("上门时间", "2026年3月24日 15:00"), ("维修人员", "田大勇")], at=NOON, printed_at=NOON,
        link="https://kf.example.com/r/abc",
    )  # fmt: skip
    (page,) = read(pdf.render("note", data))
    for said in (
        "留言条",
        "LY2603-0001",
        "3栋2单元1502王女士：",
        "请来电另约时间。",
        "0755-26001234",
        "田大勇",
        "扫码另约时间",
    ):
        assert said in page, said


def report(rows: int, **over: Any) -> Report:
    columns = [Column("服务项目"), Column("受理", "number", group="维修单"), Column("应收", "money", group="收费"),
               Column("满意率", "percent", group="回访")]  # fmt: skip
    lines = [(f"项目{n}", n, n * 100, (n, rows)) for n in range(rows)]
    table = Table(columns, lines, total=("合计", rows, 372050, (0, 0)), words=("应收大写", 372050))
    asked = {
        "title": "维修服务项目评估报告",
        "office": "翠湖花园管理处",
        "period": "2026年3月1日至3月31日",
        "blocks": [Block("一、分项统计", ["说明一。"], table), Block("二、说明", ["另作安排。"])],
        "printed_at": NOON,
        "number": "PG2603-0001",
        "basis": "委托维修规程 二.八)",
        "signs": ["制表", "客服主管"],
        "archive": "客服组存档",
    } | over
    return Report(**asked)


@pytest.mark.rule("S004-4-2.8a")
def test_a_report_has_its_clause_period_heads_and_signs() -> None:
    pages = read(pdf.render("report", report_data(report(3))))
    for said in ("维修服务项目评估报告", "PG2603-0001", "依据：委托维修规程二.八)", "2026年3月1日至3月31日", "一、分项统计",
                 "说明一。", "项目2", "66.7%", "3,720.50", "人民币叁仟柒佰贰拾元伍角", "制表：", "客服主管：", "第1页，共1页"):  # fmt: skip
        assert said in pages[0], said
    assert len(pages) == 1


@pytest.mark.parametrize(("template", "data"), [("report", report_data), ("register", register_data)])
def test_long_tables_repeat_their_heads_and_count_their_pages(
    template: str, data: Callable[[Report], dict]
) -> None:
    paper = pdf.render(template, data(report(120)))
    pages = read(paper)
    assert len(pages) >= 3
    for n, page in enumerate(pages, 1):
        assert f"第{n}页，共{len(pages)}页" in page
        assert "服务项目" in page or n == len(pages)
    assert "项目119" in "".join(pages)
    assert overflows(paper) == []


def test_an_empty_period_says_so() -> None:
    assert "本期没有" in read(pdf.render("report", report_data(report(0))))[0]
    assert "本期没有" in read(pdf.render("register", register_data(report(0))))[0]


def test_a_column_takes_only_its_kind() -> None:
    table = Table([Column("应收", "money")], [("12.00",)])
    with pytest.raises(TypeError, match="fen"):
        report_data(report(0, blocks=[Block(table=table)]))


@given(st.integers(0, 10**6), st.decimals("0.01", "999.99", places=2))
def test_an_amount_is_quantity_times_price_to_the_fen(price: int, quantity: Any) -> None:
    amount = sheets.amount_of({"quantity": str(quantity), "price_fen": price})
    assert amount is not None
    assert abs(amount - quantity * price) * 2 <= 1
    assert sheets.amount_of({"quantity": "若干", "price_fen": price}) is None
    assert sheets.amount_of({"quantity": "2"}) is None
    assert sheets.amount_of({"quantity": "若干", "price_fen": price, "amount_fen": 7}) == 7
