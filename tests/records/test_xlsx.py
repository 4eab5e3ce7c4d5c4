"""The workbook says what the paper says, as numbers and dates where it can."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

from guanjia.records import xlsx
from guanjia.records.report import Block, Column, Report, Table

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)
COLUMNS = [
    Column("工作单号", "center"),
    Column("服务内容", "text", 3),
    Column("金额", "money"),
    Column("满意率", "percent"),
    Column("完工", "time"),
    Column("日期", "day"),
    Column("回访", "number"),
]
ROW = ("WX2603-0001", '=HYPERLINK("http://evil")', 12345, (29, 30), NOON, date(2026, 3, 24), 2)


def book(blocks: list[Block], **over: Any) -> CalamineWorkbook:
    asked = {
        "title": "月统计表",
        "office": "翠湖花园管理处",
        "period": "2026年3月",
        "basis": "特约收费规定 4.8",
        "printed_at": NOON,
    }
    return CalamineWorkbook.from_filelike(io.BytesIO(xlsx.write(Report(blocks=blocks, **asked | over))))


def rows_of(workbook: CalamineWorkbook, n: int = 0) -> list[list[Any]]:
    return workbook.get_sheet_by_index(n).to_python(skip_empty_area=False)


def test_numbers_are_numbers_and_text_is_never_a_formula() -> None:
    rows = rows_of(
        book(
            [Block("一、明细", table=Table(COLUMNS, [ROW], total=("合计", None, 12345, None, None, None, 2)))]
        )
    )
    (line,) = [row for row in rows if row[0] == "WX2603-0001"]
    assert line[1] == '=HYPERLINK("http://evil")'
    assert line[2] == 123.45
    assert abs(line[3] - 29 / 30) < 1e-9
    assert line[4] == datetime(2026, 3, 24, 12, 0), "the office's clock"  # noqa: DTZ001
    assert line[5] == date(2026, 3, 24)
    assert line[6] == 2
    assert [row for row in rows if row[0] == "合计"][0][:3] == ["合计", "", 123.45]


def test_no_cell_of_the_file_is_a_formula_or_a_link() -> None:
    nasty = [
        (text, text, None, None, None, None, None)
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", "http://x", "\t=1")
    ]
    report = Report(
        "=1", "=2", "=3", [Block("=4", ["=5"], Table(COLUMNS, nasty))], NOON, basis="=6", archive="&A=7"
    )
    with zipfile.ZipFile(io.BytesIO(xlsx.write(report))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet and "hyperlink" not in sheet
        assert "=1+1" in sheet
        assert "<pageSetup" in sheet and 'fitToHeight="0"' in sheet
        names = archive.read("xl/workbook.xml").decode()
        assert "Print_Titles" in names


def test_head_clause_period_and_sections() -> None:
    two = [Column("房号", group="业户"), Column("姓名", group="业户"), Column("金额", "money")]
    blocks = [
        Block("一、明细", ["说明。"], Table(two, [("3-2-1502", "王秀兰", 100)], words=("大写", 100))),
        Block("只有文字"),
        Block("一、明细", table=Table(two, [])),
        Block("a/b:c*" * 9, table=Table(two, [])),
    ]
    workbook = book(blocks, signs=["制表", "主管"], number="TJ-1")
    assert workbook.sheet_names[:2] == ["一、明细", "一、明细2"]
    assert len(workbook.sheet_names) == 3
    texts = [str(row[0]) for row in rows_of(workbook)]
    assert texts[0] == "月统计表"
    assert "编号：TJ-1" in texts[1] and "2026年3月" in texts[1]
    assert "依据：特约收费规定 4.8" in texts[2]
    assert "大写：人民币壹元整" in texts
    assert any("制表：" in text and "主管：" in text for text in texts)


def test_many_rows_and_one_column() -> None:
    table = Table([Column("行", "number")], ((n,) for n in range(5000)))
    rows = rows_of(book([Block(table=table)]))
    assert sum(1 for row in rows if isinstance(row[0], float | int)) == 5000
