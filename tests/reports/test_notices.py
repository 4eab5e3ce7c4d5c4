"""Notices to put up: what they say in an office, and what the office has not set."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from tests.policy.building import findings

from guanjia.adoption import queries as adoption
from guanjia.ops.cards import stage as stages
from guanjia.ops.cards.card import Card
from guanjia.ops.cards.run import run
from guanjia.ops.management.commands.manual import SAMPLE

NOTICE = """
[[figure]]
key = "day"
label = "白天的投诉电话"
clause = "2.1"
kind = "text"
unspecified = true
if_unset = "show"

[[figure]]
key = "night"
label = "晚上的投诉电话"
clause = "2.1"
kind = "text"
unspecified = true
if_unset = "show"

[[form]]
key = "contacts"
title = "投诉电话"
clause = "2.1"
nature = "notice"
line = [
  { label = "白天", fact = "figure.day" },
  { label = "晚上", fact = "figure.night" },
  { label = "催取", fact = "figure.keep" },
]
"""
MANUAL = SAMPLE.read_text("utf-8") + NOTICE
NOW = datetime(2026, 3, 24, 2, 0, tzinfo=UTC)


def card(wanted: dict[str, object], **figures: str) -> Card:
    step = {"at": "2026-03-24 10:00", "expect": {"notices": [{"form": "contacts"} | wanted]}}
    return Card(title="告示", figures={"keep": "3 days"} | figures, step=[step])


@pytest.mark.django_db
class TestNotice:
    def test_it_says_the_offices_figures_on_paper_too(self) -> None:
        wanted = {
            "shows": {"白天": "0755-1", "晚上": "0755-2", "催取": "3天"}, "unset": [],
            "prints": ["投诉电话", "0755-1", "0755-2", "翠湖花园管理处"],
        }  # fmt: skip
        assert run(card(wanted, day="0755-1", night="0755-2"), [MANUAL]) == []

    def test_what_is_not_set_is_named_on_the_page_and_on_paper(self) -> None:
        wanted = {"unset": ["晚上的投诉电话"], "prints": ["0755-1", "没有设定：晚上的投诉电话"]}
        assert run(card(wanted, day="0755-1"), [MANUAL]) == []

    def test_the_expectation_sees_what_is_not(self) -> None:
        found = run(
            card({"shows": {"晚上": "0755-2"}, "unset": [], "prints": ["0755-2"]}, day="0755-1"), [MANUAL]
        )
        assert [one.split("：", 1)[1] for one in found] == [
            "告示 contacts 的「晚上」应有「0755-2」，现是「」",
            "告示 contacts 没有设定的应是 []，现是 ['晚上的投诉电话']",
            "打印的告示 contacts 上没有「0755-2」",
        ]  # fmt: skip
        assert run(card({}), [SAMPLE.read_text("utf-8")]) == [
            "第 1 步（2026-03-24 10:00）：没有告示 contacts"
        ]

    def test_the_manuals_page_shows_it_and_prints_it(self, client) -> None:  # type: ignore[no-untyped-def]
        stage = stages.build([MANUAL], {"keep": "3 days", "day": "0755-1"}, NOW)
        client.force_login(stage.person("receptionist"))
        compiled = adoption.adopted(stage.office, NOW)[0].compiled
        page = client.get(reverse("manual", args=[compiled.key, compiled.version])).content.decode()
        assert "告示：投诉电话" in page and "0755-1" in page and "还没有设定：晚上的投诉电话" in page
        address = reverse("manual-notice", args=[compiled.key, compiled.version, "contacts"])
        assert address in page
        paper = client.get(address)
        assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
        assert client.get(address.replace("contacts", "others")).status_code == 404


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("figure.day", "number", "「白天」不是管理处设定的数"),
        ("figure.day", "figure.dya", "没有数字「dya」"),
        ('nature = "notice"', 'nature = "notice"\nprefix = "GS"', "不编号"),
    ],
)
def test_the_lint_says_what_a_notice_cannot_be(old: str, new: str, says: str) -> None:
    assert findings(MANUAL) == []
    assert any(says in one for one in findings(MANUAL.replace(old, new)))
