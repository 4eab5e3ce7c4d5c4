"""What must hold of business time whatever the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.worktime.strategies import calendars, instants

from guanjia.worktime import Calendar, add, clock, elapsed, limits, next_opening, previous_closing

amounts = st.integers(0, 200_000)
Made = tuple[dict, datetime]
thorough = settings(max_examples=150, deadline=None)


def draw_instant(draw: st.DataObject, first: datetime) -> datetime:
    """Any second, also one that lies far from every window's edge."""
    return draw.draw(instants(first)) + timedelta(seconds=draw.draw(st.sampled_from((0, 0, 0, 1, 59, 0.5))))


@thorough
@given(calendars(), amounts, amounts, st.data())
def test_monotone_in_amount_and_in_start(made: Made, one: int, other: int, draw: st.DataObject) -> None:
    calendar, first = Calendar.from_data(made[0]), made[1]
    early, late = sorted((draw_instant(draw, first), draw_instant(draw, first)))
    less, more = sorted((one, other))
    assert add(calendar, early, less).at <= add(calendar, early, more).at
    assert add(calendar, early, less).at <= add(calendar, late, less).at
    if less:
        assert add(calendar, early, -more).at <= add(calendar, early, -less).at
        assert add(calendar, early, -less).at <= add(calendar, late, -less).at


@thorough
@given(calendars(), amounts, amounts, st.data())
def test_additive_in_both_directions(made: Made, one: int, other: int, draw: st.DataObject) -> None:
    calendar = Calendar.from_data(made[0])
    start = draw_instant(draw, made[1])
    if other or not one:
        assert add(calendar, add(calendar, start, one).at, other).at == add(calendar, start, one + other).at
    if one and other:
        assert (
            add(calendar, add(calendar, start, -one).at, -other).at == add(calendar, start, -one - other).at
        )


@thorough
@given(calendars(), amounts, st.data())
def test_never_inside_a_closed_interval(made: Made, amount: int, draw: st.DataObject) -> None:
    calendar = Calendar.from_data(made[0])
    start = draw_instant(draw, made[1])
    forward, backward = add(calendar, start, amount).at, add(calendar, start, -amount).at
    for found in (forward, backward):
        assert calendar.is_open(found) or calendar.is_open(found - timedelta(microseconds=1))
    if amount:
        assert calendar.is_open(forward - timedelta(microseconds=1)), "time runs out at the end of open time"
        assert calendar.is_open(backward), "and backward at the start of it"


@thorough
@given(calendars(), amounts, st.data())
def test_elapsed_measures_what_was_added(made: Made, amount: int, draw: st.DataObject) -> None:
    calendar = Calendar.from_data(made[0])
    start = draw_instant(draw, made[1])
    there, back = add(calendar, start, amount).at, add(calendar, start, -amount).at
    assert elapsed(calendar, start, there).seconds == amount
    assert elapsed(calendar, start, back).seconds == -amount or not amount


@thorough
@given(calendars(), st.integers(1, 200_000), st.data())
def test_backward_undoes_forward(made: Made, amount: int, draw: st.DataObject) -> None:
    calendar = Calendar.from_data(made[0])
    start = draw_instant(draw, made[1])
    assert add(calendar, add(calendar, start, amount).at, -amount).at == next_opening(calendar, start).at
    assert add(calendar, add(calendar, start, -amount).at, amount).at == previous_closing(calendar, start).at


@thorough
@given(calendars(), st.integers(60, 100_000), st.data())
def test_a_pause_moves_the_due_time_by_its_open_time_only(
    made: Made, target: int, draw: st.DataObject
) -> None:
    """However a clock is stopped and started, it is due when the calendar has supplied the target outside the pauses."""
    calendar = Calendar.from_data(made[0])
    start = draw.draw(instants(made[1]))
    running = clock.start(limits.parse(f"{target}s in office hours"), start, calendar)
    paused_open = 0
    at = start
    for _ in range(draw.draw(st.integers(0, 3))):
        stop = at + timedelta(seconds=draw.draw(st.integers(0, 200_000)))
        go = stop + timedelta(seconds=draw.draw(st.integers(0, 200_000)))
        held = clock.pause(running, stop, calendar)
        assert (held.running_since, held.due_at) == (None, None)
        paused_open += elapsed(calendar, stop, go).seconds
        running, at = clock.resume(held, go, calendar), go
    due_at = running.due_at
    assert due_at is not None
    if clock.spent_at(running, at, calendar) < target:
        assert elapsed(calendar, start, due_at).seconds == target + paused_open
        assert clock.spent_at(running, due_at, calendar) == target
    if not paused_open and clock.spent_at(running, at, calendar) < target:
        assert due_at == add(calendar, start, target).at, "a pause that cost no open time changes nothing"


@thorough
@given(calendars(), st.integers(1, 40), st.integers(0, 60), st.data())
def test_a_pause_of_no_length_changes_no_due_time(
    made: Made, count: int, days: int, draw: st.DataObject
) -> None:
    calendar = Calendar.from_data(made[0])
    start = draw.draw(instants(made[1]))
    for text in (f"{count} days", f"{count} working days", f"{count}h", "end of next month"):
        running = clock.start(limits.parse(text), start, calendar)
        assert running.due_at is not None
        stop = min(start + timedelta(days=days), running.due_at - timedelta(seconds=1))
        again = clock.resume(clock.pause(running, stop, calendar), stop, calendar)
        assert again.due_at == running.due_at
        assert replace(again, spent=0) == replace(running, running_since=stop)
