"""One line in any order becomes unit, name, phone and matter, and every mark stands where it was typed."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guanjia.intake.line import Line, Lookups, parse

PARTS = ("3-2-1502", "王女士", "厨房水管爆了", "13800001234")


def cells(line: Line) -> tuple[str, str, str, str, str]:
    return line.unit_text, line.name, line.title, line.phone, line.matter


@pytest.mark.parametrize("parts", list(itertools.permutations(PARTS)))
def test_any_order_with_spaces(parts: tuple[str, ...]) -> None:
    line = parse(" ".join(parts))
    assert cells(line) == ("3-2-1502", "王", "女士", "13800001234", "厨房水管爆了")
    assert [token.text for token in line.tokens] == list(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3栋2单元1502王女士厨房水管爆了", ("3栋2单元1502", "王", "女士", "", "厨房水管爆了")),
        ("3栋2单元1502王女士厨房水管爆了13800001234", ("3栋2单元1502", "王", "女士", "13800001234", "厨房水管爆了")),
        ("厨房水管爆了王女士3-2-150213800001234", ("3-2-1502", "王", "女士", "13800001234", "厨房水管爆了")),
        ("138000012343-2-1502王女士水管爆了", ("3-2-1502", "王", "女士", "13800001234", "水管爆了")),
        ("３栋２单元１５０２　王女士　水管爆了　１３８００００１２３４", ("3栋2单元1502", "王", "女士", "13800001234", "水管爆了")),
        ("3号楼2单元1502室王先生没电", ("3号楼2单元1502室", "王", "先生", "", "没电")),
        ("三栋二单元一五零二 李老师 灯不亮", ("三栋二单元一五零二", "李", "老师", "", "灯不亮")),
        ("1502 王秀兰 马桶堵了 138 0000 1234", ("1502", "王秀兰", "", "13800001234", "马桶堵了")),
        ("1502王先生家没电了，电话138-0000-1234", ("1502", "王", "先生", "13800001234", "没电了")),
        ("1502张女士没电", ("1502", "张", "女士", "", "没电")),
        ("3栋1502米先生没电", ("3栋1502", "米", "先生", "", "没电")),
        ("马桶堵了 1502", ("1502", "", "", "", "马桶堵了")),
        ("2单元1502 欧阳先生 门锁坏了", ("2单元1502", "欧阳", "先生", "", "门锁坏了")),
        ("A座1203 锦绣餐饮有限公司 空调不制冷 0571-87654321", ("A座1203", "锦绣餐饮有限公司", "", "057187654321", "空调不制冷")),
        ("电话88000917 3-2-1502 陈太太 门锁坏了", ("3-2-1502", "陈", "太太", "88000917", "门锁坏了")),
        ("(0571)88000917 3-2-1502 刘小姐 灯不亮", ("3-2-1502", "刘", "小姐", "057188000917", "灯不亮")),
        ("座机8800-0917，3-2-1502 没水", ("3-2-1502", "", "", "88000917", "没水")),
        ("400-820-8820 B1-023车位被占", ("B1-023车位", "", "", "4008208820", "被占")),
        ("+86 138 0000 1234 3-2-1502 没水", ("3-2-1502", "", "", "13800001234", "没水")),
        ("负一层023车位 被占", ("负一层023车位", "", "", "", "被占")),
        ("3栋3楼走廊灯不亮", ("3栋", "", "", "", "3楼走廊灯不亮")),
        ("3栋2单元门禁坏了", ("3栋2单元", "", "", "", "门禁坏了")),
        ("楼下3-2-1402也漏 3-2-1502 王女士", ("3-2-1502", "王", "女士", "", "楼下3-2-1402也漏")),
        ("我姓王，3-2-1502，厨房下水慢", ("3-2-1502", "王", "", "", "厨房下水慢")),
        ("联系人：赵国平 电话：139 1234 5678 房号：3-2-1502 厨房没水", ("3-2-1502", "赵国平", "", "13912345678", "厨房没水")),
        ("业主王先生来电反映电梯里有异味", ("", "王", "先生", "", "电梯里有异味")),
        ("王师傅昨天修的水龙头又漏了 3-2-1502", ("3-2-1502", "", "", "", "王师傅昨天修的水龙头又漏了")),
        ("3-2-1502王秀兰女士反映厨房水管爆了", ("3-2-1502", "王秀兰", "女士", "", "厨房水管爆了")),
        ("水压低 5-1-1001 白天何女士没在家", ("5-1-1001", "何", "女士", "", "水压低，没在家")),
        ("花了300元 3天了 2026-03-24 14:00 来 2小时", ("", "", "", "", "花了300元 3天了 2026-03-24 14:00 来 2小时")),
        ("马桶堵", ("", "", "", "", "马桶堵")),
        ("太太说水管爆了", ("", "", "", "", "太太说水管爆了")),
        ("13800001234", ("", "", "", "13800001234", "")),
        ("", ("", "", "", "", "")),
        ("   ，。 ", ("", "", "", "", "")),
    ],
)  # fmt: skip
def test_lines_as_they_are_spoken(text: str, expected: tuple[str, ...]) -> None:
    assert cells(parse(text)) == expected


def test_titles_have_the_keys_of_the_register() -> None:
    assert [parse(f"3-2-1502 王{title} 没水").title_key for title in ("先生", "女士", "太太", "小姐", "老师")] == [
        "mr", "ms", "ms", "ms", "",
    ]  # fmt: skip


def test_each_cell_says_why() -> None:
    line = parse("3-2-1502 王女士 厨房水管爆了 13800001234")
    assert line.evidence == {
        "unit": "房号的写法",
        "name": "「女士」前面的姓",
        "matter": "其余的话",
        "phone": "11位手机号",
    }
    assert line.spans == (("unit", 0, 8), ("name", 9, 12), ("matter", 13, 19), ("phone", 20, 31))


def test_two_numbers_are_both_marked_and_the_mobile_counts() -> None:
    line = parse("0571-88000917 13800001234 3-2-1502 没水")
    assert [token.value for token in line.tokens if token.kind == "phone"] == ["057188000917", "13800001234"]
    assert line.phone == "13800001234"


def test_what_the_office_knows_decides() -> None:
    known = Lookups(
        is_unit=lambda text: text in ("1502", "88000917"),
        is_name=lambda text: text in ("水生", "管水电", "老字号"),
    )
    assert parse("水生 没电", known).name == "水生"
    assert parse("老字号 没电", known).name == "老字号"
    assert parse("老字号 没电").name == ""
    assert parse("灯不亮1502吧", known).unit_text == "1502"
    assert parse("灯不亮1502吧").unit_text == ""
    assert parse("88000917 没水", known).phone == ""
    assert parse("88000917 没水").phone == "88000917"
    assert parse("热水器坏了管水电师傅", known).name == "管水电"


def check(text: str) -> None:
    line = parse(text, Lookups(lambda piece: len(piece) == 4, lambda piece: len(piece) == 3))
    end = 0
    for token in line.tokens:
        assert end <= token.start < token.end <= len(text)
        assert token.text == text[token.start : token.end]
        assert token.evidence
        end = token.end
    assert line.phone == "" or (line.phone.isascii() and line.phone.isdigit())
    assert line.text == text


_PIECES = st.sampled_from(
    [
        *PARTS,
        "3栋2单元1502",
        "1502",
        "电话",
        "：",
        "，",
        " ",
        "　",
        "王",
        "先生",
        "说",
        "138",
        "0000",
        "-",
        "2",
        "栋",
        "负一层",
        "\x00",
        "Ａ",
        "姓",
    ]
)


@settings(max_examples=300)
@given(st.text(max_size=80))
@example("\x00电话\x003-2-1502")
@example("ﬃ3-2-1502")
@example("姓")
def test_any_text_is_read(text: str) -> None:
    check(text)


@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_any_mixture_of_pieces_is_read(text: str) -> None:
    check(text)


@given(
    st.permutations(PARTS), st.lists(st.sampled_from([" ", "，", "  ", "　", "、"]), min_size=3, max_size=3)
)
def test_order_and_separators_do_not_matter(parts: list[str], between: list[str]) -> None:
    text = parts[0] + "".join(space + part for space, part in zip(between, parts[1:], strict=True))
    assert cells(parse(text)) == ("3-2-1502", "王", "女士", "13800001234", "厨房水管爆了")


def test_a_very_long_line_is_read_to_its_limit() -> None:
    line = parse("水" * 5000 + "13800001234")
    assert line.matter == "水" * 500
    assert line.phone == ""
