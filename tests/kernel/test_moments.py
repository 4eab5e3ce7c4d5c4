"""Instants keep their moment whatever zone they are written in."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.kernel.moments import from_iso, iso, parse_moment, require_aware
from guanjia.kernel.problem import Problem

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from([UTC, SHANGHAI, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=ZONES,
    allow_imaginary=False,
)


@given(MOMENTS)
def test_text_and_back(moment: datetime) -> None:
    text = iso(moment)
    assert text.endswith("Z")
    assert from_iso(text) == moment.astimezone(UTC)
    assert parse_moment(text, SHANGHAI) == moment.astimezone(UTC)


@given(MOMENTS, MOMENTS)
def test_one_instant_one_text(one: datetime, two: datetime) -> None:
    assert (iso(one) == iso(two)) == (one.astimezone(UTC) == two.astimezone(UTC))


def test_without_an_offset_the_office_clock_is_meant() -> None:
    assert parse_moment(" 2026-03-24 14:00 ", SHANGHAI) == datetime(2026, 3, 24, 6, 0, tzinfo=UTC)
    assert parse_moment("2026-03-24T14:00+09:00", SHANGHAI) == datetime(2026, 3, 24, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "下午两点",
        "2026-13-01",
        "2026-02-30 10:00",
        "14:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_moment(text, SHANGHAI, field="at")
    assert (caught.value.code, caught.value.field) == ("TIME_FORMAT", "at")


def test_a_naive_moment_is_a_programmers_error() -> None:
    with pytest.raises(ValueError, match="naive"):
        require_aware(datetime(2026, 3, 24))  # noqa: DTZ001
