"""The year itself: what is told is taken in, and people look after their cases when they get round to it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, perform
from guanjia.engine.advance import advance
from guanjia.engine.door import new_case
from guanjia.engine.facts import facts_of
from guanjia.jobs import actions as jobs
from guanjia.kernel.problem import Problem, Problems
from guanjia.ops.cards.stage import Stage
from guanjia.ops.simulation.answers import Person
from guanjia.ops.simulation.happenings import Happening
from guanjia.policy.compiled import Adopted, CompiledAction
from guanjia.policy.complementing import supplier
from guanjia.reports import drafts
from guanjia.staff.models import User

TURNS = 40  # after so many steps nobody takes a case up again
TRIES = 3  # a form that is refused is filled in anew so often
PATIENCE = 6  # times that somebody looks at a case with which nothing can be done, until it has a time
LIST_AGAIN = timedelta(days=1)  # so often somebody looks through the worklist for those
# minutes until somebody comes back to a case: mostly soon, sometimes much later
PAUSES = ((4, 30), (15, 30), (45, 20), (240, 12), (1500, 6), (5800, 2))
MINDFUL = (
    0.9  # how often somebody keeps an eye on the clock, and comes within this part of the time that is left
)
PROMPT = (0.1, 0.5)
AHEAD = timedelta(minutes=45)  # so long before an appointment somebody sets about it
AT_ONCE = 3  # one repair in so many is wanted at once, the others by appointment
SELDOM, OFTEN = 3, 12  # so often the same is done in a case; in a period that gathers samples
NEVER = frozenset({"withdraw", "note"})


@dataclass
class Care:
    """A case in somebody's care: its own dice and how often it was looked at."""

    case: Case
    person: Person
    turns: int = 0
    idle: int = 0
    done: Counter[str] = field(default_factory=Counter)


@dataclass
class Outcome:
    """What became of the year: cases opened, steps taken, what nobody covered, where people got stuck."""

    opened: Counter[str] = field(default_factory=Counter)
    uncovered: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass
class Year:
    """An office that lives through the happenings of a year."""

    stage: Stage
    homes: list[tuple[str, Any]]
    until: datetime
    outcome: Outcome = field(default_factory=Outcome)
    _queue: list[tuple[datetime, int, Any]] = field(default_factory=list)
    _turn: int = 0
    _seen: int = 0

    def live(self, happenings: list[Happening], shown: Callable[[datetime], object]) -> Outcome:
        """Everything that happens, in its order, to the end of the year. shown: called once a day."""
        for one in happenings:
            self._push(one.at, one)
        day = None
        while self._queue and self._queue[0][0] < self.until:
            at, _turn, what = heapq.heappop(self._queue)
            advance(at, offices=[self.stage.office.pk])
            self._take_up_periods(at)
            self._happens(at, what) if isinstance(what, Happening) else self._look_after(at, what)
            if at.date() != day:
                day = at.date()
                jobs.run_waiting(self.stage.office)
                shown(at)
        advance(self.until, offices=[self.stage.office.pk])
        for case in Case.objects.filter(office=self.stage.office, closed_at__isnull=True):
            self.outcome.left[f"{case.category}·{case.state}"] += 1
        return self.outcome

    def _push(self, at: datetime, what: Any) -> None:
        self._turn += 1
        heapq.heappush(self._queue, (at, self._turn, what))

    def _adopted(self, at: datetime) -> tuple[Adopted, ...]:
        return adoption.adopted(self.stage.office, at)

    def _happens(self, at: datetime, one: Happening) -> None:
        """Somebody tells the office something: whoever may take it in does."""
        category = self._rain_word(at) if one.category == "rain" else one.category
        if not category or supplier(self._adopted(at), category) is None:
            self.outcome.uncovered[one.category] += 1
            return
        person = self._person(one)
        case = self._open(category, person, one, at)
        if case is not None:
            self.outcome.opened[one.category] += 1
            self._care(case, person, at)

    def _rain_word(self, at: datetime) -> str:
        """The kind of case of the whole office with which a manual takes down that it rained."""
        for one in self._adopted(at):
            for category in one.compiled.manual.category:
                actions = one.compiled.actions[category.procedure].values()
                opening = next(action for action in actions if action.definition.opens)
                if category.subject == "office" and "rained" in opening.definition.emits:
                    return category.key
        return ""

    def _person(self, one: Happening) -> Person:
        unit, party = self.homes[one.home % len(self.homes)]
        known = {
            "unit": unit, "contact_name": party.name, "contact_phone": "13800001234", "matter": one.matter,
            "channel": one.channel,
            "timing": "appointment" if one.seed % AT_ONCE else "now", "item": "更换水龙头", "visitor": party.name,
            "relayed_by": "门岗", "rings": 1 + one.seed % 4,
        }  # fmt: skip
        return Person(self.stage, Random(one.seed), known)  # noqa: S311 - a simulation, no secret

    def _open(self, category: str, person: Person, one: Happening, at: datetime) -> Case | None:
        adopted, blank, opening = new_case(self.stage.office, category, at, Intake(), "")
        facts = {**facts_of(blank, adopted), "figure": adopted[0].figure_facts()}
        party = self.homes[one.home % len(self.homes)][1]
        problem = None
        for turn in range(TRIES):
            data = person.form(opening.field, facts, at, everything=turn > 0)
            data.update(_mended(problem, person, opening.field, at))
            for who in self._people(adopted[0], opening.by, None):
                try:
                    intake = Intake(party=party, subject=one.matter)
                    return open_case(
                        self.stage.office, category, actor=who, at=at, now=at, data=data, intake=intake
                    ).case
                except Problem as error:
                    problem = error
        self._note(f"{category}/{opening.key}", problem)
        return None

    def _care(self, case: Case, person: Person, at: datetime) -> None:
        self._push(self._back_at(case, person, at), Care(case, person))

    def _take_up_periods(self, at: datetime) -> None:
        """Cases that came by themselves (a period of a recurring duty, a case out of a case) are somebody's too."""
        rows = Case.objects.filter(office=self.stage.office, pk__gt=self._seen).order_by("pk")
        for case in rows:
            self._seen = case.pk
            if "period" in case.facts or case.facts.get("matter") is None or case.last_seq == 1:
                if any(
                    isinstance(what, Care) and what.case.pk == case.pk for _at, _turn, what in self._queue
                ):
                    continue
                person = Person(self.stage, Random(case.number), {**case.facts})  # noqa: S311 - a simulation, no secret
                self._care(case, person, max(at, case.opened_at))

    def _pause(self, person: Person) -> timedelta:
        longest = person.rng.choices([m for m, _n in PAUSES], [n for _m, n in PAUSES])[0]
        return timedelta(minutes=1 + person.rng.randrange(longest))

    def _back_at(self, case: Case, person: Person, at: datetime) -> datetime:
        """When somebody comes back to a case: in its turn, but mostly in time for what is due next."""
        soon = at + self._pause(person)
        rows = case.obligations.filter(closed_at__isnull=True, due_at__gt=at)
        due = rows.order_by("due_at").values_list("due_at", flat=True).first()
        if due is None or person.rng.random() > MINDFUL:
            return soon
        return min(soon, at + (due - at) * person.rng.uniform(*PROMPT))

    def _look_after(self, at: datetime, care: Care) -> None:
        """One step of a case by whoever may do what comes next; nothing, when nothing can be done yet."""
        case = Case.objects.select_related("office", "unit", "party", "assignee").get(pk=care.case.pk)
        if care.turns > TURNS or (case.closed_at is not None and not self._owed(case)):
            return
        if care.idle > PATIENCE and not self._pressing(case):
            self._push(at + LIST_AGAIN, care)
            return
        adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
        facts = {**facts_of(case, adopted), "figure": adopted[0].figure_facts()}
        following = self._next(case, adopted, facts, care, at)
        if any(self._do(case, adopted, facts, action, care, at) for action in following):
            self.outcome.steps += 1
            care.turns += 1
            care.idle = 0
        else:
            care.idle += 1
        if care.idle:
            again = at + self._pause(care.person) * 6 * care.idle
        else:
            again = self._back_at(case, care.person, at)
        self._push(self._awaited(case, at) or again, care)

    def _owed(self, case: Case) -> bool:
        return case.obligations.filter(closed_at__isnull=True).exists()

    def _pressing(self, case: Case) -> bool:
        """Whether the case stands in the worklist with a time: it may have begun to count meanwhile, as after rain."""
        return case.obligations.filter(closed_at__isnull=True, due_at__isnull=False).exists()

    def _awaited(self, case: Case, at: datetime) -> datetime | None:
        """Nobody takes up a case long before the time that was agreed."""
        soon = case.appointment_at - AHEAD if case.appointment_at else at
        return soon if soon > at else None

    def _next(
        self, case: Case, adopted: Sequence[Adopted], facts: Mapping[str, Any], care: Care, at: datetime
    ) -> Iterator[CompiledAction]:
        """The actions of the state: those that are owed first, by their due time, then the main ones; seldom the same again."""
        open_rows = list(case.obligations.filter(closed_at__isnull=True))
        due = {
            definition.definition.done_by: row.due_at or at + timedelta(days=3650)
            for row in open_rows
            for one in adopted
            if one.compiled.key == row.manual_key
            and (definition := one.compiled.obligations.get(row.key)) is not None
            and (row.not_before is None or row.not_before <= at)
        }
        known = adopted[0].compiled.by_state.get((facts["procedure"], case.state), ())
        most = OFTEN if "period" in facts else SELDOM
        order = [
            (action.definition.key not in due, care.done[action.definition.key],
             due.get(action.definition.key, at), -action.definition.primary, number, action)
            for number, action in enumerate(known)
            if action.definition.by != ("system",) and action.definition.key not in NEVER
            and care.done[action.definition.key] < most
        ]  # fmt: skip
        yield from (found[-1] for found in sorted(order, key=lambda found: found[:-1]))

    def _do(
        self, case: Case, adopted: Sequence[Adopted], facts: Mapping[str, Any], action: CompiledAction, care: Care,
        at: datetime,
    ) -> bool:  # fmt: skip
        """Whether somebody could do it. What the manual does not let anybody do is no trouble; a form that is refused is."""
        definition, problem = action.definition, None
        for who in self._people(adopted[0], definition.by, case):
            seen = {**facts, "actor": who.pk}
            for turn in range(TRIES):
                data = care.person.form(definition.field, seen, at, everything=turn > 0)
                data.update(_mended(problem, care.person, definition.field, at))
                try:
                    filled = drafts.complete(case, definition.key, data, at)
                    perform(case, definition.key, actor=who, at=at, now=at, data=filled)
                except Problem as error:
                    problem = error
                    if not _mendable(error):
                        break
                else:
                    care.done[definition.key] += 1
                    return True
        if problem is not None and _mendable(problem):
            self._note(f"{case.category}/{definition.key}", problem)
        return False

    def _people(self, adopted: Adopted, by: tuple[str, ...], case: Case | None) -> Iterator[User]:
        """Somebody for each role that may do it; the assignee and people named in fields themselves."""
        for who in by:
            if who in ("assignee", "anyone") or who.startswith("field:"):
                value = case.facts.get(who[6:]) if case and who.startswith("field:") else None
                named = case.assignee if case and who == "assignee" else self._by_id(value)
                if named is not None:
                    yield named
                    continue
                who = "receptionist" if who == "anyone" else str(value or "")
            for role in sorted(adopted.compiled.titles.get(who, frozenset({who}))):
                yield from self.stage.people.get(role, ())[:1]

    def _by_id(self, value: Any) -> User | None:
        if not isinstance(value, int):
            return None
        return next(
            (user for users in self.stage.people.values() for user in users if user.pk == value), None
        )

    def _note(self, what: str, problem: Problem | None) -> None:
        first = problem.problems[0] if isinstance(problem, Problems) else problem
        self.outcome.refused[f"{what}：{first}"] += 1


def _mendable(problem: Problem) -> bool:
    """Whether another answer in a field might do: everything else is the manual saying no."""
    several = problem.problems if isinstance(problem, Problems) else [problem]
    return all(one.field for one in several)


def _mended(problem: Problem | None, person: Person, fields: Any, at: datetime) -> dict[str, Any]:
    """Another answer for the fields at which a form was refused."""
    several = problem.problems if isinstance(problem, Problems) else [problem] if problem else []
    wrong = {one.field for one in several}
    found: dict[str, Any] = {}
    for one in fields:
        if one.key in wrong:
            found[one.key] = at.isoformat() if one.kind == "time" else person.another(one, at)
    return {key: value for key, value in found.items() if value is not None}
