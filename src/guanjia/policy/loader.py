"""From TOML text to a compiled manual, or to findings with file, line, key and suggestion."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from guanjia.policy.compiled import CompiledManual
from guanjia.policy.compiling import compile_manual
from guanjia.policy.schema import Manual
from guanjia.policy.toml_lines import Lines, Place

# How pydantic names the ways in which a matcher may be written: a table, or just the event.
_WAYS = ("Matcher", "str")
_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_TOML = (
    (re.compile(r"Cannot overwrite a value|Cannot declare .* twice|Key .* already"), "同一个键写了两次"),
    (re.compile(r"Invalid value|Expected '='|Invalid statement"), "这里不是「键 = 值」的写法"),
    (re.compile(r"Unterminated|Illegal character|Unclosed|Expected newline|Invalid (initial|hex|escape)"), "引号或括号没有配对"),
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a manual: where, what, and what to write instead."""

    file: str
    line: int
    key: str
    rule: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: {self.key}: " if self.key else f"{self.file}:{self.line}: "
        return f"{where}{self.message}{self.hint} [{self.rule}]"

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@lru_cache(maxsize=16)
def parse(text: str, file: str) -> tuple[Manual | None, list[Finding], Lines]:
    """Read and validate a manual's TOML, the same text once. The manual is None when there are findings; nobody changes
    what it returns."""
    lines = Lines(text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, [_bad_toml(file, text, str(error))], lines
    try:
        return Manual.model_validate(raw), [], lines
    except ValidationError as error:
        found = [_finding(file, lines, one) for one in error.errors() if _means(one, raw)]
        return None, list(dict.fromkeys(found)), lines


def _bad_toml(file: str, text: str, error: str) -> Finding:
    where = _POSITION.search(error)
    line = int(where[1]) if where and where[1] else len(text.splitlines())
    plain = _POSITION.sub("", error)
    said = next((chinese for pattern, chinese in _TOML if pattern.search(plain)), "写法有误")
    column = f"第 {where[2]} 个字符处" if where and where[2] else "结尾处"
    return Finding(file, line, "", "toml", f"不是合格的 TOML：{column}{said}（{plain}）。", "请改好再检查。")


def _means(error: Any, raw: Any) -> bool:
    """Whether an error is about the way in which the author wrote a matcher, and not about the other way."""
    path = error["loc"]
    index = next((i for i, part in enumerate(path) if part in _WAYS), None)
    if index is None:
        return True
    value = raw
    for part in path[:index]:
        value = value[part]
    return (path[index] == "Matcher") is isinstance(value, dict)


def _finding(file: str, lines: Lines, error: Any) -> Finding:
    path: Place = tuple(part for part in error["loc"] if part not in _WAYS)
    key = ".".join(str(part) for part in path)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        hint = did_you_mean(str(path[-1]), allowed_keys(path[:-1]))
        return Finding(file, lines.of(path), key, "unknown-key", f"不认识的键「{path[-1]}」。", hint)
    if kind == "missing":
        return Finding(file, lines.of(path[:-1]), key, "missing-key", f"缺少「{path[-1]}」。", "请补上。")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"])) or [str(context["expected"])]
        said = f"不能写「{error['input']}」。"
        return Finding(file, lines.of(path), key, "value", said, did_you_mean(str(error["input"]), choices))
    return Finding(file, lines.of(path), key, "value", f"值不对：{_said(kind, context)}。")


_SAID: Mapping[str, str] = {
    "string_type": "应是文字，要加引号",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "tuple_type": "应是一串，用方括号括起来",
    "dict_type": "应是一组「名字 = 值」，用花括号括起来",
    "model_type": "应是一组「键 = 值」",
    "model_attributes_type": "应是一组「键 = 值」",
    "string_too_short": "不能空着",
    "string_too_long": "太长，最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不合要求（{pattern}）",
    "too_short": "至少要 {min_length} 个",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
}


def _said(kind: str, context: Mapping[str, Any]) -> str:
    return _SAID.get(kind, kind).format_map(context)


def allowed_keys(path: Sequence[str | int]) -> list[str]:
    """The keys that the schema allows at a path."""
    model: type[BaseModel] | None = Manual
    for part in path:
        if isinstance(part, int) or model is None:
            continue
        found = next((f for name, f in model.model_fields.items() if part in (name, f.alias)), None)
        model = _inner_model(found.annotation) if found else None
    return [f.alias or name for name, f in model.model_fields.items()] if model else []


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _inner_model(inner))), None)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`是不是「x」？` for the nearest known word, else what there is."""
    known = list(known)
    near = difflib.get_close_matches(word, known, 1, 0.6)
    if near:
        return f"是不是「{near[0]}」？"
    if not known:
        return ""
    more = "等" if len(known) > MOST_NAMED else ""
    return f"可用：{'、'.join(known[:MOST_NAMED])}{more}。"


MOST_NAMED = 30


def compile_text(text: str, file: str = "manual.toml") -> CompiledManual:
    """A compiled manual from text that has passed the lint; the same text is compiled once and kept.

    Raises ValueError with the first finding otherwise.
    """
    return _compile(text, file)


@lru_cache(maxsize=32)
def _compile(text: str, file: str) -> CompiledManual:
    manual, findings, _lines = parse(text, file)
    if manual is None:
        raise ValueError(str(findings[0]))
    return compile_manual(manual)


def read(path: Path) -> str:
    """The text of `manual.toml` in a manual's folder, or of the file itself."""
    return (path / "manual.toml" if path.is_dir() else path).read_text("utf-8")
