"""The cases that stand in a book of the desk (lost property, messages, visitors), as the database finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet

from guanjia.cases.models import Case
from guanjia.cases.sight import Sight, sight_in
from guanjia.estate.models import Office

SCOPES = ("open", "done", "all")


@dataclass(frozen=True)
class Kept:
    """Which cases a book keeps: of a manual and category, with these facts or with this form issued.

    waiting: the states in which an entry still waits; none for every case that is not closed. shown: the facts that
    the book shows, in which a search looks too.
    """

    manual: str
    category: str
    where: Mapping[str, Any] = field(default_factory=dict)
    form: str = ""
    waiting: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def kept(
    place: Office | Sight, book: Kept, *, scope: str = "open", search: str = "", newest: bool = False
) -> QuerySet[Case]:
    """The entries of a book: those still open, done, or all; the longest waiting first unless `newest`."""
    sight = sight_in(place)
    rows = sight.cases().filter(manual_key=book.manual, category=book.category)
    rows = rows.exclude(state="withdrawn").select_related("unit", "party", "assignee", "office")
    if book.where or book.form:
        same = Q(**{f"facts__{name.replace('.', '__')}": value for name, value in book.where.items()})
        rows = rows.filter((same if book.where else Q(pk=None)) | _issued(book.form))
    still = Q(state__in=book.waiting) if book.waiting else Q(closed_at__isnull=True)
    if scope != "all":
        rows = rows.filter(still) if scope == "open" else rows.exclude(still)
    for word in search.split():
        rows = rows.filter(_has(sight, word, book.shown))
    return rows.order_by(*(("-opened_at", "-pk") if newest else ("opened_at", "pk")))


def _issued(form: str) -> Q:
    return Q(facts__papers__has_key=form) if form else Q(pk=None)


def _has(sight: Sight, word: str, shown: Iterable[str]) -> Q:
    """Whether a word stands in the number, what it is about, the household, or a fact that the book shows."""
    plain = Q(number__icontains=word) | Q(unit__code__istartswith=word) | Q(unit__name__startswith=word)
    private = Q(subject__icontains=word) | Q(party__name__startswith=word)
    for name in shown:
        private |= Q(**{f"facts__{name.replace('.', '__')}__icontains": word})
    return sight.found(plain, private)
