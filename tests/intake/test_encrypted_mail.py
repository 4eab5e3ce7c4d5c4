"""The mailbox over TLS and STARTTLS against real servers: whose certificates are believed, and what is said when not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.conf import settings
from tests.intake.certificates import Authority, Tunnel, serving
from tests.intake.post import MINUTE, PASSWORD, USER, Imap, Smtp
from tests.stage import BEGINS

from guanjia.intake.mail import boxes, reading
from guanjia.intake.models import Letter
from guanjia.kernel.problem import Problem
from guanjia.notify import actions as notify
from guanjia.notify import mailboxes, servers
from guanjia.notify.models import Mailbox, Message
from guanjia.ops.cards.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.server]
NOW = BEGINS + MINUTE


def who(_server: Any, _session: Any, _envelope: Any, _how: str, told: LoginPassword) -> AuthResult:
    return AuthResult(success=(told.login, told.password) == (USER.encode(), PASSWORD.encode()))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def plain() -> Iterator[Imap]:
    server = Imap()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def starting(authority: Authority) -> Iterator[Imap]:
    """An IMAP server that wants STARTTLS before it takes a password."""
    server = Imap(authority.sign())
    yield server
    server.stop()


@pytest.fixture
def box(stage: Stage, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setattr(settings, "MAIL_PASSWORD", PASSWORD)
    monkeypatch.setattr(settings, "MAIL_CA", str(authority.file))
    server = boxes.Server("127.0.0.1", 1, "tls")
    return boxes.set_up(stage.office, "kf@example.com", server, server, at=BEGINS, user=USER)


@pytest.fixture
def tunnel(plain: Imap) -> Iterator[Any]:
    """`tunnel(context)`: IMAPS in front of the plain server, on a port of its own."""
    opened: list[Tunnel] = []

    def open_(context: ssl.SSLContext | None) -> Tunnel:
        opened.append(Tunnel(plain.port, context))
        return opened[-1]

    yield open_
    for one in opened:
        one.stop()


@pytest.fixture
def smtp() -> Iterator[Any]:
    """`smtp(tls, **more)`: a server for outgoing letters."""
    opened: list[Smtp] = []

    def open_(tls: ssl.SSLContext | None = None, **more: Any) -> Smtp:
        server = Smtp(tls, **{"authenticator": who, "auth_required": True, **more})
        server.controller.start()
        opened.append(server)
        return server

    yield open_
    for one in opened:
        one.controller.stop()


def at(box: Mailbox, **values: object) -> Mailbox:
    Mailbox.objects.filter(pk=box.pk).update(**values)
    box.refresh_from_db()
    return box


def trouble_of(box: Mailbox) -> str:
    assert reading.read(box.pk, now=NOW) == 0
    box.refresh_from_db()
    assert box.trouble_at == NOW and box.good_at is None
    return box.trouble


def send(box: Mailbox) -> Message:
    message = notify.enqueue(
        box.office, to_address="wxl@example.com", subject="到了", body="到了", key="k", now=NOW
    )
    notify.deliver(message.pk, now=NOW)
    message.refresh_from_db()
    return message


# ---------------------------------------------------------------- reading


def test_letters_are_read_over_tls_under_a_private_authority(box, plain, tunnel, authority) -> None:
    server = tunnel(serving(authority.sign()))
    plain.anew("Sent")
    plain.put("Sent", b"From: wxl@example.com\r\nSubject: a\r\n\r\nx\r\n", NOW)
    at(box, imap_port=server.port, folder="Sent")
    assert reading.read(box.pk, now=NOW) == 1
    box.refresh_from_db()
    assert (box.trouble, box.good_at, Letter.objects.get().subject) == ("", NOW, "a")


def test_letters_are_read_over_starttls(box, starting) -> None:
    at(box, imap_port=starting.port, imap_tls="starttls")
    connected = reading.connect(box)
    assert isinstance(connected.sock, ssl.SSLSocket) and reading.opened(connected, box) >= 0
    connected.logout()


def test_a_server_without_starttls_gets_no_password(box, plain) -> None:
    said = trouble_of(at(box, imap_port=plain.port, imap_tls="starttls"))
    assert "不支持所选的加密方式" in said


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused(
    tls, box, starting, tunnel, authority, monkeypatch
) -> None:
    monkeypatch.setattr(settings, "MAIL_CA", "")
    port = starting.port if tls == "starttls" else tunnel(serving(authority.sign())).port
    said = trouble_of(at(box, imap_port=port, imap_tls=tls))
    assert said.startswith(f"127.0.0.1:{port} 的证书不是认得的机构签的") and "GUANJIA_MAIL_CA" in said


def test_another_authority_of_the_same_name_is_refused(box, tunnel, authority, tmp_path) -> None:
    other = Authority(tmp_path)
    said = trouble_of(at(box, imap_port=tunnel(serving(other.sign())).port))
    assert "不是认得的机构签的" in said


@pytest.mark.parametrize(
    ("sign", "words"),
    [({"host": "mail.example.com"}, "证书写的不是这个主机名"), ({"ended": True}, "证书过期了")],
    ids=["name", "ended"],
)
def test_a_wrong_certificate_is_refused_in_words(sign, words, box, tunnel, authority) -> None:
    assert words in trouble_of(at(box, imap_port=tunnel(serving(authority.sign(**sign))).port))


def test_tls_where_none_is_spoken_is_said(box, plain) -> None:
    assert "端口和加密方式不相配" in trouble_of(at(box, imap_port=plain.port))


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_a_server_that_never_answers_is_given_up(tls, box, tunnel, monkeypatch) -> None:
    monkeypatch.setattr(servers, "WAIT", 0.3)
    said = trouble_of(at(box, imap_port=tunnel(None).port, imap_tls=tls))
    assert "没有回答" in said


def test_a_wrong_password_and_nobody_there_are_told_apart(box, plain, tunnel, authority, monkeypatch) -> None:
    assert "没有邮件服务在听" in trouble_of(box)
    monkeypatch.setattr(settings, "MAIL_PASSWORD", "wrong")
    said = trouble_of(at(box, imap_port=tunnel(serving(authority.sign())).port))
    assert "不认账号或密码" in said and "wrong" not in said


def test_an_authority_that_cannot_be_read_is_said(box, monkeypatch, tmp_path) -> None:
    for text in (None, "no certificate"):
        path = tmp_path / "authority.pem"
        if text:
            path.write_text(text, "utf-8")
        monkeypatch.setattr(settings, "MAIL_CA", str(path))
        with pytest.raises(Problem) as refused:
            servers.context()
        assert refused.value.code == "MAIL_CA_FILE"
    assert str(path) in trouble_of(box)


# ---------------------------------------------------------------- sending


def test_a_letter_goes_out_over_tls(box, smtp, authority) -> None:
    server = smtp(serving(authority.sign()), auth_require_tls=False)
    sent = send(at(box, smtp_port=server.port))
    assert (sent.state, server.to, server.encrypted) == ("sent", [["wxl@example.com"]], [True])


def test_a_letter_goes_out_over_starttls(box, smtp, authority) -> None:
    server = smtp(tls_context=serving(authority.sign()), require_starttls=True)
    sent = send(at(box, smtp_port=server.port, smtp_tls="starttls"))
    assert (sent.state, server.encrypted) == ("sent", [True])


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_letter_does_not_go_to_a_server_whose_certificate_is_wrong(tls, box, smtp, authority) -> None:
    context = serving(authority.sign("mail.example.com"))
    server = smtp(context, auth_require_tls=False) if tls == "tls" else smtp(tls_context=context)
    sent = send(at(box, smtp_port=server.port, smtp_tls=tls))
    assert sent.state == "waiting" and "证书写的不是这个主机名" in sent.trouble
    assert server.letters == []


def test_a_letter_does_not_go_out_in_the_open_when_starttls_was_asked_for(box, smtp) -> None:
    server = smtp(auth_required=False, auth_require_tls=False)
    sent = send(at(box, smtp_port=server.port, smtp_tls="starttls"))
    assert "不支持所选的加密方式" in sent.trouble and server.letters == []


def test_a_silent_server_for_letters_is_given_up(box, tunnel, monkeypatch) -> None:
    monkeypatch.setattr(servers, "WAIT", 0.3)
    for tls in Mailbox.Tls.values:
        at(box, smtp_port=tunnel(None).port, smtp_tls=tls)
        with pytest.raises(Problem) as refused:
            boxes.try_sending(box, "", at=NOW)
        assert refused.value.code == "MAILBOX_UNREACHABLE" and "没有回答" in refused.value.message, tls


def test_trying_says_which_end_does_not_work(box, smtp, tunnel, authority) -> None:
    at(box, imap_port=tunnel(serving(authority.sign())).port)
    assert "可以登录" in boxes.try_reading(box)
    with pytest.raises(Problem, match="发信：127.0.0.1:1 没有邮件服务在听"):
        boxes.try_sending(box, "", at=NOW)
    server = smtp(serving(authority.sign()), auth_require_tls=False)
    at(box, smtp_port=server.port)
    assert boxes.try_sending(box, "", at=NOW).endswith("可以登录。") and server.letters == []
    assert "wxl@example.com" in boxes.try_sending(box, "wxl@example.com", at=NOW)
    (letter,) = server.letters
    assert letter["Auto-Submitted"] == "auto-generated" and PASSWORD not in letter.as_string()
    assert mailboxes.smtp_server(box) in boxes.try_sending(box, "wxl@example.com", at=NOW)
