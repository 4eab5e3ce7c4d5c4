"""The worklist: what is owed now, by whom, in which order; and how late it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.web.repair import TO_DONE, Repair

from guanjia.cases.models import Case
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries
from guanjia.obligations.models import Obligation, State

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def repair() -> Repair:
    return Repair()


def keys(rows: object) -> list[str]:
    return [row.key for row in rows]  # type: ignore[attr-defined]


class TestWorklist:
    def test_the_soonest_come_first_and_those_without_a_time_last(self, repair: Repair) -> None:
        later = repair.report("3-2-1402", timing="appointment", appointment_at="2026-03-24 15:00")
        rows = list(queries.worklist(repair.office, now=repair.at))
        assert [(row.key, row.case) for row in rows] == [
            ("arrive", repair.case), ("keep_appointment", later), ("track", repair.case), ("track", later),
        ]  # fmt: skip
        assert [row.due_at is None for row in rows] == [False, False, True, True]

    def test_what_may_not_be_done_yet_is_not_listed(self, repair: Repair) -> None:
        repair.report("3-2-1402", timing="appointment", appointment_at="2026-03-24 15:00")
        three = Obligation.objects.get(key="keep_appointment").due_at
        assert "ask_punctuality" not in keys(queries.worklist(repair.office, now=three - MINUTE))
        assert "ask_punctuality" in keys(queries.worklist(repair.office, now=three))

    def test_mine_are_those_under_my_name_and_my_roles_while_nobody_is_named(self, repair: Repair) -> None:
        repair.send()
        first, second, clerk = (repair.person(who) for who in ("田大勇", "陈建军", "receptionist"))
        mine = {"now": repair.at, "scope": "mine"}
        assert keys(queries.worklist(repair.office, user=first, roles=["technician"], **mine)) == ["arrive"]
        assert keys(queries.worklist(repair.office, user=second, roles=["technician"], **mine)) == []
        assert keys(queries.worklist(repair.office, user=clerk, roles=["receptionist"], **mine)) == ["track"]

    def test_overdue_open_ended_and_search(self, repair: Repair) -> None:
        due = Obligation.objects.get(key="arrive").due_at
        assert keys(queries.worklist(repair.office, now=due, scope="overdue")) == []
        assert keys(queries.worklist(repair.office, now=due + MINUTE, scope="overdue")) == ["arrive"]
        assert keys(queries.worklist(repair.office, now=due, scope="open_ended")) == ["track"]
        assert keys(queries.worklist(repair.office, now=due, search="3-2-1502 跟进")) == ["track"]
        assert not queries.worklist(repair.office, now=due, search="3-2-1402")

    def test_who_called_is_known_without_the_facts_of_the_case(self, repair: Repair) -> None:
        assert {row.of for row in queries.worklist(repair.office, now=repair.at)} == {"王秀兰"}
        Case.objects.filter(pk=repair.case.pk).update(facts={"period": "2026-03"})
        assert {row.of for row in queries.worklist(repair.office, now=repair.at)} == {"2026-03"}
        Case.objects.filter(pk=repair.case.pk).update(facts={})
        assert {row.of for row in queries.worklist(repair.office, now=repair.at)} == {""}

    def test_the_tabs_count_what_their_lists_hold(self, repair: Repair) -> None:
        repair.report("3-2-1402", timing="appointment", appointment_at="2026-03-24 15:00")
        scopes = ("all", "mine", "paused", "overdue", "open_ended")
        who = {"user": repair.person("receptionist"), "roles": ["receptionist"]}
        for now in (repair.at, repair.at + HOUR):
            counted = queries.tallies(repair.office, scopes, now=now, **who)
            listed = {one: len(queries.worklist(repair.office, now=now, scope=one, **who)) for one in scopes}
            assert counted == listed
            assert 0 < counted["mine"] < counted["all"]

    def test_another_office_owes_nothing_of_it(self, repair: Repair) -> None:
        other = estate.create_office(repair.office.company, "other", "别处", "别处")
        row = Obligation.objects.get(key="arrive")
        assert not queries.worklist(other, now=repair.at)
        assert queries.overdue_count(other, repair.at + HOUR) == 0
        assert queries.one_in(repair.office, row.pk) == row
        with pytest.raises(Problem) as caught:
            queries.one_in(other, row.pk)
        assert caught.value.code == "NOT_FOUND"

    def test_what_is_met_or_cancelled_is_gone(self, repair: Repair) -> None:
        repair.play("dispatch", "accept", "arrive")
        assert keys(queries.worklist(repair.office, now=repair.at)) == ["track"]


class TestWhoHasHowMuch:
    def test_load_and_the_red_badge(self, repair: Repair) -> None:
        repair.send()
        repair.send(repair.report("3-2-1402"))
        first = repair.person("田大勇")
        due: datetime = Obligation.objects.get(case=repair.case, key="arrive").due_at  # type: ignore[assignment]
        assert queries.load(repair.office, due) == {first.pk: (2, 0)}
        assert queries.load(repair.office, due + HOUR) == {first.pk: (2, 2)}
        assert queries.overdue_count(repair.office, due + HOUR) == 2
        assert keys(queries.owed_by(first, due)) == ["arrive", "arrive"]

    def test_a_transferred_job_is_owed_by_the_new_one(self, repair: Repair) -> None:
        repair.send()
        repair.do("transfer", technician=repair.person("陈建军").pk, transfer_reason="顺路")
        assert keys(queries.owed_by(repair.person("陈建军"), repair.at)) == ["arrive"]
        assert keys(queries.owed_by(repair.person("田大勇"), repair.at)) == []

    def test_a_declined_job_is_owed_by_nobody_in_person(self, repair: Repair) -> None:
        repair.send()
        repair.do("decline", decline_reason="走不开")
        row = Obligation.objects.get(key="arrive")
        assert (row.owner, row.owner_role, row.state) == (None, "assignee", "open")


class TestLateness:
    def test_while_it_is_open_and_when_it_is_met(self, repair: Repair) -> None:
        row = Obligation.objects.get(key="arrive")
        due: datetime = row.due_at  # type: ignore[assignment]
        assert queries.late_by(row, due) == timedelta(0)
        assert queries.late_by(row, due + 20 * MINUTE) == 20 * MINUTE
        row.state, row.met_at = State.MET, due + 5 * MINUTE
        assert queries.late_by(row, due + HOUR) == 5 * MINUTE
        row.met_at = due - MINUTE
        assert queries.late_by(row, due + HOUR) == timedelta(0)

    def test_what_has_no_time_or_fell_away_is_not_late(self, repair: Repair) -> None:
        track = Obligation.objects.get(key="track")
        assert queries.late_by(track, repair.at + HOUR) is None
        row = Obligation.objects.get(key="arrive")
        row.state = State.CANCELLED
        assert queries.late_by(row, repair.at + HOUR) is None


def test_the_steps_of_a_case_are_kept_newest_first(repair: Repair) -> None:
    advance(repair.at + HOUR, offices=[repair.office.pk])
    assert [step.kind for step in queries.steps_of(repair.case)] == ["escalate", "escalate", "miss", "warn"]


def test_reopening_starts_a_second_generation_and_keeps_the_first(repair: Repair) -> None:
    repair.play(*TO_DONE)
    repair.do("reopen", by="receptionist", reopen_reason="又滴水", timing="now")
    rows = Obligation.objects.filter(case=repair.case, key="arrive").order_by("generation")
    assert [(row.generation, row.state) for row in rows] == [(1, "met"), (2, "open")]
    assert Obligation.objects.get(case=repair.case, key="follow_up").state == "cancelled"
    assert Obligation.objects.filter(case=repair.case, key="track").count() == 1
