"""What the commands print, and how they end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command, load_command_class
from django.db.utils import OperationalError
from pytest_django import Settings

from guanjia import cli
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.ops.progress import progress_line
from guanjia.staff.models import User


def run(name: str, *arguments: str) -> str:
    """Standard output of a command."""
    out = StringIO()
    call_command(name, *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.code


def ends(monkeypatch: pytest.MonkeyPatch, error: BaseException | None) -> int:
    """The exit code when a command ends with this error."""

    def execute(argv: list[str]) -> None:
        if error:
            raise error

    monkeypatch.setattr(cli, "execute_from_command_line", execute)
    return cli.run(["backup"])


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (None, 0, ""),
        (Problem("PORT_IN_USE", "端口 8000 已经有程序在用。", "换一个。"), 1, "换一个。（PORT_IN_USE）\n"),
        (OperationalError("no such table: x"), 1, "no such table: x\n请检查 DATABASE_URL"),
        (KeyboardInterrupt(), 130, "已中断"),
        (ValueError("a programmer's error"), 3, "ValueError: a programmer's error"),
    ],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException | None,
    code: int,
    said: str,
) -> None:
    assert ends(monkeypatch, error) == code
    assert said in capsys.readouterr().err


def test_an_unexpected_error_can_be_sent_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUANJIA_SECRET_KEY", "the-secret-of-this-test")
    ends(monkeypatch, RuntimeError("x"))
    text = capsys.readouterr().err
    assert "Traceback" in text and f"guanjia {cli.VERSION}, Python " in text and "发给维护人员" in text
    assert "the-secret-of-this-test" not in text


@pytest.mark.server
@pytest.mark.parametrize("arguments", [["help"], ["manual", "schema"]])
def test_whoever_reads_no_further_gets_no_traceback(arguments: list[str]) -> None:
    """As `guanjia … | head` does: the reader is gone before the first line comes."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "guanjia.cli", *arguments], stdout=writing, stderr=subprocess.PIPE, text=True
    )
    os.close(writing)
    os.close(reading)
    _out, said = process.communicate()
    assert (process.returncode, said) == (141, "")


def test_a_wrong_option_ends_with_2() -> None:
    with pytest.raises(SystemExit) as caught:
        cli.run(["backup", "--no-such-option"])
    assert caught.value.code == 2


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"]])
def test_the_overview_names_every_command(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert cli.run(arguments) == 0
    text = capsys.readouterr().out
    for name in cli.names():
        assert f"  {name} " in text and load_command_class("guanjia.ops", name).help in text
    assert {"setup", "run", "worker", "backup", "restore", "createstaff", "token"} <= set(cli.names())


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"guanjia {cli.VERSION}\n"


@pytest.mark.django_db
def test_setup_says_what_it_did(settings: Settings) -> None:
    assert json.loads(run("setup", "--json"))["data"] == "none"
    done = json.loads(
        run("setup", "--json", "--company", "翠湖物业", "--office", "CH01", "--estate", "翠湖花园")
    )
    assert (done["migrations"], done["data"]) == (0, "company")
    office = Office.objects.get()
    assert (office.code, office.name, office.company.name) == ("CH01", "翠湖花园管理处", "翠湖物业")
    assert json.loads(run("setup", "--json", "--demo", "--company", "a", "--office", "b", "--estate", "c"))[
        "data"
    ] == ("existing")
    assert refused(lambda: run("setup", "--company", "x")) == "COMPANY_INCOMPLETE"


@pytest.mark.django_db
def test_createstaff_makes_an_administrator(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a pass phrase of their own\n"))
    text = run("createstaff", "zhang", "--name", "张明", "--role", "administrator", "--password-stdin")
    user = User.objects.get(username="zhang")
    assert user.check_password("a pass phrase of their own") and "a pass phrase" not in text
    assert [(post.role, post.office, post.company) for post in user.posts.all()] == [
        ("administrator", None, office.company)
    ]


@pytest.mark.django_db
def test_createstaff_makes_up_a_password_for_a_program(office: Office) -> None:
    done = json.loads(
        run(
            "createstaff",
            "li",
            "--name",
            "李",
            "--role",
            "cashier",
            "--role",
            "finance",
            "--office",
            "chk",
            "--json",
        )
    )
    user = User.objects.get(username="li")
    assert user.check_password(done["password"]) and done["roles"] == ["cashier", "finance"]
    assert {post.office for post in user.posts.all()} == {office}


@pytest.mark.django_db
def test_createstaff_is_all_or_nothing(office: Office) -> None:
    call = ("createstaff", "x", "--name", "x", "--json")
    assert refused(lambda: run(*call, "--role", "administrator", "--role", "cashier")) == "POST_SCOPE"
    assert refused(lambda: run(*call, "--role", "cashier", "--office", "nowhere")) == "NOT_FOUND"
    assert refused(lambda: run(*call, "--role", "quality", "--company", "别家")) == "COMPANY_WHICH"
    assert not User.objects.exists()


@pytest.mark.django_db
def test_createstaff_before_there_is_a_company(monkeypatch: pytest.MonkeyPatch) -> None:
    call = ("createstaff", "x", "--name", "x", "--role", "administrator")
    assert refused(lambda: run(*call)) == "COMPANY_MISSING"


@pytest.mark.django_db
def test_createstaff_without_the_password_it_was_promised(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    call = ("createstaff", "x", "--name", "x", "--role", "administrator", "--password-stdin")
    assert refused(lambda: run(*call)) == "PASSWORD_EMPTY"


@pytest.mark.django_db
def test_keys_are_made_listed_and_revoked(receptionist: User) -> None:
    made = json.loads(
        run("token", "create", "zhoumin", "--label", "电话系统", "--office", "chk", "--days", "30", "--json")
    )
    assert made["secret"].startswith("gj_") and made["state"] == "有效"
    (listed,) = json.loads(run("token", "list", "--json"))
    assert "secret" not in listed and listed == {key: made[key] for key in listed}
    assert made["secret"] not in run("token", "list")
    assert json.loads(run("token", "revoke", str(made["id"]), "--json"))["state"] == "已收回"
    assert refused(lambda: run("token", "create", "nobody", "--label", "x")) == "NOT_FOUND"
    assert refused(lambda: run("token", "create", "zhoumin", "--label", "x", "--office", "no")) == "NOT_FOUND"


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("out", [StringIO(), Terminal()], ids=["log", "terminal"])
def test_progress_ends_its_line(out: StringIO) -> None:
    """A quick piece of work leaves nothing in a log, and one finished line on a terminal."""
    wrapper = load_command_class("guanjia.ops", "setup").stdout.__class__(out)
    show = progress_line(wrapper, "备份")
    for done in range(11):
        show(done, 10)
    assert out.getvalue() in ("", "\r备份 100%\n")
    assert bool(out.getvalue()) is out.isatty()
