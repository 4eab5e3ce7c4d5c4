"""Every error has one shape, in Chinese, with a code that docs/errors.md lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.api.conftest import BASE, Caller, Clock
from tests.api.repair import CALL

from guanjia.cases.models import Case
from guanjia.ops.cards.stage import Stage

SHAPE = {"code", "message", "hint", "field", "clause", "problems"}
URL = f"{BASE}/offices/card/cases"


def problem(response: Any, status: int, code: str, field: str = "") -> dict[str, Any]:
    """The Problem of a response, with what every Problem must have."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == SHAPE
    assert (body["code"], body["field"]) == (code, field)
    assert re.search(r"[\u4e00-\u9fff]", body["message"])
    assert body["problems"][0] == {key: body[key] for key in SHAPE - {"problems"}}
    documented = (Path(settings.PACKAGE).parent.parent / "docs" / "errors.md").read_text("utf-8")
    assert f"| `{code}` |" in documented
    return body


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ("", 422, "INPUT_INVALID", ""),
        ("{", 400, "BODY_UNREADABLE", ""),
        ("[]", 400, "BODY_UNREADABLE", ""),
        ("null", 400, "BODY_UNREADABLE", ""),
        ('{"category": NaN}', 400, "BODY_UNREADABLE", ""),
        ("\xff", 400, "BODY_UNREADABLE", ""),
        ("[" * 100_000, 400, "BODY_UNREADABLE", ""),
        ('{"data":' * 30 + "1" + "}" * 30, 400, "BODY_UNREADABLE", ""),
        ('{"category": "re\\u0000pair"}', 422, "TEXT_UNREADABLE", ""),
        ('{"category": "\\ud800"}', 422, "TEXT_UNREADABLE", ""),
        ('{"category": "repair", "data": {"\\u0000": 1}}', 422, "TEXT_UNREADABLE", ""),
        ('{"category": "repair", "data": {"fee": 1e400}}', 422, "NUMBER_TOO_LARGE", ""),
        ('{"category": "repair", "data": {"fee": 99999999999999999999}}', 422, "NUMBER_TOO_LARGE", ""),
        ("{}", 422, "INPUT_INVALID", "category"),
        ('{"category": "repair", "date": {}}', 422, "INPUT_INVALID", "date"),
        ('{"category": 1}', 422, "INPUT_INVALID", "category"),
        ('{"category": "repair", "intake": {"urgent": "soon"}}', 422, "INPUT_INVALID", "intake.urgent"),
        ('{"category": "repair", "intake": {"party": 0}}', 422, "INPUT_INVALID", "intake.party"),
        ('{"category": "repair", "intake": {"party": 9}}', 404, "NOT_FOUND", ""),
        ('{"category": "praise"}', 409, "CATEGORY_WITHOUT_PROCEDURE", ""),
    ],
)
def test_bodies_that_cannot_be(
    body: str, status: int, code: str, field: str, caller: Callable[[str], Caller]
) -> None:
    client = caller("receptionist").client
    response = client.post(URL, body.encode("latin-1"), content_type="application/json")
    problem(response, status, code, field)
    assert not Case.objects.exists()


def test_all_mistakes_of_a_form_at_once(caller: Callable[[str], Caller]) -> None:
    body = {"category": "repair", "data": {"contact_phone": "x", "channel": "smoke", "colour": "red"}}
    response = caller("receptionist").request("post", "/offices/card/cases", body)
    wrong = problem(response, 422, "FIELD_UNKNOWN", "colour")["problems"]
    found = {(one["code"], one["field"]) for one in wrong}
    assert found >= {
        ("FIELD_UNKNOWN", "colour"),
        ("FIELD_REQUIRED", "unit"),
        ("FIELD_INVALID", "contact_phone"),
        ("FIELD_REQUIRED", "matter"),
        ("FIELD_INVALID", "channel"),
    }


def test_all_mistakes_of_an_input_at_once(caller: Callable[[str], Caller]) -> None:
    response = caller("receptionist").request("post", "/offices/card/cases", {"category": "", "x": 1})
    wrong = problem(response, 422, "INPUT_INVALID", "category")["problems"]
    assert [one["field"] for one in wrong] == ["category", "x"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/", 404, "NOT_FOUND"),
        ("get", "/api/v1/", 404, "NOT_FOUND"),
        ("post", "/api/v2/me", 404, "NOT_FOUND"),
        ("get", "/api/v1/me/", 404, "NOT_FOUND"),
        ("put", "/api/v1/me", 405, "METHOD_NOT_ALLOWED"),
        ("delete", "/api/v1/offices/card/cases", 405, "METHOD_NOT_ALLOWED"),
        ("get", "/api/v1/cases/BX%00", 422, "TEXT_UNREADABLE"),
        ("get", "/api/v1/offices/card/cases?search=%00", 422, "TEXT_UNREADABLE"),
        ("get", "/api/v1/cases/BX2603-9999", 404, "NOT_FOUND"),
        ("get", "/api/v1/attachments/9", 404, "NOT_FOUND"),
        ("get", "/api/v1/attachments/x", 422, "INPUT_INVALID"),
        ("get", "/api/v1/attachments/99999999999999999999", 422, "INPUT_INVALID"),
        ("get", "/api/v1/offices/card/households/9223372036854775807", 404, "NOT_FOUND"),
        ("get", "/api/v1/offices/card/statistics?month=2026-13", 422, "INPUT_INVALID"),
        ("get", "/api/v1/offices/card/statistics", 422, "INPUT_INVALID"),
        ("get", "/api/v1/offices/card/statistics?month=2026-03", 403, "FORBIDDEN"),
    ],
)
def test_addresses_that_cannot_be(
    method: str, path: str, status: int, code: str, caller: Callable[[str], Caller]
) -> None:
    response = getattr(caller("receptionist").client, method)(path)
    assert response.status_code == status, response.content.decode()
    assert response.json()["code"] == code
    problem(response, status, code, response.json()["field"])


def test_a_day_that_does_not_exist(caller: Callable[[str], Caller]) -> None:
    response = caller("cashier").request("get", "/offices/card/takings?day=2026-02-30")
    problem(response, 422, "BAD_DATE", "day")


def test_what_may_be_asked_of_an_address_is_said(caller: Callable[[str], Caller]) -> None:
    response = caller("receptionist").request("put", "/offices/card/cases")
    assert response["Allow"] == "GET, POST"


def test_a_fault_of_the_program_is_logged_under_what_the_caller_is_told(
    caller: Callable[[str], Caller], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("秘密")

    monkeypatch.setattr("guanjia.api.routes.cases.cases.cases", broken)
    response = caller("receptionist").request("get", "/offices/card/cases")
    said = problem(response, 500, "SERVER_ERROR")
    assert "秘密" not in response.content.decode()
    reference = re.search(r"[0-9a-f]{8}", said["hint"])
    assert reference
    assert reference[0] in caplog.text
    assert "RuntimeError: 秘密" in caplog.text


def test_too_much_at_once(caller: Callable[[str], Caller], settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = caller("receptionist").request("post", "/offices/card/cases", {"category": "x" * 2000})
    problem(response, 413, "BODY_TOO_BIG")


def test_a_form_is_no_json(caller: Callable[[str], Caller]) -> None:
    response = caller("receptionist").client.post(URL, {"category": "repair"})
    problem(response, 400, "BODY_UNREADABLE")


def test_answers_are_kept_by_nobody(caller: Callable[[str], Caller], stage: Stage, clock: Clock) -> None:
    """Personal data stays out of shared caches, and a page of an old case out of the browser's."""
    assert caller("receptionist").request("get", "/me")["Cache-Control"] == "private, no-store"
    assert Client().get(f"{BASE}/me")["Cache-Control"] == "private, no-store"


def test_chinese_is_readable_in_the_raw_answer(caller: Callable[[str], Caller]) -> None:
    response = caller("receptionist").request("post", "/offices/card/cases", CALL)
    assert "厨房水管爆了" in response.content.decode()
    assert json.loads(response.content)["state_label"] == "已登记"
