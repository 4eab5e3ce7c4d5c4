"""The month at a glance: targets with their verdict, what has to reach a number, and that every figure leads to its cases."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.engine.shares import SHARES
from tests.engine.test_counting import HOMES, at, do, owed, served
from tests.manuals.test_home_service import homes, on, written
from tests.web.repair import TO_DONE, Repair

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.engine.advance import advance
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
HOME = read(Path(settings.MANUALS_ROOT) / "home-service")


def signed_in(stage: Stage | Repair, who: str, monkeypatch: pytest.MonkeyPatch, now: datetime) -> Client:
    monkeypatch.setattr(clock, "now", lambda: now)
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def tile(page: str, title: str) -> str:
    """The tile with this title, its tags taken out."""
    found = next(part for part in page.split('<article class="card kpi">')[1:] if f">{title}<" in part)
    return " ".join(re.sub(r"<[^>]+>", " ", found.split("</article>")[0]).split())


class TestTargets:
    @pytest.fixture
    def page(self, monkeypatch: pytest.MonkeyPatch) -> str:
        """March: ten emergencies, one of them late; two of sixty redone; 57 of 60 asked are satisfied."""
        adoption.forget()
        stage = build([HOME], {}, on("02-27 09:00"))
        rows = written(stage, homes(stage.office, 60))
        for n, case in enumerate(rows):
            case.facts["satisfied"] = "yes" if n < 57 else "no"
            case.reopened = 1 if n < 2 else 0
            case.save(update_fields=["facts", "reopened"])
        for n, case in enumerate(rows[:10]):
            due = on("03-10 10:00")
            met = due + timedelta(minutes=1) if n == 9 else due
            Obligation.objects.create(
                office=stage.office, case=case, manual_key="home-service", manual_version="x", label="到",
                key="emergency", clause="5.2.2", state="met", limit_text="", started_by="", unit="seconds",
                opened_at=on("03-10 09:50"), due_at=due, met_at=met, closed_at=met, calendar_key="always",
            )  # fmt: skip
        self.late = rows[9].number
        self.client = signed_in(stage, "director", monkeypatch, on("03-31 10:00"))
        return self.client.get(reverse("director")).content.decode()

    @pytest.mark.rule("S002-1-5.2.2c")
    def test_on_time_is_all_and_the_late_case_is_named_first(self, page: str) -> None:
        assert tile(page, "急修及时率") == "急修及时率 90.0 % 未达标 目标 100% 9/10 特约服务标准 5.2.2"
        behind = self.client.get(
            reverse("statistic", args=["2026-03", "home-service", "emergency_on_time"])
        ).content.decode()
        first = behind.split("<tbody>")[1].split("</tr>")[0]
        assert self.late in first and "s-over" in first
        assert behind.split("<tbody>")[1].count("s-over") == 1

    @pytest.mark.rule("S002-1-5.2.2d")
    def test_redone_is_at_most_one_in_a_hundred_and_those_redone_are_what_is_wrong(self, page: str) -> None:
        said = tile(page, "返修率（季度）")
        assert "未达标" in said and "目标 不超过 1%" in said and "2/60" in said
        behind = self.client.get(reverse("statistic", args=["2026-03", "home-service", "redone"]))
        rows = behind.content.decode().split("<tbody>")[1].split("</tr>")
        assert ["s-over" in row for row in rows[:3]] == [True, True, False]

    @pytest.mark.rule("S002-1-5.2.2e")
    def test_satisfied_are_at_least_ninety_five(self, page: str) -> None:
        said = tile(page, "居家服务满意率")
        assert "95.0 % 达标 目标 不低于 95% 57/60" in said

    def test_targets_come_before_what_has_none(self, page: str) -> None:
        titles = re.findall(r'<article class="card kpi"><h3><a[^>]*>([^<]+)<', page)
        assert set(titles[:4]) == {"居家服务满意率", "零修及时率", "急修及时率", "返修率（季度）"}

    def test_an_empty_month_says_so(self, page: str) -> None:
        empty = self.client.get(reverse("director"), {"month": "2025-11"}).content.decode()
        assert "2025年11月概况" in empty and "本月还没有" in tile(empty, "急修及时率")
        assert "这个月还没有要限时到场的" in empty


class TestNumbers:
    def test_a_number_that_is_to_be_reached_is_a_tile_that_leads_to_what_counts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        adoption.forget()
        stage = build([SHARES], {}, at("2-27 09:00"))
        advance(at("3-01 08:00"), offices=[stage.office.pk])
        cases = [served(stage, "3-05 10:00", home, "serve") for home in HOMES[:3]]
        do(stage, cases[0], "3-06 10:00", "call")
        client = signed_in(stage, "director", monkeypatch, at("4-06 12:00"))
        page = client.get(reverse("director")).content.decode()
        row = owed("calls")
        assert reverse("case-counted", args=[row.case.number, row.pk]) in page
        assert "3 × 50% = 1.5，取 2" in page
        assert "超时，还差 1" in page
        monkeypatch.setattr(clock, "now", lambda: at("3-06 12:00"))
        assert "按进度" in client.get(reverse("director")).content.decode()


class TestFigures:
    @pytest.fixture
    def client(self, monkeypatch: pytest.MonkeyPatch) -> Client:
        """Two arrivals, one of them late, and one on its way."""
        self.repair = repair = Repair()
        repair.play(*TO_DONE)
        repair.at += timedelta(days=8)
        repair.case = repair.report("3-2-1402", "换水龙头", contact_name="何先明")
        repair.at += timedelta(minutes=40)
        repair.play("dispatch", "accept", "arrive")
        repair.report("6-1-0302", "卫生间主水管漏水", contact_name="刘伟")
        repair.at += timedelta(hours=3)
        advance(repair.at)
        return signed_in(repair, "director", monkeypatch, repair.at)

    def get(self, client: Client, name: str, query: str = "") -> str:
        return client.get(f"{reverse(name)}{query}").content.decode()

    def test_arrivals_lead_to_their_cases(self, client: Client) -> None:
        march, april = (self.get(client, "arrivals", f"?month=2026-{n}") for n in ("03", "04"))
        assert "BX2603-0001" in march and "1 次到场，0 次超时" in march
        assert "1 次到场，1 次超时" in april
        assert "BX2604" in self.get(client, "arrivals", "?month=2026-04&scope=late")
        assert "没有相符的" in self.get(client, "arrivals", "?month=2026-03&scope=late")
        assert "超时的 1 次" in self.get(client, "director", "?month=2026-04")
        lines = client.get(reverse("arrivals-export", args=["2026-04", "csv"]))
        assert len(b"".join(lines.streaming_content).decode().strip().splitlines()) == 2

    def test_a_number_of_a_week_leads_to_as_many_cases(self, client: Client) -> None:
        links = re.findall(r'href="([^"]*from=[^"]*)">(\d+)<', self.get(client, "weeks"))
        assert [int(n) for _href, n in links] == [2, 1]
        for href, n in links:
            listed = client.get(href.replace("&amp;", "&")).content.decode()
            assert len(set(re.findall(r"BX26\d\d-\d{4}", listed))) == int(n)
            assert "不限日期" in listed

    def test_what_somebody_has_in_hand_leads_to_it(self, client: Client) -> None:
        page = self.get(client, "director", "?month=2026-04")
        href, name = re.search(r'href="([^"]*owner=\d+)">([^<]+)</a>', page).groups()  # type: ignore[union-attr]
        listed = client.get(href).content.decode()
        assert f'<span class="tag">{name}</span>' in listed
        count = len(re.findall(r"<tr><td>", listed))
        assert f'<td class="num">{count}</td>' in page

    def test_nobody_of_another_office_is_named(self, client: Client) -> None:
        assert client.get(reverse("duties"), {"owner": "999999"}).status_code == 404

    def test_a_turn_of_the_month_leads_to_its_case(self, client: Client) -> None:
        page = self.get(client, "director", "?month=2026-03")
        ruler = page.split('class="ruler')[1]
        marks = re.findall(r'<a class="mk [^"]+" href="([^"]+)"', ruler)
        assert marks and all(client.get(href).status_code == 200 for href in marks[:3])
