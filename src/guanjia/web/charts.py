"""Charts drawn on the server as inline SVG: no script, no inline style, so that they live under a strict CSP.

Every chart takes `key` (unique on the page, it names ids), a title and a finding: the finding is the text alternative
and says what the picture shows. Colours come from classes (`.chart .a`), sizes from attributes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

NOTHING = mark_safe("")  # noqa: S308


def _svg(key: str, title: str, finding: str, width: int, height: int, body: SafeString) -> SafeString:
    return format_html(
        '<svg class="chart plot" viewBox="0 0 {w} {h}" width="100%" role="img" aria-labelledby="{k}-t {k}-d">'
        '<title id="{k}-t">{t}</title><desc id="{k}-d">{d}</desc>{b}</svg>',
        w=width, h=height, k=key, t=title, d=finding, b=body,
    )  # fmt: skip


def _text(x: float, y: float, text: str, *, anchor: str = "start", strong: bool = False) -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}"{}>{}</text>',
        f"{x:.1f}", f"{y:.1f}", anchor, mark_safe(' class="d"') if strong else "", text,  # noqa: S308
    )  # fmt: skip


def _join(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def nice_top(largest: float) -> int:
    """The top of a zero-based axis: the next of 1, 2, 3, 5, 10, 15, 20, 30, 50 … above the largest value."""
    if largest <= 1:
        return 1
    scale = 10 ** math.floor(math.log10(largest))
    return next(int(step * scale) for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if step * scale >= largest)


# ---------------------------------------------------------------- spark


def spark(series: Sequence[float | None], target: float | None, *, over: bool = False) -> SafeString:
    """The last months of a target as a line with its target line; a decoration beside figures in text.

    The last point is a circle, or a square when the target is missed. `None` leaves a gap.
    """
    known = [value for value in series if value is not None]
    if len(known) < 2:
        return NOTHING
    marks = [*known, target] if target is not None else known
    low, high = min(marks), max(marks)
    height, right = 36.0, 139.0
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return 6 + (high - value) / span * 24

    step = (right - 3) / (len(series) - 1)
    runs: list[list[str]] = [[]]
    for index, value in enumerate(series):
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{3 + index * step:.1f},{y(value):.1f}")
    parts = [
        format_html('<polyline class="line" points="{}"/>', " ".join(run)) for run in runs if len(run) > 1
    ]
    if target is not None:
        parts.insert(0, format_html('<path class="goal" d="M0 {0}H148"/>', f"{y(target):.1f}"))
        parts.append(_text(178, y(target) + 4, _("目标"), anchor="end"))
    last = max(index for index, value in enumerate(series) if value is not None)
    x, at = 3 + last * step, y(known[-1])
    if over:
        parts.append(
            format_html(
                '<rect class="bad" x="{}" y="{}" width="8" height="8"/>', f"{x - 4:.1f}", f"{at - 4:.1f}"
            )
        )
    else:
        parts.append(format_html('<circle class="a" cx="{}" cy="{}" r="4"/>', f"{x:.1f}", f"{at:.1f}"))
    return format_html(
        '<svg class="chart" viewBox="0 0 178 {h}" width="178" height="{h}" preserveAspectRatio="xMinYMid" aria-hidden="true">{b}</svg>',
        h=int(height), b=_join(parts),
    )  # fmt: skip


# ---------------------------------------------------------------- dots


@dataclass(frozen=True)
class Dot:
    """One measurement on a day of the month. hollow: the second group of the legend. name: only for an exception."""

    day: int
    value: float
    hollow: bool = False
    name: str = ""


@dataclass(frozen=True)
class LimitLine:
    """A dashed line with its label; the strong one is drawn darker."""

    value: float
    label: str
    strong: bool = False


def dots(
    key: str, title: str, finding: str, points: Sequence[Dot], limits: Sequence[LimitLine], *, days: int,
    legend: tuple[str, str] = ("", ""),
) -> SafeString:  # fmt: skip
    """Measurements of a month against their limits. An exception (a dot with a name) is a square and is named."""
    top = nice_top(max([point.value for point in points] + [line.value for line in limits] + [1]))
    left, right, floor, ceiling = 34.0, 394.0, 172.0, 30.0

    def x(day: int) -> float:
        return left + (day - 1) / max(days - 1, 1) * (right - left)

    def y(value: float) -> float:
        return floor - value / top * (floor - ceiling)

    parts = [
        _text(26, y(top * part / 3) + 4, f"{top * part / 3:g}", anchor="end")
        for part in range(4)
        if top % 3 == 0
    ]
    if top % 3:
        parts = [_text(26, y(value) + 4, f"{value:g}", anchor="end") for value in (0, top / 2, top)]
    parts.append(format_html('<path class="axis" d="M34 {}H454"/>', floor))
    for line in limits:
        shade = "goal" if line.strong else "goal weak"
        parts.append(format_html('<path class="{}" d="M34 {}H406"/>', shade, f"{y(line.value):.1f}"))
        parts.append(_text(411, y(line.value) + 4, line.label, strong=line.strong))
    seen: Counter[tuple[int, float]] = Counter()
    taken: list[tuple[float, float, float]] = []
    for point in points:
        shift = 5 * seen[point.day, point.value]
        seen[point.day, point.value] += 1
        parts.append(_dot(point, x(point.day) + shift, y(point.value), taken))
    for day in sorted({1, *range(6, days - 1, 5), days}):
        parts.append(_text(x(day), 190, _("%d日") % day, anchor="middle"))
    if all(legend):
        parts.append(
            format_html('<circle class="a hollow" cx="42" cy="10" r="4"/>{}', _text(51, 14, legend[1]))
        )
        parts.append(format_html('<circle class="a" cx="170" cy="10" r="4"/>{}', _text(179, 14, legend[0])))
    return _svg(key, title, finding, 470, 196, _join(parts))


def _dot(point: Dot, x: float, y: float, taken: list[tuple[float, float, float]]) -> SafeString:
    """A circle, or for an exception a square with its name where no other name stands (`taken`: left, right, height)."""
    if not point.name:
        shade = "a hollow" if point.hollow else "a"
        return format_html('<circle class="{}" cx="{}" cy="{}" r="4"/>', shade, f"{x:.1f}", f"{y:.1f}")
    square = format_html(
        '<rect class="bad" x="{}" y="{}" width="10" height="10"/>', f"{x - 5:.1f}", f"{y - 5:.1f}"
    )
    wide = 7.5 * len(point.name)
    left = x + 10 if x < 220 else x - 10 - wide
    height = y - 3
    while height > 14 and any(
        left < right and begins < left + wide and abs(at - height) < 13 for begins, right, at in taken
    ):
        height -= 13
    taken.append((left, left + wide, height))
    if x < 220:
        return square + _text(x + 10, height, point.name, strong=True)
    return square + _text(x - 10, height, point.name, anchor="end", strong=True)


# ---------------------------------------------------------------- weekly columns

PATTERNS = ("a", "hatch", "c", "dots")


def _patterns(key: str) -> SafeString:
    return format_html(
        '<defs><pattern id="{k}-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="hatch0" width="5" height="5"/><path class="hatch1" d="M0 0V5"/></pattern>'
        '<pattern id="{k}-dots" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<rect class="dots0" width="4" height="4"/><circle class="dots1" cx="2" cy="2" r=".9"/></pattern></defs>',
        k=key,
    )


def _block(
    key: str, kind: str, x: float, y: float, width: float, height: float, *, framed: bool = False
) -> SafeString:
    fill = format_html(' fill="url(#{}-{})"', key, kind) if kind in ("hatch", "dots") else ""
    frame = " framed" if framed else ""
    return format_html(
        '<rect class="{}{}" x="{}" y="{}" width="{}" height="{}"{}/>',
        kind if not fill else "patterned", frame, f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", fill,
    )  # fmt: skip


def columns(
    key: str, title: str, finding: str, names: Sequence[str], weeks: Sequence[tuple[str, Sequence[int]]], *,
    named: int = -2,
) -> SafeString:  # fmt: skip
    """Stacked columns, one a week, up to four kinds told apart by pattern as well as colour.

    weeks: (label, counts in the order of names). The week at index `named` (the last full one) is labelled directly.
    """
    totals = [sum(counts) for _label, counts in weeks]
    top = nice_top(max([*totals, 1]))
    left, right, floor, ceiling = 30.0, 402.0, 172.0, 22.0
    unit = (floor - ceiling) / top
    pitch = (right - left) / max(len(weeks), 1)
    width = min(22.0, pitch * 0.72)
    parts = [_patterns(key), format_html('<path class="axis" d="M30 {}H402"/>', floor)]
    parts += [_text(24, floor - value * unit + 4, f"{value:g}", anchor="end") for value in (0, top / 2, top)]
    extremes = {totals.index(max(totals)), totals.index(min(totals[:-1] or totals))} if totals else set()
    for index, (label, counts) in enumerate(weeks):
        x, y = left + index * pitch + (pitch - width) / 2, floor
        for kind, count in zip(PATTERNS, counts, strict=False):
            if count:
                y -= count * unit
                parts.append(_block(key, kind, x, y, width, max(count * unit - 0.8, 0.8)))
        if index in extremes and totals[index]:
            parts.append(_text(x + width / 2, y - 5, str(totals[index]), anchor="middle", strong=True))
        if (len(weeks) - 1 - index) % 2 == 0:
            parts.append(_text(x + width / 2, 190, label, anchor="middle"))
    if weeks:
        parts.append(_direct_labels(key, names, weeks[named if len(weeks) > 1 else -1], floor, unit))
    return _svg(key, title, finding, 470, 196, _join(parts))


def _direct_labels(
    key: str, names: Sequence[str], week: tuple[str, Sequence[int]], floor: float, unit: float
) -> SafeString:
    """Name and count of each kind at the right edge, at the height of its block, never closer than a line."""
    parts, base, lowest = [_text(406, 14, _("%s 周") % week[0])], floor, floor + 14
    heights = []
    for count in week[1][: len(PATTERNS)]:
        lowest = min(base - count * unit / 2, lowest - 18)
        heights.append(lowest)
        base -= count * unit
    down = max(0.0, 32 - min(heights, default=32))
    for kind, name, count, height in zip(PATTERNS, names, week[1], heights, strict=False):
        lowest = height + down
        parts.append(_block(key, kind, 406, lowest - 5, 10, 10, framed=True))
        parts.append(
            format_html(
                '<text x="420" y="{}">{} <tspan class="d">{}</tspan></text>', f"{lowest + 4:.1f}", name, count
            )
        )
    return _join(parts)
