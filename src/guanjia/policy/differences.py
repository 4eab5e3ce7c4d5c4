"""Two versions of a manual side by side: which parts are new, gone or changed, key by key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from guanjia.policy.schema import Manual
from guanjia.policy.schema_base import Part

# part of the manual, and what a person calls it; parts of procedures are compared under their procedure
_SECTIONS = (
    ("role", "称呼"),
    ("category", "类别"),
    ("obligation", "应办"),
    ("duty", "例行应办"),
    ("quota", "要做够的数"),
    ("forbid", "不许做的事"),
    ("figure", "管理处设定的数"),
    ("form", "表单"),
    ("statistic", "统计"),
    ("target", "目标"),
    ("script", "话术"),
    ("message", "消息"),
    ("clause", "条文"),
)
_FIRST_WORDS = re.compile(r"^[^；，：。（、]+")


@dataclass(frozen=True)
class Line:
    """One key of a part, as it was and as it is; empty where it was not written."""

    key: str
    words: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """A part that is new (before is None), gone (after is None) or changed (lines)."""

    key: str
    name: str
    clause: str
    kind: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Section:
    """The changes of one kind of part."""

    title: str
    changes: tuple[Change, ...]


def compare(before: Manual, after: Manual) -> tuple[Section, ...]:
    """What differs from one version to another, in the order of the manual page; sections without changes are left out."""
    head = _change(before.manual, after.manual, "manual", "规程")
    found = [Section("规程", (head,) if head else ())]
    found += _procedures(before, after)
    for name, title in _SECTIONS:
        found.append(Section(title, _changes(getattr(before, name), getattr(after, name))))
    return tuple(section for section in found if section.changes)


def _procedures(before: Manual, after: Manual) -> list[Section]:
    old = {one.key: one for one in before.procedure}
    new = {one.key: one for one in after.procedure}
    found = []
    for key in dict.fromkeys([*new, *old]):
        label = (new.get(key) or old[key]).label
        states = (old[key].state if key in old else (), new[key].state if key in new else ())
        actions = (old[key].action if key in old else (), new[key].action if key in new else ())
        found.append(Section(f"程序「{label}」的状态", _changes(*states)))
        found.append(Section(f"程序「{label}」的动作", _changes(*actions)))
    return found


def _key(part: Any) -> str:
    return str(getattr(part, "key", None) or part.id)


def _name(part: Any) -> str:
    return str(getattr(part, "label", "") or getattr(part, "title", "") or _key(part))


def _changes(before: Sequence[Part], after: Sequence[Part]) -> tuple[Change, ...]:
    old = {_key(part): part for part in before}
    new = {_key(part): part for part in after}
    found = []
    for key in dict.fromkeys([*new, *old]):
        if key not in old:
            found.append(
                Change(key, _name(new[key]), _clause(new[key]), "new", tuple(_lines(None, new[key])))
            )
        elif key not in new:
            found.append(
                Change(key, _name(old[key]), _clause(old[key]), "gone", tuple(_lines(old[key], None)))
            )
        elif change := _change(old[key], new[key], key, _name(new[key])):
            found.append(change)
    return tuple(found)


def _clause(part: Any) -> str:
    return str(getattr(part, "clause", "") or "")


def _change(before: Part, after: Part, key: str, name: str) -> Change | None:
    lines = tuple(_lines(before, after))
    return Change(key, name, _clause(after), "changed", lines) if lines else None


def _lines(before: Part | None, after: Part | None) -> Iterable[Line]:
    """The keys that differ; of a new or a gone part, all that are written."""
    part = before or after
    if part is None:
        return
    old, new = _written(before), _written(after)
    for name, field in type(part).model_fields.items():
        key = field.alias or name
        if key != "key" and old.get(key) != new.get(key):
            said = _FIRST_WORDS.match(field.description or "")
            words = said[0] if said else key
            yield Line(key, words, text_of(old.get(key)), text_of(new.get(key)))


def _written(part: BaseModel | None) -> dict[str, Any]:
    """What the author wrote: everything but what stands at its default."""
    return part.model_dump(by_alias=True, exclude_defaults=True, mode="json") if part else {}


def text_of(value: Any) -> str:
    """A value as a manual's author writes it, one line an entry."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "\n".join(text_of(one) for one in value)
    if isinstance(value, dict):
        parts = (f"{key} = {_inner(one)}" for key, one in value.items())
        return "；".join(parts)
    return str(value)


def _inner(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
