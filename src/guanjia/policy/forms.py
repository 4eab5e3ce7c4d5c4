"""Forms of a manual: which facts a form takes, and how each line reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import from_iso
from guanjia.kernel.money import yuan, yuan_sign
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.conditions import lookup
from guanjia.policy.schema import FormDef, FormLine


class Shown(NamedTuple):
    """A line of a form as it reads; `raw` is the fact itself, for tables and signatures."""

    label: str
    text: str
    kind: str
    raw: Any


def form_of(compiled: CompiledManual, key: str) -> FormDef:
    """A form of a manual by key. Raises KeyError for an unknown one."""
    for form in compiled.manual.form:
        if form.key == key:
            return form
    raise KeyError(key)


def snapshot(form: FormDef, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a form shows, as they are now: what a record keeps."""
    return {line.fact: value for line in form.line if (value := lookup(facts, line.fact)) is not None}


def shown(form: FormDef, compiled: CompiledManual, data: Mapping[str, Any], zone: ZoneInfo) -> list[Shown]:
    """Every line of a form with its text; an empty line stays, as on paper."""
    return [
        Shown(
            line.label,
            _text(compiled, line, data.get(line.fact), zone),
            line.kind,
            data.get(line.fact),
        )
        for line in form.line
    ]


def _text(compiled: CompiledManual, line: FormLine, value: Any, zone: ZoneInfo) -> str:
    """A line's text: in the form's own words where it has them."""
    own = line.word_for(value) if value not in (None, "") else ""
    return own or text_of(compiled, line.fact, line.kind, value, zone)


def text_of(compiled: CompiledManual, fact: str, kind: str, value: Any, zone: ZoneInfo) -> str:
    """A fact as text: times in the office's zone, money in yuan, choices by their labels."""
    if value is None or value == "":
        return ""
    if kind == "time":
        return moment_text(from_iso(str(value)), zone)
    if kind == "table":
        total = "、".join(sums_of(value["columns"], value["sums"]))
        return f"{value['count']} 件" + (f"，{total}" if total else "")
    if kind == "times":
        return "；".join(moment_text(from_iso(str(one)), zone) for one in value)
    if kind == "amount":
        return yuan_sign(int(value))
    if kind == "lines":
        return "；".join(
            f"{line['name']} {line['qty']}{line['unit']} {yuan(line['amount_fen'])}" for line in value
        )
    if kind == "signature":
        return str(value.get("name", "")) if isinstance(value, Mapping) else str(value)
    if kind == "choice":
        return choice_label(compiled, fact, str(value))
    return "；".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


def within_hours(hours: str, local: time) -> bool:
    """Whether a time of the day lies within hours such as `18:00-24:00`; always when none are given."""
    first, _, last = hours.partition("-")
    return not hours or first <= f"{local:%H:%M}" < last


def sums_of(columns: Iterable[Mapping[str, Any]], sums: Mapping[str, int]) -> list[str]:
    """What the summed columns of a table come to: money in yuan, anything else (minutes) as a number under its name."""
    named = {column["fact"]: column for column in columns}
    return [
        yuan_sign(total) if named[fact]["kind"] == "amount" else f"{named[fact]['label']} {total}"
        for fact, total in sums.items()
    ]


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """`2026-03-24 10:42`, local."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def choice_label(compiled: CompiledManual, fact: str, value: str) -> str:
    """The label of a choice wherever a manual asks for it; the value itself when nobody does."""
    for procedure in compiled.manual.procedure:
        for action in procedure.action:
            for field in action.field:
                if field.key == fact:
                    for choice in field.choices:
                        if choice.value == value:
                            return choice.label
    return value
