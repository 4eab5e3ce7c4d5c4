"""Telephone numbers in, digits and masks out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.estate.phones import is_phone, mask, parse_phone, spaced
from guanjia.kernel.problem import Problem


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("13800001234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("＋86 138 0000 1234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("0571-88000917", "057188000917"),
        ("(0571)88000917", "057188000917"),
        ("88000917", "88000917"),
        ("010-62345678", "01062345678"),
        ("400-820-8820", "4008208820"),
        ("95588", "95588"),
        ("+852 2345 6789", "85223456789"),
    ],
)
def test_numbers_become_digits(text: str, digits: str) -> None:
    assert parse_phone(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1380000123",
        "138000012345",
        "12800001234",
        "0571-88000917转8001",
        "3-2-1502",
        "-",
        "+86",
        "-13800001234",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_phone(text, field="phone")
    assert (caught.value.code, caught.value.field) == ("PHONE_FORMAT", "phone")
    assert not is_phone(text)


def test_masks() -> None:
    assert mask("13912345678") == "139****5678"
    assert mask("057188000917") == "****0917"
    assert mask("110") == "****"
    assert spaced("13800001234") == "138 0000 1234"
    assert spaced("057188000917") == "057188000917"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mask_hides_the_middle(number: str) -> None:
    assert mask(number)[3:7] == "****"
    assert parse_phone(spaced(number)) == number


@given(st.text(max_size=30))
def test_any_text_gives_digits_or_a_problem(text: str) -> None:
    if is_phone(text):
        assert parse_phone(text).isascii() and parse_phone(text).isdigit()
