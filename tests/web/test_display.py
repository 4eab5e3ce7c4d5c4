"""How times, phones and money read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.web import display

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 24, 10, 42, tzinfo=ZONE)


def at(text: str) -> datetime:
    """An instant of the office's wall, in UTC as everywhere below the doors."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-24 10:42", "3月24日 周二 10:42"),
        ("2026-01-01 00:05", "1月1日 周四 00:05"),
        ("2025-12-31 23:59", "2025年12月31日 周三 23:59"),
    ],
)
def test_a_moment_names_the_year_only_when_it_is_another_one(moment, words):
    assert display.moment(at(moment), NOW, ZONE) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-03-24 08:40", "08:40"),
        ("2026-03-23 08:40", "昨天 08:40"),
        ("2026-03-25 08:40", "明天 08:40"),
        ("2026-03-31 09:00", "3月31日 09:00"),
    ],
)
def test_near(moment, words):
    assert display.near(at(moment), NOW, ZONE) == words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-03-24 11:29", "11:29"),
        ("2026-03-25 00:00", "24:00"),
        ("2026-03-24 00:00", "昨天 24:00"),
        ("2026-04-05 00:00", "4月4日 24:00"),
        ("2026-03-25 10:42", "明天 10:42"),
    ],
)
def test_a_deadline_at_midnight_belongs_to_the_day_that_ends(due, words):
    assert display.deadline(at(due), NOW, ZONE) == words


def test_a_limit_of_days_shows_no_time_further_away():
    assert display.deadline(at("2026-04-01 00:00"), NOW, ZONE, whole_day=True) == "3月31日"
    assert (
        display.deadline(at("2026-03-25 00:00"), NOW, ZONE, whole_day=True, name_today=True) == "今天 24:00"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (47, "剩 00:47"),
        (0, "剩 00:00"),
        (23 * 60 + 59, "剩 23:59"),
        (24 * 60, "剩 1天"),
        (7 * 24 * 60 + 300, "剩 7天"),
    ],
)
def test_left(minutes, words):
    assert display.left(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (26, "超 00:26"),
        (84, "超 01:24"),
        (26 * 60, "超 26小时"),
        (47 * 60 + 59, "超 47小时"),
        (48 * 60, "超 2天"),
    ],
)
def test_over(minutes, words):
    assert display.over(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (8, "用时 8分"),
        (0.5, "用时 不到1分"),
        (60, "用时 1小时"),
        (125, "用时 2小时5分"),
        (3 * 1440, "用时 3天"),
    ],
)
def test_taken(minutes, words):
    assert display.taken(timedelta(minutes=minutes)) == words


@given(st.integers(0, 59), st.integers(1, 1200))
def test_the_wall_plus_the_countdown_is_the_due_time(seconds, minutes):
    """What is left rounds up and what is over rounds down, so the figures on the screen add up."""
    now = NOW + timedelta(seconds=seconds)
    due = NOW + timedelta(minutes=minutes)
    hours, rest = display.left(due - now).removeprefix("剩 ").split(":")
    assert NOW + timedelta(hours=int(hours), minutes=int(rest)) == due
    passed = NOW - timedelta(minutes=minutes)
    hours, rest = display.over(now - passed).removeprefix("超 ").split(":")
    assert NOW - timedelta(hours=int(hours), minutes=int(rest)) == passed
