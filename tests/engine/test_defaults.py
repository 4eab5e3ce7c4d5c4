"""A field that begins with whoever acts is filled in for every door, and only for those whom it is for."""

from __future__ import annotations

import pytest
from tests.manuals.test_reception import FRONT, on

from guanjia.adoption import queries as adoption
from guanjia.engine import open_case
from guanjia.kernel.problem import Problem
from guanjia.ops.cards.stage import Stage, build


@pytest.fixture
def stage(db) -> Stage:
    adoption.forget()
    return build([FRONT], {}, on("03-24 08:00"))


def note(stage: Stage, actor: object, **more: object):
    """A message that is left for the technician."""
    data = {"for_whom": stage.person("technician").pk, "caller": "王秀兰", "matter": "请回电话", **more}
    return open_case(stage.office, "message_note", actor=actor, at=on("03-24 10:00"), data=data).case


def test_whoever_opens_it_is_the_one_who_took_it(stage: Stage) -> None:
    zhou = stage.person("receptionist")
    facts = note(stage, zhou).facts
    assert (facts["taker"], facts["taker_name"]) == (zhou.pk, zhou.name)


def test_what_was_emptied_is_missing_and_what_was_named_stays(stage: Stage) -> None:
    zhou, boss = stage.person("receptionist"), stage.person("cs_supervisor")
    with pytest.raises(Problem) as refused:
        note(stage, zhou, taker="")
    assert (refused.value.code, refused.value.field) == ("FIELD_REQUIRED", "taker")
    assert note(stage, zhou, taker=boss.pk).facts["taker_name"] == boss.name
