"""The commands that connect telephone and mailbox, the simulated call against a running server."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.intake.models import Call, Extension, PhoneLine, WireChange
from guanjia.intake.telephone import lines
from guanjia.kernel.problem import Problem
from guanjia.notify import mailboxes
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def office(transactional_db: None) -> Stage:
    adoption.forget()
    return build([read(settings.MANUALS_ROOT / "entrusted-repair-h")], {}, clock.now())


def test_lines_are_opened_listed_and_ended(office: Stage) -> None:
    made = json.loads(
        said("line", "add", "card", "0755-88000120", "--label", "服务热线", "--call-back", "20m", "--json")
    )
    assert made["secret"].startswith("gl_") and made["rings_in_time"] == 2
    assert adoption.figures(office.office)["telephone"] == {"call_back": "20m"}
    assert made["secret"] not in said("line", "list") and "服务热线" in said("line", "list")
    said("line", "extension", "card", "801", office.person("receptionist").username)
    assert Extension.objects.get().user == office.person("receptionist")
    anew = json.loads(said("line", "rotate", str(made["id"]), "--json"))["secret"]
    with pytest.raises(Problem):
        lines.line_of_key(made["secret"])
    assert lines.line_of_key(anew).pk == made["id"] and anew not in said("line", "list", "--json")
    said("line", "revoke", str(made["id"]))
    for verb in ("rotate", "revoke"):
        with pytest.raises(Problem) as refused:
            said("line", verb, "999")
        assert refused.value.code == "NOT_FOUND"
    assert [one.by for one in WireChange.objects.all()] == [None] * 4, "the command line is nobody"
    assert PhoneLine.objects.get().revoked_at
    with pytest.raises(Problem) as refused:
        said("line", "add", "card", "x")
    assert refused.value.code == "LINE_NUMBER"


@pytest.mark.server
def test_a_made_up_call_reaches_a_running_server(office: Stage, live_server: object) -> None:
    secret = json.loads(said("line", "add", "card", "0755-88000120", "--json"))["secret"]
    url = live_server.url  # type: ignore[attr-defined]
    common = (
        "ring",
        "13800001234",
        "--line",
        "075588000120",
        "--key",
        secret,
        "--url",
        url,
        "--at-once",
        "--twice",
    )
    assert "（重复）" in said(*common, "--answer", "--call-id", "a")
    assert "missed" in said(*common, "--miss", "--rings", "6", "--call-id", "b")
    first, second = Call.objects.order_by("pk")
    assert (first.state, first.rings, first.answered_after) == ("answered", 2, 10)
    assert (second.state, second.rings) == ("missed", 6) and second.callback is not None
    with pytest.raises(Problem) as refused:
        said(*common[:3], "0755-1", *common[4:])
    assert refused.value.code == "LINE_UNKNOWN"
    with pytest.raises(Problem) as refused:
        said("ring", "13800001234", "--line", "1", "--key", "k", "--url", "http://127.0.0.1:9")
    assert refused.value.code == "RING_UNREACHABLE"


def test_a_mailbox_is_set_up_without_its_password_in_the_database(
    office: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    said(
        "mailbox",
        "set",
        "card",
        "kf@example.com",
        "--imap",
        "127.0.0.1:1",
        "--smtp",
        "127.0.0.1",
        "--imap-tls",
        "none",
    )
    monkeypatch.setattr(sys, "stdin", io.StringIO("geheim\n"))
    assert "geheim" not in said("mailbox", "password", "card")
    box = mailboxes.mailbox_of(office.office)
    assert (box.imap_port, box.smtp_port, box.user) == (1, 465, "kf@example.com")
    assert mailboxes.password_of(box) == "geheim"
    assert "geheim" not in str([getattr(box, one.attname) for one in box._meta.concrete_fields])
    for verb in ("check", "read"):
        with pytest.raises(Problem) as refused:
            said("mailbox", verb, "card")
        assert refused.value.code == "MAILBOX_UNREACHABLE"
    assert json.loads(said("mailbox", "list", "--json"))[0]["trouble"]
    said("mailbox", "stop", "card")
    with pytest.raises(Problem) as refused:
        mailboxes.mailbox_of(office.office)
    assert refused.value.code == "MAILBOX_NONE"
