"""The resident's link: progress without a password, acts only by a link to the registered number, nothing of others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from tests.web.repair import TO_DONE, TO_REPAIRING, Repair, png

from guanjia import clock
from guanjia.cases import actions as case_actions
from guanjia.cases.models import ResidentLink
from guanjia.notify.models import Message

pytestmark = pytest.mark.django_db
AGREED = {"items_agreed": "true", "materials_agreed": "true", "fee_agreed": "true"}


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def body(response) -> str:
    return response.content.decode()


def act_link(repair: Repair) -> str:
    return case_actions.invite(repair.case, repair.case.party, "act", repair.at)


def view_link(repair: Repair) -> str:
    return case_actions.invite(repair.case, repair.case.party, "view", repair.at)


def test_progress_in_the_residents_words_with_promises_and_clauses(repair, browser):
    repair.play(*TO_REPAIRING)
    text = body(browser.get(f"/r/{view_link(repair)}/"))
    assert "<h1>师傅正在修</h1>" in text and "管理处已经记下" in text and "3栋2单元1502 王女士" in text
    assert "15 分钟内师傅到您家，用时 3分" in text
    assert "修好后 24 小时内回访您" in text and "二.六).3" in text
    assert "0755-00000120" in text
    assert "王秀兰" not in text and "13800001234" not in text and "田大勇" not in text


def test_headers_keep_the_token_to_itself(repair, browser):
    for address in (f"/r/{view_link(repair)}/", "/r/nothing/"):
        answer = browser.get(address)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"] and answer["Cache-Control"] == "no-store"


def test_unknown_and_expired_links_end_on_a_page_that_tells_nothing(repair, browser):
    token = view_link(repair)
    repair.at += timedelta(days=61)
    for address in (f"/r/{token}/", "/r/nothing/", "/r/nothing/do/rate/"):
        answer = browser.get(address)
        text = body(answer)
        assert answer.status_code == 404 and "这个链接已经失效" in text
        assert repair.case.number not in text and repair.office.name not in text and "3栋" not in text


def test_a_view_link_cannot_act(repair, browser):
    repair.play(*TO_REPAIRING, "deviate")
    token = view_link(repair)
    assert "<form" not in body(browser.get(f"/r/{token}/"))
    answer = browser.post(f"/r/{token}/do/agree_change/", AGREED)
    assert answer.status_code == 403 and "只能看进度" in body(answer)
    assert browser.post(f"/r/{token}/do/note/", {"text": "在吗"}).status_code == 403
    repair.case.refresh_from_db()
    assert repair.case.state == "reconsent"


def test_consent_by_link(repair, browser):
    repair.play(*TO_REPAIRING, "deviate")
    token = repair.token()
    text = body(browser.get(f"/r/{token}/"))
    assert "¥260.00" in text and "墙里的管也漏" in text and "换一段墙内管" in text and "维修不收现金" in text
    assert ">不同意</a>" in text and "同意新的做法" in text
    assert browser.post(f"/r/{token}/do/agree_change/", {"items_agreed": "true"}).status_code == 422
    assert browser.post(f"/r/{token}/do/agree_change/", {**AGREED, "key": "a"}).status_code == 302
    repair.case.refresh_from_db()
    assert repair.case.state == "repairing"
    event = repair.case.events.get(action="agree_change")
    assert event.actor_label == "业户 王秀兰" and event.actor_id is None
    assert ResidentLink.objects.get(scope="act").used_at == repair.at
    again = browser.post(f"/r/{token}/do/agree_change/", {**AGREED, "key": "b"})
    assert again.status_code == 409 and "已经办过" in body(again)


def test_refusal_by_link(repair, browser):
    repair.play(*TO_REPAIRING, "deviate")
    address = f"/r/{repair.token()}/do/refuse_change/"
    assert "为什么" in body(browser.get(address))
    assert browser.post(address, {"refuse_reason": "太贵了", "key": "a"}).status_code == 302
    repair.case.refresh_from_db()
    assert repair.case.state == "stopped"


def test_rating_once_and_what_happens_when_not_satisfied(repair, browser):
    repair.play(*TO_DONE)
    token = act_link(repair)
    address = f"/r/{token}/do/rate/"
    form = {"rated_on_time": "yes", "rated": "unsatisfied", "key": "r"}
    answer = browser.post(address, form)
    assert answer.status_code == 422 and "哪里不满意" in body(answer)
    assert browser.post(address, {**form, "rated_remark": "柜板翘了"}).status_code == 302
    text = body(browser.get(f"/r/{token}/"))
    assert "派专人处理" in text and 'name="rated"' not in text
    assert browser.post(address, {**form, "rated": "satisfied", "key": "q"}).status_code == 409
    assert repair.case.obligations.filter(key="answer_rating", state="open").exists()


def test_a_message_reaches_the_timeline(repair, browser):
    token = act_link(repair)
    assert browser.post(f"/r/{token}/do/note/", {"text": "四点以后在家", "key": "n"}).status_code == 302
    event = repair.case.events.get(action="note")
    assert event.data["text"] == "四点以后在家" and event.actor_label == "业户 王秀兰"


@pytest.mark.parametrize("action", ["finish", "decline", "withdraw", "arrive", "collect", "@step"])
def test_what_is_not_the_residents_is_refused(repair, browser, action):
    repair.play(*TO_REPAIRING)
    assert browser.post(f"/r/{act_link(repair)}/do/{action}/", {"done": "x", "reason": "x"}).status_code in (
        404,
        409,
    )
    repair.case.refresh_from_db()
    assert repair.case.state == "repairing"


def test_a_link_opens_its_own_case_only(repair, browser):
    other = repair.report("3-2-1402", "马桶堵了")
    text = body(browser.get(f"/r/{view_link(repair)}/"))
    assert other.number not in text and "马桶" not in text


def test_the_link_that_acts_is_sent_to_the_registered_number_only(repair):
    repair.play(*TO_REPAIRING, "deviate")
    sent = Message.objects.filter(to_phone="13800001234", body__contains=f"/r/{repair.token()}/")
    assert sent.count() == 1
    stranger = repair.report(contact_phone="13999999999")
    repair.case = stranger
    repair.play(*TO_REPAIRING, "deviate")
    assert not any(scope == "act" for scope, _token in repair.last.links)
    assert not Message.objects.filter(to_phone="13999999999", body__contains="请勿转发").exists()
    told = Message.objects.get(to_user=repair.person("receptionist"), body__contains="没有发出")
    assert told.reference == f"case:{stranger.number}"


def test_the_token_is_in_no_event(repair):
    repair.play(*TO_REPAIRING, "deviate")
    events = repair.case.events.values_list("data", "changes")
    assert repair.token() not in str(list(events))


def desk(repair: Repair, who: str) -> Client:
    client = Client()
    client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_desk_makes_a_link_with_its_code(repair, browser):
    address = f"/cases/{repair.case.number}/link/"
    answer = desk(repair, "receptionist").post(address, {"scope": "act"})
    text = body(answer)
    token = re.search(r"/r/([\w-]+)/", text)[1]
    assert answer["Cache-Control"] == "no-store" and "data:image/svg+xml" in text
    assert "留言" in body(browser.get(f"/r/{token}/"))
    assert "链接" in repair.case.events.get(action="note").data["text"]


def test_only_the_desk_makes_links_and_only_of_its_own_cases(repair):
    address = f"/cases/{repair.case.number}/link/"
    assert desk(repair, "technician").post(address, {"scope": "act"}).status_code == 403
    assert desk(repair, "receptionist").post(address, {"scope": "all"}).status_code == 422
    assert desk(repair, "receptionist").post("/cases/BX0000-0000/link/", {"scope": "view"}).status_code == 404
    assert not ResidentLink.objects.filter(scope="act").exists()


def test_who_signs_by_link_is_not_asked_about_the_charge(repair, browser):
    repair.play(*TO_DONE[:-1])
    address = f"/r/{act_link(repair)}/"
    text = body(browser.get(address))
    assert 'name="opinion"' in text and 'name="charge_state"' not in text and 'name="fee"' not in text
    assert 'value="paper"' not in text, "whoever holds the link signs on this screen"
    form = {
        "opinion": "好",
        "signature-how": "screen",
        "signature-name": "王秀兰",
        "signature-png": png(),
        "key": "s",
    }
    assert (
        browser.post(
            f"{address}do/sign/", {**form, "signature-how": "paper", "signature-png": ""}
        ).status_code
        == 422
    )
    assert browser.post(f"{address}do/sign/", {**form, "charge_state": "none"}).status_code == 302
    repair.case.refresh_from_db()
    assert repair.case.state == "completed" and "charge_state" not in repair.case.facts
    assert repair.case.obligations.filter(key="fix_charge", state="open").exists()
