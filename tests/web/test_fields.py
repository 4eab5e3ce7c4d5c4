"""Every kind of field as it is drawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.template import Context, Template

from guanjia.policy.schema import FormField
from guanjia.web.bridge.handing import MatterRow
from guanjia.web.components import FIELD_KINDS, ChoiceView, FieldView

READ_ONLY = ("computed", "sum", "product", "figures", "table")


@pytest.mark.parametrize("kind", FIELD_KINDS)
def test_every_kind_has_a_label_a_name_and_its_error(kind):
    rows = kind in ("lines", "items", "suppliers")
    view = FieldView(
        "thing", "这一栏<b>", kind, True, ({"name": "一"},) if rows else () if kind in ("multi", "photos", "checks") else "",
        () if rows else (ChoiceView("a", "甲"), ChoiceView("b", "乙")), error="不对<i>", help="提示",
    )  # fmt: skip
    if kind == "matters":
        view = replace(view, matters=(MatterRow("BX2603-0001", "龙头滴水", "", None, "周敏", ()),))
    html = Template("{% load guanjia %}{% field view %}").render(Context({"view": view}))
    assert "这一栏&lt;b&gt;" in html
    assert "不对&lt;i&gt;" in html and "<i>" not in html.replace("<i class", "")
    assert 'id="f-thing-error"' in html and 'id="f-thing-help"' in html
    if kind not in READ_ONLY:
        assert 'name="thing' in html
        assert "必填" in html
        assert "f-thing-error" in html.split("aria-describedby")[1]


def test_an_unknown_kind_is_a_programmers_error():
    with pytest.raises(ValueError, match="unknown field kind"):
        FieldView("a", "甲", "slider")


def test_the_kinds_of_the_schema_are_all_drawn():
    never = {"derived", "marks", "elapsed", "share"}  # they follow from the others and are not asked for
    assert set(FormField.model_fields["kind"].annotation.__args__) - never <= set(FIELD_KINDS)
