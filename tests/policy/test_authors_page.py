"""docs/manual-authors.md: its tables are the program's, its examples pass the lint, its cards are played."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from scripts import manual_tables
from tests.policy.building import findings

from guanjia.ops.cards import card
from guanjia.ops.cards.run import run
from guanjia.ops.management.commands.manual import SAMPLE
from guanjia.policy import conditions
from guanjia.policy.loader import parse
from guanjia.policy.schema import Manual
from guanjia.worktime import describe, limits, recurrence

TEXT = manual_tables.PAGE.read_text("utf-8")
BLOCK = re.compile(r"^```toml ?(\w*)\n(.*?)^```$", re.M | re.S)
BLOCKS = BLOCK.findall(TEXT)
STEPS = "\n".join(text for kind, text in BLOCKS if not kind)
FRAGMENTS = [text for kind, text in BLOCKS if kind == "fragment"]
CARDS = [text for kind, text in BLOCKS if kind == "card"]


def section(title: str) -> str:
    """The text under a heading."""
    found = re.search(rf"^## [^\n]*{title}[^\n]*\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S)
    assert found, title
    return found[1]


def read(text: str) -> Manual:
    manual, found, _ = parse(text, "page")
    assert manual, found
    return manual


def test_the_tables_are_the_programs() -> None:
    assert manual_tables.page(TEXT) == TEXT, "run python scripts/manual_tables.py"
    assert {found[1] for found in manual_tables.TABLE.findall(TEXT)} == set(manual_tables.TABLES)


def test_the_schema_for_editors_is_the_programs() -> None:
    assert manual_tables.SCHEMA.read_text("utf-8") == manual_tables.schema(), (
        "run python scripts/manual_tables.py"
    )


def test_every_key_has_a_meaning() -> None:
    for first in (Manual, card.Card):
        for part in manual_tables.parts_of(first):
            assert part.__doc__, part
            assert [name for name, field in part.model_fields.items() if not field.description] == [], part


def test_the_steps_make_the_sample() -> None:
    assert findings(STEPS) == []
    assert read(STEPS) == read(SAMPLE.read_text("utf-8"))


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda text: re.search(r'key = "(\w+)"', text)[1])  # type: ignore[index]
def test_each_example_fits_onto_the_sample(fragment: str) -> None:
    assert findings(STEPS + "\n" + fragment) == []


def test_whole_manuals_stand_alone() -> None:
    texts = [text for kind, text in BLOCKS if kind == "manual"]
    assert [findings(text) for text in texts] == [[]] * len(texts)
    assert len(FRAGMENTS) > 10
    assert {kind for kind, _ in BLOCKS} == {"", "fragment", "card", "manual"}


@pytest.mark.django_db
@pytest.mark.parametrize("text", CARDS, ids=range(len(CARDS)))
def test_cards_are_played(text: str, tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text(text, "utf-8")
    assert run(card.read(tmp_path / "card.toml"), [STEPS]) == []


ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \|", re.M)


@pytest.mark.parametrize(("text", "said"), ROW.findall(section("时限怎么写")))
def test_limits_say_what_the_table_says(text: str, said: str) -> None:
    assert describe(limits.parse(text)) == said.strip()


def test_recurrences_and_steps_of_the_page_are_read() -> None:
    text = section("时限怎么写")
    (said,) = re.findall(r"（`recurrence`）：(.*?)；", text, re.S)
    words = re.findall(r"`([^`]+)`", said)
    assert len(words) > 8
    for word in words:
        assert recurrence.parse(word), word
    for word in re.findall(r"`([^`]+)` (?:用时|到期)", text):
        assert limits.parse_offset(word), word


def test_conditions_of_the_page_are_well_formed() -> None:
    rows = re.findall(r"^\| `(\{.*?\})` \|", section("条件怎么写"), re.M)
    assert len(rows) > 7
    for row in rows:
        condition = tomllib.loads(f"x = {row}")["x"]
        assert conditions.misuse(condition) == "", row
        assert conditions.compile_condition(condition)({}) in (True, False)


def test_every_kind_of_field_is_explained() -> None:
    explained = [word for word, _ in ROW.findall(section("栏的种类")) if word != "kind"]
    assert sorted(explained) == sorted(manual_tables.field_kinds())
