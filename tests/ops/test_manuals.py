"""guanjia manual: what it prints and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from tests.policy.building import SMALL, edited, line_of

from guanjia.adoption import actions as adoption
from guanjia.estate import actions as estate
from guanjia.kernel.problem import Problem
from guanjia.ops.manuals import differences, places
from guanjia.ops.manuals.schema import json_schema
from guanjia.policy import lint
from guanjia.policy.loader import parse
from guanjia.policy.schema import Manual


def manual(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `guanjia manual ...`."""
    out = io.StringIO()
    try:
        call_command("manual", *arguments, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def written(folder: Path, text: str, name: str = "manual.toml") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def read(text: str) -> Manual:
    found, findings, _ = parse(text, "m.toml")
    assert found, findings
    return found


def test_the_manuals_that_come_with_the_program_are_well() -> None:
    code, out = manual("check")
    assert code == 0
    assert out == f"{len(places.installed())} 部规程，没有问题。\n"
    assert places.installed()


def test_a_finding_is_printed_for_people_and_for_programs(tmp_path: Path) -> None:
    text = edited(('limit = "2 days"', 'limit = "@slow"'))
    path = written(tmp_path, text)
    line = line_of(text, '"@slow"')
    code, out = manual("check", path)
    assert code == 1
    assert out.splitlines() == [
        f"{path}:{line}: obligation.1.limit: 没有「slow」这个数字。可用：quick、limit_fen。 [unknown-figure]",
        "1 部规程，1 个问题。",
    ]
    code, out = manual("check", path, "--json")
    assert code == 1
    assert json.loads(out)["findings"] == [
        {
            "file": path, "line": line, "key": "obligation.1.limit", "rule": "unknown-figure",
            "message": "没有「slow」这个数字。", "hint": "可用：quick、limit_fen。",
        }
    ]  # fmt: skip


def test_several_manuals_are_checked_together_unless_told_otherwise(tmp_path: Path) -> None:
    one = written(tmp_path / "a", SMALL)
    two = written(tmp_path / "b", edited(('key = "small"', 'key = "other"')))
    code, out = manual("check", one, str(tmp_path / "b"))
    assert code == 1
    assert "不能一起采用：「报修」的程序《小规程》和《小规程》都给，只能采用一部。" in out
    assert manual("check", one, two, "--alone")[0] == 0


def test_a_card_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    path = written(tmp_path, SMALL)
    written(tmp_path / "cards", 'title = "卡"\nstepp = []\n', "one.toml")
    code, out = manual("check", path)
    assert code == 1
    assert "one.toml:1: " in out


def test_what_is_no_manual_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        manual("check", str(tmp_path / "none"))
    assert caught.value.code == "MANUAL_FILE"
    (tmp_path / "manual.toml").write_bytes("标题".encode("gbk"))
    with pytest.raises(Problem, match="不是 UTF-8 编码"):
        manual("check", str(tmp_path))


def test_an_installed_wheel_has_its_manuals_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_PACKAGE", tmp_path / "site" / "guanjia")
    with pytest.raises(Problem) as caught:
        places.folder()
    assert caught.value.code == "MANUALS_MISSING"
    written(tmp_path / "site" / "guanjia" / "manuals" / "small", SMALL)
    assert [path.name for path in places.installed()] == ["small"]
    assert manual("check", "small") == (0, "1 部规程，没有问题。\n")


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    (tmp_path / "manual.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert manual("check", str(tmp_path))[0] == 0


def test_the_sample_is_a_manual_without_findings() -> None:
    code, out = manual("sample")
    assert code == 0
    assert lint.check_text(out, "sample.toml") == []
    assert out.count("#") > 10, "it explains itself"


def test_the_schema_is_one_that_editors_read() -> None:
    code, out = manual("schema")
    assert code == 0
    schema = json.loads(out)
    assert schema == json_schema()
    assert schema["$defs"]["Action"]["additionalProperties"] is False
    assert "reported" in schema["$defs"]["Action"]["properties"]["emits"]["items"]["enum"]
    assert schema["$defs"]["Effect"]["properties"]["do"]["enum"][0] == "assign"


def test_what_differs_in_meaning() -> None:
    new = edited(
        ('version = "1"', 'version = "2"'),
        ('limit = "2 days"', 'limit = "1 day"'),
        ('stop = ["arrived"]', 'stop = ["arrived", { event = "completed", where = { timing = "now" }, by = ["fixer"] }]'),
        ('{ key = "fee", label = "费用", kind = "amount" },', '{ key = "fee", label = "费用", kind = "amount", required = true },\n  { key = "tool", label = "工具" },'),
        ('text = "去修。"', 'text = "马上去修。"'),
        ('label = "师傅"', 'label = "维修工"'),
        ('{ do = "notify", message = "begun", to = "resident" }', '{ do = "complete" }'),
        ('{ at = "due", to = "clerk", label = "没到场", message = "late" }', '{ at = "5m after", to = "clerk", label = "没到场", message = "late" }'),
        ('when = { timing = "now" }\nstop', 'when = { timing = "now", fee = { gt = 0 } }\nstop'),
    )  # fmt: skip
    assert [str(one) for one in differences.compare(read(SMALL), read(new))] == [
        "~ 称呼「维修工」的名字：师傅 → 维修工",
        "~ 条文「二」的文字：去修。 → 马上去修。",
        "- 「开工」的效果（二）：notify to=resident message=begun",
        "+ 「开工」的效果（二）：complete",
        "~ 栏「修好·费用」的必填：否 → 是",
        "+ 栏「修好·工具」",
        "~ 应办「到场」（二）的条件：何时是「马上」 → 何时是「马上」，且费用大于 0",
        "~ 应办「到场」（二）的算办了：到场 → 到场、完工（维修工，何时是「马上」）",
        "- 「到场」的提醒上报（二）：到期，值班员：没到场",
        "+ 「到场」的提醒上报（二）：到期后5分钟，值班员：没到场",
        "~ 应办「修完」（二）的时限：2天内 → 1天内",
    ]


def test_what_came_and_what_went() -> None:
    less = SMALL[: SMALL.index('[[obligation]]\nkey = "complete"')] + SMALL[SMALL.index("[[message]]") :]
    assert [str(one) for one in differences.compare(read(SMALL), read(less))] == [
        "- 应办「修完」（二）：2天内"
    ]
    assert [str(one) for one in differences.compare(read(less), read(SMALL))] == [
        "+ 应办「修完」（二）：2天内"
    ]
    assert differences.compare(read(SMALL), read(SMALL)) == []
    assert differences.compare(read(SMALL), read(edited(('version = "1"', 'version = "2"')))) == []


def test_an_order_that_changed_is_said() -> None:
    text = edited(('effects = [{ do = "notify", message = "begun", to = "resident" }]',
                   'effects = [{ do = "complete" }, { do = "notify", message = "begun", to = "resident" }]'))  # fmt: skip
    turned = edited(('effects = [{ do = "notify", message = "begun", to = "resident" }]',
                     'effects = [{ do = "notify", message = "begun", to = "resident" }, { do = "complete" }]'))  # fmt: skip
    assert [str(one) for one in differences.compare(read(text), read(turned))] == [
        "~ 「开工」的效果（二）：换了次序"
    ]


def test_diff_prints_both_versions_and_warns_of_a_version_that_stayed(tmp_path: Path) -> None:
    old = written(tmp_path / "old", SMALL)
    new = written(tmp_path / "new", edited(('limit = "2 days"', 'limit = "1 day"')))
    code, out = manual("diff", old, new)
    assert (code, out.splitlines()) == (
        0,
        [
            "《小规程》1 → 《小规程》1",
            "~ 应办「修完」（二）的时限：2天内 → 1天内",
            "请留意：内容变了，版本号没有换。",
            "1 处不同。",
        ],
    )
    assert manual("diff", old, old) == (0, "《小规程》1 → 《小规程》1\n意思上没有不同。\n")
    data: dict[str, Any] = json.loads(manual("diff", old, new, "--json")[1])
    assert (data["old"], data["new"]) == ("1", "1")
    assert data["differences"][0]["path"] == "obligation.complete"
    written(tmp_path / "bad", SMALL.replace("二", "三", 1))
    with pytest.raises(Problem) as caught:
        manual("diff", old, str(tmp_path / "bad"))
    assert caught.value.code == "MANUAL_FAULTY"


CARD = """
title = "包裹"
figures = { keep = "2 days" }

[[step]]
at = "2026-03-24 10:00"
open = "other"
by = "desk"
data = { unit = "3-2-1502", contact_phone = "13800001234", pieces = 1 }
expect = { state = "held", owed = [{ key = "remind", clause = "2.3" }] }

[[step]]
at = "2026-03-25 09:00"
do = "collect"
by = "desk"
data = { collector = "王", is_resident = true }
expect = { state = "collected" }
"""


@pytest.mark.django_db
def test_cards_are_played(tmp_path: Path) -> None:
    path = written(tmp_path, manual("sample")[1])
    with pytest.raises(Problem) as caught:
        manual("test", path)
    assert caught.value.code == "CARD_UNKNOWN"
    written(tmp_path / "cards", CARD, "one.toml")
    written(
        tmp_path / "cards",
        CARD.replace('"collected"', '"held"'),
        "two.toml",
    )
    code, out = manual("test", path)
    assert code == 1
    lines = out.splitlines()
    assert lines[:2] == ["合　one　包裹", "不合　two　包裹"]
    assert lines[2].startswith("    第 2 步（2026-03-25 09:00）：")
    assert lines[-1] == "2 张卡，1 张不合。"
    assert manual("test", path, "--card", "one") == (0, "合　one　包裹\n1 张卡，全部相合。\n")
    code, out = manual("test", path, "--card", "two.toml", "--json")
    assert (code, [row["well"] for row in json.loads(out)]) == (1, [False])
    with pytest.raises(Problem, match="没有名为 three 的情景卡"):
        manual("test", path, "--card", "three")


@pytest.mark.django_db
def test_what_is_adopted_where() -> None:
    assert manual("list") == (0, "还没有管理处采用规程。\n")
    now = timezone.now()
    office = estate.create_office(estate.create_company("甲公司", "甲"), "x", "甲管理处", "甲园")
    text = edited(('value = "200"', 'unspecified = true\nif_unset = "show"'))
    version = adoption.keep_version(text, at=now)
    adoption.set_figure(office, version, "quick", "5m", at=now)
    adoption.adopt(office, version, at=now)
    assert manual("list") == (
        0,
        "甲管理处（x）　small 1　小规程；本处设定：quick = 5m；没设定：要批准的金额\n",
    )
    (row,) = json.loads(manual("list", "--json")[1])
    assert (row["manual"], row["own"], row["blanks"]) == ("small", {"quick": "5m"}, ["要批准的金额"])
