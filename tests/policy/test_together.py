"""Manuals that an office adopts together: what forbids it, and what the office should know."""

from __future__ import annotations

from tests.policy.building import SMALL, edited, findings, line_of

from guanjia.policy import lint
from guanjia.policy.loader import parse
from guanjia.policy.schema import Manual

ADDING = """\
schema = 1

[manual]
key = "adding"
version = "1"
title = "附加规程"
short = "附加"

[[role]]
key = "clerk"
label = "前台"
is = ["receptionist"]

[[clause]]
id = "3"
text = "半小时内转达。"

[[obligation]]
key = "relay"
label = "转达"
clause = "3"
duty = "relay"
owner = "clerk"
category = ["*"]
start = ["reported"]
stop = ["relayed", "arrived"]
limit = "30m"
"""


def test_a_manual_without_a_procedure_says_for_what_it_is() -> None:
    assert findings(ADDING) == []
    text = edited(('category = ["*"]\n', ""), text=ADDING)
    assert findings(text) == [
        f"m.toml:{line_of(text, '[[obligation]]')}: obligation.0: 「转达」不对任何类别：本规程没有程序，它也没写 category。"
        '写 category，如 ["repair"]，或 ["*"]。 [no-category]'
    ]


def read(text: str) -> Manual:
    manual, found, _lines = parse(text, "m.toml")
    assert manual, found
    return manual


def test_one_procedure_a_category_and_one_of_a_family() -> None:
    other = edited(('key = "small"', 'key = "other"'), ('title = "小规程"', 'title = "另一部"'))
    assert lint.check_together([read(SMALL), read(ADDING)]) == []
    assert lint.check_together([read(SMALL), read(other)]) == [
        "「报修」的程序《小规程》和《另一部》都给，只能采用一部。"
    ]
    first, second = (
        edited(('short = "附加"', f'short = "附加"\nfamily = "f"\nedition = "{n}"'), text=ADDING)
        for n in "12"
    )
    assert lint.check_together([read(first), read(second)]) == [
        "《附加规程》和《附加规程》是同一家族，只能采用一部。"
    ]


def test_notes_on_manuals_adopted_together() -> None:
    ban = """
[[forbid]]
key = "no_arrival"
clause = "3"
by = ["helper"]
event = "arrived"
category = ["repair"]
says = "不行。"

[[role]]
key = "helper"
label = "帮手"
is = ["technician"]
"""
    assert lint.notes_together([read(SMALL), read(ADDING + ban)]) == [], "the assignee may still arrive"
    alone = edited(('by = ["fixer", "assignee"]', 'by = ["fixer"]'))
    assert lint.notes_together([read(alone), read(ADDING + ban)]) == [
        "《附加规程》3 不许「到场」，《小规程》的「开工」却由他们做。"
    ]
    assert lint.notes_together([read(ADDING)]) == [
        "《附加规程》的「转达」不会起算：这些规程都没有「受理」。",
        "《附加规程》的「转达」办不了：这些规程都没有「转达、到场」。",
    ]
