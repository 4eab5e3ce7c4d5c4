"""What a card expects of the roster: the hours without anybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from guanjia.engine import shifts


def gaps(play: Any, want: list[str] | None) -> Iterator[str]:
    """The hours of the coming days in which nobody is there who must be."""
    have = shifts.gap_lines(play.stage.office, play.now) if want is not None else []
    if want is not None and have != want:
        yield f"没有人当班的时段应是 {want}，现是 {have}"
