"""Samples of what happened in a period: whom a quota is a share of, and those of them that are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine.counting import known_of
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso, iso
from guanjia.kernel.problem import Problem
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


@dataclass(frozen=True, slots=True)
class Place:
    """One of the list in the order of the draw: its cases of the period, and what counts as asked, if anything does."""

    number: int
    member: str
    drawn: bool
    cases: tuple[Case, ...]
    asked: Event | None


def places(case: Case) -> list[Place]:
    """How the sample of a case stands: those drawn first, then those next in turn. Raises Problem SAMPLE_NONE (404)."""
    sample, quota = stored(case)
    holds = compile_condition(quota.where)
    by_member: dict[str, dict[int, Case]] = {}
    for line in cases.lines_of(case.office, quota.of, from_iso(sample["begins"]), from_iso(sample["ends"])):
        member = str(known_of(line).get(sample["what"]) or "")
        by_member.setdefault(member, {})[line.case.pk] = line.case
    asked: dict[int, Event] = {}
    for line in cases.lines_of(case.office, quota.event, from_iso(sample["begins"]), None):
        if holds(known_of(line)):
            asked.setdefault(line.case.pk, line)
    found = []
    for number, member in enumerate([*sample["drawn"], *sample["next"]], 1):
        own = by_member.get(member, {})
        lines = sorted((asked[pk] for pk in own if pk in asked), key=lambda line: line.at)
        first = lines[0] if lines else None
        found.append(Place(number, member, number <= len(sample["drawn"]), tuple(own.values()), first))
    return found


def stored(case: Case) -> tuple[dict[str, Any], Quota]:
    """The sample of a case and the quota by which it was drawn. Raises Problem SAMPLE_NONE (404)."""
    sample = case.facts.get("sample")
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    quota = next((one for one in compiled.manual.quota if sample and one.key == sample["quota"]), None)
    if not sample or quota is None:
        raise Problem("SAMPLE_NONE", "这件事还没有抽样。", "请先在事项页抽样。", status=404)
    return sample, quota


def same_again(case: Case) -> tuple[bool, bool]:
    """(drawing again gives the same, the list itself is what the timelines still say). Raises Problem SAMPLE_NONE."""
    sample, quota = stored(case)
    return sampling.agrees(sample), members(case.office, quota, str(case.facts.get("period", ""))) == sample[
        "of"
    ]
