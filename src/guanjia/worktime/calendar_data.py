"""A calendar as JSON-able data: reading with a clear Problem for each mistake, and writing back."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from guanjia.kernel.problem import Problem
from guanjia.worktime.walltime import DAY_SECONDS, WEEKDAYS, Window, clock_text, read_clock

CHINA = "china"
KEYS = (
    "key",
    "version",
    "time_zone",
    "weekly",
    "working_days",
    "special_days",
    "holidays",
    "extra_workdays",
    "makeup_hours",
    "open_on_holidays",
    "coverage_end",
)
REQUIRED = ("key", "time_zone", "weekly", "working_days")

_YEARLY = re.compile(r"^(\d{2})-(\d{2})$")


def wrong(message: str, hint: str, field: str) -> Problem:
    """The Problem for data that is not a calendar."""
    return Problem("CALENDAR_DATA", message, hint, field=field)


def check_keys(data: object) -> Mapping[str, object]:
    """The data as a mapping with known keys and nothing required missing. Raises Problem CALENDAR_DATA."""
    if not isinstance(data, Mapping):
        raise wrong("日历应是一组键和值。", "请参照文档中的例子。", "")
    for key in data:
        if key not in KEYS:
            close = difflib.get_close_matches(str(key), KEYS, n=1)
            hint = f"是否想写「{close[0]}」？" if close else "可用的键：" + "、".join(KEYS) + "。"
            raise wrong(f"日历里没有「{key}」这个键。", hint, str(key))
    for key in REQUIRED:
        if data.get(key) in (None, ""):
            raise wrong(f"日历缺少「{key}」。", "请补上。", key)
    return data


def read_day(value: object, field: str) -> date:
    """A date from `2026-03-24` or a date. Raises Problem CALENDAR_DATA."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise wrong(f"「{value}」不是日期。", "请写成 2026-03-24。", field) from None


def read_days(value: object, field: str) -> frozenset[date]:
    """A set of dates from a list of them."""
    return frozenset(read_day(item, field) for item in items(value, field))


def items(value: object, field: str) -> Iterable[object]:
    """The members of a list; an absent value is an empty list."""
    if value is None:
        return ()
    if isinstance(value, list | tuple | set | frozenset):
        return value
    raise wrong(f"「{field}」应是一个列表。", "请写成 [..., ...]。", field)


def read_windows(value: object, field: str) -> tuple[Window, ...]:
    """A day's windows in order, none overlapping. An end that is not after its start lies on the next day."""
    windows = sorted(_read_window(item, field) for item in items(value, field))
    for earlier, later in zip(windows, windows[1:], strict=False):
        if later.start < earlier.end:
            raise Problem(
                "CALENDAR_OVERLAP",
                f"时段 {earlier.text()} 与 {later.text()} 重叠。",
                "请改成前后相接或分开的时段。",
                field=field,
            )
    return tuple(windows)


def _read_window(value: object, field: str) -> Window:
    hint = '请写成 ["09:00", "12:00"]；到次日的写成 ["22:00", "06:00"]，全天写成 ["00:00", "24:00"]。'
    pair = list(value) if isinstance(value, list | tuple) else []
    try:
        start, end = (read_clock(str(side)) for side in pair)
    except ValueError:
        raise wrong(f"「{value}」不是时段。", hint, field) from None
    if start in (end, DAY_SECONDS):
        raise wrong(f"时段「{value}」没有长度。", hint, field)
    return Window(start, end if end > start else end + DAY_SECONDS)


def read_weekly(value: object) -> tuple[tuple[Window, ...], ...]:
    """Seven tuples of windows, Monday first, from a table by weekday; a missing weekday is closed."""
    table = _table(value, "weekly")
    for key in table:
        if key not in WEEKDAYS:
            raise wrong(f"「{key}」不是星期。", "请用 " + " ".join(WEEKDAYS) + "。", "weekly")
    return tuple(read_windows(table.get(name), f"weekly.{name}") for name in WEEKDAYS)


def read_special(value: object) -> dict[date, tuple[Window, ...]]:
    """Hours of single dates; an empty list closes the date."""
    table = _table(value, "special_days")
    return {
        read_day(day, "special_days"): read_windows(windows, f"special_days.{day}")
        for day, windows in table.items()
    }


def read_holidays(value: object) -> tuple[dict[date, str], dict[tuple[int, int], str]]:
    """Dated holidays and yearly ones (`12-25`), each with its name, from a list or a table of names."""
    if isinstance(value, Mapping):
        named = dict(value)
    else:
        named = dict.fromkeys(items(value, "holidays"), "")
    dated: dict[date, str] = {}
    yearly: dict[tuple[int, int], str] = {}
    for day, name in named.items():
        match = _YEARLY.match(str(day))
        if match:
            month = read_day(f"2000-{match[0]}", "holidays")
            yearly[month.month, month.day] = str(name)
        else:
            dated[read_day(day, "holidays")] = str(name)
    return dated, yearly


def read_working_days(value: object) -> tuple[bool, frozenset[int]]:
    """Whether the official Chinese calendar rules, and the weekdays worked (0 is Monday)."""
    if value == CHINA:
        return True, frozenset(range(5))
    hint = f"请写「{CHINA}」，或列出星期，如 " + str(list(WEEKDAYS[:5])) + "。"
    if isinstance(value, str):
        raise wrong(f"「{value}」不是工作日规则。", hint, "working_days")
    weekdays = list(items(value, "working_days"))
    for name in weekdays:
        if name not in WEEKDAYS:
            raise wrong(f"「{name}」不是星期。", hint, "working_days")
    if not weekdays:
        raise wrong("一周里没有一个工作日。", hint, "working_days")
    return False, frozenset(WEEKDAYS.index(str(name)) for name in weekdays)


def _table(value: object, field: str) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise wrong(f"「{field}」应是一张表。", "请写成 键 = 时段列表。", field)
    return {str(key): content for key, content in value.items()}


def write_windows(windows: Iterable[Window]) -> list[list[str]]:
    """Windows as `read_windows` reads them."""
    return [[clock_text(window.start), clock_text(window.end)] for window in windows]
