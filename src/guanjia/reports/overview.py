"""What a director looks at: arrivals, weekly volume, the month's duties, load. Reads across rooms, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Duty
from guanjia.reports.monthly import month_window

WEEKS = 12


@dataclass(frozen=True)
class Arrival:
    """One arrival duty that was met or missed: local day, minutes taken, the limit in minutes, in time or not."""

    number: str
    unit: str
    day: int
    minutes: int
    limit: int
    in_time: bool


@dataclass(frozen=True)
class Turn:
    """One period of a recurring duty: the local day on which it is due, and how it stands."""

    number: str
    day: int
    state: str


@dataclass(frozen=True)
class DutyRow:
    """A recurring duty of a month, with its turns."""

    one: Adopted
    duty: Duty
    turns: tuple[Turn, ...]


def arrivals(office: Office, period: str) -> list[Arrival]:
    """Arrivals of a month whose limit is a span of minutes, in the order in which they were asked for."""
    begins, ends = month_window(office, period)
    zone = ZoneInfo(office.time_zone)
    rows = Obligation.objects.filter(
        office=office, duty="arrive", opened_at__gte=begins, opened_at__lt=ends, met_at__isnull=False
    )
    columns = ("case__number", "case__unit__code", "opened_at", "met_at", "due_at")
    found = []
    for number, unit, opened, met, due in rows.order_by("opened_at").values_list(*columns):
        taken, limit = _minutes(met - opened), _minutes(due - opened) if due else 0
        found.append(
            Arrival(number, unit or "", opened.astimezone(zone).day, taken, limit, due is None or met <= due)
        )
    return found


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def weekly(office: Office, now: datetime, categories: Iterable[str]) -> list[tuple[date, list[int]]]:
    """Cases a week for the last weeks (Monday first): (Monday, counts in the order of categories)."""
    zone = ZoneInfo(office.time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    begins = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    order = list(categories)
    weeks = {monday + timedelta(weeks=n): [0] * len(order) for n in range(WEEKS)}
    rows = Case.objects.filter(office=office, opened_at__gte=begins, category__in=order)
    for category, opened in rows.values_list("category", "opened_at"):
        day = opened.astimezone(zone).date()
        weeks[day - timedelta(days=day.weekday())][order.index(category)] += 1
    return sorted(weeks.items())


def duties(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[DutyRow]:
    """The recurring duties of the manuals with their turns due in a month."""
    begins, ends = month_window(office, period)
    zone = ZoneInfo(office.time_zone)
    rows = Obligation.objects.filter(office=office, due_at__gt=begins, due_at__lte=ends)
    columns = ("manual_key", "case__category", "case__number", "due_at", "state", "missed_at")
    by_category: dict[tuple[str, str], list[Turn]] = {}
    for manual, category, number, due, state, missed in rows.order_by("due_at").values_list(*columns):
        day = (due - timedelta(microseconds=1)).astimezone(zone).day
        word = "late" if missed else "done" if state == State.MET else "over" if due < now else "open"
        by_category.setdefault((manual, category), []).append(Turn(number, day, word))
    return [
        DutyRow(one, duty, tuple(by_category.get((one.compiled.key, duty.category), ())))
        for one in adopted
        for duty in one.compiled.manual.duty
    ]
