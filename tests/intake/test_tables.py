"""Tables in and out: lines as a person sees them, text as it was, nothing that a spreadsheet computes."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from guanjia.estate.models import Office
from guanjia.intake import tables, uploads
from guanjia.kernel.problem import Problem

CELL = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(
    lambda text: " ".join(text.split())
)


def refused(code: str, call: object, *args: object) -> Problem:
    with pytest.raises(Problem) as caught:
        call(*args)  # type: ignore[operator]
    assert caught.value.code == code
    return caught.value


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"})
    page = book.add_worksheet()
    for number, values in enumerate(rows):
        for column, value in enumerate(values):
            page.write(number, column, value)
    book.close()
    return buffer.getvalue()


def test_cells_of_a_workbook_as_they_look() -> None:
    content = workbook(
        [[], ["房号", "电话1", "自", "面积"], [], ["3-2-1502", 13800001234, date(2020, 1, 2), 98.6]]
    )
    table = tables.read("住户.xlsx", content)
    assert table.headers == ("房号", "电话1", "自", "面积")
    (row,) = table.rows
    assert row.line == 4
    assert [tables.text_of(value) for value in row.cells.values()] == [
        "3-2-1502",
        "13800001234",
        "2020-01-02",
        "98.6",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_in_the_usual_encodings(encoding: str, separator: str) -> None:
    text = (
        separator.join(("房号", "姓名"))
        + "\r\n\r\n"
        + separator.join(("3-2-1502", '"王\n秀兰"'))
        + "\n"
        + separator.join(("3-2-1402", "何"))
    )
    table = tables.read("住户.csv", text.encode(encoding))
    assert [(row.line, row.cells["房号"]) for row in table.rows] == [(3, "3-2-1502"), (5, "3-2-1402")]
    assert tables.text_of(table.rows[0].cells["姓名"]) == "王 秀兰"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "UPLOAD_EMPTY"),
        (b"\n\n,,\n", "TABLE_EMPTY"),
        ('房号\n"3-2-1502'.encode(), "TABLE_UNREADABLE"),
        (b"\xff\xff\xff\xff\xff", "TABLE_UNREADABLE"),
        (b"a\x00b", "UPLOAD_TYPE"),
        (b"PK\x03\x04 not a zip", "UPLOAD_DAMAGED"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "UPLOAD_TYPE"),
    ],
)
def test_files_that_are_none(content: bytes, code: str) -> None:
    assert refused(code, tables.read, "住户.csv", content).field == "file"


def test_a_picture_under_another_name_is_refused() -> None:
    refused("UPLOAD_TYPE", tables.read, "住户.png", b"\x89PNG\r\n\x1a\n")
    refused("UPLOAD_TYPE", tables.read, "住户.xls", b"whatever")


def packed(names: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_archives_that_are_no_plain_workbook() -> None:
    refused("UPLOAD_TYPE", uploads.check, "a.xlsx", packed({"word/document.xml": b""}))
    refused(
        "UPLOAD_TYPE", uploads.check, "a.xlsx", packed({"xl/workbook.xml": b"", "xl/vbaProject.bin": b""})
    )
    refused("TABLE_UNREADABLE", tables.read, "a.xlsx", packed({"xl/workbook.xml": b"<x/>"}))


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "_UNPACKED_LIMIT", 1_000_000)
    refused("UPLOAD_TOO_LARGE", uploads.check, "a.xlsx", packed({"xl/workbook.xml": b"0" * 1_000_001}))


def test_sizes_have_limits(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024  # type: ignore[attr-defined]
    refused("UPLOAD_TOO_LARGE", uploads.check, "a.csv", b"a" * (1024 * 1024 + 1))
    monkeypatch.setattr(tables, "LONGEST", 2)
    refused("TABLE_TOO_LONG", tables.read, "a.csv", b"x\n1\n2\n3\n")


LIVE = ["=1+1", "+86", "-1", "@SUM(A1)", "'=1", "''", "'", '=HYPERLINK("http://x")', "普通"]


def test_nothing_that_goes_out_is_computed(tmp_path: Path) -> None:
    content = b"".join(tables.csv_lines(["姓名"], [[value] for value in LIVE]))
    cells = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))][1:]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert content.startswith(b"\xef\xbb\xbf")
    path = tmp_path / "a.xlsx"
    tables.write_workbook(path, "住户", ["姓名"], [[value] for value in LIVE])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    for found in (tables.read("a.xlsx", path.read_bytes()), tables.read("a.csv", content)):
        assert [row.cells["姓名"] for row in found.rows] == LIVE


@given(st.text(max_size=8))
def test_a_guard_comes_off_again(text: str) -> None:
    assert tables.unguarded(tables.guarded(text)) == text
    assert not tables.guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_goes_out_comes_in_again(rows: list[list[str]]) -> None:
    headers = ["甲", "乙", "丙"]
    buffer = io.BytesIO()
    tables.write_workbook(buffer, "住户", headers, rows)
    kept = [row for row in rows if any(row)]
    for name, content in (
        ("a.csv", b"".join(tables.csv_lines(headers, rows))),
        ("a.xlsx", buffer.getvalue()),
    ):
        found = tables.read(name, content)
        assert [[tables.text_of(row.cells.get(header)) for header in headers] for row in found.rows] == kept


def test_an_upload_is_kept_for_its_office_only(
    two_offices: tuple[Office, Office], settings: object, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    office, other = two_offices
    digest = uploads.keep(office, "../../住户.csv", "房号\n3-2-1502".encode())
    name, content = uploads.kept(office, digest)
    assert (name, uploads.sha256_of(content)) == (f"{digest}.csv", digest)
    refused("UPLOAD_GONE", uploads.kept, other, digest)
    for wrong in ("", "../" + digest, "0" * 64, digest.upper()):
        refused("UPLOAD_GONE", uploads.kept, office, wrong)
    (path,) = tmp_path.rglob("*.csv")
    path.write_bytes(b"changed")
    refused("UPLOAD_GONE", uploads.kept, office, digest)
    uploads.forget(office, digest)
    assert list(tmp_path.rglob("*.csv")) == []


def test_old_uploads_are_swept(two_offices: tuple[Office, Office], settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    digest = uploads.keep(two_offices[0], "a.csv", b"x")
    written = datetime.fromtimestamp(next(tmp_path.rglob("*.csv")).stat().st_mtime, UTC)
    assert uploads.sweep(written + timedelta(hours=23)) == 0
    assert uploads.sweep(written + timedelta(hours=25)) == 1
    refused("UPLOAD_GONE", uploads.kept, two_offices[0], digest)
