"""Places in a text that are taken, and what is still free. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TAKEN = "\x00"


@dataclass(frozen=True)
class Span:
    """A piece of the text from start to end (end not included), its plain form, and why it was taken so.

    label: where a label in front of it begins (`电话`), which belongs to nothing else either; -1 without one.
    """

    start: int
    end: int
    value: str
    evidence: str
    label: int = -1


class Free:
    """A text and which of its letters are taken."""

    def __init__(self, text: str) -> None:
        self.text = text.replace(TAKEN, " ")
        self._taken = [False] * len(text)

    def take(self, start: int, end: int, *, label: int = -1) -> None:
        """Take the letters from start to end, and from the label on when there is one."""
        for place in range(start if label < 0 else label, end):
            self._taken[place] = True

    @property
    def open_text(self) -> str:
        """The text with a mark for every letter that is taken."""
        return "".join(
            TAKEN if taken else letter for letter, taken in zip(self.text, self._taken, strict=True)
        )

    def is_free(self, start: int, end: int) -> bool:
        """Whether every letter of the piece is still free."""
        return not any(self._taken[start:end])

    def runs(self) -> Iterator[tuple[int, int]]:
        """The longest free pieces."""
        start = None
        for place, taken in enumerate([*self._taken, True]):
            if taken and start is not None:
                yield start, place
                start = None
            elif not taken and start is None:
                start = place

    def found(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches that lie wholly in free pieces; a pattern's look-around sees `TAKEN` for what is taken."""
        for match in pattern.finditer(self.open_text):
            if match.start() < match.end():
                yield match

    def chunks(self) -> Iterator[tuple[int, int]]:
        """Free pieces between spaces and punctuation."""
        for start, end in self.runs():
            for match in re.finditer(r"[^\s，,。；;：:、!！?？/|（）()]+", self.text[start:end]):
                yield start + match.start(), start + match.end()
