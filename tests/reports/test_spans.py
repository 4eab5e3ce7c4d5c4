"""Statistics over weeks, quarters and years, per mille, and shares of the households."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guanjia.ops.cards.card import Card
from guanjia.ops.cards.run import run
from guanjia.ops.management.commands.manual import SAMPLE
from guanjia.policy.schema import Statistic
from guanjia.reports import monthly, spans

COUNTING = """
[[figure]]
key = "most"
label = "每千户不超过几件"
clause = "2.1"
kind = "number"
unspecified = true
if_unset = "show"
""" + "".join(
    f"""
[[statistic]]
key = "{over}"
label = "代收"
clause = "2.1"
of = "cases"
category = "other"
over = "{over}"
share = true
per = 1000
base_number = "occupied_households"

[[target]]
key = "{over}"
label = "代收"
clause = "2.1"
statistic = "{over}"
compare = "<="
value = "{value}"
"""
    for over, value in (("week", "@most"), ("quarter", "500‰"), ("year", "80%"))
)
MANUAL = SAMPLE.read_text("utf-8") + COUNTING


@pytest.mark.parametrize(
    ("period", "over", "found"),
    [
        ("2026-03", "week", ["2026-W09", "2026-W10", "2026-W11", "2026-W12", "2026-W13"]),
        ("2026-02", "week", ["2026-W05", "2026-W06", "2026-W07", "2026-W08"]),
        ("2026-01", "week", ["2026-W01", "2026-W02", "2026-W03", "2026-W04"]),
        ("2026-03", "month", ["2026-03"]),
        ("2026-02", "quarter", ["2026-Q1"]),
        ("2026-03", "quarter", ["2026-Q1"]),
        ("2026-03", "year", ["2026"]),
        ("2026-W13", "week", ["2026-W13"]),
        ("2026-W14", "month", ["2026-03"]),
        ("2026-W15", "month", ["2026-04"]),
        ("2026-Q1", "month", ["2026-01", "2026-02", "2026-03"]),
        ("2026-03-24", "month", ["2026-03"]),
    ],
)
def test_the_periods_that_a_period_shows(period: str, over: str, found: list[str]) -> None:
    assert spans.spans_of(period, over) == found


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_every_week_belongs_to_one_month(day: date) -> None:
    year, month = day.year, day.month
    around = [f"{year + (month + by - 1) // 12}-{(month + by - 1) % 12 + 1:02d}" for by in (-1, 0, 1)]
    iso = day.isocalendar()
    mine = f"{iso.year}-W{iso.week:02d}"
    assert sum(spans.spans_of(period, "week").count(mine) for period in around) == 1


@given(st.integers(0, 5000), st.integers(1, 5000), st.sampled_from(["%", "‰"]), st.integers(0, 1000))
def test_per_mille_reads_and_is_judged_exactly(count: int, base: int, sign: str, wanted: int) -> None:
    one = Statistic(key="s", label="率", clause="1", of="cases", share=True, per=1000)
    figure = monthly.Figure(one, "m", "1", "规程", count, base)
    exact = Fraction(count * 1000, base)
    shown = Fraction(figure.text.removesuffix("‰"))
    assert abs(exact - shown) <= Fraction(1, 20)
    assert monthly._reached(figure, "<=", f"{wanted}{sign}") == (exact <= wanted * (10 if sign == "%" else 1))
    assert monthly._reached(figure, "<=", str(wanted)) == (exact <= wanted)


def card(**figures: str) -> Card:
    parcel = {"unit": "3-2-1502", "contact_phone": "13800001234", "pieces": 2}
    week = {"key": "week", "period": "2026-W13", "count": 1, "base": 4, "text": "250.0‰"}
    unset = {"wanted": "", "verdict": "none"}
    counted = [
        week | ({"wanted": "250", "verdict": "met"} if figures else unset),
        {"key": "week", "period": "2026-W12", "count": 2, "text": "500.0‰", "verdict": "missed" if figures else "none"},
        {"key": "quarter", "period": "2026-Q1", "count": 3, "text": "750.0‰", "verdict": "missed"},
        {"key": "year", "period": "2026", "count": 3, "base": 4, "verdict": "met", "wanted": "80%"},
    ]  # fmt: skip
    steps = [
        {"at": f"2026-03-{day} 10:00", "open": "other", "by": "前台", "data": parcel} for day in (20, 22, 23)
    ]
    shown = {"at": "2026-03-24 10:00", "expect": {"statistics": counted}}
    return Card(title="数", figures={"keep": "9 days"} | figures, step=[*steps, shown])


@pytest.mark.django_db
class TestCards:
    def test_a_week_a_quarter_and_a_year_of_the_households_per_mille(self) -> None:
        assert run(card(most="250"), [MANUAL]) == []

    def test_a_target_that_the_office_has_not_set_is_shown_and_not_judged(self) -> None:
        assert run(card(), [MANUAL]) == []

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ('over = "week"', 'over = "month"', "week 数的是 2026-03，不是 2026-W13"),
            ('base_number = "occupied_households"', "", "2026-W13 的 week「分母」应是 4，现是 1"),
            ("per = 1000", "per = 100", "2026-W13 的 week「写法」应是 250.0‰，现是 25.0%"),
            ('"500‰"', '"900‰"', "2026-Q1 的 quarter 应判 missed，现判 met"),
        ],
    )
    def test_the_expectation_sees_what_is_not(self, old: str, new: str, says: str) -> None:
        assert any(says in one for one in run(card(most="250"), [MANUAL.replace(old, new)]))

    def test_a_statistic_that_is_not_there_is_said(self) -> None:
        lost = re.sub(r"(?s)\[\[statistic\]\]\nkey = \"year\".*", "", MANUAL)
        assert any("没有统计 year" in one for one in run(card(), [lost]))

    @pytest.mark.parametrize(("compare", "verdict"), [("<=", "met"), ("<", "missed")])
    def test_the_office_says_what_the_share_is_of_and_whether_the_edge_counts(
        self, compare: str, verdict: str
    ) -> None:
        own = MANUAL.replace('base_number = "occupied_households"', 'base_number = "@people"')
        own = own.replace('compare = "<="', 'compare = "@edge"')
        for key, more in (("people", 'kind = "number"'), ("edge", 'kind = "choice"\noptions = ["<", "<="]')):
            own += f'\n[[figure]]\nkey = "{key}"\nlabel = "x"\nclause = "2.1"\nunspecified = true\n{more}\n'
        one = card(most="250", people="4000", edge=compare)
        shown = {"key": "week", "period": "2026-W13", "base": 4000, "text": "0.25‰"}
        edge = {"key": "quarter", "period": "2026-Q1", "base": 4000, "verdict": "met"}
        counted = {"expect": {"statistics": [shown, edge]}}
        steps = [*one.step[:-1], {"at": "2026-03-24 10:00", **counted}]
        assert run(Card(title="数", figures=one.figures, step=steps), [own]) == []
        exact = own.replace('"500‰"', '"0.75‰"')
        steps[-1] = {"at": "2026-03-24 10:00", "expect": {"statistics": [edge | {"verdict": verdict}]}}
        assert run(Card(title="数", figures=one.figures, step=steps), [exact]) == []


@pytest.mark.parametrize(
    ("count", "base", "text"),
    [(79, 80, "98.75%"), (80, 80, "100.0%"), (41, 42, "97.6%"), (2999, 3000, "99.97%"), (1, 80, "1.25%")],
)
def test_a_share_is_told_exactly_where_two_places_do_and_never_as_the_whole(
    count: int, base: int, text: str
) -> None:
    one = Statistic(key="s", label="率", clause="1", of="cases", share=True)
    assert monthly.Figure(one, "m", "1", "规程", count, base).text == text
