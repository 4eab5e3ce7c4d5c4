"""docs/worktime.md does what it says."""

from __future__ import annotations

import doctest
import subprocess
import sys
from pathlib import Path

from guanjia.kernel.problem import Problem
from guanjia.worktime import parse, recurrence

PAGE = Path(__file__).parents[2] / "docs" / "worktime.md"


def test_the_examples_run() -> None:
    found = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert found.attempted > 30
    assert not found.failed


def rows(heading: str) -> list[str]:
    """First cells of the table under a heading."""
    section = PAGE.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]


def quoted(cell: str) -> list[str]:
    """The texts between backticks, with F as the name of a field."""
    return cell.split("`")[1::2]


def test_every_limit_of_the_table_is_read() -> None:
    texts = [text for cell in rows("Limits") for text in quoted(cell)]
    assert len(texts) > 40
    for text in texts:
        assert parse(str(parse(text))) == parse(text)


def test_every_recurrence_of_the_table_is_read() -> None:
    texts = [text for cell in rows("Recurring duties") for text in quoted(cell) if not text.startswith("on ")]
    assert len(texts) > 12
    for text in texts:
        recurrence.parse(text)


def test_every_code_stands_on_the_page() -> None:
    codes = {"LIMIT_SYNTAX": lambda: parse("?"), "RECURRENCE_SYNTAX": lambda: recurrence.parse("?")}
    for code, use in codes.items():
        try:
            use()
        except Problem as problem:
            assert problem.code == code
        assert f"`{code}`" in PAGE.read_text("utf-8")


def test_the_room_needs_no_django() -> None:
    """Other programs can import it without settings."""
    code = "import sys, guanjia.worktime, guanjia.worktime.due; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
