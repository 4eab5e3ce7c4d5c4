"""A large archive in minutes: the closed repairs of one month, played through the engine, copied month after month.

The copies are rows of the same tables with numbers, keys and times of their own, so that indices and pages meet what
they would meet after years. Nothing but speed is measured on them; `verify` would rightly refuse them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

from guanjia.cases.models import Case
from guanjia.estate.models import Unit
from guanjia.ops.bench.rows import OWN, columns_of, last_of

A_MONTH = 1000  # cases
DAYS = 30  # a month of the archive
BEYOND = 1_000_000  # ids of copies begin where no open case of the office comes


@dataclass
class Archive:
    """The rows that are copied: all that there are when it is made."""

    cases: int = field(default_factory=lambda: Case.objects.count())
    last: dict[type[models.Model], int] = field(default_factory=lambda: {m: last_of(m) for m in OWN})
    copies: int = 0

    def __len__(self) -> int:
        """Closed cases by now, the ones that were played among them."""
        return self.cases * (self.copies + 1)

    def grow(self, size: int, progress: Callable[[int, int], None]) -> None:
        """Copy until there are at least `size` cases; each month of the archive has a thousand."""
        homes = _homes()
        while len(self) < size:
            self.copies += 1
            with transaction.atomic(), connection.cursor() as cursor:
                for model, own in OWN.items():
                    cursor.execute(*self._copy(model, own, homes))
            progress(min(len(self), size), size)
        _mend_sequences()

    def _copy(
        self, model: type[models.Model], own: Mapping[str, str], homes: tuple[int, int]
    ) -> tuple[str, list[int]]:
        table = connection.ops.quote_name(model._meta.db_table)
        columns = columns_of(model)
        values = [
            self._value(column, field, own.get(field.attname, ""), homes) for column, field in columns.items()
        ]
        names = ", ".join(map(connection.ops.quote_name, columns))
        return (
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {table} WHERE id <= %s",  # noqa: S608
            [self.last[model]],
        )

    def _value(self, name: str, field: models.Field[Any, Any], how: str, homes: tuple[int, int]) -> str:
        """The expression for a column of the copy, from names of columns and whole numbers alone."""
        column, number = connection.ops.quote_name(name), self.copies
        apart = {model: BEYOND + last * number for model, last in self.last.items()}
        target = field.related_model if field.is_relation else type(None)
        if field.primary_key:
            return f"{column} + {apart[field.model]}"
        if how == "name":
            return f"{column} || '~{number}'"
        if how == "count":
            return f"{column} + {apart[field.model]}"
        if how == "none":
            return "NULL"
        if how == "home":
            first, count = homes
            return f"(({column} - {first} + {self.cases * number}) %% {count}) + {first}"
        if target in apart:
            return f"{column} + {apart[target]}"
        if isinstance(field, models.DateTimeField):
            return _earlier(column, DAYS * (self.cases * number // A_MONTH))
        return column


def _earlier(column: str, days: int) -> str:
    if connection.vendor == "sqlite":
        return f"datetime({column}, '-{days} days')"
    return f"{column} - interval '{days} days'"


def _homes() -> tuple[int, int]:
    """The first id of the imported households and how many there are; an import gives them one after the other."""
    found = Unit.objects.filter(building__code="9").aggregate(
        first=models.Min("pk"), count=models.Count("pk")
    )
    return found["first"], found["count"]


def _mend_sequences() -> None:
    """The ids were given by hand: the server's counters go on after them, and its statistics are taken anew."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(OWN)):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
