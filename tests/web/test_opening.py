"""Opening a case of any kind from its manual's own form, and from the desk's line where the line hears too little."""

from __future__ import annotations

import re
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
from guanjia.estate import actions as estate
from guanjia.intake.classification import load_defaults
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.work import actions as work

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MANUALS = ("entrusted-repair-h", "home-service", "resident-help-h")
TEXTS = [read(Path(settings.MANUALS_ROOT) / key) for key in MANUALS]
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


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("3-2-1502 王秀兰 老人昏倒了", {"kind": ["medical"], "floor": ["15"]}),
        ("3-2-1502 王秀兰 家里进贼了", {"kind": ["incident"], "incident_kind": ["theft"]}),
        ("3-2-1502 王秀兰 厨房着火了", {"kind": ["incident"], "incident_kind": ["fire"]}),
    ],
)
def test_an_emergency_that_is_heard_opens_its_form_with_its_kind_chosen(
    stage: Stage, said: str, wanted: dict[str, list[str]]
) -> None:
    load_defaults(stage.office)
    desk = browser(stage, "receptionist")
    strip = desk.get(reverse("desk-parse"), {"line": said}).content.decode()
    assert "求助·听到" in strip and '<div class="hot">' in strip
    assert ("通知最近的人赶去" in strip) == (wanted["kind"] == ["medical"]), "the clocks are of that kind"
    where = urlsplit(desk.post(reverse("desk-register"), {"line": said, "key": "f"})["Location"])
    heard = parse_qs(where.query)
    assert where.path == reverse("case-new", args=["help"])
    assert {key: heard.get(key) for key in wanted} == wanted
    desk.post(where.path, {key: values[0] for key, values in heard.items()} | {"key": "g"})
    assert Case.objects.filter(category="help", urgent=True).count() == 1, "nothing else had to be filled in"


def test_the_receptionist_says_herself_what_kind_it_is(stage: Stage) -> None:
    desk, typed = browser(stage, "receptionist"), {"line": "3-2-1502 王秀兰 请过来看看", "key": "h"}
    strip = desk.get(reverse("desk-parse"), typed).content.decode()
    assert (
        '<option value="help">求助</option>' in strip and '<option value="hazard">家中隐患</option>' in strip
    )
    chosen = desk.get(reverse("desk-parse"), {**typed, "classification": "help"}).content.decode()
    assert '<option value="help" selected>求助</option>' in chosen and "由接待员选定" in chosen
    found = desk.post(reverse("desk-register"), {**typed, "classification": "help"})
    assert urlsplit(found["Location"]).path == reverse("case-new", args=["help"])
    known = desk.post(reverse("desk-register"), {**typed, "classification": "nonsense", "key": "i"})
    assert known["Location"] == reverse("desk"), "what is no kind here changes nothing"


def test_a_kind_that_is_named_in_the_line_is_that_kind(stage: Stage) -> None:
    load_defaults(stage.office)
    desk, typed = browser(stage, "receptionist"), {"line": "3-2-1502 王秀兰 家中隐患 厨房水管漏水"}
    strip = desk.get(reverse("desk-parse"), typed).content.decode()
    assert '<option value="" selected>家中隐患</option>' in strip and "<dd>隐患</dd>" in strip
    where = desk.post(reverse("desk-register"), {**typed, "key": "k"})["Location"]
    assert urlsplit(where).path == reverse("case-new", args=["hazard"])
    plain = desk.get(reverse("desk-parse"), {"line": "3-2-1502 王秀兰 报修 厨房水管漏水"}).content.decode()
    assert "报修·听到「厨房」「水管漏水」" in plain, "the finer row of the same kind stays"


def test_nobody_is_promised_to_be_sent_where_nobody_can_be(stage: Stage) -> None:
    desk, typed = browser(stage, "receptionist"), {"line": "3-2-1502 王秀兰 水管漏水"}
    assert "登记并派单" in desk.get(reverse("desk-parse"), typed).content.decode()
    strip = desk.get(reverse("desk-parse"), {**typed, "classification": "help"}).content.decode()
    assert "登记并派单" not in strip and "只登记" not in strip and "登记 <kbd>Enter</kbd>" in strip


def test_the_address_of_a_refused_line_is_the_desk(stage: Stage) -> None:
    desk = browser(stage, "receptionist")
    assert desk.post(reverse("desk-register"), {"line": "", "key": "j"}).status_code == 422
    assert desk.get(reverse("desk-register"))["Location"] == reverse("desk")


def test_a_repair_is_registered_from_the_line_as_before(stage: Stage) -> None:
    desk = browser(stage, "receptionist")
    desk.post(reverse("desk-register"), {"line": "3-2-1502 王秀兰 13800001234 水管漏水", "key": "e"})
    assert Case.objects.get().category == "repair"


def invalid(page: str) -> set[str]:
    """The names of the inputs that are marked as wrong and say so by the errors of the line."""
    marked = (one for one in re.findall(r"<(?:input|select)[^>]*>", page) if 'aria-invalid="true"' in one)
    return {one.split('name="')[1].split('"')[0] for one in marked if 'aria-describedby="line-errors"' in one}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"line": "1502 水管漏水", "phone": "13800001234"}, {"unit"}),
        ({"line": "水管漏水", "phone": "13800001234"}, {"house"}),
        ({"line": "3-2-1502 王秀兰 水管漏水", "timing": "appointment"}, {"appointment_at"}),
        ({"line": "3-2-1502 王秀兰 水管漏水", "channel": "staff"}, {"relayed_by"}),
    ],
    ids=["between houses", "no house", "no time", "nobody who passed it on"],
)
def test_what_is_wrong_is_marked_at_its_own_cell(
    stage: Stage, typed: dict[str, str], wrong: set[str]
) -> None:
    building = stage.office.buildings.get(code="3")
    estate.create_unit(building, "1502", stair="1", floor=15, on=NOW.date())
    refused = browser(stage, "receptionist").post(reverse("desk-register"), {**typed, "key": "m"})
    page = refused.content.decode()
    assert refused.status_code == 422 and 'id="line-errors"' in page
    assert invalid(page) == wrong
