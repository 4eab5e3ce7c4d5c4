"""What a manual confides to some, no address answers to others: neither in lists, cards and forms nor to a search."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from tests.api import test_isolation
from tests.api.conftest import Caller, Clock, caller_for
from tests.api.repair import CALL
from tests.api.test_isolation import ASKED, World
from tests.web.test_secrets import ROLES, SECRET

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Access, Attachment, Case
from guanjia.ops.cards import stage as stages
from guanjia.staff import actions as staff

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S001-1-4.12")]
MATTER = str(CALL["data"]["matter"])  # type: ignore[index]
SENT = {
    ("post", "/offices/{office}/cases"),
    ("post", "/offices/{office}/attachments"),
}  # they answer what was sent


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """A finished repair and an open one, under a manual that confides both to the director."""
    patch, clock, build = pytest.MonkeyPatch(), Clock(), stages.build
    patch.setattr("guanjia.clock.now", clock)
    patch.setattr(
        test_isolation.stages, "build", lambda texts, *more, **named: build([*texts, SECRET], *more, **named)
    )
    with django_db_blocker.unblock(), transaction.atomic():
        adoption.forget()
        found = test_isolation._build(clock)
        caller_for(found.stage.person("receptionist")).post("/offices/card/cases", CALL, status=201)
        yield found
        transaction.set_rollback(True)
    patch.undo()


def callers(world: World) -> dict[str, Caller]:
    outsider = staff.create_user("outsider", "旁人")
    for role in ROLES:
        staff.give_post(outsider, role, office=world.stage.office)
    return {"outsider": caller_for(outsider), "director": caller_for(world.stage.person("director"))}


def test_no_address_says_what_a_confided_case_is_about(world: World) -> None:
    every, troubles, read = callers(world), [], 0
    names = {**world.names, "own": "card"}
    for address in sorted(set(ASKED) - SENT):
        path, body = ASKED[address]
        sent = json.loads(json.dumps(body).replace("{number}", world.names["number"])) if body else body
        for who, caller in every.items():
            with transaction.atomic():
                answer = caller.request(address[0], path.format(**names), sent)
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                transaction.set_rollback(True)
            says = MATTER in content.decode("utf-8", "replace")
            read += says and who == "director"
            if says and who == "outsider":
                troubles.append(f"{address} {answer.status_code}")
    assert not troubles, "\n".join(troubles)
    assert read >= 6, "the addresses would say it, were it not confided"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/cases/{number}", ""),
        ("/cases/{number}/timeline", ""),
        ("/cases/{number}/records", " 表单"),
        ("/offices/card/records/{record}", " 表单"),
        ("/offices/card/records/{record}/pdf", " 表单"),
        ("/cases/{number}/attachments", " 文件"),
        ("/attachments/{attachment}", " 文件"),
        ("/attachments/{attachment}/content", " 文件"),
    ],
)
def test_who_looked_at_a_confided_case_is_written_down(world: World, path: str, part: str) -> None:
    """Once for what is read twice running."""
    number, director = world.names["number"], world.stage.person("director")
    with transaction.atomic():
        Attachment.objects.filter(pk=world.names["attachment"]).update(case=Case.objects.get(number=number))
        for _ in range(2):
            answer = caller_for(director).request("get", path.format(**world.names))
            assert answer.status_code == 200
        looks = list(Access.objects.filter(user=director).values_list("what", "unit__code"))
        transaction.set_rollback(True)
    assert looks == [(f"事项 {number}{part}", "3-2-1502")]


@pytest.mark.parametrize(
    "path",
    [
        "cases?scope=all",
        "cases.csv?scope=all",
        "worklist?scope=all",
        "books/entrusted-repair-h/repairs?scope=all",
        "books/entrusted-repair-h/repairs/csv?scope=all",
    ],
)
def test_searching_for_it_finds_nothing(world: World, path: str) -> None:
    for who, caller in callers(world).items():
        answer = caller.request("get", f"/offices/card/{path}&search={MATTER}")
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert ("BX2603-0002" in content.decode()) is (who == "director")
