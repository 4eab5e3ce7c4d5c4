"""What a card expects of a statistic: what is counted, of what, and what a target makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.ops.cards.card import Counted
from guanjia.reports import monthly


def counted(play: Any, want: Counted) -> Iterator[str]:
    """Every difference between a statistic of a period, as it can be told now, and what is wanted."""
    adopted = adoption.adopted(play.stage.office, play.now)
    found = [
        one
        for one in monthly.figures(play.stage.office, adopted, want.period, play.now)
        if one.statistic.key == want.key and want.manual in ("", one.manual_key)
    ]
    if not found:
        yield f"没有统计 {want.key}"
        return
    figure, name = found[0], f"{want.period} 的 {want.key}"
    if figure.period != want.period:
        yield f"{want.key} 数的是 {figure.period}，不是 {want.period}"
    pairs: list[tuple[str, Any, Any]] = [("分子", want.count, figure.count), ("分母", want.base, figure.base)]
    pairs += [("写法", want.text or None, figure.text), ("分项", want.by or None, dict(figure.by))]
    for what, wanted, have in pairs:
        if wanted is not None and wanted != have:
            yield f"{name}「{what}」应是 {wanted}，现是 {have}"
    if want.target or want.wanted is not None or want.verdict:
        yield from _judged(adopted, figure, want, name)


def _judged(adopted: Any, figure: monthly.Figure, want: Counted, name: str) -> Iterator[str]:
    verdicts = monthly.verdicts(adopted, [figure])
    verdict = next((one for one in verdicts if want.target in ("", one.target.key)), None)
    if verdict is None:
        yield f"{name} 没有目标 {want.target}".rstrip()
        return
    if want.wanted is not None and verdict.wanted != want.wanted:
        yield f"{name}「目标」应是 {want.wanted or '没设定'}，现是 {verdict.wanted or '没设定'}"
    have = {None: "none", True: "met", False: "missed"}[verdict.met]
    if want.verdict not in ("", have):
        yield f"{name} 应判 {want.verdict}，现判 {have}"
