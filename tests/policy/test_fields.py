"""Input of an action: every kind, every mistake, several mistakes at once."""

from __future__ import annotations

from typing import Any

import pytest
from tests.policy.building import ZONE

from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import fields
from guanjia.policy.fields_as_json import json_schema
from guanjia.policy.schema import Choice, FormField

CHOICES = ({"value": "a", "label": "甲"}, {"value": "b", "label": "乙"})


def field(kind: str, **more: Any) -> FormField:
    return FormField.model_validate({"key": "x", "label": "某栏", "kind": kind, **more})


def clean(value: Any, *form: FormField, facts: dict[str, Any] | None = None) -> Any:
    """The value of field x after cleaning."""
    return fields.clean(form, {"x": value}, facts or {}, ZONE)[0].get("x")


@pytest.mark.parametrize(
    ("kind", "more", "raw", "value"),
    [
        ("text", {}, "  水管 ", "水管"),
        ("text", {}, 12, "12"),
        ("long", {}, "字" * 4000, "字" * 4000),
        ("choice", {"choices": CHOICES}, "a", "a"),
        ("multi", {"choices": CHOICES}, ["b", "a"], ["b", "a"]),
        ("multi", {"choices": CHOICES}, "b", ["b"]),
        ("bool", {}, "on", True),
        ("bool", {}, False, False),
        ("bool", {}, "no", False),
        ("tick", {}, True, True),
        ("tick", {}, "off", None),
        ("amount", {}, 8550, 8550),
        ("amount", {}, "85.5", 8550),
        ("amount", {}, "1,280", 128000),
        ("amount", {}, 0, 0),
        ("number", {}, "12", 12),
        ("time", {}, "2026-03-24 14:00", "2026-03-24T06:00:00Z"),
        ("time", {}, "2026-03-24T06:00:00Z", "2026-03-24T06:00:00Z"),
        ("phone", {}, "138 0000-1234", "13800001234"),
        ("phone", {}, "（0755）26671234", "075526671234"),
        ("phone", {}, "+86 13800001234", "+8613800001234"),
        ("staff", {}, 7, 7),
        ("unit", {}, " 3-2-1502 ", "3-2-1502"),
        ("item", {}, "水管维修", "水管维修"),
        ("supplier", {}, "金音琴行", "金音琴行"),
        ("photos", {}, [1, 2], [1, 2]),
        ("receipt", {}, "SJ1", "SJ1"),
        ("case", {}, " TS2603-0001 ", "TS2603-0001"),
        ("figures", {}, {"a": 1}, {"a": 1}),
        ("items", {}, [{"name": "通下水", "price": "50"}, {"name": " "}], [{"name": "通下水", "op": "add", "price_fen": 5000}]),
        ("items", {}, [{"name": "换灯", "op": "end"}], [{"name": "换灯", "op": "end"}]),
        ("suppliers", {}, [{"name": "安心", "phone": "1", "items": "锁"}], [{"name": "安心", "phone": "1", "items": "锁"}]),
        ("signature", {}, {"how": "paper", "name": "王"}, {"how": "paper", "name": "王", "strokes": [], "png": "", "device": ""}),
        ("text", {}, "水\x00管\x1b", "水管"),
        ("text", {}, "厨房\u3000水管", "厨房\u3000水管"),
        ("long", {}, "一\n二\ud800", "一\n二"),
        ("list", {}, "1-101\n1-102、1-101,，1-103", ["1-101", "1-102", "1-103"]),
        ("list", {}, [" 甲 ", "", "乙"], ["甲", "乙"]),
        ("times", {}, "2026-03-24 14:00\n2026-03-17 14:00", ["2026-03-17T06:00:00Z", "2026-03-24T06:00:00Z"]),
        ("text", {}, None, None),
        ("text", {}, "", None),
    ],
)  # fmt: skip
def test_every_kind(kind: str, more: dict[str, Any], raw: Any, value: Any) -> None:
    assert clean(raw, field(kind, **more)) == value


def test_every_kind_of_the_schema_has_a_cleaner() -> None:
    kinds = FormField.model_fields["kind"].annotation.__args__
    assert set(kinds) - set(fields.RECKONED) == set(fields._CLEANERS)


SIZES = (Choice(value="large", label="大", when={"n": {"ge": 10}}), Choice(value="small", label="小"))


def test_a_derived_field_follows_from_what_was_entered_and_is_not_entered() -> None:
    form = (FormField(key="n", label="数", kind="number"), field("derived", choices=SIZES))
    assert fields.clean(form, {"n": 10}, {}, ZONE)[0]["x"] == "large"
    assert fields.clean(form, {"n": 9}, {}, ZONE)[0]["x"] == "small"
    with pytest.raises(Problem) as caught:
        fields.clean(form, {"n": 9, "x": "large"}, {}, ZONE)
    assert caught.value.code == "FIELD_UNKNOWN"


def test_the_office_adds_choices_of_its_own() -> None:
    own = field("choice", choices=CHOICES, more="@ways")
    assert clean("微信", own, facts={"figure": {"ways": ["微信"]}}) == "微信"
    with pytest.raises(Problem):
        clean("微信", own, facts={"figure": {"ways": None}})


@pytest.mark.parametrize(
    ("kind", "more", "raw", "said"),
    [
        ("text", {}, "字" * 201, "「某栏」有 201 个字，最多 200 个。请缩短。"),
        ("long", {}, "字" * 4001, "「某栏」有 4001 个字，最多 4000 个。请缩短。"),
        ("choice", {"choices": CHOICES}, "c", "「某栏」没有「c」这个选项。请从 甲、乙 里选。"),
        ("multi", {"choices": CHOICES}, ["a", "c"], "「某栏」没有「c」这个选项。请从 甲、乙 里选。"),
        ("bool", {}, "也许", "「某栏」应是 是 或 否。"),
        ("amount", {}, 85.5, '「某栏」要用整数分或文字的元。如 8500 或 "85.00"。'),
        ("amount", {}, True, '「某栏」要用整数分或文字的元。如 8500 或 "85.00"。'),
        ("amount", {"least": 100}, 99, "「某栏」不能小于 1.00 元。"),
        ("amount", {}, -1, "「某栏」不能小于 0.00 元。"),
        ("amount", {}, "八十", "「八十」不是金额。请填数字，最多两位小数，如 85 或 85.50。"),
        ("amount", {}, 10**12 + 1, "「某栏」的金额 10,000,000,000.01 元太大。请核对位数。"),
        ("text", {}, ["水"], "「某栏」要填文字。"),
        ("lines", {}, [1], "「某栏」要一行一项，最多 60 行。"),
        ("lines", {}, [{"name": "管"}] * 61, "「某栏」要一行一项，最多 60 行。"),
        ("lines", {}, [{"name": "管", "price": -1}], "「管」的单价不能小于零。"),
        ("lines", {}, [{"name": "管", "qty": "999999", "price": 10**12}], "「某栏」的金额 9,999,990,000,000,000.00 元太大。请核对位数。"),
        ("list", {}, [["x"]], "「某栏」要填文字。"),
        ("list", {}, [str(n) for n in range(2001)], "「某栏」有 2001 个，最多 2000 个。"),
        ("items", {}, ["x"], "「某栏」要一行一项，最多 60 行。"),
        ("number", {}, "1.5", "「某栏」要填整数，现在是「1.5」。"),
        ("number", {"least": 3}, "2", "「某栏」不能小于 3。"),
        ("time", {}, "明天", "「明天」不是时间。请按 2026-03-24 14:00 的样子填写。"),
        ("phone", {}, "abc", "「abc」不像电话号码。请填手机号或带区号的座机。"),
        ("lines", {}, "x", "「某栏」要一行一项，最多 60 行。"),
        ("lines", {}, [{"name": "管", "qty": "多", "price": 1}], "「管」的数量「多」不是数。"),
        ("lines", {}, [{"name": "管", "qty": "0", "price": 1}], "「管」要有名称和大于零的数量。"),
        ("lines", {}, [{"name": "管", "qty": "inf", "price": 1}], "「管」要有名称和大于零的数量。"),
        ("lines", {}, [{"name": "", "price": "5"}], "「这一行」要有名称和大于零的数量。"),
        ("lines", {}, [{"name": "管", "price": "贵"}], "「贵」不是金额。请填数字，最多两位小数，如 85 或 85.50。"),
        ("items", {}, "x", "「某栏」要一行一项，最多 60 行。"),
        ("figures", {}, "x", "「某栏」由系统算出。请从评估页提交。"),
        ("signature", {"allow": ("screen",)}, {"how": "paper", "name": "王"}, "「某栏」不接受这种签法。请在屏幕或纸上签名。"),
        ("signature", {}, {"how": "paper"}, "「某栏」要有签名人的姓名。"),
    ],
)  # fmt: skip
def test_every_mistake(kind: str, more: dict[str, Any], raw: Any, said: str) -> None:
    with pytest.raises(Problem) as caught:
        clean(raw, field(kind, **more))
    assert str(caught.value) == said
    assert caught.value.field == "x"


def test_an_empty_screen_signature_is_none() -> None:
    with pytest.raises(Problem, match="请填写「某栏」"):
        clean({"how": "screen", "name": "王", "png": ""}, field("signature", required=True))


def test_lines_add_up_to_the_fen() -> None:
    rows = [
        {"name": "管", "qty": "2.5", "unit": "米", "price": "3.33"},
        {"name": "胶", "qty": "", "price": 199},
        {"name": "", "price": ""},
    ]
    cleaned, derived = fields.clean([field("lines")], {"x": rows}, {}, ZONE)
    assert [row["amount_fen"] for row in cleaned["x"]] == [833, 199]  # 832.5 fen rounds half up
    assert cleaned["x"][0] == {"name": "管", "qty": "2.5", "unit": "米", "price_fen": 333, "amount_fen": 833}
    assert derived == {"x_fen": 1032}


def test_a_sum_adds_facts_and_input_and_nobody_types_it() -> None:
    form = [
        FormField(key="cash", label="现金", kind="amount"),
        FormField(
            key="total", label="合计", kind="sum", of=("cash", "refunds", "-topped_up", "missing", "note")
        ),
    ]
    cleaned, _ = fields.clean(form, {"cash": 100}, {"refunds": 20, "topped_up": 5, "note": "x"}, ZONE)
    assert cleaned == {"cash": 100, "total": 115}
    with pytest.raises(Problem) as caught:
        fields.clean(form, {"total": 1}, {}, ZONE)
    assert (caught.value.code, caught.value.field) == ("FIELD_UNKNOWN", "total")


def test_required_when_and_show_when_see_what_was_entered_before() -> None:
    form = [
        FormField(key="timing", label="何时", kind="choice", choices=CHOICES),  # type: ignore[arg-type]
        FormField(
            key="x", label="约定", required_when={"timing": "b"}, show_when={"timing": "b"}, clause="二"
        ),
    ]
    assert fields.clean(form, {"timing": "a", "x": "看不见"}, {}, ZONE)[0] == {"timing": "a"}
    with pytest.raises(Problem) as caught:
        fields.clean(form, {"timing": "b"}, {}, ZONE)
    assert (caught.value.code, caught.value.field, caught.value.clause) == ("FIELD_REQUIRED", "x", "二")
    assert fields.clean(form, {"timing": "b", "x": "两点"}, {}, ZONE)[0]["x"] == "两点"
    assert fields.clean(form[1:], {"x": "两点"}, {"timing": "b"}, ZONE)[0]["x"] == "两点", (
        "or recorded earlier"
    )


def test_a_tick_that_is_required_must_be_ticked() -> None:
    for raw in (False, "off", None):
        with pytest.raises(Problem, match="请勾选「某栏」"):
            clean(raw, field("tick", required=True))


def test_a_bool_that_is_required_may_be_no() -> None:
    assert clean(False, field("bool", required=True)) is False


def test_all_mistakes_are_said_together() -> None:
    form = [field("number"), FormField(key="y", label="另一栏", required=True)]
    with pytest.raises(Problems) as caught:
        fields.clean(form, {"x": "?", "z": 1}, {}, ZONE)
    assert [(one.code, one.field) for one in caught.value.problems] == [
        ("FIELD_UNKNOWN", "z"),
        ("FIELD_INVALID", "x"),
        ("FIELD_REQUIRED", "y"),
    ]


def test_a_product_waits_for_all_its_parts() -> None:
    of = field("product", of=["unit_price_fen", "y"])
    count = FormField.model_validate({"key": "y", "label": "数量", "kind": "number"})
    found, _derived = fields.clean((count, of), {"y": 20}, {"unit_price_fen": 50}, ZONE)
    assert found == {"y": 20, "x": 1000}
    assert fields.clean((count, of), {}, {"unit_price_fen": 50}, ZONE)[0] == {}


def test_only_rows_of_the_table_can_be_ticked_off() -> None:
    facts = {"t": {"cases": ["TY2603-0001", "TY2603-0002"]}}
    ticks = field("checks", of=["t"])
    assert clean(["TY2603-0002"], ticks, facts=facts) == ["TY2603-0002"]
    with pytest.raises(Problem) as caught:
        clean(["TY2603-0009"], ticks, facts=facts)
    assert caught.value.code == "FIELD_INVALID" and "TY2603-0009" in caught.value.message


def test_json_schema_says_what_a_program_needs() -> None:
    form = [
        FormField(key="timing", label="何时", kind="choice", required=True, choices=CHOICES, clause="一"),  # type: ignore[arg-type]
        FormField(key="fee", label="费用", kind="amount", required_when={"timing": "a"}, help="单位元"),
        FormField(key="total", label="合计", kind="sum", of=("fee",)),
        FormField(key="sign", label="签名", kind="signature", allow=("screen",)),
        FormField(key="rows", label="明细", kind="lines"),
        FormField(key="who", label="谁", kind="staff"),
    ]
    schema = json_schema(form)
    assert schema["required"] == ["timing"]
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == ["timing", "fee", "sign", "rows", "who"]
    assert schema["properties"]["timing"] == {"title": "何时", "enum": ["a", "b"], "x-clause": "一"}
    assert schema["properties"]["fee"]["x-required-when"] == {"timing": "a"}
    assert schema["properties"]["sign"]["properties"]["how"] == {"enum": ["screen"]}
    assert schema["properties"]["rows"]["type"] == "array"
    assert schema["properties"]["who"]["type"] == "integer"


def test_marks_are_all_choices_that_hold() -> None:
    form = (
        FormField(key="n", label="数", kind="number"),
        field("marks", choices=(*SIZES[:1], Choice(value="even", label="双", when={"n": [10, 2]}))),
    )
    assert fields.clean(form, {"n": 10}, {}, ZONE)[0]["x"] == ["large", "even"]
    assert fields.clean(form, {"n": 12}, {}, ZONE)[0]["x"] == ["large"]
    assert "x" not in fields.clean(form, {"n": 1}, {}, ZONE)[0]


def test_elapsed_counts_whole_minutes_to_the_moment_of_the_action() -> None:
    form = (field("elapsed", of=("opened_at",)),)
    known = {"opened_at": "2026-03-24T02:00:00Z", "now": "2026-03-24T02:59:59Z"}
    assert fields.clean(form, {}, known, ZONE)[0]["x"] == 59
    assert "x" not in fields.clean(form, {}, {"now": "2026-03-24T02:59:59Z"}, ZONE)[0]


def test_share_is_a_part_of_the_whole_in_percent() -> None:
    form = (field("share", of=("good", "all")),)

    def share(good: int | None, every: int | None) -> object:
        return fields.clean(form, {}, {"good": good, "all": every}, ZONE)[0].get("x")

    assert [share(6, 8), share(2, 3), share(1, 16), share(None, 4)] == ["75%", "66.7%", "6.3%", "0%"]
    assert share(0, 0) is None
    assert share(3, None) is None
