"""Calls as a telephone system reports them: twice, late, in any order; and what is owed to those that were missed."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import actions as adopted
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import adopting, perform
from guanjia.engine.ticking import tick
from guanjia.estate import actions as estate
from guanjia.intake.models import Call, PhoneLine
from guanjia.intake.telephone import actions, lines, queries, trial
from guanjia.intake.telephone.actions import Heard, hear
from guanjia.kernel.problem import Problem
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage

pytestmark = pytest.mark.django_db
KNOWN, STRANGE = "13800001234", "13912340000"
SECOND = timedelta(seconds=1)


@pytest.fixture
def line(stage: Stage) -> PhoneLine:
    return lines.add(stage.office, "0755-8800 0120", "服务热线", at=BEGINS, call_back="30m")[0]


def say(line: PhoneLine, event: str, at: datetime = BEGINS, **more: object) -> Call:
    known = {"call_id": "a", "line": line.number, "number": KNOWN, **more}
    return hear(line, Heard(event=event, at=at, **known), now=BEGINS + timedelta(hours=1)).call  # type: ignore[arg-type]


def events() -> list[tuple[str, datetime, dict[str, object]]]:
    """A call that is answered after the second ring."""
    return [
        ("ringing", BEGINS, {"extension": "801"}),
        ("answered", BEGINS + 8 * SECOND, {"rings": 2, "extension": "801"}),
        ("ended", BEGINS + 60 * SECOND, {"rings": 2}),
    ]


def values(call: Call) -> dict[str, object]:
    call.refresh_from_db()
    return {name: value for name, value in vars(call).items() if not name.startswith("_") and name != "id"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_in_any_order_and_twice_leave_the_same_behind(order, stage, line) -> None:
    lines.give_extension(stage.office, "801", stage.person("receptionist"), at=BEGINS)
    told = events()
    for number in [*order, *order]:
        event, at, more = told[number]
        call = say(line, event, at, **more)
    assert Call.objects.count() == 1
    found = values(call)
    assert found["state"] == "answered" and found["rings"] == 2 and found["extensions"] == ["801"]
    assert (found["begun_at"], found["answered_at"], found["ended_at"]) == tuple(at for _e, at, _m in told)
    assert call.answered_after == 8 and call.in_time is True
    assert call.agent == stage.person("receptionist")
    assert not Case.objects.filter(category="missed_call", closed_at=None).exists()


def test_a_repeat_says_so_and_writes_nothing(line, django_assert_num_queries) -> None:
    heard = Heard("a", "missed", BEGINS, line.number, KNOWN, rings=6)
    assert hear(line, heard, now=BEGINS).repeated is False
    before = values(Call.objects.get())
    assert hear(line, heard, now=BEGINS + SECOND).repeated is True
    assert values(Call.objects.get()) == before
    assert Case.objects.filter(category="missed_call").count() == 1


def test_another_line_than_the_keys_is_refused(line) -> None:
    with pytest.raises(Problem) as refused:
        hear(line, Heard("a", "ringing", BEGINS, "075588000121", KNOWN), now=BEGINS)
    assert refused.value.code == "LINE_UNKNOWN" and refused.value.status == 404
    assert not Call.objects.exists()


def test_a_missed_call_is_owed_a_call_under_its_clause_and_overdue_is_told(stage, line) -> None:
    call = say(line, "missed", rings=6)
    owed = Obligation.objects.get(case=call.callback, key="call_back")
    assert (owed.clause, owed.owner_role, owed.own_figure) == ("1", "receptionist", True)
    assert owed.due_at == BEGINS + timedelta(minutes=30)
    case = call.callback
    assert case is not None and case.unit is not None and case.unit.code == "3-2-1502"
    assert case.channel == "phone" and case.facts["contact_phone"] == KNOWN and case.facts["rings"] == 6
    tick(BEGINS + timedelta(minutes=31))
    owed.refresh_from_db()
    assert owed.missed_at == owed.due_at
    assert Message.objects.filter(to_user=stage.person("cs_supervisor"), body__contains="还没打回去").exists()


def test_a_number_has_one_open_call_back_whatever_line_it_rings(stage, line) -> None:
    other = lines.add(stage.office, "0755-88000121", "投诉电话", at=BEGINS)[0]
    first = say(line, "missed", call_id="a")
    second = say(other, "missed", BEGINS + 60 * SECOND, call_id="b")
    third = say(line, "missed", BEGINS + 120 * SECOND, call_id="c", number=STRANGE)
    assert first.callback == second.callback != third.callback
    rows = {row.missed_number: row for row in queries.callbacks(stage.office)}
    assert rows[KNOWN].times == 2 and rows[STRANGE].times == 1
    assert (rows[KNOWN].first_at, rows[KNOWN].last_at) == (BEGINS, BEGINS + 60 * SECOND)
    assert rows[KNOWN].due_at == BEGINS + timedelta(minutes=30)


@pytest.mark.parametrize(("direction", "how"), [("out", "called"), ("in", "rang_again")])
def test_speaking_with_the_number_closes_it(direction, how, line) -> None:
    missed = say(line, "missed")
    say(line, "answered", BEGINS + 300 * SECOND, call_id="b", direction=direction)
    case = Case.objects.get(pk=missed.callback_id)
    assert case.closed_at == BEGINS + 300 * SECOND and case.facts["how"] == how
    assert case.obligations.get(key="call_back").state == "met"


def test_a_miss_that_is_heard_of_after_the_number_was_spoken_with_owes_nothing(line) -> None:
    say(line, "answered", BEGINS + 300 * SECOND, call_id="b")
    assert say(line, "missed", call_id="a").callback is None


def test_a_call_back_is_closed_by_hand_only_with_a_reason(stage, line) -> None:
    case = Case.objects.get(pk=say(line, "missed").callback_id)
    with pytest.raises(Problem) as refused:
        perform(case, "drop", actor=stage.person("receptionist"), at=BEGINS, data={})
    assert refused.value.code == "FIELD_REQUIRED"
    perform(case, "drop", actor=stage.person("receptionist"), at=BEGINS, data={"reason": "打错了"})
    again = say(line, "missed", BEGINS + 600 * SECOND, call_id="b")
    assert again.callback_id != case.pk, "a closed call-back does not swallow the next miss"


def test_a_hidden_number_is_listed_and_owed_nothing(line) -> None:
    assert say(line, "missed", number="").callback is None


def test_an_office_without_a_rule_still_lists_what_was_missed(stage, line) -> None:
    from_now = [one for one in stage.office.adoptions.all() if one.manual.key == "telephone"]
    for one in from_now:
        one.until = BEGINS
        one.save()
    assert say(line, "missed").callback is None
    found = queries.calls(stage.office, BEGINS, BEGINS + timedelta(days=1), scope="open")
    assert found.count() == 1


def test_a_line_brings_its_agreement_only_where_no_manual_has_one(stage, line) -> None:
    versions = adoption.versions_at(stage.office, BEGINS)
    assert versions["telephone"] == "2026.1"
    lines.add(stage.office, "0755-88000122", "夜间", at=BEGINS + SECOND)
    assert stage.office.adoptions.filter(manual__key="telephone").count() == 1


def test_the_desk_whose_extension_rings_sees_it_else_all(stage, line) -> None:
    desk, other = stage.person("receptionist"), stage.person("cs_supervisor")
    lines.give_extension(stage.office, "801", desk, at=BEGINS)
    say(line, "ringing", extension="801")

    def sees(user: object, after: int) -> int:
        return len(queries.ringing_for(stage.office, user, BEGINS + after * SECOND))  # type: ignore[arg-type]

    assert (sees(desk, 2), sees(other, 2)) == (1, 0)
    say(line, "ringing", call_id="b", extension="999")
    assert (sees(desk, 2), sees(other, 2)) == (2, 1)
    assert sees(desk, 600) == 0, "what nobody ended does not ring for ever"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_call_that_is_put_through_is_with_who_took_it_last_in_any_order(order, stage, line) -> None:
    desk, other = stage.person("receptionist"), stage.person("cs_supervisor")
    lines.give_extension(stage.office, "801", desk, at=BEGINS)
    lines.give_extension(stage.office, "802", other, at=BEGINS)
    told = [
        ("ringing", BEGINS, {"extension": "801"}),
        ("answered", BEGINS + 8 * SECOND, {"rings": 2, "extension": "801"}),
        ("answered", BEGINS + 60 * SECOND, {"extension": "802"}),
    ]
    for number in [*order, *order]:
        event, at, more = told[number]
        call = say(line, event, at, **more)
    assert (call.agent, call.answered_after, call.rings) == (other, 8, 2), (
        "the first answer counts for the rings"
    )
    now = BEGINS + 90 * SECOND
    assert [len(queries.ringing_for(stage.office, user, now)) for user in (desk, other)] == [0, 1]


def test_two_desks_ring_at_once_and_who_answers_has_it_alone(stage, line) -> None:
    desk, other = stage.person("receptionist"), stage.person("cs_supervisor")
    lines.give_extension(stage.office, "801", desk, at=BEGINS)
    lines.give_extension(stage.office, "802", other, at=BEGINS)
    for extension in ("801", "802"):
        say(line, "ringing", extension=extension)

    def sees() -> list[int]:
        now = BEGINS + 20 * SECOND
        return [len(queries.ringing_for(stage.office, user, now)) for user in (desk, other)]

    assert sees() == [1, 1] and Call.objects.count() == 1
    say(line, "answered", BEGINS + 8 * SECOND, extension="802", rings=2)
    assert sees() == [0, 1]


def test_a_withheld_number_rings_on_the_desk_and_two_of_them_are_two_calls(stage, line) -> None:
    for name in ("a", "b"):
        say(line, "ringing", call_id=name, number="")
    desk = stage.person("receptionist")
    found = queries.ringing_for(stage.office, desk, BEGINS + 5 * SECOND)
    assert [(one.masked, one.homes) for one in found] == [("", ()), ("", ())]


def test_a_number_of_several_households_is_a_choice(stage, line) -> None:
    party = stage.parties["3-2-1502"]
    unit = stage.office.units.get(code="6-1-0302")
    estate.create_occupancy(unit, party, "tenant", on=BEGINS.date(), since=BEGINS.date())
    call = say(line, "ringing")
    homes = queries.caller_of(call, BEGINS).homes
    assert [home.code for home, _party in homes] == ["3-2-1502", "6-1-0302"]
    assert queries.caller_of(say(line, "ringing", call_id="b", number=STRANGE), BEGINS).homes == ()


def hush(line: PhoneLine, event: str, after: timedelta, **more: object) -> Call:
    """Something is reported of the call at the very moment at which it happens."""
    known = {"call_id": "a", "number": KNOWN, **more}
    heard = Heard(event=event, at=BEGINS + after, line=line.number, **known)  # type: ignore[arg-type]
    return hear(line, heard, now=BEGINS + after).call


def test_a_call_of_whose_end_nothing_is_heard_was_missed_and_is_owed_a_call(stage, line) -> None:
    hush(line, "ringing", timedelta())
    hush(line, "ringing", 60 * SECOND, extension="802")
    quiet = BEGINS + 60 * SECOND + queries.RINGS_UNHEARD
    assert actions.give_up(quiet - SECOND) == 0
    assert actions.give_up(quiet + timedelta(hours=2)) == 1, (
        "a ticker that stood still does not make it later"
    )
    call = Call.objects.get()
    assert (call.state, call.given_up_at, call.missed_at, call.ended_at) == ("missed", quiet, None, None)
    assert call.callback is not None and call.callback.opened_at == quiet
    assert call.callback.obligations.get(key="call_back").due_at == quiet + timedelta(minutes=30)
    assert actions.give_up(quiet + timedelta(hours=2)) == 0
    assert Case.objects.filter(category="missed_call").count() == 1


def test_an_answered_call_of_whose_end_nothing_is_heard_is_just_over(stage, line) -> None:
    hush(line, "answered", timedelta())
    quiet = BEGINS + queries.TALKS_UNHEARD
    assert actions.give_up(quiet - SECOND) == 0 and actions.give_up(quiet) == 1
    call = Call.objects.get()
    assert (call.state, call.given_up_at, call.callback) == ("answered", quiet, None)


@pytest.mark.parametrize(
    ("event", "at", "state", "given_up", "owed"),
    [
        ("ended", 60 * SECOND, "missed", False, True),
        ("missed", 60 * SECOND, "missed", False, True),
        ("answered", 8 * SECOND, "answered", False, False),
        ("ringing", timedelta(), "missed", True, True),
    ],
)
def test_what_is_heard_late_of_a_call_that_was_given_up_counts(
    event, at, state, given_up, owed, line
) -> None:
    hush(line, "ringing", timedelta())
    actions.give_up(BEGINS + timedelta(minutes=15))
    late = Heard("a", event, BEGINS + at, line.number, KNOWN)
    taken = hear(line, late, now=BEGINS + timedelta(minutes=20))
    assert taken.repeated is given_up, "only what says nothing new is a repeat"
    assert (taken.call.state, taken.call.given_up_at is not None) == (state, given_up)
    before = values(taken.call)
    assert hear(line, late, now=BEGINS + timedelta(minutes=21)).repeated is True
    assert values(Call.objects.get()) == before
    assert Case.objects.filter(category="missed_call", closed_at=None).exists() is owed
    assert Case.objects.filter(category="missed_call").count() == 1
    actions.give_up(BEGINS + timedelta(days=1))
    assert Case.objects.filter(category="missed_call").count() == 1


def test_who_was_spoken_with_before_the_call_is_given_up_is_owed_nothing(line) -> None:
    hush(line, "ringing", timedelta())
    hush(line, "answered", timedelta(minutes=3), call_id="b")
    hush(line, "ended", timedelta(minutes=4), call_id="b")
    assert actions.give_up(BEGINS + timedelta(hours=1)) == 1
    assert not Case.objects.filter(category="missed_call").exists()


def test_a_trial_is_never_given_up_and_hides_no_real_call(stage, line) -> None:
    trial.ring_once(line, now=BEGINS)
    hush(line, "ringing", timedelta())
    assert actions.give_up(BEGINS + timedelta(days=1)) == 1
    assert list(Call.objects.filter(given_up_at=None).values_list("trial", flat=True)) == [True]


def test_a_call_that_the_offices_manual_refuses_is_over_and_the_line_says_why(stage, line, settings) -> None:
    """The manual's form wants what no telephone system knows."""
    text = (settings.MANUALS_ROOT / "telephone" / "manual.toml").read_text("utf-8")
    for old, new in (
        ('version = "2026.1"', 'version = "2026.2"'),
        ('{ key = "rings",', '{ key = "house", label = "门牌", required = true },\n  { key = "rings",'),
    ):
        assert old in text
        text = text.replace(old, new)
    version = adopted.keep_version(text, at=BEGINS)
    adopting.adopt(stage.office, version, at=BEGINS + SECOND, figures={"call_back": "30m"})
    hush(line, "ringing", 2 * SECOND)
    assert actions.give_up(BEGINS + timedelta(hours=1)) == 1
    call = Call.objects.get()
    assert (call.state, call.callback) == ("missed", None)
    line.refresh_from_db()
    assert "门牌" in line.trouble


def test_the_ticker_gives_up_and_what_follows_falls_due_in_its_order(
    stage, line, settings, monkeypatch
) -> None:
    """A sandbox's time is moved on at once past the end, the call-back's limit and the message of its lateness."""
    settings.SANDBOX = True
    moved: list[datetime] = []
    monkeypatch.setattr(clock, "now", lambda: BEGINS)
    monkeypatch.setattr(clock, "move_to", moved.append)
    hush(line, "ringing", timedelta())
    until = BEGINS + timedelta(hours=2)
    call_command("tick", "--until", until.isoformat(), stdout=StringIO(), stderr=StringIO())
    owed = Obligation.objects.get(key="call_back")
    assert owed.missed_at == owed.due_at == BEGINS + queries.RINGS_UNHEARD + timedelta(minutes=30)
    assert Message.objects.filter(body__contains="还没打回去").exists() and moved == [until]


def test_one_round_of_the_ticker_gives_up(line, monkeypatch) -> None:
    hush(line, "ringing", timedelta())
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(hours=1))
    call_command("tick", "--once", stdout=StringIO())
    assert Obligation.objects.get(key="call_back").missed_at is not None


@pytest.mark.rule("S000-5-4.2", "S001-2-2.2")
def test_rings_two_two_and_four_one_of_three_is_late(stage, line) -> None:
    for name, rings in (("a", 2), ("b", 2), ("c", 4)):
        say(line, "answered", BEGINS, call_id=name, rings=rings)
    found = queries.answering(stage.office, BEGINS, BEGINS + timedelta(days=1))
    assert (found.judged - found.in_time, found.judged) == (1, 3)
    late = queries.calls(stage.office, BEGINS, BEGINS + timedelta(days=1), scope="late")
    assert [call.call_id for call in late] == ["c"] and late[0].in_time is False


@pytest.mark.rule("S001-3-4.3b")
def test_within_three_rings_the_third_is_in_time(stage) -> None:
    line = lines.add(stage.office, "0755-88000123", "前台", at=BEGINS, rings_in_time=3)[0]
    assert [say(line, "answered", call_id=f"c{rings}", rings=rings).in_time for rings in (3, 4)] == [
        True,
        False,
    ]


def test_missed_calls_count_as_not_in_time_and_unknown_rings_do_not_count(stage, line) -> None:
    say(line, "answered", call_id="a", rings=1)
    say(line, "answered", call_id="b")
    say(line, "missed", call_id="c", number=STRANGE)
    found = queries.answering(stage.office, BEGINS, BEGINS + timedelta(days=1))
    assert (found.incoming, found.answered, found.missed, found.in_time, found.judged, found.share) == (
        3,
        2,
        1,
        1,
        2,
        50,
    )


def test_registering_keeps_the_first_case_of_a_call(stage, line) -> None:
    call = say(line, "missed")
    case = Case.objects.get(pk=call.callback_id)
    actions.registered(call, case)
    call.refresh_from_db()
    assert call.case == case
    assert connection.in_atomic_block
