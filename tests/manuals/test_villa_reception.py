"""The manual of a villa estate's reception where a card cannot show it: pages, lists, another manual's complaints."""

from __future__ import annotations

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
from guanjia.engine import open_case
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(settings.MANUALS_ROOT)
TEXT = read(ROOT / "villa-reception-liaison")


def on(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


@pytest.fixture
def stage() -> Stage:
    adoption.forget()
    return build([TEXT], {}, on("03-01 09:00"))


def browser(stage: Stage, who: str, monkeypatch: pytest.MonkeyPatch, now: str) -> Client:
    monkeypatch.setattr(clock, "now", lambda: on(now))
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def complain(stage: Stage, place: str, matter: str) -> Case:
    data = {"channel": "counter", "received_at": place, "contact_name": "何先明", "matter": matter}
    person = stage.person("receptionist")
    return open_case(stage.office, "complaint", actor=person, at=on("03-04 10:00"), data=data).case


@pytest.mark.rule("S001-5-7.6")
@pytest.mark.parametrize("who", ["林国栋", "何静", "周敏"])
def test_the_three_places_that_take_complaints_see_one_ledger(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    places = ("management_office", "general_office", "service_department")
    taken = [complain(stage, place, f"投诉{place}") for place in places]
    page = browser(stage, who, monkeypatch, "03-04 10:30").get(reverse("cases")).content.decode()
    assert [case.number in page for case in taken] == [True, True, True]


@pytest.mark.rule("S001-5-4.4")
@pytest.mark.parametrize(("who", "me"), [("receptionist", "周敏"), ("cs_supervisor", "何静")])
def test_the_opening_of_a_call_stands_above_the_form_with_one_s_own_name(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, who: str, me: str
) -> None:
    client = browser(stage, who, monkeypatch, "03-04 10:30")
    page = client.get(reverse("case-new", args=["enquiry"]), {"channel": "phone"}).content.decode()
    assert 0 < page.index(f"您好！绿城示范物业公司客服组，我是{me}") < page.index('data-draft="new:enquiry"')


@pytest.mark.rule("S001-5-3.5", "S001-5-3.1", "S001-5-3.3b", "S001-5-4.3")
def test_what_is_to_be_said_at_the_window_is_on_the_page(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(stage, "receptionist", monkeypatch, "03-04 10:30")
    page = client.get(reverse("case-new", args=["enquiry"])).content.decode()
    groups = ("问候语", "祝贺语", "欢迎语", "见面语", "致歉语", "祈请语", "致谢语", "辞别语")
    assert [page.count(f"{group}：") for group in groups] == [1] * 8
    for words in ("微笑招呼", "双手上茶", "声音清晰悦耳"):
        assert words in page


def test_its_complaints_give_way_to_a_manual_that_treats_them_more_fully() -> None:
    """Where the manual of complaints is adopted too, a complaint follows that one (`yields`)."""
    adoption.forget()
    stage = build([TEXT, read(ROOT / "complaint-handling-8")], {}, on("03-01 09:00"))
    [found] = [
        one for one in adoption.adopted(stage.office, on("03-04 10:00")) if one.compiled.category_for("complaint")
        and not one.compiled.category_for("complaint").yields  # type: ignore[union-attr]
    ]  # fmt: skip
    assert found.compiled.key == "complaint-handling-8"
