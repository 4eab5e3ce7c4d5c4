"""Playing a card: each step goes through the engine on the real database, then its expectations are looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import SYSTEM, Intake, Resident, open_case, perform
from guanjia.engine.actors import Doer
from guanjia.engine.advance import advance
from guanjia.engine.facts import procedure_of
from guanjia.jobs import actions as jobs
from guanjia.kernel.problem import Problem, Problems
from guanjia.ops.cards import stage as stages
from guanjia.ops.cards.card import Card, Step
from guanjia.ops.cards.expectations import failures_of
from guanjia.ops.cards.stage import Stage, moment
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.complementing import supplier
from guanjia.policy.loader import compile_text
from guanjia.policy.schema import FormField
from guanjia.reports import drafts


class _Undo(Exception):
    """Leaves the transaction without keeping what the card did."""


@dataclass
class Play:
    """A card being played. `titles`: a word for somebody -> system roles."""

    stage: Stage
    manuals: Sequence[CompiledManual]
    titles: Mapping[str, frozenset[str]]
    now: datetime
    cases: dict[str, Case] = field(default_factory=dict)
    last: str = ""

    def case(self, name: str) -> Case:
        """The case that a step means, fresh from the database; a recurring duty's is named by its category.

        `log_check`, or `log_check:2026-03-24` for one period; `payment_request:3-2-1502` for the newest of a household,
        `payment_request:FK2603-0001` for one number. Raises Problem CARD_CASE.
        """
        rows = Case.objects.select_related("office", "unit", "party", "assignee").filter(
            office=self.stage.office
        )
        name = name or self.last
        if name in self.cases:
            return rows.get(pk=self.cases[name].pk)
        category, _, period = name.partition(":")
        for case in rows.filter(category=category).order_by("-opened_at", "-pk"):
            home = case.unit.code if case.unit else ""
            if period in ("", case.facts.get("period"), home, case.number):
                return case
        raise Problem("CARD_CASE", f"卡片里没有名为「{name}」的事项。", "先写一步 open。")

    def doer(self, who: str) -> Doer:
        """Who acts: a title of the manual, a system role, a name, `resident` or `system`."""
        if who == "system":
            return SYSTEM
        if who in ("resident", *(manual.manual.manual.party_word for manual in self.manuals)):
            return Resident("业户", may_act=True)
        roles = self.titles.get(who)
        return self.stage.person(sorted(roles)[0] if roles else who)


def run(card: Card, texts: Sequence[str], *, first_only: bool = False, on: Stage | None = None) -> list[str]:
    """Play a card on manuals' texts (its own first); what is not as expected, or nothing. Leaves no trace.

    first_only: stop at the first step at which something is not. on: a ground that is there already (`stage.ground`).
    """
    failures: list[str] = []
    try:
        with transaction.atomic():
            play = _stage(card, [stages.trial(text) for text in texts], on)
            for number, step in enumerate(card.step, 1):
                failures += [f"第 {number} 步（{step.at}）：{text}" for text in _step(play, step)]
                if failures and first_only:
                    break
            raise _Undo
    except _Undo:
        return failures
    finally:
        adoption.forget()


def _stage(card: Card, texts: Sequence[str], on: Stage | None = None) -> Play:
    begins = moment(card.step[0].at)
    manuals = [compile_text(text) for text in texts]
    titles: dict[str, frozenset[str]] = {}
    for manual in reversed(manuals):
        for role in manual.manual.role:
            titles[role.key] = titles[role.label] = frozenset(role.is_)
    stage = stages.build(texts, card.figures, begins, card.homes, card.staff, card.shift, on)
    return Play(stage, manuals, titles, begins)


def _step(play: Play, step: Step) -> list[str]:
    at = moment(step.at)
    written = moment(step.written) if step.written else at
    advance(max(play.now, written), offices=[play.stage.office.pk])
    play.now = max(play.now, written)
    problem = None
    try:
        with transaction.atomic():
            _do(play, step, at, written)
            jobs.run_waiting(play.stage.office)
    except Problem as error:
        problem = error
    return [*_refusal(step, problem), *failures_of(play, step.expect, step.case or play.last)]


def _do(play: Play, step: Step, at: datetime, written: datetime) -> None:
    if step.open:
        for _turn in range(step.times):
            _open(play, step, at, written)
    elif step.do:
        case = play.case(step.case)
        action = drafts.action_of(case, step.do)
        data = drafts.complete(case, step.do, _people(play, action.field if action else (), step.data), at)
        perform(case, step.do, actor=play.doer(step.by), at=at, now=written, data=data)


def _open(play: Play, step: Step, at: datetime, written: datetime) -> None:
    intake = Intake(party=play.stage.parties.get(str(step.data.get("unit", ""))), **step.intake)
    data = _people(play, _opening_fields(play, step.open), step.data)
    result = open_case(
        play.stage.office, step.open, actor=play.doer(step.by), at=at, now=written, data=data, intake=intake
    )
    play.last = step.name or str(len(play.cases) + 1)
    play.cases[play.last] = result.case


def _opening_fields(play: Play, category: str) -> Sequence[FormField]:
    giving = supplier((Adopted(manual, {}) for manual in play.manuals), category)
    if giving is None:
        return ()
    actions = giving.compiled.actions[procedure_of(giving.compiled, category)].values()
    return next(action.definition.field for action in actions if action.definition.opens)


def _people(play: Play, form: Sequence[FormField], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with people by name turned into who they are, and cases by their names into their numbers."""
    kinds = {one.key: one.kind for one in form}
    found = dict(data)
    for key, value in data.items():
        if kinds.get(key) == "staff" and isinstance(value, str) and value:
            found[key] = play.stage.person(value).pk
        elif kinds.get(key) == "case" and value in play.cases:
            found[key] = play.cases[value].number
        elif kinds.get(key) == "matters":
            found[key] = {_number(play, name): _taker(play, to) for name, to in value.items()}
    return found


def _number(play: Play, name: str) -> str:
    """A case's number by the name that the card gave it."""
    return play.cases[name].number if name in play.cases else name


def _taker(play: Play, to: Any) -> Any:
    """Who takes a matter, by name; with its kind where that is asked for."""
    if isinstance(to, dict):
        return {**to, "to": play.stage.person(to["to"]).pk} if to.get("to") else to
    return play.stage.person(to).pk if to else ""


def _refusal(step: Step, problem: Problem | None) -> list[str]:
    problems: tuple[Problem, ...] = ()
    if problem is not None:
        problems = problem.problems if isinstance(problem, Problems) else (problem,)
    if not step.refused:
        return [f"没想到被拒绝：{one.code} {one.field} {one}" for one in problems]
    if not problems:
        return [f"应被拒绝（{step.refused}），却办成了"]
    for one in problems:
        wanted: list[tuple[str, Any]] = [
            (step.refused, one.code),
            (step.refused_field, one.field),
            (step.refused_clause, one.clause),
        ]
        if all(not want or want == have for want, have in wanted) and step.says in str(one):
            return []
    said = "；".join(f"{one.code} {one.field} {one.clause} {one}" for one in problems)
    return [f"拒绝的不是 {step.refused} {step.refused_field} {step.refused_clause} {step.says}，而是：{said}"]
