"""What an office's manuals confide to some: others see that there is a case, not whose it is nor what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import actors
from guanjia.engine.actors import Doer
from guanjia.policy import secrecy
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Actor

VEIL = "（保密）"


def veil(cases: Iterable[Case], doer: Doer, now: datetime) -> Iterator[Case]:
    """The cases as this person may see them: for reading only, never to be saved (S001-1-4.12)."""
    known: dict[int, Actor] = {}
    for case in cases:
        if manuals := _confiding(case):
            if case.office_id not in known:
                known[case.office_id] = actors.resolve(doer, case.office, now).actor
            if secrecy.confided(manuals, _facts(case), known[case.office_id]):
                case.subject, case.party = VEIL, None
        yield case


def hidden_from(case: Case, doer: Doer, now: datetime) -> bool:
    """Whether somebody may not read of a case whose it is and what it is about."""
    manuals = _confiding(case)
    return bool(
        manuals and secrecy.confided(manuals, _facts(case), actors.resolve(doer, case.office, now).actor)
    )


def confidential(case: Case) -> bool:
    """Whether some manual of the case confides it: then every look is written down."""
    return bool(_confiding(case))


def _confiding(case: Case) -> list[CompiledManual]:
    """The manuals that confide cases of this kind."""
    every = (adoption.compiled(key, version) for key, version in case.versions.items())
    return [
        one
        for one in every
        if any(case.category in secret.category or "*" in secret.category for secret in one.manual.secret)
    ]


def _facts(case: Case) -> dict[str, object]:
    return {**case.facts, "assignee": case.assignee_id, "category": case.category}
