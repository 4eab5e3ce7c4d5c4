"""Who may call: keys of programs, sessions of the pages, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from tests.api.conftest import BASE, Caller, Clock, caller_for
from tests.api.repair import CALL
from tests.stage import BEGINS

from guanjia.api.actions import issue_token, revoke_token
from guanjia.estate.models import Office
from guanjia.ops.cards.stage import Stage
from guanjia.staff import actions as staff


def test_without_a_key_nobody_gets_in(stage: Stage, clock: Clock) -> None:
    response = Client().get(f"{BASE}/me")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "SIGN_IN_REQUIRED"
    opened = Client().post(f"{BASE}/offices/card/cases", CALL, content_type="application/json")
    assert (opened.status_code, opened.json()["code"]) == (401, "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("secret", ["gj_nothing", "", " ", "钥匙".encode().decode("latin-1")])
def test_a_key_that_was_never_given(secret: str, stage: Stage, clock: Clock) -> None:
    response = Client(headers={"Authorization": f"Bearer {secret}"}).get(f"{BASE}/me")
    assert response.status_code == 401
    assert response.json()["code"] == "TOKEN_INVALID"


def test_a_key_that_ended(stage: Stage, clock: Clock) -> None:
    user = stage.person("receptionist")
    token, secret = issue_token(user, label="x", at=BEGINS)
    _other, short = issue_token(user, label="y", at=BEGINS, days=1)
    assert Caller(secret).get("/me")["name"] == "周敏"
    revoke_token(token.pk, at=BEGINS)
    assert Caller(secret).get("/me", status=401)["code"] == "TOKEN_INVALID"
    clock.now += timedelta(days=1)
    assert Caller(short).get("/me", status=401)["code"] == "TOKEN_INVALID"


def test_somebody_who_has_left(stage: Stage, clock: Clock) -> None:
    left = caller_for(stage.person("receptionist"))
    staff.set_active(stage.person("receptionist"), active=False)
    assert left.get("/me", status=401)["code"] == "TOKEN_INVALID"


def test_another_way_of_signing_in_is_no_key(stage: Stage, clock: Clock) -> None:
    response = Client(headers={"Authorization": "Basic dTpw"}).get(f"{BASE}/me")
    assert (response.status_code, response.json()["code"]) == (401, "SIGN_IN_REQUIRED")


def test_a_session_reads_without_a_csrf_token_and_writes_only_with_one(stage: Stage, clock: Clock) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(stage.person("receptionist"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{BASE}/me").json()["name"] == "周敏"
    url = f"{BASE}/offices/card/cases"
    refused = client.post(url, CALL, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "CSRF_REFUSED")
    client.get("/login/")
    token = "x" * 32
    client.cookies["csrftoken"] = token
    opened = client.post(url, CALL, content_type="application/json", headers={"X-CSRFToken": token})
    assert opened.status_code == 201, opened.content.decode()


def test_a_key_needs_no_csrf_token(stage: Stage, clock: Clock) -> None:
    _token, secret = issue_token(stage.person("receptionist"), label="x", at=BEGINS)
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    opened = client.post(f"{BASE}/offices/card/cases", CALL, content_type="application/json")
    assert opened.status_code == 201


def test_a_key_of_one_office_opens_no_other(stage: Stage, clock: Clock) -> None:
    user = stage.person("receptionist")
    other = Office.objects.create(company=stage.office.company, code="plaza", name="广场", estate_name="广场")
    staff.give_post(user, "receptionist", office=other)
    everywhere, here = caller_for(user), caller_for(user, stage.office)
    assert [one["code"] for one in everywhere.get("/offices")["items"]] == ["card", "plaza"]
    assert [one["code"] for one in here.get("/me")["offices"]] == ["card"]
    assert everywhere.get("/offices/plaza")["name"] == "广场"
    assert here.get("/offices/plaza", status=404)["code"] == "NOT_FOUND"


def test_a_number_that_two_offices_gave(caller: Callable[[str], Caller], stage: Stage) -> None:
    """The caller says which office is meant; a key of one office need not."""
    user = stage.person("receptionist")
    desk = caller("receptionist")
    number = desk.post("/offices/card/cases", CALL, status=201)["number"]
    twin = _twin(stage, number)
    staff.give_post(user, "receptionist", office=twin)
    assert desk.get(f"/cases/{number}", status=409)["code"] == "CASE_AMBIGUOUS"
    assert desk.get(f"/cases/{number}?office=card")["office"] == "card"
    assert desk.get(f"/cases/{number}?office=plaza")["subject"] == "另一件事"
    assert caller_for(user, stage.office).get(f"/cases/{number}")["office"] == "card"


def _twin(stage: Stage, number: str) -> Office:
    other = Office.objects.create(company=stage.office.company, code="plaza", name="广场", estate_name="广场")
    case = stage.office.cases.get(number=number)
    case.pk, case.office, case.unit, case.party, case.subject = None, other, None, None, "另一件事"
    case.save(force_insert=True)
    return other
