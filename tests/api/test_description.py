"""The description of the API is true: schemathesis asks every address what it describes, and much that it does not."""

from __future__ import annotations

import copy
import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from pydantic import BaseModel
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from tests.api.conftest import Clock, caller_for
from tests.api.repair import BOOK, play
from tests.stage import BEGINS

from guanjia.adoption import queries as adoption
from guanjia.api import shapes
from guanjia.api.application import build
from guanjia.intake.telephone import lines
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NUMBERS = ("BX2603-0001", "BX2603-0002", "BX0000-0000")
KNOWN = {
    "office": ["card", "card", "nowhere"],
    "number": list(NUMBERS),
    "action": ["note", "dispatch", "withdraw", "explode"],
    "fact": ["contact_phone", "matter"],
    "key": ["entrusted-repair-h", "x"],
    "manual": ["entrusted-repair-h", "x"],
    "book": ["repairs", "x"],
    "form": ["repair_sheet", "duty_log", "x"],
    "payer": ["unit:3-2-1502", "x"],
    "search": ["", "3-2", "王", "水管"],
}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


def described() -> dict[str, Any]:
    """The description, with the numbers and codes of the stage where it asks for any: so that something is found."""
    found = copy.deepcopy(dict(build().get_openapi_schema(path_prefix="/api/v1/")))
    for methods in found["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["name"] in KNOWN and parameter["in"] in ("path", "query"):
                    parameter["schema"]["enum"] = list(dict.fromkeys(KNOWN[parameter["name"]]))
    return found


schema = openapi.from_dict(described())
schema.app = get_wsgi_application()
schema.config.phases.coverage.enabled = False


@pytest.fixture(scope="module")
def keys(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[str, str]]:
    """A key of somebody who may do almost everything, in an office with a finished repair and a running one; and the
    key of its telephone line."""
    patch, clock = pytest.MonkeyPatch(), Clock()
    patch.setattr("guanjia.clock.now", clock)
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        secrets = _build(clock)
        request_started.disconnect(
            close_old_connections
        )  # as Django's own test client does: the transaction is ours
        request_finished.disconnect(close_old_connections)
        yield secrets
        transaction.set_rollback(True)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    patch.undo()


def _build(clock: Clock) -> tuple[str, str]:
    stage = stages.build([read(settings.MANUALS_ROOT / "entrusted-repair-h") + BOOK], {}, BEGINS)
    callers = {who: caller_for(stage.person(who)) for who in stage.people}
    numbers = (
        play(callers.__getitem__, clock, stage.person("technician").pk),
        play(callers.__getitem__, clock, stage.person("technician").pk, until="register"),
    )
    assert numbers == NUMBERS[:2]
    user = stage.person("director")
    for role in ("cashier", "receptionist", "eng_supervisor"):
        stages.staff.give_post(user, role, office=stage.office)
    _line, secret = lines.add(stage.office, "0755-88000120", "服务热线", at=clock.now)
    return f"Bearer {caller_for(user).secret}", f"Bearer {secret}"


@schema.parametrize()
@hypothesis_settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_address_answers_as_described(case: schemathesis.Case, keys: tuple[str, str]) -> None:
    key = keys["/telephone/" in case.path]
    with transaction.atomic():
        response = case.call(headers={"Authorization": key})
        transaction.set_rollback(True)
    case.validate_response(response, checks=CHECKS)


def test_no_two_shapes_share_a_name() -> None:
    """The description keeps one of each name."""
    names: dict[str, str] = {}
    for module in pkgutil.iter_modules(shapes.__path__):
        found = importlib.import_module(f"{shapes.__name__}.{module.name}")
        for name, value in vars(found).items():
            if (
                isinstance(value, type)
                and issubclass(value, BaseModel)
                and value.__module__ == found.__name__
            ):
                assert names.setdefault(name, found.__name__) == found.__name__


def test_every_address_says_in_chinese_what_it_is_for() -> None:
    found = build().get_openapi_schema(path_prefix="")
    operations = [one for methods in found["paths"].values() for one in methods.values()]
    assert all(re.search(r"[\u4e00-\u9fff]", one["summary"]) for one in operations)
    assert all(
        {"401", "404", "422", "default"} <= {str(status) for status in one["responses"]} for one in operations
    )
    identifiers = [one["operationId"] for one in operations]
    assert len(identifiers) == len(set(identifiers))
    assert all(
        parameter.get("description")
        for one in operations
        for parameter in one["parameters"]
        if parameter["in"] != "path" or parameter["name"] in ("office", "number")
    )


def test_the_description_needs_no_key() -> None:
    assert Client().get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"
