"""Signatures as a finger draws them, so that the demo's sheets carry some."""

from __future__ import annotations

import base64
import io
import math
from functools import lru_cache
from random import Random
from typing import Any

from PIL import Image, ImageDraw

WIDTH, HEIGHT, KINDS = 600, 200, 6


def signature_of(rng: Random) -> dict[str, Any]:
    """`{strokes, png, device}` as the signature pad sends them."""
    strokes, png = _drawn(rng.randrange(KINDS))
    return {"strokes": strokes, "png": png, "device": "演示手机"}


@lru_cache(maxsize=KINDS)
def _drawn(kind: int) -> tuple[list[list[list[int]]], str]:
    rng = Random(kind)
    strokes = [_stroke(rng, 60 + 170 * place, place) for place in range(3)]
    picture = Image.new("RGBA", (WIDTH, HEIGHT), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    for stroke in strokes:
        pen.line([(x, y) for x, y, _moment in stroke], fill=(21, 35, 43, 255), width=5, joint="curve")
    kept = io.BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return strokes, "data:image/png;base64," + base64.b64encode(kept.getvalue()).decode()


def _stroke(rng: Random, left: int, place: int) -> list[list[int]]:
    """One character's worth of a line that goes up and down."""
    swing, turns, phase = rng.randint(35, 65), rng.randint(2, 4), rng.random() * math.pi
    points = []
    for step in range(24):
        share = step * 2 * math.pi * turns / 24
        x = left + step * 6 + round(14 * math.sin(share * 1.7 + phase))
        y = HEIGHT // 2 + round(swing * math.sin(share + phase))
        points.append([x, y, place * 700 + step * 22])
    return points
