"""What a signature pad may send, and what it may not."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from guanjia.kernel.problem import Problem
from guanjia.records.ink import LARGEST_PNG, MOST_POINTS, MOST_STROKES, clean_png, clean_strokes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["points", "x", "y", "time"]), inner)
    ),
    max_leaves=12,
)


def picture(size: tuple[int, int] = (20, 10), color: object = "black", kind: str = "PNG") -> bytes:
    kept = io.BytesIO()
    Image.new("RGBA" if kind == "PNG" else "RGB", size, color).save(kept, kind)
    return kept.getvalue()


@given(JSON)
def test_no_json_gets_past_as_anything_but_points(value: object) -> None:
    try:
        kept = clean_strokes(value)
    except Problem as problem:
        assert problem.code == "SIGNATURE_STROKES"
    else:
        for line in kept:
            assert line and all(0 <= x <= 4000 and 0 <= y <= 4000 and moment >= 0 for x, y, moment in line)
        assert clean_strokes(kept) == kept, "the kept form is read as itself"


@pytest.mark.parametrize(
    "strokes",
    [
        [[[0, 0, 0]]] * (MOST_STROKES + 1),
        [[[0, 0, 0]] * (MOST_POINTS + 1)],
        [[[0, 0, 0]] * 4000, [[0, 0, 0]] * 4000],
        [[[4001, 0, 0]]],
        [[[0, -1, 0]]],
        [[[float("nan"), 0, 0]]],
        [[["1", "2", "3"]]],
        [[[1, 2]]],
        {"points": []},
        "scribble",
    ],
)
def test_what_is_out_of_bounds(strokes: object) -> None:
    with pytest.raises(Problem) as caught:
        clean_strokes(strokes)
    assert caught.value.code == "SIGNATURE_STROKES"


@pytest.mark.parametrize(
    "png",
    [
        b"",
        b"\x89PNG\r\n\x1a\n garbage",
        picture(kind="JPEG"),
        picture()[:45],
        picture(color="white"),
        picture(color=(0, 0, 0, 0)),
        picture(size=(4000, 1001)),
        b"\x00" * (LARGEST_PNG + 1),
    ],
    ids=["empty", "broken", "jpeg", "cut", "white", "clear", "huge", "heavy"],
)
def test_what_is_no_signature(png: bytes) -> None:
    with pytest.raises(Problem) as caught:
        clean_png(png)
    assert (caught.value.code, caught.value.field) == ("SIGNATURE_PNG", "signature")


def test_nothing_hides_behind_the_picture() -> None:
    kept = clean_png(picture() + b"<script>alert(1)</script>")
    assert b"script" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.size == (20, 10)
