"""A month of several offices side by side: what each reached, and how its recurring reports stand. Reads, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from guanjia.adoption import queries as adoption
from guanjia.estate.models import Office
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Duty
from guanjia.records.models import Record
from guanjia.reports import monthly, spans
from guanjia.reports.monthly import Figure, Verdict

# how far a report is, from nothing to handed in; an unfinished one whose time is over is late
STATES = ("none", "drafted", "signed", "sent")


@dataclass(frozen=True)
class Reached:
    """What an office reached: the figure, and the verdict where the manual sets a target."""

    figure: Figure
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Line:
    """A statistic of a manual over the offices: office id -> what it reached (missing where it does not work by the
    manual), and all of them together."""

    one: Adopted
    cells: Mapping[int, Reached]
    total: Figure


@dataclass(frozen=True)
class Turn:
    """A recurring report of an office in a month: the case, its due time, how far it is, and whether it is late."""

    number: str
    due_at: datetime
    state: str
    late: bool


@dataclass(frozen=True)
class DutyLine:
    """A recurring report of a manual over the offices: office id -> its turns of the month."""

    one: Adopted
    duty: Duty
    cells: Mapping[int, tuple[Turn, ...]]


def figures(offices: Sequence[Office], period: str, now: datetime) -> list[Line]:
    """Every statistic that one of the offices' manuals names, those with a target first."""
    found: dict[tuple[str, str], tuple[Adopted, dict[int, Reached]]] = {}
    for office in offices:
        adopted = adoption.adopted(office, now)
        by_key = {one.compiled.key: one for one in adopted}
        reached = monthly.figures(office, adopted, period, now)
        verdicts = {(v.figure.manual_key, v.target.statistic): v for v in monthly.verdicts(adopted, reached)}
        for figure in reached:
            key = (figure.manual_key, figure.statistic.key)
            cells = found.setdefault(key, (by_key[figure.manual_key], {}))[1]
            cells[office.pk] = Reached(figure, verdicts.get(key))
    lines = [Line(one, cells, _total(cells.values())) for one, cells in found.values()]
    return sorted(lines, key=lambda line: all(cell.verdict is None for cell in line.cells.values()))


def _total(cells: Iterable[Reached]) -> Figure:
    """All offices together: counts and bases are added, a share is taken of the sums."""
    figures = [cell.figure for cell in cells]
    count, base = sum(one.count for one in figures), sum(one.base for one in figures)
    return replace(figures[0], count=count, base=base, parts=(), numbers=(), base_numbers=())


def duties(offices: Sequence[Office], period: str, now: datetime) -> list[DutyLine]:
    """The recurring reports of the offices' manuals that fall due in a month, with how each stands."""
    found: dict[tuple[str, str], tuple[Adopted, Duty, dict[int, tuple[Turn, ...]]]] = {}
    for office in offices:
        turns = _turns(office, period, now)
        for one in adoption.adopted(office, now):
            for duty in one.compiled.manual.duty:
                key = (one.compiled.key, duty.key)
                cells = found.setdefault(key, (one, duty, {}))[2]
                cells[office.pk] = tuple(turns.get((one.compiled.key, duty.category), ()))
    return [DutyLine(*row) for row in found.values()]


def _turns(office: Office, period: str, now: datetime) -> dict[tuple[str, str], list[Turn]]:
    """(manual, category) -> the cases of that category whose last duty of the month is due then."""
    begins, ends = spans.window(office, period)
    rows = Obligation.objects.filter(office=office, due_at__gt=begins, due_at__lte=ends)
    rows = rows.exclude(state=State.CANCELLED).order_by("due_at", "pk")
    columns = ("manual_key", "case__category", "case__number", "due_at", "state", "missed_at")
    last = {row[2]: row for row in rows.values_list(*columns)}
    signed = _papers(office, last)
    found: dict[tuple[str, str], list[Turn]] = {}
    for number, (manual, category, _number, due, state, missed) in last.items():
        sent = state == State.MET
        how = "sent" if sent else {None: "none", False: "drafted", True: "signed"}[signed.get(number)]
        late = missed is not None or (not sent and due < now)
        found.setdefault((manual, category), []).append(Turn(number, due, how, late))
    return found


def _papers(office: Office, numbers: Iterable[str]) -> dict[str, bool]:
    """Case number -> whether one of its papers is signed; nothing for a case without a paper."""
    references = {f"case:{number}": number for number in numbers}
    rows = Record.objects.filter(office=office, reference__in=references)
    found: dict[str, bool] = {}
    for reference, signature in rows.values_list("reference", "signatures__pk"):
        number = references[reference]
        found[number] = found.get(number, False) or signature is not None
    return found
