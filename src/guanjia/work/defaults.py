"""The first lists of a new office: service items and made-up suppliers, to be replaced by its own."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from guanjia.estate.models import Office
from guanjia.work import actions, queries

DATA = Path(__file__).parent / "data"


@lru_cache(maxsize=2)
def _rows(name: str, key: str) -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((DATA / f"{name}.toml").read_text("utf-8"))[key])


def default_items() -> tuple[dict[str, Any], ...]:
    """Service items: key, name, unit_word, price_fen."""
    return _rows("service_items", "item")


def default_suppliers() -> tuple[dict[str, Any], ...]:
    """Suppliers: name, phone, items."""
    return _rows("suppliers", "supplier")


@transaction.atomic
def load_lists(office: Office, *, at: datetime, by: str) -> tuple[int, int]:
    """Write both lists for an office that has none; how many items and suppliers were written."""
    items = suppliers = 0
    if not queries.items(office, at):
        for row in default_items():
            actions.add_item(office, **row, at=at, by=by, evaluation="")
            items += 1
    if not queries.suppliers(office, at):
        for row in default_suppliers():
            actions.add_supplier(office, **row, at=at, by=by, evaluation="")
            suppliers += 1
    return items, suppliers
