"""`guanjia bench` measures everything it promises, on a database of its own that is gone afterwards.

How fast anything is, is no matter of a test; that the archive is what pages would meet after years, is.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guanjia.cases.models import Case, Event
from guanjia.obligations.models import Obligation
from guanjia.ops.bench import rounds, run
from guanjia.ops.bench.archive import Archive
from guanjia.ops.bench.bare import written_by
from guanjia.ops.bench.measures import import_of
from guanjia.ops.bench.run import Effort, effort
from guanjia.ops.bench.world import WALK, World, new_world
from guanjia.records.models import Record

NAMES = {
    "open_case", "statements_per_action", "worklist_page", "case_page", "api_list", "due_arithmetic", "decide",
    "escalate", "idle_tick", "monthly_report", "pdf", "payment_requests", "import", "search",
    "ladder_steps", "alike",
}  # fmt: skip
SMALL = Effort(size=12, households=25, played=3, open_cases=2, rounds=2)


@pytest.fixture
def world(db: None) -> World:
    """An office with twenty-five households and one repair carried to its end."""
    found = new_world(timezone.now())
    import_of(found, 25)
    at = found.month + timedelta(days=3, hours=9)
    found.walk(found.call(0, at), at)
    return found


def test_every_measure_has_a_value_and_a_floor(world, monkeypatch):
    monkeypatch.setattr(run, "A_MONTH", 6)
    with run.addresses():
        found = list(run.measured(world, SMALL, lambda *_: None))
    assert {one.name for one in found} | {"import"} == NAMES
    assert all(one.value > 0 and one.floor > 0 for one in found)
    line = found[0].as_dict()
    assert set(line) == {"name", "backend", "size", "value", "unit", "floor", "ratio"}
    assert line["ratio"] == pytest.approx(found[0].value / found[0].floor, abs=0.001)


def test_a_whole_round_is_measured_and_every_household_is_in_it_once(db):
    world = rounds.new_office(30)
    assert Case.objects.filter(category="repair").count() == 30
    found = rounds.charge_round(world)
    assert (found.requests, found.fen, found.pages) == (30, 30 * 4000, 30)
    billed = Case.objects.filter(category="payment_request").values_list("unit__code", flat=True)
    assert sorted(billed) == sorted(code for code, _party in world.homes)
    measured = list(rounds.measures_of_round(found))
    assert {one.name for one in measured} == {"round_drawn", "round_printed", "charge_round"}
    assert all(one.size == 30 and one.value > 0 and one.floor > 0 for one in measured)


def test_an_archive_grows_by_whole_cases_each_with_its_own_rows(world):
    archive = Archive()
    events, papers = Event.objects.count(), Record.objects.count()
    archive.grow(7, lambda *_: None)
    assert len(archive) == Case.objects.count() == 7
    assert (Event.objects.count(), Record.objects.count()) == (7 * events, 7 * papers)
    copied = Case.objects.filter(number__contains="~")
    assert copied.values("number").distinct().count() == 6
    assert copied.values("unit").distinct().count() == 6, "each in another household"
    for case in copied:
        assert list(case.events.values_list("seq", flat=True)) == list(range(1, events + 1))
        assert not Obligation.objects.filter(case=case, state="open").exists()


def test_an_archive_has_so_many_cases_a_month(world, monkeypatch):
    monkeypatch.setattr("guanjia.ops.bench.archive.A_MONTH", 2)
    Archive().grow(6, lambda *_: None)
    days = sorted(opened.date() for opened in Case.objects.values_list("opened_at", flat=True))
    assert [(days[-1] - day).days for day in days] == [60, 60, 30, 30, 0, 0]


def test_the_floor_writes_as_many_rows_as_the_engine_did(world):
    before = Case.objects.count(), Event.objects.count(), Obligation.objects.count()
    written = written_by(lambda: world.call(1, world.now))
    made = [now - then for now, then in zip(_counted(), before, strict=True)]
    written.again(0)
    written.again(1)
    assert [now - then for now, then in zip(_counted(), before, strict=True)] == [3 * one for one in made]


def test_the_floor_of_a_step_updates_what_the_step_did(world):
    case = world.call(1, world.now)
    written = written_by(lambda: world.walk(case, world.now, steps=1), [case])
    written.again(0)
    assert written.statements == len(written.made) + 1
    assert Event.objects.filter(case=case).count() == 3


def test_a_quick_run_is_small_and_a_size_can_be_asked_for():
    assert effort(None, quick=True).size < effort(None, quick=False).size == 100_000
    assert effort(1_000_000, quick=False).size == 1_000_000
    assert len(WALK) == 14


def _counted() -> tuple[int, int, int]:
    return Case.objects.count(), Event.objects.count(), Obligation.objects.count()
