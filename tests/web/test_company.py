"""Offices side by side: only for who sees the reports of several, with verdict, total, reports and the way down."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.web.repair import TO_DONE, Repair

from guanjia import clock
from guanjia.adoption import actions as adoption
from guanjia.adoption import queries
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.staff import actions as staff
from guanjia.staff.models import User
from guanjia.staff.rules import compared_offices

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def repair(monkeypatch: pytest.MonkeyPatch) -> Repair:
    """An office with a repair that is done, and one without anything, under the same manual."""
    found = Repair()
    found.play(*TO_DONE)
    advance(found.at + timedelta(days=1))
    found.at += timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def second(repair: Repair) -> Office:
    office = estate.create_office(
        repair.office.company, "second", "清风苑管理处", "清风苑", duty_phone="0755-00000199"
    )
    version = queries.version_of("entrusted-repair-h", "2026.1")
    assert version is not None
    figures = queries.figures(repair.office)["entrusted-repair-h"]
    for key, value in figures.items():
        adoption.set_figure(office, version, key, value, at=repair.at - timedelta(days=30))
    adoption.adopt(office, version, at=repair.at - timedelta(days=30))
    return office


def somebody(name: str, role: str, **where: object) -> User:
    user = staff.create_user(name, name)
    staff.give_post(user, role, **where)  # type: ignore[arg-type]
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def body(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined]


@pytest.mark.rule("S002-1-2")
class TestWho:
    def test_the_centre_of_the_company_has_all_its_offices(self, repair: Repair, second: Office) -> None:
        centre = somebody("centre", "company_centre", company=second.company)
        page = body(signed_in(centre).get(reverse("company"), {"month": "2026-03"}))
        assert "翠湖花园管理处" in page and "清风苑管理处" in page

    @pytest.mark.parametrize("role", ["director", "company_centre", "quality", "receptionist"])
    def test_who_belongs_to_one_office_does_not_see_the_others(
        self, repair: Repair, second: Office, role: str
    ) -> None:
        client = signed_in(somebody("one", role, office=second))
        for address in (reverse("company"), reverse("company-export", args=["2026-03", "csv"])):
            answer = client.get(address)
            assert answer.status_code == 403 and "翠湖花园管理处" not in body(answer)
        assert not re.search(rf'href="{reverse("company")}["?]', body(client.get(reverse("director"))))

    def test_an_administrator_of_the_company_does_not_read_its_reports(
        self, repair: Repair, second: Office
    ) -> None:
        client = signed_in(somebody("admin", "administrator", company=second.company))
        assert client.get(reverse("company")).status_code == 403

    def test_the_centre_of_another_company_sees_its_own(self, repair: Repair, second: Office) -> None:
        company = estate.create_company("别的物业", "别的")
        estate.create_office(company, "far", "别处管理处", "别处", duty_phone="0755-00000121")
        page = body(signed_in(somebody("far", "company_centre", company=company)).get(reverse("company")))
        assert "别处管理处" in page and "翠湖花园管理处" not in page and "清风苑管理处" not in page

    def test_who_directs_two_offices_has_those_two(self, repair: Repair, second: Office) -> None:
        third = estate.create_office(second.company, "third", "三处", "三", duty_phone="0755-00000122")
        user = somebody("two", "director", office=second)
        staff.give_post(user, "director", office=third)
        staff.give_post(user, "technician", office=repair.office)
        assert compared_offices(user, second, repair.at) == [second, third]

    def test_a_post_that_is_over_opens_nothing(self, repair: Repair, second: Office) -> None:
        user = somebody("was", "company_centre", company=second.company)
        staff.end_post(user.posts.get(), repair.at.date())
        assert compared_offices(user, second, repair.at) == []


class TestWhat:
    @pytest.fixture
    def client(self, repair: Repair, second: Office) -> Client:
        return signed_in(somebody("centre", "company_centre", company=second.company))

    def rows(self, client: Client) -> list[list[str]]:
        answer = client.get(reverse("company-export", args=["2026-03", "csv"]))
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        return [line.split(",") for line in text.strip().splitlines()]

    def test_a_column_an_office_with_the_sum_and_the_clause(self, client: Client) -> None:
        heads, *rows = self.rows(client)
        assert heads[2:5] == ["翠湖花园管理处", "清风苑管理处", "合计"]
        count = next(row for row in rows if row[0] == "报修件数")
        assert count[2:5] == ["1", "0", "1"]
        share = next(row for row in rows if row[0] == "即时维修到场及时率")
        assert share[2:6] == ["100.0% 1/1", "– 0/0", "100.0% 1/1", "委托维修规程 一.四)"]

    def test_how_far_each_report_is(self, client: Client, repair: Repair) -> None:
        duty = next(row for row in self.rows(client) if row[0] == "检查值班记录")
        assert "未起草" in duty[2] and duty[3] == "", "the second office owes nothing yet"

    def test_a_number_leads_into_the_office_and_its_cases(
        self, client: Client, repair: Repair, second: Office
    ) -> None:
        page = body(client.get(reverse("company"), {"month": "2026-03"}))
        address = reverse("statistic", args=["2026-03", "entrusted-repair-h", "arrived_in_time"])
        assert f'name="next" value="{address}"' not in page, "repairs are counted for the company, not opened"
        directs = somebody("both", "director", office=second)
        staff.give_post(directs, "director", office=repair.office)
        client = signed_in(directs)
        page = body(client.get(reverse("company"), {"month": "2026-03"}))
        assert f'name="next" value="{address}"' in page
        answer = client.post(
            reverse("switch-office"), {"office": repair.office.code, "next": address}, follow=True
        )
        assert answer.status_code == 200 and repair.case.number in body(answer)

    @pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "/\\\\evil.example"])
    def test_going_on_stays_here(self, client: Client, repair: Repair, address: str) -> None:
        answer = client.post(reverse("switch-office"), {"office": repair.office.code, "next": address})
        assert answer["Location"] == reverse("home")

    def test_an_empty_month_and_paper(self, client: Client) -> None:
        assert "– 0/0" in ",".join(",".join(row) for row in self.rows(client))
        assert "0/0" in body(client.get(reverse("company"), {"month": "2025-01"}))
        answer = client.get(reverse("company-export", args=["2026-03", "pdf"]))
        assert answer["Content-Type"] == "application/pdf"
