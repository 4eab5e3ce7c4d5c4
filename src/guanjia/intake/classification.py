"""The classification: its default table as data, and which row a caller's words mean. Matching is pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from guanjia.estate.models import Office
from guanjia.intake.line import fold
from guanjia.work import actions as work

DATA = Path(__file__).parent / "data" / "classifications.toml"
GENERAL_PLACES = ("全屋", "服务")
# What denies the word behind it, with what may stand between the two; what denies the word before it.
_NOT = re.compile(
    r"(?:没有?|不再|不会|不是|不|未|无)(?:再|发生|发现|出现|看到|看见|见到|闻到|听到|任何|什么)*$"
)
_CANNOT = re.compile(r"不(?:了|上|起来)")
_PLACE = 6
_WRONG_PLACE = 4
_GENERAL = 1
_NAMED = 50
# words with which a caller says himself what it is; a row under such a name stands for whatever else it may be
NAMES = MappingProxyType({"投诉": "complaint", "表扬": "praise", "建议": "suggestion"})


class Row(Protocol):
    """What matching reads of a `work.models.Classification`."""

    place: str
    kind: str
    problem: str
    words: str
    category: str
    urgent: bool
    urgent_reason: str
    skill: str
    hint: str
    item: str


@dataclass(frozen=True)
class Defaults:
    """The table of the data file: rows as keyword arguments, words for places, words for haste and for none.

    harmless: longer words in which a word of danger means none. calm_words: by place, the words of rows that can wait.
    """

    rows: tuple[Mapping[str, Any], ...]
    places: Mapping[str, tuple[str, ...]]
    urgent: tuple[tuple[tuple[str, ...], str], ...]
    calm: tuple[tuple[str, ...], str]
    harmless: frozenset[str]
    calm_words: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Found:
    """A word of the caller's, and where it stands in the matter."""

    word: str
    start: int
    end: int


@dataclass(frozen=True)
class Candidate:
    """A row that the words fit, best first; matched: the words, as evidence; place_said: the caller named the place."""

    row: Row
    score: int
    matched: tuple[Found, ...]
    place_said: str

    @property
    def evidence(self) -> str:
        """`听到「厨房」「水管爆」`."""
        words = [self.place_said] if self.place_said else []
        words += [found.word for found in self.matched if found.word not in words]
        return "听到" + "".join(f"「{word}」" for word in words)


@dataclass(frozen=True)
class Urgency:
    """Whether somebody must go at once, why, and the words that say so."""

    urgent: bool
    reason: str
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def defaults() -> Defaults:
    """The data file, read once a process."""
    data = tomllib.loads(DATA.read_text("utf-8"))
    rows: list[Mapping[str, Any]] = []
    for group in data["group"]:
        for row in group["rows"]:
            given = {key: group[key] for key in ("category", "place", "kind", "skill")} | row
            given["urgent_reason"] = given.pop("reason", "")
            rows.append(MappingProxyType(given))
    return Defaults(
        rows=tuple(rows),
        places=MappingProxyType({name: tuple(words) for name, words in data["places"].items()}),
        urgent=tuple((tuple(one["words"]), one["reason"]) for one in data["urgent"]),
        calm=(tuple(data["calm"]["words"]), data["calm"]["reason"]),
        harmless=frozenset(data["harmless"]["words"]),
        calm_words=MappingProxyType(_calm_words(rows)),
    )


def _calm_words(rows: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        words = frozenset() if row.get("urgent") else frozenset(row["words"].split())
        found[row["place"]] = found.get(row["place"], frozenset()) | words
    return found


def load_defaults(office: Office) -> int:
    """Write the default rows that the office does not have yet; its own rows stay. How many were new."""
    return work.add_classifications(office, defaults().rows)


def classify(matter: str, rows: Iterable[Row], limit: int = 5) -> list[Candidate]:
    """Rows that the matter fits, best first. A place alone fits nothing; long words tell more than short ones.

    What the caller calls it himself counts before all: 投诉电梯坏了 is a complaint, not a repair.

    Pure: `rows` are the office's table, whoever loaded it.
    """
    text = fold(matter)
    said = places_said(text)
    named = {NAMES[one.word] for one in _said(text, NAMES)}
    found = [_as_named(one, named) for row in rows if (one := _fit(text, row, said))]
    found.sort(
        key=lambda one: (-one.score, not _presses(one), one.row.category, one.row.place, one.row.problem)
    )
    return found[:limit]


def _as_named(one: Candidate, named: Collection[str]) -> Candidate:
    """More for a row of the kind that the caller named; of those that only the name fits, the general one comes first."""
    if one.row.category not in named:
        return one
    only = {found.word for found in one.matched} <= NAMES.keys()
    vague = only and one.row.problem not in NAMES
    return replace(one, score=one.score + _NAMED - (2 * _PLACE if vague else 0))


def places_said(text: str) -> dict[str, str]:
    """Places of the table that a text names, and the word that names each."""
    said: dict[str, str] = {}
    for place, words in defaults().places.items():
        if named := [word for word in words if word in text]:
            said[place] = max(named, key=len)
    return said


def _fit(text: str, row: Row, said: Mapping[str, str]) -> Candidate | None:
    words = {row.problem, *row.words.split()}
    matched = _said(text, words, defaults().harmless if row.urgent else ())
    if not matched:
        return None
    score = sum(len(found.word) ** 2 for found in matched)
    place = said.get(row.place) or (row.place if row.place in text else "")
    if place:
        score += _PLACE
    elif row.place in GENERAL_PLACES:
        score += _GENERAL
    elif said:
        score -= _WRONG_PLACE
    return Candidate(row, score, matched, place) if score > 0 else None


def longest(text: str, words: Iterable[str]) -> tuple[Found, ...]:
    """Words that are said in the text, the longest first taken, none over another, each once, in the order of the text.

    A word that is said not to be so (`没有着火`, `不漏水了`) is not said; a question (`漏不漏水`) says it.
    """
    taken = [False] * len(text)
    found: dict[str, Found] = {}
    for word in sorted({word for word in words if word}, key=lambda word: (-len(word), word)):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(word)
                if not _denied(text, start, end):
                    found.setdefault(word, Found(word, start, end))
            start = text.find(word, start + 1)
    return tuple(sorted(found.values(), key=lambda one: one.start))


def _denied(text: str, start: int, end: int) -> bool:
    """Whether the word from start to end is said not to be so, by what stands right before or after it."""
    if _CANNOT.match(text, end):
        return True
    before = _NOT.search(text[max(0, start - 12) : start])
    if before is None:
        return False
    at = start - len(before[0])
    return at == 0 or text[at - 1] != text[at + 1]  # 漏不漏水, 有没有着火: a question


def urgency(matter: str, row: Row | None) -> Urgency:
    """Whether it cannot wait: words of danger always; else the row's own mark, unless the caller says there is no haste.

    A row's own mark needs a word that no row of the same place has which can wait: 水管 alone says nothing of a burst.
    """
    text = fold(matter)
    table = defaults()
    repair = row is None or row.category in ("repair", "help")
    can_wait = table.harmless.union(*table.calm_words.values())
    if row and not row.urgent:
        can_wait |= set(row.words.split())
    for words, reason in table.urgent if repair else ():
        if heard := _said(text, words, can_wait):
            return Urgency(True, reason, tuple(found.word for found in heard))
    calm_words, calm_reason = table.calm
    if calm := _said(text, calm_words):
        return Urgency(False, calm_reason, tuple(found.word for found in calm))
    matched = _said(text, row.words.split(), table.harmless) if row is not None and row.urgent else ()
    if row is not None and _tells(row, matched):
        return Urgency(True, row.urgent_reason, tuple(found.word for found in matched))
    return Urgency(False, "", ())


def _presses(candidate: Candidate) -> bool:
    return candidate.row.urgent and _tells(candidate.row, candidate.matched)


def _tells(row: Row, matched: Iterable[Found]) -> bool:
    """Whether any of the words is the row's own, and not also one of a row of that place that can wait."""
    calm = defaults().calm_words.get(row.place, frozenset())
    return any(found.word not in calm for found in matched)


def _said(text: str, words: Iterable[str], among: Iterable[str] = ()) -> tuple[Found, ...]:
    """Those of the words that are said in the text and are not a part of a longer word among some."""
    wanted = set(words)
    return tuple(found for found in longest(text, wanted.union(among)) if found.word in wanted)


def topic_words(matter: str, rows: Sequence[Row]) -> frozenset[str]:
    """The words of the table that a matter holds: what two reports of the same thing have in common."""
    words = {word for row in rows for word in row.words.split()}
    return frozenset(found.word for found in longest(fold(matter), words))
