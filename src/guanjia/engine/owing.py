"""The obligations of a case as policy takes them."""

from __future__ import annotations

from collections.abc import Iterable

from guanjia.obligations.models import Obligation
from guanjia.policy.decision import Owed


def owed_of(rows: Iterable[Obligation]) -> list[Owed]:
    """Each row with what conditions on obligations may ask: state, due time, whether it was late."""
    return [
        Owed(
            row.pk,
            row.manual_key,
            row.key,
            row.subject,
            row.generation,
            row.state,
            row.due_at,
            row.missed_at is not None,
        )
        for row in rows
    ]
