"""The statistics of a month: what is counted, of what, how a share reads, and what a target makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.repair import TO_DONE, Repair

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import SYSTEM, open_case, perform
from guanjia.engine.advance import advance
from guanjia.estate.models import Office
from guanjia.policy.schema import Statistic
from guanjia.reports import drafts, monthly, spans

SHARE = Statistic(key="s", label="率", clause="1", of="cases", share=True)


def figure(count: int, base: int, share: bool = True) -> monthly.Figure:
    return monthly.Figure(SHARE.model_copy(update={"share": share}), "m", "1", "规程", count, base)


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_is_rounded_half_up_to_a_tenth_of_a_percent(count: int, base: int) -> None:
    count = min(count, base)
    exact = Fraction(count * 1000, base)
    have = figure(count, base).permille
    assert have is not None
    assert abs(exact - have) <= Fraction(1, 2)
    if (exact * 2).denominator == 1 and exact.denominator == 2:
        assert have > exact
    whole, part = figure(count, base).text.removesuffix("%").split(".")
    shown = Fraction(int(whole) * 10 ** len(part) + int(part), 10 ** len(part))
    assert abs(exact / 10 - shown) <= Fraction(1, 2 * 10 ** len(part))
    told_exactly = exact.denominator != 1 and (exact * 10).denominator == 1
    almost = have == 1000 and count != base
    assert len(part) == (2 if have < 100 or told_exactly or almost else 1), (
        "what a target may hang on is told"
    )


def test_nothing_of_nothing_is_no_share() -> None:
    assert (figure(0, 0).permille, figure(0, 0).text, figure(7, 9, share=False).text) == (None, "–", "7")


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 100))
def test_a_target_is_judged_on_the_exact_share(count: int, base: int, percent: int) -> None:
    count = min(count, base)
    exact = Fraction(count * 100, base)
    wanted = f"{percent}%"
    assert monthly._reached(figure(count, base), ">=", wanted) == (exact >= percent)
    assert monthly._reached(figure(count, base), "<", wanted) == (exact < percent)


def test_a_target_in_tenths_and_one_without_a_base() -> None:
    assert monthly._reached(figure(197, 200), ">=", "98.5%") is True
    assert monthly._reached(figure(949, 1000), ">=", "95%") is False
    assert monthly._reached(figure(9496, 10000), ">=", "95%") is False, "94.96% reads 95.0% and is not 95%"
    assert monthly._reached(figure(0, 0), ">=", "95%") is None
    assert monthly._reached(figure(1, 2), ">=", "") is None
    assert monthly._reached(figure(12, 0, share=False), "<=", "12") is True


@pytest.mark.parametrize(
    ("zone", "period", "begins", "ends"),
    [
        ("Asia/Shanghai", "2026-03", "2026-02-28T16:00", "2026-03-31T16:00"),
        ("Asia/Shanghai", "2026-12", "2026-11-30T16:00", "2026-12-31T16:00"),
        ("Europe/Berlin", "2026-03", "2026-02-28T23:00", "2026-03-31T22:00"),
    ],
)
def test_a_month_is_the_offices_own(zone: str, period: str, begins: str, ends: str) -> None:
    found = spans.window(Office(time_zone=zone), period)
    assert found == tuple(datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (begins, ends))


@pytest.mark.django_db
class TestDraft:
    @pytest.fixture
    def repair(self) -> Repair:
        return Repair()

    def review(self, repair: Repair, period: str = "2026-03") -> Case:
        return open_case(
            repair.office, "item_review", actor=SYSTEM, at=repair.at, data={"period": period}
        ).case

    def test_arrivals_are_judged_once_they_are_met_or_their_time_is_over(self, repair: Repair) -> None:
        repair.play("dispatch", "accept", "arrive")
        open_one = repair.report("3-2-1402")
        adopted = adoption.with_figures(repair.office, repair.case.versions)

        def arrived(now: datetime) -> tuple[int, int, tuple[str, ...]]:
            found = monthly.figures(repair.office, adopted, "2026-03", now)
            one = next(one for one in found if one.statistic.key == "arrived_in_time")
            return one.count, one.base, one.base_numbers

        assert arrived(repair.at) == (1, 1, (repair.case.number,))
        late = repair.at + timedelta(hours=1)
        assert arrived(late) == (1, 2, (repair.case.number, open_one.number))

    def test_what_fell_away_counts_neither_way(self, repair: Repair) -> None:
        repair.do("withdraw", by="receptionist", reason="登错了")
        advance(repair.at + timedelta(hours=1), offices=[repair.office.pk])
        draft = drafts.figures_for(self.review(repair), repair.at + timedelta(hours=1))
        assert draft["arrived_in_time"]["text"] == "–"

    def test_satisfaction_is_a_share_of_those_who_were_asked(self, repair: Repair) -> None:
        repair.play(*TO_DONE)
        repair.do("follow_up", follow_means="phone", satisfied="yes")
        repair.report("3-2-1402")
        draft = drafts.figures_for(self.review(repair), repair.at)
        assert (draft["satisfaction"]["count"], draft["satisfaction"]["base"]) == (1, 1)
        assert (draft["requests"]["count"], draft["requests"]["by"]) == (2, {"水管维修": 2})

    def test_other_months_and_other_offices_are_left_out(self, repair: Repair) -> None:
        review = self.review(repair, "2026-02")
        assert drafts.figures_for(review, repair.at)["requests"]["count"] == 0

    def test_what_somebody_typed_for_the_figures_is_not_believed(self, repair: Repair) -> None:
        review = self.review(repair)
        typed = {"figures": {"requests": {"count": 999}}, "effectiveness": "好", "satisfaction": "好"}
        data = drafts.complete(review, "review", typed, repair.at)
        assert data["figures"]["requests"]["count"] == 1
        done = perform(review, "review", actor=repair.person("cs_supervisor"), at=repair.at, data=data)
        assert done.case.facts["figures"]["requests"]["count"] == 1

    def test_a_gap_is_what_nobody_offers(self, repair: Repair) -> None:
        for item in ("空调清洗", "空调清洗", "钢琴调音", "水管维修", "修表"):
            repair.report("3-2-1402", item=item)
        draft = drafts.figures_for(self.review(repair), repair.at)
        assert draft["gaps"] == [{"item": "空调清洗", "count": 2}, {"item": "修表", "count": 1}]

    def test_values_of_one_word_are_counted_together(self, repair: Repair) -> None:
        """Nobody filled the item in for one; for two it was filled in with the very word that says so."""
        for item in ("", "未填", "未填"):
            repair.report("3-2-1402", item=item)
        found = drafts.figures_for(self.review(repair), repair.at)["requests"]
        assert (found["count"], found["by"]) == (4, {"未填": 3, "水管维修": 1})

    def test_a_figure_leads_to_its_cases(self, repair: Repair) -> None:
        other = repair.report("3-2-1402", item="钢琴调音")
        repair.do("recommend", by="receptionist", case=other, supplier="金音琴行", explained=True)
        adopted = adoption.with_figures(repair.office, repair.case.versions)
        found = {
            one.statistic.key: one for one in monthly.figures(repair.office, adopted, "2026-03", repair.at)
        }
        assert found["recommended"].numbers == (other.number,)
        assert set(found["requests"].numbers) == {repair.case.number, other.number}
