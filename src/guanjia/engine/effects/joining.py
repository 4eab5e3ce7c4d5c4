"""Cases that are joined to a case or taken out of it again; the timelines of both say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from guanjia.cases import actions as cases
from guanjia.cases import queries as case_queries
from guanjia.cases.models import Case, CaseLink
from guanjia.engine.context import Context
from guanjia.kernel.problem import Problem
from guanjia.policy.schema import Effect

FOLLOWS = CaseLink.Kind.FOLLOWS


def foreseen(case: Case, effects: Iterable[Effect], named: Mapping[str, Case]) -> dict[str, Any]:
    """The fact `children` as it will be after the effects; nothing for an action that joins none.

    named: the cases that the input names, by field. Each joins once, and only what was joined can be taken out:
    Raises Problem LINK_KNOWN, LINK_MISSING.
    """
    wanted = [(one.do, named[one.field]) for one in effects if one.do in TIES and one.field in named]
    for do, other in wanted:
        known = case_queries.came_from(other, case)
        if do == "link" and known:
            raise Problem(
                "LINK_KNOWN", f"{other.number} 已经并入 {case.number}。", "不用再并入一次。", status=409
            )
        if do == "unlink" and not known:
            raise Problem(
                "LINK_MISSING", f"{other.number} 没有并入 {case.number}。", "请核对单号。", status=409
            )
    if not wanted:
        return {}
    joined = [other for do, other in wanted if do == "link"]
    left = [other for do, other in wanted if do == "unlink"]
    return {"children": case_queries.children_of(case, joined=joined, left=left)}


def link(context: Context, effect: Effect, _number: int) -> None:
    """Another case becomes one of those that belong to this."""
    if other := _named(context, effect):
        cases.link(other, context.case, FOLLOWS)
        context.joined.append(("linked", other.pk))


def unlink(context: Context, effect: Effect, _number: int) -> None:
    """A case that was joined wrongly no longer belongs to this."""
    if other := _named(context, effect):
        cases.unlink(other, context.case)
        context.joined.append(("unlinked", other.pk))


def follow(context: Context, effect: Effect, _number: int) -> None:
    """This case belongs to the one in the field from now on, and no longer to the one that stood there before.

    Raises Problem LINK_KNOWN (409) when that one belongs to this already, so that none belongs to itself.
    """
    before = str(context.case.facts.get(effect.field) or "")
    wanted = str(context.decision.data.get(effect.field) or "")
    if not wanted:
        context.set_fact(effect.field, None)
    if before and before != wanted and (old := case_queries.by_number(context.office, before)):
        cases.unlink(context.case, old)
    if wanted and wanted != before and (head := case_queries.by_number(context.office, wanted)):
        if case_queries.came_from(head, context.case):
            raise Problem(
                "LINK_KNOWN", f"{wanted} 已经并入 {context.case.number}。", "请填另一件。", status=409
            )
        cases.link(context.case, head, FOLLOWS)


def _named(context: Context, effect: Effect) -> Case | None:
    number = str(context.value(effect.field) or "")
    return case_queries.by_number(context.office, number) if number else None


TIES = {"link": link, "unlink": unlink}
