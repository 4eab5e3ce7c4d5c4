"""A timeline walked again: under its own manuals it wants what the engine wanted; under others, what they say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.ops.bench.world import World, new_world
from guanjia.ops.cards import run as cards
from guanjia.ops.cards.card import read
from guanjia.ops.cards.stage import texts_of
from guanjia.ops.replay import replaying
from guanjia.ops.replay.comparing import MET, MISSED, other_manuals, replay
from guanjia.ops.replay.walking import Demand, walk
from guanjia.policy.loader import read as text_of

pytestmark = pytest.mark.django_db
ROOT = Path(settings.MANUALS_ROOT)
CARDS = sorted(
    path
    for key in ("entrusted-repair-h", "resident-help-h", "home-service", "paid-service")
    for path in ROOT.glob(f"{key}/cards/*.toml")
)


def played(path: Path) -> cards.Play:
    """A card played to its end, and left standing."""
    card = read(path)
    adoption.forget()
    play = cards._stage(card, texts_of(ROOT, card.manuals, text_of(path.parents[1])))
    for step in card.step:
        cards._step(play, step)
    return play


def shape(one: Demand) -> tuple[object, ...]:
    return (
        one.manual,
        one.key,
        one.subject,
        one.generation,
        one.started_at,
        one.due_at,
        one.state,
        one.ended_at,
    )


def as_written(row: Obligation) -> Demand:
    return Demand(
        row.manual_key, row.key, row.label, row.clause, row.duty, row.subject, row.generation, row.opened_at,
        row.due_at, row.state, row.closed_at,
    )  # fmt: skip


@pytest.mark.parametrize("path", CARDS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_under_its_own_manuals_a_case_owes_what_the_engine_said(path: Path) -> None:
    play = played(path)
    for case in Case.objects.filter(office=play.stage.office):
        if "period" in case.facts:
            continue  # what a period knows of the one before stands in no timeline
        adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
        counted = {(one.compiled.key, key) for one in adopted for key in one.compiled.quotas}
        want = {
            shape(as_written(row))
            for row in case.obligations.all()
            if (row.manual_key, row.key) not in counted
        }
        have = {shape(one) for one in walk(case, adopted, play.now) if (one.manual, one.key) not in counted}
        assert have == want


STRICTER = """
schema = 1
[manual]
key = "stricter"
version = "1"
title = "更严的规程"
short = "更严"
[[clause]]
id = "1"
text = "五分钟派单，一分钟到场。"
[[figure]]
key = "tell"
label = "多久告诉"
clause = "1"
unspecified = true
[[obligation]]
key = "dispatch"
label = "派单"
clause = "1"
duty = "dispatch"
owner = "receptionist"
category = ["repair"]
start = ["reported"]
stop = ["dispatched"]
limit = "5m"
[[obligation]]
key = "arrive"
label = "到场"
clause = "1"
duty = "arrive"
owner = "assignee"
category = ["repair"]
start = ["reported"]
stop = ["arrived"]
limit = "1m"
[[obligation]]
key = "tell"
label = "告诉业户"
clause = "1"
owner = "receptionist"
category = ["repair"]
start = ["completed"]
stop = ["informed"]
limit = "@tell"
life = "beyond"
"""


@pytest.fixture
def year(db: None) -> World:
    world = new_world(datetime(2026, 3, 24, 2, 0, tzinfo=UTC))
    Office.objects.filter(pk=world.office.pk).update(code="YL")
    world.homes = [("3-2-1502", world.stage.parties["3-2-1502"])]  # type: ignore[misc]
    world.walk(world.call(0, world.now), world.now, 8)
    return world


class TestAgainstOthers:
    def test_what_would_have_been_met_and_what_missed(self, year: World) -> None:
        adopted = other_manuals(year.office, [STRICTER], {"stricter": {"tell": "1h"}})
        now = year.now + timedelta(days=2)
        [case] = replay(year.office, adopted, year.now - timedelta(days=1), now, now)
        found = {pair.duty: (pair.before, pair.after) for pair in case.pairs}
        assert found["dispatch"][1] == MET
        assert found["arrive"] == (MET, MISSED)
        assert found["tell"] == ("", MISSED)
        assert found["track"][1] == ""
        assert not Obligation.objects.filter(manual_key="stricter").exists()

    def test_a_figure_that_nobody_has_set_is_asked_for(self, year: World) -> None:
        with pytest.raises(Problem) as refused:
            other_manuals(year.office, [STRICTER], {})
        assert refused.value.code == "FIGURES_UNSET"

    def test_the_command_tells_it_case_by_case_and_counts(self, year: World, tmp_path: Path) -> None:
        file = tmp_path / "manual.toml"
        file.write_text(STRICTER.replace("unspecified = true", 'value = "1h"'), "utf-8")
        out = StringIO()
        call_command(
            "manual", "replay", str(file), "--since", "2026-03-01", "--until", "2026-03-31", stdout=out
        )
        text = out.getvalue()
        assert "到场（1）：按时 → 没按时，应在 2026-03-24 10:01 前" in text
        assert "重演 1 件：1 件有不同" in text
        assert "告诉业户：没有这一件 → 没按时 1 件" in text
        out = StringIO()
        call_command("manual", "replay", str(file), "--since", "2026-03-01", "--json", stdout=out)
        assert json.loads(out.getvalue().splitlines()[0])["case"].startswith("BX")

    def test_what_it_cannot_do_it_says(self, year: World) -> None:
        for options, code in (
            ({"office": "nowhere"}, "NOT_FOUND"),
            ({"since": "gestern"}, "BAD_DATE"),
            ({"paths": ["paid-service", "home-service"]}, "ADOPTION_CLASH"),
        ):
            asked = {"office": "", "since": "", "until": "", "paths": ["resident-help-h"], **options}
            with pytest.raises(Problem) as refused:
                replaying.plan(asked, year.now)
            assert refused.value.code == code
