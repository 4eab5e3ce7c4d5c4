"""The phone's own reckoning of what follows a step, beside the engine's: over every card that an assignee plays."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import RequestFactory

from guanjia.cases import queries as cases
from guanjia.engine.offering import view_of
from guanjia.ops.cards import run
from guanjia.ops.cards.card import read
from guanjia.ops.cards.stage import texts_of
from guanjia.policy.loader import read as text_of
from guanjia.staff.models import User
from guanjia.web.field import kit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROOT = Path(settings.MANUALS_ROOT)
MANUALS = sorted(
    path.parent.name for path in ROOT.glob("*/manual.toml") if 'place = "field"' in path.read_text("utf-8")
)


class Watched:
    """Every action that an assignee does in a card: the kit before it, the step, and what the engine says after it."""

    def __init__(self, perform: Any) -> None:
        self.perform, self.seen = perform, []

    def __call__(self, case: Any, action: str, *, actor: Any, at: Any, now: Any, data: Any) -> Any:
        if not isinstance(actor, User) or case.assignee_id != actor.pk or case.closed_at:
            return self.perform(case, action, actor=actor, at=at, now=now, data=data)
        before = kit.kit_of(request_of(case, actor, now), view_of(case, actor, now))
        result = self.perform(case, action, actor=actor, at=at, now=now, data=data)
        event, fresh = result.event, cases.case_in(case.office, case.number)
        if action in {one["key"] for one in before["actions"]} and fresh.assignee_id == actor.pk:
            totals = {name: value for name, value in event.changes["facts"].items() if name.endswith("_fen")}
            mine = {one["key"] for one in before["actions"]}
            offers = view_of(fresh, actor, now).offers
            self.seen.append(
                {
                    "kit": before,
                    "step": {"action": action, "data": {**event.data, **totals}, "keptAt": at.isoformat()},
                    "label": before["states"].get(fresh.state, {}).get("label", ""),
                    "possible": sorted({one.action.key for one in offers if one.possible} & mine),
                }
            )
        return result


def request_of(case: Any, actor: User, now: Any) -> Any:
    request: Any = RequestFactory().get("/field/")
    more = {"user": actor, "office": case.office, "now": now, "zone": ZoneInfo(case.office.time_zone)}
    request.__dict__.update(SimpleNamespace(**more).__dict__)
    return request


@pytest.mark.once
@pytest.mark.parametrize("manual", MANUALS)
def test_the_phone_goes_on_as_the_engine_does(manual, monkeypatch, transactional_db, page, visit):
    watched = Watched(run.perform)
    monkeypatch.setattr(run, "perform", watched)
    monkeypatch.setattr(
        kit.form, "context_of", lambda *_, **__: {}
    )  # what a form looks like is another test's
    monkeypatch.setattr(kit, "render_to_string", lambda *_: "")
    own = text_of(ROOT / manual)
    for path in sorted(ROOT.glob(f"{manual}/cards/*.toml")):
        card = read(path)
        assert run.run(card, texts_of(ROOT, card.manuals, own)) == []
    visit(page, "/login/")
    found = page.evaluate(
        """async (seen) => {
            const { project } = await import("/static/web/project.js");
            return seen.map(({ kit, step }) => {
                const { label, main, others } = project(kit, [step]);
                return [label, [main, ...others].filter((one) => one && !one.blocked).map((one) => one.action.key).sort()];
            });
        }""",
        watched.seen,
    )
    assert found
    wrong = []
    for one, (label, offered) in zip(watched.seen, found, strict=True):
        missing = set(one["possible"]) - set(offered)
        if label != one["label"] or missing:
            wrong.append((one["step"]["action"], one["label"], label, missing))
    assert not wrong
