"""What a director looks at: arrivals, weekly volume, the month's duties, load. Reads across rooms, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from guanjia.cases.models import Case
from guanjia.engine import counting
from guanjia.engine.counting import Count
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Duty
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.reports import spans

WEEKS = 12
MOST_QUOTAS = 6
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Arrival:
    """One arrival duty that was met: when it began, local day, minutes taken, the limit in minutes (0: none), in time
    or not, and the clause that asks for it."""

    number: str
    unit: str
    opened_at: datetime
    met_at: datetime
    day: int
    minutes: int
    limit: int
    in_time: bool
    manual_key: str
    manual_version: str
    clause: str


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
    begins, ends = spans.window(office, period)
    zone = ZoneInfo(office.time_zone)
    rows = Obligation.objects.filter(
        office=office, duty="arrive", opened_at__gte=begins, opened_at__lt=ends, met_at__isnull=False
    )
    columns = ("case__number", "case__unit__code", "opened_at", "met_at", "due_at")
    under = ("manual_key", "manual_version", "clause")
    found = []
    for number, unit, opened, met, due, *clause in rows.order_by("opened_at").values_list(*columns, *under):
        taken, limit = _minutes(met - opened), _minutes(due - opened) if due else 0
        day, in_time = opened.astimezone(zone).day, due is None or met <= due
        found.append(Arrival(number, unit or "", opened, met, day, taken, limit, in_time, *clause))
    return found


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def weekly(office: Office, period: str, now: datetime) -> list[tuple[date, Counter[str]]]:
    """Cases a week by category for the twelve weeks up to now, or up to the end of a month that is over.

    (Monday, category -> count), the oldest week first; duties are no demand and do not count.
    """
    zone = ZoneInfo(office.time_zone)
    last = min(now, spans.window(office, period)[1] - MOMENT).astimezone(zone).date()
    monday = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    begins = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    ends = begins + timedelta(weeks=WEEKS)
    weeks: dict[date, Counter[str]] = {monday + timedelta(weeks=n): Counter() for n in range(WEEKS)}
    demands = [key for key in CATEGORIES if key != "duty"]
    rows = Case.objects.filter(office=office, opened_at__gte=begins, opened_at__lt=ends, category__in=demands)
    for category, opened in rows.values_list("category", "opened_at"):
        day = opened.astimezone(zone).date()
        weeks[day - timedelta(days=day.weekday())][category] += 1
    return sorted(weeks.items())


def quotas(
    office: Office, adopted: Iterable[Adopted], period: str, now: datetime
) -> list[tuple[Obligation, Count]]:
    """What recurring duties have to reach in number, of those that were owed in a month: each with how it stands."""
    begins, ends = spans.window(office, period)
    manuals = list(adopted)
    keys = {key for one in manuals for key in one.compiled.quotas}
    categories = {duty.category for one in manuals for duty in one.compiled.manual.duty}
    if not keys or not categories:
        return []
    rows = Obligation.objects.filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=begins),
        office=office, key__in=keys, case__category__in=categories, opened_at__lt=ends,
    ).exclude(state=State.CANCELLED)  # fmt: skip
    found = rows.select_related("case__office", "case__unit").order_by("due_at", "pk")[:MOST_QUOTAS]
    return [(row, count) for row in found for count in counting.counts_of(row, now)]


def duties(office: Office, adopted: Iterable[Adopted], period: str, now: datetime) -> list[DutyRow]:
    """The recurring duties of the manuals with their turns due in a month."""
    begins, ends = spans.window(office, period)
    zone = ZoneInfo(office.time_zone)
    rows = Obligation.objects.filter(office=office, due_at__gt=begins, due_at__lte=ends)
    columns = ("manual_key", "case__category", "case__number", "due_at", "state", "missed_at")
    by_category: dict[tuple[str, str], list[Turn]] = {}
    for manual, category, number, due, state, missed in rows.order_by("due_at").values_list(*columns):
        day = (due - MOMENT).astimezone(zone).day
        word = "late" if missed else "done" if state == State.MET else "over" if due < now else "open"
        by_category.setdefault((manual, category), []).append(Turn(number, day, word))
    return [
        DutyRow(one, duty, tuple(by_category.get((one.compiled.key, duty.category), ())))
        for one in adopted
        for duty in one.compiled.manual.duty
    ]
