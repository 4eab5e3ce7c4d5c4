"""The classification: its default table as data, and which row a caller's words mean. Matching is pure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from guanjia.estate.models import Office
from guanjia.intake.line import fold
from guanjia.work import actions as work

DATA = Path(__file__).parent / "data" / "classifications.toml"
GENERAL_PLACES = ("全屋", "服务")
_PLACE = 6
_WRONG_PLACE = 4
_GENERAL = 1


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
    """The table of the data file: rows as keyword arguments, words for places, words for haste and for none."""

    rows: tuple[Mapping[str, Any], ...]
    places: Mapping[str, tuple[str, ...]]
    urgent: tuple[tuple[tuple[str, ...], str], ...]
    calm: tuple[tuple[str, ...], str]


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
    )


def load_defaults(office: Office) -> int:
    """Write the default rows that the office does not have yet; its own rows stay. How many were new."""
    return work.add_classifications(office, defaults().rows)


def classify(matter: str, rows: Iterable[Row], limit: int = 5) -> list[Candidate]:
    """Rows that the matter fits, best first. A place alone fits nothing; long words tell more than short ones.

    Pure: `rows` are the office's table, whoever loaded it.
    """
    text = fold(matter)
    said = places_said(text)
    found = [candidate for row in rows if (candidate := _fit(text, row, said))]
    found.sort(
        key=lambda one: (-one.score, not one.row.urgent, one.row.category, one.row.place, one.row.problem)
    )
    return found[:limit]


def places_said(text: str) -> dict[str, str]:
    """Places of the table that a text names, and the word that names each."""
    said: dict[str, str] = {}
    for place, words in defaults().places.items():
        if named := [word for word in words if word in text]:
            said[place] = max(named, key=len)
    return said


def _fit(text: str, row: Row, said: Mapping[str, str]) -> Candidate | None:
    words = {row.problem, *row.words.split()}
    matched = longest(text, words)
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
    """Words that stand in the text, the longest first taken, none over another, each once, in the order of the text."""
    taken = [False] * len(text)
    found: list[Found] = []
    for word in sorted({word for word in words if word}, key=lambda word: (-len(word), word)):
        start = text.find(word)
        while start >= 0:
            end = start + len(word)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(word)
                found.append(Found(word, start, end))
                break
            start = text.find(word, start + 1)
    return tuple(sorted(found, key=lambda one: one.start))


def urgency(matter: str, row: Row | None) -> Urgency:
    """Whether it cannot wait: words of danger always; else the row's own mark, unless the caller says there is no haste."""
    text = fold(matter)
    repair = row is None or row.category in ("repair", "help")
    for words, reason in defaults().urgent if repair else ():
        if heard := [word for word in words if word in text]:
            return Urgency(True, reason, tuple(heard))
    calm_words, calm_reason = defaults().calm
    calm = tuple(word for word in calm_words if word in text)
    if calm:
        return Urgency(False, calm_reason, calm)
    if row is not None and row.urgent:
        return Urgency(
            True, row.urgent_reason, tuple(found.word for found in longest(text, row.words.split()))
        )
    return Urgency(False, "", ())


def topic_words(matter: str, rows: Sequence[Row]) -> frozenset[str]:
    """The words of the table that a matter holds: what two reports of the same thing have in common."""
    words = {word for row in rows for word in row.words.split()}
    return frozenset(found.word for found in longest(fold(matter), words))
