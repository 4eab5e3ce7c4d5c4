"""Complaints as the company sees them: those that reached it, from all its offices, and a month of each office in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.cases.sight import Sight
from guanjia.engine.facts import procedure_of
from guanjia.engine.sight import reached
from guanjia.estate import queries as estate
from guanjia.estate.models import Office
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.vocabulary import COMPLAINTS
from guanjia.reports import spans
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.staff.rules import COMPANY

COMPLAINT, COLLECTIVE = COMPLAINTS
CENTRE = "centre"
VERDICTS = ("valid", "assisted", "invalid")
SCOPES = ("open", "closed", "passed", "all")
DEALT_WITH = frozenset({"settled_on_spot", "solved", "answered"})
WRITTEN = frozenset({"text", "long"})


def escalated(
    sights: Sequence[Sight], now: datetime, *, scope: str = "open", search: str = ""
) -> QuerySet[Case]:
    """Complaints that reached the company: escalated to it, passed down by it, or collective; the newest first.

    sights: how far the person sees in each office. scope: open, closed, passed (those passed down), all.
    """
    offices = [one.office for one in sights]
    rows = Case.objects.filter(office__in=offices, category__in=COMPLAINTS)
    came = Q(channel=CENTRE) | Q(category=COLLECTIVE, facts__events__has_key="became_collective")
    rows = rows.filter(came | reached(offices, now))
    if scope == "open":
        rows = rows.filter(closed_at__isnull=True)
    elif scope == "closed":
        rows = rows.filter(closed_at__isnull=False)
    elif scope == "passed":
        rows = rows.filter(channel=CENTRE)
    for word in search.split():
        plain = Q(number__icontains=word) | Q(unit__code__istartswith=word) | Q(office__name__icontains=word)
        private = Q(subject__icontains=word)
        found = Q(pk__in=())
        for one in sights:
            found |= Q(office=one.office) & one.found(plain, private)
        rows = rows.filter(found)
    return rows.select_related("office", "unit", "assignee").order_by("-opened_at", "-pk")


def asked(offices: Sequence[Office], user: User, now: datetime) -> QuerySet[Obligation]:
    """What a person with posts of the company owes about complaints in its offices, the most urgent first."""
    held = staff.roles_by_office(user, offices, now)
    own = {office: roles & COMPANY for office, roles in held.items()}
    return obligations.asked_of(user, own, COMPLAINTS, now)


def next_due(cases: Iterable[Case]) -> dict[int, Obligation]:
    """Case -> what is due next in it."""
    rows = Obligation.objects.filter(
        case__in=[one.pk for one in cases], closed_at__isnull=True, due_at__isnull=False
    )
    found: dict[int, Obligation] = {}
    for row in rows.select_related("owner").order_by("due_at", "pk"):
        found.setdefault(row.case_id, row)
    return found


@dataclass
class Month:
    """An office's complaints of a month. numbers: figure -> the cases behind it; samples: a cause -> one of them;
    again: how many households complained more than once."""

    office: Office
    households: int
    numbers: dict[str, list[str]] = field(default_factory=dict)
    samples: dict[str, Case] = field(default_factory=dict)
    again: int = 0

    def count(self, key: str) -> int:
        """How many cases stand behind a figure."""
        return len(self.numbers.get(key, ()))

    @property
    def rate(self) -> str:
        """Complaints per thousand households; – without a household."""
        if not self.households:
            return "–"
        hundredths = (self.count("all") * 1000 * 100 * 2 + self.households) // (2 * self.households)
        return f"{hundredths // 100}.{hundredths % 100:02d}‰"

    @property
    def causes(self) -> list[str]:
        """The causes that occur, the most frequent first."""
        found = {
            key.removeprefix("cause:"): len(rows)
            for key, rows in self.numbers.items()
            if key.startswith("cause:")
        }
        return sorted(found, key=lambda cause: (-found[cause], cause))


def months(offices: Sequence[Office], period: str, now: datetime) -> list[Month]:
    """A month of each office: by verdict, by cause, collective ones, and those of households that complained twice."""
    windows = {office.pk: spans.window(office, period) for office in offices}
    if not windows:
        return []
    rows = Case.objects.filter(
        office__in=offices, category__in=COMPLAINTS,
        opened_at__gte=min(begins for begins, _ends in windows.values()),
        opened_at__lt=max(ends for _begins, ends in windows.values()),
    ).exclude(state="withdrawn").order_by("opened_at", "pk")  # fmt: skip
    found = {
        office.pk: Month(office, estate.households(office, staff.day_in(office, now)).count())
        for office in offices
    }
    units: dict[int, Counter[int]] = {office.pk: Counter() for office in offices}
    kept: dict[int, list[Case]] = {office.pk: [] for office in offices}
    for case in rows:
        begins, ends = windows[case.office_id]
        if begins <= case.opened_at < ends:
            kept[case.office_id].append(case)
            if case.category == COMPLAINT and case.unit_id:
                units[case.office_id][case.unit_id] += 1
    for pk, month in found.items():
        month.again = sum(count > 1 for count in units[pk].values())
        for case in kept[pk]:
            for key in _figures(case, units[pk]):
                month.numbers.setdefault(key, []).append(case.number)
                month.samples.setdefault(key.removeprefix("cause:"), case)
    return list(found.values())


def _figures(case: Case, units: Mapping[int, int]) -> Iterable[str]:
    """The figures in which a case counts."""
    if case.category == COLLECTIVE:
        if "became_collective" in (case.facts.get("events") or {}):
            yield COLLECTIVE
        return
    yield "all"
    verdict = case.facts.get("verdict")
    yield str(verdict) if verdict in VERDICTS else "open"
    if cause := case.facts.get("cause"):
        yield f"cause:{cause}"
    if case.unit_id and units[case.unit_id] > 1:
        yield "repeat"


def reports_of(cases: Iterable[Case]) -> dict[int, tuple[Event, bool]]:
    """Case -> the line with which its result was reported to the company, and whether the company has noted it since."""
    found: dict[int, tuple[Event, bool]] = {}
    rows = Event.objects.filter(case__in=[one.pk for one in cases]).order_by("case", "seq")
    for line in rows.only("case_id", "at", "actor_label", "action", "emits", "data"):
        if "report_sent" in line.emits:
            found[line.case_id] = (line, False)
        elif line.case_id in found and line.data.get("text") == RECEIVED:
            found[line.case_id] = (found[line.case_id][0], True)
    return found


def results_of(cases: Iterable[Case]) -> dict[int, str]:
    """Case -> what was done about it: what was written last when it was settled, solved or answered."""
    known = {one.pk: one for one in cases}
    lines = (
        Event.objects.filter(case__in=known)
        .order_by("case", "seq")
        .only("case_id", "action", "emits", "data")
    )
    return {
        line.case_id: said
        for line in lines
        if DEALT_WITH.intersection(line.emits) and (said := written(known[line.case_id], line))
    }


def written(case: Case, line: Event) -> str:
    """What somebody wrote in a line of a case: the longest text of its form, nothing that only some may read."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    action = compiled.actions[procedure_of(compiled, case.category)].get(line.action)
    fields = action.definition.field if action else ()
    open_ones = (one.key for one in fields if one.kind in WRITTEN and one.key not in compiled.sealed)
    return max((str(line.data.get(key) or "") for key in open_ones), key=len, default="")


RECEIVED = "公司收到结果报告"
