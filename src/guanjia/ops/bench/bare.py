"""The floor under a change: the same rows again, by bare SQL in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from guanjia.cases.models import Event
from guanjia.obligations.models import Step
from guanjia.ops.bench.rows import OWN, Row, columns_of, last_of, row_of, rows_after

FAR, APART = 1_000_000_000, 1000  # ids of the rows that are written again
IN_TURN = {Event: "seq", Step: "generation"}  # what tells rows of one case apart


@dataclass
class Written:
    """What a change wrote: new rows, and rows that it updated."""

    made: list[tuple[type[models.Model], Row]]
    updated: list[tuple[type[models.Model], Row]]

    @property
    def statements(self) -> int:
        """One for each row."""
        return len(self.made) + len(self.updated)

    def again(self, number: int) -> None:
        """Insert the same rows under other ids and numbers, and update the same rows, in one transaction."""
        ids: dict[Any, set[int]] = {}
        for model, row in self.made:
            ids.setdefault(model, set()).add(row["id"])
        with transaction.atomic(), connection.cursor() as cursor:
            for model, row in self.made:
                _insert(cursor, model, _renamed(model, row, ids, number))
            for model, row in self.updated:
                _update(cursor, model, row)


def written_by(change: Callable[[], object], touched: Iterable[models.Model] = ()) -> Written:
    """Run a change and see which rows of the cases' tables it made; `touched` are those that it updates."""
    before = {model: last_of(model) for model in OWN}
    change()
    made = [(model, row) for model in OWN for row in rows_after(model, before[model])]
    return Written(made, [(type(one), row_of(one)) for one in touched])


def _renamed(model: type[models.Model], row: Row, ids: dict[Any, set[int]], number: int) -> Row:
    """The row as another one: ids of new rows far away, everything that is once with a mark of its own."""
    far = FAR + number * APART
    named = dict(row)
    for name, column in columns_of(model).items():
        how = OWN[model].get(column.attname, "")
        target = column.related_model if column.is_relation else None
        if column.primary_key or row[name] in ids.get(target, ()):
            named[name] = row[name] + far
        elif how == "name" and row[name]:
            named[name] = f"{row[name]}^{number}"
        elif how == "count":
            named[name] = far
        elif column.attname == IN_TURN.get(model):
            named[name] = APART + number
        elif how == "none":
            named[name] = None
    return named


def _insert(cursor: Any, model: type[models.Model], row: Row) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, row))
    cursor.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
    )  # noqa: S608


def _update(cursor: Any, model: type[models.Model], row: Row) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(f"{connection.ops.quote_name(name)} = %s" for name in row if name != "id")
    values = [value for name, value in row.items() if name != "id"]
    cursor.execute(f"UPDATE {table} SET {names} WHERE id = %s", [*values, row["id"]])  # noqa: S608
