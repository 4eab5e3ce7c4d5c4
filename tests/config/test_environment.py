"""The table of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from guanjia.config import environment as env


def test_a_setting_that_is_not_in_the_table_cannot_be_read() -> None:
    with pytest.raises(KeyError):
        env.text("GUANJIA_NO_SUCH_SETTING")


def test_an_empty_variable_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "")
    assert env.number("PORT") == 8000
    monkeypatch.setenv("PORT", "8123")
    assert env.number("PORT") == 8123


def test_a_wrong_number_stops_the_start_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANJIA_UPLOAD_MB", "ten")
    with pytest.raises(SystemExit, match="GUANJIA_UPLOAD_MB='ten' 不是整数。请改成如 10。"):
        env.number("GUANJIA_UPLOAD_MB")


@pytest.mark.parametrize(
    ("value", "on"),
    [("1", True), ("true", True), ("YES", True), ("on", True), ("0", False), ("off", False), ("", False)],
)
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, on: bool) -> None:
    monkeypatch.setenv("GUANJIA_SANDBOX", value)
    assert env.flag("GUANJIA_SANDBOX") is on


def test_lists_are_split_at_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANJIA_HOSTS", " a.example.com, ,b.example.com ,")
    assert env.words("GUANJIA_HOSTS") == ["a.example.com", "b.example.com"]


def test_the_data_folder_is_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GUANJIA_HOME", str(tmp_path / "a" / "b"))
    assert env.home() == tmp_path / "a" / "b" and env.home().is_dir()
