"""So many of a base: what counts, since when it is enough, and the obligation that is met by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.engine.shares import SHARES
from tests.engine.small import ZONE

from guanjia.adoption import queries as adoption
from guanjia.adoption.models import ManualVersion
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.engine.adopting import drop, set_figures
from guanjia.engine.advance import advance
from guanjia.engine.counting import counts_of
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.ops.verification import verify

pytestmark = pytest.mark.django_db
HOMES = ("3-2-1402", "3-2-1502", "3-2-1602", "6-1-0302")


def at(text: str) -> datetime:
    """`4-02 10:00` is 2 April 2026, 10:00 in the office."""
    day, clock = text.split()
    return datetime.fromisoformat(f"2026-0{day}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.fixture
def stage() -> Stage:
    """March has begun; four households live here."""
    adoption.forget()
    stage = build([SHARES], {}, at("2-27 09:00"))
    advance(at("3-01 08:00"), offices=[stage.office.pk])
    return stage


def do(stage: Stage, case: Case, when: str, action: str, written: str = "", **data: Any) -> Case:
    now = at(written) if written else None
    return perform(case, action, actor=stage.person("receptionist"), at=at(when), now=now, data=data).case


def served(stage: Stage, when: str, unit: str, *actions: str, **data: Any) -> Case:
    """A service for a household, with what is done on it at once."""
    desk = stage.person("receptionist")
    case = open_case(stage.office, "paid_service", actor=desk, at=at(when), data={"unit": unit}).case
    for action in actions:
        case = do(stage, case, when, action, **data)
    return case


def month(period: str = "2026-03") -> Case:
    return Case.objects.get(category="month", facts__period=period)


def owed(key: str, period: str = "2026-03") -> Obligation:
    return Obligation.objects.select_related("case__office").get(case=month(period), key=key)


def reckoned(key: str, when: str, period: str = "2026-03") -> tuple[int, int | None, str]:
    (count,) = counts_of(owed(key, period), at(when))
    return len(count.done), count.needed, count.reckoning


class TestShareOfHouseholds:
    def test_a_household_counts_once_and_only_what_is_asked_for_counts(self, stage: Stage) -> None:
        served(stage, "3-02 10:00", HOMES[0], "visit", purpose="survey")
        served(stage, "3-03 10:00", HOMES[0], "visit", purpose="survey")
        served(stage, "3-03 11:00", HOMES[1], "visit", purpose="follow_up")
        assert reckoned("visits", "3-04 10:00") == (1, 3, "4 × 60% = 2.4，取 3")

    def test_it_is_met_when_it_is_enough_and_says_by_which_cases(self, stage: Stage) -> None:
        cases = [
            served(stage, f"3-1{day} 10:00", home, "visit", purpose="survey")
            for day, home in enumerate(HOMES)
        ]
        row = owed("visits")
        assert (row.state, row.met_at, row.missed_at) == ("met", at("3-12 10:00"), None)
        line = month().events.get(label="做够了：走访够数")
        assert line.data["quotas"] == [
            {
                "label": "走访户数",
                "done": 3,
                "needed": 3,
                "reckoning": "4 × 60% = 2.4，取 3",
                "cases": [case.number for case in cases[:3]],
            }
        ]
        assert list(verify(lambda *_: None)) == []

    def test_what_comes_after_the_month_is_the_next_month_s(self, stage: Stage) -> None:
        for home in HOMES[:2]:
            served(stage, "3-10 10:00", home, "visit", purpose="survey")
        advance(at("4-01 00:00"), offices=[stage.office.pk])
        served(stage, "4-01 09:00", HOMES[2], "visit", purpose="survey")
        row = owed("visits")
        assert (row.state, row.missed_at) == ("open", at("4-01 00:00"))
        assert reckoned("visits", "4-01 10:00", "2026-04") == (1, 3, "4 × 60% = 2.4，取 3")

    def test_what_is_written_down_later_counts_when_it_happened(self, stage: Stage) -> None:
        cases = [served(stage, "3-10 10:00", home) for home in HOMES[:3]]
        for case in cases[:2]:
            do(stage, case, "3-11 10:00", "visit", purpose="survey")
        advance(at("4-02 00:00"), offices=[stage.office.pk])
        assert owed("visits").missed_at == at("4-01 00:00")
        do(stage, cases[2], "3-31 20:00", "visit", written="4-02 09:00", purpose="survey")
        row = owed("visits")
        assert (row.state, row.met_at, row.missed_at) == ("met", at("3-31 20:00"), None)


class TestShareOfWhatHappened:
    def test_the_base_is_judged_when_it_cannot_grow_any_more(self, stage: Stage) -> None:
        one = served(stage, "3-05 10:00", HOMES[0], "serve", "call")
        assert owed("calls").state == "open"
        served(stage, "3-20 10:00", HOMES[1], "serve", "serve")
        advance(at("4-01 00:00"), offices=[stage.office.pk])
        row = owed("calls")
        assert (row.state, row.met_at) == ("met", at("4-01 00:00"))
        line = month().events.get(label="做够了：抽查回访够数")
        assert line.data["quotas"][0]["cases"] == [one.number]

    def test_calls_after_the_month_count_for_the_services_of_the_month(self, stage: Stage) -> None:
        march = [served(stage, "3-30 10:00", home, "serve") for home in HOMES[:3]]
        advance(at("4-01 09:00"), offices=[stage.office.pk])
        april = served(stage, "4-01 10:00", HOMES[3], "serve", "call")
        assert reckoned("calls", "4-01 11:00") == (0, 2, "3 × 50% = 1.5，取 2")
        do(stage, march[0], "4-02 10:00", "call")
        do(stage, march[1], "4-03 10:00", "call")
        row = owed("calls")
        assert (row.state, row.met_at, row.due_at) == ("met", at("4-03 10:00"), at("4-06 00:00"))
        assert owed("calls", "2026-04").state == "open"
        assert april.number not in str(month().events.get(label="做够了：抽查回访够数").data)

    def test_too_few_is_missed_and_what_comes_late_meets_it_late(self, stage: Stage) -> None:
        case = served(stage, "3-30 10:00", HOMES[0], "serve")
        advance(at("4-06 01:00"), offices=[stage.office.pk])
        assert owed("calls").missed_at == at("4-06 00:00")
        do(stage, case, "4-07 10:00", "call")
        row = owed("calls")
        assert (row.state, row.met_at, row.missed_at) == ("met", at("4-07 10:00"), at("4-06 00:00"))

    def test_no_next_month_needs_to_begin_for_it_to_be_judged(self, stage: Stage) -> None:
        served(stage, "3-05 10:00", HOMES[0], "serve", "call")
        drop(stage.office, "shares", at=at("3-31 10:00"))
        advance(at("4-07 00:00"), offices=[stage.office.pk])
        row = owed("calls")
        assert (row.state, row.met_at, row.missed_at) == ("met", at("4-01 00:00"), None)

    def test_a_month_without_services_needs_no_calls(self, stage: Stage) -> None:
        advance(at("4-01 00:00"), offices=[stage.office.pk])
        assert (owed("calls").state, owed("calls").missed_at) == ("met", None)


class TestOwnCase:
    def test_answers_count_in_their_own_survey(self, stage: Stage) -> None:
        desk = stage.person("receptionist")
        one, other = (
            open_case(stage.office, "survey", actor=desk, at=at("3-02 09:00"), data={"matter": what}).case
            for what in ("服务", "绿化")
        )
        for _ in range(4):
            one = do(stage, one, "3-02 10:00", "hand_out")
        for _ in range(3):
            one = do(stage, one, "3-03 10:00", "take_back")
        for clock in ("10:00", "11:00"):
            other = do(stage, do(stage, other, f"3-03 {clock}", "hand_out"), f"3-03 {clock}", "take_back")
            assert Obligation.objects.filter(case=other).latest("id").state == "met"
        do(stage, other, "3-03 11:30", "hand_out")
        assert Obligation.objects.filter(case=other).latest("id").state == "open", "two of three is too few"
        with pytest.raises(Problem, match="问卷收回八成"):
            do(stage, one, "3-03 12:00", "end")
        one = do(stage, one, "3-04 10:00", "take_back")
        assert Obligation.objects.filter(case=one, key="answers").latest("id").met_at == at("3-04 10:00")
        assert do(stage, one, "3-04 11:00", "end").state == "done"


class TestNumber:
    def test_as_many_as_the_office_says(self, stage: Stage) -> None:
        assert reckoned("rounds", "3-02 10:00") == (0, None, "")
        set_figures(stage.office, ManualVersion.objects.get(), {"rounds": "2"}, at=at("3-02 10:00"))
        case = do(stage, month(), "3-03 10:00", "patrol")
        assert owed("rounds").state == "open"
        do(stage, case, "3-04 10:00", "patrol")
        assert owed("rounds").met_at == at("3-04 10:00")

    def test_while_it_has_not_said_so_nothing_is_met(self, stage: Stage) -> None:
        do(stage, month(), "3-03 10:00", "patrol")
        advance(at("4-01 00:00"), offices=[stage.office.pk])
        assert (owed("rounds").state, owed("rounds").missed_at) == ("open", at("4-01 00:00"))
