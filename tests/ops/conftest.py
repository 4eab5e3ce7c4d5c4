"""An installation with something in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django import Settings

from guanjia.estate.models import Company, Office
from guanjia.staff.models import Post, Role, User

NOW = datetime(2026, 3, 24, 2, 0, 0, tzinfo=UTC)


@pytest.fixture
def home(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of the test's own; the database stays where it is."""
    settings.HOME = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def office() -> Office:
    """An office of a company."""
    company = Company.objects.create(name="翠湖物业", short="翠湖")
    return Office.objects.create(company=company, code="chk", name="翠湖管理处", estate_name="翠湖花园")


@pytest.fixture
def receptionist(office: Office) -> User:
    """Somebody who works there."""
    user = User.objects.create(username="zhoumin", name="周敏", password="!")
    Post.objects.create(user=user, company=office.company, office=office, role=Role.RECEPTIONIST)
    return user
