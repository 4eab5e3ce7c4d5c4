"""Recurring duties: when the next turn opens, what it is called, and for which period it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worktime.strategies import calendars, instants

from guanjia.kernel.problem import Problem
from guanjia.worktime import Calendar, Period, china_office_hours, current_period, next_period, recurrence

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = china_office_hours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def turn(text: str, after: str, calendar: Calendar = OFFICE) -> Period:
    return next_period(recurrence.parse(text), at(after), calendar)


TURNS = [
    # text, after, key, opens, ends, for, Chinese
    ("daily", "2026-03-24 10:00", "2026-03-25", "2026-03-25", "2026-03-26", "", "每日"),
    ("daily", "2026-03-24 00:00", "2026-03-25", "2026-03-25", "2026-03-26", "", "每日"),
    (
        "daily for previous",
        "2026-02-28 10:00",
        "2026-03-01",
        "2026-03-01",
        "2026-03-02",
        "2026-02-28",
        "每日",
    ),
    ("every working day", "2026-09-30 10:00", "2026-10-08", "2026-10-08", "2026-10-09", "", "每个工作日"),
    (
        "every working day for previous",
        "2026-09-30 10:00",
        "2026-10-08",
        "2026-10-08",
        "2026-10-09",
        "2026-09-30",
        "每个工作日",
    ),
    ("every open day", "2026-10-09 10:00", "2026-10-10", "2026-10-10", "2026-10-11", "", "每个营业日"),
    ("weekly", "2026-03-24 10:00", "2026-W14", "2026-03-30", "2026-04-06", "", "每周"),
    ("weekly on mon", "2026-03-22 10:00", "2026-W13", "2026-03-23", "2026-03-30", "", "每周一"),
    ("weekly on fri", "2026-03-24 10:00", "2026-W13", "2026-03-27", "2026-03-30", "", "每周五"),
    ("weekly from sat", "2026-03-24 10:00", "2026-W14", "2026-03-28", "2026-04-04", "", "每周（自周六起）"),
    ("weekly", "2026-12-24 10:00", "2026-W53", "2026-12-28", "2027-01-04", "", "每周"),
    ("monthly", "2026-03-24 10:00", "2026-04", "2026-04-01", "2026-05-01", "", "每月"),
    ("monthly for previous", "2026-12-24 10:00", "2027-01", "2027-01-01", "2027-02-01", "2026-12", "每月"),
    ("monthly for next month", "2026-03-24 10:00", "2026-04", "2026-04-01", "2026-05-01", "2026-05", "每月"),
    ("monthly on day 25", "2026-03-24 10:00", "2026-03", "2026-03-25", "2026-04-01", "", "每月25日"),
    ("monthly on day 25", "2026-03-25 00:00", "2026-04", "2026-04-25", "2026-05-01", "", "每月25日"),
    ("monthly on day 31", "2026-04-24 10:00", "2026-04", "2026-04-30", "2026-05-01", "", "每月31日"),
    (
        "monthly from day 26",
        "2026-03-24 10:00",
        "2026-04",
        "2026-03-26",
        "2026-04-26",
        "",
        "每月（自26日起）",
    ),
    (
        "monthly on last working day",
        "2026-05-01 10:00",
        "2026-05",
        "2026-05-29",
        "2026-06-01",
        "",
        "每月最后一个工作日",
    ),
    (
        "monthly on working day 1",
        "2026-09-01 10:00",
        "2026-10",
        "2026-10-08",
        "2026-11-01",
        "",
        "每月第1个工作日",
    ),
    (
        "monthly on day 16, next working day on holidays",
        "2026-02-01 10:00",
        "2026-02",
        "2026-02-24",
        "2026-03-01",
        "",
        "每月16日，遇节假日顺延至下一工作日",
    ),
    (
        "monthly on last day, next working day on days off",
        "2026-05-01 10:00",
        "2026-05",
        "2026-06-01",
        "2026-06-02",
        "",
        "每月最后一天，遇休息日顺延至下一工作日",
    ),
    (
        "monthly on day 5 in 3,6,9,12",
        "2026-03-24 10:00",
        "2026-06",
        "2026-06-05",
        "2026-07-01",
        "",
        "每月（3、6、9、12月）5日",
    ),
    ("quarterly", "2026-03-24 10:00", "2026-Q2", "2026-04-01", "2026-07-01", "", "每季度"),
    (
        "quarterly for previous",
        "2026-12-24 10:00",
        "2027-Q1",
        "2027-01-01",
        "2027-04-01",
        "2026-Q4",
        "每季度",
    ),
    (
        "quarterly in 3,6,9,12 on day 5",
        "2026-01-01 10:00",
        "2026-Q1",
        "2026-03-05",
        "2026-04-01",
        "",
        "每季度（3、6、9、12月）5日",
    ),
    ("half-yearly", "2026-03-24 10:00", "2026-H2", "2026-07-01", "2027-01-01", "", "每半年"),
    (
        "half-yearly in 6,12",
        "2026-03-24 10:00",
        "2026-H1",
        "2026-06-01",
        "2026-07-01",
        "",
        "每半年（6、12月）",
    ),
    (
        "half-yearly in 6,12",
        "2026-06-01 00:00",
        "2026-H2",
        "2026-12-01",
        "2027-01-01",
        "",
        "每半年（6、12月）",
    ),
    ("yearly", "2026-03-24 10:00", "2027", "2027-01-01", "2028-01-01", "", "每年"),
    ("yearly in 12 for next", "2025-03-24 10:00", "2025", "2025-12-01", "2026-01-01", "2026", "每年（12月）"),
    ("yearly on 12-31", "2026-03-24 10:00", "2026", "2026-12-31", "2027-01-01", "", "每年12月31日"),
    (
        "yearly on 12-15 for next",
        "2026-03-24 10:00",
        "2026",
        "2026-12-15",
        "2027-01-01",
        "2027",
        "每年12月15日",
    ),
    (
        "yearly on 12-15 for previous year",
        "2026-03-24 10:00",
        "2026",
        "2026-12-15",
        "2027-01-01",
        "2025",
        "每年12月15日",
    ),
    (
        "yearly on 12-15, next working day on days off for next",
        "2026-03-24 10:00",
        "2026",
        "2026-12-15",
        "2027-01-01",
        "2027",
        "每年12月15日，遇休息日顺延至下一工作日",
    ),
    ("every 90 days", "2026-01-01 10:00", "2026-04-01", "2026-04-01", "2026-04-02", "", "每90天"),
    ("every 6 months", "2026-01-10 10:00", "2026-07-10", "2026-07-10", "2026-07-11", "", "每6个月"),
]


@pytest.mark.parametrize(("text", "after", "key", "opens", "ends", "for_key", "chinese"), TURNS)
def test_next_turn(
    text: str, after: str, key: str, opens: str, ends: str, for_key: str, chinese: str
) -> None:
    found = turn(text, after)
    assert found == Period(key, at(opens), at(ends), for_key or key, provisional=found.provisional)
    parsed = recurrence.parse(text)
    assert recurrence.parse(str(parsed)) == parsed
    assert recurrence.describe(parsed) == chinese


def test_the_period_that_is_open_now() -> None:
    def now(text: str, moment: str) -> str:
        found = current_period(recurrence.parse(text), at(moment), OFFICE)
        return found.key if found else "-"

    assert now("monthly", "2026-03-24 10:00") == "2026-03"
    assert now("monthly", "2026-04-01 00:00") == "2026-04"
    assert now("monthly on day 25", "2026-03-24 10:00") == "-"
    assert now("monthly from day 26", "2026-03-26 00:00") == "2026-04"
    assert now("half-yearly in 6,12", "2026-06-30 23:59") == "2026-H1"
    assert now("every working day", "2026-10-03 10:00") == "-"
    assert now("daily", "2026-10-03 10:00") == "2026-10-03"
    assert now("every 90 days", "2026-10-03 10:00") == "-"


def test_turns_that_rest_on_an_unpublished_year_are_provisional() -> None:
    assert turn("every working day", "2026-12-31 10:00").provisional
    assert not turn("every working day", "2026-12-30 10:00").provisional
    assert turn("monthly on last working day", "2026-12-31 10:00").provisional
    assert turn("monthly on day 5, next working day on days off", "2026-12-31 10:00").provisional
    assert not turn("monthly on day 5", "2026-12-31 10:00").provisional


def test_a_closed_day_has_no_turn() -> None:
    closed = china_office_hours(special_days={"2026-03-25": [], "2026-03-28": [["10:00", "12:00"]]})
    assert turn("every open day", "2026-03-24 10:00", closed).key == "2026-03-26"
    assert turn("every open day", "2026-03-27 10:00", closed).key == "2026-03-28"
    assert turn("every working day", "2026-03-24 10:00", closed).key == "2026-03-25"


def test_a_day_that_the_zone_skipped_has_no_turn() -> None:
    """Samoa had no 30 December 2011: that day has no length, and cannot be the one that is open."""
    samoa = china_office_hours(time_zone="Pacific/Apia")
    start = datetime(2011, 12, 30, 9, 0, tzinfo=UTC)  # the evening of the 29th there
    daily = next_period(recurrence.parse("daily"), start, samoa)
    assert daily.key == "2011-12-31" and daily.starts_at < daily.ends_at
    assert current_period(recurrence.parse("daily"), daily.starts_at, samoa) == daily
    rolling = next_period(recurrence.parse("every 1 days"), start, samoa)
    assert rolling.key == "2011-12-31" and rolling.starts_at < rolling.ends_at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "montly",
        "monthly on",
        "monthly on day 32",
        "monthly on mon",
        "weekly on day 5",
        "monthly on 12-31",
        "monthly from day 1",
        "monthly from last day",
        "quarterly from day 5",
        "weekly in 3",
        "monthly from day 26 in 3",
        "half-yearly in 6",
        "half-yearly in 5,6",
        "yearly in 3,6",
        "quarterly in 1,2,3,4",
        "every 2h",
        "every 5 working days",
        "every 7-10 days",
        "daily on mon",
        "monthly for ever",
    ],
)
def test_what_is_no_recurrence(text: str) -> None:
    with pytest.raises(Problem) as caught:
        recurrence.parse(text)
    assert caught.value.code == "RECURRENCE_SYNTAX"
    assert caught.value.hint


def test_a_slip_of_the_pen_is_answered_with_what_was_meant() -> None:
    with pytest.raises(Problem) as caught:
        recurrence.parse("montly on day 5")
    assert "monthly on day 5" in caught.value.hint


grid = [text for text, *_ in TURNS if not text.startswith("every 90") and not text.startswith("every 6")]


@settings(max_examples=150, deadline=None)
@given(calendars(), st.sampled_from(grid), st.data())
def test_turns_follow_one_another_without_a_gap_in_the_search(
    made: tuple, text: str, draw: st.DataObject
) -> None:
    """Walking from turn to turn gives rising, distinct keys, and from any instant between two turns the same next one."""
    calendar, rule = Calendar.from_data(made[0]), recurrence.parse(text)
    start = draw.draw(instants(made[1]))
    found = next_period(rule, start, calendar)
    assert found.starts_at > start
    assert found.starts_at < found.ends_at
    for _ in range(3):
        following = next_period(rule, found.starts_at, calendar)
        between = found.starts_at + (following.starts_at - found.starts_at) // 2
        assert following.starts_at > found.starts_at
        assert following.key != found.key
        assert next_period(rule, between, calendar) == following
        assert current_period(rule, found.starts_at, calendar) == found
        found = following


def test_the_spring_festival_week_has_no_working_day_and_ends_all_the_same() -> None:
    found = turn("weekly on last working day", "2026-02-15 10:00")
    assert (found.key, found.starts_at) == ("2026-W08", at("2026-02-22"))
    assert found.ends_at - found.starts_at == timedelta(days=1)
    assert not OFFICE.is_workday(date(2026, 2, 22))
