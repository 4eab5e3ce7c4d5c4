"""A random walk through the actions of real manuals: whatever people do, these things hold."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.building import SMALL, ZONE, Play, edited, person
from tests.policy.test_duties import owing
from tests.policy.test_two_manuals import ADDING

from guanjia.kernel.problem import Problem
from guanjia.policy import builtin
from guanjia.policy.compiled import Adopted
from guanjia.policy.decide import decide
from guanjia.policy.decision import Actor, Decision
from guanjia.policy.fields import RECKONED, offered
from guanjia.policy.loader import compile_text
from guanjia.policy.schema import Action, FormField
from guanjia.policy.vocabulary import ROLES

FOLDER = Path(__file__).resolve().parents[2] / "manuals"
MANUALS = sorted(path.name for path in FOLDER.iterdir() if (path / "manual.toml").exists())
# what only the engine opens, with what it has reckoned
ENGINES = ("payment_request",)
PEOPLE = {
    role: person(role, user=number) for number, role in enumerate(ROLES) if role not in ("resident", "system")
}
RESIDENT, SYSTEM = Actor(frozenset({"resident"})), Actor(frozenset({"system"}))

VALUES: dict[str, Callable[[Random, FormField], Any]] = {
    "choice": lambda dice, field: dice.choice([choice.value for choice in field.choices] or ["一"]),
    "multi": lambda dice, field: [choice.value for choice in field.choices if dice.random() < 0.5],
    "bool": lambda dice, _: dice.random() < 0.5,
    "tick": lambda dice, _: dice.random() < 0.8,
    "amount": lambda dice, _: dice.choice([1, 100, 8000, 100_000]),
    "number": lambda dice, _: dice.randrange(20),
    "time": lambda dice, _: dice.choice(["2026-03-25 09:00", "2026-04-01 15:30"]),
    "times": lambda *_: ["2026-03-25 09:00", "2026-04-01 15:30"],
    "phone": lambda *_: "13800001234",
    "staff": lambda dice, _: dice.choice([actor.user_id for actor in PEOPLE.values()]),
    "photos": lambda *_: [1],
    "lines": lambda *_: [{"name": "管", "qty": "2", "price": "3.50"}],
    "signature": lambda *_: {"how": "paper", "name": "王"},
    "items": lambda *_: [{"name": "通下水", "op": "add"}],
    "suppliers": lambda *_: [{"name": "安心", "phone": "1", "items": "锁"}],
    "figures": lambda *_: {"a": 1},
    "table": lambda *_: {
        "count": 1,
        "cases": ["TY2603-0001"],
        "rows": [["TY2603-0001"]],
        "sums": {"fee": 100},
    },
    "checks": lambda *_: ["TY2603-0001"],
}


def figures_of(text: str) -> dict[str, str]:
    """What an office that takes every suggestion has set."""
    return {figure.key: figure.suggest for figure in compile_text(text).manual.figure if figure.suggest}


def manuals_of(*texts: str) -> tuple[Adopted, ...]:
    return tuple(Adopted(compile_text(text), figures_of(text)) for text in texts)


def filled(dice: Random, form: tuple[FormField, ...], figures: Mapping[str, Any]) -> dict[str, Any]:
    """Input for a form: most fields get a value of their kind. figures: the office's own, for choices that it adds."""
    wanted = [
        offered(field, {"figure": figures})
        for field in form
        if field.kind not in RECKONED and (field.required or dice.random() < 0.7)
    ]
    return {field.key: value_for(dice, field) for field in wanted}


def value_for(dice: Random, field: FormField) -> Any:
    """A value of the field's kind."""
    return VALUES.get(field.kind, lambda dice, _: dice.choice(["一", "二"]))(dice, field)


def walk(dice: Random, manuals: tuple[Adopted, ...], category: str, length: int) -> Play:
    """Perform actions at random, most of them possible ones, and look at everything that must hold."""
    play = Play(manuals, category)
    actions = manuals[0].compiled.actions[play.facts["procedure"]].values()
    opening = next(action.definition for action in actions if action.definition.opens)
    for _ in range(400):
        try_one(dice, play, opening)
        if play.facts["state"]:
            break
    assert play.facts["state"], f"nobody can open {category}"
    for _ in range(length):
        found = list(manuals[0].compiled.by_state.get((play.facts["procedure"], play.facts["state"]), ()))
        if dice.random() < 0.03:
            found += builtin.for_state(play.facts)
        if not found:
            return play
        weights = [1 + action.definition.primary for action in found]  # people mostly do the main thing
        try_one(dice, play, dice.choices(found, weights)[0].definition)
        holds(play)
    return play


def somebody(dice: Random, play: Play, action: Action) -> Actor:
    """Mostly one of those who may do the action."""
    if dice.random() < 0.1:
        return dice.choice([*PEOPLE.values(), RESIDENT, SYSTEM])
    titles = play.manuals[0].compiled.titles
    others = {
        "resident": RESIDENT,
        "system": SYSTEM,
        "assignee": person("cleaner", user=play.facts.get("assignee")),
    }
    may = [others[who] for who in action.by if who in others]
    may += [PEOPLE[role] for who in action.by for role in sorted(titles.get(who, {who})) if role in PEOPLE]
    return dice.choice(may or [SYSTEM])


def try_one(dice: Random, play: Play, action: Action) -> None:
    """One action by somebody; a refusal changes nothing, a decision is the same when it is made again."""
    figures = play.manuals[0].figure_facts()
    data, actor = filled(dice, action.field, figures), somebody(dice, play, action)
    before = copy.deepcopy((play.facts, play.owed))
    decision = None
    for _ in range(3):
        try:
            decision = play.give(action.key, actor, data, dice.randrange(600))
            break
        except Problem as problem:
            assert problem.code in ("ACTION_REFUSED", "FIELD_REQUIRED", "FIELD_INVALID", "COSIGN_TWICE"), (
                problem.code
            )
            assert (play.facts, play.owed) == before
            missing = {
                one.field for one in getattr(problem, "problems", (problem,)) if one.code == "FIELD_REQUIRED"
            }
            data |= {
                one.key: True if one.kind == "tick" else value_for(dice, one)
                for one in action.field
                if one.key in missing
            }
    if decision is None:
        return
    again = decide(
        play.manuals,
        before[0],
        action.key,
        at=play.at,
        actor=actor,
        data=data,
        owed=tuple(before[1]),
        zone=ZONE,
    )
    assert again == decision
    after_effects(dice, play, decision, actor)


def after_effects(dice: Random, play: Play, decision: Decision, actor: Actor) -> None:
    """What the engine would do to the facts that policy reads."""
    for effect in decision.effects:
        if effect.do in ("assign", "unassign", "assign_actor"):
            play.facts["assignee"] = (
                actor.user_id if effect.do == "assign_actor" else decision.data.get(effect.field)
            )
        elif effect.do in ("charge", "set_charge"):
            play.facts["balance_fen"] = play.facts["charged_fen"] = play.facts.get(effect.amount) or 0
        elif effect.do == "collect":
            play.facts["balance_fen"] -= decision.data[effect.amount]
    if "item" in decision.data:
        play.facts["item_listed"] = dice.random() < 0.8


def holds(play: Play) -> None:
    """What is true of every case at every time."""
    first = play.manuals[0].compiled
    state, states = play.facts["state"], first.states[play.facts["procedure"]]
    assert state in states or state in builtin.ENDS
    ended = state in builtin.ENDS or states[state].end
    definitions = {
        (one.compiled.key, key): o.definition
        for one in play.manuals
        for key, o in one.compiled.obligations.items()
    }
    generations = [(row.manual_key, row.key, row.subject, row.generation) for row in play.owed]
    assert len(set(generations)) == len(generations)
    still: Counter[tuple[str, str, str]] = Counter()
    for row in play.owed:
        definition = definitions[row.manual_key, row.key]
        if row.state in ("open", "paused"):
            still[row.manual_key, row.key, row.subject] += 1
            assert not ended or definition.life == "beyond", row
            if definition.again != "each":
                assert still[row.manual_key, row.key, row.subject] == 1, row
    for event, seen in (play.facts.get("events") or {}).items():
        assert seen["n"] >= 1, event
        assert seen["first_at"] <= seen["at"]


@pytest.mark.parametrize("name", MANUALS)
@pytest.mark.parametrize("seed", range(8))
def test_walks_through_a_manual_of_the_project(name: str, seed: int) -> None:
    manuals = manuals_of((FOLDER / name / "manual.toml").read_text("utf-8"), ADDING)
    dice = Random(seed)
    categories = manuals[0].compiled.categories.values()
    for category in (one for one in categories if one.standard not in ENGINES):
        for _ in range(20):
            walk(dice, manuals, category.key, 80)


def test_the_walks_go_all_the_way() -> None:
    """Otherwise they prove little: of a hundred, some cases are closed by the last action of the manual."""
    manuals = manuals_of((FOLDER / "entrusted-repair-h" / "manual.toml").read_text("utf-8"))
    dice = Random(1)
    seen = {play.facts["state"] for play in (walk(dice, manuals, "repair", 120) for _ in range(100))}
    assert {"recommended", "closed"} <= seen


EVENTS = ("paid", "billed", "signed", "put_off", "reappointed", "refused", "noted", "withdrawn")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(draw=st.data())
def test_walks_under_obligations_made_up_at_random(draw: st.DataObject) -> None:
    some = st.lists(st.sampled_from(EVENTS), min_size=1, max_size=2, unique=True)
    texts = [
        owing(
            f"x{number}",
            start=draw.draw(some), stop=draw.draw(some), cancel=draw.draw(some), pause=draw.draw(some),
            resume=draw.draw(some), again=draw.draw(st.sampled_from(["restart", "keep", "each", "once"])),
            life=draw.draw(st.sampled_from(["case", "beyond"])), subject=draw.draw(st.sampled_from(["", "matter"])),
        )
        for number in range(2)
    ]  # fmt: skip
    text = edited(('emits = ["arrived", "started"]', 'emits = ["paid", "billed", "signed"]'), ('stop = ["arrived"]', 'stop = ["billed"]'),
                  ('start = ["started"]', 'start = ["paid"]'))  # fmt: skip
    play = Play(manuals_of(text + "".join(texts)))
    play.do("register", PEOPLE["receptionist"], matter="灯", timing="now")
    for _ in range(10):
        events = draw.draw(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=4), label="events")
        play.happen(*events, minutes=5)
        play.facts["matter"] = draw.draw(st.sampled_from(["灯", "门"]))
        holds(play)


def test_there_are_manuals_to_walk_through() -> None:
    assert "entrusted-repair-h" in MANUALS
    assert SMALL
