"""A calendar saved anew moves what runs under it, and figures that the office takes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.engine.rounds import ROUNDS
from tests.engine.small import SMALL, Small, at

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.adoption.models import ManualVersion
from guanjia.engine.adopting import set_figures
from guanjia.engine.advance import advance
from guanjia.engine.calendars import save_calendar, would_move
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Schedule
from guanjia.ops.cards.stage import build
from guanjia.ops.verification import verify
from guanjia.worktime.calendar import china_office_hours

pytestmark = pytest.mark.django_db

# one that counts working hours, one working days, one to a moment; the arrival runs round the clock
WORKING = SMALL.replace(
    'limit = "@answer_by"',
    'limit = "@answer_by"\ncalendar = "office"\nstep = [{ at = "1h before", to = "chief", label = "快到", kind = "warn", message = "half" }]',
).replace('suggest = "3h"', 'suggest = "8 working hours"')


def hours(**other: Any) -> dict[str, Any]:
    """The hours that count without a saved calendar (9 to 12, 14 to 18 on working days), changed."""
    return {**china_office_hours(time_zone="Asia/Shanghai").to_data(), **other}


OFF = hours(special_days={"2026-03-25": []})  # Wednesday is off


@pytest.fixture
def small() -> Small:
    """Registered on Tuesday the 24th at ten: six hours that day, two on Wednesday."""
    return Small(text=WORKING)


def said(small: Small) -> list[dict[str, Any]]:
    return [event.data for event in small.case.events.filter(label="日历改了，重算到期时间")]


class TestSavedAnew:
    def test_what_runs_under_it_is_due_by_the_new_one(self, small: Small) -> None:
        assert small.owed("reply").due_at == at("25 11:00")
        saved, moved = save_calendar(small.office, "office", OFF, at=at("24 11:00"))
        row = small.owed("reply")
        assert (saved.version, moved) == (1, 1)
        assert (row.due_at, row.calendar_version) == (at("26 11:00"), 1)
        assert row.next_step_at == at("26 10:00"), "the warning goes with it"
        assert small.owed("come").due_at == at("24 11:00"), "round the clock"
        assert list(verify(lambda *_: None)) == []

    def test_the_case_says_what_moved_and_why(self, small: Small) -> None:
        save_calendar(small.office, "office", OFF, at=at("24 10:30"))
        (data,) = said(small)
        (move,) = data["moved"]
        assert (data["calendar"], data["version"]) == ("office", 1)
        assert (move["obligation"], move["clause"], move["limit"]) == ("reply", "1", "8 working hours")
        assert (move["from"], move["to"]) == ("2026-03-25T03:00:00Z", "2026-03-26T03:00:00Z")
        assert move["why"] == small.owed("reply").why != []

    def test_one_that_changes_nothing_leaves_no_line(self, small: Small) -> None:
        _saved, moved = save_calendar(
            small.office, "office", hours(special_days={"2026-06-25": []}), at=at("24 10:30")
        )
        assert (moved, said(small)) == (0, [])
        assert (small.owed("reply").due_at, small.owed("reply").calendar_version) == (at("25 11:00"), 1)

    def test_paused_ended_and_missed_ones_stay(self) -> None:
        text = WORKING.replace(
            'stop = ["answered"]\nlimit = "@answer_by"',
            'stop = ["answered"]\npause = ["put_off"]\nlimit = "@answer_by"',
        )
        small = Small(text=text)
        ended, missed = small.open("24 10:00", "完"), small.open("20 10:00", "晚")
        small.do("24 10:10", "wait")
        done = small.case
        small.case = ended
        small.do("24 10:20", "arrive")
        small.do("24 10:30", "answer")
        advance(at("24 10:40"), offices=[small.office.pk])
        both = hours(special_days={"2026-03-23": [], "2026-03-25": []})
        _saved, moved = save_calendar(small.office, "office", both, at=at("24 10:45"))
        assert moved == 0
        for case in (done, ended, missed):
            small.case = case
            assert (small.owed("reply").calendar_version, said(small)) == (0, [])

    def test_a_time_already_past_is_missed_then(self, small: Small) -> None:
        """Saved on Wednesday: the office had been open all Tuesday night after all."""
        longer = hours(special_days={"2026-03-24": [["09:00", "23:00"]]})
        save_calendar(small.office, "office", longer, at=at("25 09:30"))
        assert small.owed("reply").due_at == at("24 18:00")
        advance(at("25 09:31"), offices=[small.office.pk])
        assert small.owed("reply").missed_at == at("24 18:00")
        assert list(verify(lambda *_: None)) == []

    def test_only_what_runs_under_that_calendar(self, small: Small) -> None:
        assert would_move(small.office, "office", OFF, at("24 10:30"))
        assert would_move(small.office, "night", OFF, at("24 10:30")) == []

    def test_duties_of_working_days_are_planned_anew(self) -> None:
        adoption.forget()
        text = ROUNDS.replace('short = "巡查"', 'short = "巡查"\ncalendar = "office"', 1)
        stage = build([text], {"every": "every working day"}, at("24 09:00"))
        assert Schedule.objects.get(duty="round").next_at == at("25 00:00")
        save_calendar(stage.office, "office", hours(holidays={"2026-03-25": "停电"}), at=at("24 10:00"))
        assert Schedule.objects.get(duty="round").next_at == at("26 00:00")


class TestThePage:
    def client(self, small: Small, monkeypatch: pytest.MonkeyPatch) -> Client:
        monkeypatch.setattr(clock, "now", lambda: at("24 10:30"))
        client = Client()
        client.force_login(
            small.stage.person("director"), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    def test_it_says_beforehand_how_many_move(self, small: Small, monkeypatch: pytest.MonkeyPatch) -> None:
        client = self.client(small, monkeypatch)
        week = {f"weekly-{day}": "09:00-12:00 14:00-18:00" for day in ("mon", "tue", "wed", "thu", "fri")}
        form = {**week, "rule": "china", "special_days": "2026-03-25 关"}
        address = reverse("settings-calendar", args=["office"])
        told = client.post(address, form).content.decode()
        assert "保存以后，1 件在计的应办换了到期时间。" in told
        assert reverse("case", args=[small.case.number]) in told
        assert 'name="sure"' in told
        assert adoption.calendars(small.office) == {}, "nothing is saved yet"
        assert client.post(address, {**form, "sure": "1"}).status_code == 302
        assert small.owed("reply").due_at == at("26 11:00")
        page = client.get(reverse("case", args=[small.case.number])).content.decode()
        assert "答复 3月25日 周三 11:00 → 3月26日 周四 11:00" in page


class TestUnset:
    def version(self) -> ManualVersion:
        return ManualVersion.objects.get()

    def test_a_figure_may_be_taken_back(self) -> None:
        adoption.forget()
        stage = build([ROUNDS], {"every": "daily"}, at("24 09:00"))
        assert set_figures(stage.office, self.version(), {"every": ""}, at=at("24 10:00")) == 1
        assert adoption.figures(stage.office)["rounds"] == {"areas": "东门、西门、车库"}
        assert Schedule.objects.get(duty="round").next_at is None
        assert set_figures(stage.office, self.version(), {"every": ""}, at=at("24 10:00")) == 0

    def test_not_one_without_which_the_manual_cannot_be_worked_under(self) -> None:
        small = Small()
        with pytest.raises(Problem, match="原文没有给数字") as caught:
            set_figures(small.office, self.version(), {"answer_by": " "}, at=at("24 10:00"))
        assert caught.value.field == "answer_by"
        assert adoption.figures(small.office)["small"] == {"answer_by": "3h"}
        assert small.owed("reply").limit_text == "3h"
