"""A case's timeline walked again under other manuals: what they would have wanted, by when, and whether it was done.

What happened stays as it was. Obligations listen to events of the shared vocabulary, so those of any manual can be
started, met and cancelled by a timeline that was written under another; nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.engine.clocks import parsed
from guanjia.engine.facts import moments_of, reference_of
from guanjia.kernel.moments import iso
from guanjia.ledger import queries as ledger
from guanjia.policy import moment
from guanjia.policy.compiled import Adopted, CompiledObligation
from guanjia.policy.decide import SYSTEM, happened
from guanjia.policy.decision import Actor, Opening, Owed
from guanjia.policy.duties import Ledger, follow
from guanjia.policy.steps import Step, ordered
from guanjia.staff import queries as staff
from guanjia.worktime import Calendar, Clock
from guanjia.worktime.clock import pause, resume, start

STEP = "@step"
OPEN, PAUSED = ("open", "paused")


@dataclass
class Demand:
    """Something that a manual wanted of a case. `late`: met after its time, or not met although its time has come."""

    manual: str
    key: str
    label: str
    clause: str
    duty: str
    subject: str
    generation: int
    started_at: datetime
    due_at: datetime | None
    state: str = OPEN
    ended_at: datetime | None = None

    def late(self, until: datetime) -> bool:
        """Whether it was missed by then. What was cancelled, or has no due time, is not."""
        if self.due_at is None or self.state == "cancelled":
            return False
        return (self.ended_at or until) > self.due_at


@dataclass
class _Running:
    """A demand with its clock."""

    demand: Demand
    definition: CompiledObligation
    clock: Clock
    calendar: Calendar
    done: set[int] = field(default_factory=set)


@dataclass
class Walk:
    """One case on its way through its timeline under `adopted`."""

    case: Case
    adopted: Sequence[Adopted]
    facts: dict[str, Any] = field(default_factory=dict)
    running: list[_Running] = field(default_factory=list)
    _roles: dict[tuple[int, Any], Actor] = field(default_factory=dict)

    def over(self, events: Iterable[Event], until: datetime) -> list[Demand]:
        """Every demand in the order in which it began."""
        self.facts.update(number=self.case.number, category=self.case.category, procedure="", events={})
        for event in events:
            self._pass(event.at)
            self._take(event)
        self._pass(until)
        return [one.demand for one in self.running]

    def _take(self, event: Event) -> None:
        """One line of the timeline: its facts, then its events. What the other manuals' clocks did by themselves is left out."""
        columns, facts = event.changes.get("columns", {}), event.changes.get("facts", {})
        self.facts.update({name: value for name, value in facts.items() if name != "events"})
        self.facts.update(_of_columns(columns))
        self.facts["state"] = event.state
        self.facts.update(self._money(event.at))
        emits = () if event.action == STEP and "obligation" in event.data else tuple(event.emits)
        self._happen(
            emits, event.at, event.written_at, self._actor(event), closes=bool(columns.get("closed_at"))
        )

    def _happen(
        self, emits: Sequence[str], at: datetime, written: datetime, actor: Actor, *, closes: bool
    ) -> None:
        self.facts["events"] = happened(self.facts["events"], emits, actor, iso(at))
        owed = [self._owed(number, one) for number, one in enumerate(self.running)]
        seen = moment.seen(self.adopted, self.facts, at=at, actor=actor, held=actor.roles, owed=owed)
        changes, openings = follow(Ledger(self.adopted, owed, seen, actor.roles), emits, closes=closes)
        for change in changes:
            self._change(self.running[change.owed.id], change.what, at, written)
        self.running += [self._begun(opening, at) for opening in openings]

    def _money(self, at: datetime) -> dict[str, int]:
        """What was charged, paid and open just before a moment; the ledger is asked once something was booked."""
        charged = balance = 0
        if self.facts.get("booked"):
            found = ledger.balances_at(self.case.office, [reference_of(self.case)], at)
            charged = sum(one.charged_fen for one in found.values())
            balance = sum(one.open_fen for one in found.values())
        return {"charged_fen": charged, "balance_fen": balance, "paid_fen": charged - balance}

    def _owed(self, number: int, one: _Running) -> Owed:
        demand = one.demand
        late = demand.ended_at is not None and demand.due_at is not None and demand.ended_at > demand.due_at
        return Owed(
            number, demand.manual, demand.key, demand.subject, demand.generation, demand.state,
            one.clock.due_at or demand.due_at, late,
        )  # fmt: skip

    def _begun(self, opening: Opening, at: datetime) -> _Running:
        definition = opening.obligation.definition
        manual = next(one for one in self.adopted if one.compiled.key == opening.obligation.manual_key)
        key = definition.calendar or manual.compiled.manual.manual.calendar
        calendar = adoption.calendar_of(self.case.office, key)
        clock = start(parsed(opening.limit or "open"), at, calendar, moments_of(self.facts))
        demand = Demand(
            manual.compiled.key, definition.key, definition.label, definition.clause, definition.duty,
            opening.subject, opening.generation, at, clock.due_at,
        )  # fmt: skip
        if opening.ends:
            demand.state, demand.ended_at = opening.ends, at
        return _Running(demand, opening.obligation, clock, calendar)

    def _change(self, one: _Running, what: str, at: datetime, written: datetime) -> None:
        demand = one.demand
        if what in ("met", "cancelled"):
            measured = written if one.definition.definition.measure == "written" else at
            if what == "cancelled" or measured >= demand.started_at:
                demand.state, demand.ended_at = what, measured
        elif what == "paused" and demand.state == OPEN:
            one.clock, demand.state = pause(one.clock, at, one.calendar), PAUSED
        elif what == "resumed" and demand.state == PAUSED:
            one.clock, demand.state = resume(one.clock, at, one.calendar), OPEN
            demand.due_at = one.clock.due_at

    def _pass(self, until: datetime) -> None:
        """Time goes by: the events that steps of running clocks raise happen, each at its own time."""
        while (found := self._next_step(until)) is not None:
            one, step = found
            one.done.add(step.number)
            if step.definition and step.definition.emits:
                self._happen(step.definition.emits, step.at, step.at, SYSTEM, closes=False)

    def _next_step(self, until: datetime) -> tuple[_Running, Step] | None:
        pending = [
            (step.at, number, one, step)
            for number, one in enumerate(self.running)
            if one.demand.state == OPEN
            for step in ordered(one.definition, one.clock, one.calendar, one.demand.started_at)
            if step.number not in one.done and step.at <= until
        ]
        if not pending:
            return None
        _at, _number, one, step = min(pending, key=lambda found: found[:2])
        return one, step

    def _actor(self, event: Event) -> Actor:
        """Whoever did it, with the roles that he had then."""
        if event.actor_id is None:
            role = "system" if event.actor_label == "系统" else "resident"
            return Actor(frozenset({role}), name=event.actor_label)
        key = event.actor_id, event.at.astimezone(ZoneInfo(self.case.office.time_zone)).date()
        if key not in self._roles:
            assert event.actor is not None
            roles, departments = staff.standing_of(event.actor, self.case.office, event.at)
            self._roles[key] = Actor(roles, event.actor_id, event.actor_label, departments)
        return self._roles[key]


def _of_columns(columns: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The columns that conditions know as facts."""
    named = {"assignee_id": "assignee", "party_id": "party"}
    for name, value in columns.items():
        yield named.get(name, name), value


def walk(case: Case, adopted: Sequence[Adopted], until: datetime) -> list[Demand]:
    """Everything that these manuals would have wanted of a case up to a time, as its timeline stands."""
    events = case.events.select_related("actor").order_by("seq")
    return Walk(case, adopted).over(events, until)
