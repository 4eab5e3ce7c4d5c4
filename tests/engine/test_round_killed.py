"""A worker is killed by the system in the middle of a batch; another goes on, and the books balance to the fen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from tests.engine.bills import Bills

from guanjia.cases.models import Case
from guanjia.engine import billing
from guanjia.engine.facts import reference_of
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.ledger import queries as ledger

pytestmark = pytest.mark.django_db(transaction=True)
HOMES = 9
# A worker of its own, with batches of two households and a moment in the middle of each, at which it can be killed.
WORKER = """
import sys, time
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from guanjia.engine import billing
from guanjia.jobs import actions as jobs
billing.TOGETHER = 2
real = billing.raise_in
def slowly(*given):
    real(*given)
    time.sleep(0.3)
billing.raise_in = slowly
jobs.run(int(sys.argv[2]))
"""


def charged(bills: Bills) -> dict[str, int]:
    """What the books say is owed, by household, fen."""
    rows = list(Case.objects.filter(office=bills.office, category="payment_request").select_related("unit"))
    found = ledger.balances_of(bills.office, [reference_of(one) for one in rows])
    return {one.unit.code: found[reference_of(one)].open_fen for one in rows if one.unit}


@pytest.mark.rule("S000-5-6.3c")
def test_a_killed_worker_leaves_no_household_twice_or_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(billing, "TOGETHER", 2)
    owed = {f"5-1-{n + 1}01": 1001 + 7 * n for n in range(HOMES)}
    bills = Bills(owed)
    for unit, fen in owed.items():
        bills.order(unit, fen)
    due = bills.begin()
    job = Job.objects.get(kind=billing.JOB)
    killed = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(connection.settings_dict["NAME"]), str(job.pk)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "guanjia.config.settings"}, cwd=Path.cwd(),
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(charged(bills)) < 4 and time.monotonic() < until and killed.poll() is None:
        time.sleep(0.02)
    time.sleep(0.1)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL, "it was still at work"
    there = charged(bills)
    assert there.items() < owed.items() and len(there) % 2 == 0, "whole batches only"
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    assert jobs.run(job.pk).state == Job.State.DONE  # type: ignore[union-attr]
    due.refresh_from_db()
    assert charged(bills) == owed and due.state == "sent"
    assert Case.objects.filter(category="payment_request").count() == len(owed)
