"""What a case knows of others: those that came out of it, the period before, the list that a round covers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.engine.rounds import ROUNDS
from tests.engine.small import at

from guanjia.adoption import queries as adoption
from guanjia.adoption.models import ManualVersion
from guanjia.cases.models import Case
from guanjia.engine import perform
from guanjia.engine.adopting import set_figures
from guanjia.engine.advance import advance
from guanjia.engine.facts import facts_of
from guanjia.engine.schedules import ROSTER
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation, Schedule
from guanjia.ops.cards.stage import Stage, build
from guanjia.ops.verification import verify
from guanjia.policy import vocabulary


@pytest.fixture
def stage(db: None) -> Stage:
    adoption.forget()
    return build([ROUNDS], {"every": "daily"}, at("24 09:00"))


def rounds(stage: Stage) -> list[Case]:
    return list(Case.objects.filter(office=stage.office, category="round").order_by("id"))


def do(stage: Stage, case: Case, when: str, action: str, **data: Any) -> Case:
    return perform(case, action, actor=stage.person("receptionist"), at=at(when), data=data).case


def version() -> ManualVersion:
    return ManualVersion.objects.get(key="rounds")


class TestRecurrence:
    def test_the_office_says_how_often(self, stage: Stage) -> None:
        advance(at("26 01:00"), offices=[stage.office.pk])
        assert [case.facts["period"] for case in rounds(stage)] == ["2026-03-25", "2026-03-26"]

    def test_set_anew_it_comes_round_otherwise_from_then_on(self, stage: Stage) -> None:
        advance(at("25 01:00"), offices=[stage.office.pk])
        set_figures(stage.office, version(), {"every": "weekly on mon"}, at=at("25 09:00"))
        advance(at("31 01:00"), offices=[stage.office.pk])
        assert [case.facts["period"] for case in rounds(stage)] == ["2026-03-25", "2026-W14"]

    def test_every_so_many_days_is_named_after_the_day_on_which_it_opens(self, stage: Stage) -> None:
        set_figures(stage.office, version(), {"every": "every 3 days"}, at=at("24 09:00"))
        advance(at("31 01:00"), offices=[stage.office.pk])
        assert [(case.facts["period"], case.opened_at) for case in rounds(stage)] == [
            ("2026-03-27", at("27 00:00")),
            ("2026-03-30", at("30 00:00")),
        ]

    def test_while_nobody_has_said_how_often_none_opens(self, db: None) -> None:
        adoption.forget()
        stage = build([ROUNDS], {}, at("24 09:00"))
        advance(at("26 01:00"), offices=[stage.office.pk])
        assert rounds(stage) == []
        assert Schedule.objects.get(duty="round").next_at is None
        set_figures(stage.office, version(), {"every": "daily"}, at=at("26 09:00"))
        advance(at("27 01:00"), offices=[stage.office.pk])
        assert [case.facts["period"] for case in rounds(stage)] == ["2026-03-27"]


class TestRoster:
    def test_a_round_takes_down_the_list_of_the_office_and_says_what_is_left(self, stage: Stage) -> None:
        advance(at("25 01:00"), offices=[stage.office.pk])
        (case,) = rounds(stage)
        assert case.facts["roster"] == ["东门", "西门", "车库"]
        case = do(stage, case, "25 10:00", "pass", area="西门")
        left = Obligation.objects.filter(case=case, key="area", state="open").order_by("id")
        assert [row.label for row in left] == ["巡查：东门", "巡查：车库"]
        assert {row.due_at for row in left} == {at("26 00:00")}
        assert list(verify(lambda *_: None)) == []

    def test_another_list_counts_from_the_next_round_on(self, stage: Stage) -> None:
        advance(at("25 01:00"), offices=[stage.office.pk])
        set_figures(stage.office, version(), {"areas": "东门"}, at=at("25 09:00"))
        advance(at("26 01:00"), offices=[stage.office.pk])
        assert [len(case.facts["roster"]) for case in rounds(stage)] == [3, 1]

    def test_households_are_those_of_the_day(self, stage: Stage) -> None:
        advance(at("31 23:59") + timedelta(hours=1), offices=[stage.office.pk])
        case = Case.objects.get(category="call")
        assert case.facts["roster"] == ["3-2-1402", "3-2-1502", "3-2-1602", "6-1-0302"]

    def test_every_list_of_the_vocabulary_is_known(self, stage: Stage) -> None:
        assert set(ROSTER) == set(vocabulary.ROSTERS)
        assert "周敏" in ROSTER["staff"](stage.office, at("24 09:00"))
        assert ROSTER["vacant_units"](stage.office, at("24 09:00")) == []
        assert len(ROSTER["households"](stage.office, at("24 09:00"))) == 4


class TestPrevious:
    def test_a_period_knows_what_the_one_before_recorded(self, stage: Stage) -> None:
        advance(at("25 01:00"), offices=[stage.office.pk])
        do(stage, rounds(stage)[0], "25 10:00", "pass", area="东门", faults="4")
        advance(at("26 01:00"), offices=[stage.office.pk])
        case = rounds(stage)[1]
        adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
        known = facts_of(case, adopted)
        assert (known["previous"]["faults"], known["previous"]["period"]) == (4, "2026-03-25")
        assert "previous" not in facts_of(rounds(stage)[0], adopted)


class TestChildren:
    @pytest.fixture
    def parent(self, stage: Stage) -> Case:
        advance(at("25 01:00"), offices=[stage.office.pk])
        case = do(stage, rounds(stage)[0], "25 10:00", "found", matter="灯不亮")
        return do(stage, case, "25 10:10", "found", matter="门关不上")

    def faults(self) -> list[Case]:
        return list(Case.objects.filter(category="rework").order_by("id"))

    def test_the_parent_waits_for_all_of_them(self, stage: Stage, parent: Case) -> None:
        with pytest.raises(Problem, match="还有问题没整改"):
            do(stage, parent, "25 10:20", "strike_off")
        one, other = self.faults()
        do(stage, one, "25 11:00", "mend")
        assert not Obligation.objects.filter(case=parent, key="strike_off").exists()
        do(stage, other, "25 12:00", "mend")
        row = Obligation.objects.get(case=parent, key="strike_off")
        assert (row.opened_at, row.due_at) == (at("25 12:00"), at("25 14:00"))
        parent.refresh_from_db()
        line = parent.events.get(label="关联事项全部办结")
        assert (line.actor_label, line.data["from"]) == ("系统", other.number)
        assert do(stage, parent, "25 13:00", "strike_off").state == "done"
        assert list(verify(lambda *_: None)) == []

    def test_one_that_is_opened_again_holds_it_again(self, stage: Stage, parent: Case) -> None:
        for case in self.faults():
            do(stage, case, "25 11:00", "mend")
        again = do(stage, self.faults()[0], "25 12:00", "again")
        parent.refresh_from_db()
        with pytest.raises(Problem, match="还有问题没整改"):
            do(stage, parent, "25 12:30", "strike_off")
        do(stage, again, "25 13:00", "mend")
        parent.refresh_from_db()
        assert parent.facts["events"]["children_closed"]["n"] == 2

    def test_a_parent_that_is_closed_hears_nothing(self, stage: Stage, parent: Case) -> None:
        for case in self.faults():
            do(stage, case, "25 11:00", "mend")
        parent.refresh_from_db()
        do(stage, parent, "25 11:10", "strike_off")
        do(stage, do(stage, self.faults()[0], "25 12:00", "again"), "25 13:00", "mend")
        assert parent.events.filter(label="关联事项全部办结").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_children_that_close_at_one_time_tell_the_parent_once() -> None:
    """Each holds its own row; whoever comes second to the parent's sees the other closed."""
    adoption.forget()
    stage = build([ROUNDS], {"every": "daily"}, at("24 09:00"))
    advance(at("25 01:00"), offices=[stage.office.pk])
    parent = rounds(stage)[0]
    for matter in ("灯", "门", "水"):
        parent = do(stage, parent, "25 10:00", "found", matter=matter)

    def close(case: Case) -> Callable[[], None]:
        def run() -> None:
            try:
                do(stage, case, "25 11:00", "mend")
            finally:
                connection.close()

        return run

    threads = [threading.Thread(target=close(case)) for case in Case.objects.filter(category="rework")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert parent.events.filter(label="关联事项全部办结").count() == 1
    assert Obligation.objects.filter(case=parent, key="strike_off").count() == 1
