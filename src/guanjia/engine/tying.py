"""Cases that belong together: tied, joined to a collective case, or told apart; the timelines of both say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.cases import together
from guanjia.cases.models import Case, CaseLink
from guanjia.engine.alike import COLLECTIVE
from guanjia.engine.door import open_case, opening_fields, perform
from guanjia.engine.facts import procedure_of
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Action
from guanjia.staff.models import User


def tie(case: Case, other: Case, *, actor: User, at: datetime) -> CaseLink:
    """Link two cases of one office and note it in both. Raises Problem LINK_SELF (409) for one and the same."""
    if case.pk == other.pk:
        raise Problem("LINK_SELF", "不能和自己关联。", "请填另一件事项的单号。", field="other", status=409)
    with transaction.atomic():
        _hold((case, other))
        known = CaseLink.objects.filter(source=case, target=other, kind=CaseLink.Kind.SAME).first()
        if known is not None:
            return known
        found = case_actions.link(case, other, CaseLink.Kind.SAME)
        for one, word in ((case, other.number), (other, case.number)):
            perform(one, "note", actor=actor, at=at, now=at, data={"text": f"和 {word} 关联"})
        return found


@transaction.atomic
def join(
    case: Case, others: Sequence[Case], *, actor: User, at: datetime, now: datetime | None = None
) -> Case:
    """A person has decided that a case and others are one thing: all of them belong to one collective case.

    Into the collective case that is among the others, or to which one of them belongs already; else one is opened by
    the manual, with what the oldest of them says. Everything goes through `perform`, so that the manual counts the
    households. Raises Problem LINK_SELF, LINK_ELSEWHERE, LINK_NO_WAY and what the manual refuses.
    """
    members = [one for one in (case, *others) if one.category != COLLECTIVE]
    if len({one.pk for one in (case, *others)}) < 2:
        raise Problem("LINK_SELF", "不能和自己关联。", "请填另一件事项的单号。", field="other", status=409)
    _hold((case, *others))
    known = together.parents_of(members, COLLECTIVE)
    wholes = {one.pk: one for one in (*others, case) if one.category == COLLECTIVE}
    wholes |= {one.pk: one for one in known.values()}
    if len(wholes) > 1:
        raise Problem(
            "LINK_ELSEWHERE",
            "它们已经分别并入几件集体投诉。",
            "请先把并错的移出。",
            field="other",
            status=409,
        )
    whole = next(iter(wholes.values()), None) or _gather(members, actor, at, now)
    for one in sorted(members, key=lambda row: (row.opened_at, row.pk)):
        if one.pk not in known:
            whole = _by(whole, "link", one, actor, at, now)
    return whole


@transaction.atomic
def take_out(
    whole: Case, case: Case, *, actor: User, at: datetime, now: datetime | None = None, why: str = ""
) -> Case:
    """A case that was joined wrongly is taken out of a collective one, and not suggested again."""
    _hold((whole, case))
    whole = _by(whole, "unlink", case, actor, at, now, why)
    case_actions.keep_unlike(whole, case, actor, at)
    return whole


@transaction.atomic
def tell_apart(
    case: Case, others: Iterable[Case], *, actor: User, at: datetime, now: datetime | None = None
) -> None:
    """A person has decided that a case and others are not one thing: remembered, and not suggested again."""
    others = list(others)
    _hold((case, *others))
    new = [one.number for one in others if case_actions.keep_unlike(case, one, actor, at)]
    if new:
        perform(case, "note", actor=actor, at=at, now=now, data={"text": f"和 {'、'.join(new)} 不是一回事"})


def _hold(rows: Iterable[Case]) -> None:
    """Lock cases in one order, so that two who tie the same cases crosswise wait in turn."""
    for pk in sorted({one.pk for one in rows}):
        cases.locked(pk)


def _gather(members: Sequence[Case], actor: User, at: datetime, now: datetime | None) -> Case:
    """A new collective case, with what the oldest says as far as its opening action asks for it."""
    oldest = min(members, key=lambda one: (one.opened_at, one.pk))
    known = {"matter": oldest.subject, **oldest.facts}
    wanted = opening_fields(oldest.office, COLLECTIVE, at)
    data = {key: known[key] for key in sorted(wanted) if known.get(key) not in (None, "")}
    return open_case(oldest.office, COLLECTIVE, actor=actor, at=at, now=now, data=data).case


def _by(
    whole: Case, effect: str, case: Case, actor: User, at: datetime, now: datetime | None, why: str = ""
) -> Case:
    """Do the action of the manual that joins a case, or takes one out."""
    action = action_with(whole, effect)
    if action is None:
        raise Problem(
            "LINK_NO_WAY", f"{whole.number} 的规程现在不许并入或移出。", "请看事项页能办什么。", status=409
        )
    field = next(one.field for one in action.effects if one.do == effect)
    data: dict[str, Any] = {field: case.number}
    reason = next((one.key for one in action.field if one.required and one.kind in ("text", "long")), "")
    if why and reason:
        data[reason] = why
    return perform(whole, action.key, actor=actor, at=at, now=now, data=data).case


def action_with(case: Case, effect: str) -> Action | None:
    """The action of a case's manual, possible in its state, that has an effect such as `link`."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    open_ = case.closed_at is None
    for action in compiled.procedures[procedure_of(compiled, case.category)].action:
        here = case.state in action.from_ or (open_ and "*" in action.from_)
        if here and any(one.do == effect for one in action.effects):
            return action
    return None
