"""A deliberately slow model: it looks at every minute and at the wall clock, and knows nothing of spans or days' lengths.

A minute is open when the furthest reading that the wall clock has shown so far lies in a window of the day it shows,
or in one of the day before that reaches past midnight. (Where clocks go back, the hand is not read a second time.)
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


@lru_cache(maxsize=32)
def hands(zone: ZoneInfo, first: datetime, days: int) -> list[datetime]:
    """For every minute the furthest reading of the wall clock so far."""
    found = []
    hand = datetime.combine(date.min, time.min)
    at = first - timedelta(days=1)
    while at < first + timedelta(days=days):
        hand = max(hand, at.astimezone(zone).replace(tzinfo=None))
        if at >= first:
            found.append(hand)
        at += MINUTE
    return found


class SlowCalendar:
    """Reads the data of a calendar by itself; for whole minutes from `first` (UTC) on."""

    def __init__(self, data: dict, first: datetime, days: int) -> None:
        self.data = data
        self.first = first
        self.windows_of = cache(self.windows)
        self.flags = [self.open_at(hand) for hand in hands(ZoneInfo(data["time_zone"]), first, days)]

    def windows(self, day: date) -> list[tuple[int, int]]:
        pairs = [(minutes(start), minutes(end)) for start, end in self.texts(day)]
        return [(start, end if end > start else end + 1440) for start, end in pairs]

    def texts(self, day: date) -> list[list[str]]:
        if day.isoformat() in self.data.get("special_days", {}):
            return self.data["special_days"][day.isoformat()]
        holidays = self.data.get("holidays", [])
        if day.isoformat() in holidays or day.isoformat()[5:] in holidays:
            return []
        return self.data["weekly"].get(WEEKDAYS[day.weekday()], [])

    def open_at(self, hand: datetime) -> bool:
        today, now = hand.date(), hand.hour * 60 + hand.minute
        return any(start <= now < end for start, end in self.windows_of(today)) or any(
            start <= now + 1440 < end for start, end in self.windows_of(today - timedelta(days=1))
        )

    def index(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    def is_open(self, at: datetime) -> bool:
        return self.flags[self.index(at)]

    def add(self, at: datetime, amount: int) -> datetime:
        """`amount` minutes, minute by minute; raises IndexError beyond the known days."""
        now = self.index(at)
        if amount == 0:
            while not (self.flags[now] or (now and self.flags[now - 1])):
                now += 1
        while amount > 0:
            amount -= self.flags[now]
            now += 1
        while amount < 0:
            now -= 1
            if now < 0:
                raise IndexError
            amount += self.flags[now]
        return self.first + now * MINUTE

    def elapsed(self, start: datetime, end: datetime) -> int:
        return sum(self.flags[self.index(start) : self.index(end)])

    def next_opening(self, at: datetime) -> datetime:
        now = self.index(at)
        while not self.flags[now]:
            now += 1
        return self.first + now * MINUTE

    def previous_closing(self, at: datetime) -> datetime:
        now = self.index(at)
        while now and not self.flags[now - 1]:
            now -= 1
        if not now:
            raise IndexError
        return self.first + now * MINUTE
