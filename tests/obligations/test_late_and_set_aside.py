"""A miss stays a miss through a pause; a step that raises is set aside without undoing another ticker's work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.web.repair import Repair

from guanjia.adoption import queries as adoption
from guanjia.engine import ticking
from guanjia.engine.advance import advance
from guanjia.obligations import actions
from guanjia.obligations.models import Obligation
from guanjia.ops import verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrive() -> Obligation:
    """The fifteen minutes of a repair that nobody has come for."""
    return Obligation.objects.get(case=Repair().case, key="arrive")


def _missed_and_paused(row: Obligation) -> Obligation:
    due = row.due_at
    advance(due + timedelta(minutes=1), offices=[row.office_id])
    row.refresh_from_db()
    calendar = adoption.calendar_of(row.office, row.calendar_key, row.calendar_version)
    actions.stop_clock(row, due + timedelta(minutes=5), calendar, "")
    assert row.missed_at == row.due_at == due
    return row


def test_what_was_missed_before_a_pause_stays_missed_when_it_is_met_in_the_pause(arrive):
    due = arrive.due_at
    row = _missed_and_paused(arrive)
    actions.end(row, "met", due + timedelta(minutes=9))
    row.save()
    assert row.missed_at == due
    assert list(verification.obligations_are_consistent(row.office, lambda *_: None)) == []


def test_a_pause_after_the_miss_does_not_move_it(arrive):
    due = arrive.due_at
    row = _missed_and_paused(arrive)
    calendar = adoption.calendar_of(row.office, row.calendar_key, row.calendar_version)
    definition = adoption.compiled(row.manual_key, row.manual_version).obligations[row.key]
    actions.go_on(row, due + timedelta(hours=3), calendar, definition)
    actions.end(row, "met", due + timedelta(hours=4))
    row.save()
    assert row.missed_at == due
    assert list(verification.obligations_are_consistent(row.office, lambda *_: None)) == []


def test_what_was_done_in_time_is_not_missed_however_late_it_is_written(arrive):
    due = arrive.due_at
    row = _missed_and_paused(arrive)
    actions.end(row, "met", due - timedelta(minutes=1))
    assert row.missed_at is None


def test_setting_aside_leaves_alone_what_another_ticker_has_done(arrive):
    """The first ticker loses its connection while the second performs the very step."""
    stale = Obligation.objects.get(pk=arrive.pk)
    now = arrive.next_step_at
    assert ticking.take(arrive, now) == "warn"
    following = Obligation.objects.get(pk=arrive.pk).next_step_at
    actions.set_aside(stale, now, "OperationalError: database is locked")
    after = Obligation.objects.get(pk=arrive.pk)
    assert after.next_step_at == following and after.trouble == ""


def test_trouble_is_over_once_the_step_has_happened(arrive):
    now = arrive.next_step_at
    actions.set_aside(arrive, now, "ValueError: no")
    arrive.refresh_from_db()
    assert arrive.next_step_at == now + timedelta(hours=1) and arrive.trouble == "ValueError: no"
    assert ticking.take(arrive, arrive.next_step_at) == "warn"
    arrive.refresh_from_db()
    assert arrive.trouble == ""
