"""Playing the scenario cards of a manual."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guanjia.kernel.problem import Problem
from guanjia.ops.cards import card
from guanjia.ops.cards.run import run
from guanjia.ops.manuals import places


@dataclass(frozen=True)
class Played:
    """One card: what was not as expected, with the number of the step."""

    card: str
    title: str
    failures: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return {"card": self.card, "title": self.title, "well": self.well, "failures": self.failures}

    def __str__(self) -> str:
        mark = "合" if self.well else "不合"
        return "\n".join([f"{mark}　{self.card}　{self.title}", *(f"    {line}" for line in self.failures)])


def chosen(manual: Path, name: str) -> list[Path]:
    """The cards beside a manual: all, or the one of this name. Raises Problem CARD_UNKNOWN."""
    cards = places.cards_of(manual)
    found = [path for path in cards if not name or name in (path.name, path.stem)]
    if not found:
        known = "、".join(path.stem for path in cards)
        said = f"没有名为 {name} 的情景卡。" if name else f"{manual.parent / 'cards'} 里没有情景卡。"
        raise Problem("CARD_UNKNOWN", said, f"有：{known}。" if known else "写一张放进去。")
    return found


def play(manual: Path, path: Path) -> Played:
    """Play one card; a card that cannot be played at all has failed, and says why."""
    try:
        one = card.read(path)
    except Problem as problem:
        return Played(path.stem, "", [str(problem)])
    try:
        others = [places.text_of(places.find(key)) for key in one.manuals]
        return Played(path.stem, one.title, run(one, [places.text_of(manual), *others]))
    except Problem as problem:
        return Played(path.stem, one.title, [f"{problem}（{problem.code}）"])
