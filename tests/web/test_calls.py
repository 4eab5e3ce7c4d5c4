"""Calls on the desk: who rings, taken into the line with one key, registered with what the telephone system knows."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.repair import Repair

from guanjia import clock
from guanjia.cases.models import Access, Case
from guanjia.intake.models import Call
from guanjia.intake.telephone import lines
from guanjia.intake.telephone.actions import Heard, give_up, hear

pytestmark = pytest.mark.django_db
KNOWN, STRANGE = "13800001234", "13912340000"


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    found.line = lines.add(found.office, "0755-88000120", "服务热线", at=found.at)[0]
    return found


def browser(repair: Repair, who: str = "receptionist") -> Client:
    client = Client()
    client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def say(repair: Repair, event: str, **more: object) -> Call:
    known = {"call_id": "a", "number": KNOWN, **more}
    return hear(
        repair.line, Heard(event=event, at=repair.at, line=repair.line.number, **known), now=repair.at
    ).call


def body(response) -> str:
    return response.content.decode()


def test_the_callers_card_opens_while_it_rings_and_leaves_what_is_typed(repair):
    desk = browser(repair)
    say(repair, "ringing")
    text = body(desk.get("/desk/ringing/", {"mark": "0", "line": ""}))
    assert "138****1234" in text and KNOWN not in text
    assert 'data-take="3-2-1502 王秀兰女士"' in text and 'data-key="F7"' in text
    assert 'hx-target="#household"' in text and repair.case.subject[:6] in text, (
        "the card with its open matters"
    )
    typing = body(desk.get("/desk/ringing/", {"mark": "0", "line": "6-1-0302 门"}))
    assert 'hx-target="#household"' not in typing and "138****1234" in typing


def test_the_refresh_is_quiet_until_something_changes(repair, django_assert_num_queries):
    desk = browser(repair)
    call = say(repair, "ringing")
    mark = f"{call.pk}.ringing-0.0"
    assert desk.get("/desk/ringing/", {"mark": mark}).status_code == 204
    say(repair, "answered", rings=2)
    assert "通话中" in body(desk.get("/desk/ringing/", {"mark": mark}))
    say(repair, "ended")
    assert "通话中" not in body(desk.get("/desk/ringing/", {"mark": mark}))


def test_only_the_desk_whose_extension_rings_sees_it(repair):
    lines.give_extension(repair.office, "801", repair.person("receptionist"), at=repair.at)
    say(repair, "ringing", extension="801")
    assert "138****1234" in body(browser(repair).get("/desk/"))
    assert "138****1234" not in body(browser(repair, "cs_supervisor").get("/desk/"))


def test_a_new_number_is_offered_as_contact(repair):
    desk = browser(repair)
    call = say(repair, "ringing", number=STRANGE)
    text = body(desk.get("/desk/ringing/"))
    assert "新号码" in text and f'data-call="{call.pk}"' in text
    strip = body(desk.get("/desk/parse/", {"line": "", "call": call.pk}))
    assert "139****0000" in strip and STRANGE not in strip


def test_registering_from_a_call_keeps_number_rings_and_seconds(repair):
    desk = browser(repair)
    call = say(repair, "ringing")
    repair.at += timedelta(seconds=9)
    say(repair, "answered", rings=2)
    typed = {"line": "3-2-1502 王秀兰女士 厨房水管爆了", "call": call.pk, "then": "only", "key": "k1"}
    assert "138****1234" in body(desk.get("/desk/parse/", typed))
    assert desk.post("/desk/register/", typed).status_code == 302
    case = Case.objects.latest("pk")
    assert (case.channel, case.facts["contact_phone"]) == ("phone", KNOWN)
    assert (case.facts["rings"], case.facts["answered_after"]) == (2, 9)
    call.refresh_from_db()
    assert call.case == case
    assert "通话中" not in body(desk.get("/desk/")), "what was registered does not stand on the desk any more"


def test_another_offices_call_cannot_be_taken(repair):
    say(repair, "ringing")
    assert browser(repair).get("/desk/parse/", {"line": "x", "call": 999_999}).status_code == 404


def test_the_page_masks_numbers_and_writes_down_who_looked(repair):
    desk = browser(repair)
    call = say(repair, "missed", rings=6)
    page = body(desk.get("/calls/"))
    assert "138****1234" in page and KNOWN not in page and "王秀兰" in page
    exported = b"".join(desk.get("/calls.csv").streaming_content).decode()
    assert "138****1234" in exported and KNOWN not in exported and "未接" in exported
    assert "138 0000 1234" in body(desk.post(f"/calls/{call.pk}/reveal/"))
    assert Access.objects.filter(user=repair.person("receptionist"), what="来电号码 138****1234").count() == 1


def test_the_list_of_call_backs_says_who_when_and_how_often(repair):
    desk = browser(repair)
    say(repair, "missed")
    repair.at += timedelta(minutes=2)
    say(repair, "missed", call_id="b")
    page = body(desk.get("/calls/back/"))
    assert "138****1234" in page and "王秀兰" in page and '<td class="num" data-label="几次">2</td>' in page
    assert "打回去" in body(desk.get("/callbacks/")), "it stands among the calls that are owed too"
    assert "1 个来电要打回去" in body(desk.get("/desk/"))


def test_scopes_search_and_days(repair):
    desk = browser(repair)
    say(repair, "missed")
    say(repair, "answered", call_id="b", number=STRANGE, rings=5)
    assert "139****0000" not in body(desk.get("/calls/?scope=missed"))
    assert "接晚了" in body(desk.get("/calls/?scope=late"))
    assert "139****0000" in body(desk.get("/calls/?q=0000")) and "138****1234" not in body(
        desk.get("/calls/?q=0000")
    )
    assert "这一天没有来电" in body(desk.get("/calls/?day=2026-03-01"))
    assert desk.get("/calls/?day=never").status_code == 200
    assert "及时接起 0/2，0%" in body(desk.get("/calls/"))


def test_a_call_whose_end_nobody_reported_says_so_on_the_page_and_in_the_export(repair):
    desk = browser(repair)
    say(repair, "ringing")
    assert "结束不明" not in body(desk.get("/calls/"))
    assert give_up(repair.at + timedelta(minutes=11)) == 1
    page = body(desk.get("/calls/?scope=missed"))
    assert "138****1234" in page and "结束不明" in page and "要打回去" in page
    assert "未接（结束不明）" in b"".join(desk.get("/calls.csv").streaming_content).decode()


def test_a_field_worker_has_no_list_of_calls(repair):
    assert browser(repair, "technician").get("/calls/").status_code == 403


@pytest.mark.parametrize(("address", "queries"), [("/calls/", 11), ("/calls/back/", 8)])
def test_lists_cost_the_same_for_one_and_three(address, queries, repair, django_assert_num_queries):
    desk = browser(repair)
    for rows in (1, 3):
        for number in range(rows):
            say(repair, "missed", call_id=f"{rows}-{number}", number=f"1380000{rows}{number}00")
        desk.get(address)
        with django_assert_num_queries(queries):
            desk.get(address)


def test_a_call_shows_on_every_page_and_leads_to_the_desk_with_it(repair):
    desk = browser(repair)
    assert 'hx-get="/desk/ringing/here/"' in body(desk.get("/cases/"))
    assert 'hx-get="/desk/ringing/here/"' not in body(desk.get("/desk/")), "the desk has its own strip"
    quiet = body(desk.get("/desk/ringing/here/"))
    assert "every 1500ms" in quiet and "mark=quiet" in quiet
    assert desk.get("/desk/ringing/here/", {"mark": "quiet"}).status_code == 204
    call = say(repair, "ringing")
    text = body(desk.get("/desk/ringing/here/", {"mark": "quiet"}))
    assert "138****1234" in text and KNOWN not in text and "来电" in text
    way = html.unescape(re.search(r'href="(/desk/\?call=[^"]*)"', text)[1])
    page = body(desk.get(way))
    assert f'name="call" value="{call.pk}"' in page and 'value="3-2-1502 王秀兰女士' in page
    say(repair, "ringing", number=STRANGE, call_id="b")
    assert f'href="/desk/?call={Call.objects.latest("pk").pk}"' in body(desk.get("/desk/ringing/here/"))


def test_whoever_comes_to_the_desk_while_it_rings_finds_the_card(repair):
    say(repair, "ringing")
    assert (
        repair.case.subject[:6]
        in re.search(r'id="household".*', body(browser(repair).get("/desk/")), re.S)[0]
    )


def test_nothing_asks_again_where_no_line_is_set_up(repair):
    lines.revoke(repair.line, at=repair.at)
    assert body(browser(repair).get("/desk/ringing/here/")).strip() == ""


def test_posts_that_take_no_calls_are_not_asked(repair):
    cashier = browser(repair, "cashier")
    assert "calls-here" not in body(cashier.get("/cashier/"))
    assert cashier.get("/desk/ringing/here/").status_code == 403
