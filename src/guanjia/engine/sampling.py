"""Samples of what happened in a period: whom a quota is a share of, and those of them that are drawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.cases import queries as cases
from guanjia.engine.counting import known_of
from guanjia.estate.models import Office
from guanjia.kernel.moments import iso
from guanjia.policy import quotas, sampling
from guanjia.policy.compiled import Adopted
from guanjia.policy.conditions import compile_condition, lookup
from guanjia.policy.schema import Quota
from guanjia.worktime.periods import period_of, period_start
from guanjia.worktime.walltime import instant


def window_of(office: Office, period: str) -> tuple[datetime, datetime]:
    """From when to when (not included) a period goes that its key names. Raises ValueError for what is no key."""
    zone = ZoneInfo(office.time_zone)
    first, kind = period_of(period)
    return instant(zone, first), instant(zone, period_start(first, kind, 1))


def members(office: Office, quota: Quota, period: str) -> list[str]:
    """Whom a quota is a share of: each value of `of_distinct` once for which the event of `of` happened in the period.

    S002-1-5.4.3a: a household that was served several times counts once.
    """
    begins, ends = window_of(office, period)
    meant = compile_condition(quota.of_where)
    found = set()
    for line in cases.lines_of(office, quota.of, begins, ends):
        facts = known_of(line)
        value = lookup(facts, quota.of_distinct or "number")
        if value not in (None, "") and meant(facts):
            found.add(str(value))
    return sorted(found)


def draw(office: Office, one: Adopted, quota: Quota, period: str, seed: str) -> dict[str, Any]:
    """The sample of a period as it is stored: what `sampling.drawn` gives, which period and how many were asked for."""
    quota = quotas.resolved(quota, one)
    of = members(office, quota, period)
    number = int(one.resolve(quota.number)[0] or 0) if quota.number else None
    needed = quotas.needed(quota, len(of), number=number)
    begins, ends = window_of(office, period)
    return {
        **sampling.drawn(seed, of, needed),
        "quota": quota.key,
        "what": quota.of_distinct or "number",
        "begins": iso(begins),
        "ends": iso(ends),
        "reckoning": str(needed) if quota.number else quotas.reckoning(quota, len(of)),
    }
