"""Findings name file, line and key, and what was probably meant."""

from __future__ import annotations

import pytest
from tests.policy.building import SMALL, edited, findings, line_of

from guanjia.policy import loader
from guanjia.policy.toml_lines import Lines


def test_the_small_manual_has_no_findings() -> None:
    assert findings(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        (
            'version = "1"', 'verison = "1"', "verison",
            ["m.toml:{line}: manual.verison: 不认识的键「verison」。是不是「version」？ [unknown-key]",
             "m.toml:3: manual.version: 缺少「version」。请补上。 [missing-key]"],
        ),
        (
            'short = "小规程"', 'short = "一个很长很长的简称"', "short",
            ["m.toml:{line}: manual.short: 值不对：太长，最多 8 个字。 [value]"],
        ),
        (
            'kind = "money"', 'kind = "mony"', "mony",
            ["m.toml:{line}: figure.1.kind: 不能写「mony」。是不是「money」？ [value]"],
        ),
        (
            'prefix = "BX"', 'prefix = "B1"', "prefix",
            ["m.toml:{line}: category.0.prefix: 值不对：写法不合要求（^[A-Z]{{2}}$）。 [value]"],
        ),
        (
            'kind = "amount"', 'kind = "ammount"', "ammount",
            ["m.toml:{line}: procedure.0.action.2.field.1.kind: 不能写「ammount」。是不是「amount」？ [value]"],
        ),
        (
            'label = "费用", kind', 'label = 3, kind', "label = 3",
            ["m.toml:{line}: procedure.0.action.2.field.1.label: 值不对：应是文字，要加引号。 [value]"],
        ),
        (
            "opens = true", 'opens = "maybe"', "opens",
            ["m.toml:{line}: procedure.0.action.0.opens: 值不对：应是 true 或 false。 [value]"],
        ),
        (
            'from = ["new"]', 'from = "new"', 'from = "new"',
            ["m.toml:{line}: procedure.0.action.1.from: 值不对：应是一串，用方括号括起来。 [value]"],
        ),
        (
            'start = ["reported"]', 'start = [{ evnt = "reported" }]', "evnt",
            ["m.toml:{line}: obligation.0.start.0.event: 缺少「event」。请补上。 [missing-key]",
             "m.toml:{line}: obligation.0.start.0.evnt: 不认识的键「evnt」。是不是「event」？ [unknown-key]"],
        ),
        (
            'start = ["reported"]', "start = [7]", "start = [7]",
            ["m.toml:{line}: obligation.0.start.0: 值不对：应是文字，要加引号。 [value]"],
        ),
        (
            '[[message]]\nkey = "begun"', '[[mesage]]\nkey = "begun"', "[[mesage]]",
            ["m.toml:{line}: mesage: 不认识的键「mesage」。是不是「message」？ [unknown-key]"],
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_schema(old: str, new: str, at: str, said: list[str]) -> None:
    text = edited((old, new))
    assert sorted(findings(text)) == sorted(one.format(line=line_of(text, at)) for one in said)


@pytest.mark.parametrize(
    ("old", "new", "line_with", "said"),
    [
        ('title = "小规程"', "title = 小规程", "title = 小规程", "第 9 个字符处这里不是「键 = 值」的写法（Invalid value）。请改好再检查。"),
        ('title = "小规程"', 'title = "小规程', 'title = "小规程', "第 13 个字符处引号或括号没有配对（Illegal character '\\n'）。请改好再检查。"),
        ('title = "小规程"', 'title = "小规程"\ntitle = "二"', 'title = "二"', "第 12 个字符处同一个键写了两次（Cannot overwrite a value）。请改好再检查。"),
    ],
)  # fmt: skip
def test_what_is_no_toml(old: str, new: str, line_with: str, said: str) -> None:
    text = edited((old, new))
    assert findings(text) == [f"m.toml:{line_of(text, line_with)}: 不是合格的 TOML：{said} [toml]"]


def test_a_bracket_that_stays_open_is_found_at_the_end() -> None:
    text = SMALL + 'x = ["a"'
    (found,) = findings(text)
    assert found.startswith(f"m.toml:{len(text.splitlines())}: 不是合格的 TOML：")


def test_lines_of_headers_keys_and_members_of_lists() -> None:
    text = '\n'.join([
        "[a]",                                   # 1
        'k = "x"  # [not a list',                # 2
        "[[b]]",                                 # 3
        "c = [",                                 # 4
        '  { x = "]", y = ["p", "q"] },',        # 5
        "  # a comment with { and ,",            # 6
        "  { x = '''a",                          # 7
        "b''' },",                               # 8
        "]",                                     # 9
        "[[b]]",                                 # 10
        'c = ["u", "v\\"]", ',                   # 11
        '  "w"]',                                # 12
        "[[b.d]]",                               # 13
        "e = 1",                                 # 14
    ])  # fmt: skip
    lines = Lines(text)
    assert [lines.of(path) for path in (("a", "k"), ("b", 0), ("b", 0, "c", 0), ("b", 0, "c", 1))] == [
        2,
        3,
        5,
        7,
    ]
    assert [lines.of(path) for path in (("b", 1), ("b", 1, "c", 1), ("b", 1, "c", 2))] == [10, 11, 12]
    assert lines.of(("b", 1, "d", 0, "e")) == 14
    assert lines.of(("b", 0, "c", 1, "x", "deep")) == 7, "the longest known beginning"
    assert lines.of(("nowhere",)) == 1


def test_a_finding_as_data() -> None:
    finding = loader.Finding("m.toml", 3, "manual.key", "value", "不对。", "改。")
    assert finding.as_dict() == {
        "file": "m.toml", "line": 3, "key": "manual.key", "rule": "value", "message": "不对。", "hint": "改。",
    }  # fmt: skip


def test_a_text_with_findings_is_not_compiled() -> None:
    with pytest.raises(ValueError, match="缺少「version」"):
        loader.compile_text(edited(('version = "1"', 'verison = "1"')))


def test_near_words_are_proposed_and_otherwise_the_list() -> None:
    assert loader.did_you_mean("arived", ["arrived", "closed"]) == "是不是「arrived」？"
    assert loader.did_you_mean("zzz", ["arrived", "closed"]) == "可用：arrived、closed。"
    assert loader.did_you_mean("zzz", [str(number) for number in range(40)]).endswith("、29等。")
    assert loader.did_you_mean("zzz", []) == ""
