"""The text of a number in a gapless series: `SJ{yy}{mm}-{n:4}` -> `SJ2603-0217`. Taking the number is the rooms' work."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem

_PLACE = re.compile(r"\{(yyyy|yy|mm|n)(?::([1-9]))?\}")


class Number(NamedTuple):
    """A number taken from a series: its text, the series it came from and its place in it (from 1)."""

    text: str
    series: str
    seq: int


def check_pattern(pattern: str) -> str:
    """The pattern itself. Raises Problem NUMBER_PATTERN when a place is unknown, {n} is not there once, or a
    month stands without its year (two years would then share their numbers)."""
    names = [match[1] for match in _PLACE.finditer(pattern)]
    rest = _PLACE.sub("", pattern)
    year = "yyyy" in names or "yy" in names
    if names.count("n") != 1 or "{" in rest or "}" in rest or ("mm" in names and not year):
        raise Problem("NUMBER_PATTERN", f"「{pattern}」不是编号格式。", "请按 SJ{yy}{mm}-{n:4} 的样子填写。")
    return pattern


def series_of(key: str, pattern: str, at: datetime, zone: ZoneInfo) -> str:
    """The series a number belongs to at a moment: a new one each month or year when the pattern shows it.

    The month is the office's, so that one minute past midnight on the first begins the new series.
    """
    day = require_aware(at).astimezone(zone)
    names = {match[1] for match in _PLACE.finditer(check_pattern(pattern))}
    if "mm" in names:
        return f"{key}:{day:%Y%m}"
    if names & {"yyyy", "yy"}:
        return f"{key}:{day:%Y}"
    return key


def number_text(pattern: str, seq: int, at: datetime, zone: ZoneInfo) -> str:
    """The number as it is printed. A number longer than its width is shown whole, never cut."""
    day = require_aware(at).astimezone(zone)
    values = {"yyyy": f"{day:%Y}", "yy": f"{day:%y}", "mm": f"{day:%m}", "n": str(seq)}
    return _PLACE.sub(lambda match: values[match[1]].rjust(int(match[2] or 1), "0"), check_pattern(pattern))
