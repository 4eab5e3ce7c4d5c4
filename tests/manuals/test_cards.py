"""The scenario cards hold, and each fails when a rule that it proves is broken."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from django.conf import settings
from tests.manuals.mutations import BREAKS, CODE_BREAKS, Break, CodeBreak

from guanjia.ops.cards.card import Card, read
from guanjia.ops.cards.run import run
from guanjia.ops.cards.stage import texts_of
from guanjia.policy import lint
from guanjia.policy.loader import read as text_of

ROOT = Path(settings.MANUALS_ROOT)
CARDS = sorted(ROOT.glob("*/cards/*.toml"))
REPAIR = ROOT / "entrusted-repair-h"

pytestmark = pytest.mark.django_db


def play(card: Card, own: str, *, first_only: bool = False) -> list[str]:
    return run(card, texts_of(ROOT, card.manuals, own), first_only=first_only)


def citing(rule: str) -> list[Card]:
    """The cards of the first manual that say they prove the rule."""
    return [card for path in sorted(REPAIR.glob("cards/*.toml")) if rule in (card := read(path)).rules]


@pytest.mark.parametrize("path", CARDS, ids=lambda path: f"{path.parents[1].name}/{path.stem}")
def test_a_card_holds(path: Path) -> None:
    assert play(read(path), text_of(path.parents[1])) == []


def numbered(breaks: Sequence[Break] | Sequence[CodeBreak]) -> list[str]:
    return [f"{one.rule}#{number}" for number, one in enumerate(breaks, 1)]


@pytest.mark.parametrize("one", BREAKS, ids=numbered(BREAKS))
def test_a_broken_manual_is_caught_by_the_cards_of_the_rule(one: Break) -> None:
    text = text_of(REPAIR)
    assert text.count(one.old) >= 1, "the manual has changed: break it in another way"
    broken = text.replace(one.old, one.new, 1)
    assert lint.check_text(broken, "manual.toml") == []
    assert any(play(card, broken, first_only=True) for card in citing(one.rule))


@pytest.mark.parametrize("one", CODE_BREAKS, ids=numbered(CODE_BREAKS))
def test_broken_code_is_caught_by_the_cards_of_the_rule(
    one: CodeBreak, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one.module, one.name, one.make(getattr(one.module, one.name)))
    assert any(play(card, text_of(REPAIR), first_only=True) for card in citing(one.rule))


def test_every_rule_that_a_card_cites_is_broken_on_purpose() -> None:
    cited = {rule for path in REPAIR.glob("cards/*.toml") for rule in read(path).rules}
    assert {one.rule for one in (*BREAKS, *CODE_BREAKS)} == cited
    assert len(cited) == 29
