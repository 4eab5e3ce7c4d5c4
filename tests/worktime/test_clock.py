"""Clocks by example: pausing, resuming, steps of a ladder, and a manual that changes on the way."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from guanjia.kernel.problem import Problem
from guanjia.worktime import Clock, always, china_office_hours, clock, parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = china_office_hours()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def begin(text: str, start: str) -> Clock:
    return clock.start(parse(text), at(start), OFFICE)


def held(running: Clock, stop: str, go: str) -> Clock:
    return clock.resume(clock.pause(running, at(stop), OFFICE), at(go), OFFICE)


@pytest.mark.parametrize(
    ("text", "start", "unit", "target", "due_at"),
    [
        ("15m", "2026-03-24 10:00", "seconds", 900, "2026-03-24 10:15"),
        ("10m within 09:00-22:00, else 30m", "2026-03-24 23:00", "seconds", 1800, "2026-03-24 23:30"),
        ("2 working hours", "2026-03-24 11:00", "working_seconds", 7200, "2026-03-24 15:00"),
        ("3 days", "2026-03-24 11:00", "days", 3, "2026-03-28 00:00"),
        ("1 month", "2026-03-24 11:00", "days", 31, "2026-04-25 00:00"),
        ("3 working days", "2026-09-30 11:00", "workdays", 3, "2026-10-11 00:00"),
        ("3 working days counting the start day", "2026-03-24 11:00", "workdays", 2, "2026-03-27 00:00"),
        ("same day", "2026-03-24 11:00", "days", 0, "2026-03-25 00:00"),
        ("by day 25", "2026-03-24 00:00", "moment", 172_800, "2026-03-26 00:00"),
        ("3 days by 18:00", "2026-03-24 18:00", "moment", 259_200, "2026-03-27 18:00"),
    ],
)
def test_start(text: str, start: str, unit: str, target: int, due_at: str) -> None:
    assert begin(text, start) == Clock(target, unit, 0, at(start), at(due_at))  # type: ignore[arg-type]


def test_a_clock_is_what_its_columns_say() -> None:
    running = begin("2 working hours", "2026-03-24 11:00")
    assert Clock(**asdict(running)) == running


def test_open_limits_run_without_a_due_time() -> None:
    for text in ("open", "promptly", "after 2 days"):
        running = begin(text, "2026-03-24 11:00")
        assert (running.target, running.due_at, running.running_since) == (None, None, at("2026-03-24 11:00"))
        again = held(running, "2026-03-24 12:00", "2026-03-24 13:00")
        assert (again.spent, again.due_at) == (3600, None)
        assert clock.step_at(again, "50%", OFFICE) is None


def test_a_clock_that_waits_for_its_event_has_not_begun() -> None:
    limit = parse("2 days after rain")
    waiting = clock.start(limit, at("2026-03-01 10:00"), OFFICE)
    assert waiting == Clock(None, "moment")
    for rain in (date(2026, 3, 12), at("2026-03-12 15:00")):
        running = clock.start(limit, at("2026-03-01 10:00"), OFFICE, {"rain": rain})
        assert running.due_at == at("2026-03-15 00:00")
        assert clock.step_at(running, "due", OFFICE) == at("2026-03-15 00:00")
        assert clock.resume(
            clock.pause(running, at("2026-03-13 09:00"), OFFICE), at("2026-03-13 10:00"), OFFICE
        ).due_at == at("2026-03-15 00:00")
    opened = clock.start(
        parse("after rain"), at("2026-03-01 10:00"), OFFICE, {"rain": at("2026-03-12 15:00")}
    )
    assert opened == Clock(None, "moment", running_since=at("2026-03-12 15:00"))


# -- pauses ----------------------------------------------------------------------------------------------------


def test_a_pause_over_night_costs_no_working_time() -> None:
    """Held from closing to the next opening: nothing is gained, whatever the wall clock says in between."""
    running = begin("8h in office hours", "2026-03-24 16:00")
    again = held(running, "2026-03-24 18:00", "2026-03-25 09:00")
    assert (again.spent, again.due_at) == (7200, running.due_at)
    assert running.due_at == at("2026-03-25 17:00")


def test_a_pause_in_working_time_moves_the_due_time_by_its_working_time() -> None:
    running = begin("4h in office hours", "2026-03-24 09:00")
    again = held(running, "2026-03-24 11:00", "2026-03-24 15:00")  # two working hours: lunch does not count
    assert (running.due_at, again.due_at) == (at("2026-03-24 15:00"), at("2026-03-24 17:00"))
    assert again.running_since == at("2026-03-24 15:00")


def test_two_pauses_in_one_minute_are_two() -> None:
    running = begin("1h", "2026-03-24 10:00:00")
    running = held(running, "2026-03-24 10:10:05", "2026-03-24 10:10:15")
    running = held(running, "2026-03-24 10:10:25", "2026-03-24 10:10:55")
    assert (running.spent, running.due_at) == (615, at("2026-03-24 11:00:40"))


def test_a_pause_of_days_gives_back_days() -> None:
    assert held(begin("3 days", "2026-03-02 10:00"), "2026-03-03 10:00", "2026-03-10 10:00").due_at == at(
        "2026-03-13 00:00"
    )
    running = begin("10 working days", "2026-09-24 10:00")
    over = held(running, "2026-09-30 10:00", "2026-10-07 10:00")
    assert over.spent == 3, "28, 29 and 30 September: the 25th was the Mid-autumn Festival"
    assert over.due_at == running.due_at == at("2026-10-16 00:00"), "the holiday was nobody's time"
    assert held(running, "2026-09-30 10:00", "2026-10-08 10:00").due_at == at("2026-10-17 00:00")


def test_a_clock_resumed_on_a_day_off_with_nothing_left_ends_with_the_next_working_day() -> None:
    running = begin("1 working day", "2026-03-26 10:00")
    assert held(running, "2026-03-27 10:00", "2026-03-28 10:00").due_at == at("2026-03-31 00:00")


def test_a_fixed_moment_does_not_move() -> None:
    running = begin("by day 25", "2026-03-01 00:00")
    paused = clock.pause(running, at("2026-03-10 10:00"), OFFICE)
    assert paused.due_at == running.due_at
    assert clock.resume(paused, at("2026-03-20 10:00"), OFFICE).due_at == running.due_at


def test_after_the_due_time_a_pause_keeps_the_lateness() -> None:
    running = begin("1h", "2026-03-24 10:00")
    assert held(running, "2026-03-24 11:30", "2026-03-24 15:00").due_at == at("2026-03-24 14:30")


def test_states_that_do_not_fit_are_refused() -> None:
    running = begin("1h", "2026-03-24 10:00")
    paused = clock.pause(running, at("2026-03-24 10:10"), OFFICE)
    for wrong in (
        lambda: clock.resume(running, at("2026-03-24 10:10"), OFFICE),
        lambda: clock.pause(paused, at("2026-03-24 10:20"), OFFICE),
        lambda: clock.pause(running, at("2026-03-24 09:59"), OFFICE),
        lambda: clock.spent_at(running, at("2026-03-24 09:59"), OFFICE),
    ):
        with pytest.raises(Problem) as caught:
            wrong()
        assert caught.value.code == "CLOCK_STATE"


def test_spent_at() -> None:
    running = held(begin("4h in office hours", "2026-03-24 09:00"), "2026-03-24 11:00", "2026-03-24 15:00")
    assert clock.spent_at(running, at("2026-03-24 16:30"), OFFICE) == 3 * 3600 + 1800
    paused = clock.pause(running, at("2026-03-24 16:30"), OFFICE)
    assert clock.spent_at(paused, at("2026-03-25 16:30"), OFFICE) == 3 * 3600 + 1800
    assert paused.target is not None
    assert paused.spent < paused.target


def test_a_resumed_clock_past_the_published_year_is_provisional() -> None:
    running = begin("2 working days", "2026-12-28 10:00")
    assert not running.provisional
    assert held(running, "2026-12-28 11:00", "2026-12-31 10:00").provisional
    assert not held(begin("2 days", "2026-12-28 10:00"), "2026-12-28 11:00", "2026-12-31 10:00").provisional


# -- steps -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "offset", "step"),
    [
        ("1h", "2026-03-24 10:00", "50%", "2026-03-24 10:30"),
        ("1h", "2026-03-24 10:00", "75%", "2026-03-24 10:45"),
        ("1h", "2026-03-24 10:00", "0%", "2026-03-24 10:00"),
        ("1h", "2026-03-24 10:00", "150%", "2026-03-24 11:30"),
        ("1h", "2026-03-24 10:00", "due", "2026-03-24 11:00"),
        ("1h", "2026-03-24 10:00", "100%", "2026-03-24 11:00"),
        ("1h", "2026-03-24 10:00", "15m before", "2026-03-24 10:45"),
        ("1h", "2026-03-24 10:00", "1h after", "2026-03-24 12:00"),
        ("1h", "2026-03-24 17:30", "2 working hours after", "2026-03-25 11:00"),
        # office hours walk office hours: never at midnight, never in the lunch break
        ("4h in office hours", "2026-03-24 10:00", "50%", "2026-03-24 12:00"),
        ("4h in office hours", "2026-03-24 10:00", "75%", "2026-03-24 15:00"),
        ("4h in office hours", "2026-03-24 10:00", "3h before", "2026-03-24 11:00"),
        ("4h in office hours", "2026-03-24 10:00", "3h after", "2026-03-25 10:00"),
        ("4h in office hours", "2026-03-27 10:00", "1 working day after", "2026-03-30 16:00"),
        ("4h in office hours", "2026-03-27 10:00", "1 day after", "2026-03-28 16:00"),
        # working days end with the day; hours before and after it are office hours
        ("10 working days", "2026-03-02 10:00", "50%", "2026-03-10 00:00"),
        ("3 working days", "2026-03-24 10:00", "50%", "2026-03-26 00:00"),
        ("3 working days", "2026-03-24 10:00", "due", "2026-03-28 00:00"),
        ("3 working days", "2026-03-24 10:00", "2h before", "2026-03-27 16:00"),
        ("3 working days", "2026-03-24 10:00", "1h after", "2026-03-30 10:00"),
        ("3 working days", "2026-03-24 10:00", "1 working day before", "2026-03-27 00:00"),
        ("3 working days", "2026-03-24 10:00", "1 working day after", "2026-03-31 00:00"),
        ("3 days", "2026-03-24 10:00", "2h before", "2026-03-27 22:00"),
        ("3 days", "2026-03-24 10:00", "1 day before", "2026-03-27 00:00"),
        ("3 days", "2026-03-24 10:00", "1 month after", "2026-04-28 00:00"),
        # fixed moments: by the wall clock between start and due
        ("by day 25", "2026-03-06 00:00", "50%", "2026-03-16 00:00"),
        ("by day 25", "2026-03-06 00:00", "due", "2026-03-26 00:00"),
        ("by day 25", "2026-03-06 00:00", "1 week before", "2026-03-19 00:00"),
    ],
)
def test_steps(text: str, start: str, offset: str, step: str) -> None:
    assert clock.step_at(begin(text, start), offset, OFFICE) == at(step)


def test_steps_follow_a_pause() -> None:
    again = held(begin("4h in office hours", "2026-03-24 09:00"), "2026-03-24 10:00", "2026-03-24 14:00")
    assert clock.step_at(again, "50%", OFFICE) == at("2026-03-24 15:00")
    assert clock.step_at(again, "100%", OFFICE) == again.due_at == at("2026-03-24 17:00")
    assert clock.step_at(clock.pause(again, at("2026-03-24 15:30"), OFFICE), "due", OFFICE) is None


# -- a changed manual ------------------------------------------------------------------------------------------


def test_a_changed_figure_keeps_the_time_spent() -> None:
    running = held(begin("4h in office hours", "2026-03-24 09:00"), "2026-03-24 10:00", "2026-03-24 14:00")
    changed = clock.retarget(running, parse("2h in office hours"), at("2026-03-24 14:30"), OFFICE)
    assert (changed.target, changed.spent, changed.due_at) == (7200, 3600, at("2026-03-24 15:00"))
    longer = clock.retarget(changed, parse("4h in office hours"), at("2026-03-24 14:40"), OFFICE)
    assert longer == running


def test_a_changed_unit_measures_the_present_run_anew() -> None:
    running = begin("24h", "2026-03-27 17:00")
    changed = clock.retarget(running, parse("2 working hours"), at("2026-03-28 10:00"), OFFICE)
    assert (changed.unit, changed.running_since, changed.due_at) == (
        "working_seconds",
        running.running_since,
        at("2026-03-30 10:00"),
    )
    days = held(begin("5 working days", "2026-03-23 10:00"), "2026-03-25 10:00", "2026-03-26 10:00")
    hours = clock.retarget(days, parse("21h in office hours"), at("2026-03-26 10:00"), OFFICE)
    assert (days.spent, hours.spent) == (2, 2 * 7 * 3600), "a usual day here has seven hours"


def test_a_paused_clock_stays_paused() -> None:
    paused = clock.pause(begin("1h", "2026-03-24 10:00"), at("2026-03-24 10:20"), OFFICE)
    changed = clock.retarget(paused, parse("2h"), at("2026-03-24 11:00"), OFFICE)
    assert (changed.spent, changed.running_since, changed.due_at) == (1200, None, None)
    assert clock.resume(changed, at("2026-03-24 12:00"), OFFICE).due_at == at("2026-03-24 13:40")


def test_a_limit_that_becomes_a_day_is_reckoned_from_the_opening() -> None:
    running = begin("48h", "2026-03-24 10:00")
    opened = at("2026-03-24 10:00")
    assert clock.retarget(
        running, parse("by day 25"), at("2026-03-26 10:00"), OFFICE, opened_at=opened
    ).due_at == at("2026-03-26 00:00")
    assert clock.retarget(running, parse("promptly"), at("2026-03-26 10:00"), OFFICE).due_at is None


def test_another_calendar_from_the_next_run_on() -> None:
    running = begin("4h in office hours", "2026-03-24 16:00")
    paused = clock.pause(running, at("2026-03-24 18:00"), OFFICE)
    assert clock.resume(paused, at("2026-03-24 20:00"), always()).due_at == at("2026-03-24 22:00")
