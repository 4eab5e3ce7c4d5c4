"""Payment requests: which there are and what is still owed on each, and all of a round as one file to print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet

from guanjia.cases.models import Case
from guanjia.engine import billing
from guanjia.engine.facts import reference_of
from guanjia.estate.models import Office
from guanjia.jobs.actions import Run
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.ledger import queries as ledger
from guanjia.records import pdf
from guanjia.records.models import Record
from guanjia.reports import printing

PRINT = "payment-requests"
BILL = billing.JOB
CATEGORY = "payment_request"
TOGETHER = 50  # set in one run of the typesetter, and kept when a worker dies
KEPT_FOR = timedelta(days=7)
SCOPES = ("open", "all")


@dataclass(frozen=True)
class Request:
    """A payment request with the number of its paper, what it is over and what is still owed on it."""

    case: Case
    paper: str
    total_fen: int
    open_fen: int
    orders: int


def requests(
    office: Office, *, search: str = "", period: str = "", scope: str = "open", state: str = ""
) -> QuerySet[Case]:
    """Payment requests, newest first: by number, number of the paper, house number, name or telephone."""
    rows = Case.objects.filter(office=office, category=CATEGORY)
    if scope == "open":
        rows = rows.filter(closed_at__isnull=True)
    if state:
        rows = rows.filter(state=state)
    if period:
        rows = rows.filter(facts__period=period)
    for word in search.split():
        rows = rows.filter(
            Q(number__icontains=word) | Q(unit__code__contains=word) | Q(party__name__icontains=word)
            | Q(facts__contact_phone=word) | Q(number__in=_with_paper(office, word))
        )  # fmt: skip
    return rows.select_related("unit", "party").order_by("-opened_at", "unit__code", "-pk")


@dataclass(frozen=True)
class Standing:
    """How many payment requests are in a state, and the latest of them, which speaks for its manual."""

    state: str
    count: int
    case: Case


def by_state(
    office: Office, *, search: str = "", period: str = "", scope: str = "open", state: str = ""
) -> list[Standing]:
    """The states in which these payment requests are, those with most first; in two queries."""
    rows = requests(office, search=search, period=period, scope=scope, state=state).order_by()
    counts = rows.values("state").annotate(count=Count("pk"), latest=Max("pk")).order_by("-count", "state")
    cases = Case.objects.select_related("office").in_bulk([one["latest"] for one in counts])
    return [Standing(one["state"], one["count"], cases[one["latest"]]) for one in counts]


def still_open(office: Office, numbers: Iterable[str]) -> frozenset[str]:
    """Which of an office's cases are not closed."""
    wanted = list(numbers)
    rows = (
        Case.objects.filter(office=office, number__in=wanted, closed_at=None)
        if wanted
        else Case.objects.none()
    )
    return frozenset(rows.values_list("number", flat=True))


def _with_paper(office: Office, word: str) -> list[str]:
    """The numbers of the cases with a paper of that number."""
    rows = Record.objects.filter(office=office, number__iexact=word, reference__startswith="case:")
    return [one.removeprefix("case:") for one in rows.values_list("reference", flat=True)]


def with_money(office: Office, cases: Sequence[Case]) -> list[Request]:
    """The same with their money and papers, in two queries."""
    money = ledger.balances_of(office, [reference_of(case) for case in cases])
    papers = {record.reference: record.number for record in papers_of(office, cases)}
    found = []
    for case in cases:
        reference = reference_of(case)
        owed = money[reference].open_fen if reference in money else 0
        count = (case.facts.get("bill_orders") or {}).get("count", 0)
        found.append(
            Request(case, papers.get(reference, ""), int(case.facts.get("bill_fen") or 0), owed, count)
        )
    return found


def papers_of(office: Office, cases: Sequence[Case]) -> list[Record]:
    """The papers of payment requests that are not void, in the order of the cases."""
    order = {reference_of(case): turn for turn, case in enumerate(cases)}
    rows = Record.objects.filter(office=office, reference__in=order, voided_at=None)
    rows = rows.select_related("office").prefetch_related("copies", "signatures")
    return sorted(rows.order_by("pk"), key=lambda record: order[record.reference])


def print_all(run: Run) -> str:
    """Every paper of the requests in `cases` as one file. A second worker goes on after what the first has set."""
    numbers, at = list(run.data["cases"]), run.job.asked_at
    folder = _folder(run.office)
    folder.mkdir(parents=True, exist_ok=True)
    parts = []
    for first in range(0, len(numbers), TOGETHER):
        run.tell("排版", first, len(numbers))
        part = folder / f"{run.job.pk}-{first}.part"
        parts.append(part)
        if not part.exists():
            _set(run.office, numbers[first : first + TOGETHER], at, part)
    run.tell("合成一个文件", len(numbers), len(numbers))
    whole = file_of(run.office, run.job.pk)
    waiting = whole.with_suffix(".whole")
    pages = pdf.joined(parts, waiting)
    waiting.replace(whole)
    outcome = f"{len(numbers)} 张付款请求书，{pages} 页"
    run.keep({"count": len(numbers), "pages": pages}, outcome)
    for part in parts:
        part.unlink(missing_ok=True)
    return outcome


def _set(office: Office, numbers: Sequence[str], at: datetime, to: Path) -> None:
    """Some of the papers as a file that is there whole or not at all."""
    known = {case.number: case for case in Case.objects.filter(office=office, number__in=numbers)}
    records = papers_of(office, [known[number] for number in numbers if number in known])
    if not records:
        raise Problem("RECORD_NONE", "这些付款请求还没有表单。", "请核对规程：开单时要开出表单。", status=409)
    waiting = to.with_suffix(".waiting")
    waiting.write_bytes(printing.slips_pdf(office, records, at))
    waiting.replace(to)


def file_of(office: Office, job: int) -> Path:
    """Where the file of a job lies."""
    return _folder(office) / f"{job}.pdf"


def sweep(now: datetime) -> int:
    """Removes files kept longer than a week, of every office; how many."""
    oldest = (require_aware(now) - KEPT_FOR).timestamp()
    old = [path for path in _root().glob("*/*") if path.stat().st_mtime < oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / "bundles"


def _folder(office: Office) -> Path:
    return _root() / str(office.pk)
