"""What a manual confides to some is read by nobody else on any page, in any export, or by searching for it (S001-1-4.12)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from tests.web import repair
from tests.web.repair import BEGINS
from tests.web.test_isolation import ADDRESSES, ENTRIES, call, said
from tests.web.two_offices import World

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Access, Attachment
from guanjia.notify.models import Message
from guanjia.ops.cards import stage
from guanjia.staff import actions as staff
from guanjia.staff.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S001-1-4.12")]
SECRET = """\
schema = 1
[manual]
key = "hush"
version = "1"
title = "保密小规程"
short = "保密规程"

[[role]]
key = "manager"
label = "主任"
is = ["director"]

[[clause]]
id = "一"
text = "业主的事只有主任知道。"

[[secret]]
key = "everything"
label = "业主的事"
clause = "一"
category = ["*"]
facts = ["contact_name", "contact_phone", "matter"]
readers = ["manager"]
"""
MATTER = "厨房水管爆裂"
# every door of the office but the director's right to read
ROLES = (
    "receptionist",
    "cs_supervisor",
    "eng_supervisor",
    "technician",
    "cashier",
    "finance",
    "administrator",
)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """An office with one of everything, under a manual that confides every case to its director."""
    folder: Path = tmp_path_factory.mktemp("media")
    patch = pytest.MonkeyPatch()
    adoption.forget()
    build = stage.build
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, SANDBOX=True),
        transaction.atomic(),
    ):
        patch.setattr(repair.stage, "build", lambda texts, *more: build([*texts, SECRET], *more))
        patch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=2))
        found = World()
        found.another = found.repair.report(
            "3-2-1402", f"又是{MATTER}", contact_name="何先明"
        )  # open, due, near
        yield found
        patch.undo()
        transaction.set_rollback(True)
    adoption.forget()


def somebody(world: World, name: str, *roles: str) -> tuple[Client, User]:
    user = staff.create_user(name, "旁人")
    for role in roles:
        staff.give_post(user, role, office=world.office)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client, user


def test_no_page_says_what_a_confided_case_is_about(world: World) -> None:
    """Walked with every post of the office that has not the right; the director's walk shows that there is something."""
    outsider, _user = somebody(world, "outsider", *ROLES)
    director, _user = somebody(world, "reader", "director")
    troubles, read = [], 0
    for where, name in ADDRESSES:
        entry = ENTRIES[name]
        if entry.kind in ("open", "sample"):
            continue
        for client in (outsider, director):
            with transaction.atomic():
                text = said(call(world, entry, name, client))
                transaction.set_rollback(True)
            if client is director:
                read += MATTER in text
            elif MATTER in text:
                troubles.append(f"{where} ({name})")
    assert not troubles, "\n".join(troubles)
    assert read >= 10, "the pages would say it, were it not confided"


SEARCHES = (
    ("cases", "q", {"scope": "all"}), ("desk-worklist", "find", {}), ("callbacks", "q", {}), ("duties", "q", {}),
    ("duties-export", "q", {}), ("cases-export", "q", {"scope": "all"}), ("shift", "q", {}),
)  # fmt: skip


@pytest.mark.parametrize(("name", "field", "more"), SEARCHES)
@pytest.mark.parametrize("word", [MATTER, "王秀兰"])
def test_searching_for_it_finds_nothing(
    world: World, name: str, field: str, more: dict[str, str], word: str
) -> None:
    """Neither by the matter nor by the name: that a word finds a case would say what it is about."""
    address = reverse(name, args=["csv"] if name.endswith("export") else [])
    found = []
    for n, roles in enumerate((ROLES, ("director",))):
        with transaction.atomic():
            client, _user = somebody(world, f"searches-{n}", *roles)
            text = said(client.get(address, {field: word, **more}))
            transaction.set_rollback(True)
        found.append(world.case.number in text or world.another.number in text)
    assert found[0] is False
    assert found[1] or name in ("callbacks", "shift")


def test_who_looked_stands_with_the_household(world: World) -> None:
    """The log of a household names whoever opened a confided case of it."""
    with transaction.atomic():
        client, _user = somebody(world, "looks", "director")
        client.get(reverse("case", args=[world.case.number]))
        listed = said(client.get(reverse("settings-access"), {"unit": "3-2-1502"}))
        transaction.set_rollback(True)
    assert f"事项 {world.case.number}" in listed


def test_a_message_tells_a_colleague_no_more_than_his_page_would(world: World) -> None:
    """The director and the resident read what it is about; whoever else is told, that there is something."""
    sent = list(Message.objects.filter(office=world.office, reference=f"case:{world.case.number}"))
    director = world.repair.person("director")
    others = [one for one in sent if one.to_user_id not in (None, director.pk)]
    assert others and any(MATTER in one.subject for one in sent if one.to_user_id is None)
    assert not [
        one for one in others if MATTER in one.subject + one.body or "王秀兰" in one.subject + one.body
    ]


def test_the_list_of_messages_does_not_say_it(world: World) -> None:
    with transaction.atomic():
        client, user = somebody(world, "sends", "administrator", "cs_supervisor")
        Message.objects.create(
            office=world.office, to_phone="13800001234", channel="sms", subject=f"{world.case.number} {MATTER}",
            body="x", key="said", reference=f"case:{world.case.number}", created_at=world.at, state="failed",
        )  # fmt: skip
        page = said(client.get(reverse("settings-outbox")))
        searched = said(client.get(reverse("settings-outbox"), {"q": MATTER}))
        transaction.set_rollback(True)
    assert world.case.number in page and MATTER not in page
    assert world.case.number not in searched


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("case", ""),
        ("case-live", ""),
        ("case-act", ""),
        ("case-sheet", " 表单"),
        ("case-paper", " 表单"),
        ("attachment", " 文件"),
    ],
)
def test_who_looked_at_a_confided_case_is_written_down(world: World, name: str, part: str) -> None:
    """Once for what is read again within ten minutes, as a page does by itself; after that it is another look."""
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        Attachment.objects.filter(pk=world.file.pk).update(case=world.case)
        client, user = somebody(world, "looks", "director")
        for minutes in (0, 9, 20):
            now = BEGINS + timedelta(hours=2, minutes=minutes)
            patch.setattr(clock, "now", lambda now=now: now)
            assert call(world, ENTRIES[name], name, client).status_code == 200
        looks = list(Access.objects.filter(user=user).order_by("at").values_list("what", "unit__code"))
        transaction.set_rollback(True)
    assert looks == [(f"事项 {world.case.number}{part}", "3-2-1502")] * 2
