"""The ticker: each step once, in order, at its own time; what raises waits; what pauses keeps still."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.engine.small import SMALL, Small, at

from guanjia.cases.models import Case, Event
from guanjia.engine import SYSTEM, perform, schedules, ticking
from guanjia.engine.advance import advance, next_moment
from guanjia.engine.ticking import take, tick
from guanjia.notify.models import Message
from guanjia.obligations import queries as due
from guanjia.obligations.models import Obligation, Schedule, Step
from guanjia.ops.verification import verify

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COME = [
    ("过半", "24 10:30"),
    ("超时：到场", "24 11:00"),
    ("超时", "24 11:00"),
    ("超时半小时，转主管", "24 11:30"),
]


@pytest.fixture
def small() -> Small:
    return Small()


def steps(case: Case) -> list[tuple[str, datetime]]:
    """What the clocks have done to a case: (label, its own time), in the order of the timeline."""
    return [(one.label, one.at) for one in case.events.filter(action="@step").order_by("seq")]


def expected(*more: tuple[str, str]) -> list[tuple[str, datetime]]:
    return [(label, at(when)) for label, when in (*COME, *more)]


def sound() -> bool:
    return list(verify(lambda *_: None)) == []


class TestSteps:
    def test_each_happens_once_in_order_at_its_own_time_whenever_it_is_found(self, small: Small) -> None:
        """Nobody looked for two hours: four steps are caught up, and no second look repeats one."""
        found = at("24 12:05")
        for _ in range(10):
            tick(found, offices=[small.office.pk])
        assert steps(small.case) == expected()
        assert {one.written_at for one in small.case.events.filter(action="@step")} == {found}
        done = Step.objects.filter(obligation=small.owed()).order_by("id")
        assert [(one.step, one.at, one.done_at) for one in done] == [
            (1, at("24 10:30"), found), (0, at("24 11:00"), found), (3, at("24 11:00"), found), (4, at("24 11:30"), found),
        ]  # fmt: skip
        assert small.owed().missed_at == at("24 11:00")
        assert sound()

    def test_nothing_happens_before_its_time(self, small: Small) -> None:
        tick(at("24 10:30") - timedelta(microseconds=1))
        assert steps(small.case) == []
        tick(at("24 10:30"))
        assert steps(small.case) == [("过半", at("24 10:30"))]

    def test_time_moves_on_from_step_to_step(self, small: Small) -> None:
        shown: list[datetime] = []
        done = advance(at("25 00:30"), offices=[small.office.pk], shown=shown.append)
        assert next_moment([small.office.pk]) > at("25 00:30")
        assert (done.misses, done.periods) == (3, 1)
        assert shown == [at("24 10:30")]  # a day of UTC: the round of the 25th begins on the same one
        assert {one.written_at for one in small.case.events.filter(action="@step")} == {
            when for _label, when in steps(small.case)
        }

    def test_the_oldest_come_first_in_bounded_batches(self, small: Small) -> None:
        small.open("24 09:00")
        small.open("24 09:30")
        assert tick(at("24 12:00"), limit=2, offices=[small.office.pk]).steps == 2
        labels = Event.objects.filter(action="@step").order_by("id").values_list("at", flat=True)
        assert list(labels) == [at("24 09:30"), at("24 10:00")]

    def test_other_offices_are_left_alone(self, small: Small) -> None:
        assert tick(at("24 12:00"), offices=[small.office.pk + 1]).steps == 0
        assert next_moment([small.office.pk + 1]) is None

    def test_what_is_done_in_time_is_neither_missed_nor_reported(self, small: Small) -> None:
        small.do("24 10:40", "arrive")
        advance(at("24 12:59"), offices=[small.office.pk])
        assert steps(small.case) == []

    def test_a_closed_case_has_no_clocks(self, small: Small) -> None:
        small.do("24 10:10", "arrive")
        small.do("24 10:20", "answer")
        assert due.next_step_at([small.office.pk]) is None
        assert {row.state for row in Obligation.objects.filter(case=small.case)} == {"met"}

    def test_a_step_may_emit_start_another_clock_and_pass_the_duty_on(self, small: Small) -> None:
        advance(at("24 11:30"), offices=[small.office.pk])
        explain = small.owed("explain")
        assert (explain.opened_at, explain.due_at, explain.started_by) == (
            at("24 11:30"),
            at("24 12:30"),
            "escalated",
        )
        assert small.owed().owner_role == "cs_supervisor"
        small.case.refresh_from_db()
        assert small.case.facts["events"]["escalated"]["n"] == 1
        assert sound()

    def test_the_message_goes_out_once_to_whom_the_step_names(self, small: Small) -> None:
        for _ in range(3):
            advance(at("24 12:00"), offices=[small.office.pk])
        told = Message.objects.filter(reference=f"case:{small.case.number}").values_list(
            "to_user__name", "body"
        )
        number = small.case.number
        assert Counter(told) == {("周敏", f"{number} 快到时限。"): 1, ("何静", f"{number} 超时。"): 2}


class TestTwoTickers:
    def test_interleaved_they_share_the_steps(self, small: Small) -> None:
        """Both have read the same list before either works; each step is one's alone."""
        for minute in range(5):
            small.open(f"24 10:0{minute}")
        now = at("24 12:00")
        for _round in range(4):
            lists = [due.due_steps(now, 100, [small.office.pk]) for _ticker in range(2)]
            kinds = [[take(row, now), take(other, now)] for row, other in zip(*lists, strict=True)]
            assert all(len([kind for kind in pair if kind]) == 1 for pair in kinds)
        counted = Counter(Step.objects.values_list("obligation", "generation", "step"))
        assert set(counted.values()) == {1}
        assert Event.objects.filter(action="@step").count() == Step.objects.count() == 6 * 4
        assert sound()

    def test_one_that_comes_after_the_case_is_closed_does_nothing(self, small: Small) -> None:
        stale = due.due_steps(at("24 10:30"), 10, [small.office.pk])
        small.do("24 10:31", "arrive")
        assert [take(row, at("24 10:31")) for row in stale] == [None]
        assert steps(small.case) == []

    def test_a_case_that_somebody_is_working_on_waits_for_the_next_tick(
        self, small: Small, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ticking.cases, "locked_unless_busy", lambda pk: None)
        assert tick(at("24 12:00"), offices=[small.office.pk]).steps == 0
        monkeypatch.undo()
        assert tick(at("24 12:00"), offices=[small.office.pk]).steps == 4


class TestTrouble:
    @pytest.fixture
    def poisoned(self, small: Small, monkeypatch: pytest.MonkeyPatch) -> Case:
        """A second complaint whose steps raise as long as the patch holds."""
        other = small.open("24 10:00", "毒")
        really = ticking._consequences

        def consequences(context: Any, row: Obligation, step: Any) -> dict[str, Any]:
            if row.case_id == other.pk:
                raise ZeroDivisionError("poison")
            return really(context, row, step)

        monkeypatch.setattr(ticking, "_consequences", consequences)
        return other

    def test_what_raises_is_set_aside_for_an_hour_and_jams_nothing(
        self, small: Small, poisoned: Case
    ) -> None:
        done = tick(at("24 10:30"), offices=[small.office.pk])
        assert (done.steps, done.troubles) == (1, 1)
        row = Obligation.objects.get(case=poisoned, key="come")
        assert row.next_step_at == at("24 11:30")
        assert row.trouble == "ZeroDivisionError: poison"
        assert not Step.objects.filter(obligation=row).exists()
        assert poisoned.events.filter(action="@step").count() == 0
        assert tick(at("24 10:31"), offices=[small.office.pk]).troubles == 0

    def test_afterwards_it_happens_at_its_own_time_and_the_trouble_is_gone(
        self, small: Small, poisoned: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tick(at("24 10:30"), offices=[small.office.pk])
        monkeypatch.undo()
        advance(at("24 12:00"), offices=[small.office.pk])
        assert steps(poisoned) == expected()
        assert Obligation.objects.get(case=poisoned, key="come").trouble == ""
        assert sound()

    def test_a_hundred_troubles_do_not_hide_what_comes_after_them(
        self, small: Small, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = {small.open("24 09:00", "毒").pk for _ in range(8)}
        really = ticking.facts_of
        monkeypatch.setattr(
            ticking, "facts_of", lambda case, one: 1 // 0 if case.pk in bad else really(case, one)
        )
        for _ in range(3):
            tick(at("24 10:30"), limit=4, offices=[small.office.pk])
        assert steps(small.case) == [("过半", at("24 10:30"))]


class TestPauses:
    def test_a_pause_moves_what_is_still_to_come_by_its_length(self, small: Small) -> None:
        advance(at("24 10:35"), offices=[small.office.pk])
        small.do("24 10:40", "wait", reason="等业户回家")
        row = small.owed()
        assert (row.state, row.spent, row.due_at, row.pause_reason) == ("paused", 2400, None, "等业户回家")
        advance(at("24 12:30"), offices=[small.office.pk])
        assert steps(small.case) == [("过半", at("24 10:30"))]
        small.do("24 12:40", "go_on")
        row = small.owed()
        assert (row.state, row.due_at, row.spent) == ("open", at("24 13:00"), 2400)
        advance(at("24 14:00"), offices=[small.office.pk])
        assert [one for one in steps(small.case) if one[0] != "超时：答复"] == [
            ("过半", at("24 10:30")), ("超时：到场", at("24 13:00")), ("超时", at("24 13:00")),
            ("超时半小时，转主管", at("24 13:30")),
        ]  # fmt: skip
        assert sound()

    def test_a_warning_that_was_past_at_the_start_does_not_come_back(self, small: Small) -> None:
        """`2h before` of a limit of one hour: after a pause of five hours there is such a moment, in the pause."""
        advance(at("24 10:35"), offices=[small.office.pk])
        small.do("24 10:40", "wait")
        advance(at("24 15:39"), offices=[small.office.pk])
        small.do("24 15:40", "go_on")
        advance(at("24 17:00"), offices=[small.office.pk])
        assert [one for one in steps(small.case) if one[0] not in ("超时：答复", "超时：主管说明")] == [
            ("过半", at("24 10:30")), ("超时：到场", at("24 16:00")), ("超时", at("24 16:00")),
            ("超时半小时，转主管", at("24 16:30")),
        ]  # fmt: skip
        counted = Counter(Step.objects.filter(obligation=small.owed()).values_list("step", flat=True))
        assert counted == {0: 1, 1: 1, 3: 1, 4: 1}
        assert sound()

    def test_a_warning_whose_moment_the_pause_moves_comes_before_the_steps_that_were_done(self) -> None:
        """The order of the steps changes with the pause: each is known by itself, not by its place."""
        text = SMALL.replace(
            '"2h before", to = "desk", label = "还有两小时"',
            '"40m before", to = "desk", label = "还有四十分"',
        )
        small = Small(text=text)
        advance(at("24 10:25"), offices=[small.office.pk])
        small.do("24 10:25", "wait")
        small.do("24 12:25", "go_on")
        advance(at("24 13:00"), offices=[small.office.pk])
        assert steps(small.case)[:3] == [
            ("还有四十分", at("24 10:20")), ("过半", at("24 12:30")), ("超时：到场", at("24 13:00")),
        ]  # fmt: skip

    def test_a_warning_that_nobody_gave_before_the_pause_comes_when_the_clock_runs_on(
        self, small: Small
    ) -> None:
        small.do("24 10:40", "wait")
        small.do("24 12:40", "go_on")
        advance(at("24 12:59"), offices=[small.office.pk])
        assert steps(small.case) == [("过半", at("24 12:40"))]

    def test_half_is_half_of_the_time_that_runs(self, small: Small) -> None:
        small.do("24 10:20", "wait")
        small.do("24 10:50", "go_on")
        advance(at("24 11:10"), offices=[small.office.pk])
        assert steps(small.case) == [("过半", at("24 11:00"))]

    def test_what_is_missed_before_the_pause_stays_missed_then(self, small: Small) -> None:
        advance(at("24 11:05"), offices=[small.office.pk])
        small.do("24 11:10", "wait")
        assert (small.owed().missed_at, small.owed().due_at) == (at("24 11:00"), at("24 11:00"))
        small.do("24 12:10", "go_on")
        advance(at("24 12:20"), offices=[small.office.pk])
        row = small.owed()
        assert (row.missed_at, row.due_at, row.state) == (at("24 11:00"), at("24 11:00"), "open")
        assert ("超时半小时，转主管", at("24 12:10")) in steps(small.case)
        assert sound()
        small.do("24 12:30", "arrive")
        assert small.owed().missed_at == at("24 11:00")
        assert sound()

    def test_two_pauses_in_one_minute_change_nothing(self, small: Small) -> None:
        for _ in range(3):
            small.do("24 10:10", "wait")
            small.do("24 10:10", "go_on")
        assert small.owed().due_at == at("24 11:00")
        advance(at("24 12:00"), offices=[small.office.pk])
        assert steps(small.case) == expected()

    def test_what_is_met_in_a_pause_is_in_time(self, small: Small) -> None:
        small.do("24 10:40", "wait")
        small.do("24 14:00", "arrive")
        row = small.owed()
        assert (row.state, row.missed_at, row.met_at) == ("met", None, at("24 14:00"))
        assert sound()


class TestPeriods:
    def rounds(self, small: Small) -> list[tuple[str, datetime]]:
        found = Case.objects.filter(office=small.office, category="round").order_by("id")
        return [(case.facts["period"], case.opened_at) for case in found]

    def test_each_opens_once_at_its_own_beginning_also_when_nobody_looked_for_days(
        self, small: Small
    ) -> None:
        for _ in range(9):
            tick(at("27 09:00"), offices=[small.office.pk])
        assert self.rounds(small) == [(f"2026-03-{day}", at(f"{day} 00:00")) for day in (25, 26, 27)]
        assert {case.events.get(seq=1).written_at for case in Case.objects.filter(category="round")} == {
            at("27 09:00")
        }
        assert Schedule.objects.get(office=small.office).next_at == at("28 00:00")
        assert sound()

    def test_two_tickers_that_read_the_same_schedule_open_one_case(self, small: Small) -> None:
        now = at("25 00:00")
        one, other = (due.due_schedules(now, 10, [small.office.pk])[0] for _ in range(2))
        assert [schedules._open(one, now), schedules._open(other, now)] == [1, 0]
        assert len(self.rounds(small)) == 1

    def test_one_that_cannot_be_opened_waits_an_hour_and_the_clocks_run_on(
        self, small: Small, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_args: object, **_more: object) -> None:
            raise LookupError("no room")

        monkeypatch.setattr(schedules, "open_case", fails)
        now = at("25 00:00")
        while tick(now, offices=[small.office.pk]).steps:
            pass
        row = Schedule.objects.get(office=small.office)
        assert (row.next_at, row.retry_at, row.trouble) == (now, now + HOUR, "LookupError: no room")
        assert steps(small.case) == expected(("超时：答复", "24 13:00"), ("超时：主管说明", "24 12:30"))
        assert due.due_schedules(now + 59 * MINUTE, 10) == []
        monkeypatch.undo()
        advance(now + HOUR, offices=[small.office.pk])
        row.refresh_from_db()
        assert (row.next_at, row.retry_at, row.trouble) == (at("26 00:00"), None, "")
        assert self.rounds(small) == [("2026-03-25", at("25 00:00"))]

    def test_a_manual_that_is_dropped_opens_no_more(self, small: Small) -> None:
        from_day = at("25 12:00")
        advance(from_day, offices=[small.office.pk])
        small.office.adoptions.update(until=from_day)
        assert schedules.start_schedules(small.office, from_day) == 0
        advance(at("28 00:00"), offices=[small.office.pk])
        assert len(self.rounds(small)) == 1

    def test_the_round_of_a_day_is_done_by_people(self, small: Small) -> None:
        advance(at("25 08:00"), offices=[small.office.pk])
        case = Case.objects.get(category="round")
        assert case.events.get(seq=1).actor_label == SYSTEM.name
        done = perform(case, "finish", actor=small.stage.person("receptionist"), at=at("25 09:00"), data={})
        assert done.case.closed_at == at("25 09:00")


def test_the_figures_of_the_office_set_the_clock() -> None:
    text = SMALL.replace('suggest = "3h"', 'suggest = "2h"')
    row = Small(text=text).owed("reply")
    assert (row.due_at, row.own_figure, row.limit_text) == (at("24 12:00"), True, "2h")
