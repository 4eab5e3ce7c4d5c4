"""A call that is made up: what a telephone system would report of it. `guanjia ring` sends it, the page rings with it."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from guanjia.intake.models import PhoneLine
from guanjia.intake.telephone.actions import Heard, Taken, hear
from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem

RING = timedelta(seconds=5)  # from one ring to the next
EXAMPLE_NUMBER = "13800001234"


def reports(
    first: Heard, rings: int, ending: str = "", talk: timedelta = timedelta()
) -> list[tuple[timedelta, Heard]]:
    """What is reported of a call that begins as `first`, and how long after the first ring.

    ending: answered, missed, or "" for a call that only rings. talk: how long they speak.
    """
    rung, told = RING * rings, [(timedelta(), first)]
    if ending == "answered":
        told += [
            (rung, _later(first, "answered", rung, rings)),
            (rung + talk, _later(first, "ended", rung + talk, rings)),
        ]
    elif ending == "missed":
        told += [(rung, _later(first, "missed", rung, rings)), (rung, _later(first, "ended", rung, rings))]
    return told


def _later(first: Heard, event: str, after: timedelta, rings: int) -> Heard:
    return replace(first, event=event, at=first.at + after, rings=rings)


def payload(heard: Heard) -> dict[str, Any]:
    """The report as it goes over the wire (docs/api.md, the telephone)."""
    body = {**asdict(heard), "at": iso(heard.at)}
    return {name: value for name, value in body.items() if value is not None}


def example(line: PhoneLine, at: datetime) -> dict[str, Any]:
    """What the telephone system should send when the line rings."""
    return payload(Heard("1024", "ringing", at, line.number, EXAMPLE_NUMBER, "801", 1))


def ring_once(line: PhoneLine, extension: str = "", *, now: datetime) -> Taken:
    """The line rings now on the desk of an extension, or on all, from nobody: it counts nowhere and is owed no call.

    Raises Problem LINE_REVOKED.
    """
    if line.revoked_at is not None:
        raise Problem("LINE_REVOKED", "这条线路已经停用。", "要再用，请另开一条。", status=409)
    first = Heard(f"trial-{now:%Y%m%d%H%M%S%f}", "ringing", now, line.number, extension=extension)
    taken = None
    for _after, heard in reports(first, 1):
        taken = hear(line, heard, now=now, trial=True)
    assert taken is not None
    return taken
