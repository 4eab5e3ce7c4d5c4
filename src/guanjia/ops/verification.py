"""Is everything still as it was written? A list of checks; each names the rows that are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.db.models import Count, F, Q

from guanjia.adoption import queries as adoption
from guanjia.cases.actions import payload
from guanjia.cases.models import Case, Event
from guanjia.cases.models import Series as CaseSeries
from guanjia.estate.models import Office
from guanjia.kernel import chain
from guanjia.kernel.moments import from_iso
from guanjia.ledger.audit import books_balance
from guanjia.obligations.models import Obligation, State, Step
from guanjia.records import queries as records
from guanjia.records.models import Record

CHUNK = 2000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trouble:
    """One row that is not as it should be: which check, which row, what is wrong."""

    check: str
    row: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """For `--json`."""
        return asdict(self)


def timelines_unbroken(office: Office, progress: Progress) -> Iterator[Trouble]:
    """Every event carries the hash of what it says and of the event before it; the case points at the last."""
    total = Event.objects.filter(case__office=office).count()
    rows = Event.objects.filter(case__office=office).select_related("case").order_by("case_id", "seq")
    previous: Event | None = None
    for done, event in enumerate(rows.iterator(CHUNK), 1):
        if previous is not None and previous.case_id != event.case_id:
            yield from _last(previous)
            previous = None
        yield from _link(event, previous)
        previous = event
        if done % CHUNK == 0:
            progress("经过", done, total)
    if previous is not None:
        yield from _last(previous)


def _link(event: Event, previous: Event | None) -> Iterator[Trouble]:
    row = f"{event.case.number}#{event.seq}"
    if event.seq != (previous.seq + 1 if previous else 1):
        yield Trouble("timelines_unbroken", row, "序号不连续，少了一行或多了一行")
    before = previous.hash if previous else chain.START
    if event.previous != before:
        yield Trouble("timelines_unbroken", row, "接不上前一行的散列")
    if event.office_id != event.case.office_id:
        yield Trouble("timelines_unbroken", row, "管理处和事项的不同")
    if event.hash != chain.link(event.previous, payload(event.case.number, event.seq, event)):
        yield Trouble("timelines_unbroken", row, "内容和散列不符，这一行被改过")


def _last(event: Event) -> Iterator[Trouble]:
    case = event.case
    if (case.last_seq, case.head) != (event.seq, event.hash):
        yield Trouble("timelines_unbroken", case.number, "事项记的末行和经过的末行不符")


def columns_follow_timelines(office: Office, progress: Progress) -> Iterator[Trouble]:
    """A case's columns and facts are what its timeline says."""
    total = Case.objects.filter(office=office).count()
    rows = Case.objects.filter(office=office).prefetch_related("events").order_by("pk")
    for done, case in enumerate(rows.iterator(500), 1):
        columns, facts = replay(case)
        if not case.events.all():
            yield Trouble("columns_follow_timelines", case.number, "没有经过")
        for name, want in columns.items():
            have = getattr(case, name)
            if _comparable(have) != _comparable(want):
                yield Trouble("columns_follow_timelines", case.number, f"{name} 是 {have}，经过说是 {want}")
        for name in sorted(set(facts) | set(case.facts)):
            if facts.get(name) != case.facts.get(name):
                yield Trouble("columns_follow_timelines", case.number, f"事实 {name} 和经过不符")
        if done % 500 == 0:
            progress("事项", done, total)


# Columns that stand like this until an event says otherwise.
UNTOUCHED = {
    "assignee_id": None,
    "department": "",
    "appointment_at": None,
    "completed_at": None,
    "closed_at": None,
    "reopened": 0,
}


def replay(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """Columns and facts of a case as its timeline tells them, from the first line to the last."""
    columns: dict[str, Any] = dict(UNTOUCHED)
    facts: dict[str, Any] = {}
    for event in sorted(case.events.all(), key=lambda event: event.seq):
        moved = event.changes.get("columns", {})
        columns |= moved | ({"moved_at": event.at} if "state" in moved else {})
        facts |= event.changes.get("facts", {})
        columns["state"] = event.state
        if event.seq == 1:
            columns["opening_key"] = event.key
    return columns, facts


def _comparable(value: Any) -> Any:
    if isinstance(value, str) and len(value) < 40 and value.endswith("Z"):
        return from_iso(value)
    return value


OUTLIVES = "已办结的事项还有在计的应办"


def _outlives(row: Obligation) -> bool:
    """Whether the manual lets an obligation run on when its case is closed."""
    definition = adoption.compiled(row.manual_key, row.manual_version).obligations.get(row.key)
    return definition is not None and definition.definition.life == "beyond"


def obligations_are_consistent(office: Office, _progress: Progress) -> Iterator[Trouble]:
    """States and times of obligations agree, and no step happened twice."""
    rows = Obligation.objects.filter(office=office).select_related("case")
    wrong = {
        "办结而没有办结时间": Q(state=State.MET, met_at__isnull=True),
        "没办结却有办结时间": Q(met_at__isnull=False) & ~Q(state=State.MET),
        "按时办结却记了超时": Q(state=State.MET, missed_at__isnull=False, met_at__lte=F("due_at")),
        "超时时间不是到期时间": Q(missed_at__isnull=False) & ~Q(missed_at=F("due_at")),
        "已结束却还有待走的步骤": Q(state__in=[State.MET, State.CANCELLED], next_step_at__isnull=False),
        OUTLIVES: Q(case__closed_at__isnull=False, state__in=[State.OPEN, State.PAUSED]),
    }
    for message, condition in wrong.items():
        found = (
            row for row in rows.filter(condition).iterator(500) if message != OUTLIVES or not _outlives(row)
        )
        for row in islice(found, 100):
            yield Trouble(
                "obligations_are_consistent", f"{row.case.number}/{row.key}#{row.generation}", message
            )
    twice = (
        Step.objects.filter(obligation__office=office)
        .values("obligation_id", "generation", "step")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
    )
    for step in twice[:100]:
        yield Trouble("obligations_are_consistent", f"obligation {step['obligation_id']}", "同一步走了两次")


def numbers_have_no_gaps(office: Office, _progress: Progress) -> Iterator[Trouble]:
    """Cases and numbered forms run without gaps."""
    for series in CaseSeries.objects.filter(office=office):
        prefix, month = series.key.removeprefix("case:").split(":")
        start = f"{prefix}{month[2:]}-"
        there = set(
            Case.objects.filter(office=office, number__startswith=start).values_list("number", flat=True)
        )
        for seq in range(1, series.next_number):
            if f"{start}{seq:04}" not in there:
                yield Trouble("numbers_have_no_gaps", f"{start}{seq:04}", "发出过这个号，事项不在了")
        if len(there) > series.next_number - 1:
            yield Trouble(
                "numbers_have_no_gaps", start, f"发出 {series.next_number - 1} 个号，现有 {len(there)} 件"
            )
    for form in (
        Record.objects.filter(office=office).order_by("form").values_list("form", flat=True).distinct()
    ):
        for name, number in records.number_gaps(office, form):
            yield Trouble("numbers_have_no_gaps", f"{name} {number}", "缺这一号")


def papers_are_untouched(office: Office, _progress: Progress) -> Iterator[Trouble]:
    """What was signed still says what was signed."""
    for message in records.broken_seals(office):
        yield Trouble("papers_are_untouched", office.code, message)


def books_are_right(office: Office, _progress: Progress) -> Iterator[Trouble]:
    """Debits equal credits, account by account; receipts run without gaps; no transfer was changed by hand."""
    for message in books_balance(office).troubles:
        yield Trouble("books_are_right", office.code, message)


CHECKS: tuple[Callable[[Office, Progress], Iterator[Trouble]], ...] = (
    timelines_unbroken,
    columns_follow_timelines,
    obligations_are_consistent,
    numbers_have_no_gaps,
    papers_are_untouched,
    books_are_right,
)


def verify(progress: Progress) -> Iterator[Trouble]:
    """Every trouble of every office."""
    for office in Office.objects.order_by("code"):
        for check in CHECKS:
            yield from check(office, progress)
