"""Money in and out of text: nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kernel.money import LARGEST_FEN, in_words, parse_yuan, yuan, yuan_sign
from guanjia.kernel.problem import Problem

FEN = st.integers(min_value=0, max_value=LARGEST_FEN)
DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
SMALL = {"拾": 10, "佰": 100, "仟": 1000}
LARGE = {"万": 10**4, "亿": 10**8}


def read_capitals(words: str) -> int:
    """The fen that a text in financial capitals stands for, read by the rules a cashier learns."""
    total = section = digit = fen = 0
    for char in words:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in SMALL:
            section, digit = section + digit * SMALL[char], 0
        elif char in LARGE:
            total, section, digit = total + (section + digit) * LARGE[char], 0, 0
        elif char == "元":
            fen, digit = (total + section + digit) * 100, 0
        elif char == "角":
            fen, digit = fen + digit * 10, 0
        elif char == "分":
            fen, digit = fen + digit, 0
        else:
            assert char == "整"
    return fen


@given(FEN)
def test_what_is_shown_is_read_back(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen
    assert parse_yuan(yuan_sign(fen)) == fen
    assert parse_yuan(f"{fen // 100}.{fen % 100:02d}元") == fen


@given(FEN)
def test_words_say_the_same_amount(fen: int) -> None:
    words = in_words(fen)
    assert read_capitals(words) == fen
    assert words.endswith("整") == (fen % 10 == 0 and fen % 100 == 0)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (105, "壹元零伍分"),
        (26000, "贰佰陆拾元整"),
        (140950, "壹仟肆佰零玖元伍角"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (100000005, "壹佰万元零伍分"),
        (-26000, "负贰佰陆拾元整"),
    ],
)
def test_words_as_written_on_a_receipt(fen: int, words: str) -> None:
    assert in_words(fen) == words


@pytest.mark.parametrize(
    ("text", "fen"),
    [("85", 8500), ("¥85.5", 8550), (" 1,280.00 ", 128000), ("￥0.01元", 1), ("12,345,678.90", 1234567890)],
)
def test_amounts_people_type(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "-5", "1,28", "12,34.00", "1 000", "1e3", "NaN", "½", ".5", "5."]
)
def test_anything_else_is_refused_at_its_field(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_yuan(text, field="amount")
    assert (caught.value.code, caught.value.field) == ("MONEY_FORMAT", "amount")


@given(st.text(max_size=12))
def test_no_text_raises_anything_but_a_problem(text: str) -> None:
    try:
        assert 0 <= parse_yuan(text) <= LARGEST_FEN
    except Problem as problem:
        assert problem.code in {"MONEY_FORMAT", "MONEY_TOO_LARGE"}


def test_too_large() -> None:
    assert parse_yuan("10,000,000,000.00") == LARGEST_FEN
    with pytest.raises(Problem) as caught:
        parse_yuan("10000000000.01")
    assert caught.value.code == "MONEY_TOO_LARGE"
