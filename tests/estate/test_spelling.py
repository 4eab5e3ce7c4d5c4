"""Spellings of codes and names, and what a typed text is taken to mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.estate import pinyin, spelling
from guanjia.estate.heard import hear, hear_whole


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("王秀兰", {"wangxiulan", "xiulan", "lan", "wxl"}),
        ("曾强", {"zengqiang", "cengqiang", "zq", "cq"}),
        ("仇英", {"qiuying", "qy"}),
        ("欧阳修", {"ouyangxiu", "oyx"}),
        ("尉迟恭", {"yuchigong"}),
        ("吕布", {"lvbu"}),
        ("柏杨", {"baiyang", "boyang"}),
    ],
)
def test_names_by_pinyin(name: str, words: set[str]) -> None:
    assert words <= set(spelling.pinyin_words(name, person=True))


def test_names_without_chinese_have_no_pinyin() -> None:
    assert pinyin.spellings("john", person=True) == []
    assert spelling.name_words("John Smith", person=True) == ["johnsmith", "john", "smith"]


def test_tails_of_names_and_numbers() -> None:
    assert spelling.name_words("王秀兰", person=True) == ["王秀兰", "秀兰"]
    assert spelling.name_words("王丽", person=True) == ["王丽", "丽"]
    assert "餐饮有限公司" in spelling.name_words("锦绣餐饮有限公司", person=False)
    assert spelling.phone_words("13800001234")[-1] == "234"
    assert spelling.phone_words("95588") == ["95588", "5588", "588"]


@given(st.text(alphabet="0123456789", min_size=3, max_size=15), st.data())
def test_any_three_digits_begin_a_word(number: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(number) - 3))
    end = data.draw(st.integers(start + 3, len(number)))
    assert any(word.startswith(number[start:end]) for word in spelling.phone_words(number))


@pytest.mark.parametrize(
    ("text", "figure"),
    [("十二", "12"), ("一五零二", "1502"), ("二十", "20"), ("三", "3"), ("王", "王"), ("", "")],
)
def test_chinese_figures(text: str, figure: str) -> None:
    assert spelling.figure(text) == figure


def test_codes_sort_by_their_figures() -> None:
    codes = ["10-1-101", "2-1-101", "2-1-1001", "2-1-201", "A-108"]
    assert sorted(codes, key=spelling.sort_code) == ["2-1-101", "2-1-201", "2-1-1001", "10-1-101", "A-108"]


@given(st.text(max_size=60))
def test_hearing_never_fails(text: str) -> None:
    for heard in (hear(text), hear_whole(text)):
        for word in heard.words:
            assert word.ranges
            assert all(start for _kind, start in word.ranges)


@given(st.text(max_size=40))
def test_spelling_never_fails(text: str) -> None:
    for person in (True, False):
        assert all(len(word) <= 80 for word in spelling.name_words(text, person=person))
        assert all(len(word) <= 80 for word in spelling.pinyin_words(text, person=person))
    assert all(
        0 < len(word) <= 80
        for word in spelling.code_words(
            code=text, name=text, building="3", building_name="", stair=text, number="1"
        )
    )
