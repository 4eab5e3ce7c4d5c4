"""What an action does: who, when, what it needs, where it leads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.policy.building import (
    BOSS,
    CLERK,
    FIXER,
    NOON,
    SMALL,
    ZONE,
    Play,
    adopted,
    edited,
    opened,
    person,
)

from guanjia.kernel.problem import Problem, Problems
from guanjia.policy.decide import decide, offers
from guanjia.policy.decision import Actor

REQUIRE = """require = [
  {{ when = {{ timing = "later" }}, says = "要另约的。", clause = "一"{more} }},
  {{ when = {{ matter = "灯" }}, says = "只修灯。" }},
  {{ when = {{ matter = "门" }}, only_if = {{ timing = "later" }}, says = "另约的只修门。" }},
]
"""
BEGIN = 'label = "开工"\nclause = "二"\n'


def said(problem: Problem) -> list[tuple[str, str, str, str]]:
    """(code, message, clause, field) of every problem."""
    problems = problem.problems if isinstance(problem, Problems) else (problem,)
    return [(one.code, one.message, one.clause, one.field) for one in problems]


def test_the_opening_action_records_facts_events_and_state() -> None:
    play = Play(adopted(SMALL))
    decision = play.do("register", CLERK, matter=" 水管 ", timing="now")
    assert (decision.state, decision.emits, decision.closes) == ("new", ("reported",), False)
    assert decision.data == {"matter": "水管", "timing": "now"}
    event = {"n": 1, "at": "2026-03-24T04:00:00Z", "by": 1, "first_at": "2026-03-24T04:00:00Z"}
    assert decision.updates == {"matter": "水管", "timing": "now", "events": {"reported": event}}
    assert (decision.action, decision.label, decision.clause) == ("register", "登记", "一")


def test_events_are_counted_with_the_last_time_and_person() -> None:
    play = opened()
    play.do("begin", FIXER)
    play.do("finish", FIXER, minutes=5, result="bad")
    play.do("finish", person("technician", user=9), minutes=5, result="bad")
    assert play.facts["events"]["progressed"] == {
        "n": 2, "at": "2026-03-24T04:10:00Z", "by": 9, "first_at": "2026-03-24T04:05:00Z",
    }  # fmt: skip


def test_an_action_of_another_state_says_where_the_case_is() -> None:
    with pytest.raises(Problem) as caught:
        opened().do("finish", FIXER, result="good")
    assert said(caught.value) == [("ACTION_REFUSED", "事项现在是「已登记」，不能修好。", "二", "")]
    assert caught.value.status == 409


def test_an_unknown_action_is_not_found() -> None:
    with pytest.raises(Problem) as caught:
        opened().do("explode", FIXER)
    assert (caught.value.code, caught.value.status) == ("ACTION_UNKNOWN", 404)


def test_a_case_is_opened_once() -> None:
    with pytest.raises(Problem, match="事项现在是「已登记」，不能登记。"):
        opened().do("register", CLERK, matter="灯", timing="now")


@pytest.mark.parametrize("actor", [CLERK, BOSS, person(user=2), Actor(frozenset({"resident"}))])
def test_only_those_who_may(actor: Actor) -> None:
    with pytest.raises(Problem) as caught:
        opened().do("begin", actor)
    assert said(caught.value) == [("ACTION_REFUSED", "开工由师傅或承办人办理。", "二", "")]


def test_the_assignee_may_whatever_his_roles() -> None:
    play = opened()
    play.facts["assignee"] = 5
    assert play.do("begin", person("cleaner", user=5)).state == "doing"


def test_a_resident_may_what_the_manual_lets_him() -> None:
    play = Play(adopted(SMALL))
    decision = play.do("register", Actor(frozenset({"resident"})), matter="灯", timing="now")
    assert decision.updates["events"]["reported"]["by"] is None


def test_who_only_looks_on_is_not_anyone() -> None:
    """A resident's link that shows the progress gives no role: not even a note is his to write."""
    with pytest.raises(Problem) as caught:
        opened().do("note", Actor(frozenset(), name="业户"), text="来看看")
    assert [code for code, *_rest in said(caught.value)] == ["ACTION_REFUSED"]
    opened().do("note", person("cleaner"), text="来看看")


def test_the_person_named_in_a_field_may() -> None:
    text = edited(
        ('by = ["fixer", "assignee"]', 'by = ["field:helper"]'),
        (
            '{ key = "matter", label',
            '{ key = "helper", label = "谁来", kind = "staff" },\n  { key = "matter", label',
        ),
    )
    play = Play(adopted(text))
    play.do("register", CLERK, matter="灯", timing="now", helper=8)
    with pytest.raises(Problem, match="开工由指定的人办理"):
        play.do("begin", FIXER)
    assert play.do("begin", person("cleaner", user=8)).state == "doing"


def test_a_title_named_like_a_system_role_means_what_the_manual_says() -> None:
    text = edited(('key = "fixer"\nlabel = "师傅"\nis = ["technician"]', 'key = "cleaner"\nlabel = "师傅"\nis = ["technician"]'),
                  ('by = ["fixer", "assignee"]', 'by = ["cleaner"]'), ('by = ["fixer"]', 'by = ["cleaner"]'),
                  ('owner = "fixer"', 'owner = "cleaner"'))  # fmt: skip
    play = opened(text)
    with pytest.raises(Problem, match="开工由师傅办理"):
        play.do("begin", person("cleaner"))
    assert play.do("begin", FIXER).state == "doing"


def test_every_missing_requirement_is_said_at_once() -> None:
    text = edited((BEGIN, BEGIN + REQUIRE.format(more="")))
    with pytest.raises(Problems) as caught:
        opened(text).do("begin", CLERK)
    assert said(caught.value) == [
        ("ACTION_REFUSED", "开工由师傅或承办人办理。", "二", ""),
        ("ACTION_REFUSED", "要另约的。", "一", ""),
        ("ACTION_REFUSED", "只修灯。", "二", ""),
    ]
    with pytest.raises(Problems) as caught:
        opened(text, timing="later").do("begin", FIXER)
    assert [one[1] for one in said(caught.value)] == ["只修灯。", "另约的只修门。"]


def test_an_action_that_is_not_wanted_is_neither_done_nor_offered() -> None:
    text = edited((BEGIN, BEGIN + 'when = { timing = "later" }\n'))
    play = opened(text)
    with pytest.raises(Problem, match="现在不用开工。"):
        play.do("begin", FIXER)
    assert "begin" not in [offer.action.key for offer in play.offers(FIXER)]
    assert "begin" in [offer.action.key for offer in opened(text, timing="later").offers(FIXER)]


def test_the_first_outcome_that_holds_decides() -> None:
    play = opened()
    play.do("begin", FIXER)
    again = play.do("finish", FIXER, result="bad")
    assert (again.state, again.emits, again.closes) == ("doing", ("progressed",), False)
    end = play.do("finish", FIXER, result="good", fee="85.5")
    assert (end.state, end.emits, end.closes) == ("done", ("completed", "closed"), True)
    assert end.updates["fee"] == 8550


def test_effects_follow_their_conditions() -> None:
    effects = 'effects = [{ do = "notify", message = "begun", to = "resident", when = { timing = "later" } }, { do = "complete" }]'
    text = edited(('effects = [{ do = "notify", message = "begun", to = "resident" }]', effects),
                  ('emits = ["completed", "closed"] }', 'emits = ["completed", "closed"], effects = [{ do = "reopen" }, { do = "unassign", when = { fee = 1 } }] }'))  # fmt: skip
    play = opened(text)
    assert [effect.do for effect in play.do("begin", FIXER).effects] == ["complete"]
    assert [effect.do for effect in play.do("finish", FIXER, result="good").effects] == ["reopen"]


def test_input_that_is_wrong_is_refused_before_anything() -> None:
    play = Play(adopted(SMALL))
    with pytest.raises(Problems) as caught:
        play.do("register", CLERK, timing="never", colour="red")
    assert [(one.code, one.field) for one in caught.value.problems] == [
        ("FIELD_UNKNOWN", "colour"), ("FIELD_REQUIRED", "matter"), ("FIELD_INVALID", "timing"),
    ]  # fmt: skip
    assert play.facts["state"] == ""


def test_what_is_not_kept_stays_out_of_the_facts() -> None:
    text = edited(('{ key = "fee", label = "费用", kind = "amount" }',
                   '{ key = "fee", label = "费用", kind = "lines", keep = false }'))  # fmt: skip
    play = opened(text)
    play.do("begin", FIXER)
    decision = play.do("finish", FIXER, result="bad", fee=[{"name": "管", "price": 5}])
    assert decision.data["fee"][0]["amount_fen"] == 5
    assert not {"fee", "fee_fen"} & decision.updates.keys()


def test_forgetting_makes_room_for_a_new_round() -> None:
    text = edited(
        (
            'emits = ["arrived", "started"]',
            'emits = ["arrived", "started"]\nforget = ["events", "matter", "timing"]\nfield = [{ key = "timing", label = "何时" }]',
        )
    )
    play = opened(text)
    decision = play.do("begin", FIXER, timing="later")
    assert decision.updates["matter"] is None
    assert decision.updates["timing"] == "later", "what is entered anew is not forgotten"
    assert set(decision.updates["events"]) == {"arrived", "started"}
    assert decision.updates["events"]["arrived"]["n"] == 1


def test_the_actor_and_the_time_are_facts_of_the_moment() -> None:
    need = 'require = [{ when = { "events.reported.by" = { not = "=actor" } }, says = "登记的人不能开工。" }, ' \
           '{ when = { "events.reported.at" = { within = "30m" } }, says = "过了半小时。" }]\n'  # fmt: skip
    text = edited((BEGIN, BEGIN + need))
    play = opened(text)
    with pytest.raises(Problem, match="登记的人不能开工。"):
        play.do("begin", person("technician", user=1))
    play.do("note", FIXER, minutes=30, text="还来得及")
    assert not {"now", "actor", "@calendar", "actor_roles", "figure", "owed"} & play.facts.keys()
    (offer,) = [offer for offer in play.offers(FIXER) if offer.action.key == "begin"]
    assert offer.possible
    with pytest.raises(Problem, match="过了半小时。"):
        play.do("begin", FIXER, minutes=1)


def test_offers_say_what_can_be_done_and_why_not() -> None:
    play = opened()
    found = {offer.action.key: offer for offer in play.offers(CLERK)}
    assert list(found) == ["note", "withdraw", "begin"]
    assert found["begin"].reasons == (("开工由师傅或承办人办理。", "二"),)
    assert found["note"].possible
    play.do("begin", FIXER)
    assert play.do("finish", FIXER, result="good").closes
    assert play.offers(FIXER) == (), "an ended case offers nothing"


def test_the_main_action_comes_first_and_the_possible_before_the_impossible() -> None:
    text = edited((BEGIN, BEGIN + "primary = 5\n"))
    assert [offer.action.key for offer in opened(text).offers(FIXER)] == ["begin", "note", "withdraw"]


def test_what_only_the_system_does_is_not_offered() -> None:
    text = edited(('by = ["fixer", "assignee"]', 'by = ["system"]'))
    assert "begin" not in [offer.action.key for offer in opened(text).offers(FIXER)]


def test_a_wrong_registration_is_taken_back_until_somebody_came() -> None:
    play = opened()
    gone = play.do("withdraw", CLERK, reason="打错了")
    assert (gone.state, gone.closes, play.states()) == ("withdrawn", True, {"arrive": "cancelled"})
    with pytest.raises(Problem, match="事项现在是「已撤销」，不能记一笔。"):
        play.do("note", CLERK, text="补记")
    assert play.offers(CLERK) == ()
    play = opened()
    play.do("begin", FIXER)
    with pytest.raises(Problem, match="已经上门的事项不能撤销登记"):
        play.do("withdraw", CLERK, reason="打错了")
    with pytest.raises(Problem, match="撤销登记由客服助理或客服主管或管理处主任办理。"):
        opened().do("withdraw", FIXER, reason="打错了")


def test_a_decision_is_the_same_again() -> None:
    manuals = adopted(SMALL)
    facts = {"state": "", "category": "repair", "procedure": "repair"}
    one, two = (
        decide(
            manuals,
            facts,
            "register",
            at=NOON,
            actor=CLERK,
            data={"matter": "灯", "timing": "now"},
            zone=ZONE,
        )
        for _ in range(2)
    )
    assert one == two


def test_naive_times_are_a_programmers_error() -> None:
    naive = datetime(2026, 3, 24, 12, tzinfo=UTC).replace(tzinfo=None)
    facts = {"state": "", "category": "repair", "procedure": "repair"}
    with pytest.raises(ValueError, match="naive"):
        decide(
            adopted(SMALL),
            facts,
            "register",
            at=naive,
            actor=CLERK,
            data={"matter": "灯", "timing": "now"},
            zone=ZONE,
        )


def test_offers_without_a_time_cannot_promise_what_depends_on_it() -> None:
    text = edited(
        (
            BEGIN,
            BEGIN
            + 'require = [{ when = { "events.reported.at" = { within = "1 day" } }, says = "过期。" }]\n',
        )
    )
    play = opened(text)
    (offer,) = [o for o in offers(play.manuals, play.facts, FIXER, play.owed) if o.action.key == "begin"]
    assert offer.reasons == (("过期。", "二"),)
