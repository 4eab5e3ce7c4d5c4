"""The company's figures of a manual: one may be set alone, a reading may be given back, what offices set is in words."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.engine import adopting
from guanjia.ops.cards.stage import Stage
from guanjia.policy.loader import read
from guanjia.staff import actions as staff

pytestmark = pytest.mark.django_db

KEY = "entrusted-repair-h"
READING = """
[[figure]]
key = "sheet_to"
label = "维修单交到哪里"
clause = "二.五).4"
kind = "choice"
unspecified = true
options = ["交前台", "交资料室"]

[[figure]]
key = "looked_at"
label = "多久看一次"
clause = "二.五).4"
kind = "recurrence"
value = "monthly on day 25"
"""
COMPANY, OWN = (reverse(name, args=[KEY]) for name in ("manual-company-figures", "manual-figures"))
BACK = 'name="sheet_to" value=""'


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: BEGINS)


@pytest.fixture
def quality(stage: Stage) -> Client:
    """The quality post of the company; the office works under a version with a reading, and has chosen one itself."""
    text = read(settings.MANUALS_ROOT / KEY).replace('version = "2026.1"', 'version = "2026.2"') + READING
    version = adoption.keep_version(text, at=BEGINS)
    adopting.adopt(stage.office, version, at=BEGINS, figures={"sheet_to": "交前台"})
    staff.give_post(stage.person("quality"), "quality", company=stage.office.company)
    client = Client()
    client.force_login(stage.person("quality"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def body(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_company_may_set_one_figure_and_leave_the_others_empty(quality: Client) -> None:
    page = body(quality, COMPANY)
    assert 'name="sheet_return"' in page, "a blank without which no office may adopt the manual"
    assert " required" not in page and "必填" not in page, "none is the company's to fill in"
    blanks = dict.fromkeys(("sheet_return", "punctuality_call", "review_due"), "")
    assert quality.post(COMPANY, {**blanks, "review_due": "by day 8"}).status_code == 302


def test_a_reading_that_the_company_chose_can_be_given_back(quality: Client, stage: Stage) -> None:
    assert BACK not in body(quality, COMPANY), "there is nothing to give back"
    quality.post(COMPANY, {"sheet_to": "交资料室"})
    assert BACK in body(quality, COMPANY)
    assert quality.post(COMPANY, {"sheet_to": ""}).status_code == 302
    assert KEY not in queries.company_figures(stage.office.company)


def test_an_office_can_go_back_to_the_reading_of_its_company(quality: Client, stage: Stage) -> None:
    assert BACK not in body(quality, OWN), "nobody else has chosen: the manual cannot do without"
    quality.post(COMPANY, {"sheet_to": "交资料室"})
    assert BACK in body(quality, OWN)
    assert quality.post(OWN, {"sheet_to": ""}).status_code == 302
    assert queries.figures(stage.office)[KEY]["sheet_to"] == "交资料室"


def test_what_an_office_set_itself_is_said_in_words(quality: Client) -> None:
    page = body(quality, COMPANY)
    assert "自己另定的：翠湖花园管理处 当日内。" in page
    assert "自己另定的：翠湖花园管理处 交前台。" in page, "a reading is words already"


def test_a_rhythm_is_said_in_words_and_how_it_is_written_beside_its_field(quality: Client) -> None:
    assert "每月25日" in body(quality, reverse("manual", args=[KEY, "2026.2"]))
    assert quality.post(OWN, {"looked_at": "weekly on mon"}).status_code == 302
    page = body(quality, COMPANY)
    assert "自己另定的：翠湖花园管理处 每周一。" in page and "写法如 daily、weekly on mon" in page
