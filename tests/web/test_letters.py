"""Letters on the desk: read, registered with the desk's own strip, put to a case, or set aside with a reason."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.web.repair import Repair

from guanjia import clock
from guanjia.cases.models import Case
from guanjia.intake.models import Letter
from guanjia.notify import mailboxes
from guanjia.notify.models import Message

pytestmark = pytest.mark.django_db


@pytest.fixture
def repair(monkeypatch) -> Repair:
    found = Repair()
    monkeypatch.setattr(clock, "now", lambda: found.at)
    found.box = mailboxes.set_up(
        found.office, "kf@example.com", at=found.at, imap_host="127.0.0.1", smtp_host="127.0.0.1"
    )
    return found


def browser(repair: Repair, who: str = "receptionist") -> Client:
    client = Client()
    client.force_login(repair.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def letter(repair: Repair, number: int = 1, **values: object) -> Letter:
    party = repair.stage.parties["3-2-1502"]
    known = {
        "sender": "wxl@example.com", "sender_name": "王秀兰", "subject": "厨房水管", "text": "漏水，请来人。", "party": party,
        "unit": repair.office.units.get(code="3-2-1502"), "message_id": "<m@example.com>", **values,
    }  # fmt: skip
    return Letter.objects.create(
        office=repair.office, mailbox=repair.box, uid_validity=1, uid=number, digest=f"{number}", came_at=repair.at,
        read_at=repair.at, **known,
    )  # fmt: skip


def body(response) -> str:
    return response.content.decode()


def test_a_letter_is_registered_with_the_strip_of_the_desk(repair):
    desk, one = browser(repair), letter(repair)
    assert "1 封来信待登记" in body(desk.get("/desk/"))
    page = body(desk.get("/letters/"))
    assert "厨房水管" in page and "w***@example.com" in page and "wxl@example.com" not in page
    strip = body(desk.get(f"/desk/?letter={one.pk}"))
    assert "来自这封信" in strip and f'name="letter" value="{one.pk}"' in strip and "3-2-1502" in strip
    typed = {"line": "厨房水管 漏水，请来人。", "letter": one.pk, "then": "only", "key": "k1"}
    assert desk.post("/desk/register/", typed).status_code == 302
    case = Case.objects.latest("pk")
    assert (case.channel, case.party, case.opened_at) == ("email", one.party, one.came_at)
    assert case.facts["matter"] == "厨房水管\n漏水，请来人。" and case.facts["contact_phone"] == "13800001234"
    one.refresh_from_db()
    assert (one.state, one.case) == ("registered", case)
    sent = Message.objects.get(channel="email")
    assert (sent.to_address, sent.answers) == (
        "wxl@example.com",
        "<m@example.com>",
    ) and case.number in sent.body
    assert desk.post("/desk/register/", {**typed, "key": "k2"}).status_code == 409
    assert Case.objects.latest("pk") == case, "a letter is never two cases"


def test_a_letter_is_set_aside_only_with_a_reason(repair):
    desk, one = browser(repair), letter(repair)
    assert desk.post(f"/letters/{one.pk}/drop/", {"reason": " "}).status_code == 422
    assert desk.post(f"/letters/{one.pk}/drop/", {"reason": "广告"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reason, one.done_by) == ("dropped", "广告", repair.person("receptionist"))
    assert not Message.objects.filter(channel="email").exists()
    assert "广告" in body(desk.get("/letters/?scope=done"))


def test_a_letter_is_put_to_a_case(repair):
    desk, one = browser(repair), letter(repair)
    assert desk.post(f"/letters/{one.pk}/add/", {"number": "BX0000-0000"}).status_code == 404
    assert desk.post(f"/letters/{one.pk}/add/", {"number": repair.case.number.lower()}).status_code == 302
    assert "漏水，请来人。" in repair.case.events.get(action="note").data["text"]
    assert desk.post(f"/letters/{one.pk}/add/", {"number": repair.case.number}).status_code == 409


def test_what_cannot_be_read_shows_its_reason_and_its_beginning(repair):
    desk = browser(repair)
    one = letter(
        repair,
        state="unreadable",
        reason="看不出是谁寄的",
        raw=b"Subject: <script>\r\n\r\n\xff",
        sender="",
        text="",
    )
    page = body(desk.get(f"/letters/{one.pk}/"))
    assert (
        "看不出是谁寄的" in page and "Subject: &lt;script&gt;" in page and f"/desk/?letter={one.pk}" in page
    )
    assert desk.get(f"/desk/?letter={one.pk}").status_code == 200


def test_a_mailbox_that_cannot_be_read_is_said(repair):
    repair.box.trouble = "连不上"
    repair.box.save()
    assert "读信不成" in body(browser(repair).get("/letters/"))
    mailboxes.stop(repair.box, at=repair.at)
    page = body(browser(repair).get("/letters/"))
    assert "停用中" in page and "读信不成" not in page
    repair.box.delete()
    assert "本处还没有邮箱" in body(browser(repair).get("/letters/"))


def test_who_does_not_register_has_no_letters(repair):
    one = letter(repair)
    for address in ("/letters/", f"/letters/{one.pk}/"):
        assert browser(repair, "cashier").get(address).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(repair, django_assert_num_queries):
    desk = browser(repair)
    letter(repair, 1, case=repair.case)
    desk.get("/letters/")
    with django_assert_num_queries(11):
        desk.get("/letters/")
    letter(repair, 2, case=repair.case)
    letter(repair, 3)
    with django_assert_num_queries(11):
        assert desk.get("/letters/?q=水管").status_code == 200
