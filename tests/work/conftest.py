"""Two offices without lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guanjia.estate import actions as estate
from guanjia.estate.models import Office

OPENING = datetime(2026, 1, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def office(db: None) -> Office:
    return estate.create_office(estate.create_company("安居物业"), "garden", "翠湖花园管理处", "翠湖花园")


@pytest.fixture
def other(office: Office) -> Office:
    return estate.create_office(office.company, "plaza", "翠湖广场管理处", "翠湖广场")
