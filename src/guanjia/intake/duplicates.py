"""Whether an open case is the same matter: a score with reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

THRESHOLD = 50
WATER = frozenset({"给排水", "防水", "疏通", "暖通"})
PUBLIC = "公共部位"
_SIDES = {"above": "楼上", "below": "楼下", "left": "隔壁", "right": "隔壁"}
_FRESH = timedelta(hours=2)
_TODAY = timedelta(hours=24)
_OLD = timedelta(hours=72)


class Report(TypedDict, total=False):
    """One report of something. unit, building: ids or None; words: of the classification table; at: aware instant.

    neighbours (of the new report): ids of the units above, below, left, right. number, subject: of an open case.
    """

    number: str
    subject: str
    unit: int | None
    unit_name: str
    building: int | None
    neighbours: Mapping[str, int | None]
    place: str
    kind: str
    words: frozenset[str]
    at: datetime


@dataclass(frozen=True)
class Duplicate:
    """An open case that may be the same matter. relation: 同一户, 楼上, 楼下, 隔壁, 同一栋."""

    number: str
    subject: str
    unit_name: str
    relation: str
    score: int
    reasons: tuple[str, ...]
    at: datetime


def find(new: Report, open_cases: Iterable[Report], limit: int = 3) -> list[Duplicate]:
    """Open cases that may be the same matter, most alike first. Near in space and alike in kind, or it does not count."""
    found = [duplicate for case in open_cases if (duplicate := _compare(new, case))]
    return sorted(found, key=lambda one: (-one.score, one.number))[:limit]


def _compare(new: Report, case: Report) -> Duplicate | None:
    relation, near, why_near = _nearness(new, case)
    alike, why_alike = _likeness(new, case, relation)
    if not near or not alike:
        return None
    late, why_late = _recency(new["at"] - case["at"], relation)
    score = near + alike + late
    if score < THRESHOLD:
        return None
    return Duplicate(
        number=case.get("number", ""),
        subject=case.get("subject", ""),
        unit_name=case.get("unit_name", ""),
        relation=relation,
        score=score,
        reasons=tuple(reason for reason in (why_near, *why_alike, why_late) if reason),
        at=case["at"],
    )


def _nearness(new: Report, case: Report) -> tuple[str, int, str]:
    unit, other = new.get("unit"), case.get("unit")
    if unit is not None and unit == other:
        return "同一户", 45, "同一户已有在办"
    for side, word in _SIDES.items():
        if other is not None and other == (new.get("neighbours") or {}).get(side):
            return word, 25, f"{word} {case.get('unit_name', '')}".strip()
    public = PUBLIC in (new.get("place"), case.get("place"))
    building = new.get("building")
    if public and building is not None and building == case.get("building"):
        return "同一栋", 25, "同一栋的公共部位"
    return "", 0, ""


def _likeness(new: Report, case: Report, relation: str) -> tuple[int, list[str]]:
    score, reasons = 0, []
    kind, other = new.get("kind", ""), case.get("kind", "")
    if kind and kind == other:
        score += 20
        reasons.append(f"都是{kind}")
    elif relation in ("楼上", "楼下") and kind in WATER and other in WATER:
        score += 15
        reasons.append("上下层的水，常是同一处")
    if shared := (new.get("words") or frozenset()) & (case.get("words") or frozenset()):
        score += min(5 * len(shared), 20)
        reasons.append(
            "都说到"
            + "".join(f"「{word}」" for word in sorted(shared, key=lambda word: (-len(word), word))[:3])
        )
    if score and new.get("place") and new.get("place") == case.get("place"):
        score += 10
        reasons.append(f"都在{new['place']}")
    return score, reasons


def _recency(age: timedelta, relation: str) -> tuple[int, str]:
    if age <= _FRESH:
        return 10, "两小时内"
    if age <= _TODAY:
        return 5, "一天内"
    return (-15, "") if age > _OLD and relation != "同一户" else (0, "")
