"""The handbook of reception and contact where a card cannot show it: the forms as they are drawn, other manuals beside it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case, perform
from guanjia.obligations.models import Obligation
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.reports import monthly

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(settings.MANUALS_ROOT)
TEXT = read(ROOT / "reception-contact")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT], {}, on("03-01 09:00"))


def form(stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str, channel: str = "") -> str:
    """The page with which the clerk opens a case."""
    monkeypatch.setattr(clock, "now", lambda: on("03-02 09:00"))
    client = Client()
    client.force_login(stage.person("周敏"), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("case-new", args=[kind]), {"channel": channel} if channel else {})
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.rule("S000-5-3.1")
def test_a_visitor_s_name_and_home_come_first_and_the_five_steps_can_be_ticked(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = form(stage, monkeypatch, "enquiry", "counter")
    asked = page[page.index('class="body gf cols"') :]
    hidden = re.findall(r'type="hidden" name="([a-z_]+)"', asked)
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', asked)
    own = [name for name in dict.fromkeys(names) if name not in ("csrfmiddlewaretoken", *hidden)]
    assert own[:2] == ["contact_name", "unit"]
    assert "主动招呼；马上起立，微笑" in page
    for step in ("greet", "stand", "ask", "seat", "tea"):
        assert re.search(rf'name="courtesy"[^>]*value="{step}"|value="{step}"[^>]*name="courtesy"', page), (
            step
        )


@pytest.mark.rule("S000-5-4.3")
def test_on_the_telephone_the_greeting_stands_there_and_the_cursor_is_where_it_is_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = form(stage, monkeypatch, "enquiry", "phone")
    assert "您好，绿城示范物业公司客服组，我是周敏。" in page
    assert re.search(r'<textarea[^>]*name="matter"[^>]*data-focus', page)
    assert "双手上茶。" not in page


@pytest.mark.rule("S000-5-3.5")
@pytest.mark.parametrize("channel", ["counter", "phone"])
def test_the_eight_groups_of_phrases_stand_beside_the_form(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, channel: str
) -> None:
    page = form(stage, monkeypatch, "enquiry", channel)
    groups = ("问候语", "祝贺语", "欢迎语", "见面语", "致歉语", "祈请语", "致谢语", "辞别语")
    places = [page.index(f"<b>{group}</b>") for group in groups]
    assert places == sorted(places)


@pytest.mark.rule("S000-5-2.1b")
def test_who_leaves_the_form_is_told_that_nothing_is_on_record(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'data-unsaved="还没有登记，没有登记就没有记录。' in form(stage, monkeypatch, "enquiry")


@pytest.mark.rule("S000-5-7.7", "S000-5-7.1")
def test_the_complaint_form_shows_both_telephones_and_flags_what_is_not_set(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = form(stage, monkeypatch, "complaint")
    assert "白天 （还没有设定），晚间 （还没有设定）" in page
    assert page.index("认真听完") < page.index('name="contact_name"')


def repaired(stage: Stage, unit: str) -> Case:
    clerk, worker = stage.person("周敏"), stage.person("田大勇")
    data = {"unit": unit, "matter": "锁坏了", "trouble": "other"}
    case = open_case(stage.office, "repair", actor=clerk, at=on("03-02 09:00"), data=data).case
    steps: list[tuple[str, object, dict[str, object]]] = [
        ("issue_slip", clerk, {"appointment_at": "2026-03-02 10:00"}),
        ("call", clerk, {"repairer": worker.pk, "called_at": "2026-03-02 09:05"}),
        ("arrive", worker, {}),
        ("quote", worker, {"found_out": "换锁芯", "quote": "40.00"}),
        ("consent", worker, {"agreed_by": "业户"}),
        ("start", worker, {}),
        ("finish", worker, {"done": "换了", "amount": "40.00"}),
        ("sign", worker, {"signature": {"how": "paper", "name": "业户"}}),
    ]
    for action, who, entered in steps:
        perform(case, action, actor=who, at=on("03-02 10:00"), data=entered)  # type: ignore[arg-type]
        case.refresh_from_db()
    return case


@pytest.mark.rule("S000-5-2.5a")
def test_the_repair_that_nobody_asked_after_is_named(stage: Stage) -> None:
    asked, forgotten = repaired(stage, "3-2-1502"), repaired(stage, "3-2-1402")
    data = {"follow_means": "phone", "satisfied": "yes", "problem": False}
    perform(asked, "follow_up", actor=stage.person("周敏"), at=on("03-03 09:00"), data=data)
    found = monthly.figures(
        stage.office, adoption.adopted(stage.office, on("03-31 09:00")), "2026-03", on("03-31 09:00")
    )
    [rate] = [one for one in found if one.statistic.key == "followed_up"]
    assert set(rate.base_numbers) - set(rate.numbers) == {forgotten.number}


def test_complaints_follow_a_manual_of_their_own_where_there_is_one() -> None:
    adoption.forget()
    stage = build([TEXT, read(ROOT / "complaint-handling-8")], {}, on("03-01 09:00"))
    manuals = adoption.adopted(stage.office, on("03-02 09:00"))
    assert {one.compiled.key for one in manuals} == {"reception-contact", "complaint-handling-8"}
    clerk = stage.person("周敏")
    data = {
        "contact_name": "王秀兰", "unit": "3-2-1502", "contact_phone": "13800001234", "channel": "counter",
        "kind": "complaint", "matter": "楼上装修太吵",
    }  # fmt: skip
    contact = open_case(stage.office, "enquiry", actor=clerk, at=on("03-02 09:00"), data=data).case
    complaint = Case.objects.get(office=stage.office, category="complaint")
    assert (contact.state, complaint.manual_key) == ("handed_on", "complaint-handling-8")
    assert not Obligation.objects.filter(case=contact, closed_at__isnull=True).exists()
