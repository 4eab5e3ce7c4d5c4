"""Nothing of a confided complaint reaches who may not read it: every address, by group of posts, read and searched.

What somebody tells the office is marked by words that stand nowhere else; the director, to whom they are confided, finds
them, so that the sweep can fail. PDFs are read as they go to the typesetter.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from tests.web import repair
from tests.web.repair import BEGINS, TO_DONE
from tests.web.test_isolation import ADDRESSES, ENTRIES, call, said
from tests.web.test_secrets import ROLES, SECRET
from tests.web.two_offices import PNG, World

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases import actions as cases
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.estate import actions as estate
from guanjia.obligations.models import Obligation
from guanjia.policy.loader import read
from guanjia.records import pdf
from guanjia.records.models import Record
from guanjia.staff import actions as staff
from guanjia.staff.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.rule("S001-1-4.12")]
MATTER, NAME, PHONE = "MK7788晾衣杆", "甄守密", "13988877766"
DONE = f"{MATTER}换好了"
# what was done about it is confided as well, by the manual whose words these are
OUTCOME = """
[[secret]]
key = "outcome"
label = "怎么处理的"
clause = "一"
category = ["complaint"]
facts = ["result", "reported_back"]
readers = ["head"]
"""
MARKS = (MATTER, NAME, PHONE, "139****7766")
# what is looked for, and what is like it and stands nowhere
SEARCHED = ((MATTER, "MK7787晾衣杆"), (NAME, "甄守蜜"), (PHONE, "13988877765"))
COMPANY = ("company_centre", "quality", "vice_president", "general_manager")
GROUPS = {"office": ROLES, "company": COMPANY, "administrator": ("administrator",), "field": ("technician",)}
FIELDS = ("q", "find", "search", "line", "text")
ALTERS = re.compile(
    r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f-]{32,36}\b|<input[^>]*name=\"key\"[^>]*>|nonce=\"[^\"]*\""
)
# the time of day stands in the file; an action of the sample pages that leaves a word for the next page
APART = {"settings-households-template", "parts-act"}


class Sweep(World):
    """The world of the isolation test with a complaint that is confided to the director, and its own papers and files."""

    def tell(self) -> World:
        """The complaint, of which the company was told how it ended; the same world with everything of the complaint in the place of the repair."""
        told = {
            "unit": "3-2-1502", "contact_name": NAME, "contact_phone": PHONE, "matter": MATTER, "channel": "centre",
        }  # fmt: skip
        desk, chief = self.repair.person("receptionist"), self.repair.person("cs_supervisor")
        case = open_case(self.office, "complaint", actor=desk, at=self.at, data=told).case
        perform(case, "note", actor=desk, at=self.at, data={"text": "记下了"})
        verdict = {"verdict": "valid", "about": "service", "fault": "dereliction"}
        perform(case, "classify", actor=chief, at=self.at, data=verdict)
        perform(case, "solve", actor=chief, at=self.at, data={"result": DONE})
        perform(case, "report_back", actor=chief, at=self.at, data={"reported_back": DONE})
        return self.of(case)

    def send(self) -> World:
        """The same words in a repair that a technician has in hand, up to the sheet that is signed."""
        case = self.repair.report(matter=MATTER, contact_name=NAME, contact_phone=PHONE)
        first, self.repair.case = self.repair.case, case
        self.repair.play(*TO_DONE)
        self.repair.case = first
        return self.of(case)

    def of(self, case: Case) -> World:
        """The world with a case, its papers and a photograph of it in the place of the repair."""
        view: World = copy.copy(self)
        picture = SimpleUploadedFile("b.png", PNG, "image/png")
        view.file = cases.keep_upload(
            self.office, picture, at=self.at, by=self.repair.person("director"), caption=MATTER
        )
        cases.attach(case, [view.file.pk])
        view.case, view.record = case, Record.objects.filter(reference=f"case:{case.number}").first()
        view.obligation = Obligation.objects.filter(case=case).first()
        return view


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("media")
    patch, build = pytest.MonkeyPatch(), repair.stage.build
    adoption.forget()
    more = [read(settings.MANUALS_ROOT / "complaint-handling-8") + OUTCOME, SECRET]
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=folder, SANDBOX=True),
        transaction.atomic(),
    ):
        patch.setattr(repair.stage, "build", lambda texts, *rest: build([*texts, *more], *rest))
        patch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=2))
        yield Sweep().tell()
        patch.undo()
        transaction.set_rollback(True)
    adoption.forget()


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What goes to the typesetter."""
    found: list[str] = []
    render = pdf.render

    def kept(template, data):
        found.append(str(data))
        return render(template, data)

    monkeypatch.setattr(pdf, "render", kept)
    return found


def somebody(world: World, group: str) -> Client:
    user = staff.create_user(f"sweeps-{group}", "旁人")
    if group == "strangers":
        other = estate.create_office(
            estate.create_company("别家物业"), "far", "别处", "别处", duty_phone="0755-1"
        )
        for role in Role:
            staff.give_post(user, role.value, office=other)
        for role in COMPANY:
            staff.give_post(user, role, company=other.company)
    elif group == "company":
        for role in COMPANY:
            staff.give_post(user, role, company=world.office.company)
    else:
        for role in GROUPS.get(group, (group,)):
            staff.give_post(user, role, office=world.office)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def walk(world: World, client: Client, printed: list[str]) -> Iterator[tuple[str, str]]:
    """(address, text) of whatever an address answers and prints; the photograph says what it is about."""
    for where, name in ADDRESSES:
        entry = ENTRIES[name]
        if entry.kind in ("open", "sample"):
            continue
        printed.clear()
        with transaction.atomic():
            text = said(call(world, entry, name, client))
            transaction.set_rollback(True)
        picture = MATTER if "PNG\r\n" in text[:9] else ""
        yield f"{where} ({name})", text + picture + "".join(printed)


@pytest.mark.parametrize("group", [*GROUPS, "strangers"])
def test_no_address_says_a_word_of_it(world: World, group: str, printed: list[str]) -> None:
    with transaction.atomic():
        answers = walk(world, somebody(world, group), printed)
        troubles = [(where, mark) for where, text in answers for mark in MARKS if mark in text]
        transaction.set_rollback(True)
    assert not troubles, "\n".join(map(str, troubles))


def test_the_director_reads_it(world: World, printed: list[str]) -> None:
    with transaction.atomic():
        found = {where for where, text in walk(world, somebody(world, "director"), printed) if MATTER in text}
        transaction.set_rollback(True)
    assert len(found) >= 10, found


def test_who_has_a_confided_job_is_told_it_by_no_address(world: Sweep, printed: list[str]) -> None:
    """The job is his, and what it is about is not: neither its papers, which he could print, nor a photograph say it."""
    with transaction.atomic():
        job = world.send()
        assert job.case.assignee == job.user
        his, director = Client(), somebody(job, "director")
        his.force_login(job.user, backend="django.contrib.auth.backends.ModelBackend")
        papers = list(Record.objects.filter(reference=f"case:{job.case.number}"))
        assert len(papers) > 1 and all(MATTER in str(one.data) for one in papers)
        answers = [row for job.record in papers for row in walk(job, his, printed)]
        shown = [text for where, text in answers if "(field-job)" in where]
        troubles = {(where, mark) for where, text in answers for mark in MARKS if mark in text}
        read = {where for where, text in walk(job, director, printed) if MATTER in text}
        transaction.set_rollback(True)
    assert job.case.number in shown[0], "the job itself is his to open"
    assert not troubles, "\n".join(map(str, sorted(troubles)))
    assert len(read) >= 10, read


def answer(world: World, client: Client, name: str, word: str) -> str:
    """What an address answers to a search, without the word itself and what is new each time."""
    entry = ENTRIES[name]
    asked = {"scope": "all", **entry.data(world), **(dict.fromkeys(FIELDS, word) if word else {})}
    with transaction.atomic():
        text = said(client.get(reverse(name, args=entry.args(world)), asked))
        transaction.set_rollback(True)
    parts = (word, quote(word), f"{word[:3]}****{word[-4:]}", f"{word[:3]} {word[3:7]} {word[7:]}", word[:6])
    for one in parts if word else ():
        text = text.replace(one, "·")
    return ALTERS.sub("", text)


def telling(world: World, client: Client) -> Iterator[tuple[str, str]]:
    """(address, word) of every search that answers a word of the complaint otherwise than one that stands nowhere."""
    for _where, name in ADDRESSES:
        if ENTRIES[name].kind not in ("own", "object") or ENTRIES[name].post or name in APART:
            continue
        if answer(world, client, name, "") == answer(world, client, name, SEARCHED[0][1]):
            continue  # it looks for nothing
        for word, decoy in SEARCHED:
            if answer(world, client, name, word) != answer(world, client, name, decoy):
                yield name, word


def test_searching_for_its_words_answers_as_for_any_other(world: World) -> None:
    """By no count, hint or row: where the director finds a word of it, others get the answer to one that stands nowhere."""
    with transaction.atomic():
        found = list(telling(world, somebody(world, "director")))
        clients = {group: somebody(world, group) for group in ("office", "company")}
        decoys = dict(SEARCHED)
        told = [
            (group, name, word)
            for group, client in clients.items()
            for name, word in found
            if answer(world, client, name, word) != answer(world, client, name, decoys[word])
        ]
        transaction.set_rollback(True)
    assert {"cases", "desk-worklist"} <= {name for name, _word in found}
    assert told == [], "\n".join(map(str, told))
