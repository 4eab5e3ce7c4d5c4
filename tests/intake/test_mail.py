"""The mailbox against real servers: every letter once, none lost, answers where they belong, machines unanswered."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from tests.api.repair import picture
from tests.intake.post import MINUTE, PASSWORD, USER, Imap, Smtp, letter
from tests.stage import BEGINS

from guanjia.cases.models import Case
from guanjia.engine import open_case
from guanjia.estate import actions as estate
from guanjia.estate.models import Office
from guanjia.intake.mail import actions, queries, reading
from guanjia.intake.models import Letter
from guanjia.intake.opening import open_from
from guanjia.kernel.problem import Problem
from guanjia.notify import actions as notify
from guanjia.notify import mailboxes
from guanjia.notify.models import Mailbox, Message
from guanjia.ops.cards.stage import Stage
from guanjia.work import actions as work

pytestmark = [pytest.mark.django_db, pytest.mark.server]
NOW = BEGINS + MINUTE
REPAIR = {
    "unit": "3-2-1502",
    "contact_phone": "13800001234",
    "matter": "漏水",
    "timing": "now",
    "channel": "email",
    "item": "水管维修",
}


@pytest.fixture(scope="module")
def imap() -> Iterator[Imap]:
    server = Imap()
    yield server
    server.stop()


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    server = Smtp()
    server.controller.start()
    yield server
    server.controller.stop()


@pytest.fixture
def box(stage: Stage, imap: Imap, smtp: Smtp, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setattr(settings, "MAIL_PASSWORD", PASSWORD)
    folder = f"t{uuid.uuid4().hex[:12]}"
    with imap.session() as server:
        server.create(folder)
    estate.change_party(stage.parties["3-2-1502"], on=BEGINS.date(), email="wxl@example.com")
    return mailboxes.set_up(
        stage.office, "kf@example.com", at=BEGINS - timedelta(hours=1), user=USER, folder=folder,
        imap_host="127.0.0.1", imap_port=imap.port, imap_tls="none",
        smtp_host="127.0.0.1", smtp_port=smtp.port, smtp_tls="none",
    )  # fmt: skip


def put(imap: Imap, box: Mailbox, *raws: object) -> None:
    for raw in raws:
        imap.put(box.folder, raw if isinstance(raw, bytes) else raw.as_bytes(), BEGINS)  # type: ignore[attr-defined]


def read(box: Mailbox) -> list[Letter]:
    reading.read(box.pk, now=NOW)
    box.refresh_from_db()
    return list(Letter.objects.order_by("uid"))


def deliver() -> None:
    for message in Message.objects.filter(state="waiting", channel="email"):
        notify.deliver(message.pk, now=NOW + MINUTE)


def registered(stage: Stage, found: Letter) -> Case:
    from_desk = {"actor": stage.person("receptionist"), "now": NOW, "data": REPAIR}
    return open_from(stage.office, "repair", intake=actions.Intake(), key="k", letter=found, **from_desk).case


def test_a_letter_becomes_a_draft_of_its_household(imap, box) -> None:
    put(imap, box, letter("厨房水管", "漏水，请来人。\n-- \n王秀兰"))
    (found,) = read(box)
    assert (found.state, found.text, found.came_at) == ("draft", "漏水，请来人。", BEGINS)
    assert found.unit is not None and found.unit.code == "3-2-1502" and found.party.name == "王秀兰"
    assert not Case.objects.exists() and not Message.objects.exists(), "a person confirms it first"
    assert b"Seen" not in imap.seen(box.folder), "whoever reads the mailbox too still sees what is new"


@pytest.mark.parametrize("text", ["请打 13700002345", "3-2-1402 灯不亮", "我是何先明，灯不亮"])
def test_an_unknown_address_is_matched_by_what_the_letter_says(text, imap, box) -> None:
    put(imap, box, letter("灯", text, "somebody@example.org"))
    (found,) = read(box)
    assert found.unit is not None and found.unit.code == "3-2-1402"


def test_reading_again_moved_and_sent_twice_is_one_letter(imap, box) -> None:
    made = letter("a", "一")
    put(imap, box, made, made, letter("b", "二"))
    assert len(read(box)) == 2 == len(read(box))
    imap.anew(box.folder)
    put(imap, box, letter("b", "二"), made, letter("c", "三"))
    before = box.uid_validity
    assert [one.subject for one in Letter.objects.order_by("pk")] == ["a", "b"]
    read(box)
    assert [one.subject for one in Letter.objects.order_by("pk")] == ["a", "b", "c"]
    assert box.uid_validity != before


def test_it_goes_on_where_it_ended(imap, box, monkeypatch) -> None:
    monkeypatch.setattr(reading, "MOST", 2)
    put(imap, box, *[letter(f"第{number}封", str(number)) for number in range(5)])
    assert [len(read(box)) for _turn in range(4)] == [2, 4, 5, 5]
    assert box.last_uid == Letter.objects.latest("uid").uid


def test_a_reader_that_dies_between_two_letters_loses_and_repeats_none(imap, box, monkeypatch) -> None:
    put(imap, box, letter("a", "一"), letter("b", "二"), letter("c", "三"))
    keep, seen = actions.keep, []

    def dying(*args: object, **more: object) -> object:
        if len(seen) == 1:
            raise OSError("the machine stops")
        seen.append(1)
        return keep(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "keep", dying)
    assert len(read(box)) == 1 and "the machine stops" in box.trouble
    monkeypatch.setattr(reading, "keep", keep)
    assert [one.subject for one in read(box)] == ["a", "b", "c"] and box.trouble == ""


def test_letters_of_before_the_office_began_are_left_alone(imap, box) -> None:
    imap.put(box.folder, letter("旧", "x").as_bytes(), box.since - timedelta(days=9))
    imap.put(box.folder, letter("前一小时", "x").as_bytes(), box.since - MINUTE)
    put(imap, box, letter("新", "x"))
    assert [one.subject for one in read(box)] == ["新"]


def test_what_cannot_be_read_is_kept_whole_and_stops_nothing(stage, imap, box) -> None:
    broken = b"Subject: ?\r\nContent-Type: text/plain\r\n\r\n3-2-1402 \xff\xfe\r\n"
    put(imap, box, broken, broken, letter("好的一封", "x"))
    first, second = read(box)
    assert (first.state, bytes(first.raw)) == ("unreadable", broken) and "发件地址" in first.reason
    assert second.state == "draft" and len(read(box)) == 2
    case = registered(stage, first)
    first.refresh_from_db()
    assert (first.state, first.case) == ("registered", case), "it can be registered by hand"
    assert not Message.objects.filter(channel="email").exists(), "there is nobody to answer"


def test_a_letter_that_is_too_large_is_listed_by_its_head(imap, box, monkeypatch) -> None:
    monkeypatch.setattr(settings, "UPLOAD_LIMIT_BYTES", 500)
    put(imap, box, letter("大", "很长" * 2000))
    (found,) = read(box)
    assert found.state == "unreadable" and "太大" in found.reason and len(found.raw) < 2000


def test_files_are_kept_by_what_they_are_and_refused_with_a_reason(stage, imap, box) -> None:
    made = letter("照片", "见附件")
    made.add_attachment(picture(), maintype="image", subtype="png", filename="水.png")
    made.add_attachment(b"MZ\x90\x00" * 50, maintype="image", subtype="png", filename="照片.png")
    put(imap, box, made)
    (found,) = read(box)
    (kept,) = found.files.all()
    assert kept.mime == "image/png" and kept.caption == "水.png"
    assert found.notes == ["照片.png：只收照片（JPEG、PNG、WebP、GIF）和 PDF。"]
    case = registered(stage, found)
    kept.refresh_from_db()
    assert kept.case == case


def test_the_sender_is_told_the_number_in_the_thread_of_the_letter(stage, imap, box, smtp) -> None:
    put(imap, box, letter("厨房水管", "漏水", message_id="<first@example.com>"))
    (found,) = read(box)
    case = registered(stage, found)
    assert (case.channel, case.opened_at) == ("email", BEGINS), "deadlines count from when it came"
    deliver()
    (sent,) = smtp.letters
    assert smtp.to == [["wxl@example.com"]] and sent["Subject"] == f"[{case.number}] Re: 厨房水管"
    assert sent["In-Reply-To"] == sent["References"] == "<first@example.com>"
    assert sent["Auto-Submitted"] == "auto-replied" and case.number in sent.get_content()
    with pytest.raises(Problem, match="已经办过"):
        registered_again = Letter.objects.get(pk=found.pk)
        actions.register(registered_again, case, by=stage.person("receptionist"), now=NOW)
    deliver()
    assert len(smtp.letters) == 1


def test_an_answer_goes_to_its_case(stage, imap, box, smtp) -> None:
    put(imap, box, letter("厨房水管", "漏水"))
    case = registered(stage, read(box)[0])
    deliver()
    ours = smtp.letters[0]["Message-ID"]
    put(imap, box, letter("Re: 厨房水管", "明天也可以\n\n> 您好", "wxl@example.com", In_Reply_To=ours))
    answer = read(box)[-1]
    assert (answer.state, answer.case) == ("added", case)
    note = case.events.get(action="note")
    assert "明天也可以" in note.data["text"] and "您好" not in note.data["text"]
    assert (
        Case.objects.count() == 1
        and not Message.objects.filter(to_address="wxl@example.com", state="waiting").exists()
    )


def test_the_number_in_the_subject_counts_for_who_wrote_before_only(stage, imap, box) -> None:
    put(imap, box, letter("厨房水管", "漏水"))
    case = registered(stage, read(box)[0])
    put(
        imap,
        box,
        letter(f"关于 {case.number}", "另约时间"),
        letter(f"{case.number}", "取消吧", "eve@example.org"),
    )
    known, stranger = read(box)[1:]
    assert (known.state, known.case) == ("added", case)
    assert (stranger.state, stranger.case) == ("draft", case) and "看一下" in stranger.reason


def test_another_offices_number_leads_nowhere(stage, imap, box) -> None:
    other = Office.objects.create(company=stage.office.company, code="plaza", name="广场", estate_name="广场")
    case = open_case(stage.office, "repair", actor=stage.person("receptionist"), at=BEGINS, data=REPAIR).case
    Case.objects.filter(pk=case.pk).update(office=other)
    put(imap, box, letter(case.number, "x"))
    (found,) = read(box)
    assert found.case is None and found.state == "draft"
    with pytest.raises(Problem, match="没有这封来信"):
        queries.letter_for(other, found.pk)


def test_pictures_within_the_text_and_what_was_refused_come_with_the_letter(stage, imap, box) -> None:
    made = letter("照片", "见图")
    made.add_alternative('<p>见图</p><img src="cid:1">', subtype="html")
    made.get_payload()[1].add_related(picture(), "image", "png", cid="<1>", filename="水.png")  # type: ignore[union-attr]
    made.add_attachment(letter("里面", "旧信"))
    put(imap, box, made)
    (found,) = read(box)
    assert [one.caption for one in found.files.all()] == ["水.png"]
    assert len(found.notes) == 1, "a letter that was sent along is said not to have been kept"


def test_two_letters_under_one_message_id_are_never_two_cases_and_none_is_lost(stage, imap, box) -> None:
    """One letter by two ways, of which one adds a line below; or a program that numbers all alike."""
    put(imap, box, letter("厨房水管", "漏水", message_id="<1@localhost>"))
    case = registered(stage, read(box)[0])
    box.registrar = stage.person("receptionist")
    box.save()
    put(imap, box, letter("厨房水管", "漏水\n\n本邮件由某某转发", message_id="<1@localhost>"))
    again = read(box)[-1]
    assert (again.state, again.case) == ("draft", case) and "同一个编号" in again.reason
    assert Case.objects.count() == 1
    put(imap, box, letter("大门", "坏了", "另一人 <b@example.com>", message_id="<1@localhost>"))
    assert "同一个编号" not in read(box)[-1].reason, "another sender's letter is another letter"


def test_letters_without_a_message_id_are_letters(imap, box) -> None:
    first, second = letter("厨房水管", "漏水"), letter("大门", "坏了")
    del first["Message-ID"], second["Message-ID"]
    put(imap, box, first, second, first)
    assert [one.subject for one in read(box)] == ["厨房水管", "大门"]
    assert [one.reason for one in read(box)] == ["", ""]


def test_an_answer_that_its_case_does_not_take_waits_for_a_person(stage, imap, box, monkeypatch) -> None:
    """The answer has more pictures than an action takes, or the case's manual has closed the door: nothing is lost."""
    put(imap, box, letter("厨房水管", "漏水"))
    case = registered(stage, read(box)[0])

    def refuses(*_args: object, **_more: object) -> None:
        raise Problem("ACTION_REFUSED", "现在不能补充。")

    monkeypatch.setattr(actions, "perform", refuses)
    put(imap, box, letter(f"Re: {case.number}", "另约时间"), letter("大门", "坏了"))
    answer, other = read(box)[1:]
    assert (answer.state, answer.case) == ("draft", case) and "现在不能补充" in answer.reason
    assert other.subject == "大门" and box.trouble == ""


def test_a_letter_on_which_the_program_fails_is_kept_whole_and_stops_nothing(imap, box, monkeypatch) -> None:
    suggest = actions.suggesting.suggest

    def fails(office: Office, line: str, **more: object) -> object:
        if "毒" in line:
            raise KeyError(line)
        return suggest(office, line, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(actions.suggesting, "suggest", fails)
    put(imap, box, letter("毒", "x", "c@example.com"), letter("大门", "坏了", "d@example.com"))
    bad, good = read(box)
    assert (bad.state, good.subject) == ("unreadable", "大门") and "KeyError" in bad.reason
    assert b"c@example.com" in bytes(bad.raw) and len(read(box)) == 2


def test_an_answering_machine_without_headers_is_not_answered(stage, imap, box) -> None:
    box.registrar = stage.person("receptionist")
    box.save()
    put(imap, box, letter("自动回复：3-2-1502 漏水", "我在休假，厨房水管漏水请找同事"))
    (found,) = read(box)
    assert found.state == "automatic" and not Case.objects.exists() and not Message.objects.exists()


def test_machines_are_not_answered_and_become_no_case(stage, imap, box) -> None:
    box.registrar = stage.person("receptionist")
    box.save()
    put(imap, box, letter("自动回复：外出", "我在休假", Auto_Submitted="auto-replied"))
    (found,) = read(box)
    assert found.state == "automatic" and not Case.objects.exists() and not Message.objects.exists()


def test_two_machines_that_answer_each_other_come_to_an_end(stage, box) -> None:
    case = open_case(stage.office, "repair", actor=stage.person("receptionist"), at=BEGINS, data=REPAIR).case
    told = []
    for number in range(9):
        one = Letter.objects.create(
            office=stage.office, mailbox=box, uid_validity=1, uid=number, digest=str(number), sender="loop@example.org",
            came_at=BEGINS, read_at=NOW,
        )  # fmt: skip
        told.append(actions.acknowledge(one, case, now=NOW))
    assert told.count(True) == actions.OFTEN


def test_an_office_may_have_letters_registered_at_once(stage, imap, box, smtp) -> None:
    box.registrar = stage.person("receptionist")
    box.save()
    work.save_classification(
        stage.office, "厨房", "水", "水管漏水", category="repair", item="水管维修", words="漏水"
    )
    put(imap, box, letter("厨房水管漏水", "3-2-1502 请来修 13800001234"), letter("你好", "在吗"))
    first, second = read(box)
    assert second.state == "draft" and second.reason, "what the line does not say stays with a person"
    case = Case.objects.get()
    assert (first.state, first.case, case.channel) == ("registered", case, "email")
    assert case.unit is not None and case.unit.code == "3-2-1502" and "请来修" in case.facts["matter"]
    deliver()
    assert [one["Subject"] for one in smtp.letters] == [f"[{case.number}] Re: 厨房水管漏水"]


def test_one_reader_at_a_time_and_a_dead_ones_lock_ends(imap, box) -> None:
    put(imap, box, letter("a", "x"))
    Mailbox.objects.filter(pk=box.pk).update(locked_until=NOW + MINUTE)
    assert reading.read(box.pk, now=NOW) == 0 and not Letter.objects.exists()
    assert reading.read(box.pk, now=NOW + 2 * MINUTE) == 1


def test_the_ticker_asks_once_a_minute(box) -> None:
    asked = [reading.ask_due(NOW + timedelta(seconds=second)) for second in (0, 1, 30, 59, 60, 61)]
    assert asked == [1, 0, 0, 0, 1, 0]


def test_a_server_that_is_away_is_said_and_nothing_is_lost(imap, box) -> None:
    Mailbox.objects.filter(pk=box.pk).update(imap_port=1)
    assert read(box) == [] and box.trouble and box.locked_until is None
    Mailbox.objects.filter(pk=box.pk).update(imap_port=imap.port)
    put(imap, box, letter("a", "x"))
    assert len(read(box)) == 1 and box.trouble == ""


def test_a_wrong_password_is_said(imap, box, monkeypatch) -> None:
    monkeypatch.setattr(settings, "MAIL_PASSWORD", "wrong")
    assert read(box) == [] and box.trouble


def test_a_password_lies_in_a_file_that_only_the_program_reads(stage, box, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(settings, "MAIL_PASSWORD", "")
    monkeypatch.setattr(settings, "HOME", tmp_path)
    with pytest.raises(Problem, match="没有邮箱"):
        mailboxes.password_of(box)
    path = mailboxes.keep_password(stage.office, "geheim")
    assert mailboxes.password_of(box) == "geheim" and path.stat().st_mode & 0o077 == 0
