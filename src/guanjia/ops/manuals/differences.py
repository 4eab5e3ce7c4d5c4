"""What differs between two versions of a manual, part by part and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from guanjia.policy.schema import (
    Choice,
    CopyDef,
    Effect,
    Manual,
    Matcher,
    Outcome,
    Part,
    Requirement,
    StepDef,
)
from guanjia.policy.wording import Words
from guanjia.worktime import describe_offset, limits

# list of the manual -> what it is called
PARTS: Mapping[str, str] = {
    "role": "称呼", "clause": "条文", "figure": "本处设定", "category": "类别", "procedure": "程序", "obligation": "应办",
    "duty": "例行应办", "quota": "数量要求", "forbid": "不许", "form": "表单", "message": "消息", "statistic": "统计",
    "target": "目标", "script": "话术", "state": "状态", "action": "动作", "field": "栏", "copies": "联", "line": "行",
    "step": "提醒上报", "require": "要求", "effects": "效果", "outcome": "结果", "band": "档",
}  # fmt: skip
# attribute -> what it is called
NAMES: Mapping[str, str] = {
    "label": "名字", "title": "名称", "text": "文字", "clause": "依据", "owner": "谁欠", "start": "起算", "stop": "算办了",
    "cancel": "不用办", "pause": "停表", "resume": "续表", "limit": "时限", "when": "条件", "by": "谁可以做", "from": "从哪个状态",
    "to": "去哪个状态", "emits": "事件", "kind": "种类", "required": "必填", "required_when": "何时必填", "show_when": "何时出现",
    "choices": "选项", "duty": "标准应办", "again": "再次起算", "life": "办结以后", "blocks": "没办完不许", "step": "提醒上报",
    "value": "数字", "unspecified": "由本处设定", "suggest": "建议值", "recurrence": "多久一次", "procedure": "程序",
    "standard": "标准类别", "prefix": "编号前缀", "effects": "效果", "outcome": "结果", "require": "要求", "cosign": "几方同定",
    "copies": "各联", "line": "各行", "compare": "怎么比", "statistic": "统计", "is": "系统岗位", "end": "终态", "stage": "步骤",
    "message": "消息", "calendar": "日历", "party_word": "称呼住户", "family": "家族", "says": "话术", "notice": "提示",
    "resident": "给业户看", "forget": "重来时忘掉", "category": "类别", "done_by": "由哪个动作办", "not_before": "早于它不列",
    "subject": "按什么分开计", "band": "各档", "of": "基数", "event": "事件", "primary": "排序", "place": "在哪一端", "short": "简称",
}  # fmt: skip
_NESTED = {"procedure": ("state", "action"), "action": ("field",)}
_LIMITS = ("limit", "not_before")
_CONDITIONS = ("when", "where", "base", "required_when", "show_when", "only_if")
_EVENTS = ("emits", "blocks", "start", "stop", "cancel", "pause", "resume")
_PEOPLE = ("by", "owner", "override_by")
# lists whose members have no key of their own: what was added and what went is said one by one
_PLAIN = ("require", "effects", "outcome", "step", "line", "copies", "band")


@dataclass(frozen=True)
class Difference:
    """One difference. what: added, removed or changed. path: `obligation.arrive`. attribute, old, new: of a change."""

    what: str
    part: str
    path: str
    label: str
    clause: str = ""
    attribute: str = ""
    old: str = ""
    new: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)

    def __str__(self) -> str:
        what = PARTS.get(self.part, "规程" if self.part == "manual" else self.part)
        name = f"「{self.label}」的{what}" if self.part in _PLAIN else f"{what}「{self.label}」"
        name += f"（{self.clause}）" if self.clause else ""
        if self.what == "added":
            return f"+ {name}：{self.new}" if self.new else f"+ {name}"
        if self.what == "removed":
            return f"- {name}：{self.old}" if self.old else f"- {name}"
        if self.attribute == "order":
            return f"~ {name}：{self.new}"
        return f"~ {name}的{NAMES.get(self.attribute, self.attribute)}：{self.old or '（无）'} → {self.new or '（无）'}"


def compare(old: Manual, new: Manual) -> list[Difference]:
    """Every difference in meaning, in the order of the schema; the version itself is none."""
    return list(_Comparison(old, new).differences())


class _Comparison:
    """Two manuals with the words of each."""

    def __init__(self, old: Manual, new: Manual) -> None:
        self.old, self.new = old, new
        self.words = {id(old): Words(old), id(new): Words(new)}

    def differences(self) -> Iterator[Difference]:
        yield from self._attributes(
            "manual", "manual", self.old.manual, self.new.manual, skip=("version", "key")
        )
        for name in PARTS:
            if name in Manual.model_fields:
                yield from self._lists(name, "", getattr(self.old, name), getattr(self.new, name))

    def _lists(self, part: str, path: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Difference]:
        before, after = ({_key(one): one for one in side} for side in (old, new))
        for key, one in before.items():
            if key not in after:
                yield self._whole("removed", part, path, one, self.words[id(self.old)])
        for key, one in after.items():
            here = f"{path}{part}.{key}"
            if key not in before:
                yield self._whole("added", part, path, one, self.words[id(self.new)])
                continue
            nested = _NESTED.get(part, ())
            yield from self._attributes(part, here, before[key], one, skip=nested)
            for inner in nested:
                found = self._lists(inner, f"{here}.", getattr(before[key], inner), getattr(one, inner))
                # a field is known by its action
                yield from (
                    replace(one_, label=f"{_label(one)}·{one_.label}") if inner == "field" else one_
                    for one_ in found
                )

    def _whole(self, what: str, part: str, path: str, one: Part, words: Words) -> Difference:
        """A part that came or went, with what it comes to."""
        said = words.limit(one.limit) if part == "obligation" else str(getattr(one, "text", ""))  # type: ignore[attr-defined]
        side = {"new": said} if what == "added" else {"old": said}
        return Difference(what, part, f"{path}{part}.{_key(one)}", _label(one), _clause(one), **side)

    def _attributes(
        self, part: str, path: str, old: Part, new: Part, skip: Sequence[str] = ()
    ) -> Iterator[Difference]:
        for name, field in type(old).model_fields.items():
            before, after = getattr(old, name), getattr(new, name)
            shown = field.alias or name
            if name in skip or before == after:
                continue
            if shown in _PLAIN:
                yield from self._members(shown, path, new, before, after)
                continue
            yield Difference(
                "changed", part, path, _label(new), _clause(new), shown,
                self._said(self.words[id(self.old)], shown, before), self._said(self.words[id(self.new)], shown, after),
            )  # fmt: skip

    def _members(
        self, part: str, path: str, whole: Part, old: Sequence[Part], new: Sequence[Part]
    ) -> Iterator[Difference]:
        """Members that came or went; when all are the same, their order changed."""
        label, clause = _label(whole), _clause(whole)
        sides = (("removed", old, new, self.old), ("added", new, old, self.new))
        changed = False
        for what, here, there, manual in sides:
            for one in here:
                if one not in there:
                    changed = True
                    said = _brief(self.words[id(manual)], one)
                    side = {"new": said} if what == "added" else {"old": said}
                    yield Difference(what, part, f"{path}.{part}", label, clause, **side)
        if not changed:
            yield Difference("changed", part, f"{path}.{part}", label, clause, "order", "", "换了次序")

    def _said(self, words: Words, name: str, value: Any) -> str:
        """A value as people read it."""
        if isinstance(value, bool):
            return "是" if value else "否"
        if name in _LIMITS and value:
            return words.limit(value)
        if name in _CONDITIONS:
            return words.condition(value)
        if isinstance(value, (list, tuple)):
            return "、".join(self._said_one(words, name, one) for one in value)
        return self._said_one(words, name, value)

    def _said_one(self, words: Words, name: str, value: Any) -> str:
        readers: list[tuple[Sequence[str], Callable[[Any], str]]] = [
            (_EVENTS, words.event),
            (_PEOPLE, words.who),
        ]
        for names, reader in readers:
            if name in names:
                return reader(value)
        if name in ("to", "from") and isinstance(value, str):
            return words.values["state"].get(value, value) or ""
        if isinstance(value, Matcher):
            return words.event(value)
        if isinstance(value, Part):
            return _brief(words, value)
        return "" if value is None else str(value)


def _key(one: Part) -> str:
    return str(getattr(one, "key", "") or getattr(one, "id", ""))


def _label(one: Part) -> str:
    names = ("label", "title", "says", "id", "key")
    return str(next((value for name in names if (value := getattr(one, name, ""))), ""))


def _clause(one: Part) -> str:
    return str(getattr(one, "clause", ""))


def _brief(words: Words, one: Part) -> str:
    """A small part in one piece."""
    match one:
        case Requirement():
            only = f"（{words.condition(one.only_if)}）" if one.only_if else ""
            return f"{words.condition(one.when)}{only}，否则说「{one.says}」"
        case Outcome():
            way = [
                words.condition(one.when) or "其余情况",
                f"去「{words.values['state'].get(one.to, one.to)}」" if one.to else "",
            ]
            return "，".join(filter(None, [*way, "、".join(words.event(event) for event in one.emits)]))
        case StepDef():
            return f"{describe_offset(limits.parse_offset(one.at))}，{words.who(one.to)}：{one.label}"
        case CopyDef():
            return f"{one.label}，到{one.goes_to}"
        case Choice():
            return one.label
        case Effect():
            given = one.model_dump(by_alias=True, exclude_defaults=True, exclude={"do", "when"})
            when = f"（{words.condition(one.when)}）" if one.when else ""
            return " ".join([one.do, *(f"{name}={value}" for name, value in given.items())]) + when
    given = one.model_dump(by_alias=True, exclude_defaults=True)
    return " ".join(f"{name}={value}" for name, value in given.items())
