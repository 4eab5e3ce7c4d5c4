"""What every test may use. Fixtures of one room stand in that room's own conftest."""

from __future__ import annotations

import hypothesis
import pytest
from django.utils import translation

pytest_plugins = ["tests.chromium", "tests.stage"]

# How long an example takes says nothing about whether it is right.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], print_blob=True
)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def own_language():
    """A test that switches to English switches for itself only."""
    yield
    translation.deactivate()
