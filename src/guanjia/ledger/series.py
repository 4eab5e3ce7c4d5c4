"""A gapless series: taking its next number in the transaction of the paper that carries it, and finding a gap."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Max, QuerySet

from guanjia.estate.models import Office
from guanjia.kernel.numbering import Number, number_text, series_of


def take(model: Any, office: Office, key: str, pattern: str, at: datetime) -> Number:
    """The next number of an office's series, kept in `model` (office, key, next_number), under the row's lock.

    The lock is held until the caller's transaction ends, so a number rolled back is given to the next one and
    no gap arises. Raises RuntimeError outside a transaction, Problem NUMBER_PATTERN for a wrong pattern.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise RuntimeError("a number must be taken in the transaction of its document")
    zone = ZoneInfo(office.time_zone)
    series = series_of(key, pattern, at, zone)
    quoted = connection.ops.quote_name
    table, owner, name, following = map(quoted, (model._meta.db_table, "office_id", "key", "next_number"))
    with connection.cursor() as cursor:  # one statement makes the series, or locks its row and counts on
        cursor.execute(
            f"INSERT INTO {table} ({owner}, {name}, {following}) VALUES (%s, %s, 2)"  # noqa: S608 - names, quoted
            f" ON CONFLICT ({owner}, {name}) DO UPDATE SET {following} = {table}.{following} + 1"
            f" RETURNING {following}",
            [office.pk, series],
        )
        seq = int(cursor.fetchone()[0]) - 1
    return Number(number_text(pattern, seq, at, zone), series, seq)


def gaps(papers: QuerySet[Any], given: Mapping[str, int]) -> list[tuple[str, int]]:
    """Numbers given out that no paper carries: [(series, seq)].

    `papers` have the columns series and seq; `given` is {series: last number given out}. A series is only read
    number by number when its count shows that something is missing.
    """
    tally = papers.order_by().values_list("series").annotate(count=Count("pk"), last=Max("seq"))
    known = {series: (count, last) for series, count, last in tally}
    missing = []
    for series in sorted(known.keys() | given.keys()):
        count, last = known.get(series, (0, 0))
        last = max(last, given.get(series, 0))
        if count != last:
            there = set(papers.filter(series=series).values_list("seq", flat=True))
            missing += [(series, seq) for seq in range(1, last + 1) if seq not in there]
    return missing
