"""What passes from shift to shift: turns of the roster as periods, what is open, hours without anybody."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import veiling
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso, iso
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.policy.compiled import Adopted
from guanjia.policy.schema import Duty, FormField
from guanjia.staff import queries as staff
from guanjia.staff import roster
from guanjia.staff.models import User
from guanjia.staff.roster import Gap, Turn
from guanjia.worktime import Period

_HOURS = re.compile(r"^\d\d:\d\d-\d\d:\d\d$")
COLUMNS = (
    ("单号", "text", "number"),
    ("什么事", "text", "subject"),
    ("到期", "time", "by"),
    ("谁的", "text", "giver"),
    ("谁接", "text", "taker"),
)


@dataclass(frozen=True)
class Matter:
    """An open case for which somebody answers: by when the first thing is due, and who has answered for it so far."""

    case: Case
    giver: User
    by: datetime | None
    chain: tuple[str, ...]


@dataclass(frozen=True)
class Unmanned:
    """A presence that a manual asks for, the hours of the coming days in which it is not kept."""

    manual_key: str
    label: str
    clause: str
    role: str
    gaps: tuple[Gap, ...]


def roles_of(one: Adopted, titles: Collection[str]) -> tuple[str, ...]:
    """The system roles behind some titles of a manual."""
    return tuple(sorted({role for title in titles for role in one.compiled.titles.get(title, (title,))}))


def period_of(office: Office, turn: Turn | None) -> Period | None:
    """A turn of the roster as the period of a recurring duty."""
    if turn is None:
        return None
    local = turn.begins_at.astimezone(ZoneInfo(office.time_zone))
    words = f"{local:%Y-%m-%d %H:%M}"
    return Period(f"{local:%Y-%m-%dT%H%M}", turn.begins_at, turn.ends_at, words)


def next_turn(office: Office, one: Adopted, duty: Duty, after: datetime) -> Period | None:
    """The first turn after a moment of those whom the duty names."""
    return period_of(office, roster.next_turn(office, roles_of(one, duty.shift), after))


def turn_at(office: Office, one: Adopted, duty: Duty, begins: datetime) -> Turn | None:
    """The turn that begins at a moment, as the roster stands now."""
    return roster.turn_at(office, roles_of(one, duty.shift), begins)


def facts_of_turn(turn: Turn) -> dict[str, Any]:
    """What the case of a turn knows from its beginning; people by name are whom something is owed by."""
    return {
        "roster": staff.told_apart(turn.people),
        "shift_people": [user.pk for user in turn.people],
        "shift_label": turn.label,
        "shift_begins_at": iso(turn.begins_at),
        "shift_ends_at": iso(turn.ends_at),
    }


def called(facts: Mapping[str, Any], user: User) -> str:
    """How the list of a case names somebody: two of one name on a shift, or one on it and one who is not, are two.

    facts: of the case, with `roster` (as `staff.told_apart` names them) and the ids of a shift's people beside it.
    """
    listed = facts.get("roster")
    names = [str(one) for one in listed] if isinstance(listed, list) else []
    if (full := staff.told_apart_from(user, [user.name])) in names:
        return full
    people = facts.get("shift_people")
    other = isinstance(people, list) and user.pk not in people
    return staff.told_apart_from(user, names) if other else user.name


def listed_as(facts: Mapping[str, Any], name: str) -> int | None:
    """The id of whoever stands under a name on the list of a shift; None for a list that keeps no ids."""
    listed, people = facts.get("roster"), facts.get("shift_people")
    if not isinstance(listed, list) or not isinstance(people, list) or len(listed) != len(people):
        return None
    return next((int(pk) for one, pk in zip(listed, people, strict=True) if one == name), None)


def matters(office: Office, people: Collection[int], *, besides: int = 0) -> list[Matter]:
    """The open cases for which somebody of `people` answers: assigned to him, or owed by him; soonest due first.

    besides: the case of the shift itself, which nobody hands over. What belongs to a shift is not handed over either.
    """
    rows = Obligation.objects.filter(office=office, owner__in=people, closed_at__isnull=True)
    rows = rows.filter(case__closed_at__isnull=True).select_related("case__unit", "owner").order_by("pk")
    found: dict[tuple[int, int], Matter] = {}
    for row in rows:
        if row.owner is not None:
            known = found.get((row.case_id, row.owner.pk))
            due = min((at for at in (row.due_at, known.by if known else None) if at), default=None)
            found[row.case_id, row.owner.pk] = Matter(row.case, row.owner, due, chain_of(row.case))
    given = Case.objects.filter(office=office, assignee__in=people, closed_at__isnull=True)
    for case in given.select_related("unit", "assignee").order_by("pk"):
        if case.assignee is not None:
            found.setdefault((case.pk, case.assignee.pk), Matter(case, case.assignee, None, chain_of(case)))
    wanted = [
        one for one in found.values() if one.case.pk != besides and "shift_begins_at" not in one.case.facts
    ]
    return sorted(wanted, key=lambda one: (one.by is None, one.by or one.case.opened_at, one.case.pk))


def chain_of(case: Case) -> tuple[str, ...]:
    """Who has answered for a case, one shift after another; empty while it was never handed over."""
    handed = case.facts.get("handed") or []
    return (*(str(one["from"]) for one in handed[:1]), *(str(one["to"]) for one in handed))


def list_of(
    case: Case, field: FormField, sent: Mapping[str, Any], known: Mapping[str, Any], at: datetime
) -> tuple[dict[str, Any], list[str]]:
    """What is open when a shift ends, with who takes each, as plain data that a case keeps; and a line each.

    sent: number -> who takes it, or {to, kind}; `*` stands for every other. Raises Problem TAKER_MISSING with the
    numbers of what nobody takes, FIELD_REQUIRED where its kind is not chosen, REFERENCE_UNKNOWN for a stranger.
    """
    office, rows, lines, passing = case.office, [], [], []
    open_ones = matters(office, known.get("shift_people") or (), besides=case.pk)
    entries = {one.case.number: _entry(sent, one.case.number) for one in open_ones}
    _refuse(field, open_ones, entries)
    kinds = {choice.value: choice.label for choice in field.choices}
    zone = ZoneInfo(office.time_zone)
    for one in open_ones:
        entry = entries[one.case.number]
        taker = _taker(office, field, entry.get("to"), at)
        kind = kinds.get(str(entry.get("kind") or ""), "")
        unit = one.case.unit.name if one.case.unit else ""
        about = veiling.noted(one.case)
        row = [
            one.case.number,
            f"{unit} {about}".strip(),
            iso(one.by) if one.by else None,
            one.giver.name,
            taker.name,
        ]
        rows.append([*row, kind] if kinds else row)
        passing.append([one.case.number, one.giver.pk, taker.pk])
        by = f"，{one.by.astimezone(zone):%m-%d %H:%M} 到期" if one.by else ""
        lines.append(
            f"{one.case.number} {unit} {about}{by}：{one.giver.name} → {taker.name}{f'（{kind}）' if kind else ''}"
        )
    columns = [{"label": label, "kind": how, "fact": fact} for label, how, fact in COLUMNS]
    if kinds:
        columns.append({"label": "性质", "kind": "text", "fact": "kind"})
    drawn = {"label": field.label, "columns": columns, "rows": rows, "cases": [row[0] for row in rows]}
    return {**drawn, "count": len(rows), "sums": {}, "passing": passing}, lines


def _entry(sent: Mapping[str, Any], number: str) -> dict[str, Any]:
    """What was entered for one matter."""
    value = sent.get(number) or sent.get("*") or {}
    return dict(value) if isinstance(value, Mapping) else {"to": value}


def _refuse(field: FormField, open_ones: list[Matter], entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Nothing is signed while something has no taker, or nobody has said of what kind it is."""
    if nobody := untaken(open_ones, entries):
        said = f"还没有人接：{'、'.join(nobody)}。"
        raise Problem(
            "TAKER_MISSING", said, "每一件选好谁接，再签。", field=field.key, clause=field.clause, status=409
        )
    values = {choice.value for choice in field.choices}
    unsaid = [
        one.case.number for one in open_ones if values and entries[one.case.number].get("kind") not in values
    ]
    if unsaid:
        said = f"还没选是什么性质：{'、'.join(dict.fromkeys(unsaid))}。"
        raise Problem("FIELD_REQUIRED", said, "", field=field.key, clause=field.clause)


def untaken(open_ones: list[Matter], entries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Number and subject of what nobody takes."""
    rows = (one for one in open_ones if not entries[one.case.number].get("to"))
    return list(dict.fromkeys(f"{one.case.number}（{veiling.noted(one.case)}）" for one in rows))


def _taker(office: Office, field: FormField, wanted: Any, at: datetime) -> User:
    text = str(wanted)
    pk = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    user = staff.holder_of(office, field.roles, pk, at)
    if user is None:
        said = f"「{field.label}」里接的人不是可以接班的人。"
        raise Problem("REFERENCE_UNKNOWN", said, "请从名单里选。", field=field.key, clause=field.clause)
    return user


def unmanned(office: Office, at: datetime) -> list[Unmanned]:
    """The presences that the office's manuals ask for and that the roster of the coming days does not keep."""
    found = []
    for one in adoption.adopted(office, at):
        for presence in one.compiled.manual.presence:
            text = one.resolve(presence.hours)[0]
            hours = text if _HOURS.match(text) else roster.WHOLE_DAY
            gaps = roster.gaps(office, roles_of(one, [presence.role]), at, hours)
            if gaps:
                title = next(
                    (r.label for r in one.compiled.manual.role if r.key == presence.role), presence.role
                )
                found.append(Unmanned(one.compiled.key, presence.label, presence.clause, title, tuple(gaps)))
    return found


def gap_lines(office: Office, at: datetime) -> list[str]:
    """The hours in which nobody is there, a line each: `03-25 00:00–06:00 前台`."""
    zone = ZoneInfo(office.time_zone)
    return [
        f"{gap.begins_at.astimezone(zone):%m-%d %H:%M}–{gap.ends_at.astimezone(zone):%m-%d %H:%M} {one.role}"
        for one in unmanned(office, at)
        for gap in one.gaps
    ]


def moment_of(facts: Mapping[str, Any], name: str) -> datetime | None:
    """A moment that the case of a shift knows."""
    value = facts.get(name)
    return from_iso(value) if isinstance(value, str) else None
