"""Where each key of a TOML text stands, so that a finding can name its line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

Place = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[{1,2})\s*([\w.\-]+)\s*\]{1,2}")
_ASSIGN = re.compile(r"^\s*([\w\-]+)\s*=")
_QUOTES = ('"""', "'''", '"', "'")


class Lines:
    """path -> line number, for headers, keys, and the members of lists that stand over several lines.

    The text is read when the first line is asked for: a manual without findings needs none.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._counts: dict[Place, int] = {}

    @cached_property
    def at(self) -> dict[Place, int]:
        """Every path with the line on which it begins."""
        found: dict[Place, int] = {}
        here: Place = ()
        value: _Value | None = None
        for number, line in enumerate(self._text.splitlines(), 1):
            if value is None:
                if header := _HEADER.match(line):
                    here = self._enter(header[1] == "[[", header[2].split("."))
                    found.setdefault(here, number)
                    found.setdefault(here[:-1], number)
                elif assign := _ASSIGN.match(line):
                    path = (*here, assign[1])
                    found.setdefault(path, number)
                    value = _Value(path)
                    line = line[assign.end() :]
            if value is not None:
                for index in value.read(line):
                    found.setdefault((*value.path, index), number)
                if value.complete:
                    value = None
        return found

    def _enter(self, array: bool, names: list[str]) -> Place:
        here: Place = ()
        for index, name in enumerate(names):
            here = (*here, name)
            if array and index == len(names) - 1:
                self._counts[here] = self._counts.get(here, -1) + 1
            if here in self._counts:
                here = (*here, self._counts[here])
        return here

    def of(self, path: Sequence[str | int]) -> int:
        """The line of the longest known beginning of a path; 1 when nothing is known."""
        for length in range(len(path), 0, -1):
            if (line := self.at.get(tuple(path[:length]))) is not None:
                return line
        return 1


class _Value:
    """One value being read over its lines; says which members of its outermost list begin on a line."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self.depth = 0
        self.quote = ""
        self.members = 0
        self.begun = False
        self.complete = False

    def read(self, line: str) -> list[int]:
        """Take in one line; the numbers of the members that begin on it."""
        found: list[int] = []
        position = 0
        while position < len(line):
            step = self._step(line, position, found)
            if not step:
                break
            position += step
        self.complete = self.depth == 0 and not self.quote
        return found

    def _step(self, line: str, position: int, found: list[int]) -> int:
        """Read one mark; how many characters it has, 0 at a comment."""
        rest = line[position:]
        if self.quote:
            return self._in_text(rest)
        if rest[0] == "#":
            return 0
        quote = next((one for one in _QUOTES if rest.startswith(one)), "")
        if self.depth == 1 and not self.begun and not rest[0].isspace() and rest[0] not in "],":
            found.append(self.members)
            self.begun = True
        if quote:
            self.quote = quote
            return len(quote)
        if rest[0] in "[{":
            self.depth += 1
        elif rest[0] in "]}":
            self.depth -= 1
        elif rest[0] == "," and self.depth == 1:
            self.members += 1
            self.begun = False
        return 1

    def _in_text(self, rest: str) -> int:
        if rest.startswith(self.quote):
            length = len(self.quote)
            self.quote = ""
            return length
        return 2 if rest[0] == "\\" and self.quote[0] == '"' else 1
