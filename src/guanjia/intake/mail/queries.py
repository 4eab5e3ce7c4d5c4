"""Reading letters. The office comes first."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from guanjia.estate.models import Office
from guanjia.intake.models import Letter
from guanjia.kernel.problem import Problem

LISTS = {
    "draft": (Letter.State.DRAFT,),
    "unreadable": (Letter.State.UNREADABLE,),
    "automatic": (Letter.State.AUTOMATIC,),
    "done": (Letter.State.REGISTERED, Letter.State.ADDED, Letter.State.DROPPED),
}


def letters(office: Office, scope: str, search: str = "") -> QuerySet[Letter]:
    """The letters of a list (draft, unreadable, automatic, done), newest first, without what is long."""
    rows = Letter.objects.filter(office=office, state__in=LISTS[scope])
    for word in search.split():
        rows = rows.filter(
            Q(sender__icontains=word)
            | Q(sender_name__icontains=word)
            | Q(subject__icontains=word)
            | Q(text__icontains=word)
            | Q(unit__code__istartswith=word)
            | Q(party__name__startswith=word)
            | Q(case__number__icontains=word)
        )
    rows = rows.select_related("party", "unit", "case", "done_by").defer("raw", "whole")
    return rows.order_by("-came_at", "-pk")


def tallies(office: Office) -> dict[str, int]:
    """How many letters wait in each list that waits."""
    rows = Letter.objects.filter(office=office).values("state").annotate(n=Count("pk"))
    by_state = {row["state"]: row["n"] for row in rows}
    return {name: sum(by_state.get(state, 0) for state in states) for name, states in LISTS.items()}


def waiting(office: Office) -> int:
    """How many letters somebody must look at."""
    states = (Letter.State.DRAFT, Letter.State.UNREADABLE)
    return Letter.objects.filter(office=office, state__in=states).count()


def letter_for(office: Office, pk: int) -> Letter:
    """A letter of the office; Problem NOT_FOUND for any other."""
    rows = Letter.objects.filter(office=office, pk=pk).select_related(
        "office", "mailbox", "party", "unit", "case", "done_by"
    )
    found = rows.first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这封来信。", "请从列表里重新选择。", status=404)
    return found
