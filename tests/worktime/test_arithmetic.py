"""Business time by example: each lesson that the field learned the hard way, by name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from guanjia.kernel.problem import Problem
from guanjia.worktime import (
    Calendar,
    add,
    add_workdays,
    always,
    china_office_hours,
    elapsed,
    next_opening,
    next_workday,
    previous_closing,
    previous_workday,
    workdays_between,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = china_office_hours()  # 09:00-12:00, 14:00-18:00 on official working days
HOUR = 3600


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def calendar(weekly: dict, zone: str = "Asia/Shanghai", **more: object) -> Calendar:
    data = {
        "key": "test",
        "time_zone": zone,
        "weekly": weekly,
        "working_days": ["mon", "tue", "wed", "thu", "fri"],
    }
    return Calendar.from_data(data | more)


def plain(hours: list, days: str = "mon tue wed thu fri") -> dict:
    return dict.fromkeys(days.split(), hours)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-24 10:00", 1, "2026-03-24 11:00"),
        ("2026-03-24 11:30", 1, "2026-03-24 14:30"),  # lunch
        ("2026-03-24 12:30", 1, "2026-03-24 15:00"),  # starts in the break
        ("2026-03-24 11:00", 1, "2026-03-24 12:00"),  # runs out as lunch begins: due then, not at 14:00
        ("2026-03-24 10:00", 6, "2026-03-24 18:00"),  # runs out at closing: due at closing
        ("2026-03-24 10:00", 7, "2026-03-25 10:00"),
        ("2026-03-27 17:00", 2, "2026-03-30 10:00"),  # over the weekend
        ("2026-03-28 10:00", 1, "2026-03-30 10:00"),  # starts on a Saturday
        ("2026-03-24 18:00", 1, "2026-03-25 10:00"),
        ("2026-03-24 18:00", 0, "2026-03-24 18:00"),  # nothing to do at closing time is done at closing time
        ("2026-03-24 19:00", 0, "2026-03-25 09:00"),
        ("2026-03-24 10:00", -1, "2026-03-24 09:00"),
        ("2026-03-24 10:00", -2, "2026-03-23 17:00"),
        ("2026-03-24 14:00", -1, "2026-03-24 11:00"),
        ("2026-03-29 14:00", -7, "2026-03-27 09:00"),
        ("2026-09-30 17:00", 2, "2026-10-08 10:00"),  # the National Day holiday
        ("2026-10-09 17:00", 2, "2026-10-10 10:00"),  # a make-up Saturday is worked
        ("2026-10-10 17:00", 2, "2026-10-12 10:00"),
    ],
)
def test_office_hours(start: str, hours: int, end: str) -> None:
    assert add(OFFICE, at(start), hours * HOUR).at == at(end)


def test_results_are_utc_and_starts_of_any_zone_are_one() -> None:
    found = add(OFFICE, datetime(2026, 3, 24, 2, 0, tzinfo=UTC), HOUR)
    assert (found.at, found.at.tzinfo) == (at("2026-03-24 11:00"), UTC)
    with pytest.raises(ValueError, match="naive"):
        add(OFFICE, datetime(2026, 3, 24, 2, 0), HOUR)  # noqa: DTZ001


def test_seconds_and_microseconds_are_kept() -> None:
    start = at("2026-03-24 11:59:59.250000")
    assert add(OFFICE, start, 2).at == at("2026-03-24 14:00:01.250000")
    assert elapsed(OFFICE, start, at("2026-03-24 14:00:01.250000")).seconds == 2
    assert elapsed(OFFICE, start, at("2026-03-24 14:00:01")).seconds == 1, "rounded down"


# -- lessons ---------------------------------------------------------------------------------------------------


def test_a_calendar_open_one_day_a_week_is_searched_far_enough() -> None:
    thursdays = calendar(plain([["10:00", "11:00"]], "thu"))
    assert add(thursdays, at("2026-03-24 10:00"), 60 * HOUR).at == at("2027-05-13 11:00")
    assert next_opening(thursdays, at("2026-03-27 10:00")).at == at("2026-04-02 10:00")
    assert previous_closing(thursdays, at("2026-03-25 10:00")).at == at("2026-03-19 11:00")


def test_a_calendar_without_monday_and_thursday() -> None:
    other = calendar(plain([["09:00", "17:00"]], "tue wed fri"))
    assert add(other, at("2026-03-25 16:00"), 2 * HOUR).at == at("2026-03-27 10:00")
    assert add(other, at("2026-03-27 16:00"), 2 * HOUR).at == at("2026-03-31 10:00")


def test_a_calendar_that_never_opens_again_ends_the_search() -> None:
    one_day = calendar({}, special_days={"2026-03-24": [["09:00", "10:00"]]})
    assert add(one_day, at("2026-03-01 00:00"), HOUR).at == at("2026-03-24 10:00")
    for search in (
        lambda: add(one_day, at("2026-03-24 09:30"), HOUR),
        lambda: add(one_day, at("2026-03-24 09:30"), -HOUR),
        lambda: next_opening(one_day, at("2026-03-24 10:00")),
        lambda: previous_closing(one_day, at("2026-03-24 09:00")),
    ):
        with pytest.raises(Problem) as caught:
            search()
        assert caught.value.code == "CALENDAR_HORIZON"


def test_a_year_of_yearly_holidays_ends_the_search() -> None:
    days = [(date(2024, 1, 1) + timedelta(days=offset)).strftime("%m-%d") for offset in range(366)]
    shut = calendar(plain([["09:00", "17:00"]]), holidays=days)
    for search in (
        lambda: add(shut, at("2026-03-24 10:00"), 1),
        lambda: add_workdays(shut, date(2026, 3, 24), 1),
    ):
        with pytest.raises(Problem) as caught:
            search()
        assert caught.value.code == "CALENDAR_HORIZON"


def test_round_the_clock_for_years() -> None:
    for days in (1, 89, 90, 91, 365, 3650):
        start = at("2026-03-24 10:17")
        assert add(always(), start, days * 86_400).at == start + timedelta(days=days)
        assert add(always(), start, -days * 86_400).at == start - timedelta(days=days)
        assert elapsed(always(), start, start + timedelta(days=days)).seconds == days * 86_400


def test_round_the_clock_where_clocks_change() -> None:
    sydney = ZoneInfo("Australia/Sydney")
    desk = always("Australia/Sydney")
    start = at("2026-04-04 12:00", sydney)  # clocks go back on 5 April at 03:00
    assert add(desk, start, 24 * HOUR).at == at("2026-04-05 11:00", sydney), "that day has 25 hours"
    assert elapsed(desk, start, at("2026-04-05 12:00", sydney)).seconds == 25 * HOUR
    assert add(desk, at("2026-10-03 12:00", sydney), 24 * HOUR).at == at("2026-10-04 13:00", sydney)


def test_office_hours_in_sydney_over_the_end_of_daylight_saving() -> None:
    sydney = ZoneInfo("Australia/Sydney")
    office = calendar(plain([["09:00", "17:00"]], "sat sun mon"), "Australia/Sydney")
    assert add(office, at("2026-04-04 16:00", sydney), 2 * HOUR).at == at("2026-04-05 10:00", sydney)
    assert (
        elapsed(office, at("2026-04-04 09:00", sydney), at("2026-04-06 17:00", sydney)).seconds == 24 * HOUR
    )


def test_a_night_window_on_the_nights_when_clocks_change() -> None:
    new_york = ZoneInfo("America/New_York")
    nights = calendar(plain([["22:00", "06:00"]], "sat"), "America/New_York")
    spring, autumn = at("2026-03-07 22:00", new_york), at("2026-10-31 22:00", new_york)
    assert elapsed(nights, spring, spring + timedelta(days=1)).seconds == 7 * HOUR
    assert elapsed(nights, autumn, autumn + timedelta(days=1)).seconds == 9 * HOUR


def test_a_window_that_opens_in_the_hour_that_is_skipped_opens_when_the_clocks_jump() -> None:
    new_york = ZoneInfo("America/New_York")
    office = calendar(plain([["02:30", "04:00"]], "sun"), "America/New_York")
    assert next_opening(office, at("2026-03-08 00:00", new_york)).at == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)
    gone = calendar(plain([["02:00", "03:00"]], "sun"), "America/New_York")
    assert next_opening(gone, at("2026-03-08 00:00", new_york)).at == at("2026-03-15 02:00", new_york)


def test_a_date_that_a_zone_left_out() -> None:
    apia = ZoneInfo("Pacific/Apia")  # Samoa had no 30 December 2011, a Friday
    office = calendar(plain([["09:00", "17:00"]]), "Pacific/Apia")
    assert add(office, at("2011-12-29 16:00", apia), 2 * HOUR).at == at("2012-01-02 10:00", apia)


def test_windows_across_midnight_belong_to_the_day_on_which_they_start() -> None:
    night = calendar(plain([["22:00", "06:00"]], "mon tue"), holidays=["2026-03-24"])
    assert night.is_open(at("2026-03-24 05:59")), "Monday's window runs into the holiday"
    assert not night.is_open(at("2026-03-24 06:00"))
    assert not night.is_open(at("2026-03-24 23:00"))
    assert add(night, at("2026-03-23 23:00"), 8 * HOUR).at == at("2026-03-30 23:00")
    assert elapsed(night, at("2026-03-23 21:00"), at("2026-03-24 09:00")).seconds == 8 * HOUR


def test_a_window_across_midnight_does_not_count_twice_what_the_next_day_opens_itself() -> None:
    office = calendar({"mon": [["22:00", "06:00"]], "tue": [["05:00", "05:30"], ["05:45", "09:00"]]})
    assert elapsed(office, at("2026-03-23 00:00"), at("2026-03-25 00:00")).seconds == 11 * HOUR
    assert add(office, at("2026-03-24 09:00"), -11 * HOUR).at == at("2026-03-23 22:00")


def test_twenty_four_hundred_ends_a_day() -> None:
    late = calendar({"tue": [["20:00", "24:00"]], "wed": [["00:00", "01:00"]]})
    assert add(late, at("2026-03-24 23:00"), HOUR).at == at("2026-03-25 00:00")
    assert add(late, at("2026-03-24 23:00"), 2 * HOUR).at == at("2026-03-25 01:00")
    assert late.is_open(at("2026-03-25 00:00"))


def test_special_days_close_open_and_change_hours() -> None:
    office = china_office_hours(
        special_days={
            "2026-03-24": [],
            "2026-03-28": [["10:00", "11:00"]],
            "2026-10-01": [["09:00", "10:00"]],
        }
    )
    assert add(office, at("2026-03-23 17:30"), HOUR).at == at("2026-03-25 09:30")
    assert add(office, at("2026-03-27 17:30"), HOUR).at == at("2026-03-28 10:30")
    assert next_opening(office, at("2026-09-30 18:00")).at == at("2026-10-01 09:00")
    assert not office.is_workday(date(2026, 10, 1)), "hours do not make a working day"
    assert office.is_workday(date(2026, 3, 24)), "nor does closing unmake one"


def test_yearly_holidays_hold_in_every_year() -> None:
    office = calendar(plain([["09:00", "17:00"]]), holidays=["12-25"])
    for year in (2019, 2026, 2045):
        assert not office.is_workday(date(year, 12, 25))
    assert add(office, at("2026-12-24 16:00"), 2 * HOUR).at == at("2026-12-28 10:00")


def test_a_finite_list_of_holidays_is_no_end_of_the_world() -> None:
    office = calendar(plain([["09:00", "17:00"]]), holidays=["2026-12-25"])
    assert add(office, at("2031-12-24 16:00"), 2 * HOUR).at == at("2031-12-25 10:00")


def test_more_days_off_never_make_anything_due_earlier() -> None:
    start = at("2026-03-20 10:00")
    before = add(OFFICE, start, 30 * HOUR).at
    after = add(china_office_hours(holidays=["2026-03-23", "2026-03-24"]), start, 30 * HOUR).at
    assert (before, after) == (at("2026-03-26 12:00"), at("2026-03-30 12:00"))


def test_past_the_published_calendar_everything_is_provisional() -> None:
    assert not add(OFFICE, at("2026-12-31 17:00"), HOUR).provisional
    found = add(OFFICE, at("2026-12-31 17:00"), 2 * HOUR)
    assert (found.at, found.provisional) == (at("2027-01-01 10:00"), True)
    assert elapsed(OFFICE, at("2026-12-31 17:00"), at("2027-01-05 10:00")).provisional
    assert not elapsed(OFFICE, at("2026-12-31 17:00"), at("2027-01-01 00:00")).provisional
    assert not add(always(), at("2026-12-31 17:00"), 86_400).provisional, (
        "hours that ignore holidays are certain"
    )
    assert add_workdays(always(), date(2026, 12, 31), 1).provisional, "its working days are not"


def test_a_table_of_the_office_makes_a_coming_year_certain() -> None:
    loaded = china_office_hours(
        version=2,
        holidays={"2027-01-01": "元旦"},
        extra_workdays=["2027-01-03"],
        coverage_end="2027-12-31",
    )
    found = add(loaded, at("2026-12-31 17:00"), 2 * HOUR)
    assert (found.at, found.provisional) == (at("2027-01-03 10:00"), False)
    assert add_workdays(loaded, date(2027, 12, 31), 1) == (date(2028, 1, 3), True)


# -- openings and closings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "opening", "closing"),
    [
        ("2026-03-24 10:00", "2026-03-24 10:00", "2026-03-24 10:00"),  # open: the moment itself
        ("2026-03-24 09:00", "2026-03-24 09:00", "2026-03-23 18:00"),
        ("2026-03-24 12:00", "2026-03-24 14:00", "2026-03-24 12:00"),
        ("2026-03-24 13:00", "2026-03-24 14:00", "2026-03-24 12:00"),
        ("2026-03-28 10:00", "2026-03-30 09:00", "2026-03-27 18:00"),
        ("2026-10-03 10:00", "2026-10-08 09:00", "2026-09-30 18:00"),
    ],
)
def test_next_opening_and_previous_closing(moment: str, opening: str, closing: str) -> None:
    assert next_opening(OFFICE, at(moment)).at == at(opening)
    assert previous_closing(OFFICE, at(moment)).at == at(closing)


def test_open_from_the_opening_to_just_before_the_closing() -> None:
    assert [
        OFFICE.is_open(at(f"2026-03-24 {clock}")) for clock in ("08:59", "09:00", "11:59", "12:00", "17:59")
    ] == [
        False,
        True,
        True,
        False,
        True,
    ]


# -- working days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-03-24", 0, "2026-03-24"),
        ("2026-03-24", 1, "2026-03-25"),
        ("2026-03-27", 1, "2026-03-30"),
        ("2026-03-28", 1, "2026-03-30"),
        ("2026-03-30", -1, "2026-03-27"),
        (
            "2025-06-02",
            15,
            "2025-06-23",
        ),  # the Dragon Boat Festival itself is no working day and counts for nothing
        ("2025-05-30", 1, "2025-06-03"),
        ("2026-02-13", 1, "2026-02-14"),  # a make-up Saturday before the Spring Festival
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-10-08", -1, "2026-09-30"),
        ("2026-01-31", 1, "2026-02-02"),  # across the end of a month
        ("2025-12-31", 1, "2026-01-04"),  # and of a year: a make-up Sunday
    ],
)
def test_working_days_on_the_official_calendar(start: str, days: int, end: str) -> None:
    found = add_workdays(OFFICE, date.fromisoformat(start), days)
    assert found == (date.fromisoformat(end), False)
    assert workdays_between(OFFICE, date.fromisoformat(start), found.day) == days


def test_working_days_from_an_instant_keep_the_time_of_day() -> None:
    assert add_workdays(OFFICE, at("2026-03-27 16:30"), 1).at == at("2026-03-30 16:30")
    assert add_workdays(OFFICE, at("2026-03-28 00:00"), 1).at == at("2026-03-30 00:00")
    assert add_workdays(OFFICE, at("2026-03-28 10:00:00.5"), 0).at == at("2026-03-28 10:00:00.5")
    sydney = ZoneInfo("Australia/Sydney")
    office = calendar(plain([["09:00", "17:00"]]), "Australia/Sydney")
    assert add_workdays(office, at("2026-04-03 10:00", sydney), 1).at == at("2026-04-06 10:00", sydney)


def test_the_nearest_working_day() -> None:
    assert next_workday(OFFICE, date(2026, 10, 3)) == date(2026, 10, 8)
    assert previous_workday(OFFICE, date(2026, 10, 3)) == date(2026, 9, 30)
    assert (
        next_workday(OFFICE, date(2026, 10, 10))
        == previous_workday(OFFICE, date(2026, 10, 10))
        == date(2026, 10, 10)
    )


def test_the_working_days_of_a_year() -> None:
    """Monday to Friday, less the holidays that fall on them, plus the make-up days of the two notices."""
    for year, off, made_up in ((2025, 18, 5), (2026, 19, 6)):
        assert workdays_between(OFFICE, date(year - 1, 12, 31), date(year, 12, 31)) == 261 - off + made_up


def test_clocks_that_fall_back_over_midnight() -> None:
    """St. John's went from 00:01 back to 23:01: the new day has begun, though the clock shows the old date again."""
    newfoundland = ZoneInfo("America/St_Johns")
    sundays = calendar(plain([["00:00", "02:00"]], "sun"), "America/St_Johns")
    opening = datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    shown_again = opening + timedelta(minutes=30)
    assert shown_again.astimezone(newfoundland).date() == date(2010, 11, 6)
    assert next_opening(sundays, at("2010-11-06 12:00", newfoundland)).at == opening
    assert sundays.is_open(shown_again)
    assert add(sundays, shown_again, -600).at == shown_again - timedelta(minutes=10)
    assert previous_closing(sundays, shown_again).at == shown_again
