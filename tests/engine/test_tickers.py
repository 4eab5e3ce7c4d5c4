"""Two tickers and four writers on one PostgreSQL: 5,000 obligations fall due, each is missed and reported once.

The tickers are real processes (`guanjia tick`); one is killed in the middle of its work and another takes its place.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Signal
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone
from tests.engine.small import SMALL

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.engine import open_case, perform
from guanjia.estate.models import Office
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation, Step
from guanjia.ops.cards.stage import Stage, build
from guanjia.ops.verification import verify
from guanjia.staff.models import User

CASES, EACH, WRITERS = 500, 10, 4
PATIENCE = 600  # seconds; a tenth of it is enough on two idle cores
POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.skipif(not POSTGRESQL, reason="SQLite has one writer; this is about many on PostgreSQL"),
]

OWED = """
[[obligation]]
key = "come_{n}"
label = "第{n}件"
clause = "1"
owner = "desk"
category = ["complaint"]
start = ["reported"]
stop = ["answered"]
limit = "15m"
step = [{{ at = "due", to = "chief", label = "超时，报主管", message = "late" }}]
"""


def lean() -> str:
    """The small manual, but every complaint owes ten things in fifteen minutes, each reported to the chief."""
    head, rest = SMALL[: SMALL.index("[[obligation]]")], SMALL[SMALL.index("[[message]]") :]
    return head + "".join(OWED.format(n=n) for n in range(EACH)) + "\n" + rest


@pytest.fixture
def stage(db: None) -> Stage:
    """An office and 500 complaints of twenty minutes ago: 5,000 obligations are due and nobody has looked."""
    adoption.forget()
    began = timezone.now() - timedelta(minutes=20)
    stage = build([lean()], {}, began)
    clerk = stage.person("receptionist")
    with transaction.atomic():
        for number in range(CASES):
            open_case(stage.office, "complaint", actor=clerk, at=began, data={"matter": f"第 {number} 件"})
    return stage


@pytest.fixture
def tickers(tmp_path: object) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `guanjia tick` on the database of the tests."""
    running: list[subprocess.Popen[bytes]] = []
    db = connection.settings_dict
    place = f"{quote(db['USER'])}:{quote(db['PASSWORD'])}@{db['HOST']}:{db['PORT'] or 5432}/{db['NAME']}"
    quick = urlencode(db["OPTIONS"])  # as the tests themselves: what is written need not outlive the server
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgres://{place}?{quick}",
        "DJANGO_SETTINGS_MODULE": "guanjia.config.settings",
        "GUANJIA_HOME": str(tmp_path),
        "GUANJIA_TICK_SECONDS": "1",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    def start() -> subprocess.Popen[bytes]:
        running.append(
            subprocess.Popen(
                [sys.executable, "-m", "django", "tick"], env=environment,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.wait(20)
        assert process.stderr is not None
        process.stderr.close()


def write(stage_office: int, clerk: int, mine: list[int], stop: Signal) -> int:
    """One web worker: notes on the very cases whose clocks the tickers move, until it is told to stop."""
    office, user, done = Office.objects.get(pk=stage_office), User.objects.get(pk=clerk), 0
    try:
        while not stop.wait(0.25):
            case = Case.objects.get(pk=mine[done % len(mine)])
            perform(case, "note", actor=user, at=timezone.now(), data={"text": f"问了第 {done + 1} 次"})
            done += 1
            if done % 10 == 0:
                open_case(office, "complaint", actor=user, at=timezone.now(), data={"matter": "新的"})
    finally:
        connections.close_all()
    return done


def until(reached: Callable[[], bool]) -> None:
    """Wait for something, without end only on a machine that does nothing at all."""
    ends = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < ends, f"{Step.objects.count()} steps after {PATIENCE} s"
        time.sleep(0.5)


def test_each_is_missed_and_reported_exactly_once(
    stage: Stage, tickers: Callable[[], subprocess.Popen[bytes]]
) -> None:
    wanted = CASES * EACH
    first = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    stop, clerk = Signal(), stage.person("receptionist")
    assert Obligation.objects.filter(next_step_at__lte=timezone.now()).count() == wanted
    with ThreadPoolExecutor(WRITERS) as pool:
        try:
            writers = [
                pool.submit(write, stage.office.pk, clerk.pk, first[n::WRITERS], stop) for n in range(WRITERS)
            ]
            victim, _survivor = tickers(), tickers()
            until(lambda: Step.objects.count() > wanted // 4)
            os.kill(victim.pid, signal.SIGKILL)
            assert victim.wait(20) == -signal.SIGKILL
            assert Step.objects.count() < 2 * wanted, "killed too late to prove anything"
            tickers()
            until(lambda: Step.objects.count() >= 2 * wanted)
        finally:
            stop.set()
        notes = [writer.result() for writer in writers]

    rows = Obligation.objects.filter(case__in=first)
    assert rows.count() == wanted
    assert all(missed == due for missed, due in rows.values_list("missed_at", "due_at"))
    assert not rows.exclude(next_step_at=None).exists()
    ids = set(rows.values_list("pk", flat=True))
    steps = Counter(Step.objects.filter(obligation__in=ids).values_list("obligation", "kind"))
    assert steps == Counter({(pk, kind): 1 for pk in ids for kind in ("miss", "escalate")})
    lines = Counter(
        (data["id"], data["step"])
        for data in Event.objects.filter(action="@step", case__in=first).values_list("data", flat=True)
    )
    assert lines == steps
    told = Message.objects.filter(key__contains=":step:", reference__in=[f"case:{n}" for n in numbers(first)])
    assert Counter(
        key.split(":step:")[1].split(":")[0] for key in told.values_list("key", flat=True)
    ) == Counter({str(pk): 1 for pk in ids})
    assert sum(notes) == Event.objects.filter(action="note").count() > 0
    assert list(verify(lambda *_: None)) == []


def numbers(cases: list[int]) -> list[str]:
    return list(Case.objects.filter(pk__in=cases).values_list("number", flat=True))
