"""Simulated time: stories wait in one queue by time, and the ticker runs before each of them."""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.engine import Intake, open_case, perform
from guanjia.engine.actors import Doer
from guanjia.engine.door import Result
from guanjia.engine.ticking import Ticked, tick
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as due
from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.matters import Call
from guanjia.ops.demo.people import Crew
from guanjia.staff.models import User
from guanjia.worktime import Calendar
from guanjia.worktime.arithmetic import next_opening

log = logging.getLogger(__name__)
Made = TypeVar("Made")
Story = Generator[datetime, None, None]
Chapter = Generator[datetime, None, bool]  # a part of a story; whether the story goes on after it


@dataclass
class Site:
    """One office of the demo: its people and households, what is called about, who is busy until when."""

    office: Office
    crew: Crew
    homes: list[Home]
    calls: list[Call]
    suppliers: Mapping[str, str]
    calendar: Calendar
    a_day: tuple[int, ...]
    busy: dict[int, datetime] = field(default_factory=dict)

    def local(self, at: datetime) -> datetime:
        """An instant on the office's wall clock."""
        return at.astimezone(self.crew.zone)

    def home(self, code: str) -> Home:
        """A household by code. KeyError when it is not there."""
        return next(home for home in self.homes if home.code == code)


@dataclass
class Counts:
    """What the simulation did."""

    cases: int = 0
    actions: int = 0
    refused: int = 0
    ticked: Ticked = field(default_factory=Ticked)


class World:
    """The clock, the dice and the queue. Stories are generators that yield the moment at which they go on."""

    def __init__(self, rng: Random, begins: datetime, now: datetime) -> None:
        self.rng, self.now, self.until = rng, begins, now
        self.counts = Counts()
        self._queue: list[tuple[datetime, int, Story]] = []
        self._order = count()
        self._next_step: datetime | None = None
        self._next_period: datetime | None = None
        self._waking: frozenset[str] = frozenset()

    def start(self, at: datetime, story: Story) -> None:
        """A story begins at a moment; one after the end of the simulation never does."""
        if at <= self.until:
            heapq.heappush(self._queue, (at, next(self._order), story))

    def run(self, shown: Callable[[datetime], object]) -> None:
        """Everything up to the end, in the order of time. A story that meets a refusal ends there, and is counted."""
        self.look_ahead()
        while self._queue:
            at, _order, story = heapq.heappop(self._queue)
            self._tick(at)
            self.now = at
            shown(at)
            try:
                following = next(story, None)
            except Problem as problem:
                self.counts.refused += 1
                log.warning("demo: %s %s %s", at.isoformat(), problem.code, problem)
                continue
            if following is not None:
                self.start(max(following, at), story)
        self._tick(self.until)

    def _tick(self, until: datetime) -> None:
        """What falls due before a moment happens, each at its own time."""
        while (moment := min(filter(None, (self._next_step, self._next_period)), default=until)) < until:
            self.counts.ticked += tick(moment)
            if moment == self._next_period:
                self._next_period = due.next_schedule_at()
            self._next_step = due.next_step_at()

    def open(self, site: Site, actor: Doer, call: Call, home: Home, data: Mapping[str, Any]) -> Case:
        """Open a repair now."""
        result = open_case(
            site.office, "repair", actor=actor, at=self.now, data=data, intake=call.intake(home.party)
        )
        self.counts.cases += 1
        return self._done(result)

    def open_kind(
        self, category: str, site: Site, actor: Doer, data: Mapping[str, Any], intake: Intake
    ) -> Case:
        """Open a case of a category now."""
        result = open_case(site.office, category, actor=actor, at=self.now, data=data, intake=intake)
        self.counts.cases += 1
        return self._done(result)

    def do(self, case: Case, action: str, actor: Doer, at: datetime | None = None, **data: Any) -> Case:
        """Perform an action now, or write down now what happened `at` a moment just past; the case as it is afterwards."""
        return self._done(perform(case, action, actor=actor, at=at or self.now, now=self.now, data=data))

    def look_ahead(self) -> None:
        """Other rules hold from now on: what falls due next, and what may make something fall due, is looked up anew."""
        self._waking = _waking_events(self.now)
        self._next_period, self._next_step = due.next_schedule_at(), due.next_step_at()

    def outside(self, act: Callable[[], Made]) -> Made:
        """Something comes in by itself now, a call or a letter: what the engine made of it counts like what people do."""
        cases, events = Case.objects.count(), Event.objects.count()
        made = act()
        self.counts.cases += Case.objects.count() - cases
        self.counts.actions += Event.objects.count() - events
        self._next_step = due.next_step_at()
        return made

    def _done(self, result: Result) -> Case:
        self.counts.actions += 1
        if not self._waking.isdisjoint(result.event.emits):
            self._next_step = due.next_step_at()
        return result.case

    # -- times -----------------------------------------------------------------------------------------------------

    def chance(self, percent: int) -> bool:
        """True so often in a hundred."""
        return self.rng.randrange(100) < percent

    def after(self, low: int, high: int, since: datetime | None = None) -> datetime:
        """Some seconds after now, or after another moment."""
        return (since or self.now) + timedelta(seconds=self.rng.randint(low, high))

    def minutes(self, low: int, high: int, since: datetime | None = None) -> datetime:
        """Some minutes after now, or after another moment."""
        return self.after(low * 60, high * 60, since)

    def daytime(self, site: Site, at: datetime, first: int = 9, last: int = 20) -> datetime:
        """The moment itself when it lies between two hours of the day, else some minutes into the next such time."""
        local = site.local(at)
        if first <= local.hour < last:
            return at
        day = local if local.hour < first else local + timedelta(days=1)
        begin = day.replace(hour=first, minute=0, second=0)
        return self.minutes(2, 50, begin.astimezone(at.tzinfo))

    def office_hours(self, site: Site, at: datetime) -> datetime:
        """The moment itself while the office works, else some minutes into its next opening."""
        opens = next_opening(site.calendar, at).at
        return at if opens == at else self.minutes(5, 80, opens)

    def present(self, site: Site, user: User, at: datetime) -> datetime:
        """The moment, or when the user is back."""
        back = site.crew.back(user, at)
        return at if back == at else self.minutes(5, 40, back)


def _waking_events(at: datetime) -> frozenset[str]:
    """The events after which a step may be due sooner than before: those on which some limit starts or goes on."""
    found: set[str] = set()
    for office in Office.objects.order_by("pk"):
        for one in adoption.adopted(office, at):
            for obligation in one.compiled.obligations.values():
                if obligation.definition.limit != "open":
                    found |= set(obligation.start) | set(obligation.resume)
    return frozenset(found)
