"""/healthz: 200 with how far ticker and outbox are behind, 503 without the database."""

from __future__ import annotations

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from guanjia.estate.models import Company, Office
from guanjia.notify.models import Message


def message(key: str, **columns: object) -> Message:
    company, _ = Company.objects.get_or_create(name="翠湖物业", short="翠湖")
    office, _ = Office.objects.get_or_create(
        company=company, code="chk", name="翠湖管理处", estate_name="翠湖"
    )
    return Message.objects.create(office=office, subject="x", body="x", key=key, **columns)


@pytest.mark.django_db
def test_it_is_well(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("max-age=0")
    found = answer.json()
    assert found.pop("version")
    assert found == {
        "ok": True,
        "database": connection.vendor,
        "ticker_behind_seconds": 0,
        "outbox_behind_seconds": 0,
    }


@pytest.mark.django_db
def test_how_far_the_outbox_is_behind(client: Client) -> None:
    now = timezone.now()
    message("late", created_at=now - timedelta(minutes=3))
    message("not yet", created_at=now - timedelta(hours=9), not_before=now + timedelta(hours=1))
    message("sent", created_at=now - timedelta(hours=9), state=Message.State.SENT)
    assert 180 <= client.get("/healthz").json()["outbox_behind_seconds"] < 240


@pytest.mark.django_db
def test_without_a_database(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError("gone")):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "trouble": "database"}


def test_it_only_reads(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
