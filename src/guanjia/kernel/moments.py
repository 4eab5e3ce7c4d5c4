"""Instants are aware; zones are applied at the edges."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from guanjia.kernel.problem import Problem

YEARS = range(1900, 2200)
"""What people type; beyond lie misprints, and dates that no zone can turn."""


def require_aware(moment: datetime) -> datetime:
    """The moment in UTC. Raises ValueError for a naive one: that is a programmer's error."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime: {moment!r}")
    return moment.astimezone(UTC)


def parse_moment(text: str, zone: ZoneInfo, *, field: str = "") -> datetime:
    """UTC instant of an ISO text; without an offset it is read in the office's zone.

    Raises Problem TIME_FORMAT for what is no time, or lies so far away that no calendar reaches there.
    """
    try:
        moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.year not in YEARS:
        raise Problem(
            "TIME_FORMAT", f"「{text}」不是时间。", "请按 2026-03-24 14:00 的样子填写。", field=field
        )
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def iso(moment: datetime) -> str:
    """The one text form of an instant in data, hashes and the API: UTC, microseconds only when there are any."""
    return require_aware(moment).isoformat().replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """The instant of a text that `iso` wrote."""
    return require_aware(datetime.fromisoformat(text.replace("Z", "+00:00")))
