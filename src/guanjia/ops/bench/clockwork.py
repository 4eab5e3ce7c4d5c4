"""Taking times: medians and 95th percentiles of many short runs."""

from __future__ import annotations

import gc
from collections.abc import Callable
from statistics import quantiles
from time import perf_counter


def times(run: Callable[[int], object], count: int, *, warm: int = 2) -> list[float]:
    """Milliseconds of each of `count` runs, after some that are not counted. `run` is given its number, from 0."""
    for number in range(warm):
        run(number)
    gc.collect()
    taken = []
    for number in range(warm, warm + count):
        began = perf_counter()
        run(number)
        taken.append((perf_counter() - began) * 1000)
    return taken


def once(run: Callable[[], object]) -> float:
    """Milliseconds of what can be done only once."""
    return times(lambda _n: run(), 1, warm=0)[0]


def middle(taken: list[float]) -> float:
    """The median."""
    ordered = sorted(taken)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def p95(taken: list[float]) -> float:
    """The time within which 95 of 100 runs ended."""
    return quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


def per_run(run: Callable[[], object], count: int) -> float:
    """Milliseconds a run, of so many runs in one go: for what is too short to be timed one by one."""
    run()
    gc.collect()
    began = perf_counter()
    for _ in range(count):
        run()
    return (perf_counter() - began) * 1000 / count
