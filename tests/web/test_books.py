"""The books of the desk and the record of the duty: what waits is listed, entered and closed in place, for one's own office."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.manuals.test_owner_reception import BOTH, FIVE, act, browser, staged, taken, text_of
from tests.manuals.test_reception import FRONT, VISITS, on

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine import open_case
from guanjia.engine.advance import advance
from guanjia.estate import actions as estate
from guanjia.notify.models import Message
from guanjia.ops.cards.card import Person, ShiftDef
from guanjia.ops.cards.stage import Stage, build
from guanjia.policy.loader import read
from guanjia.staff import actions as people
from guanjia.staff.models import Role

pytestmark = pytest.mark.django_db
EARLY = ShiftDef(who="周敏", label="早班", begins="2026-03-24 08:00", ends="2026-03-24 16:00")
LATE = ShiftDef(who="李芳", label="中班", begins="2026-03-24 16:00", ends="2026-03-25 00:00")


def signed_in(stage: Stage, who: str) -> Client:
    client = Client()
    client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def book(client: Client, manual: str, key: str, **query: str) -> str:
    return text_of(client, reverse("book", args=[manual, key]), **query)


class TestLostProperty:
    """S001-1-4.6f, S001-4-02.6f: an entry of lost property waits in the book until it is settled."""

    @pytest.mark.rule("S001-1-4.6f", "S001-4-02.6f")
    @BOTH
    def test_it_is_entered_listed_registered_and_settled_in_its_row(self, key, monkeypatch) -> None:
        stage = staged(key)
        client = browser(stage, "receptionist", monkeypatch, "03-24 10:00")
        address = reverse("book", args=[key, "lost_found"])
        assert "有人来报失物" in text_of(client, address), "an empty book says what it is for"
        assert address in text_of(client, "/desk/")
        assert f'href="{address}" aria-current="true"' in text_of(client, address)
        form = client.get(reverse("book-enter", args=[key, "lost_found"]), follow=True)
        assert 'value="lost" selected' in form.content.decode() or re.search(
            r'value="lost"[^>]*checked', form.content.decode()
        )
        sent = {"channel": "counter", "matter": "丢了一串钥匙", "other_kind": "lost", "key": "k1", "book": f"{key}/lost_found"}  # fmt: skip
        answer = client.post(reverse("case-new", args=["other"]), sent)
        assert answer.status_code == 302 and answer["Location"] == address
        case = Case.objects.get(category="other")
        assert case.number in text_of(client, address)
        do = f"?do={case.number}&act=to_lost_found"
        assert "什么东西" in client.get(address + do).content.decode()
        refused = client.post(address + do, {"kept_where": "前台抽屉", "key": "k2"})
        assert refused.status_code == 422 and "前台抽屉" in refused.content.decode(), "what was typed stays"
        assert client.post(address + do, {"thing": "钥匙三把", "kept_where": "前台抽屉", "key": "k2"}).status_code == 302  # fmt: skip
        page = text_of(client, address)
        assert "钥匙三把" in page and "act=to_lost_found" not in page and "act=settle" in page
        assert client.post(f"{address}?do={case.number}&act=settle", {"result": "失主领走", "key": "k3"}).status_code == 302  # fmt: skip
        assert f"row-{case.number}" not in text_of(client, address)
        assert "失主领走" in text_of(client, address, scope="done")

    def test_what_is_not_lost_is_not_in_it_unless_it_was_registered_there(self, monkeypatch) -> None:
        stage = staged(FIVE)
        pet, lost = taken(stage, "other", other_kind="pet"), taken(stage, "other", "03-24 09:00", other_kind="lost")  # fmt: skip
        found = taken(stage, "other", "03-24 08:00", matter="捡到一把伞")
        client = browser(stage, "receptionist", monkeypatch, "03-26 10:00")
        page = book(client, FIVE, "lost_found")
        assert lost.number in page and pet.number not in page and found.number not in page
        act(stage, found, "receptionist", "to_lost_found", "03-24 10:30", thing="黑伞", kept_where="前台")
        page = book(client, FIVE, "lost_found")
        assert page.index(found.number) < page.index(lost.number), "the longest waiting first"
        assert "2 天了" in page
        newest = book(client, FIVE, "lost_found", order="new")
        assert newest.index(lost.number) < newest.index(found.number)
        assert found.number in book(client, FIVE, "lost_found", q="黑伞")
        assert found.number not in book(client, FIVE, "lost_found", q="雨衣")
        rows = client.get(reverse("book-export", args=[FIVE, "lost_found", "csv"]), {"q": "黑伞"})
        said = b"".join(rows.streaming_content).decode("utf-8-sig")
        assert "黑伞" in said and lost.number not in said

    def test_three_entries_cost_no_more_than_one(self, monkeypatch, django_assert_num_queries) -> None:
        stage = staged(FIVE)
        taken(stage, "other", "03-24 09:00", other_kind="lost")
        client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
        address = reverse("book", args=[FIVE, "lost_found"])
        client.get(address)
        with CaptureQueriesContext(connection) as one:
            client.get(address)
        taken(stage, "other", "03-24 09:01", other_kind="lost")
        taken(stage, "other", "03-24 09:02", other_kind="lost", unit="3-2-1502")
        with django_assert_num_queries(len(one)):
            client.get(address)

    def test_another_office_has_its_own_and_no_action_but_the_books(self, monkeypatch) -> None:
        stage = staged(FIVE)
        lost = taken(stage, "other", other_kind="lost")
        client = browser(stage, "receptionist", monkeypatch, "03-24 12:00")
        address = reverse("book", args=[FIVE, "lost_found"])
        assert client.get(f"{address}?do={lost.number}&act=note").status_code == 404
        praise = taken(stage, "praise", unit="3-2-1502")
        assert client.get(f"{address}?do={praise.number}&act=settle").status_code == 404
        other = estate.create_office(stage.office.company, "other", "东湖管理处", "东湖")
        stranger = people.create_user("stranger", "外人")
        people.give_post(stranger, Role.RECEPTIONIST, office=other, since=on("01-01 00:00").date())
        visitor = Client()
        visitor.force_login(stranger, backend="django.contrib.auth.backends.ModelBackend")
        assert visitor.get(address).status_code == 404
        assert visitor.post(f"{address}?do={lost.number}&act=settle", {"result": "x"}).status_code == 404
        assert "没有写前台的登记本" in text_of(visitor, "/books/")


@pytest.mark.rule("S001-1-4.10", "S001-4-02.15")
@BOTH
def test_a_leaders_visit_stands_in_the_book_of_visits(key, monkeypatch) -> None:
    stage = staged(key)
    client = browser(stage, "receptionist", monkeypatch, "03-24 10:00")
    for kind, matter in (("visit", "区住建局来参观"), ("equipment", "电梯停运")):
        data = {"event_kind": kind, "spot": "大堂", "matter": matter}
        open_case(stage.office, "major_event", actor=stage.person("receptionist"), at=on("03-24 09:00"), data=data)  # fmt: skip
    page = book(client, key, "visits")
    assert "区住建局来参观" in page and "电梯停运" not in page and "act=conclude" in page


class TestMessages:
    """S001-2-2.6: a message waits for the colleague, reaches him, and is closed by himself or when the desk has told him."""

    @pytest.fixture
    def stage(self, monkeypatch) -> Stage:
        adoption.forget()
        monkeypatch.setattr(clock, "now", lambda: on("03-24 10:00"))
        return build([FRONT], {}, on("03-24 08:00"))

    @pytest.mark.rule("S001-2-2.6")
    def test_the_words_at_the_telephone_lead_to_it_and_he_gets_it(self, stage) -> None:
        desk, address = signed_in(stage, "receptionist"), reverse("book", args=["poly-reception-standard", "messages"])  # fmt: skip
        enter = reverse("book-enter", args=["poly-reception-standard", "messages"])
        call = text_of(desk, reverse("case-new", args=["enquiry"]))
        assert "要找的人不在" in call and enter in call
        form = desk.get(enter, follow=True).content.decode()
        assert "谁来的电话" in form and 'name="book"' in form
        assert re.search(rf'href="{address}">返回<', form), "back to the book, not to the list of cases"
        refused = desk.post(
            reverse("case-new", args=["message_note"]), {"book": "poly-reception-standard/messages"}
        )
        assert refused.status_code == 422 and re.search(rf'href="{address}">返回<', refused.content.decode())
        plain = text_of(desk, reverse("case-new", args=["message_note"]), book="no such/book")
        assert re.search(r'href="/cases/">返回<', plain)
        tian = stage.person("田大勇")
        sent = {"for_whom": tian.pk, "caller": "王秀兰", "caller_phone": "13800001234", "matter": "请回电话", "taker": stage.person("周敏").pk, "key": "m", "book": "poly-reception-standard/messages"}  # fmt: skip
        assert desk.post(reverse("case-new", args=["message_note"]), sent)["Location"] == address
        note = Case.objects.get(category="message_note")
        page = text_of(desk, address)
        assert "请回电话" in page and "act=read_message" not in page, "only he confirms it"
        assert "13800001234" not in page
        assert Message.objects.filter(to_user=tian, body__contains="请回电话").exists()
        field = signed_in(stage, "田大勇")
        assert note.number in text_of(field, "/field/")
        done = field.post(reverse("field-act", args=[note.number, "read_message"]), {"key": "r"})
        assert done.status_code in (200, 302)
        note.refresh_from_db()
        assert note.state == "read"
        assert f"row-{note.number}" not in text_of(desk, address)
        assert "已看" in text_of(desk, address, scope="done")

    @pytest.mark.rule("S001-2-2.6")
    def test_one_that_he_does_not_look_at_is_closed_when_the_desk_has_told_him(self, stage) -> None:
        desk, address = signed_in(stage, "receptionist"), reverse("book", args=["poly-reception-standard", "messages"])  # fmt: skip
        data = {"for_whom": stage.person("田大勇").pk, "caller": "王秀兰", "matter": "请回电话"}
        note = open_case(
            stage.office, "message_note", actor=stage.person("周敏"), at=clock.now(), data=data
        ).case
        here = f"{address}?do={note.number}&act=tell_him"
        assert desk.get("/books/")["Location"] == address, "the desk's first book"
        assert "已经告诉他" in text_of(desk, address)
        assert desk.post(here, {"key": "a", "told_how": "phone"}).status_code == 422, (
            "he has to say that he knows"
        )
        assert desk.post(here, {"key": "b", "told_how": "phone", "acknowledged": "on"}).status_code == 302
        note.refresh_from_db()
        assert (note.state, note.facts["told_by_name"]) == ("told", "周敏") and note.closed_at is not None
        assert f"row-{note.number}" not in text_of(desk, address)
        done = text_of(desk, address, scope="done")
        assert "打电话" in done and "已告诉本人" in done


@pytest.mark.rule("S001-2-3.6")
def test_the_main_buttons_of_a_book_are_what_the_manual_puts_first_and_last(monkeypatch) -> None:
    """Whatever the manual calls its actions: signing while it is owed, handing over all the time, nothing else."""
    adoption.forget()
    other = FRONT.replace('"sign_book"', '"read_it"').replace('"hand_over"', '"pass_the_desk"')
    monkeypatch.setattr(clock, "now", lambda: on("03-24 08:05"))
    stage = build([other], {}, on("03-24 07:59"), (), (Person(name="李芳", role="receptionist"),), (EARLY,))
    advance(on("03-24 08:00"), offices=[stage.office.pk])
    zhou, number = signed_in(stage, "周敏"), Case.objects.get(category="front_shift").number

    def main_buttons() -> set[str]:
        return set(
            re.findall(rf'class="btn primary" href="/cases/{number}/do/(\w+)/"', text_of(zhou, "/shift/"))
        )

    assert main_buttons() == {"read_it"}, "nothing is handed over before it is signed"
    sent = {"signer": stage.person("周敏").pk, "signed_as": "0117", "key": "s"}
    assert zhou.post(reverse("case-act", args=[number, "read_it"]), sent).status_code == 302
    assert main_buttons() == {"pass_the_desk"}


class TestChecklists:
    """S001-3-4.3a: three points to tick before the shift, by each person, with the time."""

    @pytest.fixture
    def stage(self, monkeypatch) -> Stage:
        adoption.forget()
        monkeypatch.setattr(clock, "now", lambda: on("03-24 08:05"))
        stage = build([VISITS], {}, on("03-24 07:59"), (), (Person(name="李芳", role="receptionist"),), (EARLY, LATE))  # fmt: skip
        advance(on("03-24 08:00"), offices=[stage.office.pk])
        return stage

    @pytest.mark.rule("S001-3-4.3a")
    def test_it_is_ticked_on_the_page_and_what_is_left_goes_to_the_next_shift(
        self, stage, monkeypatch
    ) -> None:
        zhou, case = signed_in(stage, "周敏"), Case.objects.get(category="desk_shift")
        page = text_of(zhou, "/shift/")
        assert "还有 3 样没勾" in page and page.count('type="checkbox"') == 3
        tick = reverse("shift-tick", args=[case.number, "prepare"])
        nothing = zhou.post(tick, {"key": "a"})
        assert nothing.status_code == 422 and "一样也没勾" in nothing.content.decode()
        assert zhou.post(tick, {"desk_tidy": "on", "key": "b"}).status_code == 302
        page = text_of(zhou, "/shift/")
        assert "还有 2 样没勾" in page and "周敏 08:05" in page
        assert 'type="checkbox"' not in text_of(signed_in(stage, "李芳"), "/shift/"), "it is not hers to tick"
        left = "班前准备·周敏：仪容仪表合要求、办公用品摆放有序"
        hand_over = reverse("case-act", args=[case.number, "hand_over"])
        assert left in text_of(zhou, hand_over)
        sent = {"hander": stage.person("周敏").pk, "key": "c"}
        monkeypatch.setattr(clock, "now", lambda: on("03-24 15:59"))
        assert zhou.post(hand_over, sent).status_code == 302
        advance(on("03-24 16:00"), offices=[stage.office.pk])
        monkeypatch.setattr(clock, "now", lambda: on("03-24 16:01"))
        assert left in text_of(signed_in(stage, "李芳"), "/shift/")

    @pytest.mark.rule("S000-5-4.1")
    def test_the_hotline_is_tested_on_the_list_before_the_shift_is_handed_over(self, monkeypatch) -> None:
        stage = build([read(Path(settings.MANUALS_ROOT) / "reception-contact")], {}, on("03-24 07:59"), (), (), (EARLY,))  # fmt: skip
        advance(on("03-24 08:01"), offices=[stage.office.pk])
        monkeypatch.setattr(clock, "now", lambda: on("03-24 15:58"))
        client, case = signed_in(stage, "周敏"), Case.objects.get(category="handover")
        hand_over = reverse("case-act", args=[case.number, "hand_over"])
        assert "还没试热线" in client.post(hand_over, {"key": "a"}).content.decode()
        page = text_of(client, "/shift/")
        assert "不通的先记热线故障" in page and "还有 1 样没勾" in page
        ticked = reverse("shift-tick", args=[case.number, "before_leaving"])
        assert client.post(ticked, {"hotline_tested": "on", "key": "b"}).status_code == 302
        assert client.post(hand_over, {"key": "c"}).status_code == 302
        case.refresh_from_db()
        assert case.closed_at is not None

    @pytest.mark.rule("S000-5-4.1")
    def test_a_guard_on_the_roster_signs_his_own_shift_and_nobody_else_does(self, monkeypatch) -> None:
        """By the list of the shift and not by a post: he needs none of the desk's, and theirs does not suffice."""
        people = (Person(name="钱勇", role="security"),)
        night = ShiftDef(who="赵铁军", label="夜班", begins="2026-03-24 00:00", ends="2026-03-24 08:00")
        stage = build([read(Path(settings.MANUALS_ROOT) / "reception-contact")], {}, on("03-23 23:59"), (), people, (night,))  # fmt: skip
        advance(on("03-24 00:01"), offices=[stage.office.pk])
        monkeypatch.setattr(clock, "now", lambda: on("03-24 07:50"))
        case = Case.objects.get(category="handover")
        guard, other, desk = (signed_in(stage, who) for who in ("赵铁军", "钱勇", "周敏"))
        page, act = reverse("case", args=[case.number]), reverse("case-act", args=[case.number, "hand_over"])
        job, sign = (
            reverse("field-job", args=[case.number]),
            reverse("field-act", args=[case.number, "hand_over"]),
        )
        tick = reverse("field-act", args=[case.number, "before_leaving"])
        assert "您当班" in text_of(guard, "/field/") and job in text_of(guard, "/field/")
        assert case.number not in text_of(other, "/field/")
        for address in (page, act, job, sign):
            assert other.get(address).status_code == 404, address
        assert other.post(sign, {"key": "o"}).status_code == other.post(act, {"key": "o"}).status_code == 404
        assert tick in text_of(guard, job) and sign not in text_of(guard, job), "the hotline is tested first"
        assert "交班前还没试热线" in guard.post(sign, {"key": "e"}).content.decode()
        assert guard.post(tick, {"hotline_tested": "on", "key": "a"}).status_code == 302
        answer = desk.post(act, {"key": "b"})
        assert answer.status_code == 409 and "这一班当班的人" in answer.content.decode()
        case.refresh_from_db()
        assert case.closed_at is None
        assert guard.post(sign, {"key": "c", "remark": "没事"}).status_code == 302
        case.refresh_from_db()
        assert case.state == "off" and case.facts["events"]["handed_over_shift"]["who"] == "赵铁军"
        assert "已交班" in text_of(guard, job), "he sees what he signed"
        assert "您当班" not in text_of(guard, "/field/") and guard.get(page).status_code == 200

    def test_an_action_that_is_no_list_is_not_done_from_there(self, stage) -> None:
        case = Case.objects.get(category="desk_shift")
        answer = signed_in(stage, "周敏").post(reverse("shift-tick", args=[case.number, "hand_over"]), {})
        case.refresh_from_db()
        assert answer.status_code == 404 and case.closed_at is None


@pytest.mark.rule("S001-3-4.6a")
def test_the_record_of_any_day_shift_and_month_is_read_and_printed(monkeypatch) -> None:
    adoption.forget()
    stage = build([VISITS], {}, on("03-22 07:59"), (), (Person(name="李芳", role="receptionist"),), (EARLY, LATE))  # fmt: skip
    for at, matter in (("03-23 10:00", "问车位"), ("03-24 09:00", "问班车"), ("03-24 17:00", "问发票")):
        data = {"visitor": "王秀兰", "channel": "counter", "matter": matter, "about": "question", "settled": True, "answer": "答了"}  # fmt: skip
        open_case(stage.office, "reception", actor=stage.person("周敏"), at=on(at), data=data)
    client = signed_in(stage, "周敏")
    monkeypatch.setattr(clock, "now", lambda: on("03-24 20:00"))

    def seen(**query: str) -> set[str]:
        page = text_of(client, "/shift/log/", **query)
        return {word for word in ("问车位", "问班车", "问发票") if word in page}

    assert seen() == {"问班车", "问发票"}
    assert seen(day="2026-03-23") == {"问车位"}
    page = text_of(client, "/shift/log/", day="2026-03-23")
    assert "day=2026-03-22" in page and "day=2026-03-24" in page, "the days beside it"
    assert 'name="shift"' not in page, "nobody was on the roster that day"
    page = text_of(client, "/shift/log/", day="2026-03-24")
    assert 'value="0800-1600"' in page and 'value="1600-0000"' in page, "the shifts that begin on that day"
    assert seen(month="2026-03") == {"问车位", "问班车", "问发票"}
    assert seen(day="2026-03-24", shift="0800-1600") == {"问班车"}
    assert seen(day="2026-03-24", shift="1600-0000") == {"问发票"}
    assert seen(month="2026-03", form="handover") == set()
    assert seen(month="2026-03", q="车位") == {"问车位"}
    rows = b"".join(client.get("/shift/log.csv", {"month": "2026-03"}).streaming_content).decode("utf-8-sig")
    assert rows.count("服务中心值班记录表") == 3
    assert client.get("/shift/log.pdf", {"day": "2026-03-23"}).content[:4] == b"%PDF"


@pytest.mark.rule("S004-1-16.2")
def test_the_check_of_whether_it_is_complete_is_linked(monkeypatch) -> None:
    stage = staged("complaint-handling-8")
    advance(on("03-24 00:30"), offices=[stage.office.pk])
    client = browser(stage, "cs_supervisor", monkeypatch, "03-24 10:00")
    case = Case.objects.filter(category="log_check").order_by("-opened_at").first()
    assert case is not None
    page = text_of(client, "/shift/log/", month=f"{case.opened_at:%Y-%m}")
    assert "抽查值班记录表" in page and reverse("case", args=[case.number]) in page
