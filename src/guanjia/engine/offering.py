"""What a case offers now: actions with their forms, and what is still to come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import actors, veiling
from guanjia.engine.actors import Doer
from guanjia.engine.facts import facts_of
from guanjia.engine.owing import owed_of
from guanjia.engine.sight import sight_of
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy import decide as policy
from guanjia.policy import secrecy
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.complementing import source_of
from guanjia.policy.decision import Actor, Offer, Waiting
from guanjia.policy.duties import waiting
from guanjia.staff.models import User


@dataclass(frozen=True)
class CaseView:
    """A case as a door shows it: facts, the actor's offers, its obligations and those not started yet.

    facts: without what this actor may not read. hidden: the fields that he may not; withheld: those of them filled in.
    """

    case: Case
    facts: dict[str, Any]
    adopted: tuple[Adopted, ...]
    offers: tuple[Offer, ...]
    owed: tuple[Obligation, ...]
    waiting: tuple[Waiting, ...]
    actor: Actor
    hidden: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()

    def source_of(self, action: str) -> CompiledManual:
        """The manual whose clauses an action of this case speaks of; it may have been added by another than the procedure's."""
        return source_of(self.adopted, self.facts["procedure"], action)

    def without(self, names: frozenset[str]) -> CaseView:
        """The view without some more facts, in what is known and in the lines of the timeline."""
        return replace(self, facts=_without(self.facts, names), hidden=self.hidden | names)


def _without(facts: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}


def view_of(case: Case, doer: Doer, now: datetime) -> CaseView:
    """Everything that a case page or the API needs, read once."""
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    facts = facts_of(case, adopted)
    owed = tuple(obligations.of_case(case))
    rows = owed_of(owed)
    actor = actors.resolve(doer, case.office, now).actor
    hidden = secrecy.hidden(adopted[0].compiled, facts, actor) | secrecy.confided(
        (one.compiled for one in adopted), facts, actor
    )
    return CaseView(
        case=case,
        facts=veiling.as_read(_without(facts, hidden), kept_from(case, doer, now, actor.roles)),
        adopted=adopted,
        offers=policy.offers(
            adopted,
            facts,
            actor,
            rows,
            at=now,
            zone=ZoneInfo(case.office.time_zone),
            calendar=adoption.head_calendar(case.office, adopted),
        ),
        owed=owed,
        waiting=() if case.closed_at else waiting(adopted, facts, rows),
        actor=actor,
        hidden=hidden,
        withheld=hidden & facts.keys(),
    )


def kept_from(case: Case, doer: Doer, now: datetime, roles: frozenset[str] | None = None) -> veiling.Kept:
    """Of some numbers those of cases whose subject is not shown to somebody; to the system and a resident, none."""

    def found(numbers: Iterable[str]) -> Collection[str]:
        return sight_of(doer, case.office, now, roles).kept_numbers(numbers) if isinstance(doer, User) else ()

    return found


def hidden_from(case: Case, doer: Doer, now: datetime) -> frozenset[str]:
    """What of a case somebody may not read: in facts and in the lines of its timeline."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    manuals = [adoption.compiled(key, version) for key, version in case.versions.items()]
    if not compiled.sealed and not any(one.manual.secret for one in manuals):
        return frozenset()
    facts = {**case.facts, "assignee": case.assignee_id, "category": case.category}
    actor = actors.resolve(doer, case.office, now).actor
    return secrecy.hidden(compiled, facts, actor) | secrecy.confided(manuals, facts, actor)


def offers(case: Case, doer: Doer, now: datetime) -> tuple[Offer, ...]:
    """The actions that the manual offers this actor, the main one first; what cannot be done yet says why."""
    return view_of(case, doer, now).offers
