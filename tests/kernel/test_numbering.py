"""Numbers as they are printed, and where one series ends and the next begins."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kernel.numbering import check_pattern, number_text, series_of
from guanjia.kernel.problem import Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_MONTH = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)  # 1 April, 00:00 in the office


def test_the_offices_month_begins_the_series() -> None:
    before = NEW_MONTH.replace(hour=15, minute=59)
    assert series_of("receipt", "SJ{yy}{mm}-{n:4}", before, SHANGHAI) == "receipt:202603"
    assert series_of("receipt", "SJ{yy}{mm}-{n:4}", NEW_MONTH, SHANGHAI) == "receipt:202604"
    assert series_of("receipt", "{yyyy}-{n}", NEW_MONTH, SHANGHAI) == "receipt:2026"
    assert series_of("receipt", "No.{n:6}", NEW_MONTH, SHANGHAI) == "receipt"
    assert number_text("SJ{yy}{mm}-{n:4}", 217, NEW_MONTH, SHANGHAI) == "SJ2604-0217"


@given(st.integers(1, 10**9), st.integers(1, 9))
def test_a_long_number_is_never_cut(seq: int, width: int) -> None:
    text = number_text(f"No.{{n:{width}}}", seq, NEW_MONTH, SHANGHAI)
    assert int(text.removeprefix("No.")) == seq
    assert len(text) >= 3 + width


@pytest.mark.parametrize(
    "pattern", ["SJ", "{n}{n}", "{mm}-{n}", "{n!r}", "{seq}", "{n.__class__}", "{n:0}", "SJ{n", "{n:12}"]
)
def test_a_wrong_pattern(pattern: str) -> None:
    with pytest.raises(Problem) as caught:
        check_pattern(pattern)
    assert caught.value.code == "NUMBER_PATTERN"
