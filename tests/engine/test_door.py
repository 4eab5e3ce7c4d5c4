"""The one door: all or nothing, once under a key, in its time, by those who may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.engine.small import SMALL, Small, at
from tests.web.repair import TO_DONE, Repair

from guanjia.cases.actions import payload
from guanjia.cases.models import Case, CaseLink, Event
from guanjia.engine import SYSTEM, Resident, effects, offers, open_case, perform
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.kernel import chain
from guanjia.kernel.problem import Problem
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import build
from guanjia.policy.effects import EFFECTS
from guanjia.records.models import Record
from guanjia.staff import actions as staff
from guanjia.staff.models import Role

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
REPORT = {
    "unit": "3-2-1402", "contact_phone": "13700002345", "matter": "灯不亮", "timing": "now", "channel": "phone",
}  # fmt: skip


@pytest.fixture
def repair() -> Repair:
    return Repair()


@pytest.fixture
def small() -> Small:
    return Small()


def everything() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, Event, Obligation, Record, Message))


class Broken(Exception):
    """Something nobody expects."""


def raising(*_args: object) -> None:
    raise Broken


def test_every_effect_that_a_manual_may_name_is_applied_by_one_function() -> None:
    assert set(effects.APPLY) == set(EFFECTS)


class TestAllOrNothing:
    def test_an_effect_that_raises_leaves_nothing(
        self, repair: Repair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The form is issued, its number taken; then the message to the technician fails."""
        before, case = everything(), Case.objects.values().get(pk=repair.case.pk)
        monkeypatch.setitem(effects.APPLY, "notify", raising)
        with pytest.raises(Broken):
            repair.send()
        assert everything() == before
        assert Case.objects.values().get(pk=repair.case.pk) == case
        monkeypatch.undo()
        repair.send()
        assert Record.objects.get(form="repair_sheet").number == "WX2603-0001"

    def test_an_opening_that_raises_takes_no_number(
        self, repair: Repair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = everything()
        monkeypatch.setitem(effects.APPLY, "invite", raising)
        with pytest.raises(Broken):
            repair.report("3-2-1402")
        assert everything() == before
        monkeypatch.undo()
        assert repair.report("3-2-1402").number == "BX2603-0002"

    def test_a_refused_action_leaves_nothing(self, repair: Repair) -> None:
        before = everything()
        with pytest.raises(Problem):
            repair.do("close", by="receptionist")
        assert everything() == before


class TestOnceUnderAKey:
    def test_a_repeat_changes_nothing_and_says_so(self, repair: Repair) -> None:
        data = {"technician": repair.person("technician").pk}
        ask = {"actor": repair.person("receptionist"), "at": repair.at, "data": data, "key": "a"}
        first = perform(repair.case, "dispatch", **ask)
        before = everything()
        again = perform(repair.case, "dispatch", **ask)
        assert again.repeated and not first.repeated
        assert again.event == first.event
        assert again.results == first.results == {"repair_sheet": "WX2603-0001"}
        assert everything() == before

    def test_a_key_stands_for_one_request(self, repair: Repair) -> None:
        clerk = repair.person("receptionist")
        perform(repair.case, "chase", actor=clerk, at=repair.at, data={"chase_remark": "问了"}, key="a")
        for action, data in (("chase", {"chase_remark": "又问了"}), ("note", {"text": "问了"})):
            with pytest.raises(Problem) as caught:
                perform(repair.case, action, actor=clerk, at=repair.at, data=data, key="a")
            assert caught.value.code == "KEY_REUSED"

    def test_a_case_is_opened_once_under_a_key(self, repair: Repair) -> None:
        ask = {"actor": repair.person("receptionist"), "at": repair.at, "data": REPORT, "key": "b"}
        first = open_case(repair.office, "repair", **ask)
        before = everything()
        again = open_case(repair.office, "repair", **ask)
        assert again.repeated and again.case.number == first.case.number == "BX2603-0002"
        assert everything() == before
        with pytest.raises(Problem) as caught:
            open_case(repair.office, "repair", **{**ask, "data": {**REPORT, "matter": "灯又不亮"}})
        assert caught.value.code == "KEY_REUSED"


class TestTime:
    def test_nothing_happens_in_the_future(self, small: Small) -> None:
        with pytest.raises(Problem) as caught:
            small.do("24 10:30", "arrive", written="24 10:28")
        assert caught.value.code == "AT_IN_FUTURE"
        small.do("24 10:30", "arrive", written="24 10:29")  # clocks differ by a minute

    def test_a_time_without_a_zone_is_a_programmers_error(self, small: Small) -> None:
        with pytest.raises(ValueError, match="naive"):
            perform(
                small.case, "note", actor=small.stage.person("receptionist"),
                at=datetime(2026, 3, 24, 10, 30), data={"text": "无区"},  # noqa: DTZ001
            )  # fmt: skip

    def test_the_desk_may_write_down_what_happened_earlier(self, small: Small) -> None:
        done = small.do("24 10:20", "arrive", written="24 18:00")
        assert done.event.at == at("24 10:20")
        assert done.event.written_at == at("24 18:00")
        assert small.owed().met_at == at("24 10:20")

    def test_a_case_may_be_registered_afterwards(self, small: Small) -> None:
        case = small.open("23 09:00", now=at("24 10:00"))
        assert case.opened_at == at("23 09:00")
        assert Obligation.objects.get(case=case, key="come").due_at == at("23 10:00")
        assert case.events.get().written_at == at("24 10:00")

    def test_a_technician_may_not_but_for_five_minutes(self, repair: Repair) -> None:
        repair.send()
        technician, when = repair.person("technician"), repair.at
        ask = {"actor": technician, "at": when, "data": {}}
        with pytest.raises(Problem) as caught:
            perform(repair.case, "accept", **ask, now=when + 6 * MINUTE)
        assert caught.value.code == "BACKDATE_FORBIDDEN"
        assert perform(repair.case, "accept", **ask, now=when + 5 * MINUTE).case.state == "accepted"

    def test_a_case_does_not_move_on_before_it_got_where_it_is(self, repair: Repair) -> None:
        repair.send()
        clerk = repair.person("receptionist")
        with pytest.raises(Problem) as caught:
            perform(
                repair.case, "recommend", actor=clerk, at=repair.at - MINUTE, now=repair.at,
                data={"supplier": "金音琴行", "explained": True},
            )  # fmt: skip
        assert caught.value.code in ("AT_BEFORE_LAST", "ACTION_REFUSED")
        with pytest.raises(Problem) as caught:
            perform(
                repair.case,
                "withdraw",
                actor=clerk,
                at=repair.at - MINUTE,
                now=repair.at,
                data={"reason": "错"},
            )
        assert caught.value.code == "AT_BEFORE_LAST"
        perform(repair.case, "note", actor=clerk, at=repair.at - MINUTE, now=repair.at, data={"text": "漏记"})

    def test_a_step_of_a_clock_does_not_stand_in_the_way_of_what_came_before_it(self, small: Small) -> None:
        advance(at("24 12:00"), offices=[small.office.pk])
        assert small.do("24 10:10", "arrive", written="24 12:05").event.at == at("24 10:10")

    def test_nobody_has_done_what_was_not_owed_yet(self, repair: Repair) -> None:
        repair.play(*TO_DONE)
        finished = repair.at
        ask = {
            "actor": repair.person("eng_supervisor"),
            "data": {"follow_means": "phone", "satisfied": "yes"},
        }
        with pytest.raises(Problem) as caught:
            perform(repair.case, "follow_up", at=finished - MINUTE, now=finished + MINUTE, **ask)
        assert (caught.value.code, caught.value.clause) == ("AT_BEFORE_LAST", "二.六).3")
        perform(repair.case, "follow_up", at=finished, now=finished + MINUTE, **ask)

    def test_an_arrival_in_time_that_is_written_down_late_takes_the_miss_back(self, small: Small) -> None:
        advance(at("24 12:00"), offices=[small.office.pk])
        assert small.owed().missed_at == at("24 11:00")
        small.do("24 10:59", "arrive", written="24 12:10")
        row = small.owed()
        assert (row.state, row.met_at, row.missed_at) == ("met", at("24 10:59"), None)

    def test_an_arrival_at_the_last_second_is_in_time(self, small: Small) -> None:
        small.do("24 11:00", "arrive")
        assert small.owed().missed_at is None

    def test_one_that_was_late_stays_late(self, small: Small) -> None:
        small.do("24 11:01", "arrive", written="24 12:10")
        assert small.owed().missed_at == at("24 11:00")


class TestWho:
    def test_another_offices_user_is_refused(self, repair: Repair) -> None:
        elsewhere = estate.create_office(repair.office.company, "other", "别处", "别处")
        stranger = staff.create_user("stranger", "路人")
        staff.give_post(stranger, Role.RECEPTIONIST, office=elsewhere)
        with pytest.raises(Problem) as caught:
            perform(repair.case, "chase", actor=stranger, at=repair.at, data={"chase_remark": "问"})
        assert (caught.value.code, caught.value.status) == ("NOT_YOUR_OFFICE", 404)
        with pytest.raises(Problem) as caught:
            open_case(repair.office, "repair", actor=stranger, at=repair.at, data=REPORT)
        assert caught.value.code == "NOT_YOUR_OFFICE"

    def test_a_day_before_ones_post_is_named(self, repair: Repair) -> None:
        long_ago = datetime(1999, 3, 1, 12, tzinfo=UTC)
        with pytest.raises(Problem, match="1999-03-01 您不在"):
            perform(
                repair.case,
                "chase",
                actor=repair.person("receptionist"),
                at=long_ago,
                data={"chase_remark": "问"},
            )

    def test_a_technician_of_another_office_cannot_be_sent(self, repair: Repair) -> None:
        elsewhere = estate.create_office(repair.office.company, "other", "别处", "别处")
        stranger = staff.create_user("stranger", "路人")
        staff.give_post(stranger, Role.TECHNICIAN, office=elsewhere)
        with pytest.raises(Problem) as caught:
            repair.do("dispatch", technician=stranger.pk)
        assert (caught.value.code, caught.value.field) == ("REFERENCE_UNKNOWN", "technician")

    def test_a_link_that_only_shows_lets_nobody_act(self, repair: Repair) -> None:
        repair.play("dispatch", "accept", "arrive", "inspect", "start", "deviate")
        agreed = {"items_agreed": True, "materials_agreed": True, "fee_agreed": True}
        with pytest.raises(Problem) as caught:
            perform(repair.case, "agree_change", actor=Resident("王"), at=repair.at, data=agreed)
        assert caught.value.code == "ACTION_REFUSED"
        done = perform(
            repair.case, "agree_change", actor=Resident("王", may_act=True), at=repair.at, data=agreed
        )
        assert (done.case.state, done.event.actor_id, done.event.actor_label) == (
            "repairing",
            None,
            "业户 王",
        )

    def test_only_the_ticker_does_what_the_system_does(self, repair: Repair) -> None:
        with pytest.raises(Problem) as caught:
            open_case(
                repair.office,
                "log_check",
                actor=repair.person("administrator"),
                at=repair.at,
                data={"period": "x"},
            )
        assert caught.value.code == "ACTION_REFUSED"
        opened = open_case(repair.office, "log_check", actor=SYSTEM, at=repair.at, data={"period": "x"})
        assert opened.case.number == "RC2603-0001"

    def test_a_category_that_no_manual_carries_is_refused(self, repair: Repair) -> None:
        with pytest.raises(Problem) as caught:
            open_case(repair.office, "complaint", actor=repair.person("receptionist"), at=repair.at, data={})
        assert caught.value.code == "CATEGORY_WITHOUT_PROCEDURE"
        assert "「投诉」" in str(caught.value)  # in the words of the desk, not by its key

    def test_an_unknown_action_is_refused(self, repair: Repair) -> None:
        with pytest.raises(Problem) as caught:
            repair.do("fly", by="receptionist")
        assert caught.value.code == "ACTION_UNKNOWN"


class TestTimeline:
    def test_every_line_is_chained_to_the_one_before(self, repair: Repair) -> None:
        repair.play(*TO_DONE)
        advance(repair.at + timedelta(days=2), offices=[repair.office.pk])
        previous = chain.START
        case = Case.objects.get(pk=repair.case.pk)
        events = list(case.events.order_by("seq"))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        for event in events:
            assert event.previous == previous
            assert event.hash == chain.link(previous, payload(case.number, event.seq, event))
            previous = event.hash
        assert (case.head, case.last_seq) == (previous, len(events))

    def test_an_exception_is_written_down_with_its_reason(self, small: Small) -> None:
        with pytest.raises(Problem):
            small.do("24 10:30", "answer", why_so_late="电话里说清了")
        done = small.do("24 10:30", "answer", by="cs_supervisor", why_so_late="电话里说清了")
        assert done.event.data["overridden"] == [
            {"says": "还没到场。", "clause": "1", "reason": "电话里说清了"}
        ]

    def test_the_offers_say_what_stands_in_the_way(self, repair: Repair) -> None:
        repair.play("dispatch", "accept", "arrive")
        found = {
            offer.action.key: offer for offer in offers(repair.case, repair.person("technician"), repair.at)
        }
        assert found["inspect"].possible
        assert found["start"].reasons == (("还没有初步查看，不能开始维修；请先记下看到什么。", "二.三)"),)


class TestConsequences:
    def test_a_case_follows_from_a_case(self, small: Small) -> None:
        small.case = open_case(
            small.office, "complaint", actor=small.stage.person("receptionist"), at=at("24 10:05"),
            data={"matter": "墙裂", "unit": "3-2-1502"},
        ).case  # fmt: skip
        small.do("24 10:10", "pass_on")
        child = Case.objects.get(category="after_sales")
        assert (child.facts["matter"], child.unit, child.opened_at) == (
            "墙裂",
            small.case.unit,
            at("24 10:10"),
        )
        tie = CaseLink.objects.get()
        assert {tie.source, tie.target} == {small.case, child}
        assert tie.kind == CaseLink.Kind.FOLLOWS

    def test_a_case_that_cannot_follow_takes_the_action_back(
        self, small: Small, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = SMALL.replace('copy = "matter, unit"', 'copy = "unit"').replace(
            'key = "small"', 'key = "other"'
        )
        other = Small(text=text) if False else None
        assert other is None
        before = everything()
        monkeypatch.setattr("guanjia.engine.door.case_actions.link", raising)
        with pytest.raises(Broken):
            small.do("24 10:10", "pass_on")
        assert everything() == before

    def test_rain_reaches_the_other_open_cases_of_the_office(self, small: Small) -> None:
        elsewhere = build_elsewhere(small)
        advance(at("25 08:00"), offices=[small.office.pk])
        round_ = Case.objects.filter(office=small.office, category="round").latest("opened_at")
        rained = perform(round_, "rain", actor=small.stage.person("receptionist"), at=at("25 08:00"), data={})
        row = small.owed("after_rain")
        assert row.due_at == at("26 08:00")
        assert (row.started_by, row.owner_role) == ("rained", "receptionist")
        line = small.case.events.latest("seq")
        assert (line.emits, line.data) == (["rained"], {"from": round_.number})
        assert not Obligation.objects.filter(case=elsewhere, key="after_rain").exists()
        assert Event.objects.filter(emits=["rained"]).count() == 2
        assert rained.event.emits == ["rained"]


def build_elsewhere(small: Small) -> Case:
    """A complaint in another office under the same manual."""
    office = estate.create_office(small.office.company, "second", "二处", "二处")
    clerk = staff.create_user("second-clerk", "二处前台")
    staff.give_post(clerk, Role.RECEPTIONIST, office=office)
    small.office.adoptions.model.objects.create(
        office=office, manual=small.office.adoptions.get().manual, since=at("24 09:00")
    )
    return open_case(office, "complaint", actor=clerk, at=at("24 10:00"), data={"matter": "吵"}).case


__all__ = ["build"]
