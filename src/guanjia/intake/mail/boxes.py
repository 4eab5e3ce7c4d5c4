"""Setting an office's mailbox up, trying it and switching it off; every change says who made it, None is the command line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from django.db import transaction
from django.db.models import Count, Max, Q

from guanjia.estate.models import Office
from guanjia.intake import wires
from guanjia.intake.mail import reading
from guanjia.intake.models import Letter
from guanjia.jobs import actions as jobs
from guanjia.jobs.models import Job
from guanjia.kernel.problem import Problem
from guanjia.notify import mailboxes, servers
from guanjia.notify.channels.email import hand_over
from guanjia.notify.models import Mailbox, Message
from guanjia.staff.models import User
from guanjia.staff.queries import offices_of

CHECK = "mailbox-check"
WEEK = timedelta(days=7)
PORTS = {"imap": 993, "smtp": 465}
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


@dataclass(frozen=True)
class Server:
    """Where a mail server is and how it is spoken with. tls: one of Mailbox.Tls."""

    host: str
    port: int
    tls: str


def server(text: str, tls: str, kind: str) -> Server:
    """`imap.example.com` or `imap.example.com:993` as a server. kind: imap or smtp. Raises Problem MAILBOX_SERVER."""
    host, colon, number = text.strip().rpartition(":") if ":" in text else (text.strip(), "", "")
    right = _HOST.fullmatch(host) and (not colon or (number.isdecimal() and 0 < int(number) < 65536))
    if not right or tls not in Mailbox.Tls.values:
        raise Problem(
            "MAILBOX_SERVER",
            f"「{text}」不是服务器。",
            "写成 imap.example.com 或 imap.example.com:993。",
            field=kind,
        )
    return Server(host, int(number or PORTS[kind]), tls)


def registrar(office: Office, username: str, at: datetime) -> User | None:
    """In whose name letters are registered at once; None for nobody. Raises Problem TOKEN_OFFICE."""
    if not username:
        return None
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None or office not in offices_of(found, at):
        raise Problem("TOKEN_OFFICE", f"{username} 在{office}没有岗位。", "先给岗位。", field="registrar")
    return found


@transaction.atomic
def set_up(
    office: Office, address: str, imap: Server, smtp: Server, *, at: datetime, user: str = "",
    registrar: User | None = None, password: str = "", by: User | None = None,
) -> Mailbox:  # fmt: skip
    """The office's mailbox, new, changed or switched on again. password: kept in its file when one is given.

    Raises Problem EMAIL_FORMAT, MAILBOX_TAKEN, MAILBOX_PASSWORD.
    """
    address = address.strip()
    if password:
        check_password(password)
    box = mailboxes.set_up(
        office, address, at=at, user=user.strip() or address, registrar=registrar,
        imap_host=imap.host, imap_port=imap.port, imap_tls=imap.tls,
        smtp_host=smtp.host, smtp_port=smtp.port, smtp_tls=smtp.tls,
    )  # fmt: skip
    wires.note(
        office, wires.MAILBOX, f"设邮箱 {box.address}，收信 {imap.host}，发信 {smtp.host}", by=by, at=at
    )
    if password:
        keep_password(office, password, at=at, by=by)
    return box


def check_password(password: str) -> None:
    """Raises Problem MAILBOX_PASSWORD for one that no server takes: empty, or of several lines."""
    plain = password.strip()
    if not plain or not plain.isprintable():
        raise Problem(
            "MAILBOX_PASSWORD", "密码不能为空，也不能有换行。", "只粘贴密码或授权码本身。", field="password"
        )


@transaction.atomic
def keep_password(office: Office, password: str, *, at: datetime, by: User | None = None) -> str:
    """Keeps the password in its file and says where that is. Raises Problem MAILBOX_PASSWORD."""
    check_password(password)
    wires.note(office, wires.MAILBOX, "存邮箱的密码", by=by, at=at)
    return str(mailboxes.keep_password(office, password.strip()))


@transaction.atomic
def stop(box: Mailbox, *, at: datetime, by: User | None = None) -> None:
    """Switches the mailbox off; a second time changes nothing."""
    if mailboxes.stop(box, at=at):
        wires.note(box.office, wires.MAILBOX, f"停用邮箱 {box.address}", by=by, at=at)


# ---------------------------------------------------------------- trying it


def ask_check(box: Mailbox, to: str, *, at: datetime, by: User) -> Job:
    """Has the worker, who reads and writes letters, try the mailbox. to: where a letter goes to try, or "".

    Raises Problem EMAIL_FORMAT.
    """
    if to and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", to):
        raise Problem("EMAIL_FORMAT", f"「{to}」不是邮箱地址。", field="to")
    return jobs.ask(
        box.office, CHECK, f"试邮箱 {box.address}", by=by, at=at, permission="administer",
        data={"to": to, "at": at.isoformat()},
    )  # fmt: skip


def check(run: jobs.Run) -> str:
    """The worker's part of `ask_check`. Raises Problem MAILBOX_NONE, MAILBOX_UNREACHABLE with what to mend."""
    box = mailboxes.mailbox_of(run.office)
    run.tell("收信", 0, 2)
    told = [try_reading(box)]
    run.tell("发信", 1, 2)
    told.append(try_sending(box, run.data["to"], at=datetime.fromisoformat(run.data["at"])))
    return "".join(told)


def try_reading(box: Mailbox) -> str:
    """Signs in where letters are read and opens the folder. Raises Problem MAILBOX_UNREACHABLE, MAILBOX_PASSWORD."""
    try:
        signed_in = reading.connect(box)
        try:
            count = reading.opened(signed_in, box)
        finally:
            signed_in.logout()
    except servers.TROUBLES as trouble:
        raise _unreachable("收信", trouble, reading.imap_server(box)) from None
    return f"收信：{reading.imap_server(box)} 可以登录，{box.folder} 里有 {count} 封。"


def try_sending(box: Mailbox, to: str, *, at: datetime) -> str:
    """Signs in where letters are handed over, and sends one if `to` is an address. Raises as `try_reading`."""
    where = mailboxes.smtp_server(box)
    try:
        if not to:
            mailboxes.smtp_of(box).quit()
            return f"发信：{where} 可以登录。"
        hand_over(box, _trial_letter(box, to, at), to)
    except servers.TROUBLES as trouble:
        raise _unreachable("发信", trouble, where) from None
    return f"发信：{where} 收下了寄往 {to} 的试信，请到那里看收到没有。"


def _unreachable(end: str, trouble: Exception, where: str) -> Problem:
    if isinstance(trouble, Problem):
        return trouble
    said = servers.in_words(trouble, where)
    return Problem("MAILBOX_UNREACHABLE", f"{end}：{said}", "", status=502)


def _trial_letter(box: Mailbox, to: str, at: datetime) -> EmailMessage:
    """Says of itself that a machine wrote it: sent to the mailbox itself it is listed and becomes no case."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = box.address, to, f"试信：{box.office.name}的邮箱"
    letter["Date"], letter["Message-ID"] = (
        format_datetime(at),
        make_msgid(domain=box.address.rpartition("@")[2]),
    )
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(f"这是{box.office.name}试邮箱 {box.address} 发出的信，不用回复。\n")
    return letter


# ---------------------------------------------------------------- how it goes


@dataclass(frozen=True)
class Traffic:
    """How the mailbox went: letters of the last seven days in and out, the last one sent, the last that was not."""

    read: int
    sent: int
    failed: int
    sent_at: datetime | None
    refused: Message | None


def traffic(box: Mailbox, now: datetime) -> Traffic:
    """In three statements."""
    since = now - WEEK
    read = Letter.objects.filter(mailbox=box, read_at__gt=since).count()
    out = Message.objects.filter(office=box.office, channel="email")
    counts = out.aggregate(
        sent=Count("pk", filter=Q(state=Message.State.SENT, sent_at__gt=since)),
        failed=Count("pk", filter=Q(state=Message.State.FAILED, created_at__gt=since)),
        sent_at=Max("sent_at", filter=Q(state=Message.State.SENT)),
    )
    refused = out.exclude(trouble="").exclude(state=Message.State.SENT).order_by("-created_at").first()
    return Traffic(read=read, refused=refused, **counts)
