"""The scenario cards hold, and each fails when a rule that it proves is broken."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings
from tests.manuals.mutations.kinds import Break, CodeBreak

from guanjia.ops.cards.card import Card, read
from guanjia.ops.cards.run import run
from guanjia.ops.cards.stage import Stage, texts_of
from guanjia.policy import lint
from guanjia.policy.loader import read as text_of

ROOT = Path(settings.MANUALS_ROOT)
CARDS = sorted(ROOT.glob("*/cards/*.toml"))
MANUALS = sorted({path.parents[1] for path in CARDS})

pytestmark = pytest.mark.django_db


def mutations(manual: Path) -> ModuleType:
    """The breaks of a manual; a manual with cards and without breaks fails here."""
    return importlib.import_module(f"tests.manuals.mutations.{manual.name.replace('-', '_')}")


def play(card: Card, own: str, ground: Stage, *, first_only: bool = False) -> list[str]:
    return run(card, texts_of(ROOT, card.manuals, own), first_only=first_only, on=ground)


@cache
def cards_of(manual: Path) -> list[Card]:
    """The cards of a manual, read once."""
    return [read(path) for path in sorted(manual.glob("cards/*.toml"))]


def citing(manual: Path, rule: str) -> list[Card]:
    """The cards of a manual that say they prove the rule."""
    return [card for card in cards_of(manual) if rule in card.rules]


def every(kind: str) -> Iterator[Any]:
    """Every break of a kind, with the manual that it belongs to."""
    for manual in MANUALS:
        for number, one in enumerate(getattr(mutations(manual), kind), 1):
            yield pytest.param(manual, one, id=f"{manual.name}-{one.rule}#{number}")


@pytest.mark.parametrize("path", CARDS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_a_card_holds(path: Path, ground: Stage) -> None:
    assert play(read(path), text_of(path.parents[1]), ground) == []


@pytest.mark.once
@pytest.mark.parametrize(("manual", "one"), every("BREAKS"))
def test_a_broken_manual_is_caught_by_the_cards_of_the_rule(manual: Path, one: Break, ground: Stage) -> None:
    text = text_of(manual)
    assert text.count(one.old) >= 1, "the manual has changed: break it in another way"
    broken = text.replace(one.old, one.new, 1)
    assert lint.check_text(broken, "manual.toml") == []
    assert any(play(card, broken, ground, first_only=True) for card in citing(manual, one.rule))


@pytest.mark.once
@pytest.mark.parametrize(("manual", "one"), every("CODE_BREAKS"))
def test_broken_code_is_caught_by_the_cards_of_the_rule(
    manual: Path, one: CodeBreak, ground: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one.module, one.name, one.make(getattr(one.module, one.name)))
    assert any(play(card, text_of(manual), ground, first_only=True) for card in citing(manual, one.rule))


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.name)
def test_every_rule_that_a_card_cites_is_broken_on_purpose(manual: Path) -> None:
    breaks = mutations(manual)
    cited = {rule for card in cards_of(manual) for rule in card.rules}
    assert {one.rule for one in (*breaks.BREAKS, *breaks.CODE_BREAKS)} == cited
    assert len(cited) == breaks.RULES
