"""docs/glossary.md: sorted, one meaning a term, and identifiers that exist."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROW = re.compile(r"^\| ([^|]+?) \| (`[^`]+`|-) \| ([^|]+?) \| ([^|]+?) \|$", re.M)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))
WANTED = (
    "manual clause case event obligation limit miss step record copy stub series transfer receipt void refund deposit "
    "arrears dunning fit-out follow-up dispatch figure quota prohibition ticker worklist"
)


@cache
def identifiers() -> frozenset[str]:
    """Every word of the program and of its manuals."""
    files = [*(ROOT / "src" / "guanjia").rglob("*.py"), *(ROOT / "manuals").rglob("manual.toml")]
    return frozenset(word for path in files for word in re.findall(r"[\w-]+", path.read_text("utf-8")))


def test_terms_are_sorted_and_stand_once() -> None:
    terms = [row[0] for row in ROWS]
    assert terms == sorted(set(terms), key=str.lower)
    assert len(terms) > 100


@pytest.mark.parametrize("term", [*WANTED.split(), "due time", "escalation ladder", "open item", "snag list",
                                  "permit to work", "work order", "handover (of a shift)"])  # fmt: skip
def test_the_nouns_of_the_field_are_there(term: str) -> None:
    assert term in [row[0] for row in ROWS]


def test_identifiers_exist() -> None:
    named = {identifier.strip("`") for _term, identifier, *_rest in ROWS if identifier != "-"}
    assert sorted(named - identifiers()) == []
