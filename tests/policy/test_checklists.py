"""Checklists of a shift: ticked one at a time, by whom and when; what is left stands in the hand-over."""

from __future__ import annotations

import pytest
from tests.policy.building import CLERK, SMALL, Play, adopted, edited, findings

from guanjia.kernel.moments import iso
from guanjia.kernel.problem import Problem

LISTS = """
[[procedure.action]]
key = "open_up"
label = "班前"
clause = "一"
by = ["clerk"]
from = ["new"]
checklist = { at = "start", person = "who" }
field = [
  { key = "who", label = "谁", kind = "staff", roles = ["clerk"], required = true },
  { key = "badge", label = "戴工号牌", kind = "tick" },
  { key = "desk", label = "台面整洁", kind = "tick" },
]
emits = ["fulfilled"]

[[procedure.action]]
key = "lock_up"
label = "下班前"
clause = "一"
by = ["clerk"]
from = ["new"]
checklist = { at = "end" }
field = [{ key = "lights", label = "灯关了", kind = "tick" }, { key = "door", label = "门锁了", kind = "tick" }]
emits = ["fulfilled"]

[[obligation]]"""


def with_lists(*changes: tuple[str, str]) -> str:
    """The small manual with both lists in its procedure."""
    head, _, tail = SMALL.partition("\n[[obligation]]")
    return edited(*changes, text=head + "\n" + LISTS + tail)


@pytest.fixture
def shift() -> Play:
    """A case of a shift of two."""
    play = Play(adopted(with_lists()), facts={"roster": ["周敏", "李芳"], "shift_people": [1, 9]})
    play.do("register", CLERK, matter="早班", timing="later", wish="2026-03-25 10:00")
    return play


def test_what_nobody_has_ticked_stands_open_for_each_person_and_once_for_the_shift(shift: Play) -> None:
    assert shift.facts["unticked"] == [
        "班前·周敏：戴工号牌、台面整洁",
        "班前·李芳：戴工号牌、台面整洁",
        "下班前：灯关了、门锁了",
    ]


def test_a_tick_keeps_who_and_when_and_the_list_is_done_with_the_last_one(shift: Play) -> None:
    first = shift.do("open_up", CLERK, 1, who=1, badge=True)
    at = iso(shift.at)
    assert first.emits == () and first.state == "new"
    assert shift.facts["unticked"][0] == "班前·周敏：台面整洁"
    last = shift.do("open_up", CLERK, 5, who=1, desk=True, badge=True)
    assert last.emits == ("fulfilled",)
    assert shift.facts["checklists"]["open_up"]["1"]["badge"]["at"] == at, "who ticked first stays"
    assert shift.facts["checklists"]["open_up"]["1"]["desk"] == {"by": 1, "who": "", "at": iso(shift.at)}
    assert shift.facts["unticked"] == ["班前·李芳：戴工号牌、台面整洁", "下班前：灯关了、门锁了"]


def test_the_shift_has_one_list_together_at_its_end(shift: Play) -> None:
    shift.do("lock_up", CLERK, 1, lights=True)
    assert shift.facts["unticked"][-1] == "下班前：门锁了"
    assert shift.do("lock_up", CLERK, 1, door=True).emits == ("fulfilled",)
    assert set(shift.facts["checklists"]["lock_up"]) == {"shift"}


def test_nothing_ticked_is_nothing_done(shift: Play) -> None:
    with pytest.raises(Problem) as refused:
        shift.do("open_up", CLERK, who=1)
    assert (refused.value.code, refused.value.field, refused.value.clause) == (
        "FIELD_REQUIRED",
        "badge",
        "一",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('label = "门锁了", kind = "tick"', 'label = "门锁了", kind = "tick", required = true', "checklist-required"),
        ('checklist = { at = "end" }', 'checklist = { at = "end" }\nto = "doing"', "checklist"),
        ('person = "who"', 'person = "whom"', "unknown-field"),
        (
            'field = [{ key = "lights", label = "灯关了", kind = "tick" }, { key = "door", label = "门锁了", kind = "tick" }]\n',
            "", "checklist",
        ),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_ticked_item_by_item_is_found(old: str, new: str, said: str) -> None:
    found = findings(with_lists((old, new)))
    assert len(found) == 1 and f"[{said}]" in found[0], found


BOOK = """
[[book]]
key = "notes"
label = "登记"
clause = "一"
category = "repair"
where = { timing = "later" }
waiting = ["new"]
closes = ["begin"]
column = [{ label = "修什么", fact = "matter" }]

[[script]]
key = "say"
label = "话"
text = "记下来。"
action = "register"
book = "notes"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('category = "repair"\nwhere', 'category = "repare"\nwhere', "unknown-link"),
        ('waiting = ["new"]', 'waiting = ["nu"]', "unknown-state"),
        ('closes = ["begin"]', 'closes = ["register"]', "unknown-link"),
        ('where = { timing = "later" }', 'where = { timming = "later" }', "unknown-fact"),
        ('fact = "matter" }]\n\n[[script', 'fact = "mater" }]\n\n[[script', "unknown-fact"),
        ('book = "notes"', 'book = "note"', "unknown-link"),
        ('waiting = ["new"]', 'waiting = ["new"]\nform = "slip"', "unknown-form"),
    ],
)
def test_a_book_names_what_there_is(old: str, new: str, said: str) -> None:
    assert findings(SMALL + BOOK) == []
    found = findings(edited((old, new), text=SMALL + BOOK))
    assert len(found) == 1 and f"[{said}]" in found[0], found
