"""What a manual says, in the words of people: conditions, events, persons, limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guanjia.policy import builtin, quotas, vocabulary
from guanjia.policy.schema import Manual, Matcher, Quota
from guanjia.worktime import describe, limits

# {name} is the fact, {value} what it is compared with.
_COMPARED: Mapping[str, str] = {
    "is": "{name}是{value}",
    "not": "{name}不是{value}",
    "in": "{name}是{value}",
    "has": "{name}里有{value}",
    "lacks": "{name}里没有{value}",
    "gt": "{name}大于 {value}",
    "ge": "{name}不小于 {value}",
    "lt": "{name}小于 {value}",
    "le": "{name}不大于 {value}",
    "within": "{name}起{value}",
    "past": "{name}起满{value}",
}
_OF_EVENT: Mapping[str, str] = {"n": "的次数", "at": "的时间", "by": "的人", "first_at": "第一次的时间"}
_OF_DUTY: Mapping[str, str] = {"state": "的情形", "overdue": "已超时", "late": "晚了", "n": "第几代"}


class Words:
    """The words of one manual: labels of its fields, choices, roles, states and figures."""

    def __init__(self, manual: Manual) -> None:
        self.manual = manual
        self.facts: dict[str, str] = dict(vocabulary.FACTS)
        self.values: dict[str, dict[str, str]] = {"category": dict(vocabulary.CATEGORIES), "state": {}}
        for procedure in manual.procedure:
            self.values["state"].update((state.key, state.label) for state in procedure.state)
            for action in procedure.action:
                for field in action.field:
                    self.facts[field.key] = field.label
                    self.values.setdefault(field.key, {}).update((c.value, c.label) for c in field.choices)
        self._people = {**vocabulary.ROLES, **builtin.WHO, "actor": "经手人", "subject": "对象自己"}
        self._people.update((role.key, role.label) for role in manual.role)
        self._duties = {obligation.key: obligation.label for obligation in manual.obligation}
        self._figures = {figure.key: figure for figure in manual.figure}

    def who(self, key: str) -> str:
        """`值班员`, `承办人`, `「谁来」里的人`."""
        if key.startswith("field:"):
            return f"「{self.fact(key.removeprefix('field:'))}」里的人"
        return self._people.get(key, key)

    def event(self, entry: Matcher | str) -> str:
        """`回访`, `回访（客服主管，满意是「满意」）`."""
        if isinstance(entry, str):
            return vocabulary.EVENTS.get(entry, entry)
        notes = [self.who(who) for who in entry.by] + ([self.condition(entry.where)] if entry.where else [])
        return vocabulary.EVENTS.get(entry.event, entry.event) + (f"（{'，'.join(notes)}）" if notes else "")

    def limit(self, text: str) -> str:
        """`15分钟内`, `由本处设定（建议 当日内）`, `不限时`."""
        if text.startswith("@") and text[1:] in self._figures:
            figure = self._figures[text[1:]]
            given = figure.value or ("10m" if figure.immediate else "")
            suggested = f"（建议 {self._limit(figure.suggest)}）" if figure.suggest else ""
            return self._limit(given) if given else f"由本处设定{suggested}"
        return self._limit(text)

    def _limit(self, text: str) -> str:
        return describe(limits.parse(text), self.facts)

    def quota(self, quota: Quota, base: int, band_base: int | None = None) -> str:
        """`走访：396 × 5% = 19.8，取 20`, or the plain number."""
        if quota.number:
            return f"{quota.label}：{self._figure_text(quota.number)}"
        return f"{quota.label}：{quotas.reckoning(quota, base, band_base=band_base)}"

    def _figure_text(self, text: str) -> str:
        figure = self._figures.get(text[1:]) if text.startswith("@") else None
        return (figure.value or "由本处设定") if figure else text

    def fact(self, name: str) -> str:
        """A fact by the label of its field; parts of events, duties and figures in words."""
        if name in self.facts:
            return self.facts[name]
        head, _dot, rest = name.partition(".")
        first, _dot, part = rest.partition(".")
        if head == "events":
            return vocabulary.EVENTS.get(first, first) + _OF_EVENT.get(part, "")
        if head == "owed":
            return f"应办「{self._duties.get(first, first)}」{_OF_DUTY.get(part, '')}"
        if head == "figure" and first in self._figures:
            return self._figures[first].label
        if name.endswith("_fen") and name.removesuffix("_fen") in self.facts:
            return f"{self.facts[name.removesuffix('_fen')]}合计（分）"
        if name.endswith("_listed"):
            return f"{self.facts.get(name.removesuffix('_listed'), name)}在一览表里"
        return name

    def condition(self, condition: Mapping[str, Any]) -> str:
        """`即时还是预约是「即时维修」，且费用大于 0`. Empty for the empty condition."""
        parts = []
        for name, want in condition.items():
            if name == "any":
                parts.append("（" + "，或".join(self.condition(part) for part in want) + "）")
            elif isinstance(want, Mapping):
                parts += [self._line(name, operator, operand) for operator, operand in want.items()]
            else:
                parts.append(self._line(name, "in" if isinstance(want, list) else "is", want))
        return "，且".join(parts)

    def _line(self, name: str, operator: str, operand: Any) -> str:
        if operator == "set" and name.startswith("events.") and name.count(".") == 1:
            return f"{'已经' if operand else '还没有'}{self.fact(name)}"
        if operator == "set":
            return f"{'有' if operand else '没有'}{self.fact(name)}"
        if isinstance(operand, bool):
            yes = operand if operator != "not" else not operand
            return f"{self.fact(name)}：{'是' if yes else '否'}"
        return _COMPARED[operator].format(name=self.fact(name), value=self._value(name, operator, operand))

    def _value(self, name: str, operator: str, operand: Any) -> str:
        if operator in ("within", "past"):
            text = self._limit(str(operand))
            return text.removesuffix("内") if operator == "past" else text
        if isinstance(operand, list):
            return "、".join(self._value(name, operator, one) for one in operand)
        if isinstance(operand, str) and operand.startswith("="):
            return self.fact(operand[1:])
        label = self.values.get(name, {}).get(str(operand))
        return f"「{label}」" if label else str(operand)
