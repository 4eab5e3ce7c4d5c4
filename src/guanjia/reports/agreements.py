"""Agreements for long-term service: how each stands, whose visits fall on which day, who was visited in the quarter.

S002-1-5.1.4, S002-1-5.1.5, S002-1-5.3.1, S002-1-5.4.4. Reads what the engine has written; the words of a state are
the manual's, the stages here follow from what has happened, so that another manual's agreements stand beside these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.cases.sight import Sight, sight_in
from guanjia.engine.veiling import VEIL
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation

CATEGORY = "agreement"
PREPARING, APPROVED, SIGNED, RUNNING, STOPPING, NOTICED, STOPPED, NOT_MADE = (
    "preparing", "approved", "signed", "running", "stopping", "noticed", "stopped", "not_made",
)  # fmt: skip
# what an agreement says of the customer and of what is done for him
SAID = frozenset({"contact_name", "contact_phone", "matter", "service", "service_times"})
DONE, HERE, MISSED, CONFIRMED, PLANNED, OFF = "done", "here", "missed", "confirmed", "planned", "off"


@dataclass(frozen=True)
class Agreement:
    """An agreement: its case, how far it is, from when, until when if it is to stop, and the next visit planned."""

    case: Case
    stage: str
    starts_at: datetime | None
    stops_at: datetime | None
    coming: Case | None


@dataclass(frozen=True)
class Visit:
    """One visit under an agreement: its own case, and how it stands (done, here, missed, confirmed, planned, off)."""

    case: Case
    agreement: Case
    at: datetime
    stands: str


@dataclass(frozen=True)
class Round:
    """A household of a quarter's round: when it was visited at home and by whom, and what else was asked of it."""

    owed: Obligation
    agreement: Case | None
    visits: tuple[Event, ...]
    others: tuple[Event, ...]

    @property
    def stands(self) -> str:
        """done, missed (the time is over), open, or off."""
        if self.owed.state == "met":
            return DONE
        if self.owed.state == "cancelled":
            return OFF
        return MISSED if self.owed.missed_at else "open"


def agreements(place: Office | Sight, now: datetime, search: str = "", stage: str = "") -> list[Agreement]:
    """The office's agreements, running ones first and by household; those in which every word of the search stands."""
    rows = [case for case in _known(place) if _says(case, search)]
    coming: dict[int, Case] = {}
    for parent, child in cases.came_out_of(rows, begins=now):
        if child.completed_at is None and child.closed_at is None:
            coming.setdefault(parent, child)
    found = [
        Agreement(
            case,
            stage_of(case, now),
            _moment(case, "starts_on"),
            _moment(case, "stop_on"),
            coming.get(case.pk),
        )
        for case in rows
    ]
    order = (RUNNING, STOPPING, NOTICED, SIGNED, APPROVED, PREPARING, STOPPED, NOT_MADE)
    found.sort(key=lambda one: (order.index(one.stage), one.case.unit.code if one.case.unit else ""))
    return [one for one in found if stage in ("", one.stage)]


def _known(place: Office | Sight) -> list[Case]:
    """The office's agreements as they may be read, for showing only."""
    mine = sight_in(place)
    return _as_read(cases.of_category(mine.office, CATEGORY), mine)


def _as_read(rows: list[Case], mine: Sight) -> list[Case]:
    """The cases, those confided to others without customer and service: neither is found nor shown (S001-1-4.12)."""
    kept = mine.kept(rows)
    for case in rows:
        if case.pk in kept:
            case.subject, case.party = VEIL, None
            case.facts = {name: VEIL if name in SAID else value for name, value in case.facts.items()}
    return rows


def stage_of(case: Case, now: datetime) -> str:
    """How far an agreement is, from what has happened to it."""
    events: Mapping[str, Any] = case.facts.get("events") or {}
    if case.closed_at is not None:
        return STOPPED if "signed" in events else NOT_MADE
    planned = _at(events, "stop_planned")
    if planned and planned > _at(events, "renewed"):
        return NOTICED if _at(events, "noticed_in_writing") >= planned else STOPPING
    if "signed" in events:
        starts = _moment(case, "starts_on")
        return SIGNED if starts and starts > now else RUNNING
    return APPROVED if "approved" in events else PREPARING


def visits(
    place: Office | Sight, begins: datetime, ends: datetime, now: datetime, search: str = ""
) -> list[Visit]:
    """The visits agreed for a span of time, by time; those in which every word of the search stands."""
    known = {case.pk: case for case in _known(place)}
    pairs = cases.came_out_of(known.values(), begins=begins, ends=ends)
    _as_read([child for _parent, child in pairs], sight_in(place))
    told = _confirmed(cases.lines_of_cases({parent for parent, _child in pairs}))
    return [
        Visit(
            child, known[parent], child.appointment_at, _stands(child, now, (parent, child.opened_at) in told)
        )
        for parent, child in pairs
        if child.appointment_at and _says(child, search)
    ]


def _confirmed(lines: Iterable[Event]) -> set[tuple[int, datetime]]:
    """(agreement, when its visits were planned) of every plan that the customer has confirmed since (S002-1-5.1.5)."""
    planned: dict[int, datetime] = {}
    found = set()
    for line in lines:
        if "promised" in line.emits:
            planned[line.case_id] = line.at
        elif "confirmed" in line.emits and line.case_id in planned:
            found.add((line.case_id, planned[line.case_id]))
    return found


def _stands(visit: Case, now: datetime, confirmed: bool) -> str:
    events = visit.facts.get("events") or {}
    if visit.completed_at is not None:
        return DONE
    if visit.closed_at is not None:
        return OFF
    if "arrived" in events:
        return HERE
    if visit.appointment_at and visit.appointment_at < now:
        return MISSED
    return CONFIRMED if confirmed else PLANNED


def rounds(office: Office) -> list[Case]:
    """The rounds of visits at home that the office has begun, the newest first."""
    return cases.by_ids(office, obligations.rounds_of(office, "periodic-follow-up"))


def round_of(case: Case, search: str = "", place: Office | Sight | None = None) -> list[Round]:
    """The households of a round in the order of their codes: visited, missing, still to come (S002-1-5.4.4).

    place: as far as somebody sees there; the whole office when nobody is named.
    """
    rows = [row for row in obligations.of_case(case) if row.subject and row.duty == "periodic-follow-up"]
    lines = [line for line in cases.timeline(case) if "visited" in line.emits]
    signed = {one.unit.code: one for one in _known(place or case.office) if one.unit}
    found = []
    for row in sorted(rows, key=lambda row: row.subject):
        own = [line for line in reversed(lines) if row.subject in line.data.values()]
        made = tuple(line for line in own if row.met_at and line.at == row.met_at)
        agreement = signed.get(row.subject)
        one = Round(row, agreement, made, tuple(line for line in own if line not in made))
        if all(word in f"{row.subject} {_words(agreement)}" for word in search.split()):
            found.append(one)
    return found


def beside(case: Case, households: Sequence[Round], now: datetime) -> list[Agreement]:
    """Agreements that run now and were not on the list when the round began."""
    listed = {one.owed.subject for one in households}
    return [
        one
        for one in agreements(case.office, now, stage=RUNNING)
        if one.case.unit and one.case.unit.code not in listed
    ]


def _says(case: Case, search: str) -> bool:
    return all(word in _words(case) for word in search.split())


def _words(case: Case | None) -> str:
    """What a search looks through: household, customer, number, service and who is responsible."""
    if case is None:
        return ""
    who = case.assignee.name if case.assignee else ""
    unit = f"{case.unit.code} {case.unit.name}" if case.unit else ""
    return f"{case.number} {unit} {case.facts.get('contact_name', '')} {case.facts.get('service', '')} {who}"


def _at(events: Mapping[str, Any], name: str) -> str:
    return str((events.get(name) or {}).get("at") or "")


def _moment(case: Case, name: str) -> datetime | None:
    value = case.facts.get(name)
    return from_iso(str(value)) if value else None
