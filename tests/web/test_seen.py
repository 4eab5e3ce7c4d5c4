"""Somebody of the field opens his own jobs and nothing else; files run nothing and say so when they are gone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests.web.repair import FIRST, TO_DONE, Repair

from guanjia import clock
from guanjia.cases import actions as cases
from guanjia.cases.models import Attachment, Event, ResidentLink
from guanjia.obligations.models import Obligation
from guanjia.records.models import Record
from guanjia.staff.models import User

pytestmark = pytest.mark.django_db
OTHER = "陈建军"


@pytest.fixture
def repair(monkeypatch, settings, tmp_path) -> Repair:
    settings.MEDIA_ROOT = tmp_path
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def at(repair):
    def sign_in(who: str) -> Client:
        client = Client()
        client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(kept, "PNG")
    return kept.getvalue()


def photo(repair: Repair, by: str = "receptionist", *, attached: bool = True, **more: str) -> Attachment:
    kind = more.get("kind", "image/png")
    content = b"%PDF-1.4\n%%EOF" if kind == "application/pdf" else picture()
    file = SimpleUploadedFile("a", content, kind)
    row = cases.keep_upload(repair.office, file, at=repair.at, by=repair.person(by))
    if attached:
        Attachment.objects.filter(pk=row.pk).update(case=repair.case)
    row.refresh_from_db()
    return row


def addresses(repair: Repair) -> list[str]:
    number = repair.case.number
    record = Record.objects.filter(office=repair.office).order_by("pk").first()
    assert record is not None
    names = ["case", "case-live"]
    found = [reverse(name, args=[number]) for name in names]
    found += [reverse(name, args=[number, record.pk]) for name in ("case-paper", "case-sheet")]
    return [*found, reverse("attachment", args=[photo(repair).pk])]


def test_a_job_of_somebody_else_is_not_there(repair, at):
    repair.play(*TO_DONE)
    for address in addresses(repair):
        assert at(OTHER).get(address).status_code == 404, address
        assert at(FIRST).get(address).status_code == 200, address
        assert at("receptionist").get(address).status_code == 200, address
    number = repair.case.number
    assert at(OTHER).get(f"/cases/{number}/do/note/").status_code == 404
    assert at(OTHER).post(f"/cases/{number}/do/note/", {"text": "x", "key": "k"}).status_code == 404
    assert at(OTHER).post(f"/cases/{number}/undo/").status_code == 404
    assert not Event.objects.filter(case=repair.case, data__text="x").exists()


def test_a_job_that_is_free_or_owed_is_theirs(repair, at):
    address = reverse("case", args=[repair.case.number])
    assert at(OTHER).get(address).status_code == 404
    other: User = repair.person(OTHER)
    owed = Obligation.objects.filter(case=repair.case, state="open").first()
    assert owed is not None
    Obligation.objects.filter(pk=owed.pk).update(owner=other)
    assert at(OTHER).get(address).status_code == 200, "he owes something in it"
    Obligation.objects.filter(pk=owed.pk).update(owner=owed.owner)
    repair.send(to="")
    assert at(OTHER).get(address).status_code == 200, "nobody has taken it"


def test_a_file_without_a_case_is_its_sender_s(repair, at):
    address = reverse("attachment", args=[photo(repair, FIRST, attached=False).pk])
    assert at(FIRST).get(address).status_code == 200
    assert at(OTHER).get(address).status_code == 404


@pytest.mark.parametrize(("kind", "shown"), [("image/png", True), ("application/pdf", False)])
def test_what_somebody_sent_runs_nothing(repair, at, kind, shown):
    answer = at("receptionist").get(reverse("attachment", args=[photo(repair, kind=kind).pk]))
    assert answer["Content-Type"] == kind
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline" if shown else "attachment")


def test_a_paper_loads_nothing(repair, at):
    repair.play(*TO_DONE)
    answer = at("receptionist").get(addresses(repair)[2])
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_file_that_is_gone_from_the_disk_says_so(repair, at):
    row = photo(repair)
    Path(settings.MEDIA_ROOT, row.file.name).unlink()
    answer = at("receptionist").get(reverse("attachment", args=[row.pk]))
    assert answer.status_code == 404
    assert "文件不在了" in answer.content.decode()


def test_a_link_is_made_with_its_note_or_not_at_all(repair, at, monkeypatch):
    def fail(*_args: object) -> str:
        raise RuntimeError("the plug was pulled")

    monkeypatch.setattr(cases, "invite", fail)
    before, links = Event.objects.count(), ResidentLink.objects.count()
    with pytest.raises(RuntimeError):
        at("receptionist").post(reverse("case-link", args=[repair.case.number]), {"scope": "view"})
    assert (Event.objects.count(), ResidentLink.objects.count()) == (before, links)
