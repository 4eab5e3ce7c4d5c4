"""Checks what a signature pad sends: bounded strokes, a small clean PNG. Pure: no database."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping, Sequence

from PIL import Image, UnidentifiedImageError

from guanjia.kernel.problem import Problem

MOST_STROKES = 200
MOST_POINTS = 5000
LARGEST_SIDE = 4000
LARGEST_PNG = 200 * 1024
MOST_PIXELS = 4_000_000

Point = tuple[float, float, int]


def clean_strokes(strokes: object) -> list[list[list[float | int]]]:
    """Strokes as they are kept: each a list of [x, y, milliseconds since the first point].

    Takes what signature_pad's `toData()` gives ([{"points": [{"x", "y", "time"}]}]) or the kept form itself.
    x and y are pixels from 0 to 4000. Raises Problem SIGNATURE_STROKES.
    """
    if not isinstance(strokes, list) or len(strokes) > MOST_STROKES:
        raise _wrong("笔画数目不对。")
    lines = [[_point(point) for point in _points_of(stroke)] for stroke in strokes]
    if sum(map(len, lines)) > MOST_POINTS:
        raise _wrong("笔画太长。")
    lines = [line for line in lines if line]
    start = min((moment for line in lines for _, _, moment in line), default=0)
    return [[[round(x, 1), round(y, 1), moment - start] for x, y, moment in line] for line in lines]


def clean_png(png: bytes) -> bytes:
    """The picture alone, written anew, so that nothing can hide behind it.

    Raises Problem SIGNATURE_PNG when it is no PNG, above 200 KB, too many pixels, or blank.
    """
    if len(png) > LARGEST_PNG:
        raise Problem("SIGNATURE_PNG", "签名图超过 200 KB。", "请重签。", field="signature")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Problem("SIGNATURE_PNG", "签名图太大。", "请重签。", field="signature")
            picture.load()
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise Problem("SIGNATURE_PNG", "签名图不是有效的 PNG。", "请重签。", field="signature") from None
    if _blank(drawn):
        raise Problem("SIGNATURE_PNG", "签名图是空白的。", "请在框内签名。", field="signature")
    kept = io.BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def _blank(picture: Image.Image) -> bool:
    """Whether nothing is seen when the picture is laid on white paper."""
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    darkest, _ = paper.convert("L").getextrema()
    return bool(darkest > 200)  # type: ignore[operator]


def _points_of(stroke: object) -> Iterable[object]:
    points = stroke.get("points") if isinstance(stroke, Mapping) else stroke
    if not isinstance(points, list) or len(points) > MOST_POINTS:
        raise _wrong("笔画不是点的列表。")
    return points


def _point(point: object) -> Point:
    if isinstance(point, Mapping):
        values: Sequence[object] = [point.get("x"), point.get("y"), point.get("time", 0)]
    elif isinstance(point, list) and len(point) == 3:
        values = point
    else:
        raise _wrong("点要有 x、y。")
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        raise _wrong("点的坐标不是数。")
    x, y, moment = (float(value) for value in values)  # type: ignore[arg-type]
    if not all(map(math.isfinite, (x, y, moment))) or not 0 <= moment < 1e15:
        raise _wrong("点的坐标不是数。")
    if not (0 <= x <= LARGEST_SIDE and 0 <= y <= LARGEST_SIDE):
        raise _wrong("点在签名框外。")
    return x, y, int(moment)


def _wrong(message: str) -> Problem:
    return Problem("SIGNATURE_STROKES", message, "请重签。", field="signature")
