"""Telephone lines and the mailbox as the administrator sets them up: secrets once or never, who may, what is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.intake.post import PASSWORD, USER, Imap, Smtp
from tests.stage import BEGINS

from guanjia import clock
from guanjia.adoption import queries as adoption
from guanjia.cases.models import Event
from guanjia.intake.models import Call, Extension, PhoneLine, WireChange
from guanjia.intake.telephone import lines, queries
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.notify import mailboxes
from guanjia.notify.models import Mailbox, Message
from guanjia.ops.cards.stage import Stage

pytestmark = pytest.mark.django_db
SECRET = re.compile(r"gl_[\w-]{40,}")
EVENTS = "/api/v1/telephone/events"
BOX = {
    "address": "kf@example.com", "user": USER, "imap": "127.0.0.1:1", "imap_tls": "none",
    "smtp": "127.0.0.1:1", "smtp_tls": "none", "registrar": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings, monkeypatch) -> None:
    settings.HOME = tmp_path
    settings.MAIL_PASSWORD = ""
    monkeypatch.setattr(clock, "now", lambda: BEGINS)


@pytest.fixture
def browser(stage: Stage) -> Callable[..., Client]:
    """`browser()`: the administrator, signed in; `browser("director")`: somebody else."""

    def sign_in(who: str = "administrator") -> Client:
        client = Client()
        client.force_login(stage.person(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def line(stage: Stage) -> PhoneLine:
    return lines.add(stage.office, "0755-88000120", "服务热线", at=BEGINS)[0]


def body(response) -> str:
    return response.content.decode()


def everything_kept() -> str:
    """All that a page or a file of the journal could show later."""
    rows = [
        *PhoneLine.objects.values(),
        *WireChange.objects.values(),
        *Mailbox.objects.values(),
        *Job.objects.values(),
    ]
    return str([*rows, *Event.objects.values_list("data", flat=True)])


def report(secret: str, **more: object):
    event = {"call_id": "c", "event": "ringing", "line": "0755-88000120", "number": "13800001234", **more}
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().post(EVENTS, event, content_type="application/json", headers=headers)


# ---------------------------------------------------------------- lines


def test_a_line_is_opened_and_its_key_shown_once(browser, stage) -> None:
    client = browser()
    assert "还没有线路" in body(client.get("/settings/lines/"))
    assert "没接到的多久内打回去" in body(client.get("/settings/lines/new/"))
    typed = {"number": "0755-88000120", "label": "服务热线", "rings_in_time": "3", "call_back": "20m"}
    made = client.post("/settings/lines/new/", typed)
    (secret,) = set(SECRET.findall(body(made)))
    assert "no-store" in made["Cache-Control"]
    line = PhoneLine.objects.get()
    assert (line.number, line.label, line.rings_in_time) == ("075588000120", "服务热线", 3)
    assert adoption.figures(stage.office)["telephone"] == {"call_back": "20m"}
    for address in ("/settings/lines/", f"/settings/lines/{line.pk}/", "/settings/lines/export.csv"):
        page = client.get(address)
        text = b"".join(page.streaming_content).decode() if page.streaming else body(page)
        assert "服务热线" in text and secret not in text and line.digest not in text
    assert secret not in everything_kept()
    assert report(secret).status_code == 200
    assert "没接到的多久内打回去" not in body(client.get("/settings/lines/new/")), "a manual covers it by now"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"number": "12"}, "不是线路号码"), ({"rings_in_time": "99"}, "要填 1 到 20"), ({"rings_in_time": "两"}, "要填 1 到 20"),
     ({"number": "0755-88000120"}, "已经开通"), ({"call_back": "soon"}, "soon")],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_said_and_what_was_typed_stays(wrong, words, browser, stage) -> None:
    typed = {"number": "0755-66000120", "label": "夜间热线", "rings_in_time": "2", **wrong}
    if words == "已经开通":
        lines.add(stage.office, "0755-88000120", "服务热线", at=BEGINS)
    refused = browser().post("/settings/lines/new/", typed)
    assert refused.status_code in (409, 422) and words in body(refused)
    assert 'value="夜间热线"' in body(refused) and not SECRET.search(body(refused))
    assert not PhoneLine.objects.filter(label="夜间热线").exists()


def test_a_new_key_voids_the_old_one(browser, stage, line) -> None:
    client = browser()
    (first,) = set(SECRET.findall(body(client.post(f"/settings/lines/{line.pk}/key/"))))
    (second,) = set(SECRET.findall(body(client.post(f"/settings/lines/{line.pk}/key/"))))
    assert report(first).status_code == 401 and report(second).status_code == 200
    assert not SECRET.search(body(client.get(f"/settings/lines/{line.pk}/")))
    assert first not in everything_kept() and second not in everything_kept()
    assert WireChange.objects.filter(by=stage.person("administrator"), what__contains="密钥").count() == 2


def test_a_line_is_named_anew_and_switched_off_for_good(browser, stage, line) -> None:
    client = browser()
    client.post(f"/settings/lines/{line.pk}/name/", {"label": "总台", "rings_in_time": "4"})
    line.refresh_from_db()
    assert (line.label, line.rings_in_time) == ("总台", 4)
    refused = client.post(f"/settings/lines/{line.pk}/name/", {"label": "前台", "rings_in_time": "0"})
    assert refused.status_code == 422 and 'value="前台"' in body(refused)
    client.post(f"/settings/lines/{line.pk}/stop/")
    for what, data in (("key", {}), ("ring", {}), ("name", {"label": "x", "rings_in_time": "2"})):
        assert "已经停用" in body(client.post(f"/settings/lines/{line.pk}/{what}/", data)), what
    assert "停用" in body(client.get("/settings/lines/")) and not Call.objects.exists()
    assert client.post(f"/settings/lines/{line.pk}/sell/").status_code == 404
    said = body(client.get("/settings/lines/"))
    assert "停用线路 总台" in said and stage.person("administrator").name in said


def test_ringing_once_rings_on_the_desk_and_counts_nowhere(browser, stage, line) -> None:
    lines.give_extension(stage.office, "801", stage.person("receptionist"), at=BEGINS)
    browser().post(f"/settings/lines/{line.pk}/ring/", {"extension": "801"})
    call = Call.objects.get()
    assert (call.trial, call.number, call.state, call.case, call.callback) == (
        True,
        "",
        "ringing",
        None,
        None,
    )
    assert "试打" in body(browser("receptionist").get("/desk/"))
    assert "试打" not in body(browser("cs_supervisor").get("/desk/")), "it rings at the chosen extension"
    assert "试打" in body(browser("receptionist").get("/calls/"))
    day = BEGINS - timedelta(days=1), BEGINS + timedelta(days=1)
    assert queries.answering(stage.office, *day).incoming == 0
    line.refresh_from_db()
    assert line.heard_at is None, "the telephone system itself has reported nothing yet"
    assert lines.line_for(stage.office, line.pk, BEGINS).week == 0  # type: ignore[attr-defined]


def test_how_a_line_goes_is_said_in_words(browser, stage, monkeypatch) -> None:
    line, secret = lines.add(stage.office, "0755-88000120", "服务热线", at=BEGINS)
    page = f"/settings/lines/{line.pk}/"
    client = browser()
    assert "还没有收到过报告" in body(client.get(page)) and EVENTS in body(client.get(page))
    assert report(secret, event="rang").status_code == 422
    assert "没有收下：「event」只能是" in body(client.get(page))
    assert report(secret, line="0755-1").status_code == 404
    assert "这个密钥不是线路" in body(client.get(page))
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(minutes=1))
    assert report(secret).status_code == 200
    assert "电话系统的报告收得到" in body(client.get(page))
    assert lines.line_for(stage.office, line.pk, clock.now()).week == 1  # type: ignore[attr-defined]
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(days=8))
    assert lines.line_for(stage.office, line.pk, clock.now()).week == 0  # type: ignore[attr-defined]
    client.post(f"{page}key/")
    assert "多半还是旧密钥" in body(client.get(page))


def test_extensions_are_given_and_taken_away(browser, stage, line) -> None:
    client, owner = browser(), stage.person("receptionist")
    assert "没有分机归人" in body(client.get("/settings/lines/"))
    for data, words in (
        ({"extension": "分机", "user": owner.pk}, "不是分机号"),
        ({"extension": "801"}, "要选"),
    ):
        refused = client.post("/settings/extensions/give/", data)
        assert refused.status_code == 422 and words in body(refused)
    client.post("/settings/extensions/give/", {"extension": "801", "user": owner.pk})
    row = Extension.objects.get()
    assert (row.number, row.user) == ("801", owner)
    client.post(reverse("settings-extension-drop", args=[row.pk]))
    assert not Extension.objects.exists()
    assert client.post(reverse("settings-extension-drop", args=[row.pk])).status_code == 404
    assert [one.what for one in WireChange.objects.order_by("pk")][1:] == [
        f"分机 801 归{owner}", "分机 801 不再归人",
    ]  # fmt: skip


def test_the_list_is_searched_and_costs_the_same_for_one_and_three(
    browser, stage, line, django_assert_num_queries
) -> None:
    client = browser()
    with django_assert_num_queries(14):
        client.get("/settings/lines/")
    for number in range(3):
        lines.add(stage.office, f"0755-8800013{number}", f"分线{number}", at=BEGINS)
    with django_assert_num_queries(14):
        client.get("/settings/lines/")
    found = body(client.get("/settings/lines/?q=88000131"))
    assert "分线1</b>" in found and "分线2</b>" not in found
    assert "没有和「无」相符" in body(client.get("/settings/lines/?q=无"))


@pytest.mark.parametrize("who", ["director", "cs_supervisor", "receptionist", "technician"])
def test_only_who_administers_the_office_comes_in(who, browser, line) -> None:
    client = browser(who)
    gets = (
        "lines/",
        "lines/new/",
        f"lines/{line.pk}/",
        "lines/export.csv",
        "mailbox/",
        "mailbox/changes.csv",
    )
    posts = (
        "lines/new/", f"lines/{line.pk}/key/", f"lines/{line.pk}/ring/", f"lines/{line.pk}/stop/",
        "extensions/give/", "extensions/1/drop/", "mailbox/", "mailbox/check/", "mailbox/stop/",
    )  # fmt: skip
    for address in gets:
        assert client.get(f"/settings/{address}").status_code == 403, address
    for address in posts:
        assert client.post(f"/settings/{address}", BOX).status_code == 403, address
    assert not Call.objects.exists() and not Mailbox.objects.exists()


# ---------------------------------------------------------------- the mailbox


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


def test_a_mailbox_is_set_up_and_its_password_never_shown(browser, stage, tmp_path) -> None:
    client = browser()
    assert "本处还没有邮箱" in body(client.get("/settings/mailbox/"))
    assert client.post("/settings/mailbox/", {**BOX, "password": "geheim geheim"}).status_code == 302
    box = mailboxes.mailbox_of(stage.office)
    assert (box.address, box.user, box.imap_port, box.since) == ("kf@example.com", USER, 1, BEGINS)
    assert mailboxes.password_of(box) == "geheim geheim"
    file = tmp_path / "secrets" / f"mailbox-{stage.office.code}"
    assert file.stat().st_mode & 0o077 == 0
    page = body(client.get("/settings/mailbox/"))
    assert "geheim" not in page + everything_kept() and "已存了一个" in page and "选了不加密" in page
    client.post("/settings/mailbox/", {**BOX, "user": "", "registrar": stage.person("receptionist").username})
    box.refresh_from_db()
    assert (box.user, box.registrar) == ("kf@example.com", stage.person("receptionist"))
    assert mailboxes.password_of(box) == "geheim geheim", "left empty it stays"
    exported = b"".join(client.get("/settings/mailbox/changes.csv").streaming_content).decode()
    assert (
        exported.count("设邮箱 kf@example.com") == 2
        and "存邮箱的密码" in exported
        and "geheim" not in exported
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"address": "kf"}, "不是邮箱地址"), ({"imap": "imap server"}, "「imap server」不是服务器"), ({"smtp": "x:99999"}, "「x:99999」不是服务器"),
     ({"imap_tls": "ssl3"}, "不是服务器"), ({"password": "a\nb"}, "也不能有换行"), ({"registrar": "nobody"}, "没有岗位")],
)  # fmt: skip
def test_a_mailbox_that_is_typed_wrong_is_refused_and_stays_typed(wrong, words, browser) -> None:
    refused = browser().post("/settings/mailbox/", {**BOX, "user": "getippt", "password": "geheim", **wrong})
    assert refused.status_code == 422 and words in body(refused)
    assert 'value="getippt"' in body(refused) and "geheim" not in body(refused)
    assert not Mailbox.objects.exists()


def test_another_address_begins_anew_and_the_same_goes_on(browser, stage, monkeypatch) -> None:
    client = browser()
    client.post("/settings/mailbox/", BOX)
    Mailbox.objects.update(last_uid=7, uid_validity=3, trouble="x", trouble_at=BEGINS)
    monkeypatch.setattr(clock, "now", lambda: BEGINS + timedelta(days=1))
    client.post("/settings/mailbox/stop/")
    assert "已停用：不读信" in body(client.get("/settings/mailbox/"))
    client.post("/settings/mailbox/", BOX)
    box = mailboxes.mailbox_of(stage.office)
    assert (box.last_uid, box.since, box.trouble) == (7, BEGINS, "")
    client.post("/settings/mailbox/", {**BOX, "address": "bx@example.com"})
    box = mailboxes.mailbox_of(stage.office)
    assert (box.last_uid, box.uid_validity, box.since) == (0, None, clock.now())


def test_the_password_of_the_environment_is_left_to_the_operator(browser, stage, settings) -> None:
    settings.MAIL_PASSWORD = PASSWORD
    client = browser()
    client.post("/settings/mailbox/", {**BOX, "password": "anders"})
    page = body(client.get("/settings/mailbox/"))
    assert "GUANJIA_MAIL_PASSWORD" in page and 'name="password"' not in page and PASSWORD not in page
    settings.MAIL_PASSWORD = ""
    assert not mailboxes.has_password(stage.office)


@pytest.mark.server
def test_the_mailbox_is_tried_by_the_worker(browser, stage, imap, smtp) -> None:
    client = browser()
    ports = {"imap": f"127.0.0.1:{imap.port}", "smtp": f"127.0.0.1:{smtp.port}"}
    client.post("/settings/mailbox/", {**BOX, **ports, "password": PASSWORD})
    asked = client.post("/settings/mailbox/check/", {"to": "wxl@example.com"})
    job = Job.objects.get()
    assert asked["Location"] == reverse("settings-job", args=[job.pk]) and PASSWORD not in str(vars(job))
    jobs.run(job.pk)
    said = body(client.get(asked["Location"]))
    assert f"收信：127.0.0.1:{imap.port} 可以登录" in said and "收下了寄往 wxl@example.com 的试信" in said
    assert smtp.to == [["wxl@example.com"]] and "试信" in smtp.letters[0]["Subject"]
    client.post("/settings/mailbox/", {**BOX, **ports, "smtp": "127.0.0.1:1"})
    refused = client.post("/settings/mailbox/check/", {"to": "wxl"})
    assert refused.status_code == 422 and "「wxl」不是邮箱地址" in body(refused) and Job.objects.count() == 1
    client.post("/settings/mailbox/check/", {"to": ""})
    jobs.run(Job.objects.latest("pk").pk)
    said = body(client.get(reverse("settings-job", args=[Job.objects.latest("pk").pk])))
    assert "发信：127.0.0.1:1 没有邮件服务在听" in said and "收信：" not in said
    assert browser("cs_supervisor").get(reverse("settings-job", args=[job.pk])).status_code in (403, 404)


def test_how_the_mailbox_goes_is_said_in_words(browser, stage) -> None:
    client = browser()
    client.post("/settings/mailbox/", BOX)
    assert "还没有读过信" in body(client.get("/settings/mailbox/"))
    box = mailboxes.mailbox_of(stage.office)
    Mailbox.objects.filter(pk=box.pk).update(
        trouble="imap.example.com:993 不认账号或密码。", trouble_at=BEGINS
    )
    assert "读信不成：imap.example.com:993 不认账号或密码" in body(client.get("/settings/mailbox/"))
    Mailbox.objects.filter(pk=box.pk).update(trouble="", trouble_at=None, good_at=BEGINS)
    for number, state in enumerate(("sent", "sent", "failed")):
        Message.objects.create(
            office=stage.office, channel="email", to_address="a@example.com", subject="x", body="x", key=str(number),
            created_at=BEGINS, sent_at=BEGINS if state == "sent" else None, state=state,
            trouble="收信地址不存在" if state == "failed" else "",
        )  # fmt: skip
    page = body(client.get("/settings/mailbox/"))
    assert "收信正常" in page and "发出 2，没发出 1" in page and "收信地址不存在" in page


def test_without_a_mailbox_there_is_nothing_to_try_or_to_stop(browser) -> None:
    assert browser().post("/settings/mailbox/check/").status_code == 404
    assert browser().post("/settings/mailbox/stop/").status_code == 404
