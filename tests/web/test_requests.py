"""Payment requests at the counter: found, paid, and printed as one file by the worker."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from tests.engine.bills import ROUND, Bills

from guanjia.cases.models import Case
from guanjia.engine import billing, door
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.reports import printing, requests
from guanjia.web.case import page as case_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def bills(settings, tmp_path) -> Iterator[Bills]:
    settings.MEDIA_ROOT = tmp_path
    found = Bills()
    for unit, fen in (("3-2-1402", 2550), ("3-2-1502", 4000), ("3-2-1502", 6000), ("3-2-1602", 1)):
        found.order(unit, fen)
    yield found


@pytest.fixture
def client(bills) -> Client:
    found = Client()
    found.force_login(bills.stage.person("cashier"), backend="django.contrib.auth.backends.ModelBackend")
    return found


def body(answer) -> str:
    return answer.content.decode()


def rows(client: Client, **asked: str) -> list[str]:
    page = body(client.get(reverse("requests"), asked))
    return page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1] if "<tbody>" in page else []


def test_a_request_is_found_by_number_paper_house_name_and_telephone(bills, client) -> None:
    made = bills.send()
    assert len(rows(client)) == 3
    for search in (made[1].number, "FQ2603-0002", "1502", "王秀兰"):
        (row,) = rows(client, q=search)
        assert made[1].number in row and "FQ2603-0002" in row and "100.00" in row
    assert rows(client, q="9-9") == [] and len(rows(client, month="2026-03")) == 3
    assert rows(client, month="2026-02") == []


def test_paid_ones_leave_the_list_and_the_counter_may_take_some_orders(bills, client) -> None:
    made = bills.send()
    page = body(client.get(f"/cases/{made[1].number}/do/collect_request/"))
    assert "付哪几件；不勾为全部" in page and page.count('name="which"') == 2
    first = made[1].facts["bill_orders"]["cases"][0]
    bills.do(made[1], "collect_request", ROUND, method="cash", which=[first])
    page = body(client.get(f"/cases/{made[1].number}/do/collect_request/"))
    assert page.count('name="which"') == 1, "what is paid is not offered again"
    assert "60.00" in rows(client, q="1502")[0]
    bills.do(made[1], "collect_request", ROUND, method="cash")
    assert rows(client, q="1502") == []
    assert "付清" in rows(client, q="1502", scope="all")[0]


def test_the_list_and_its_export_ask_as_often_for_three_as_for_one(
    bills, client, django_assert_num_queries
) -> None:
    bills.send()
    client.get(reverse("requests"))
    for asked in ({"q": "1502"}, {"q": "3-2"}):
        with django_assert_num_queries(18):
            assert client.get(reverse("requests"), asked).status_code == 200
    text = b"".join(client.get(reverse("requests-export", args=["csv"])).streaming_content).decode()
    assert text.count("FK2603") == 3 and "100.00" in text


class TestRound:
    @pytest.fixture(autouse=True)
    def _one_at_a_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(billing, "TOGETHER", 1)

    def test_says_how_far_the_round_is(self, bills, client) -> None:
        assert "hx-trigger" not in body(client.get(reverse("requests")))
        due = bills.begin()
        assert f"{due.subject} {due.number}" in body(client.get(reverse("requests")))
        Job.objects.filter(kind=billing.JOB).update(state="running", step="开付款请求", done=1, total=3)
        page = body(client.get(reverse("requests")))
        assert "1 / 3" in page and 'value="1" max="3"' in page and "every 2s" in page
        Job.objects.filter(kind=billing.JOB).update(state="waiting")
        jobs.run(Job.objects.get(kind=billing.JOB).pk)
        assert "every 2s" not in body(client.get(reverse("requests")))

    def test_the_page_of_a_round_shows_some_of_its_requests_and_how_many_more(
        self, bills, client, monkeypatch
    ) -> None:
        monkeypatch.setattr(case_page, "LINKS", 2)
        due = bills.begin()
        address = reverse("case", args=[due.number])
        first = body(client.get(address))
        assert first.count("关联 3栋2单元") == 1 and "另有" not in first
        jobs.run_waiting(bills.office)
        page = body(client.get(address))
        assert page.count("关联 3栋2单元") == 2 and "另有 1 件" in page

    def test_a_round_that_stopped_says_why_and_where_to_go_on(self, bills, client, monkeypatch) -> None:
        due = bills.begin()

        def refused(*_given: Any, **_named: Any) -> Case:
            raise Problem("CATEGORY_WITHOUT_PROCEDURE", "没有采用管付款请求的规程。", "请先采用一部。")

        with monkeypatch.context() as patched:
            patched.setattr(door, "bill_some", refused)
            assert jobs.run(Job.objects.get(kind=billing.JOB).pk).state == "refused"  # type: ignore[union-attr]
        page = body(client.get(reverse("requests")))
        assert (
            "没有采用管付款请求的规程。请先采用一部。" in page and reverse("case", args=[due.number]) in page
        )
        due = bills.press(due)
        while due.state != "sent":
            jobs.run_waiting(bills.office)
            due.refresh_from_db()
        assert Case.objects.filter(category="payment_request").count() == 3
        assert "没有采用" not in body(client.get(reverse("requests")))


class TestPrinting:
    def ask(self, client: Client, **asked: str) -> Job:
        answer = client.post(reverse("requests-print"), {"scope": "all", **asked})
        assert answer.status_code == 302
        return Job.objects.get(kind=requests.PRINT)

    def pages(self, client: Client, job: Job) -> list[str]:
        answer = client.get(reverse("requests-file", args=[job.pk]))
        content = b"".join(answer.streaming_content)
        with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
            return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]

    def test_all_of_a_round_are_one_file_in_the_order_of_the_houses(self, bills, client) -> None:
        made = bills.send()
        job = self.ask(client)
        assert "等待" in body(client.get(reverse("requests-job", args=[job.pk])))
        assert jobs.run(job.pk).outcome == "3 张付款请求书，3 页"
        page = body(client.get(reverse("requests-job", args=[job.pk])))
        assert reverse("requests-file", args=[job.pk]) in page
        texts = self.pages(client, job)
        assert [one.unit.code in "3-2-1402 3-2-1502 3-2-1602" for one in made] == [True] * 3
        for text, (home, total) in zip(
            texts, (("1402", "贰拾伍元伍角"), ("1502", "壹佰元整"), ("1602", "壹分")), strict=True
        ):
            assert home in text and total in text and "付款请求书" in text

    def test_a_worker_that_dies_leaves_what_it_has_set_to_the_next(self, bills, client, monkeypatch) -> None:
        bills.send()
        monkeypatch.setattr(requests, "TOGETHER", 1)
        set_, calls = printing.slips_pdf, []

        def dies_at_the_third(office, records, at):
            calls.append(records[0].number)
            if len(calls) == 3:
                raise MemoryError
            return set_(office, records, at)

        monkeypatch.setattr(printing, "slips_pdf", dies_at_the_third)
        job = self.ask(client)
        with pytest.raises(MemoryError):
            jobs.run(job.pk)
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
        assert jobs.run(job.pk).state == Job.State.DONE
        assert calls == ["FQ2603-0001", "FQ2603-0002", "FQ2603-0003", "FQ2603-0003"]
        assert len(self.pages(client, job)) == 3
        assert [path.name for path in requests.file_of(bills.office, job.pk).parent.iterdir()] == [
            f"{job.pk}.pdf"
        ]

    def test_one_print_and_many_say_the_same(self, bills) -> None:
        made = bills.send()
        papers = requests.papers_of(bills.office, made)
        many = pypdfium2.PdfDocument(printing.slips_pdf(bills.office, papers, ROUND))
        for page, paper in zip(many, papers, strict=True):
            alone = pypdfium2.PdfDocument(printing.record_pdf(bills.office, paper, ROUND))
            assert page.get_textpage().get_text_bounded() == alone[0].get_textpage().get_text_bounded()

    def test_nothing_to_print_is_said_and_others_may_not(self, bills, client) -> None:
        answer = client.post(reverse("requests-print"), {"scope": "all"})
        assert answer.status_code == 422 or "0 张" in body(answer)
        bills.send()
        job = self.ask(client)
        other = Client()
        other.force_login(
            bills.stage.person("technician"), backend="django.contrib.auth.backends.ModelBackend"
        )
        for name in ("requests-job", "requests-file"):
            assert other.get(reverse(name, args=[job.pk])).status_code == 403
        assert other.get(reverse("requests")).status_code == 403
