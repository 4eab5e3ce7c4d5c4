"""Two sets of manuals, one year of happenings, each in a database of its own that is gone afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.kernel.problem import Problem
from guanjia.ops.bench.world import own_database
from guanjia.ops.cards.stage import ZONE, build
from guanjia.ops.manuals import places
from guanjia.ops.replay.comparing import Totals, other_manuals, replay
from guanjia.ops.replay.replaying import Plan, summary
from guanjia.ops.simulation.happenings import year_of
from guanjia.ops.simulation.report import lines_of, report_of
from guanjia.ops.simulation.year import Year
from guanjia.policy import lint
from guanjia.policy.loader import compile_text

FLOOR = 20  # homes on a floor


@dataclass(frozen=True)
class Wish:
    """What is to be simulated. days: of the year, from its first; manuals, against: keys or paths."""

    manuals: tuple[str, ...]
    against: tuple[str, ...]
    households: int
    year: int
    days: int
    seed: int

    @property
    def begins(self) -> datetime:
        """The first moment of the year."""
        return datetime(self.year, 1, 1, tzinfo=ZONE)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return self.begins + timedelta(days=self.days)


def simulate(wish: Wish, out: Path | None, progress: Callable[[str, int, int], None]) -> Iterator[str]:
    """Live the year under one set of manuals and, if there is another, replay it and live it under that one too.

    Yields lines for people. out: a folder for `a.json`, `b.json` and `replay.jsonl`. Raises Problem ADOPTION_CLASH,
    FIGURES_UNSET for a set that cannot be worked under.
    """
    sets = [_texts(keys) for keys in (wish.manuals, wish.against) if keys]
    for number, texts in enumerate(sets):
        name = "ab"[number]
        with own_database(), _lived(wish, texts, name, progress) as year:
            report = report_of(year, wish.begins)
            _write(out, f"{name}.json", [report])
            yield from lines_of(_titles(texts), report)
            if number == 0 and len(sets) > 1:
                yield from _replayed(wish, year, sets[1], out, progress)


def _texts(keys: tuple[str, ...]) -> list[str]:
    texts = [places.text_of(places.find(key)) for key in keys]
    if clashes := lint.check_together([compile_text(text).manual for text in texts]):
        raise Problem("ADOPTION_CLASH", clashes[0], "请选能一起采用的几部。")
    return texts


def _titles(texts: list[str]) -> str:
    return "、".join(f"《{compile_text(text).manual.manual.title}》" for text in texts)


@contextmanager
def _lived(
    wish: Wish, texts: list[str], name: str, progress: Callable[[str, int, int], None]
) -> Iterator[Year]:
    """An office that has lived through the year."""
    adoption.forget()
    stage = build(texts, {}, wish.begins, codes(wish.households))
    year = Year(stage, sorted(stage.parties.items()), wish.until)
    happenings = [one for one in year_of(wish.year, wish.households, wish.seed, ZONE) if one.at < wish.until]

    def shown(at: datetime) -> None:
        progress(f"第{'一二'[name == 'b']}套", (at - wish.begins).days + 1, wish.days)

    year.live(happenings, shown)
    yield year


def codes(count: int) -> list[str]:
    """So many homes in buildings of their own."""
    return [
        f"{11 + n // 400}-{1 + n % 400 // 200}-{1 + n % 200 // FLOOR:02}{1 + n % FLOOR:02}"
        for n in range(count)
    ]


def _replayed(
    wish: Wish, year: Year, texts: list[str], out: Path | None, progress: Callable[[str, int, int], None]
) -> Iterator[str]:
    """The cases of the first set under the second: case by case into the file, the sums for people."""
    office = year.stage.office
    adopted = other_manuals(office, texts, {})
    plan = Plan(office, adopted, wish.begins, wish.until, wish.until)
    totals, told = Totals(), []
    for number, one in enumerate(replay(office, adopted, wish.begins, wish.until, wish.until), 1):
        totals.add(one)
        if one.differing:
            told.append(one.as_dict())
        progress("重演", number, sum(year.outcome.opened.values()))
    _write(out, "replay.jsonl", told)
    yield from summary(plan, totals, totals.differing)


def _write(out: Path | None, name: str, rows: list[dict[str, Any]]) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n"
        (out / name).write_text(text, "utf-8")
