"""Calendars as data: what is read, what is refused with which words, and that nothing is lost on the way."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from tests.worktime.strategies import calendars

from guanjia.kernel.problem import Problem
from guanjia.worktime import Calendar, always, china_office_hours

GOOD: dict = {
    "key": "office",
    "version": 3,
    "time_zone": "Asia/Shanghai",
    "weekly": {"mon": [["14:00", "18:00"], ["09:00", "12:00"]], "sat": [["22:00", "06:00"]]},
    "working_days": "china",
    "special_days": {"2026-03-24": [["10:00", "24:00"]], "2026-03-25": []},
    "holidays": {"2027-01-01": "元旦", "12-25": "", "02-29": "闰日"},
    "extra_workdays": ["2027-01-03"],
    "makeup_hours": [["09:30", "17:00"]],
    "open_on_holidays": False,
    "coverage_end": "2027-12-31",
}


def test_data_survives_the_round_trip() -> None:
    calendar = Calendar.from_data(GOOD)
    written = json.loads(json.dumps(calendar.to_data()))
    assert Calendar.from_data(written) == calendar
    assert Calendar.from_data(written).to_data() == written
    assert hash(calendar) == hash(Calendar.from_data(written))
    assert written["weekly"]["mon"] == [["09:00", "12:00"], ["14:00", "18:00"]], "windows are put in order"


@given(calendars())
def test_random_data_survives_the_round_trip(made: tuple) -> None:
    calendar = Calendar.from_data(made[0])
    assert Calendar.from_data(calendar.to_data()) == calendar


def test_absent_keys_mean_nothing_special() -> None:
    few = {key: GOOD[key] for key in ("key", "time_zone", "weekly", "working_days")}
    calendar = Calendar.from_data(few)
    assert (calendar.version, calendar.coverage_end, calendar.special_days) == (1, None, {})
    assert Calendar.from_data(few | {"holidays": [date(2026, 3, 24)]}).holidays == {date(2026, 3, 24): ""}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"key": ""}, "CALENDAR_DATA", "key"),
        ({"weekly": None}, "CALENDAR_DATA", "weekly"),
        ({"working_days": None}, "CALENDAR_DATA", "working_days"),
        ({"time_zone": "Asia/Peking"}, "CALENDAR_ZONE", "time_zone"),
        ({"time_zone": "../etc/passwd"}, "CALENDAR_ZONE", "time_zone"),
        ({"weekly": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "CALENDAR_OVERLAP", "weekly.mon"),
        ({"weekly": {"mon": [["22:00", "06:00"], ["23:00", "24:00"]]}}, "CALENDAR_OVERLAP", "weekly.mon"),
        ({"weekly": {"tue": [["9", "12:00"]]}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tue": [["09:00", "25:00"]]}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tue": [["24:00", "25:00"]]}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tue": [["09:00", "09:00"]]}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tue": [["09:00"]]}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tue": "09:00-12:00"}}, "CALENDAR_DATA", "weekly.tue"),
        ({"weekly": {"tuesday": []}}, "CALENDAR_DATA", "weekly"),
        ({"weekly": {}, "special_days": {}}, "CALENDAR_NEVER_OPEN", "weekly"),
        ({"weekly": {"mon": []}, "special_days": {"2026-03-24": []}}, "CALENDAR_NEVER_OPEN", "weekly"),
        ({"special_days": {"24.3.2026": []}}, "CALENDAR_DATA", "special_days"),
        ({"holidays": ["2026-02-30"]}, "CALENDAR_DATA", "holidays"),
        ({"holidays": ["13-01"]}, "CALENDAR_DATA", "holidays"),
        ({"holidays": "2026-01-01"}, "CALENDAR_DATA", "holidays"),
        ({"extra_workdays": ["2027-01-01"]}, "CALENDAR_DATA", "extra_workdays"),
        ({"working_days": []}, "CALENDAR_DATA", "working_days"),
        ({"working_days": ["mo"]}, "CALENDAR_DATA", "working_days"),
        ({"working_days": "germany"}, "CALENDAR_DATA", "working_days"),
        ({"version": "3"}, "CALENDAR_DATA", "version"),
        ({"open_on_holidays": "no"}, "CALENDAR_DATA", "open_on_holidays"),
        ({"coverage_end": "never"}, "CALENDAR_DATA", "coverage_end"),
    ],
)
def test_what_is_no_calendar_is_refused_at_its_field(change: dict, code: str, field: str) -> None:
    with pytest.raises(Problem) as caught:
        Calendar.from_data(GOOD | change)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert caught.value.message
    assert caught.value.hint


def test_an_unknown_key_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(Problem) as caught:
        Calendar.from_data(GOOD | {"special_day": {}})
    assert "special_days" in caught.value.hint
    with pytest.raises(Problem):
        Calendar.from_data([])  # type: ignore[arg-type]


def test_official_days() -> None:
    office = china_office_hours()
    assert not office.is_workday(date(2025, 6, 2)), "Dragon Boat Festival"
    assert office.is_holiday(date(2025, 6, 2))
    assert office.is_holiday(date(2026, 10, 3)), "a Saturday within the National Day holiday"
    assert not office.is_holiday(date(2026, 3, 28)), "a plain Saturday"
    assert not office.is_workday(date(2026, 3, 28))
    assert office.is_workday(date(2026, 10, 10)), "a make-up Saturday"
    assert office.day(date(2026, 10, 1)).name == "国庆节"
    assert office.is_workday(date(2027, 1, 1)), "not published: the weekday rule, known to be a guess"
    assert not office.knows_workday(date(2027, 1, 1))
    assert not office.knows_workday(date(2003, 12, 31))


def test_make_up_days_have_the_hours_of_a_working_day() -> None:
    office = china_office_hours([["09:00", "17:00"]])
    assert [window.text() for window in office.windows_on(date(2026, 10, 10))] == ["09:00–17:00"]
    saturdays = {"mon": [["09:00", "17:00"]], "sat": [["09:00", "12:00"]]}
    half = Calendar.from_data(GOOD | {"weekly": saturdays, "makeup_hours": [["10:00", "16:00"]]})
    assert [window.text() for window in half.windows_on(date(2026, 10, 10))] == ["10:00–16:00"]
    assert [window.text() for window in half.windows_on(date(2026, 10, 17))] == ["09:00–12:00"]
    assert half.windows_on(date(2026, 10, 3)) == (), "closed on a Saturday within the holiday"


def test_the_office_s_own_table_outranks_the_official_one() -> None:
    office = china_office_hours(holidays={"2026-03-24": "停电"}, extra_workdays=["2026-10-05"])
    assert not office.is_workday(date(2026, 3, 24))
    assert office.day(date(2026, 3, 24)).name == "停电"
    assert office.is_workday(date(2026, 10, 5))
    assert office.windows_on(date(2026, 10, 5))


def test_a_desk_that_never_closes_still_counts_working_days() -> None:
    desk = always()
    assert [window.text() for window in desk.windows_on(date(2026, 10, 1))] == ["00:00–24:00"]
    assert not desk.is_workday(date(2026, 10, 1))


def test_windows_as_text() -> None:
    calendar = Calendar.from_data(GOOD)
    assert [window.text() for window in calendar.windows_on(date(2026, 3, 28))] == ["22:00–次日06:00"]
    assert [window.text() for window in calendar.windows_on(date(2026, 3, 24))] == ["10:00–24:00"]
