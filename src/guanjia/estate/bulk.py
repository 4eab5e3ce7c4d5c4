"""Many rows at once: a register of households, and the words by which units are found. Part of `actions`.

Nobody should wait long for anybody else: what can be made ready is made ready before the database is held for writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Field, Model

from guanjia.estate import build
from guanjia.estate.indexing import WordRow, words_of
from guanjia.estate.models import Building, Occupancy, Office, Party, Phone, SearchWord, Unit
from guanjia.estate.register import Plan

Progress = Callable[[str, int, int], None]
BATCH = 1000
INDEXED_AT_ONCE = 500


def hold(office: Office, revision: int | None = None) -> bool:
    """Takes the office's estate for writing until the transaction ends; whether it is still at that revision.

    Others may go on writing cases of the office meanwhile, but nothing of its estate.
    """
    now = Office.objects.select_for_update(no_key=True).values_list("revision", flat=True).get(pk=office.pk)
    Office.objects.filter(pk=office.pk).update(revision=now + 1)
    return now == revision


def index_units(office: Office, unit_ids: Iterable[int], *, on: date) -> int:
    """Writes anew the search words of these units of the office; how many words were written.

    `on`: the office's day; who has left by then is no longer found.
    """
    ids = list(dict.fromkeys(unit_ids))
    return sum(_index(office, some, on) for some in _batches(ids, INDEXED_AT_ONCE))


def index_rest(office: Office, *, on: date, progress: Progress | None = None) -> int:
    """Writes the search words that an import has left to be written, a few units at a time; how many units.

    The words are made while others may write, and made again for units that somebody changed meanwhile. Whoever is
    interrupted here may begin anew: what is written is not written again.
    """
    ids = list(Unit.objects.filter(office=office, unindexed=True).order_by("pk").values_list("pk", flat=True))
    done = 0
    for some in _batches(ids, INDEXED_AT_ONCE):
        revision = Office.objects.values_list("revision", flat=True).get(pk=office.pk)
        words = list(words_of(office, some, on))
        with transaction.atomic():
            _index(office, some, on, words if hold(office, revision) else None)
        done += len(some)
        if progress:
            progress("建立检索", done, len(ids))
    return done


@transaction.atomic
def _index(office: Office, unit_ids: list[int], on: date, words: Sequence[WordRow] | None = None) -> int:
    words = list(words_of(office, unit_ids, on)) if words is None else words
    SearchWord.objects.filter(office=office, unit__in=unit_ids).delete()
    _insert_words(words)
    Unit.objects.filter(office=office, pk__in=unit_ids, unindexed=True).update(unindexed=False)
    return len(words)


def _batches(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _insert_words(words: Sequence[WordRow]) -> None:
    """Many rows at once, by COPY or plain INSERTs: an object for each word would take most of the time of an import."""
    table = connection.ops.quote_name(SearchWord._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in WordRow._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for word in words:
                    copy.write_row(word)
            return
        row = "(" + ", ".join(["%s"] * len(WordRow._fields)) + ")"
        for start in range(0, len(words), BATCH):
            some = words[start : start + BATCH]
            values = ", ".join([row] * len(some))
            cells = [cell for word in some for cell in word]
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {values}", cells)


def apply_plan(
    office: Office,
    plan: Callable[[], Plan],
    *,
    on: date,
    progress: Progress | None = None,
    also: Callable[[], None] | None = None,
) -> Plan:
    """Writes all that a plan says, or nothing, then the search words; the plan that was written.

    The plan is made while others may write, and made again under the lock when the estate has changed since. `also` is
    done in the same transaction: what must be written if and only if the plan is. The search words follow in small
    portions, so that nobody waits long; `index_rest` catches up when this process dies before its end.
    """
    made = plan()
    rows = build.rows(office, made)
    if progress:
        progress("写入", 0, len(rows.units) + len(made.changed_units))
    with transaction.atomic():
        if not hold(office, made.revision):
            made = plan()
            rows = build.rows(office, made)
        _write_rows(rows)
        _write_changes(office, made, rows)
        if also:
            also()
    index_rest(office, on=on, progress=progress)
    return made


def _write_rows(rows: build.Rows) -> None:
    """Each kind under the one that it needs, so that every row knows the ids above it."""
    Building.objects.bulk_create(rows.buildings)
    Unit.objects.bulk_create(rows.units, batch_size=BATCH)
    Party.objects.bulk_create(rows.parties, batch_size=BATCH)
    Phone.objects.bulk_create(rows.phones, batch_size=BATCH)
    Occupancy.objects.bulk_create(rows.occupancies, batch_size=BATCH)


def _write_changes(office: Office, plan: Plan, rows: build.Rows) -> None:
    """What changes in rows that were there, and which units are to be found by other words from now on."""
    _update_many(Unit, plan.changed_units)
    _update_many(Party, plan.changed_persons)
    _update_many(Occupancy, plan.changed_occupancies)
    renumbered = [party.pk for party, _ in plan.new_phones]
    for some in _batches(renumbered, BATCH // 2):
        Phone.objects.filter(party__in=some).delete()
    numbers = [phone for party, pairs in plan.new_phones for phone in build.phones(party, pairs)]
    Phone.objects.bulk_create(numbers, batch_size=BATCH)
    touched = {unit.pk for unit, _ in plan.changed_units} | {row.unit_id for row in rows.occupancies}
    touched |= {row.unit_id for row, _ in plan.changed_occupancies}
    touched -= {unit.pk for unit in rows.units}
    for some in _batches(renumbered + [party.pk for party, _ in plan.changed_persons], BATCH // 2):
        touched |= set(Occupancy.objects.filter(party__in=some).values_list("unit_id", flat=True))
    for some in _batches(sorted(touched), BATCH // 2):
        Unit.objects.filter(office=office, pk__in=some).update(unindexed=True)


def _update_many(model: type[Model], changes: Sequence[tuple[Model, Mapping[str, Any]]]) -> None:
    """One statement for all rows in which the same columns change: thousands of `save()` would hold the database."""
    together: dict[tuple[str, ...], list[list[Any]]] = {}
    for row, values in changes:
        cells = [_field(model, name).get_db_prep_save(value, connection) for name, value in values.items()]
        together.setdefault(tuple(values), []).append([*cells, row.pk])
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        for names, rows in together.items():
            said = ", ".join(f"{quote(_column(model, name))} = %s" for name in names)
            cursor.executemany(f"UPDATE {table} SET {said} WHERE id = %s", rows)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def _column(model: type[Model], name: str) -> str:
    column = _field(model, name).column
    assert column is not None
    return column
