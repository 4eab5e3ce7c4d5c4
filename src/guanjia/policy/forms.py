"""Forms of a manual: which facts a form takes, and how each line reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import from_iso
from guanjia.kernel.money import yuan, yuan_sign
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.conditions import lookup
from guanjia.policy.fields import holds
from guanjia.policy.schema import FormDef, Script


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
            text_of(compiled, line.fact, line.kind, data.get(line.fact), zone),
            line.kind,
            data.get(line.fact),
        )
        for line in form.line
    ]


def text_of(compiled: CompiledManual, fact: str, kind: str, value: Any, zone: ZoneInfo) -> str:
    """A fact as text: times in the office's zone, money in yuan, choices by their labels."""
    if value is None or value == "":
        return ""
    if kind == "time":
        return moment_text(from_iso(str(value)), zone)
    if kind == "table":
        total = "、".join(yuan_sign(fen) for fen in value["sums"].values())
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
    return str(value)


def pinned(compiled: CompiledManual, facts: Mapping[str, Any]) -> list[Script]:
    """The words of a manual that stand at the top of a case as long as their condition holds; none once it is closed."""
    ends = compiled.states[facts["procedure"]].get(facts["state"])
    if ends is None or ends.end:
        return []
    return [one for one in compiled.manual.script if one.when and holds(one.when, facts)]


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
