"""Random calendars: several windows a day, windows across midnight, special days, holidays, zones whose clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# A zone and the day around which its clocks change (Cairo and Asunción change at midnight, Lord Howe by half an hour).
CHANGES = (
    ("Asia/Shanghai", date(2026, 3, 24)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Africa/Cairo", date(2025, 4, 25)),
    ("Africa/Cairo", date(2025, 10, 31)),
    ("America/Asuncion", date(2023, 10, 1)),
    ("America/Havana", date(2025, 11, 2)),
    ("America/St_Johns", date(2010, 11, 7)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Europe/Lisbon", date(2026, 10, 25)),
)
DAYS = 8


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def windows(draw: st.DrawFn, most: int = 3) -> list[list[str]]:
    """Up to `most` windows of a day; the last may run past midnight."""
    marks = draw(st.lists(st.integers(0, 96), unique=True, max_size=2 * most))
    marks = [mark * 15 for mark in sorted(marks)]
    pairs = [[clock(a), clock(b)] for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if len(marks) % 2 and 0 < marks[-1] < 1440:
        pairs.append([clock(marks[-1]), clock(draw(st.integers(0, marks[-1] // 15 - 1)) * 15)])
    return pairs


@st.composite
def calendars(draw: st.DrawFn) -> tuple[dict, datetime]:
    """Data of a calendar, and an instant some days before the zone's clocks change."""
    zone, change = draw(st.sampled_from(CHANGES))
    near = [change + timedelta(days=offset) for offset in range(-3, 5)]
    weekly = {name: draw(windows()) for name in WEEKDAYS}
    weekly[draw(st.sampled_from(WEEKDAYS))] = [["09:00", "17:00"]]
    data = {
        "key": "random",
        "time_zone": zone,
        "weekly": weekly,
        "working_days": list(WEEKDAYS[:5]),
        "holidays": sorted({day.isoformat() for day in draw(st.lists(st.sampled_from(near), max_size=2))}),
        "special_days": {
            day.isoformat(): draw(windows()) for day in draw(st.lists(st.sampled_from(near), max_size=2))
        },
    }
    return data, datetime(change.year, change.month, change.day, tzinfo=UTC) - timedelta(days=4)


def instants(first: datetime, days: int = DAYS, step: int = 1) -> st.SearchStrategy[datetime]:
    """Whole minutes within so many days."""
    return st.integers(0, days * 1440 // step - 1).map(lambda count: first + timedelta(minutes=count * step))
