"""Two offices of one company and one of another, with people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from guanjia.estate import actions as estate
from guanjia.estate.models import Company, Office
from guanjia.staff import actions
from guanjia.staff.models import User

NOON = datetime(2026, 3, 24, 4, 0, tzinfo=UTC)  # 12:00 in the offices
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Offices:
    """Two offices of one company; a stranger's."""

    company: Company
    garden: Office
    plaza: Office
    stranger: Office


@pytest.fixture
def offices(db: None) -> Offices:
    company = estate.create_company("安居物业服务有限公司", "安居")
    other = estate.create_company("别家物业", "别家")
    return Offices(
        company,
        estate.create_office(company, "garden", "翠湖花园管理处", "翠湖花园"),
        estate.create_office(company, "plaza", "翠湖广场管理处", "翠湖广场"),
        estate.create_office(other, "stranger", "别家管理处", "别家花园"),
    )


def person(name: str, role: str = "", office: Office | None = None, **more: object) -> User:
    """A user, with a post when a role is given."""
    user = actions.create_user(f"u-{name}-{User.objects.count()}", name)
    if role:
        actions.give_post(user, role, office=office, **more)  # type: ignore[arg-type]
    return user


def on_shift(user: User, office: Office, *, begins: datetime = NOON - HOUR, hours: int = 8) -> None:
    actions.add_shift(office, user, "早班", begins, begins + hours * HOUR)
