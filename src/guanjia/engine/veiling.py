"""What an office's manuals confide to some: others see that there is a case, not whose it is nor what it is about."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from guanjia.adoption import queries as adoption
from guanjia.cases import actions as case_actions
from guanjia.cases.models import Access, Case
from guanjia.engine import actors
from guanjia.engine.actors import Doer
from guanjia.policy import secrecy
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.decision import Actor
from guanjia.staff.models import User

VEIL = "（保密）"
# columns of a table that say neither whose a case is nor what it is about
OPEN_COLUMNS = frozenset({"number", "unit_name", "assignee_name", "by", "giver", "taker", "kind"})
ONE_LOOK = timedelta(minutes=10)
LINES = "_lines"  # the list beside a table of matters: each line begins with a case's number

Kept = Callable[[Iterable[str]], Collection[str]]


def veil(cases: Iterable[Case], doer: Doer, now: datetime) -> Iterator[Case]:
    """The cases as this person may see them: for reading only, never to be saved (S001-1-4.12)."""
    known: dict[int, Actor] = {}
    for case in cases:
        if manuals := _confiding(case):
            if case.office_id not in known:
                known[case.office_id] = actors.resolve(doer, case.office, now).actor
            if secrecy.confided(manuals, _facts(case), known[case.office_id]):
                case.subject, case.party = VEIL, None
        yield case


def hidden_from(case: Case, doer: Doer, now: datetime) -> bool:
    """Whether somebody may not read of a case whose it is and what it is about."""
    manuals = _confiding(case)
    return bool(
        manuals and secrecy.confided(manuals, _facts(case), actors.resolve(doer, case.office, now).actor)
    )


def confidential(case: Case) -> bool:
    """Whether some manual of the case confides it: then every look is written down."""
    return bool(_confiding(case))


def looked(case: Case, user: User, now: datetime, part: str = "") -> None:
    """Write down who read a confided case, or a part of it (表单, 文件); nothing for any other case (S001-1-4.12).

    What is read again within ten minutes, as a page does by itself and a row of photographs does, is one look.
    """
    if not confidential(case):
        return
    said = f"事项 {case.number} {part}".rstrip()
    again = Access.objects.filter(office=case.office_id, user=user, what=said, at__gt=now - ONE_LOOK)
    if not again.exists():
        case_actions.note_access(case.office, user, said, now, unit=case.unit)


def noted(case: Case) -> str:
    """What a case is about, where another case or a message keeps it for whoever reads that (S001-1-4.12)."""
    return VEIL if confidential(case) else case.subject


def _confiding(case: Case) -> list[CompiledManual]:
    """The manuals that confide cases of this kind."""
    every = (adoption.compiled(key, version) for key, version in case.versions.items())
    return [
        one
        for one in every
        if any(case.category in secret.category or "*" in secret.category for secret in one.manual.secret)
    ]


def _facts(case: Case) -> dict[str, object]:
    return {**case.facts, "assignee": case.assignee_id, "category": case.category}


# ---------------------------------------------------------------- what a case or a form has kept of other cases


def as_read(data: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    """Facts, or what a form was filled with, with the other cases listed in them as this person may read them.

    kept: of some numbers those of cases confided to others (`Sight.kept_numbers`); not asked where nothing is listed.
    For reading only, never to be saved (S001-1-4.12).
    """
    numbers = set(_listed(data))
    hidden = kept(numbers) if numbers else ()
    return _without(data, hidden) if hidden else dict(data)


def lines_as_read(lines: Iterable[str], kept: Kept) -> list[str]:
    """The lines of a shift's book, as `as_read`."""
    found: list[str] = as_read({LINES: list(lines)}, kept)[LINES]
    return found


def _listed(data: Mapping[str, Any]) -> Iterator[str]:
    """The numbers of the cases that stand in tables and lines."""
    for name, value in data.items():
        if _is_table(value):
            yield from value["cases"]
        elif name == "previous" and isinstance(value, Mapping):
            yield from _listed(value)
        elif name.endswith(LINES) and isinstance(value, list):
            yield from (number for one in value if (number := _number(one)))


def _without(data: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    found = dict(data)
    for name, value in data.items():
        if _is_table(value):
            pairs = zip(value["cases"], value["rows"], strict=True)
            rows = [_row(value, number, row) if number in hidden else row for number, row in pairs]
            found[name] = {**value, "rows": rows}
        elif name == "previous" and isinstance(value, Mapping):
            found[name] = _without(value, hidden)
        elif name.endswith(LINES) and isinstance(value, list):
            found[name] = [_line(one) if _number(one) in hidden else one for one in value]
    return found


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and "rows" in value and "cases" in value


def _row(table: Mapping[str, Any], number: str, row: list[Any]) -> list[Any]:
    """A row without what it is about; one without columns begins with it (the orders of a payment request)."""
    if "columns" not in table:
        return [f"{VEIL} {number}", *row[1:]]
    return [
        VEIL if value and column["kind"] == "text" and not _is_open(column["fact"]) else value
        for column, value in zip(table["columns"], row, strict=True)
    ]


def _is_open(fact: str) -> bool:
    return fact in OPEN_COLUMNS or fact.startswith("papers.")


def _number(line: Any) -> str:
    """The number at the beginning of a line, or of one of the lines of a bill."""
    if isinstance(line, Mapping):
        return str(line.get("number") or "")
    return line.partition(" ")[0] if isinstance(line, str) else ""


def _line(line: Any) -> Any:
    """A line with its number and, of a matter that was handed over, by whom to whom."""
    number = _number(line)
    if isinstance(line, Mapping):
        said = f"{VEIL} {number}"
        return {**line, **{name: said for name in ("item", "name") if line.get(name)}}
    hands = line.rpartition("：")[2]
    return f"{number} {VEIL}" + (f"：{hands}" if " → " in hands else "")
