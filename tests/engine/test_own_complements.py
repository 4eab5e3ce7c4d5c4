"""What a manual does to its own procedures and papers: added actions, obligations, titles and words of a form."""

from __future__ import annotations

from typing import Any

import pytest
from tests.engine.small import at
from tests.engine.test_complements import BASE, EXTRA, act, complain

from guanjia.adoption import queries as adoption
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import build
from guanjia.policy.loader import compile_text
from guanjia.records import sheets as printable
from guanjia.records.models import Record
from guanjia.reports import sheets


class TestOwnProcedures:
    """A manual that adds an action to all procedures adds it to its own too."""

    def test_its_own_cases_have_the_added_action(self, db: None) -> None:
        adoption.forget()
        stage = build([EXTRA], {}, at("24 09:00"))
        case = act(stage, complain(stage), "security", "ask", satisfied="yes")
        [paper] = Record.objects.filter(office=stage.office, form="log")
        assert (case.manual_key, paper.data["satisfied"]) == ("extra", "yes")

    @pytest.mark.parametrize(
        ("base", "who", "action", "expected"),
        [([], "receptionist", "reply", 1), ([BASE], "cs_supervisor", "answer", 0)],
    )
    def test_an_obligation_without_a_category_is_for_the_own_procedure_only(
        self, db: None, base: list[str], who: str, action: str, expected: int
    ) -> None:
        own = EXTRA.replace('owner = "guard"\ncategory = ["*"]\n', 'owner = "guard"\n')
        adoption.forget()
        stage = build([own, *base], {}, at("24 09:00"))
        case = act(stage, complain(stage), who, action)
        assert Obligation.objects.filter(case=case, key="ask").count() == expected


class TestWordsOfAForm:
    """A form writes values in words of its own, and may be called what the office calls it."""

    TEXT = (
        EXTRA.replace(
            '{ label = "什么事", fact = "matter" }, ',
            '{ label = "什么事", fact = "matter", words = { "漏水" = "水", "*" = "别的" } }, ',
        ).replace('title = "日工作记录"\n', 'title = "日工作记录"\ncalled = "@book"\n')
        + """
[[figure]]
key = "book"
label = "日志叫什么"
clause = "甲"
kind = "text"
unspecified = true
if_unset = "show"
"""
    )

    @pytest.mark.parametrize(("own", "title"), [({"book": "工作日记"}, "工作日记"), ({}, "日工作记录")])
    def test_title_and_words(self, db: None, own: dict[str, str], title: str) -> None:
        adoption.forget()
        stage = build([self.TEXT], own, at("24 09:00"))
        complain(stage)
        complain(stage, "吵闹")
        papers = Record.objects.filter(office=stage.office).order_by("pk")
        assert [one.title for one in papers] == [title, title]
        said = [dict(sheets.lines_of(stage.office, one))["什么事"] for one in papers]
        assert said == ["水", "别的"]
        printed = [dict(printable.fields_of(one, _log(), None)).get("什么事") for one in papers]
        assert printed == ["水", "别的"]


def _log() -> Any:
    return next(one for one in compile_text(TestWordsOfAForm.TEXT).manual.form if one.key == "log")
