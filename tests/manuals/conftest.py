"""What the tests of manuals may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from guanjia.ops.cards import stage
from guanjia.ops.cards.stage import Stage


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Stage]:
    """The office on which every card of a module is played: a card takes longer to set up than to play."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield stage.ground()
        transaction.set_rollback(True)
