"""The stage of the scenario cards as a fixture: an office with its people and households, under the first manual."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.conf import settings

from guanjia.adoption import queries as adoption
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read

BEGINS = datetime(2026, 3, 24, 2, 42, tzinfo=UTC)  # a Tuesday, 10:42 in the office


@pytest.fixture
def stage(db: None) -> stages.Stage:
    """`stage.office`, `stage.person("receptionist")`, `stage.parties["3-2-1502"]`; blanks are as the manual suggests."""
    adoption.forget()
    return stages.build([read(settings.MANUALS_ROOT / "entrusted-repair-h")], {}, BEGINS)
