"""One action on all payment requests that a search finds, as for a thousand papers that are handed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings as known
from django.test import Client
from django.urls import reverse
from tests.engine import bills as example
from tests.engine.bills import ROUND, Bills

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case, Event
from guanjia.engine import bulk, perform
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.policy.loader import compile_text, read

pytestmark = pytest.mark.django_db
HAND_OUT = """
[[procedure.action]]
key = "hand_out"
label = "送到门上"
clause = "6.3"
by = ["clerk"]
from = ["sent"]
bulk = true
field = [{ key = "carrier", label = "谁送", required = true }]
"""


@pytest.fixture
def bills(settings, tmp_path, monkeypatch) -> Iterator[Bills]:
    adoption.forget()  # another text under the key and version of the example
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(example, "MANUAL", example.MANUAL + HAND_OUT)
    found = Bills()
    for unit in ("3-2-1402", "3-2-1502", "3-2-1602"):
        found.order(unit, 2550)
    found.send()
    monkeypatch.setattr(clock, "now", lambda: ROUND + timedelta(hours=1))
    yield found
    adoption.forget()


def browser(bills: Bills, who: str = "cashier") -> Client:
    found = Client()
    found.force_login(bills.stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return found


def body(answer) -> str:
    return answer.content.decode()


def handed(bills: Bills) -> set[str]:
    rows = Event.objects.filter(case__office=bills.office, action="hand_out")
    return set(rows.values_list("case__unit__code", flat=True))


ADDRESS = "/cashier/requests/do/hand_out/"


def test_what_is_filled_in_once_is_done_on_each(bills) -> None:
    clerk = browser(bills)
    assert f'href="{ADDRESS}"' in body(clerk.get(reverse("requests")))
    assert "送到门上 3 件付款请求" in body(clerk.get(ADDRESS))
    answer = clerk.post(ADDRESS, {"carrier": "小周", "key": "k1"})
    job = Job.objects.get(kind=bulk.JOB)
    assert answer["Location"] == reverse("requests-job", args=[job.pk]) and handed(bills) == set()
    assert "等后台开始" in body(clerk.get(answer["Location"]))
    jobs.run(job.pk)
    assert handed(bills) == {"3-2-1402", "3-2-1502", "3-2-1602"}
    case = Case.objects.get(category="payment_request", unit__code="3-2-1402")
    assert case.facts["carrier"] == "小周"
    assert "送到门上：办了 3 件" in body(clerk.get(answer["Location"]))


def test_the_search_says_with_which_it_is_done(bills) -> None:
    clerk = browser(bills)
    found = body(clerk.get(reverse("requests"), {"q": "1502"}))
    assert f'href="{ADDRESS}?q=1502"' in found and "送到门上 1 件" in found
    assert 'name="q" value="1502"' in body(clerk.get(ADDRESS, {"q": "1502"}))
    clerk.post(ADDRESS, {"q": "1502", "carrier": "小周", "key": "k1"})
    jobs.run(Job.objects.get(kind=bulk.JOB).pk)
    assert handed(bills) == {"3-2-1502"}


def test_a_form_sent_twice_is_one_job(bills) -> None:
    clerk = browser(bills)
    for _turn in range(2):
        assert clerk.post(ADDRESS, {"carrier": "小周", "key": "k1"}).status_code == 302
    assert Job.objects.filter(kind=bulk.JOB).count() == 1


def test_what_is_missing_is_said_before_anything_is_done(bills) -> None:
    answer = browser(bills).post(ADDRESS, {"q": "1502", "carrier": "", "key": "k1"})
    assert answer.status_code == 422 and "谁送" in body(answer) and 'name="q" value="1502"' in body(answer)
    assert not Job.objects.filter(kind=bulk.JOB).exists() and handed(bills) == set()


def test_one_that_refuses_is_told_and_the_others_are_done(bills) -> None:
    clerk = browser(bills)
    clerk.post(ADDRESS, {"carrier": "小周", "key": "k1"})
    paid = Case.objects.get(category="payment_request", unit__code="3-2-1502")
    bills.do(paid, "collect_request", ROUND + timedelta(minutes=30), method="cash")
    job = Job.objects.get(kind=bulk.JOB)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert handed(bills) == {"3-2-1402", "3-2-1602"}
    assert [one["number"] for one in job.result["refused"]] == [paid.number]
    page = body(clerk.get(reverse("requests-job", args=[job.pk])))
    assert "送到门上：办了 2 件，1 件没有办成" in page and reverse("case", args=[paid.number]) in page


def test_a_worker_that_goes_on_after_another_does_nothing_twice(bills, monkeypatch) -> None:
    browser(bills).post(ADDRESS, {"carrier": "小周", "key": "k1"})
    job = Job.objects.get(kind=bulk.JOB)
    done: list[str] = []

    def dies(case, *given, **named):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(case.number)
        return perform(case, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(bulk, "perform", dies)
        with pytest.raises(KeyboardInterrupt):
            jobs.run(job.pk)
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    jobs.run(job.pk)
    assert Event.objects.filter(action="hand_out").count() == 3
    job.refresh_from_db()
    assert job.result == {"done": 3, "refused": []}


def test_only_whoever_may_do_it_is_offered_it(bills) -> None:
    lead = browser(bills, "cs_supervisor")
    assert ADDRESS not in body(lead.get(reverse("requests")))
    assert lead.get(ADDRESS).status_code == 404
    assert browser(bills, "technician").get(ADDRESS).status_code == 403
    assert not Job.objects.filter(kind=bulk.JOB).exists()


def test_the_list_is_narrowed_to_a_state(bills) -> None:
    bills.do(
        Case.objects.get(category="payment_request", unit__code="3-2-1502"),
        "collect_request",
        ROUND,
        method="cash",
    )
    page = body(browser(bills).get(reverse("requests"), {"scope": "all", "state": "paid"}))
    assert "FQ2603-0002" in page and "FQ2603-0001" not in page
    assert ">已付清 1</option>" in page and ">已送，待付 2</option>" in page


def test_requests_of_the_charge_round_may_be_handed_over_together() -> None:
    compiled = compile_text(read(known.MANUALS_ROOT / "reception-contact"))
    procedures = {one.key: one for one in compiled.manual.procedure}
    assert [one.key for one in procedures["payment_request"].action if one.bulk] == ["send"]
