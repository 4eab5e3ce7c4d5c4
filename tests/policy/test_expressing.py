"""docs/expressing-the-manuals.md: every block of TOML is a manual that passes the lint."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.policy.building import findings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "expressing-the-manuals.md"
SECTION = re.compile(r"^## ([a-z0-9-]+)\n(.*?)(?=^## |\Z)", re.M | re.S)
SECTIONS = dict(SECTION.findall(PAGE.read_text("utf-8")))
ROW = re.compile(r"^\| (S\d{3}-[\w.-]+) \| (.+?) \| (.+?) \| (.*?) ?\|$", re.M)
BLOCK = re.compile(r"^```toml\n(.*?)^```$", re.M | re.S)

HEAD = """schema = 1

[manual]
key = "paper"
version = "1"
title = "纸上规程"
short = "纸上"
"""
CATEGORY = """
[[category]]
key = "case"
standard = "repair"
label = "事项"
prefix = "SX"
procedure = "case"
"""
PROCEDURE = """
[[procedure]]
key = "case"
label = "事项"

[[procedure.state]]
key = "open"
label = "在办"

[[procedure.state]]
key = "closed"
label = "办结"
end = true

[[procedure.action]]
key = "register"
label = "登记"
clause = "0"
by = ["receptionist", "system"]
opens = true
to = "open"
field = [{ key = "period", label = "期间" }]
emits = ["reported"]

[[procedure.action]]
key = "close"
label = "办结"
clause = "0"
by = ["receptionist"]
from = ["open"]
to = "closed"
emits = ["closed"]
"""


def whole(block: str) -> str:
    """The block under a head, with the clauses that it cites and what it does not bring itself."""
    cited = sorted({"0", *re.findall(r'\bclause = "([^"]+)"', block)})
    clauses = "".join(f'\n[[clause]]\nid = "{clause}"\ntext = "转述。"\n' for clause in cited)
    head = "schema = 1\n" if "[manual]" in block else HEAD
    own = re.search(r"^\[\[procedure\]\]$", block, re.M)
    plain = "" if own and block.index("[[procedure]]") < _first_action(block) else CATEGORY + PROCEDURE
    return head + clauses + plain + "\n" + block


def _first_action(block: str) -> int:
    """Where the first action stands; an action before any procedure belongs to the plain one."""
    return block.index("[[procedure.action]]") if "[[procedure.action]]" in block else len(block)


def test_twenty_six_systems_with_three_rules_each() -> None:
    assert len(SECTIONS) == 26
    rows = {key: ROW.findall(text) for key, text in SECTIONS.items()}
    assert {key: len(found) for key, found in rows.items() if len(found) != 3} == {}
    ids = [row[0] for found in rows.values() for row in found]
    assert len(set(ids)) == 78


@pytest.mark.parametrize("key", SECTIONS)
def test_the_blocks_are_valid(key: str) -> None:
    blocks = BLOCK.findall(SECTIONS[key])
    assert blocks
    for block in blocks:
        text = whole(block)
        assert findings(text) == [], text
    written = "\n".join(blocks)
    assert [row[0] for row in ROW.findall(SECTIONS[key]) if f"# {row[0]}" not in written] == []
