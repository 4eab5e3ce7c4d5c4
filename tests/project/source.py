"""What the tests of the project read: the source files, parsed once."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "guanjia"


@cache
def python_files(folder: str = "src/guanjia") -> tuple[Path, ...]:
    """All Python files below a folder of the project, without migrations."""
    found = sorted((ROOT / folder).rglob("*.py"))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def tracked_files() -> tuple[Path, ...]:
    """What git would carry into a clone: tracked, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(ROOT / name for name in sorted(set(listed.split("\0"))) if name and (ROOT / name).is_file())


def place(path: Path, line: int = 0) -> str:
    """`src/guanjia/kernel/money.py:12`, as an editor opens it."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


def room(path: Path) -> str:
    """The room of a source file: `kernel`, `web`, or the file's own name for one at the top."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """All nodes of these kinds in a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, kinds))


def dotted(node: ast.AST) -> str:
    """`timezone.now` for the expression, or an empty text for anything but names and attributes."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""
