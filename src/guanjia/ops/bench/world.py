"""What the measurements work on: a database of its own, an office with households, and repairs played to their end."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.estate.models import Occupancy, Office, Party
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.staff.models import User

MANUAL = "entrusted-repair-h"
FLATS = 20  # a floor of the building that is imported has this many
HEADER = ("房号", "姓名", "称呼", "关系", "电话1")
NAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = ("秀兰", "建平", "志刚", "桂英", "先明", "伟", "敏", "建军", "晓红", "国栋")

CALL = {
    "contact_phone": "13800001234", "matter": "厨房龙头滴水", "timing": "now", "channel": "phone",
    "item": "更换水龙头",
}  # fmt: skip
SIGNED = {
    "opinion": "好", "signature": {"how": "paper", "name": "业主"}, "charge_state": "fixed", "fee": "45",
    "no_cash_told": True, "resident_copy_handed": True,
}  # fmt: skip
# action, by whom, the form, minutes after the step before
WALK: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("dispatch", "receptionist", {"technician": "田大勇"}, 1),
    ("accept", "technician", {}, 1),
    ("arrive", "technician", {}, 8),
    ("inspect", "technician", {"finding": "阀芯磨损", "verdict": "own", "no_materials": True}, 3),
    ("start", "technician", {}, 1),
    ("finish", "technician", {"done": "换了阀芯"}, 20),
    ("try_out", "technician", {"trial": "satisfied"}, 1),
    ("sign", "technician", SIGNED, 2),
    ("return_sheet", "eng_supervisor", {"sheet_back": True}, 30),
    ("book", "finance", {"finance_copy_here": True}, 30),
    ("collect", "cashier", {"received": "45", "method": "cash"}, 30),
    ("archive", "eng_supervisor", {"volume": "本月"}, 30),
    ("follow_up", "eng_supervisor", {"follow_means": "phone", "satisfied": "yes"}, 600),
    ("close", "receptionist", {}, 5),
)


@contextmanager
def own_database() -> Iterator[None]:
    """A new database on the configured server, or a new file; gone afterwards. The office's own is never touched."""
    own = connection.settings_dict["NAME"]
    with TemporaryDirectory(prefix="guanjia-bench-") as folder:
        connection.settings_dict["TEST"]["NAME"] = (
            str(Path(folder) / "bench.sqlite3")
            if connection.vendor == "sqlite"
            else f"guanjia_bench_{os.getpid()}"
        )
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        adoption.forget()
        try:
            yield
        finally:
            connection.creation.destroy_test_db(own, verbosity=0)
            adoption.forget()


@dataclass
class World:
    """The office that is measured, `now` as its clock stands, and the month in which its archive was made."""

    stage: Stage
    now: datetime

    @property
    def office(self) -> Office:
        """The office."""
        return self.stage.office

    @property
    def month(self) -> datetime:
        """Midnight at the beginning of the month before this one, in the office's zone."""
        local = self.now.astimezone(ZoneInfo(self.office.time_zone))
        first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return (first - timedelta(days=1)).replace(day=1)

    @property
    def period(self) -> str:
        """That month as `2026-03`."""
        return f"{self.month:%Y-%m}"

    def who(self, role: str) -> User:
        """Somebody by role or name."""
        return self.stage.person(role)

    @cached_property
    def homes(self) -> list[tuple[str, Party]]:
        """The households of the import, at most a thousand: code and owner."""
        rows = Occupancy.objects.filter(unit__office=self.office, unit__building__code="9")
        rows = rows.select_related("unit", "party").order_by("unit")[:1000]
        return [(row.unit.code, row.party) for row in rows]

    def call(self, number: int, at: datetime) -> Case:
        """A resident telephones about a tap, as number `number`."""
        unit, party = self.homes[number % len(self.homes)]
        intake = Intake(party=party, place="厨房", kind="给排水", subject="厨房龙头滴水", skill="plumbing")
        data = {**CALL, "unit": unit}
        return open_case(
            self.office, "repair", actor=self.who("receptionist"), at=at, data=data, intake=intake
        ).case

    def walk(self, case: Case, at: datetime, steps: int = len(WALK)) -> tuple[Case, datetime]:
        """So many steps of a repair's way, each by whoever does it; the case and the time of the last step."""
        for action, who, data, minutes in WALK[:steps]:
            at += timedelta(minutes=minutes)
            named = {key: self.who(value).pk if key == "technician" else value for key, value in data.items()}
            case = perform(case, action, actor=self.who(who), at=at, data=named).case
        return case, at


def new_world(now: datetime) -> World:
    """An office that has worked under the first manual for over a year."""
    text = read(Path(settings.MANUALS_ROOT) / MANUAL)
    return World(build([text], {}, now - timedelta(days=400)), now)


def household_list(count: int) -> bytes:
    """A list of so many households in one building, as an office would upload it."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEADER)
    for n in range(count):
        floor, flat = divmod(n, FLATS)
        name = NAMES[n % len(NAMES)] + GIVEN[n // len(NAMES) % len(GIVEN)]
        rows.writerow([f"9-1-{floor + 1:02}{flat + 1:02}", name, "女士", "业主", f"139{n:08}"])
    return out.getvalue().encode()
