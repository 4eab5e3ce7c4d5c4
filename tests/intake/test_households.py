"""A list of households: bad rows by line and reason, all or nothing, harmless to repeat, out and in again unchanged."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from tests.intake.conftest import ON, Desk

from guanjia.estate import actions as estate
from guanjia.estate import queries
from guanjia.estate.models import Building, Occupancy, Office, Party, Phone, SearchWord, Unit
from guanjia.intake import households, tables
from guanjia.intake.columns import COLUMNS
from guanjia.intake.households import Report
from guanjia.kernel.problem import Problem

HEADERS = "楼栋,单元,室号,类型,建筑面积（平方米）,入住日期,姓名,性质,称呼,关系,关系说明,电话1,电话1用途,电话2,邮箱,自,至"
GOOD = """
3,2,1502,住宅,98.6,2019-08-16,王秀兰,个人,女士,业主,,138-0000-1234,,0571-88000917,wang@example.com,2019-08-16,
3,2,1502,,,,赵国平,,先生,家人,配偶,13912345678,,,,,
3,2,1402,,,,何先明,,先生,,,13700002345,,,,,
A,,108,商铺,55,,锦绣餐饮有限公司,单位,,租户,,0571-87654321,前台,,,2024-01-01,
A,,109,商铺,,,,,,,,,,,,,
5,1,101,,,,王秀兰,,女士,业主,,13800001234,,,,,
5,1,101,,,,前租户,,,租户,,,,,,2020-01-01,2022-01-01
"""


def csv_of(text: str = GOOD, headers: str = HEADERS) -> bytes:
    return (headers + text.rstrip()).encode()


def take(office: Office, content: bytes, name: str = "住户.csv") -> Report:
    report = households.dry_run(office, name, content)
    assert report.bad == ()
    return households.commit(office, name, content, sha256=report.sha256, digest=report.digest, on=ON)


def everything(office: Office) -> list[list[str]]:
    """All rows of an export without the numbers of the parties, which differ between offices."""
    at = [column.header for column in COLUMNS].index("业户编号")
    return [[*row[:at], *row[at + 1 :]] for row in households.export_rows(office)]


@pytest.fixture
def office(two_offices: tuple[Office, Office]) -> Office:
    return two_offices[0]


@pytest.fixture
def other(two_offices: tuple[Office, Office]) -> Office:
    return two_offices[1]


def test_a_dry_run_counts_and_writes_nothing(office: Office) -> None:
    report = households.dry_run(office, "住户.csv", csv_of())
    assert (report.lines, report.units, report.persons, report.ok) == (7, 5, 5, True)
    assert report.counts == {
        "new_units": 5, "changed_units": 0, "new_persons": 5, "changed_persons": 0,
        "new_occupancies": 6, "changed_occupancies": 0, "unchanged": 0,
    }  # fmt: skip
    assert not Unit.objects.exists()
    assert not Party.objects.exists()
    assert not Building.objects.exists()


def test_a_commit_writes_all_of_it(office: Office) -> None:
    stages: list[str] = []
    content = csv_of()
    report = households.dry_run(office, "住户.csv", content)
    households.commit(
        office,
        "住户.csv",
        content,
        sha256=report.sha256,
        on=ON,
        progress=lambda stage, done, total: stages.append(stage),
    )
    home = queries.unit_by_code(office, "3-2-1502")
    assert (home.name, home.floor, home.area_cm2, home.moved_in_on) == (
        "3栋2单元1502",
        15,
        986_000,
        date(2019, 8, 16),
    )
    household = queries.household(office, home, ON)
    assert [(m.name, m.title, m.relation_label, m.relation_note) for m in household.members] == [
        ("王秀兰", "女士", "业主", ""),
        ("赵国平", "先生", "家人", "配偶"),
    ]
    wang = Party.objects.get(name="王秀兰")
    assert list(wang.phones.order_by("pk").values_list("number", "main")) == [
        ("13800001234", True),
        ("057188000917", False),
    ]
    assert [unit.code for unit in queries.units_of_party(office, wang, ON)] == ["3-2-1502", "5-1-101"]
    shop = queries.unit_by_code(office, "A-108")
    assert (shop.kind, shop.name, shop.floor) == ("shop", "A座108", 1)
    assert [hit.unit.code for hit in queries.search(office, "锦绣", on=ON)] == ["A-108"]
    assert queries.search(office, "前租户", on=ON) == []
    assert stages[0] == "读取文件"
    assert "写入" in stages
    assert stages[-1] == "建立检索"


def test_importing_again_changes_nothing(office: Office) -> None:
    take(office, csv_of())
    before, words = everything(office), SearchWord.objects.count()
    report = households.dry_run(office, "住户.csv", csv_of())
    assert (report.changes, report.counts["unchanged"]) == ((), 7)
    take(office, csv_of())
    assert everything(office) == before
    assert SearchWord.objects.count() == words


def test_a_changed_list_says_and_makes_the_changes(office: Office) -> None:
    take(office, csv_of())
    changed = (
        GOOD.replace("98.6", "99")
        .replace("配偶,13912345678", "丈夫,13912340000")
        .replace("何先明,,先生,,,13700002345,,,,,", "何先明,,先生,,,,,,,,2026-04-01")
    )
    report = households.dry_run(office, "住户.csv", csv_of(changed))
    assert [(c.line, c.what, c.field, c.before, c.after) for c in report.changes] == [
        (2, "修改房屋", "建筑面积（平方厘米）", "986000", "990000"),
        (3, "修改业户", "电话", "13912345678", "13912340000"),
        (3, "修改入住", "关系说明", "配偶", "丈夫"),
        (4, "修改入住", "至", "", "2026-04-01"),
    ]
    take(office, csv_of(changed))
    assert households.dry_run(office, "住户.csv", csv_of(changed)).changes == ()
    assert [hit.unit.code for hit in queries.search(office, "13912340000", on=ON)] == ["3-2-1502"]
    assert queries.search(office, "13912345678", on=ON) == []
    assert Phone.objects.filter(party__name="何先明").count() == 1, "a blank leaves the numbers alone"
    assert queries.search(office, "何先明", on=date(2026, 4, 1)) == []


def test_who_does_not_stand_in_the_list_stays(office: Office) -> None:
    take(office, csv_of())
    take(office, csv_of("\n3,2,1502,,,,新房客,,,租户,,13300001111,,,,,"))
    assert [
        m.name for m in queries.household(office, queries.unit_by_code(office, "3-2-1502"), ON).members
    ] == [
        "王秀兰",
        "新房客",
        "赵国平",
    ]
    assert Unit.objects.count() == 5


def test_a_move_out_that_the_list_does_not_know_is_not_undone(office: Office) -> None:
    take(office, csv_of())
    stay = Occupancy.objects.get(party__name="何先明")
    estate.end_occupancy(stay, ON, on=ON)
    take(office, csv_of())
    assert Occupancy.objects.get(party__name="何先明").until == ON
    take(office, csv_of("\n3,2,1402,,,,何先明,,先生,,,,,,,2026-05-01,"))
    assert Occupancy.objects.filter(party__name="何先明").count() == 2


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("3,2,1502,城堡,,,王,,,,,,,,,,", "类型", "BAD_UNIT_KIND"),
        ("3,2,1502,,很大,,王,,,,,,,,,,", "建筑面积（平方米）", "BAD_AREA"),
        ("3,2,1502,,98.12345,,王,,,,,,,,,,", "建筑面积（平方米）", "BAD_AREA"),
        ("3,2,1502,,0,,王,,,,,,,,,,", "建筑面积（平方米）", "BAD_AREA"),
        ("3,2,1502,,,去年,王,,,,,,,,,,", "入住日期", "BAD_DATE"),
        ("3,2,1502,,,2026-02-30,王,,,,,,,,,,", "入住日期", "BAD_DATE"),
        ("3,2,1502,,,,王,神仙,,,,,,,,,", "性质", "BAD_PARTY_KIND"),
        ("3,2,1502,,,,王,,殿下,,,,,,,,", "称呼", "BAD_TITLE"),
        ("3,2,1502,,,,王,,,邻居,,,,,,,", "关系", "BAD_RELATION"),
        ("3,2,1502,,,,王,,,,,1380000123,,,,,", "电话1", "BAD_PHONE"),
        ("3,2,1502,,,,王,,,,,,,123,,,", "电话2", "BAD_PHONE"),
        ("3,2,1502,,,,王,,,,,,,,不是邮箱,,", "邮箱", "BAD_EMAIL"),
        ("3,2,1502,,,,王,,,,,,,,,2026-02-01,2026-01-01", "至", "DATE_ORDER"),
        ("3,2,1502,,,,,,,,,13800001234,,,,,", "姓名", "NAME_MISSING"),
        ("3,2,,,,,王,,,,,,,,,,", "室号", "UNIT_MISSING"),
        (",2,1502,,,,王,,,,,,,,,,", "楼栋", "UNIT_MISSING"),
        (f"3,2,1502,,,,{'王' * 81},,,,,,,,,,", "姓名", "CELL_TOO_LONG"),
        ("12345678901,2,1502,,,,王,,,,,,,,,,", "楼栋", "CELL_TOO_LONG"),
    ],
)
def test_a_bad_row_by_line_column_and_reason(office: Office, row: str, column: str, code: str) -> None:
    content = csv_of("\n1,1,101,,,,李,,,,,,,,,,\n" + row)
    report = households.dry_run(office, "住户.csv", content)
    (bad,) = report.bad
    assert (bad.line, bad.column, bad.code) == (3, column, code)
    assert bad.reason
    assert not report.ok
    with pytest.raises(Problem) as caught:
        households.commit(office, "住户.csv", content, sha256=report.sha256, on=ON)
    assert caught.value.code == "IMPORT_BAD_ROWS"
    assert "第 3 行" in caught.value.message
    assert not Unit.objects.exists()


def test_rows_that_contradict_each_other(office: Office) -> None:
    text = """
3,2,1502,,98.6,,王秀兰,,女士,业主,,13800001234,,,,,
3,2,1502,,99,,赵国平,,,家人,,,,,,,
3,2,1502,,,,王秀兰,,先生,业主,,13800001234,,,,,
3,2,1502,,,,王秀兰,,,业主,,,,,,,
"""
    report = households.dry_run(office, "住户.csv", csv_of(text))
    assert [(bad.line, bad.code) for bad in report.bad] == [
        (3, "UNIT_CONFLICT"),
        (4, "PERSON_CONFLICT"),
        (5, "ROW_TWICE"),
    ]
    assert "第 2 行" in report.bad[0].reason


def test_every_bad_row_is_listed(office: Office) -> None:
    text = "\n" + "\n".join(f"3,1,{number},,,去年,王,,,,,12,,,,," for number in range(101, 151))
    report = households.dry_run(office, "住户.csv", csv_of(text))
    assert len(report.bad) == 100
    assert {bad.line for bad in report.bad} == set(range(2, 52))
    shown = report.as_dict(most=10)
    assert (len(shown["bad"]), shown["ok"]) == (10, False)


def test_a_code_that_excel_made_a_date(office: Office) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-m-d"})
    page = book.add_worksheet()
    page.write_row(0, 0, ["房号", "姓名"])
    page.write_row(1, 0, ["3-2-15", "王"])
    page.write_row(2, 0, [date(2003, 2, 15), "李"])
    book.close()
    (bad,) = households.dry_run(office, "a.xlsx", buffer.getvalue()).bad
    assert (bad.line, bad.column, bad.code) == (3, "房号", "CELL_IS_DATE")


def test_codes_that_name_no_building(office: Office) -> None:
    from_text = households.dry_run(office, "a.csv", "房号,姓名\n3栋2单元1502,王\nB1-023,李\n1502,赵".encode())
    assert [(bad.line, bad.code) for bad in from_text.bad] == [(4, "CODE_FORMAT")]


def test_codes_alone_are_taken_apart(office: Office) -> None:
    take(
        office,
        "门牌号,户主,手机,物业费\n3栋2单元1502,王秀兰,13800001234,100\nB1-023,,,\nA-1203,李,,".encode(),
    )
    units = Unit.objects.order_by("code").values_list("code", "building__code", "stair", "number")
    assert list(units) == [
        ("3-2-1502", "3", "2", "1502"),
        ("A-1203", "A", "", "1203"),
        ("B1-023", "B1", "", "023"),
    ]
    report = households.dry_run(office, "a.csv", "门牌号,户主,物业费\nA-1203,李,9".encode())
    assert report.ignored == ("物业费",)


def test_headers_that_do_not_do(office: Office) -> None:
    with pytest.raises(Problem) as caught:
        households.dry_run(office, "a.csv", "姓名,电话\n王,13800001234".encode())
    assert caught.value.code == "IMPORT_COLUMNS"
    twice = households.dry_run(office, "a.csv", "房号,姓名,户主\n3-2-1502,王,李".encode())
    assert [(bad.line, bad.code) for bad in twice.bad] == [(1, "COLUMN_TWICE")]
    assert not households.dry_run(office, "a.csv", "房号,姓名\n".encode()).ok


def test_another_file_or_another_estate_than_in_the_dry_run(office: Office) -> None:
    content = csv_of()
    report = households.dry_run(office, "住户.csv", content)
    with pytest.raises(Problem) as caught:
        households.commit(office, "住户.csv", content + b"\n", sha256=report.sha256, on=ON)
    assert (caught.value.code, caught.value.status) == ("IMPORT_FILE_CHANGED", 409)
    estate.create_unit(estate.create_building(office, "3"), "1502", stair="2", on=ON)
    with pytest.raises(Problem) as caught:
        households.commit(office, "住户.csv", content, sha256=report.sha256, digest=report.digest, on=ON)
    assert (caught.value.code, caught.value.status) == ("IMPORT_ESTATE_CHANGED", 409)
    assert not Party.objects.exists()
    households.commit(office, "住户.csv", content, sha256=report.sha256, on=ON)


def awkward(office: Office) -> None:
    """A household with everything that files like to spoil."""
    building = estate.create_building(office, "7", "菊苑")
    home = estate.create_unit(
        building,
        "0803",
        stair="1",
        floor=8,
        on=ON,
        area_cm2=985_001,
        note='=1+1,"引号"\n第二行',
        moved_in_on=date(2019, 8, 16),
    )
    estate.create_unit(
        estate.create_building(office, "B1"), "023", kind="parking", name="负一层023车位", on=ON
    )
    party = estate.create_party(
        office,
        "=cmd|' /C calc'!A0",
        phones=[("13800001234", "+本人"), "057188000917", "95588", "4008208820"],
        note="'=x",
        email="a@example.com",
    )
    stay = estate.create_occupancy(home, party, "tenant", on=ON, since=date(2020, 1, 1), relation_note="-")
    estate.end_occupancy(stay, date(2021, 1, 1), on=ON)
    estate.create_occupancy(home, party, "tenant", on=ON, since=date(2022, 1, 1))
    estate.create_occupancy(home, party, "emergency", on=ON)
    estate.create_occupancy(home, estate.create_party(office, "@SUM", kind="organisation"), "owner", on=ON)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_out_and_in_again_unchanged(office: Office, other: Office, kind: str, tmp_path: Path) -> None:
    take(office, csv_of())
    awkward(office)
    path = tmp_path / f"out.{kind}"
    if kind == "csv":
        path.write_bytes(b"".join(households.export_csv(office)))
    else:
        households.export_xlsx(office, path)
    content = path.read_bytes()
    again = households.dry_run(office, path.name, content)
    assert (again.bad, again.changes, again.ignored) == ((), (), ())
    assert again.counts["unchanged"] == again.lines == 12
    take(other, content, path.name)
    assert everything(other) == everything(office)
    assert Party.objects.filter(office=other).count() == Party.objects.filter(office=office).count()


def test_an_exported_number_of_another_office_names_nobody_here(office: Office, other: Office) -> None:
    take(other, csv_of())
    stranger = Party.objects.get(office=other, name="王秀兰")
    take(office, f"房号,姓名,业户编号\n3-2-1502,李四,{stranger.pk}".encode())
    assert Party.objects.get(pk=stranger.pk).name == "王秀兰"
    assert Party.objects.get(office=office).name == "李四"


def test_a_number_renames_only_with_a_telephone_in_common(office: Office) -> None:
    take(office, csv_of())
    wang = Party.objects.get(name="王秀兰")
    report = households.dry_run(
        office, "a.csv", f"房号,姓名,业户编号,电话1\n3-2-1502,王秀莲,{wang.pk},13800001234".encode()
    )
    assert [(c.what, c.field, c.after) for c in report.changes][:1] == [("修改业户", "姓名", "王秀莲")]
    mixed = households.dry_run(office, "a.csv", f"房号,姓名,业户编号\n3-2-1502,张三,{wang.pk}".encode())
    assert mixed.counts["new_persons"] == 1


def test_exports_hold_one_office_only(desk: Desk) -> None:
    text = b"".join(households.export_csv(desk.office)).decode("utf-8-sig")
    assert "王秀兰" in text
    assert "外人" not in text
    there = b"".join(households.export_csv(desk.other)).decode("utf-8-sig")
    assert "外人" in there
    assert "王秀兰" not in there


def test_a_dry_run_never_tells_of_another_office(desk: Desk) -> None:
    report = households.dry_run(desk.other, "a.csv", "房号,姓名,电话1\n3-2-1502,王秀兰,13800001234".encode())
    assert report.counts["new_units"] == report.counts["new_persons"] == 1


def test_the_template_is_an_empty_list_with_help(office: Office) -> None:
    content = households.template()
    table = tables.read("模板.xlsx", content)
    assert table.headers == tuple(column.header for column in COLUMNS)
    assert table.rows == ()
    assert not households.dry_run(office, "模板.xlsx", content).ok
