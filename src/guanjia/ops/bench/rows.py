"""The tables that hold a case and what came of it, and their rows as the database takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, models

from guanjia.cases.models import Case, Event
from guanjia.ledger.models import OpenItem, Transfer
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation, Step
from guanjia.records.models import Copy, Record, Signature

Row = dict[str, Any]

# what of each row is its own; ids and times are seen to by their kind
OWN: Mapping[type[models.Model], Mapping[str, str]] = {
    Case: {"number": "name", "opening_key": "none", "unit_id": "home"},
    Event: {},
    Obligation: {},
    Step: {},
    Record: {"number": "name", "reference": "name", "seq": "count"},
    Copy: {},
    Signature: {"reference": "name"},
    Transfer: {"key": "name", "reference": "name"},
    OpenItem: {"reference": "name"},
    Message: {"key": "name", "reference": "name"},
}


def rows_after(model: type[models.Model], after: int) -> list[Row]:
    """The rows of a table whose id is greater, as the database takes them."""
    return [row_of(one) for one in model._default_manager.filter(pk__gt=after).order_by("pk")]


def row_of(one: models.Model) -> Row:
    """A row as the database takes it."""
    return {
        column: field.get_db_prep_save(getattr(one, field.attname), connection)
        for column, field in columns_of(type(one)).items()
    }


def columns_of(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    """The columns of a table by name."""
    return {field.column: field for field in model._meta.concrete_fields if field.column}


def last_of(model: type[models.Model]) -> int:
    """The greatest id of a table, or 0."""
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0
