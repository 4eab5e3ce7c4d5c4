"""Many calls of whose end nothing is heard: those from before an upgrade, and what a round of the ticker does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from tests.stage import BEGINS

from guanjia import clock
from guanjia.cases.models import Case
from guanjia.intake.models import Call, PhoneLine
from guanjia.intake.telephone import actions, lines
from guanjia.ops.cards.stage import Stage

BEFORE = [("intake", "0003_wires")]
MONTHS, YESTERDAY, HOUR = timedelta(days=90), timedelta(hours=26), timedelta(hours=1)
NOW = BEGINS + timedelta(days=100)

CALLS = {
    "ringing, months ago": (MONTHS, {}),
    "answered, months ago": (MONTHS, {"state": "answered", "answered_at": NOW - MONTHS}),
    "missed, months ago": (MONTHS, {"state": "missed", "missed_at": NOW - MONTHS}),
    "ringing, yesterday": (YESTERDAY, {}),
    "answered, just now": (MONTHS, {"state": "answered", "answered_at": NOW - HOUR}),
    "ringing, just now": (HOUR, {}),
    "over, months ago": (MONTHS, {"state": "missed", "ended_at": NOW - MONTHS}),
    "a trial, months ago": (MONTHS, {"trial": True}),
}


def migrate(targets: list[tuple[str, str]]) -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection)


@pytest.fixture
def line(stage: Stage) -> PhoneLine:
    """A line of an office that calls back."""
    return lines.add(stage.office, "0755-8800 0120", "服务热线", at=BEGINS, call_back="30m")[0]


@pytest.fixture
def old_calls(transactional_db: None, line: PhoneLine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The office has had calls, and is upgraded."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = migrate(BEFORE).loader.project_state(BEFORE).apps.get_model("intake", "Call")
        for number, (name, (age, more)) in enumerate(CALLS.items()):
            old.objects.create(
                line_id=line.pk,
                office_id=line.office_id,
                call_id=name,
                number=f"1380000000{number}",
                begun_at=NOW - age,
                **more,
            )
    finally:
        migrate(newest)
    yield


def test_old_calls_owe_nothing_and_those_of_the_last_day_what_they_always_did(old_calls: None) -> None:
    closed = Call.objects.filter(given_up_at__isnull=False)
    assert {call.call_id: (call.state, NOW - call.given_up_at) for call in closed} == {
        "ringing, months ago": ("missed", MONTHS),
        "answered, months ago": ("answered", MONTHS),
        "ringing, yesterday": ("missed", YESTERDAY),
    }
    assert actions.give_up(NOW) == 1
    (case,) = Case.objects.filter(category="missed_call")
    assert case.missed_calls.get().call_id == "ringing, just now"
    trial = Call.objects.get(trial=True)
    assert (trial.state, trial.given_up_at) == ("ringing", None)


def ringing(line: PhoneLine, count: int) -> None:
    """So many withheld numbers ring, and their end is never heard."""
    common = {"line": line, "office": line.office, "begun_at": BEGINS}
    Call.objects.bulk_create(
        Call(call_id=f"n{number}", heard_at=BEGINS + timedelta(seconds=number), **common)
        for number in range(count)
    )


def test_one_round_of_the_ticker_gives_up_however_many_there_are(line, monkeypatch) -> None:
    ringing(line, actions.BATCH * 2 + 1)
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=1))
    call_command("tick", "--once", stdout=StringIO())
    assert not Call.objects.filter(given_up_at=None).exists()


def test_calls_that_cannot_be_given_up_hold_up_no_others_and_end_a_round(line, monkeypatch) -> None:
    ringing(line, 5)
    follow = actions._follow

    def broken(call: Call, now: datetime) -> None:
        if call.call_id != "n4":
            raise RuntimeError(call.call_id)
        follow(call, now)

    monkeypatch.setattr(actions, "_follow", broken)
    assert actions.give_up(BEGINS + timedelta(hours=1), limit=2) == 1
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=1))
    call_command("tick", "--once", stdout=StringIO())
    left = Call.objects.filter(given_up_at=None).values_list("call_id", flat=True)
    assert sorted(left) == ["n0", "n1", "n2", "n3"]
