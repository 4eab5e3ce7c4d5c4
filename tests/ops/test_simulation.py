"""A simulated year: the same happenings whatever the manuals, dealt with by their rules alone, and books that agree."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import ZONE, build
from guanjia.ops.simulation import happenings
from guanjia.ops.simulation.happenings import LIFT, LIFT_HOMES, year_of
from guanjia.ops.simulation.report import report_of
from guanjia.ops.simulation.run import Wish, codes
from guanjia.ops.simulation.year import LIST_AGAIN, PATIENCE, Year
from guanjia.ops.verification import verify
from guanjia.policy.loader import read

ROOT = Path(settings.MANUALS_ROOT)
FIRST = ("entrusted-repair-h", "resident-help-h")
SECOND = ("paid-service",)
WISH = Wish(FIRST, SECOND, households=20, year=2025, days=21, seed=7)


def lived(wish: Wish, keys: tuple[str, ...]) -> Year:
    adoption.forget()
    stage = build([read(ROOT / key) for key in keys], {}, wish.begins, codes(wish.households))
    year = Year(stage, sorted(stage.parties.items()), wish.until)
    told = year_of(wish.year, wish.households, wish.seed, ZONE)
    # a year of a small estate in three weeks: often enough something of every kind
    year.live([replace(one, at=wish.begins + (one.at - wish.begins) / 18) for one in told], lambda _day: None)
    return year


class TestHappenings:
    @given(seed=st.integers(0, 2**32), homes=st.integers(1, 60))
    def test_the_same_seed_gives_the_same_year_in_its_order(self, seed: int, homes: int) -> None:
        one, other = (year_of(2025, homes, seed, ZONE) for _turn in range(2))
        assert one == other
        assert [happening.at for happening in one] == sorted(happening.at for happening in one)
        assert all(0 <= happening.home < homes for happening in one)
        assert all(happening.at.astimezone(ZONE).year == 2025 for happening in one)

    def test_as_many_of_each_kind_as_a_household_and_year_bring(self) -> None:
        count = Counter(one.category for one in year_of(2025, 800, 1, ZONE))
        for kind, (rate, _words) in happenings.KINDS.items():
            assert count[kind] == round(rate * 800) + (LIFT_HOMES if kind == "complaint" else 0)

    def test_six_households_speak_of_one_lift(self) -> None:
        lift = [one for one in year_of(2025, 800, 1, ZONE) if one.matter == LIFT]
        assert len({one.home for one in lift}) == LIFT_HOMES
        assert (lift[-1].at - lift[0].at).total_seconds() < 2 * 86_400


@pytest.mark.django_db
class TestLiving:
    def test_people_deal_with_it_by_the_manuals_alone_and_the_books_agree(self) -> None:
        year = lived(WISH, FIRST)
        assert year.outcome.opened["repair"] == round(happenings.KINDS["repair"][0] * 20)
        assert year.outcome.uncovered["paid_service"]
        assert not year.outcome.refused
        closed = Case.objects.filter(office=year.stage.office, category="repair", closed_at__isnull=False)
        assert closed.count() > 10
        assert list(verify(lambda *_counts: None)) == []

    def test_repairs_go_to_their_end(self) -> None:
        year = lived(replace(WISH, days=42), ("reception-contact",))
        repairs = Case.objects.filter(office=year.stage.office, category="repair")
        assert repairs.filter(closed_at__isnull=False).count() > repairs.count() * 0.8
        marked = next(one for one in report_of(year, WISH.begins)["demands"] if one["key"] == "mark_summary")
        assert marked["in_time"] > repairs.count() * 0.8

    def test_what_nothing_could_be_done_with_is_taken_up_again_when_it_has_a_time(self) -> None:
        stage = build([read(ROOT / FIRST[0])], {}, WISH.begins, codes(20))
        year = Year(stage, sorted(stage.parties.items()), WISH.until)
        told = next(one for one in year_of(2025, 20, 7, ZONE) if one.category == "repair")
        year._happens(told.at, told)
        care = year._queue[0][-1]
        care.idle = PATIENCE + 1
        Obligation.objects.update(due_at=None)
        year._look_after(told.at, care)
        assert (year.outcome.steps, year._queue[-1][0]) == (0, told.at + LIST_AGAIN)
        care.case.obligations.update(due_at=told.at + LIST_AGAIN)
        year._look_after(told.at, care)
        assert (year.outcome.steps, care.idle) == (1, 0)

    def test_the_same_seed_gives_the_same_office_twice(self) -> None:
        reports = []
        for _turn in range(2):
            with transaction.atomic():
                reports.append(report_of(lived(WISH, SECOND), WISH.begins))
                transaction.set_rollback(True)
        assert reports[0] == reports[1]
        assert reports[0]["months"]["2025-01"]
        assert sum(one.get("in_time", 0) for one in reports[0]["demands"]) > 0


@pytest.mark.django_db(transaction=True)
def test_the_command_lives_it_twice_and_replays_it(tmp_path: Path) -> None:
    out = StringIO()
    call_command(
        "simulate",
        *FIRST,
        "--against",
        *SECOND,
        "--households",
        "60",
        "--days",
        "8",
        "--out",
        str(tmp_path),
        stdout=out,
    )
    text = out.getvalue()
    assert text.count("应办：按时") == 2 and "重演" in text
    assert json.loads((tmp_path / "a.json").read_text("utf-8"))["opened"]["repair"] == 1
    assert json.loads((tmp_path / "b.json").read_text("utf-8"))["months"]["2025-01"]
    rows = [json.loads(line) for line in (tmp_path / "replay.jsonl").read_text("utf-8").splitlines() if line]
    assert all(row["pairs"] for row in rows)


def test_what_cannot_be_lived_under_is_said() -> None:
    with pytest.raises(Problem) as refused:
        call_command("simulate", "home-service", "paid-service", "--days", "1")
    assert refused.value.code == "ADOPTION_CLASH"
    with pytest.raises(Problem) as refused:
        call_command("simulate", "paid-service", "--days", "0")
    assert refused.value.code == "NUMBER_RANGE"


def test_the_year_begins_at_midnight_of_the_office() -> None:
    assert WISH.begins == datetime(2025, 1, 1, tzinfo=ZONE)
