"""Cases that are joined to another one: counted, noted in both, taken out again."""

from __future__ import annotations

import pytest
from tests.engine.crowd import CROWD, HOMES, LIFT, complain, do, gather
from tests.engine.small import at

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, CaseLink
from guanjia.engine.facts import facts_of
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.ops.verification import verify

MORE = [home for home in HOMES if home not in ("3-2-1502", "3-2-1402", "3-2-1602")]


@pytest.fixture
def stage(db: None) -> Stage:
    adoption.forget()
    return build([CROWD], {}, at("24 08:00"), MORE)


def units(case: Case) -> dict[str, int]:
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    found = facts_of(case, adopted)["children"]
    return {key: found[key] for key in ("open", "closed", "units")}


def test_the_homes_of_those_that_joined_are_known(lift: tuple[Case, list[Case]]) -> None:
    whole, _complaints = lift
    adopted = adoption.with_figures(whole.office, whole.versions, first=whole.manual_key)
    assert facts_of(whole, adopted)["children"]["homes"] == sorted(HOMES[:4])


def owed(case: Case, key: str) -> dict[str, str]:
    return dict(Obligation.objects.filter(case=case, key=key).values_list("subject", "state"))


@pytest.fixture
def lift(stage: Stage) -> tuple[Case, list[Case]]:
    """Four households in one case."""
    complaints = [
        complain(stage, at(f"24 09:0{n}"), home, words)
        for n, (home, words) in enumerate(zip(HOMES, LIFT, strict=True))
    ]
    whole = gather(stage, at("24 09:30"), "电梯停运")
    for one in complaints[:4]:
        whole = do(stage, whole, at("24 09:31"), "join", joined=one.number)
    return whole, complaints


def test_four_households_are_not_yet_collective(lift: tuple[Case, list[Case]]) -> None:
    whole, _complaints = lift
    assert "became_collective" not in whole.facts["events"]
    assert units(whole) == {"open": 4, "closed": 0, "units": 4}
    assert owed(whole, "report_head") == {}


def test_the_fifth_household_makes_it_collective_at_that_very_moment(
    stage: Stage, lift: tuple[Case, list[Case]]
) -> None:
    whole, complaints = lift
    whole = do(stage, whole, at("24 09:40"), "join", joined=complaints[4].number)
    assert whole.facts["events"]["became_collective"]["at"] == "2026-03-24T01:40:00Z"
    assert Obligation.objects.get(case=whole, key="report_head").opened_at == at("24 09:40")
    whole = do(stage, whole, at("24 09:41"), "join", joined=complaints[5].number)
    assert whole.facts["events"]["became_collective"]["n"] == 1


def test_two_complaints_of_one_household_count_once(stage: Stage, lift: tuple[Case, list[Case]]) -> None:
    whole, _complaints = lift
    again = complain(stage, at("24 09:35"), HOMES[0], "电梯还是不动")
    whole = do(stage, whole, at("24 09:36"), "join", joined=again.number)
    assert units(whole)["units"] == 4
    assert "became_collective" not in whole.facts["events"]


def test_both_timelines_say_so_and_who_did_it(stage: Stage, lift: tuple[Case, list[Case]]) -> None:
    whole, complaints = lift
    line = complaints[0].events.order_by("-seq")[0]
    assert (line.label, line.actor_label, line.emits) == (f"并入 {whole.number}", "周敏", ["linked"])
    assert whole.events.filter(action="join").count() == 4
    assert list(verify(lambda *_: None)) == []


def test_each_household_is_owed_its_own(stage: Stage, lift: tuple[Case, list[Case]]) -> None:
    whole, complaints = lift
    letter = complain(stage, at("24 09:20"), "6-1-0302", "电梯停运，书面投诉", in_writing=True)
    whole = do(stage, whole, at("24 09:45"), "join", joined=letter.number)
    assert set(owed(whole, "visit")) == {*HOMES[:4], "6-1-0302"}
    assert owed(whole, "write") == {"6-1-0302": "open"}
    whole = do(stage, whole, at("24 18:00"), "visit", by="director", household=HOMES[1])
    assert owed(whole, "visit")[HOMES[1]] == "met"
    assert owed(whole, "visit")[HOMES[0]] == "open"
    with pytest.raises(Problem) as refused:
        do(stage, whole, at("24 18:10"), "close", by="director")
    assert refused.value.code == "ACTION_REFUSED"


def test_one_that_was_joined_wrongly_is_taken_out(stage: Stage, lift: tuple[Case, list[Case]]) -> None:
    whole, complaints = lift
    wrong = complaints[1]
    whole = do(stage, whole, at("24 10:00"), "take_out", removed=wrong.number, why="说的是货梯")
    assert units(whole)["units"] == 3
    assert owed(whole, "visit")[HOMES[1]] == "cancelled"
    assert not CaseLink.objects.filter(source=wrong).exists()
    assert wrong.events.order_by("-seq")[0].label == f"从 {whole.number} 移出"


@pytest.mark.parametrize(
    ("action", "data", "code"),
    [
        ("join", {"joined": "{0}"}, "LINK_KNOWN"),
        ("join", {"joined": "TS9999-0001"}, "REFERENCE_UNKNOWN"),
        ("join", {"joined": "{whole}"}, "REFERENCE_UNKNOWN"),
        ("take_out", {"removed": "{5}", "why": "不是"}, "LINK_MISSING"),
    ],
)
def test_what_cannot_be_joined_or_taken_out(
    stage: Stage, lift: tuple[Case, list[Case]], action: str, data: dict[str, str], code: str
) -> None:
    whole, complaints = lift
    known = {"whole": whole.number}
    given = {key: value.format(*[one.number for one in complaints], **known) for key, value in data.items()}
    with pytest.raises(Problem) as refused:
        do(stage, whole, at("24 10:00"), action, **given)
    assert refused.value.code == code
    assert units(whole)["units"] == 4


def test_one_that_was_withdrawn_cannot_be_joined(stage: Stage, lift: tuple[Case, list[Case]]) -> None:
    whole, complaints = lift
    do(stage, complaints[5], at("24 09:50"), "withdraw", reason="打错了")
    with pytest.raises(Problem) as refused:
        do(stage, whole, at("24 10:00"), "join", joined=complaints[5].number)
    assert refused.value.code == "REFERENCE_UNKNOWN"
