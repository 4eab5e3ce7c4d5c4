"""Opening a case of any kind from its manual's own form, and from the desk's line where the line hears too little."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.work import actions as work

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
TEXTS = [read(Path(settings.MANUALS_ROOT) / key) for key in ("entrusted-repair-h", "home-service")]
ASKED = {
    "unit": "3-2-1502", "contact_name": "王秀兰", "matter": "打扫两间卧室", "timing": "appointment",
    "appointment_at": "2026-03-05T09:00", "service_kind": "housekeeping", "service": "日常清洁",
}  # fmt: skip


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    adoption.forget()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return build(TEXTS, {}, NOW)


def browser(stage: Stage, who: str) -> Client:
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_both_manuals_kinds_are_offered_to_whom_they_are_for(stage: Stage) -> None:
    page = browser(stage, "receptionist").get(reverse("case-choose")).content.decode()
    for kind in ("repair", "paid_service", "agreement"):
        assert reverse("case-new", args=[kind]) in page
    assert "检查值班记录" not in page, "the system opens these"
    assert browser(stage, "cashier").get(reverse("case-new", args=["agreement"])).status_code == 404


def test_the_form_keeps_what_was_typed_until_it_is_whole(stage: Stage) -> None:
    desk, address = browser(stage, "receptionist"), reverse("case-new", args=["paid_service"])
    assert 'name="price"' in desk.get(address).content.decode()
    refused = desk.post(address, {**ASKED, "key": "a"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "请填写「价格，元」" in page and "打扫两间卧室" in page
    done = desk.post(address, {**ASKED, "price": "120", "key": "a"})
    case = Case.objects.get(category="paid_service")
    assert done["Location"] == reverse("case", args=[case.number])
    assert (case.unit.code, case.facts["price"], case.facts["time_class"]) == ("3-2-1502", 12000, "hourly")
    desk.post(address, {**ASKED, "price": "120", "key": "a"})
    assert Case.objects.filter(category="paid_service").count() == 1, "the same form sent again opens nothing"


def test_what_only_the_server_knows_to_ask_is_asked_then(stage: Stage) -> None:
    desk, address = browser(stage, "receptionist"), reverse("case-new", args=["paid_service"])
    beyond = {**ASKED, "price": "500", "item": "吊装钢琴", "key": "b"}
    assert 'name="risky"' not in desk.get(address).content.decode()
    refused = desk.post(address, beyond)
    assert refused.status_code == 422 and 'name="risky"' in refused.content.decode()
    assert desk.post(address, {**beyond, "risky": "true"}).status_code == 302


def test_the_desk_s_line_leads_to_the_form_with_what_it_heard(stage: Stage) -> None:
    work.save_classification(stage.office, "全屋", "家政", "保洁", category="paid_service", words="家政 保洁")
    desk = browser(stage, "receptionist")
    found = desk.post(
        reverse("desk-register"), {"line": "3-2-1502 王秀兰 13800001234 要家政保洁两次", "key": "c"}
    )
    where = urlsplit(found["Location"])
    assert where.path == reverse("case-new", args=["paid_service"])
    heard = parse_qs(where.query)
    assert heard["unit"] == ["3-2-1502"] and "家政保洁" in heard["matter"][0]
    assert heard["party"] == [str(stage.parties["3-2-1502"].pk)]
    page = desk.get(found["Location"]).content.decode()
    assert "3-2-1502" in page and "家政保洁" in page
    done = desk.post(where.path, {**ASKED, "price": "120", "key": "d", "party": heard["party"][0]})
    assert done.status_code == 302
    assert Case.objects.get(category="paid_service").party == stage.parties["3-2-1502"]


def test_a_repair_is_registered_from_the_line_as_before(stage: Stage) -> None:
    desk = browser(stage, "receptionist")
    desk.post(reverse("desk-register"), {"line": "3-2-1502 王秀兰 13800001234 水管漏水", "key": "e"})
    assert Case.objects.get().category == "repair"
