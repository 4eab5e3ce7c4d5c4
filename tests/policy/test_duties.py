"""Obligations: what starts, ends, pauses and repeats them, whose subject they are, what outlives a case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.policy.building import (
    CLERK,
    FIXER,
    SMALL,
    Play,
    edited,
    opened,
)

from guanjia.kernel.problem import Problem
from guanjia.policy.duties import subjects, waiting


def toml(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f'"{key}" = {toml(one)}' for key, one in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def owing(key: str = "x", **lines: Any) -> str:
    """An obligation as text, on any category, so that events may be raised at will."""
    lines = {"label": "某事", "clause": "一", "owner": "clerk", "category": ["*"], "limit": "open", **lines}
    return (
        "\n".join(
            ["", "[[obligation]]", f'key = "{key}"', *(f"{name} = {toml(v)}" for name, v in lines.items())]
        )
        + "\n"
    )


def play_with(*obligations: str, timing: str = "later") -> Play:
    """A case whose own obligations stay quiet, with these."""
    return opened(SMALL + "".join(obligations), timing=timing)


def of_x(play: Play) -> list[tuple[int, str]]:
    """(generation, state) of the obligation x."""
    return [(row.generation, row.state) for row in play.owed if row.key == "x"]


def test_an_event_starts_under_its_conditions_and_an_event_ends() -> None:
    play = opened()
    assert play.states() == {"arrive": "open"}
    assert opened(timing="later").states() == {}
    assert play.last is not None
    (opening,) = play.last.openings
    assert (opening.event, opening.limit, opening.own_figure, opening.version) == (
        "reported",
        "10m",
        True,
        "1",
    )
    change = play.do("begin", FIXER).changes[0]
    assert (change.what, change.event, change.owed.key) == ("met", "arrived", "arrive")
    assert play.states() == {"arrive": "met", "complete": "open"}


def test_the_first_trigger_that_fits_counts_met_before_cancelled() -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], cancel=["refused", "signed"]))
    play.happen("paid")
    play.happen("signed")
    assert of_x(play) == [(1, "met")]
    play.happen("paid")
    play.happen("refused")
    assert of_x(play) == [(1, "met"), (2, "cancelled")]
    play.happen("signed")
    assert of_x(play) == [(1, "met"), (2, "cancelled")], "what has ended stays as it ended"


def test_a_clock_is_paused_and_resumed_once() -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], pause=["put_off"], resume=["reappointed"]))
    play.happen("paid")
    assert [c.what for c in play.happen("reappointed").changes] == [], "it runs already"
    assert [c.what for c in play.happen("put_off").changes] == ["paused"]
    assert [c.what for c in play.happen("put_off").changes] == [], "it is paused already"
    assert [c.what for c in play.happen("reappointed").changes] == ["resumed"]
    play.happen("put_off")
    assert [c.what for c in play.happen("signed").changes] == ["met"], "paused or not, it is done"


def test_paused_and_resumed_by_one_action_it_runs_on() -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], pause=["put_off"], resume=["reappointed"]))
    play.happen("paid")
    assert play.happen("put_off", "reappointed").changes == ()
    play.happen("put_off")
    assert play.happen("reappointed", "put_off").changes == ()
    assert of_x(play) == [(1, "paused")]


@pytest.mark.parametrize(
    ("again", "generations"),
    [
        ("restart", [(1, "cancelled"), (2, "cancelled"), (3, "open")]),
        ("keep", [(1, "open")]),
        ("each", [(1, "open"), (2, "open"), (3, "open")]),
        ("once", [(1, "open")]),
    ],
)
def test_started_again_while_open(again: str, generations: list[tuple[int, str]]) -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], again=again))
    for _ in range(3):
        play.happen("paid")
    assert of_x(play) == generations


@pytest.mark.parametrize(
    ("again", "generations"),
    [
        ("restart", [(1, "met"), (2, "open")]),
        ("keep", [(1, "met"), (2, "open")]),
        ("each", [(1, "met"), (2, "open")]),
        ("once", [(1, "met")]),
    ],
)
def test_started_again_after_its_end(again: str, generations: list[tuple[int, str]]) -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], again=again))
    for event in ("paid", "signed", "paid"):
        play.happen(event)
    assert of_x(play) == generations


@pytest.mark.parametrize(
    ("again", "generations"),
    [
        ("restart", [(1, "open")]),
        ("keep", [(1, "open")]),
        ("once", [(1, "open")]),
        ("each", [(1, "open"), (2, "open")]),
    ],
)
def test_two_starts_in_one_action_never_share_a_generation(
    again: str, generations: list[tuple[int, str]]
) -> None:
    play = play_with(owing(start=["paid", "billed"], stop=["signed"], again=again))
    play.happen("paid", "billed")
    assert of_x(play) == generations


def test_what_is_opened_and_done_in_one_action_is_kept_as_done() -> None:
    play = play_with(owing(start=["paid"], stop=["signed"], cancel=["refused"]))
    play.happen("paid", "signed")
    play.happen("paid", "refused")
    play.happen("signed", "paid")
    assert of_x(play) == [(1, "met"), (2, "cancelled"), (3, "open")]


def test_an_event_that_ends_and_starts_begins_a_new_round() -> None:
    play = play_with(owing(start=["handed_over", "chased"], stop=["chased", "completed"]))
    for event in ("handed_over", "chased", "chased", "completed"):
        play.happen(event)
    assert of_x(play) == [(1, "met"), (2, "met"), (3, "met")]


def test_triggers_look_at_facts_and_at_who_did_it() -> None:
    stop = [{"event": "noted", "where": {"matter": "水管"}, "by": ["clerk"]}]
    play = play_with(owing(start=["paid"], stop=stop))
    play.happen("paid")
    play.do("note", FIXER, text="师傅记的")
    assert of_x(play) == [(1, "open")]
    play.do("note", CLERK, text="值班员记的")
    assert of_x(play) == [(1, "met")]


def test_the_nth_time_counts() -> None:
    stop = [{"event": "followed_up", "where": {"events.followed_up.n": {"ge": 2}}}]
    play = play_with(owing(start=["paid"], stop=stop))
    for event, state in (("paid", "open"), ("followed_up", "open"), ("followed_up", "met")):
        play.happen(event)
        assert of_x(play) == [(1, state)]


def test_each_subject_has_its_own() -> None:
    text = owing(start=["paid"], stop=["signed"], subject="who")
    play = play_with(text)
    for who, event in (("甲", "paid"), ("乙", "paid"), ("甲", "signed")):
        play.facts["who"] = who
        play.happen(event)
    assert {row.subject: row.state for row in play.owed if row.key == "x"} == {"甲": "met", "乙": "open"}
    play.facts["who"] = "乙"
    play.happen("paid")
    assert [(row.subject, row.generation, row.state) for row in play.owed if row.key == "x"] == [
        ("甲", 1, "met"), ("乙", 1, "cancelled"), ("乙", 2, "open"),
    ]  # fmt: skip


def test_a_list_opens_one_for_each_member() -> None:
    stop = [{"event": "visited", "subject": "visited_unit"}, {"event": "report_sent", "subject": "*"}]
    play = play_with(owing(start=["became_collective"], stop=stop, subject="units"))
    play.facts["units"] = ["1-101", "1-102", "1-101", "1-103"]
    play.happen("became_collective")
    assert [row.subject for row in play.owed if row.key == "x"] == ["1-101", "1-102", "1-103"]
    play.facts["visited_unit"] = "1-102"
    play.happen("visited")
    assert play.states() == {"x:1-101": "open", "x:1-102": "met", "x:1-103": "open"}
    play.happen("report_sent")
    assert set(play.states().values()) == {"met"}


def test_subjects() -> None:
    assert subjects({}, "") == ("",)
    assert subjects({}, "who") == ("",)
    assert subjects({"who": 7}, "who") == ("7",)
    assert subjects({"who": []}, "who") == ()
    assert subjects({"who": "长" * 80}, "who") == ("长" * 60,)


def test_the_end_of_a_case_ends_its_clocks() -> None:
    play = play_with(
        owing("near", start=["started"], stop=["signed"]),
        owing("far", start=["completed"], stop=["signed"], life="beyond"),
        owing("late", start=["closed"], stop=["signed"]),
        owing("done", start=["completed"], stop=["closed"]),
    )
    play.do("begin", FIXER)
    end = play.do("finish", FIXER, result="good")
    assert end.closes
    assert play.states() == {"complete": "met", "near": "cancelled", "far": "open", "done": "met"}
    assert {change.event for change in end.changes if change.what == "cancelled"} == {"closed"}
    play.happen("signed")
    assert play.states()["far"] == "met", "it lives on"


def test_an_obligation_still_open_forbids_an_event() -> None:
    play = play_with(owing(label="回访", start=["started"], stop=["followed_up"], blocks=["closed"]))
    play.do("begin", FIXER)
    (offer,) = [offer for offer in play.offers(FIXER) if offer.action.key == "finish"]
    assert offer.possible, "there is a way through that does not close"
    with pytest.raises(Problem) as caught:
        play.do("finish", FIXER, result="good")
    assert (caught.value.code, caught.value.message, caught.value.clause) == (
        "ACTION_REFUSED",
        "「回访」还没办。",
        "一",
    )
    assert play.do("finish", FIXER, result="bad").state == "doing"
    play.happen("followed_up")
    assert play.do("finish", FIXER, result="good").closes


def test_what_every_way_would_run_into_is_said_beforehand() -> None:
    text = edited(('{ emits = ["progressed"] }', '{ to = "done", emits = ["closed"] }'))
    play = opened(text + owing(label="回访", start=["started"], stop=["followed_up"], blocks=["closed"]))
    play.do("begin", FIXER)
    (offer,) = [offer for offer in play.offers(FIXER) if offer.action.key == "finish"]
    assert offer.reasons == (("「回访」还没办。", "一"),)


def test_an_action_that_does_the_duty_on_its_way_is_not_forbidden_by_it() -> None:
    text = edited(('emits = ["completed", "closed"]', 'emits = ["completed", "followed_up", "closed"]'))
    play = opened(text + owing(start=["started"], stop=["followed_up"], blocks=["closed"]))
    play.do("begin", FIXER)
    assert play.do("finish", FIXER, result="good").closes


def test_a_duty_that_the_same_action_opens_may_forbid_its_end() -> None:
    play = play_with(owing(label="回访", start=["completed"], stop=["followed_up"], blocks=["closed"]))
    play.do("begin", FIXER)
    with pytest.raises(Problem, match="「回访」还没办。"):
        play.do("finish", FIXER, result="good")


def test_what_happens_by_itself_is_never_refused() -> None:
    play = play_with(owing(start=["started"], stop=["followed_up"], blocks=["paid"]))
    play.do("begin", FIXER)
    decision = play.happen("paid")
    assert (decision.emits, decision.state, decision.action) == (("paid",), "doing", "@step")
    assert play.facts["events"]["paid"] == {
        "n": 1, "at": "2026-03-24T04:00:00Z", "by": None, "first_at": "2026-03-24T04:00:00Z",
    }  # fmt: skip


def test_a_step_of_a_clock_may_start_another_duty() -> None:
    step = [{"at": "due", "to": "clerk", "label": "没交", "emits": ["marked_owing"]}]
    text = SMALL + owing(
        "pay", owner="resident", start=["billed"], stop=["paid"], limit="by day 20", step=step
    )
    text += owing("call", start=["marked_owing"], stop=["paid"])
    play = opened(text, timing="later")
    play.happen("billed")
    definition = play.manuals[0].compiled.obligations["pay"].definition
    play.happen(*definition.step[0].emits)
    assert play.states() == {"pay": "open", "call": "open"}
    play.happen("paid")
    assert play.states() == {"pay": "met", "call": "met"}


def test_conditions_may_look_at_other_duties() -> None:
    require = 'require = [{ when = { "owed.x.overdue" = true }, says = "还没超时。" }]\n'
    text = edited(('label = "开工"\nclause = "二"\n', 'label = "开工"\nclause = "二"\n' + require))
    play = opened(text + owing(start=["paid"], stop=["signed"]))
    play.happen("paid")
    with pytest.raises(Problem, match="还没超时。"):
        play.do("begin", FIXER)
    index = next(i for i, row in enumerate(play.owed) if row.key == "x")
    play.owed[index] = play.owed[index]._replace(due_at=play.at)
    with pytest.raises(Problem, match="还没超时。"):
        play.do("begin", FIXER)  # exactly at its due time it is not overdue
    assert play.do("begin", FIXER, minutes=1).state == "doing"


def test_what_has_not_started_yet_is_announced() -> None:
    play = opened(SMALL + owing(start=["paid"], stop=["signed"], limit="3 days"), timing="later")
    found = {
        one.obligation.definition.key: (one.event, one.limit, one.own_figure)
        for one in waiting(play.manuals, play.facts, play.owed)
    }
    assert found == {"complete": ("started", "2 days", False), "x": ("paid", "3 days", False)}
    play.do("begin", FIXER)
    play.happen("paid")
    assert waiting(play.manuals, play.facts, play.owed) == ()


def test_events_of_the_office_are_passed_on_by_a_case_of_the_office() -> None:
    office = edited(('procedure = "repair"\n', 'procedure = "repair"\nsubject = "office"\n'), ('emits = ["arrived", "started"]', 'emits = ["rained"]'),
                    ('start = ["started"]', 'start = ["reported"]'), ('stop = ["arrived"]', 'stop = ["completed"]'))  # fmt: skip
    play = opened(office)
    assert play.do("begin", FIXER).fans_out == ("rained",)
    play = opened(edited(('subject = "office"\n', ""), text=office))
    assert play.do("begin", FIXER).fans_out == ()
    leak = opened(SMALL + owing(start=["rained"], stop=["followed_up"], again="once"), timing="later")
    assert "rained" in leak.manuals[0].compiled.listens
    leak.happen("rained")
    leak.happen("rained")
    assert of_x(leak) == [(1, "open")]


def test_rows_of_a_manual_that_is_gone_are_left_alone_until_the_end() -> None:
    play = opened()
    play.owed[0] = play.owed[0]._replace(manual_key="gone")
    play.do("begin", FIXER)
    assert play.states() == {"gone/arrive": "open", "complete": "open"}
    play.do("finish", FIXER, result="good")
    assert set(play.states().values()) == {"cancelled", "met"}
