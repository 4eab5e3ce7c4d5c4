"""Which office works under which version: blanks, clashes, versions that come and go, two manuals on one case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from tests.engine.small import ADDING, SMALL

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.adoption.models import Adoption, ManualVersion
from guanjia.cases.models import Case
from guanjia.engine import adopting, open_case, perform
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem, Problems
from guanjia.obligations.models import Obligation, Schedule
from guanjia.ops.cards.stage import Stage
from guanjia.policy.loader import read
from guanjia.worktime import calendar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 24, 2, 42, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BLANKS = {
    "sheet_return": "same day",
    "punctuality_call": "30m after appointment_at",
    "review_due": "by day 5",
}
CALL = {
    "unit": "3-2-1502",
    "contact_phone": "13800001234",
    "matter": "漏水",
    "timing": "now",
    "channel": "phone",
}

RANGE = """
[[figure]]
key = "call_range"
label = "多远以内"
clause = "一.四)"
kind = "%s"
value = "3"
"""
NEW = RANGE.replace("call_range", "only_later") % "text"


@pytest.fixture
def text() -> str:
    queries.forget()
    return read(settings.MANUALS_ROOT / "entrusted-repair-h")


@pytest.fixture
def office(db: None) -> Office:
    company = estate.create_company("安居物业服务有限公司", "安居")
    return estate.create_office(company, "cuihu", "翠湖花园管理处", "翠湖花园")


def newer(text: str) -> str:
    """The next version, in which one has twenty minutes."""
    return text.replace('version = "2026.1"', 'version = "2026.2"').replace('limit = "15m"', 'limit = "20m"')


def repair(stage: Stage, at: datetime) -> Case:
    return open_case(stage.office, "repair", actor=stage.person("receptionist"), at=at, data=CALL).case


def owed(case: Case, key: str = "arrive") -> list[tuple[str, str, datetime | None]]:
    rows = Obligation.objects.filter(case=case, key=key).order_by("id")
    return [(row.manual_key, row.clause, row.due_at) for row in rows]


class TestBlanks:
    def test_each_blank_must_be_set_first(self, office: Office, text: str) -> None:
        version = adoption.keep_version(text, at=NOW)
        with pytest.raises(Problems) as caught:
            adopting.adopt(office, version, at=NOW)
        found = {(one.code, one.field, one.clause) for one in caught.value.problems}
        assert found == {
            ("FIGURES_UNSET", "sheet_return", "二.五).4"),
            ("FIGURES_UNSET", "punctuality_call", "二.六).1"),
            ("FIGURES_UNSET", "review_due", "二.八)"),
        }
        assert not Adoption.objects.exists()
        assert not Schedule.objects.exists()

    def test_one_that_is_left_still_blocks_and_nothing_is_kept(self, office: Office, text: str) -> None:
        version = adoption.keep_version(text, at=NOW)
        with pytest.raises(Problem) as caught:
            adopting.adopt(office, version, at=NOW, figures={**BLANKS, "review_due": ""})
        assert caught.value.field == "review_due"
        assert queries.figures(office) == {}

    def test_with_all_of_them_it_is_adopted_and_its_duties_run(self, office: Office, text: str) -> None:
        version = adoption.keep_version(text, at=NOW)
        adopting.adopt(office, version, at=NOW, figures=BLANKS)
        assert queries.versions_at(office, NOW) == {"entrusted-repair-h": "2026.1"}
        assert queries.versions_at(office, NOW - MINUTE) == {}
        assert set(Schedule.objects.values_list("duty", flat=True)) == {"daily_check", "review"}
        with pytest.raises(Problem) as caught:
            adopting.adopt(office, version, at=NOW + MINUTE)
        assert caught.value.code == "ALREADY_ADOPTED"

    def test_a_value_that_is_none_is_refused_at_its_field(self, office: Office, text: str) -> None:
        version = adoption.keep_version(text, at=NOW)
        with pytest.raises(Problem) as caught:
            adopting.adopt(office, version, at=NOW, figures={**BLANKS, "sheet_return": "bald"})
        assert caught.value.field == "sheet_return"
        with pytest.raises(Problem) as caught:
            adoption.set_figure(office, version, "speed", "1h", at=NOW)
        assert caught.value.code == "FIGURE_UNKNOWN"

    def test_figures_are_one_offices_own(self, office: Office, text: str) -> None:
        version = adoption.keep_version(text, at=NOW)
        adopting.adopt(office, version, at=NOW, figures=BLANKS)
        other = estate.create_office(office.company, "other", "别处", "别处")
        assert queries.figures(other) == {}
        with pytest.raises(Problem):
            adopting.adopt(other, version, at=NOW)


class TestVersions:
    def test_a_text_with_faults_is_not_kept(self, text: str) -> None:
        with pytest.raises(Problems) as caught:
            adoption.keep_version(text.replace('limit = "15m"', 'limit = "15 minuets"'), at=NOW)
        assert caught.value.code == "MANUAL_FAULTY"
        assert "manual.toml:" in str(caught.value)
        assert not ManualVersion.objects.exists()

    def test_one_version_has_one_text(self, text: str) -> None:
        first = adoption.keep_version(text, at=NOW)
        assert adoption.keep_version(text, at=NOW + DAY) == first
        with pytest.raises(Problem) as caught:
            adoption.keep_version(text.replace('limit = "15m"', 'limit = "20m"'), at=NOW)
        assert caught.value.code == "VERSION_CHANGED"

    def test_a_case_runs_on_under_the_version_it_was_opened_with(self, stage: Stage, text: str) -> None:
        old = repair(stage, NOW)
        adopting.adopt(stage.office, adoption.keep_version(newer(text), at=NOW), at=NOW + MINUTE)
        new = repair(stage, NOW + 2 * MINUTE)
        assert (old.manual_version, new.manual_version) == ("2026.1", "2026.2")
        assert owed(old) == [("entrusted-repair-h", "一.四)", NOW + 15 * MINUTE)]
        assert owed(new) == [("entrusted-repair-h", "一.四)", NOW + 22 * MINUTE)]
        for case in (old, new):
            self.finish_and_reopen(stage, case)
        assert owed(old)[-1][2] == old.opened_at + HOUR + 15 * MINUTE
        assert owed(new)[-1][2] == new.opened_at + HOUR + 20 * MINUTE

    def finish_and_reopen(self, stage: Stage, case: Case) -> None:
        """Long after the newer version is adopted, the case starts another clock."""
        signed = {"opinion": "好", "signature": {"how": "paper", "name": "王"}, "charge_state": "none"}
        walk = (
            ("dispatch", "receptionist", {"technician": stage.person("technician").pk}),
            ("accept", "technician", {}), ("arrive", "technician", {}),
            ("inspect", "technician", {"finding": "裂", "verdict": "own", "no_materials": True, "item": "水管维修"}),
            ("start", "technician", {}), ("finish", "technician", {"done": "换"}),
            ("try_out", "technician", {"trial": "satisfied"}), ("sign", "technician", signed),
        )  # fmt: skip
        for action, who, data in walk:
            perform(case, action, actor=stage.person(who), at=case.opened_at + 5 * MINUTE, data=data)
        again = {"reopen_reason": "又漏", "timing": "now"}
        perform(case, "reopen", actor=stage.person("receptionist"), at=case.opened_at + HOUR, data=again)

    def test_a_figure_that_is_set_anew_counts_for_what_starts_then(self, stage: Stage) -> None:
        later = {**CALL, "timing": "appointment", "appointment_at": "2026-03-25 15:00"}
        clerk = stage.person("receptionist")
        before = open_case(stage.office, "repair", actor=clerk, at=NOW, data=later).case
        version = stage.office.adoptions.get().manual
        adoption.set_figure(
            stage.office, version, "punctuality_call", "1h after appointment_at", at=NOW + MINUTE
        )
        after = open_case(stage.office, "repair", actor=clerk, at=NOW + MINUTE, data=later).case
        three = datetime(2026, 3, 25, 7, 0, tzinfo=UTC)
        assert owed(before, "ask_punctuality")[0][2] == three + 30 * MINUTE
        assert owed(after, "ask_punctuality")[0][2] == three + HOUR

    def test_a_manual_that_is_dropped_takes_no_more_cases_and_its_own_run_on(self, stage: Stage) -> None:
        case = repair(stage, NOW)
        adopting.drop(stage.office, "entrusted-repair-h", at=NOW + MINUTE)
        with pytest.raises(Problem) as caught:
            repair(stage, NOW + MINUTE)
        assert caught.value.code == "CATEGORY_WITHOUT_PROCEDURE"
        sent = {"technician": stage.person("technician").pk}
        perform(case, "dispatch", actor=stage.person("receptionist"), at=NOW + 2 * MINUTE, data=sent)
        advance(NOW + HOUR, offices=[stage.office.pk])
        assert Obligation.objects.get(case=case, key="arrive").missed_at == NOW + 15 * MINUTE
        with pytest.raises(Problem) as caught:
            adopting.drop(stage.office, "entrusted-repair-h", at=NOW + HOUR)
        assert caught.value.code == "NOT_ADOPTED"


class TestTogether:
    def test_two_procedures_for_one_category_are_refused(self, stage: Stage, text: str) -> None:
        rival = text.replace('key = "entrusted-repair-h"', 'key = "rival"').replace(
            'title = "小区业户', 'title = "另一部'
        )
        version = adoption.keep_version(rival, at=NOW)
        with pytest.raises(Problem) as caught:
            adopting.adopt(stage.office, version, at=NOW, figures=BLANKS)
        assert caught.value.code == "ADOPTION_CLASH"
        assert "报修" in str(caught.value)
        assert list(queries.versions_at(stage.office, NOW)) == ["entrusted-repair-h"]

    def test_two_manuals_for_two_categories_go_together(self, stage: Stage) -> None:
        adopting.adopt(
            stage.office, adoption.keep_version(SMALL, at=NOW), at=NOW, figures={"answer_by": "3h"}
        )
        clerk = stage.person("receptionist")
        case = open_case(stage.office, "complaint", actor=clerk, at=NOW, data={"matter": "吵"}).case
        assert (case.number, case.manual_key) == ("TS2603-0001", "small")
        assert case.versions == {"entrusted-repair-h": "2026.1", "small": "1"}
        assert {row.manual_key for row in Obligation.objects.filter(case=case)} == {"small"}
        assert Schedule.objects.filter(office=stage.office, next_at__isnull=False).count() == 3

    def test_a_second_manual_adds_a_duty_of_its_own_clause_to_the_same_case(self, stage: Stage) -> None:
        before = repair(stage, NOW)
        adopting.adopt(stage.office, adoption.keep_version(ADDING, at=NOW), at=NOW + MINUTE)
        case = repair(stage, NOW + MINUTE)
        assert owed(before) == [("entrusted-repair-h", "一.四)", NOW + 15 * MINUTE)]
        assert sorted(owed(case)) == [
            ("entrusted-repair-h", "一.四)", NOW + 16 * MINUTE),
            ("promise", "三", NOW + 11 * MINUTE),
        ]
        added = Obligation.objects.get(case=case, manual_key="promise")
        assert (added.owner_role, added.manual_version, added.duty) == ("director", "1", "arrive")

    def test_one_arrival_meets_both_each_by_its_own_time(self, stage: Stage) -> None:
        adopting.adopt(stage.office, adoption.keep_version(ADDING, at=NOW), at=NOW)
        case = repair(stage, NOW)
        sent = {"technician": stage.person("technician").pk}
        perform(case, "dispatch", actor=stage.person("receptionist"), at=NOW + MINUTE, data=sent)
        perform(case, "accept", actor=stage.person("technician"), at=NOW + MINUTE, data={})
        advance(NOW + 12 * MINUTE, offices=[stage.office.pk])
        perform(case, "arrive", actor=stage.person("technician"), at=NOW + 12 * MINUTE, data={})
        found = {
            row.manual_key: (row.state, row.missed_at)
            for row in Obligation.objects.filter(case=case, key="arrive")
        }
        assert found == {"entrusted-repair-h": ("met", None), "promise": ("met", NOW + 10 * MINUTE)}

    def test_the_second_may_be_dropped_and_the_case_still_owes_it(self, stage: Stage) -> None:
        adopting.adopt(stage.office, adoption.keep_version(ADDING, at=NOW), at=NOW)
        case = repair(stage, NOW)
        adopting.drop(stage.office, "promise", at=NOW + MINUTE)
        advance(NOW + 11 * MINUTE, offices=[stage.office.pk])
        assert Obligation.objects.get(case=case, manual_key="promise").missed_at == NOW + 10 * MINUTE
        assert len(owed(repair(stage, NOW + 11 * MINUTE))) == 1


class TestWordsAndCalendars:
    def test_an_offices_own_wording_of_a_clause(self, office: Office) -> None:
        adoption.set_wording(office, "entrusted-repair-h", "一.四)", " 十五分钟到。 ")
        assert queries.wordings(office, "entrusted-repair-h") == {"一.四)": "十五分钟到。"}
        adoption.set_wording(office, "entrusted-repair-h", "一.四)", "")
        assert queries.wordings(office, "entrusted-repair-h") == {}

    def test_a_calendar_is_saved_as_a_new_version_and_the_old_one_stays(self, office: Office) -> None:
        data = calendar.china_office_hours().to_data()
        first = adoption.save_calendar(office, "office", data, at=NOW)
        second = adoption.save_calendar(office, "office", data, at=NOW + DAY)
        assert (first.version, second.version) == (1, 2)
        assert queries.calendar_of(office, "office").version == 2
        assert queries.calendar_of(office, "office", 1).version == 1

    def test_a_calendar_that_nobody_saved_is_refused(self, office: Office) -> None:
        with pytest.raises(Problem) as caught:
            queries.calendar_of(office, "night")
        assert caught.value.code == "CALENDAR_UNKNOWN"


def test_an_office_goes_by_its_own_figure_then_its_company_s_then_the_manual_s(
    office: Office, text: str
) -> None:
    version = adoption.keep_version(text, at=NOW)
    second = estate.create_office(office.company, "second", "清风苑管理处", "清风苑")
    stranger = estate.create_office(estate.create_company("别家物业", "别家"), "away", "远处", "远处")
    for one in (office, second, stranger):
        adopting.adopt(one, version, at=NOW, figures=BLANKS)
    adopting.set_figures(second, version, {"review_due": "by day 8"}, at=NOW)
    assert adopting.set_company_figures(office.company, version, {"sheet_return": "2h"}, at=NOW) == 1

    def value(one: Office, key: str) -> str:
        (found,) = queries.adopted(one, NOW)
        return found.figure(key)[0]

    assert [value(one, "sheet_return") for one in (office, second, stranger)] == ["same day"] * 3
    for one in (office, second):
        assert adopting.set_figures(one, version, {"sheet_return": ""}, at=NOW) == 1, "the company's is there"
    assert [value(one, "sheet_return") for one in (office, second, stranger)] == ["2h", "2h", "same day"]
    with pytest.raises(Problems):
        adopting.set_figures(stranger, version, {"sheet_return": ""}, at=NOW)
    with pytest.raises(Problems) as caught:
        adopting.set_company_figures(office.company, version, {"sheet_return": ""}, at=NOW)
    assert "翠湖花园管理处" in caught.value.problems[0].message
    for one in (office, second):
        adopting.set_figures(one, version, {"sheet_return": "3h"}, at=NOW)
    assert adopting.set_company_figures(office.company, version, {"sheet_return": ""}, at=NOW) == 1
    assert [value(one, "sheet_return") for one in (office, second)] == ["3h", "3h"]
    with pytest.raises(Problems):
        adopting.set_company_figures(office.company, version, {"sheet_return": "soon"}, at=NOW)


def test_a_company_s_figure_sets_the_recurring_duties_of_its_offices_anew(office: Office, text: str) -> None:
    rhythm = text.replace('recurrence = "monthly for previous"', 'recurrence = "@company_rhythm"', 1)
    assert rhythm != text
    rhythm += (
        '\n[[figure]]\nkey = "company_rhythm"\nlabel = "多久一次"\nclause = "一.四)"\n'
        'kind = "recurrence"\nvalue = "monthly for previous"\n'
    )
    version = adoption.keep_version(rhythm, at=NOW)
    adopting.adopt(office, version, at=NOW, figures=BLANKS)
    before = list(Schedule.objects.filter(office=office).order_by("duty").values_list("duty", "next_at"))
    adopting.set_company_figures(office.company, version, {"company_rhythm": "yearly"}, at=NOW)
    after = list(Schedule.objects.filter(office=office).order_by("duty").values_list("duty", "next_at"))
    assert before != after


@pytest.mark.parametrize("whose", ["office", "company"])
def test_a_figure_that_does_not_fit_the_new_version_keeps_it_from_being_adopted(
    office: Office, text: str, whose: str
) -> None:
    """A number of the old version is a limit in the new one; the office gives it one, and may adopt."""
    first = adoption.keep_version(text + RANGE % "number", at=NOW)
    adopting.adopt(office, first, at=NOW, figures=BLANKS)
    if whose == "office":
        adopting.set_figures(office, first, {"call_range": "5"}, at=NOW)
    else:
        adopting.set_company_figures(office.company, first, {"call_range": "5"}, at=NOW)
    later = newer(text) + (RANGE % "limit").replace('value = "3"', 'value = "3h"')
    second = adoption.keep_version(later, at=NOW)
    with pytest.raises(Problems) as caught:
        adopting.adopt(office, second, at=NOW + DAY)
    (problem,) = caught.value.problems
    assert (problem.code, problem.field, problem.status) == ("LIMIT_SYNTAX", "call_range", 409)
    assert "「5」" in problem.message
    assert queries.versions_at(office, NOW + DAY) == {"entrusted-repair-h": "2026.1"}
    adopting.adopt(office, second, at=NOW + DAY, figures={"call_range": "5h"})
    assert queries.versions_at(office, NOW + DAY) == {"entrusted-repair-h": "2026.2"}


class TestTwoVersionsInOneCompany:
    """The first office works under 2026.1, the second under 2026.2; the company's figures count in both."""

    @pytest.fixture
    def second(self, office: Office, text: str) -> ManualVersion:
        """2026.2, under which a figure has a number, and others are of another kind or are new."""
        blank = 'label = "维修单多久内交回"\nclause = "二.五).4"\nunspecified = true\nsuggest = "same day"'
        later = newer(text).replace(blank, blank.replace("unspecified = true", 'value = "1 day"'))
        assert later != newer(text)
        other = estate.create_office(office.company, "second", "清风苑管理处", "清风苑")
        adopting.adopt(office, adoption.keep_version(text + RANGE % "number", at=NOW), at=NOW, figures=BLANKS)
        version = adoption.keep_version(later + RANGE % "text" + NEW, at=NOW)
        rest = {key: value for key, value in BLANKS.items() if key != "sheet_return"}
        adopting.adopt(other, version, at=NOW, figures=rest)
        return version

    def test_a_figure_stays_while_an_office_relies_on_it_by_its_own_version(
        self, office: Office, second: ManualVersion
    ) -> None:
        company = office.company
        adopting.set_company_figures(company, second, {"sheet_return": "2h"}, at=NOW)
        first = office.adoptions.get().manual
        adopting.set_figures(office, first, {"sheet_return": ""}, at=NOW)
        with pytest.raises(Problems) as caught:
            adopting.set_company_figures(company, second, {"sheet_return": ""}, at=NOW)
        (problem,) = caught.value.problems
        assert (problem.code, problem.field) == ("FIGURES_UNSET", "sheet_return")
        assert "翠湖花园管理处" in problem.message and "清风苑管理处" not in problem.message
        assert queries.company_figures(company)[second.key] == {"sheet_return": "2h"}
        adopting.set_figures(office, first, {"sheet_return": "3h"}, at=NOW)
        assert adopting.set_company_figures(company, second, {"sheet_return": ""}, at=NOW) == 1

    def test_a_value_must_fit_every_version_in_use_that_has_the_figure(
        self, office: Office, second: ManualVersion
    ) -> None:
        company = office.company
        with pytest.raises(Problems) as caught:
            adopting.set_company_figures(company, second, {"call_range": "两公里"}, at=NOW)
        (problem,) = caught.value.problems
        assert (problem.code, problem.field) == ("FIGURE_VALUE", "call_range")
        assert "翠湖花园管理处" in problem.message and "2026.1" in problem.message, "where it does not fit"
        both = {"call_range": "2", "only_later": "随意"}
        assert adopting.set_company_figures(company, second, both, at=NOW) == 2
