"""The limits that keep the source simple. A list of offenders that are let off stands here and only shrinks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.project.source import PACKAGE, ROOT, dotted, nodes, place, python_files, room, tracked_files, tree

LONGEST_FUNCTION = 60
LONGEST_FILE = 400

# Rooms that may read the clock: a request, a command, a file that arrives.
DOORS = {"web", "api", "ops", "intake", "config", "cli", "clock"}
CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "timezone.now",
    "timezone.localdate",
}
CLOCKS |= {"clock.now", "timezone.localtime", "time.time", "datetime.datetime.now", "datetime.date.today"}

# Files that count money.
MONEY = re.compile(r"ledger/|money|price|charge|quote|receipt|statement|cash")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def clean(offenders: Iterator[str] | list[str]) -> None:
    """Fails with one offender a line."""
    found = sorted(offenders)
    assert not found, "\n" + "\n".join(found)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(path, *FUNCTIONS):
        assert isinstance(node, FUNCTIONS)
        yield node


def length(node: ast.AST) -> int:
    return node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]


def test_functions_are_short() -> None:
    clean(
        f"{place(path, node.lineno)} {node.name} has {length(node)} lines"
        for folder in ("src/guanjia", "tests", "scripts")
        for path in python_files(folder)
        for node in functions(path)
        if length(node) >= LONGEST_FUNCTION
    )


def test_files_are_short() -> None:
    lines = {
        path: len(path.read_text("utf-8").splitlines())
        for folder in ("src/guanjia", "tests", "scripts")
        for path in python_files(folder)
    }
    clean(f"{place(path)} has {count} lines" for path, count in lines.items() if count >= LONGEST_FILE)


def test_style_sheets_and_scripts_are_short() -> None:
    own = [path for path in (PACKAGE / "web" / "static").rglob("*") if path.suffix in (".js", ".css")]
    own = [path for path in own if "vendor" not in path.parts]
    clean(
        f"{place(path)} has {count} lines"
        for path in own
        if (count := len(path.read_text("utf-8").splitlines())) >= 2 * LONGEST_FILE
    )


def test_imports_stand_at_the_top() -> None:
    clean(
        f"{place(path, inner.lineno)} imports inside {node.name}"
        for path in python_files()
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    )


def test_only_doors_read_the_clock() -> None:
    clean(
        f"{place(path, node.lineno)} reads the clock: {dotted(node)}"
        for path in python_files()
        if room(path) not in DOORS
        for node in nodes(path, ast.Attribute)
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCKS
    )


def test_no_float_near_money() -> None:
    for_money = [path for path in python_files() if MONEY.search(path.relative_to(PACKAGE).as_posix())]
    assert for_money
    clean(_floats(for_money))


def _floats(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for node in ast.walk(tree(path)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            named = isinstance(node, ast.Name) and node.id == "float"
            divided = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
            joined = divided and _is_path(node)  # type: ignore[arg-type]
            if literal or named or (divided and not joined):
                yield f"{place(path, node.lineno)} uses a float or a division with /"  # type: ignore[attr-defined]


def _is_path(node: ast.BinOp) -> bool:
    """`folder / "name"` joins paths."""
    sides = [node.left, node.right]
    return any(
        isinstance(side, ast.JoinedStr) or _text(side) or "path" in dotted(side).lower() for side in sides
    )


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_no_signals() -> None:
    clean(
        f"{place(path, node.lineno)} uses Django's signals"
        for path in python_files()
        for node in nodes(path, ast.ImportFrom)
        if isinstance(node, ast.ImportFrom)
        and re.match(r"django(\.\w+)*\.(signals|dispatch)(\.|$)", node.module or "")
    )


def test_errors_are_named() -> None:
    """No bare `except:`, and `except Exception` only with a reason beside it (ruff BLE)."""
    clean(
        f"{place(path, node.lineno)} catches everything"
        for folder in ("src/guanjia", "tests", "scripts")
        for path in python_files(folder)
        for node in nodes(path, ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler) and node.type is None
    )


def test_nothing_prints() -> None:
    clean(
        f"{place(path, node.lineno)} prints"
        for path in python_files()
        for node in nodes(path, ast.Call)
        if isinstance(node, ast.Call) and dotted(node.func) == "print"
    )


TEMPLATE_RULES = {
    r"<script(?![^>]*\bsrc=)(?![^>]*type=\"(?:application/json|importmap|speculationrules)\")": "script in the page",
    r"<style\b": "style sheet in the page",
    r"\sstyle=": "style attribute",
    r"\son[a-z]+=": "script in an attribute",
    r"\bhx-on": "script in an attribute",
    r"javascript:": "script in a link",
    r"(?:src|href)=\"(?:https?:)?//(?!www\.w3\.org)": "asset from another host",
    r"\|\s*safe\b": "unescaped text",
}


def templates() -> list[Path]:
    return sorted(
        path for path in PACKAGE.rglob("templates/**/*") if path.suffix in (".html", ".svg", ".txt")
    )


@pytest.mark.parametrize(("pattern", "what"), TEMPLATE_RULES.items())
def test_templates_respect_the_policy(pattern: str, what: str) -> None:
    """The Content-Security-Policy is 'self': what stands in the page itself does not run and does not show."""
    clean(
        f"{place(path, number)} {what}"
        for path in templates()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line, re.IGNORECASE)
    )


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ('<script src="/static/web/desk.js" defer></script>', 0),
        ('<script type="application/json" id="data">{}</script>', 0),
        ("<script>alert(1)</script>", 1),
        ('<p style="color: red">', 1),
        ('<button onclick="go()">', 1),
        ('<a href="javascript:go()">', 1),
        ('<img src="https://example.com/a.png">', 1),
        ('<svg xmlns="http://www.w3.org/2000/svg">', 0),
        ("{{ text|safe }}", 1),
        ("<td>condition=</td>", 0),
    ],
)
def test_the_template_rules_themselves(line: str, broken: int) -> None:
    assert sum(bool(re.search(pattern, line, re.IGNORECASE)) for pattern in TEMPLATE_RULES) == broken


# Spelled so that this file does not hold what it forbids.
MACHINE_PATHS = re.compile(
    "|".join((r"/wo" + r"rk/", r"/ro" + r"ot/", r"/ho" + r"me/(?!node)\w", r"/Us" + r"ers/\w"))
)
REGISTRY = re.compile(
    r'"resolved"\s*:\s*"https?:|registry\s*=\s*"?https?:|^--(extra-)?index-url|^--find-links', re.M
)
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".json",
    ".html",
    ".css",
    ".js",
    ".yml",
    ".lock",
    ".sh",
    ".po",
    ".typ",
    ".txt",
    ".cfg",
    "",
}


def texts() -> list[Path]:
    return [path for path in tracked_files() if path.suffix in TEXTS]


def test_no_path_of_a_machine() -> None:
    clean(
        f"{place(path, number)} names a path of somebody's machine"
        for path in texts()
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if MACHINE_PATHS.search(line)
    )


def test_lock_files_name_no_registry() -> None:
    locks = [path for path in tracked_files() if "lock" in path.name or path.name in (".npmrc", "pip.conf")]
    assert {path.name for path in locks} >= {"requirements.lock", "package-lock.json"}
    clean(f"{place(path)} names a registry" for path in locks if REGISTRY.search(path.read_text("utf-8")))


def test_lock_holds_plain_pins() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    clean(
        f"requirements.lock: {line}"
        for line in lines
        if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][\w.+!]*", line)
    )
    names = [re.sub(r"[._]", "-", line.split("==")[0]).lower() for line in lines]
    assert len(names) == len(set(names))


# What Python or Django starts by its place or name, and nothing imports.
STARTED = (
    "cli.py",
    "management/commands/",
    "templatetags/",
    "config/wsgi.py",
    "config/settings.py",
    "config/urls.py",
)
STARTED_NAMES = {"__init__.py", "__main__.py", "apps.py", "models.py", "admin.py"}


def test_no_dead_files() -> None:
    """Every module is imported by another one of the product."""
    used = set(_imported())
    clean(
        f"{place(path)} is never imported"
        for path in python_files()
        if path.name not in STARTED_NAMES
        and not any(mark in path.relative_to(PACKAGE).as_posix() for mark in STARTED)
        and _module(path) not in used
    )


def _module(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def _imported() -> Iterator[str]:
    """Names of modules, and `module.name` for everything taken out of one; dotted texts of the settings too."""
    for path in python_files():
        own = _module(path)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names if alias.name != own)
            elif isinstance(node, ast.ImportFrom) and node.module != own:
                yield str(node.module)
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            elif isinstance(node, ast.Constant) and str(node.value).startswith("guanjia."):
                yield str(node.value)
                yield str(node.value).rpartition(".")[0]
