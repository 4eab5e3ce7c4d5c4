"""What every test may use. Fixtures of one room stand in that room's own conftest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

pytest_plugins = ["tests.chromium", "tests.stage"]

# How long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,  # one commit gets one answer
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    print_blob=True,
)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def own_language():
    """A test that switches to English switches for itself only."""
    yield
    translation.deactivate()


def _emptying(operations: DatabaseOperations, style: Any, tables: list[str], **_: bool) -> list[str]:
    names = [operations.quote_name(table) for table in tables]
    return [f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE", *(f"DELETE FROM {n}" for n in names)]


@pytest.fixture(scope="session", autouse=True)
def emptied_by_rows() -> Iterator[None]:
    """PostgreSQL's tables are emptied row by row after a test that commits.

    TRUNCATE writes a new file for every table and index and waits for the disk each time: most of the time of such
    a test. The lock waits, as TRUNCATE does, for whatever a live server has not finished.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", _emptying)
        yield
