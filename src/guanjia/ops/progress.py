"""A line that tells how far a long piece of work is: redrawn on a terminal, every ten seconds in a log."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper

TERMINAL_SECONDS = 0.1
LOG_SECONDS = 10


def progress_line(out: OutputWrapper, label: str) -> Callable[[int, int], None]:
    """A function to be called with (done, total); it decides itself when to write."""
    terminal = out.isatty()
    last = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal last
        finished = done >= total
        wait = TERMINAL_SECONDS if terminal else LOG_SECONDS
        if time.monotonic() - last < wait and not (finished and terminal):
            return
        last = time.monotonic()
        percent = 100 * done // total if total else 100
        line = f"\r{label} {percent}%" if terminal else f"{label} {percent}%"
        out.write(line, ending="\n" if finished or not terminal else "")
        out.flush()

    return show
