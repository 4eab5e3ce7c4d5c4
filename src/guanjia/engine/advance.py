"""Moving time on: ticks at every moment at which something is due, in order, up to a time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from guanjia.engine.ticking import Ticked, tick
from guanjia.obligations import queries as due


def advance(
    until: datetime,
    *,
    offices: Collection[int] | None = None,
    shown: Callable[[datetime], object] = lambda moment: None,
) -> Ticked:
    """Everything that falls due up to a time happens, each at its own time. For sandbox, demo and cards.

    `shown` is called once for each day that passes.
    """
    done, day = Ticked(), None
    while (moment := next_moment(offices)) is not None and moment <= until:
        done += tick(moment, offices=offices)
        if moment.date() != day:
            day = moment.date()
            shown(moment)
    return done


def next_moment(offices: Collection[int] | None = None) -> datetime | None:
    """When the next step or period of these offices (or of all) is due."""
    moments = [due.next_step_at(offices), due.next_schedule_at(offices)]
    return min((moment for moment in moments if moment is not None), default=None)
