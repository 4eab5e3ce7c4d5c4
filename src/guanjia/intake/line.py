"""One line, as the caller speaks: `3-2-1502 王女士 厨房水管爆了 13800001234`, in any order, spaces optional.

Pure: what only the office's data can tell (is this a unit, is this somebody's name) is asked through `Lookups`.
Every token keeps its place in the typed text, so that a page can number and mark it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from guanjia.estate.heard import TITLES
from guanjia.intake import names, numbers
from guanjia.intake.spans import Free, Span

UNIT, NAME, PHONE, MATTER = "unit", "name", "phone", "matter"
LONGEST = 500
_EDGES = " \t\r\n，,。.；;：:、!！?？-—~·/|()（）「」\"'"
_FILLERS = ("来电反映", "来电说", "反映说", "反映", "来电", "说是", "说", "称", "报的")
_EMPTY = {
    "电话",
    "手机",
    "座机",
    "联系电话",
    "房号",
    "住",
    "家住",
    "我是",
    "业主",
    "业户",
    "住户",
    "租户",
    "姓名",
    "是",
    "的",
    "家",
}
_DASHES = set("‐‑‒–—―−﹣－")


@dataclass(frozen=True)
class Lookups:
    """What the office knows. Both take a piece of the text and answer for the whole of it, not for a beginning."""

    is_unit: Callable[[str], bool] = lambda _text: False
    is_name: Callable[[str], bool] = lambda _text: False


@dataclass(frozen=True)
class Token:
    """A marked piece of the typed text: `text == line.text[start:end]`; value: its plain form; why it was taken so."""

    kind: str
    start: int
    end: int
    text: str
    value: str
    evidence: str


@dataclass(frozen=True)
class Line:
    """What was understood. Empty texts were not found. Tokens in the order of the text, never overlapping.

    title: as it was said (女士); title_key: mr, ms or empty, as `estate.Party.title` has it; phone: digits only.
    """

    text: str
    unit_text: str = ""
    name: str = ""
    title: str = ""
    title_key: str = ""
    phone: str = ""
    matter: str = ""
    tokens: tuple[Token, ...] = ()
    evidence: dict[str, str] = field(default_factory=dict)

    @property
    def spans(self) -> tuple[tuple[str, int, int], ...]:
        """Kind, start and end of every token."""
        return tuple((token.kind, token.start, token.end) for token in self.tokens)

    def token(self, kind: str) -> Token | None:
        """The first token of a kind."""
        return next((token for token in self.tokens if token.kind == kind), None)


def parse(text: str, lookups: Lookups | None = None) -> Line:
    """Take a line apart. Never fails; what belongs to nothing else is the matter. Reads the first 500 letters."""
    known = lookups or Lookups()
    plain = fold(text[:LONGEST])
    free = Free(plain)
    tokens: list[Token] = []

    def take(kind: str, span: Span | None) -> Token | None:
        if span is None:
            return None
        free.take(span.start, span.end, label=span.label)
        token = Token(kind, span.start, span.end, text[span.start : span.end], span.value, span.evidence)
        tokens.append(token)
        return token

    phones = [take(PHONE, span) for span in numbers.phones(free, known.is_unit)]
    unit = take(UNIT, numbers.unit(free, known.is_unit))
    person = names.person(free, known.is_name)
    name = take(NAME, person.span if person else None)
    for start, end in _matters(free, person.span.end if person else -1):
        take(MATTER, Span(start, end, plain[start:end], "其余的话"))
    tokens.sort(key=lambda token: token.start)
    evidence: dict[str, str] = {}
    for token in tokens:
        evidence.setdefault(token.kind, token.evidence)
    return Line(
        text=text,
        unit_text=unit.value if unit else "",
        name=person.name if person and name else "",
        title=person.title if person and name else "",
        title_key=TITLES.get(person.title, "") if person and name else "",
        phone=next((token.value for token in phones if token), ""),
        matter="，".join(token.value for token in tokens if token.kind == MATTER),
        tokens=tuple(tokens),
        evidence=evidence,
    )


def fold(text: str) -> str:
    """The text in half-width letters and plain dashes, letter for letter, so that places stay the same."""
    return "".join(_fold(letter) for letter in text)


def _fold(letter: str) -> str:
    if letter in _DASHES:
        return "-"
    plain = unicodedata.normalize("NFKC", letter)
    return plain if len(plain) == 1 else letter


def _matters(free: Free, after_name: int) -> Iterator[tuple[int, int]]:
    """What is left, without edges, labels and words such as 反映."""
    for start, end in free.runs():
        if (
            free.text[start:].startswith("家")
            and after_name == start
            and free.text[start + 1 : start + 2] not in "里具电庭"
        ):
            start += 1
        start, end = _trim(free.text, start, end)
        for filler in _FILLERS:
            if free.text.startswith(filler, start) and end - start > len(filler):
                start, end = _trim(free.text, start + len(filler), end)
                break
        if start < end and free.text[start:end] not in _EMPTY:
            yield start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start] in _EDGES or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in _EDGES or text[end - 1].isspace()):
        end -= 1
    return start, end
