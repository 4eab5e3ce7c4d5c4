"""The arithmetic against a model that looks at every minute, on random calendars in zones whose clocks change."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.worktime.reference import SlowCalendar
from tests.worktime.strategies import DAYS, calendars, instants

from guanjia.worktime import Calendar, add, elapsed, next_opening, previous_closing

slow = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def both(data: dict, first: datetime) -> tuple[Calendar, SlowCalendar]:
    return Calendar.from_data(data), SlowCalendar(data, first, DAYS)


@slow
@given(calendars(), st.data())
def test_adding_and_subtracting_agree(made: tuple[dict, datetime], draw: st.DataObject) -> None:
    data, first = made
    calendar, model = both(data, first)
    for _ in range(12):
        start = draw.draw(instants(first + timedelta(days=1), DAYS - 1))
        amount = draw.draw(st.integers(-900, 900))
        try:
            expected = model.add(start, amount)
        except IndexError:
            continue
        assert add(calendar, start, amount * 60).at == expected


@slow
@given(calendars(), st.data())
def test_elapsed_and_open_agree(made: tuple[dict, datetime], draw: st.DataObject) -> None:
    data, first = made
    calendar, model = both(data, first)
    for _ in range(12):
        start, end = sorted((draw.draw(instants(first)), draw.draw(instants(first))))
        assert elapsed(calendar, start, end).seconds == model.elapsed(start, end) * 60
        assert elapsed(calendar, end, start).seconds == -model.elapsed(start, end) * 60
        assert calendar.is_open(start) == model.is_open(start)


@slow
@given(calendars(), st.data())
def test_openings_and_closings_agree(made: tuple[dict, datetime], draw: st.DataObject) -> None:
    data, first = made
    calendar, model = both(data, first)
    for _ in range(12):
        at = draw.draw(instants(first + timedelta(days=1), DAYS - 2))
        try:
            following, preceding = model.next_opening(at), model.previous_closing(at)
        except IndexError:
            continue
        assert next_opening(calendar, at).at == following
        assert previous_closing(calendar, at).at == preceding
