"""Due times by example: every kind of limit that the manuals state, and the explanation that goes with it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worktime.strategies import calendars, instants
from tests.worktime.test_limits import SENTENCES

from guanjia.kernel.problem import Problem
from guanjia.worktime import Calendar, Reason, always, china_office_hours, parse
from guanjia.worktime.due import Due, due

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = china_office_hours()
MALL = Calendar.from_data(
    {
        "key": "mall",
        "time_zone": "Asia/Shanghai",
        "weekly": {day: [["08:30", "22:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
        "working_days": "china",
        "open_on_holidays": True,
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def wall(moment: datetime | None) -> str:
    """The wall clock in Shanghai; midnight as the end of the day before."""
    if moment is None:
        return "-"
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def reckon(text: str, start: str, calendar: Calendar = OFFICE, **moments: datetime | date) -> Due:
    return due(
        parse(text), at(start), calendar, {name.replace("__", "."): value for name, value in moments.items()}
    )


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        # instants
        ("15m", "2026-03-04 10:00", "2026-03-04 10:15"),
        ("24h", "2026-03-04 16:00", "2026-03-05 16:00"),
        ("12h", "2026-03-04 18:00", "2026-03-05 06:00"),
        ("24h", "2026-09-30 16:00", "2026-10-01 16:00"),
        # civil days end with their last day
        ("2 days", "2026-03-02 10:00", "2026-03-04 24:00"),
        ("3 days", "2026-03-02 00:00", "2026-03-05 24:00"),
        ("3 days", "2026-03-02 23:59", "2026-03-05 24:00"),
        ("1 week", "2026-03-02 10:00", "2026-03-09 24:00"),
        ("7 days", "2026-05-01 10:00", "2026-05-08 24:00"),
        ("half a month", "2026-03-02 10:00", "2026-03-17 24:00"),
        ("3 days counting the start day", "2026-03-02 10:00", "2026-03-04 24:00"),
        ("same day", "2026-03-04 16:30", "2026-03-04 24:00"),
        ("same day by 18:00", "2026-03-04 16:30", "2026-03-04 18:00"),
        ("next day", "2026-02-28 10:00", "2026-03-01 24:00"),
        # months end with the day of the same number, or the month's last
        ("1 month", "2026-01-31 10:00", "2026-02-28 24:00"),
        ("1 month", "2028-01-31 10:00", "2028-02-29 24:00"),
        ("6 months", "2026-08-31 10:00", "2027-02-28 24:00"),
        ("6 months", "2026-04-01 10:00", "2026-10-01 24:00"),
        ("3 months", "2026-01-10 10:00", "2026-04-10 24:00"),
        ("1 year", "2026-01-10 10:00", "2027-01-10 24:00"),
        ("1 year", "2028-02-29 10:00", "2029-02-28 24:00"),
        ("1 quarter", "2026-11-30 10:00", "2027-02-28 24:00"),
        ("1 month counting the start day", "2026-03-10 10:00", "2026-04-09 24:00"),
        # working days on the official calendar
        ("10 working days", "2026-06-01 10:00", "2026-06-15 24:00"),
        ("15 working days", "2025-06-02 10:00", "2025-06-23 24:00"),
        ("30 working days", "2025-06-02 10:00", "2025-07-14 24:00"),
        ("1 working day", "2026-03-28 10:00", "2026-03-30 24:00"),
        ("1 working day", "2026-09-30 10:00", "2026-10-08 24:00"),
        ("3 working days", "2026-09-30 10:00", "2026-10-10 24:00"),
        ("3 working days counting the start day", "2026-03-24 10:00", "2026-03-26 24:00"),
        ("1 working day counting the start day", "2026-03-24 10:00", "2026-03-24 24:00"),
        ("1 working day counting the start day", "2026-03-28 10:00", "2026-03-30 24:00"),
        ("next working day before close", "2026-03-27 10:00", "2026-03-30 18:00"),
        ("2 working days by 12:00", "2026-03-27 10:00", "2026-03-31 12:00"),
        # office hours
        ("2 working hours", "2026-03-24 11:00", "2026-03-24 15:00"),
        ("2h in office hours", "2026-03-24 16:00", "2026-03-24 18:00"),
        ("2h in office hours", "2026-09-30 17:00", "2026-10-08 10:00"),
        # windows, chosen once by the start
        ("10m within 09:00-22:00, else 30m", "2026-03-24 21:55", "2026-03-24 22:05"),
        ("10m within 09:00-22:00, else 30m", "2026-03-24 09:00", "2026-03-24 09:10"),
        ("10m within 09:00-22:00, else 30m", "2026-03-24 22:00", "2026-03-24 22:30"),
        ("10m within 09:00-22:00, else 30m", "2026-03-24 02:00", "2026-03-24 02:30"),
        ("30m within 22:00-06:00, else 10m", "2026-03-24 23:00", "2026-03-24 23:30"),
        ("30m within 22:00-06:00, else 10m", "2026-03-24 05:59", "2026-03-24 06:29"),
        ("30m within 22:00-06:00, else 10m", "2026-03-24 06:00", "2026-03-24 06:10"),
        ("15m within office hours, else by 09:30", "2026-03-24 11:59", "2026-03-24 12:14"),
        ("15m within office hours, else by 09:30", "2026-03-24 20:00", "2026-03-25 09:30"),
        ("before day 5 in months 3,6,9,12, else by day 25", "2026-03-01 00:00", "2026-03-04 24:00"),
        ("before day 5 in months 3,6,9,12, else by day 25", "2026-04-01 00:00", "2026-04-25 24:00"),
        # days of a month
        ("day 5 of next month", "2026-03-31 10:00", "2026-04-05 24:00"),
        ("before day 5 of next month", "2026-03-31 10:00", "2026-04-04 24:00"),
        ("day 31 of next month", "2026-03-31 10:00", "2026-04-30 24:00"),
        ("day 5 of next month", "2026-12-10 10:00", "2027-01-05 24:00"),
        ("before day 25", "2026-03-01 00:00", "2026-03-24 24:00"),
        ("before day 25", "2026-03-24 23:00", "2026-03-24 24:00"),
        ("before day 25", "2026-03-25 00:00", "2026-04-24 24:00"),
        ("by day 20", "2026-03-15 10:00", "2026-03-20 24:00"),
        ("by day 20", "2026-03-20 23:00", "2026-03-20 24:00"),
        ("by day 20", "2026-03-21 00:00", "2026-04-20 24:00"),
        ("by day 31", "2026-02-10 00:00", "2026-02-28 24:00"),
        ("by day 15 by 12:00", "2026-03-15 13:00", "2026-04-15 12:00"),
        ("day 20 of this month", "2026-03-25 10:00", "2026-03-20 24:00"),
        ("end of month", "2026-02-03 10:00", "2026-02-28 24:00"),
        ("end of next month", "2026-01-31 10:00", "2026-02-28 24:00"),
        ("end of quarter", "2026-02-03 10:00", "2026-03-31 24:00"),
        ("end of half-year", "2026-07-01 00:00", "2026-12-31 24:00"),
        ("end of year", "2025-12-01 00:00", "2025-12-31 24:00"),
        ("end of week", "2026-03-24 10:00", "2026-03-29 24:00"),
        ("by fri", "2026-03-24 10:00", "2026-03-27 24:00"),
        ("before mon", "2026-03-30 00:00", "2026-04-05 24:00"),
        ("fri of next week", "2026-03-24 10:00", "2026-04-03 24:00"),
        ("by 12-31", "2026-03-24 10:00", "2026-12-31 24:00"),
        ("by 02-29", "2026-01-24 10:00", "2026-02-28 24:00"),
        ("by 03-15", "2026-03-24 10:00", "2027-03-15 24:00"),
        ("last working day of month before close", "2026-05-01 00:00", "2026-05-29 18:00"),
        ("last working day of month", "2026-09-01 00:00", "2026-09-30 24:00"),
        ("last working day of each month", "2026-05-30 00:00", "2026-06-30 24:00"),
        ("working day 3 of next month", "2026-09-15 00:00", "2026-10-10 24:00"),
        ("working day 23 of month", "2026-02-01 00:00", "2026-02-28 24:00"),
        ("day 5 of next quarter", "2026-02-03 10:00", "2026-04-05 24:00"),
        # rolling only when asked
        ("by day 16", "2026-02-01 00:00", "2026-02-16 24:00"),
        ("by day 16, next working day on holidays", "2026-02-01 00:00", "2026-02-24 24:00"),
        ("by day 16, next working day on holidays", "2026-02-17 00:00", "2026-02-24 24:00"),
        (
            "by day 16, next working day on holidays",
            "2026-05-01 00:00",
            "2026-05-16 24:00",
        ),  # a plain Saturday
        ("by day 16, next working day on days off", "2026-05-01 00:00", "2026-05-18 24:00"),
        ("by day 16, previous working day on days off", "2026-05-01 00:00", "2026-05-15 24:00"),
        (
            "end of month, next working day on days off",
            "2026-05-01 00:00",
            "2026-06-01 24:00",
        ),  # across a month's end
        ("3 days before close, next working day on days off", "2026-03-25 10:00", "2026-03-30 18:00"),
        # the day's own times
        ("by 18:00", "2026-03-24 10:00", "2026-03-24 18:00"),
        ("by 18:00", "2026-03-24 18:00", "2026-03-25 18:00"),
        ("before close", "2026-03-24 12:30", "2026-03-24 18:00"),
        ("before close", "2026-03-27 18:00", "2026-03-30 18:00"),
        ("10 minutes before close", "2026-03-24 10:00", "2026-03-24 17:50"),
        ("before open", "2026-03-24 00:00", "2026-03-24 09:00"),
        ("1h after close", "2026-03-24 10:00", "2026-03-24 19:00"),
        (
            "same day before close",
            "2026-03-28 10:00",
            "2026-03-28 24:00",
        ),  # a day without hours ends as a day
        # no due time
        ("promptly", "2026-03-24 10:00", "-"),
        ("immediately", "2026-03-24 10:00", "-"),
        ("open", "2026-03-24 10:00", "-"),
    ],
)
def test_due(text: str, start: str, expected: str) -> None:
    found = reckon(text, start)
    assert wall(found.at) == expected
    assert found.not_before is None


def test_the_mall_s_own_hours() -> None:
    assert wall(reckon("10 minutes before close", "2026-10-01 00:00", MALL).at) == "2026-10-01 21:50"
    assert wall(reckon("before open", "2026-10-01 00:00", MALL).at) == "2026-10-01 08:30"
    assert wall(reckon("before close", "2026-10-01 08:00", always()).at) == "2026-10-01 24:00"


@pytest.mark.parametrize(
    ("text", "moments", "expected", "not_before"),
    [
        ("at appointment_at", {"appointment_at": at("2026-03-24 15:00")}, "2026-03-24 15:00", "-"),
        ("5m before appointment_at", {"appointment_at": at("2026-03-24 15:00")}, "2026-03-24 14:55", "-"),
        ("10m after appointment_at", {"appointment_at": at("2026-03-24 15:00")}, "2026-03-24 15:10", "-"),
        (
            "from 5m before to 2m after appointment_at",
            {"appointment_at": at("2026-03-24 14:00")},
            "2026-03-24 14:02",
            "2026-03-24 13:55",
        ),
        ("10m before shift.start", {"shift__start": at("2026-03-24 08:30")}, "2026-03-24 08:20", "-"),
        ("1h in office hours before x", {"x": at("2026-03-24 14:30")}, "2026-03-24 11:30", "-"),
        # dates stand for whole days
        ("at warranty_end", {"warranty_end": date(2026, 6, 30)}, "2026-06-30 24:00", "-"),
        ("before warranty_end", {"warranty_end": date(2026, 6, 30)}, "2026-06-29 24:00", "-"),
        (
            "30 days before sale.warranty_end",
            {"sale__warranty_end": date(2026, 6, 30)},
            "2026-05-31 24:00",
            "-",
        ),
        ("half a month before move_out_at", {"move_out_at": date(2026, 3, 20)}, "2026-03-05 24:00", "-"),
        ("15 days before move_out_at", {"move_out_at": at("2026-03-20 09:00")}, "2026-03-05 24:00", "-"),
        ("1 month before x", {"x": date(2026, 3, 31)}, "2026-02-28 24:00", "-"),
        ("3 working days before x", {"x": date(2026, 10, 9)}, "2026-09-29 24:00", "-"),
        ("2h before x", {"x": date(2026, 3, 24)}, "2026-03-23 22:00", "-"),
        # after an event
        ("after rain", {"rain": date(2026, 3, 12)}, "-", "2026-03-12 24:00"),
        ("after rain", {"rain": at("2026-03-12 15:00")}, "-", "2026-03-12 15:00"),
        ("2 days after rain", {"rain": date(2026, 3, 12)}, "2026-03-14 24:00", "-"),
        ("2 days after rain", {"rain": at("2026-03-12 15:00")}, "2026-03-14 24:00", "-"),
        ("2h after completed", {"completed": at("2026-03-12 15:00")}, "2026-03-12 17:00", "-"),
        ("7 days after sale.sold_on", {"sale__sold_on": date(2026, 5, 1)}, "2026-05-08 24:00", "-"),
        ("promptly after rain", {"rain": at("2026-03-12 15:00")}, "-", "-"),
    ],
)
def test_moments(text: str, moments: dict, expected: str, not_before: str) -> None:
    if text == "promptly after rain":
        with pytest.raises(Problem):
            parse(text)
        return
    found = reckon(text, "2026-03-01 10:00", **moments)
    assert (wall(found.at), wall(found.not_before), found.waits_for) == (expected, not_before, "")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("after rain", "rain"),
        ("2 days after rain", "rain"),
        ("at appointment_at", "appointment_at"),
        ("5m before appointment_at", "appointment_at"),
        ("from 5m before to 2m after appointment_at", "appointment_at"),
    ],
)
def test_an_unknown_moment_is_waited_for(text: str, name: str) -> None:
    for moments in ({}, {name: None}):
        found = due(parse(text), at("2026-03-01 10:00"), OFFICE, moments)
        assert (found.at, found.waits_for) == (None, name)
        assert [reason.kind for reason in found.why] == ["start", "waiting"]


def test_a_range_of_working_days_has_an_expected_window() -> None:
    found = reckon("7-10 working days", "2026-06-01 10:00")
    assert (wall(found.not_before), wall(found.at)) == ("2026-06-09 24:00", "2026-06-15 24:00")


def test_a_gate_opens_with_the_day() -> None:
    assert wall(reckon("after 6 months", "2026-01-15 10:00").not_before) == "2026-07-14 24:00"
    assert wall(reckon("after 2 days", "2026-03-03 10:00").not_before) == "2026-03-04 24:00"
    assert wall(reckon("after 48h", "2026-03-03 10:00").not_before) == "2026-03-05 10:00"
    assert wall(reckon("after 2 working days", "2026-03-27 10:00").not_before) == "2026-03-30 24:00"


def test_a_due_time_in_the_past_is_told_as_it_is() -> None:
    found = reckon("half a month before move_out_at", "2026-03-10 10:00", move_out_at=date(2026, 3, 20))
    assert wall(found.at) == "2026-03-05 24:00"


def test_where_clocks_change_days_are_still_days() -> None:
    sydney = ZoneInfo("Australia/Sydney")
    desk = always("Australia/Sydney")
    start = datetime(2026, 4, 4, 12, 0, tzinfo=sydney)  # 5 April has 25 hours
    assert due(parse("1 day"), start, desk).at == datetime(2026, 4, 6, 0, 0, tzinfo=sydney)
    assert due(parse("24h"), start, desk).at == datetime(2026, 4, 5, 11, 0, tzinfo=sydney)


# -- provisional -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "provisional"),
    [
        ("1 working day", "2026-12-30 10:00", False),
        ("2 working days", "2026-12-30 10:00", True),
        ("2 working hours", "2026-12-31 17:00", True),
        ("30 days", "2026-12-30 10:00", False),
        ("day 5 of next month", "2026-12-10 10:00", False),
        ("day 5 of next month, next working day on days off", "2026-12-10 10:00", True),
        ("last working day of next month", "2026-12-10 10:00", True),
        ("last working day of month", "2026-12-10 10:00", False),
        ("before close", "2026-12-31 19:00", True),
    ],
)
def test_provisional_only_where_the_unpublished_year_matters(
    text: str, start: str, provisional: bool
) -> None:
    found = reckon(text, start)
    assert found.provisional is provisional
    assert any(reason.kind == "provisional" for reason in found.why) is provisional


# -- explanations ----------------------------------------------------------------------------------------------


def test_the_explanation_names_every_day_that_is_skipped_or_made_up() -> None:
    found = reckon("5 working days", "2026-09-29 10:30")
    assert [reason.text() for reason in found.why] == [
        "自 2026-09-29 10:30 起算",
        "2026-10-01 至 2026-10-07 国庆节，不计",
        "2026-10-10 周六调休上班（国庆节），计入",
        "2026-10-11 周末，不计",
        "2026-10-12 24:00 到期",
    ]


def test_the_explanation_of_the_rest() -> None:
    def lines(text: str, start: str, **moments: datetime | date) -> list[str]:
        return [reason.text() for reason in reckon(text, start, **moments).why[1:-1]]

    assert lines("2 working hours", "2026-03-27 17:00") == [
        "只计办公时间",
        "2026-03-28 至 2026-03-29 周末，不计",
    ]
    assert lines("10m within 09:00-22:00, else 30m", "2026-03-24 10:00") == ["起算时刻在09:00–22:00内"]
    assert lines("10m within 09:00-22:00, else 30m", "2026-03-24 23:00") == ["起算时刻不在09:00–22:00内"]
    assert lines("by day 16, next working day on holidays", "2026-02-01 00:00") == [
        "2026-02-16 春节，移至 2026-02-24"
    ]
    assert lines("1 month", "2026-01-31 10:00") == ["当月没有这一天，按月末 2026-02-28 计"]
    assert lines("5m before x", "2026-03-24 10:00", x=at("2026-03-24 15:00")) == [
        "以「x」2026-03-24 15:00 为准"
    ]
    assert lines("1 working day", "2026-12-31 10:00") == ["2027 年的放假安排尚未公布，按平常的星期推算，暂定"]
    closed = china_office_hours(special_days={"2026-03-25": []})
    text = [reason.text() for reason in reckon("2 working hours", "2026-03-24 17:00", closed).why]
    assert "2026-03-25 当日不办公，不计" in text


def test_a_limit_over_years_keeps_its_explanation_short() -> None:
    why = reckon("500 working days", "2025-01-02 10:00").why
    assert len(why) < 50
    assert any(reason.kind == "more" for reason in why)


def test_reasons_are_json() -> None:
    for text, *_ in SENTENCES:
        why = reckon(text, "2026-09-29 10:30", rain=date(2026, 10, 2)).why
        stored = json.loads(json.dumps([reason.to_data() for reason in why]))
        assert tuple(Reason.from_data(data) for data in stored) == why
        assert all(reason.text() for reason in why)


# -- properties ------------------------------------------------------------------------------------------------

forward = [text for text, *_ in SENTENCES if "before " not in text or "close" in text or "day 5" in text]
everywhere = settings(max_examples=150, deadline=None)


@everywhere
@given(calendars(), st.sampled_from(forward), st.data())
def test_due_after_the_start_and_monotone_in_it(made: tuple, text: str, draw: st.DataObject) -> None:
    """Later starts are never due earlier (but for windows, which are chosen by the start), and never before they start."""
    calendar, limit = Calendar.from_data(made[0]), parse(text)
    early, late = sorted((draw.draw(instants(made[1])), draw.draw(instants(made[1]))))
    first, second = due(limit, early, calendar).at, due(limit, late, calendar).at
    if first is None or second is None:
        return
    if "else" not in text:
        assert first <= second
    if " of month" not in text and "before close" not in text and "by 18:00" not in text:
        assert first >= early
