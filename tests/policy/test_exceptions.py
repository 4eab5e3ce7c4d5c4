"""Exceptions with a reason, joint decisions, prohibitions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.policy.building import CLERK, FIXER, SMALL, Play, edited, opened, person

from guanjia.kernel.problem import Problem, Problems

REQUIRE = """require = [
  {{ when = {{ timing = "later" }}, says = "要另约的。", clause = "一"{more} }},
  {{ when = {{ matter = "灯" }}, says = "只修灯。" }},
  {{ when = {{ matter = "门" }}, only_if = {{ timing = "later" }}, says = "另约的只修门。" }},
]
"""
BEGIN = 'label = "开工"\nclause = "二"\n'


FEE = 'outcome = [\n  { when = { result = "good" }'


def said(problem: Problem) -> list[tuple[str, str, str, str]]:
    """(code, message, clause, field) of every problem."""
    problems = problem.problems if isinstance(problem, Problems) else (problem,)
    return [(one.code, one.message, one.clause, one.field) for one in problems]


def test_a_requirement_on_what_is_entered_looks_at_the_input() -> None:
    text = edited(
        (
            FEE,
            'require = [{ when = { fee = { le = "=figure.limit_fen" } }, only_if = { result = "good" }, says = "太贵。", clause = "一" }]\n'
            + FEE,
        )
    )
    play = opened(text)
    play.do("begin", FIXER)
    assert [offer.possible for offer in play.offers(FIXER) if offer.action.key == "finish"] == [True]
    with pytest.raises(Problem) as caught:
        play.do("finish", FIXER, result="good", fee="200.01")
    assert said(caught.value) == [("ACTION_REFUSED", "太贵。", "一", "result")]
    assert play.do("finish", FIXER, result="bad", fee="999").state == "doing"
    assert play.do("finish", FIXER, result="good", fee="200").state == "done"


def overriding(by: str = "") -> str:
    field = 'field = [{ key = "why", label = "例外的原因" }]\n'
    return edited(
        (BEGIN, BEGIN + field + REQUIRE.format(more=f', override = "why"{by}').replace('"灯"', '"水管"'))
    )


def test_a_reason_in_its_field_lifts_a_requirement() -> None:
    play = opened(overriding())
    (offer,) = [offer for offer in play.offers(FIXER) if offer.action.key == "begin"]
    assert (offer.possible, offer.warnings) == (True, (("要另约的。", "一", "why"),))
    with pytest.raises(Problem) as caught:
        play.do("begin", FIXER, why="  ")
    assert said(caught.value) == [("ACTION_REFUSED", "要另约的。", "一", "why")]
    assert caught.value.hint == "（一）确需例外的，请在「例外的原因」写明原因。"
    decision = play.do("begin", FIXER, why="主任同意")
    assert decision.overridden == (("要另约的。", "一", "主任同意"),)
    assert decision.updates["why"] == "主任同意"


def test_only_some_may_make_an_exception() -> None:
    play = opened(overriding(', override_by = ["director"]'))
    (offer,) = [offer for offer in play.offers(FIXER) if offer.action.key == "begin"]
    assert (offer.reasons, offer.warnings) == ((("要另约的。", "一"),), ())
    with pytest.raises(Problem, match="要另约的。"):
        play.do("begin", FIXER, why="我要")
    assert play.do("begin", person("technician", "director"), why="我要").state == "doing"


JOINT = 'cosign = { roles = ["fixer", "clerk"], same = ["fee"] }\n' + FEE


def joint() -> Play:
    text = edited(
        (FEE, JOINT),
        ('by = ["fixer"]', 'by = ["fixer", "clerk"]'),
        ('kind = "amount" }', 'kind = "amount", required = true }'),
    )
    play = opened(text)
    play.do("begin", FIXER)
    return play


def test_two_who_agree_decide_together() -> None:
    play = joint()
    first = play.do("finish", FIXER, result="good", fee="50")
    assert (first.state, first.emits, first.effects, first.closes) == ("doing", (), (), False)
    assert "fee" not in first.updates, "no fact before both agree"
    assert set(play.facts["cosigned"]["finish"]) == {"fixer"}
    second = play.do("finish", CLERK, result="good", fee="50")
    assert (second.state, second.updates["fee"], second.closes) == ("done", 5000, True)
    assert play.facts["cosigned"]["finish"] == {}, "the next round begins anew"


def test_a_different_value_lets_the_first_lapse() -> None:
    play = joint()
    play.do("finish", FIXER, result="good", fee="50")
    other = play.do("finish", CLERK, result="good", fee="60")
    assert (other.state, set(play.facts["cosigned"]["finish"])) == ("doing", {"clerk"})
    assert play.do("finish", FIXER, result="good", fee="60").updates["fee"] == 6000


def test_one_person_is_one_party() -> None:
    play = joint()
    both = person("technician", "receptionist", user=4)
    play.do("finish", both, result="good", fee="50")
    with pytest.raises(Problem) as caught:
        play.do("finish", both, result="good", fee="50")
    assert caught.value.code == "COSIGN_TWICE"
    assert play.do("finish", CLERK, result="good", fee="50").state == "done"


def test_a_second_person_of_one_party_is_told_who_has_confirmed() -> None:
    play = joint()
    play.do("finish", replace(FIXER, name="老陈"), result="good", fee="50")
    with pytest.raises(Problem, match="已经由老陈确认") as caught:
        play.do("finish", person("technician", user=77), result="good", fee="50")
    assert caught.value.code == "COSIGN_TWICE"
    assert play.do("finish", person("technician", user=77), result="good", fee="60").state == "doing"


def test_joint_consent_may_need_no_value() -> None:
    text = edited(
        (FEE, 'cosign = { roles = ["fixer", "clerk"] }\n' + FEE),
        ('by = ["fixer"]', 'by = ["fixer", "clerk"]'),
    )
    play = opened(text)
    play.do("begin", FIXER)
    assert play.do("finish", CLERK, result="good").state == "doing"
    assert play.do("finish", FIXER, result="good").state == "done"


FORBID = """
[[forbid]]
key = "no_good"
clause = "一"
by = ["fixer"]
event = "completed"
when = { timing = "now" }
says = "师傅不能自己说修好了。"
"""


def test_a_ban_is_looked_at_on_the_way_that_is_taken() -> None:
    play = opened(SMALL + FORBID)
    play.do("begin", FIXER)
    assert all(offer.possible for offer in play.offers(FIXER) if offer.action.key == "finish"), (
        "not every way is banned"
    )
    with pytest.raises(Problem) as caught:
        play.do("finish", FIXER, result="good")
    assert said(caught.value) == [("ACTION_REFUSED", "师傅不能自己说修好了。", "一", "")]
    assert play.do("finish", FIXER, result="bad").emits == ("progressed",)


def test_a_ban_holds_under_its_conditions_and_for_its_people() -> None:
    play = opened(SMALL + FORBID, timing="later")
    play.do("begin", FIXER)
    assert play.do("finish", FIXER, result="good").state == "done"
    text = edited(('by = ["fixer"]\nfrom = ["doing"]', 'by = ["fixer", "clerk"]\nfrom = ["doing"]'))
    play = opened(text + FORBID)
    play.do("begin", FIXER)
    both = person("technician", "receptionist", user=4)
    assert play.do("finish", both, result="good").state == "done", "he may do it as a clerk"
