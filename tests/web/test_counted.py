"""A quota on the pages: how far it is, what counts, and what speaks against an action beside the field that answers it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from tests.engine.shares import SHARES
from tests.engine.small import Small
from tests.engine.small import at as on
from tests.engine.test_counting import HOMES, at, do, owed, served

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.engine.advance import advance
from guanjia.ops.cards.stage import Stage, build

pytestmark = pytest.mark.django_db


def signed_in(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Client:
    monkeypatch.setattr(clock, "now", lambda: now)
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


class TestCounted:
    @pytest.fixture
    def desk(self, monkeypatch: pytest.MonkeyPatch) -> Client:
        adoption.forget()
        stage = build([SHARES], {}, at("2-27 09:00"))
        advance(at("3-01 08:00"), offices=[stage.office.pk])
        cases = [served(stage, "3-05 10:00", home, "serve") for home in HOMES[:3]]
        do(stage, cases[0], "3-06 10:00", "call")
        self.numbers = [case.number for case in cases]
        return signed_in(stage, "receptionist", monkeypatch, at("3-06 12:00"))

    def test_the_worklist_and_the_case_show_how_far_it_is(self, desk: Client) -> None:
        assert "<strong>1/2</strong>" in desk.get(reverse("desk")).content.decode()
        row = owed("calls")
        page = desk.get(reverse("case", args=[row.case.number])).content.decode()
        assert "<strong>1/2</strong>" in page
        assert reverse("case-counted", args=[row.case.number, row.pk]) in page
        assert "要几个由本处设定" in page

    def test_every_one_leads_to_its_case(self, desk: Client) -> None:
        row = owed("calls")
        address = reverse("case-counted", args=[row.case.number, row.pk])
        page = desk.get(address).content.decode()
        assert "3 × 50% = 1.5，取 2" in page
        for number in self.numbers:
            assert reverse("case", args=[number]) in page
        assert (page.count("s-done"), page.count("还没有</span>")) == (1, 2)
        assert self.numbers[0] not in desk.get(address, {"q": "1502"}).content.decode()
        lines = b"".join(
            desk.get(reverse("case-counted-export", args=[row.case.number, row.pk, "csv"])).streaming_content
        )
        assert lines.decode("utf-8-sig").count("FW2603") == 3

    def test_a_duty_that_counts_nothing_has_no_such_page(self, desk: Client) -> None:
        row = owed("calls")
        assert desk.get(reverse("case-counted", args=[row.case.number, row.pk + 99])).status_code == 404
        assert desk.get(reverse("case-counted", args=[self.numbers[0], row.pk])).status_code == 404


class TestWarnings:
    def test_what_speaks_against_it_stands_beside_the_field_for_the_reason(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        small = Small()
        address = reverse("case-act", args=[small.case.number, "answer"])
        chief = signed_in(small.stage, "cs_supervisor", monkeypatch, on("24 10:10"))
        page = chief.get(address).content.decode()
        assert 'id="f-why_so_late-warn"' in page
        assert "还没到场。（1）" in page
        assert 'aria-describedby="f-why_so_late-warn"' in page
        assert chief.post(address, {"key": "a"}).status_code == 409
        assert chief.post(address, {"key": "b", "why_so_late": "电话里说清了"}).status_code == 302

    def test_whoever_may_not_override_reads_it_as_a_reason(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = Small()
        desk = signed_in(small.stage, "receptionist", monkeypatch, on("24 10:10"))
        page = desk.get(reverse("case-act", args=[small.case.number, "answer"])).content.decode()
        assert "f-why_so_late-warn" not in page
        assert "还没到场。（1）" in page

    def test_what_is_fulfilled_warns_of_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        small = Small()
        small.do("24 10:05", "arrive")
        chief = signed_in(small.stage, "cs_supervisor", monkeypatch, on("24 10:10"))
        page = chief.get(reverse("case-act", args=[small.case.number, "answer"])).content.decode()
        assert "f-why_so_late-warn" not in page
