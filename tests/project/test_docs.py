"""The documents say what the program has, and nothing that it has not."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from scripts import reference
from tests.project.source import PACKAGE, ROOT, place, python_files, tracked_files, tree

from guanjia.config.environment import TABLE
from guanjia.policy import effects, schema

DOCS = ROOT / "docs"
CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
SETTINGS = {setting.name for setting in TABLE}


def read(name: str) -> str:
    path = DOCS / name
    assert path.exists(), f"docs/{name} is missing"
    return path.read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows, without backticks."""
    lines = [line.strip().strip("|") for line in text.splitlines() if line.strip().startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.split("|")] for line in lines]


@pytest.mark.parametrize("setting", TABLE, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting: object) -> None:
    found = [row for row in rows(read("operators.md")) if row[0] == setting.name]  # type: ignore[attr-defined]
    assert len(found) == 1, f"one row for {setting}"
    assert found[0][1] == (setting.default or "(empty)")  # type: ignore[attr-defined]


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = set(re.findall(r"\bGUANJIA_[A-Z_]+\b", read("operators.md")))
    of_make_and_tests = {"GUANJIA_NO_BROWSER", "GUANJIA_CHROMIUM", "GUANJIA_TEST_PROCESSES"}
    assert named - of_make_and_tests <= SETTINGS


def test_no_setting_is_read_past_the_table() -> None:
    """os.environ is the business of config/environment.py; processes that are started inherit it."""
    allowed = {"config/environment.py", "config/wsgi.py", "cli.py", "ops/supervisor.py", "ops/engines.py"}
    found = [
        place(path, node.lineno)
        for path in python_files()
        if path.relative_to(PACKAGE).as_posix() not in allowed
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    ]
    assert not found


def test_the_page_of_commands_is_current() -> None:
    assert read("commands.md") == reference.page(), "run `make docs`"


def test_every_command_and_option_has_a_help() -> None:
    """An option without help shows as a line that ends after its name."""
    lines = reference.page().splitlines()
    bare = [line for line in lines if re.fullmatch(r"- `[^`]+`\s*", line) or line.startswith("。")]
    assert not bare


def codes_in_source() -> dict[str, str]:
    """Code of a Problem -> one place that raises it."""
    found: dict[str, str] = {}
    for path in python_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                for code in _codes(node):
                    found.setdefault(code, place(path, node.lineno))
    return found


def _codes(call: ast.Call) -> Iterator[str]:
    """The literal code of Problem(...), or of a helper that takes one first or as `code`."""
    given = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg == "code")]
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for value in given:
        for part in ast.walk(value) if isinstance(value, ast.IfExp) else [value]:
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and CODE.fullmatch(part.value):
                looks_like_one = "_" in part.value and part.value not in SETTINGS
                if name == "Problem" or (looks_like_one and name not in NOT_CODES):
                    yield part.value


# Calls whose first argument is in capitals and is no code.
NOT_CODES = {
    "Setting",
    "get",
    "getenv",
    "setdefault",
    "execute",
    "getattr",
    "setattr",
    "text",
    "flag",
    "Pragma",
}


def test_every_error_code_is_documented() -> None:
    documented = {row[0] for row in rows(read("errors.md"))}
    missing = [
        f"{code} ({where})" for code, where in sorted(codes_in_source().items()) if code not in documented
    ]
    assert not missing, "docs/errors.md lacks:\n" + "\n".join(missing)


def test_no_error_code_is_documented_that_does_not_exist() -> None:
    literals = {
        node.value
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    documented = [row[0] for row in rows(read("errors.md")) if CODE.fullmatch(row[0]) and "_" in row[0]]
    assert documented == sorted(set(documented)), "sorted, each once"
    assert not set(documented) - literals


def test_every_check_is_documented() -> None:
    used = set(re.findall(r"guanjia\.[EW]\d+", (PACKAGE / "config" / "checks.py").read_text("utf-8")))
    documented = {row[0] for row in rows(read("operators.md")) if row[0].startswith("guanjia.")}
    assert used == documented


def test_every_key_of_a_manual_is_documented() -> None:
    text = read("manual-authors.md")
    keys = {
        field.alias or name for model in _models(schema.Part) for name, field in model.model_fields.items()
    }
    assert {"key", "limit", "emits"} <= keys
    missing = [key for key in sorted(keys) if not re.search(rf"(?m)(`|^|[\[.{{ ]){key}(`|\]| ?=)", text)]
    assert not missing, f"docs/manual-authors.md lacks: {missing}"


def _models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every part of a manual, in whichever file of the schema it stands."""
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def test_every_effect_is_documented() -> None:
    text = read("manual-authors.md")
    missing = [name for name in effects.EFFECTS if f"`{name}`" not in text]
    assert not missing, f"docs/manual-authors.md lacks: {missing}"


def markdown() -> list[Path]:
    return [path for path in tracked_files() if path.suffix == ".md"]


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{place(path)}: {target}"
        for path in markdown()
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text("utf-8"))
        if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_every_target_of_make_that_documents_name_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {name for path in markdown() for name in re.findall(r"`make ([a-z]+)`", path.read_text("utf-8"))}
    assert named <= targets
