"""The door of a telephone system: its key is its line's and good for nothing else; whatever it sends gets an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.api.conftest import Caller, Clock, caller_for
from tests.stage import BEGINS

from guanjia.adoption import queries as adoption
from guanjia.estate.models import Office
from guanjia.intake.models import Call
from guanjia.intake.telephone import lines
from guanjia.kernel.moments import iso
from guanjia.ops.cards import stage as stages
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
PATH = "/telephone/events"
EVENT = {
    "call_id": "c-1",
    "event": "ringing",
    "line": "0755-88000120",
    "number": "138 0000 1234",
    "extension": "801",
}


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[stages.Stage]:
    """Built once and rolled back."""
    patch, clock = pytest.MonkeyPatch(), Clock()
    patch.setattr("guanjia.clock.now", clock)
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        yield stages.build([read(settings.MANUALS_ROOT / "entrusted-repair-h")], {}, BEGINS)
        transaction.set_rollback(True)
    patch.undo()


@pytest.fixture(scope="module")
def system(stage: stages.Stage) -> Caller:
    """The telephone system of the line."""
    return Caller(lines.add(stage.office, "075588000120", "服务热线", at=BEGINS)[1])


def test_an_event_is_taken_once(system: Caller) -> None:
    assert system.post(PATH, EVENT) == {"call_id": "c-1", "state": "ringing", "repeated": False}
    assert system.post(PATH, EVENT)["repeated"] is True
    answered = {**EVENT, "event": "answered", "rings": 2, "at": iso(BEGINS)}
    assert system.post(PATH, answered)["state"] == "answered"
    call = Call.objects.get(call_id="c-1")
    assert (call.number, call.rings, call.extensions) == ("13800001234", 2, ["801"])


def test_an_unknown_line_and_another_offices_line_are_refused_alike(
    stage: stages.Stage, system: Caller
) -> None:
    other = Office.objects.create(company=stage.office.company, code="plaza", name="广场", estate_name="广场")
    lines.add(other, "0755-66000000", "广场热线", at=BEGINS)
    for number in ("0755-66000000", "0755-00000000"):
        said = system.post(PATH, {**EVENT, "line": number}, status=404)
        assert (said["code"], said["field"]) == ("LINE_UNKNOWN", "line")
    assert not Call.objects.filter(office=other).exists()


def test_the_key_of_a_line_opens_no_other_address_and_no_other_key_this_one(
    stage: stages.Stage, system: Caller
) -> None:
    assert system.get("/offices/card/cases", status=401)["code"] == "TOKEN_INVALID"
    program = caller_for(stage.person("receptionist"))
    assert program.post(PATH, EVENT, status=401)["code"] == "TOKEN_INVALID"


def test_a_line_that_was_ended_is_heard_no_more(stage: stages.Stage) -> None:
    line, secret = lines.add(stage.office, "0755-88000129", "旧线", at=BEGINS)
    lines.revoke(line, at=BEGINS)
    assert Caller(secret).post(PATH, {**EVENT, "line": "075588000129"}, status=401)["code"] == "TOKEN_INVALID"


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
@given(
    body=st.fixed_dictionaries(
        {},
        optional={
            "call_id": st.one_of(st.just("x"), st.text(max_size=90), st.none()),
            "event": st.sampled_from(["ringing", "answered", "missed", "ended", "busy", 3]),
            "line": st.one_of(st.just("075588000120"), st.text(max_size=50)),
            "at": st.one_of(
                st.none(), st.text(max_size=45), st.just("9999-12-31T23:59:59Z"), st.just("1900-01-01")
            ),
            "number": st.one_of(
                st.text(max_size=50), st.sampled_from(["013800001234", "+1 212 555 0100", "110", "-"])
            ),
            "extension": st.text(max_size=25),
            "rings": st.one_of(st.none(), st.integers(-5, 10**12)),
            "direction": st.sampled_from(["in", "out", "up"]),
        },
    )
)
def test_whatever_it_sends_is_answered(body: dict[str, Any], system: Caller) -> None:
    with transaction.atomic():
        response = system.request("post", PATH, {**EVENT, **body})
        transaction.set_rollback(True)
    assert response.status_code < 500, (body, response.content.decode())
    if response.status_code >= 400:
        assert response.json()["code"]
