"""How far somebody sees in an office: which cases exist for him, and of which he may not read whose and what they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from guanjia.cases.models import Case
from guanjia.estate.models import Office

Row = TypeVar("Row", bound=Model)


@dataclass
class Sight:
    """A person's sight in an office, for one request. `engine.sight` makes it; every query that a door calls takes it.

    reach: which cases; None for all of the office. confides: makes the filter of `confided` when it is asked for.
    categories: of which kinds he has every case, when not all. user: id of the person, whose own jobs are always his.
    """

    office: Office
    reach: Q | None = None
    confides: Callable[[], Q | None] = lambda: None
    categories: Collection[str] = ()
    user: int | None = None

    @property
    def whole(self) -> bool:
        """Whether all cases of the office are seen."""
        return self.reach is None

    @cached_property
    def confided(self) -> Q | None:
        """The cases of which subject and person are kept from him (S001-1-4.12); None where there can be none."""
        return self.confides()

    def covers(self, category: str) -> bool:
        """Whether all cases of a kind are seen: then their number may lead to them."""
        return self.whole or category in self.categories

    def cases(self) -> QuerySet[Case]:
        """The cases that are seen."""
        rows = Case.objects.filter(office=self.office)
        return rows if self.reach is None else rows.filter(self.reach)

    def among(self, rows: QuerySet[Row], via: str = "pk") -> QuerySet[Row]:
        """Of some rows those whose case is seen. via: the way from a row to its case."""
        if self.whole:
            return rows
        return rows.filter(**{f"{via}__in": self.cases().order_by().values("pk")})

    def opens(self, case: Case) -> bool:
        """Whether a case of the office may be opened. No query for those who see all, nor for one's own job."""
        if case.office_id != self.office.pk:
            return False
        if self.whole or self.own(case):
            return True
        return self.cases().filter(pk=case.pk).exists()

    def own(self, case: Case) -> bool:
        """Whether a case is the person's own job."""
        return self.user is not None and case.assignee_id == self.user

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(self.cases().order_by().values_list("number", flat=True))

    def shows(self, number: str) -> bool:
        """Whether the case of a number is seen; one query for as many as are asked."""
        return self.whole or number in self._numbers

    def seen_of(self, numbers: Iterable[str]) -> list[str]:
        """Those of some numbers whose cases are seen."""
        return [number for number in numbers if self.shows(number)]

    def opens_all(self, numbers: Iterable[str]) -> bool:
        """Whether a figure may lead to what it counts: all is seen, or what stands behind it is, if anything does."""
        found = list(numbers)
        return self.whole or (bool(found) and all(self.shows(number) for number in found))

    def kept(self, cases: Iterable[Case | int]) -> frozenset[int]:
        """Of some cases, or their ids, those of which subject and person are not shown."""
        return frozenset(self._kept("pk", [one.pk if isinstance(one, Case) else one for one in cases]))

    def kept_numbers(self, numbers: Iterable[str]) -> frozenset[str]:
        """The same by number."""
        return frozenset(self._kept("number", list(numbers)))

    def _kept(self, column: str, values: list[Any]) -> QuerySet[Case, Any] | tuple[()]:
        """No query where nothing is asked of, and none but the one for the secrets where there are none."""
        if not values or self.confided is None:
            return ()
        rows = Case.objects.filter(self.confided, office=self.office, **{f"{column}__in": values})
        return rows.values_list(column, flat=True)

    @property
    def withheld(self) -> Q | None:
        """The cases that are not seen, and those of which subject and person are kept; None where there are none."""
        unseen = None if self.whole else ~Q(pk__in=self.cases().order_by().values("pk"))
        if unseen is None or self.confided is None:
            return unseen or self.confided
        return unseen | self.confided

    def withheld_numbers(self, numbers: Iterable[str]) -> frozenset[str]:
        """Of some numbers those of which the subject is not to be shown."""
        wanted = list(numbers)
        return self.kept_numbers(wanted) | {one for one in wanted if not self.shows(one)}

    def found(self, plain: Q, private: Q, via: str = "pk") -> Q:
        """A search: by what anybody may read, or by subject and person, where these may be read (S001-1-4.12)."""
        if self.confided is None:
            return plain | private
        kept: Any = Case.objects.filter(self.confided, office=self.office).values("pk")
        return plain | (private & ~Q(**{f"{via}__in": kept}))


def sight_in(place: Office | Sight) -> Sight:
    """A sight as it is; of an office for its own sake (the engine, the ticker, papers) that of the whole office."""
    return place if isinstance(place, Sight) else Sight(place)
