"""A manual's conditions, events, limits and owners in words, as its pages print them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from guanjia.kernel.problem import Problem
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Matcher
from guanjia.policy.vocabulary import EVENTS, FACTS
from guanjia.web.bridge import words
from guanjia.worktime import limits
from guanjia.worktime.wording import describe, describe_offset

_SIGNS = {"is": "为", "not": "不为", "has": "含", "lacks": "不含", "gt": "大于", "ge": "不小于", "lt": "小于", "le": "不大于",
          "in": "为", "within": "在时限以内：", "past": "已过时限："}  # fmt: skip


class Speaker:
    """Says what a manual's author wrote as data; names come from the manual's own labels, then from the vocabulary."""

    def __init__(self, compiled: CompiledManual) -> None:
        self.compiled = compiled
        manual = compiled.manual
        fields = [field for p in manual.procedure for action in p.action for field in action.field]
        self.labels: Mapping[str, str] = FACTS | {field.key: field.label for field in fields}
        self.choices = {
            (field.key, choice.value): choice.label for field in fields for choice in field.choices
        } | {("state", state.key): state.label for p in manual.procedure for state in p.state}
        self.figures = {figure.key: figure.label for figure in manual.figure}
        self.duties = {one.key: one.label for one in manual.obligation}

    def fact(self, name: str) -> str:
        """What a condition or a limit reads, by its label."""
        first, _dot, rest = name.partition(".")
        if first == "figure":
            return f"「{self.figures.get(rest, rest)}」"
        if first == "events":
            event, _dot, part = rest.partition(".")
            tail = {"at": "的时间", "n": "的次数", "by": "的人", "first_at": "第一次的时间"}.get(part, "")
            return f"「{words.event_words(event)}」{tail}"
        if first == "owed":
            duty, _dot, part = rest.partition(".")
            return f"应办「{self.duties.get(duty, duty)}」{part}"
        known = self.labels.get(name) or self.labels.get(first) or self.labels.get(name.removesuffix("_fen"))
        return f"「{known or name}」"

    def condition(self, condition: Mapping[str, Any]) -> str:
        """`即时还是预约为即时维修，约定时间已填`; empty for no condition."""
        return "，".join(self._line(name, test) for name, test in condition.items())

    def _line(self, name: str, test: Any) -> str:
        if name in ("all", "any", "none", "either", "neither") and isinstance(test, list):
            return "（" + "；".join(self.condition(one) for one in test) + "）"
        said = self.fact(name)
        if isinstance(test, bool):
            return said if test else f"没有{said}"
        if isinstance(test, Mapping):
            return "且".join(self._test(name, said, sign, wanted) for sign, wanted in test.items())
        return f"{said}为{self._value(name, test)}"

    def _test(self, name: str, said: str, sign: str, wanted: Any) -> str:
        if sign == "set":
            done = name.startswith("events.")
            return f"{said}{('已有' if done else '已填') if wanted else '还没有'}"
        if isinstance(wanted, bool):
            return said if wanted == (sign != "not") else f"没有{said}"
        return f"{said}{_SIGNS.get(sign, sign)}{self._value(name, wanted)}"

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return "或".join(self._value(name, one) for one in value)
        if isinstance(value, str) and value.startswith("="):
            return self.fact(value[1:])
        return self.choices.get((name, str(value)), str(value))

    def events(self, entries: Iterable[Matcher | str]) -> str:
        """`受理；业户评价（您对这次维修为不满意）`."""
        return "；".join(self._event(entry) for entry in entries)

    def _event(self, entry: Matcher | str) -> str:
        if isinstance(entry, str):
            return words.event_words(entry)
        said = EVENTS.get(entry.event, entry.event)
        extra = [self.condition(entry.where)] if entry.where else []
        extra += [_("由%s") % self.people(entry.by)] if entry.by else []
        return f"{said}（{'，'.join(extra)}）" if extra else said

    def people(self, roles: Iterable[str]) -> str:
        """Who, by the manual's own titles: `值班员、客户主管`."""
        return "、".join(self.person(role) for role in roles)

    def person(self, role: str) -> str:
        """One title, or what the schema's special words mean."""
        special = {
            "assignee": _("承办人"), "actor": _("经手人"), "resident": self.compiled.manual.manual.party_word,
            "subject": _("对象自己"), "anyone": _("任何同事"), "on_shift": _("这一班当班的人"), "system": _("系统"), "department": _("承办部门"),
        }  # fmt: skip
        if role.startswith("field:"):
            return _("「%s」里的人") % self.fact(role[6:]).strip("「」")
        return special.get(role) or words.role_words(self.compiled, role)

    def limit(self, text: str) -> str:
        """A limit in Chinese; fields and events by their names. A text outside the grammar stays as it is."""
        if not text:
            return ""
        try:
            return describe(limits.parse(text), {**EVENTS, **self.labels})
        except Problem:
            return text

    def statistic(self, key: str) -> str:
        """A statistic by its label."""
        return next((one.label for one in self.compiled.manual.statistic if one.key == key), key)


@lru_cache(maxsize=512)
def step_words(text: str) -> str:
    """`到期前30分钟`; a text outside the grammar stays as it is."""
    try:
        return describe_offset(limits.parse_offset(text))
    except Problem:
        return text
