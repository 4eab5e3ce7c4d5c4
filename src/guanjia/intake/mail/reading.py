"""Reading a mailbox over IMAP: from where the last reading ended, a letter at a time, without marking anything there."""

from __future__ import annotations

import contextlib
import imaplib
import logging
import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django_tasks import TaskContext, task

from guanjia.intake.mail.actions import Arrived, keep
from guanjia.notify import mailboxes, servers
from guanjia.notify.models import Mailbox

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=1)
LEASE = timedelta(minutes=10)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST = 50  # letters of one reading
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


def ask_due(now: datetime) -> int:
    """Puts before the workers every mailbox whose minute has come: how many. The ticker calls it; any number may."""
    due = mailboxes.mailboxes().filter(Q(asked_at=None) | Q(asked_at__lte=now - EVERY))
    asked = 0
    for box in due[:20]:
        mine = Mailbox.objects.filter(pk=box.pk, asked_at=box.asked_at)
        if mine.update(asked_at=now):
            read_mailbox.enqueue(box.pk)
            asked += 1
    return asked


@task(takes_context=True)
def read_mailbox(context: TaskContext, mailbox_id: int) -> int:
    """The worker's door to `read`, at the moment the worker took the task up."""
    started = context.task_result.started_at
    return read(mailbox_id, now=started) if started else 0


def read(mailbox_id: int, *, now: datetime) -> int:
    """Reads what is new; how many letters were written down. Nothing when another reader has the mailbox.

    What goes wrong with the server stands in the mailbox's `trouble`; the next reading goes on where this one ended.
    """
    free = Q(locked_until=None) | Q(locked_until__lt=now)
    if not Mailbox.objects.filter(free, pk=mailbox_id, stopped_at=None).update(locked_until=now + LEASE):
        return 0
    box = Mailbox.objects.select_related("office", "registrar").get(pk=mailbox_id)
    left: dict[str, object] = {}
    try:
        count = _read(box, now)
        left = {"trouble": "", "trouble_at": None, "good_at": now}
        return count
    except servers.TROUBLES as error:
        left = {"trouble": servers.in_words(error, imap_server(box))[:200], "trouble_at": now}
        log.warning("mailbox %s: %s", box.address, left["trouble"])
        return 0
    finally:
        Mailbox.objects.filter(pk=box.pk).update(locked_until=None, read_at=now, **left)


def imap_server(box: Mailbox) -> str:
    """host:port of the server that letters are read from."""
    return f"{box.imap_host}:{box.imap_port}"


def connect(box: Mailbox) -> imaplib.IMAP4:
    """A connection that is signed in. Raises one of servers.TROUBLES."""
    server: imaplib.IMAP4
    if box.imap_tls == Mailbox.Tls.TLS:
        server = imaplib.IMAP4_SSL(
            box.imap_host, box.imap_port, ssl_context=servers.context(), timeout=servers.WAIT
        )
    else:
        server = imaplib.IMAP4(box.imap_host, box.imap_port, timeout=servers.WAIT)
    try:
        if box.imap_tls == Mailbox.Tls.STARTTLS:
            server.starttls(servers.context())
        if "ID" in server.capabilities:  # some providers here shut out programs that do not name themselves
            imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
            with contextlib.suppress(imaplib.IMAP4.error):
                server._simple_command("ID", '("name" "guanjia")')  # type: ignore[attr-defined]
        server.login(box.user, mailboxes.password_of(box))
    except BaseException:
        with contextlib.suppress(OSError):  # a certificate that was refused has closed the socket already
            server.shutdown()
        raise
    return server


def _read(box: Mailbox, now: datetime) -> int:
    server = connect(box)
    try:
        opened(server, box)
        validity = int((server.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
        if box.uid_validity != validity:
            _moved(box, validity)
        count = 0
        for uid in _new(server, box)[:MOST]:
            arrived = _fetch(server, validity, uid)
            if arrived and arrived.came_at >= box.since and keep(box, arrived, now=now):
                count += 1
            box.last_uid = uid
            Mailbox.objects.filter(pk=box.pk).update(last_uid=uid)
        return count
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            server.logout()


def opened(server: imaplib.IMAP4, box: Mailbox) -> int:
    """Opens the mailbox's folder without marking anything in it; how many letters lie there."""
    parts = _said(server.select(_quoted(box.folder), readonly=True), "select")
    return int(next(iter(_flat(parts)), b"0") or 0)


def _moved(box: Mailbox, validity: int) -> None:
    """The server counts anew: everything since the beginning is looked at again, and what is known is told by itself."""
    box.uid_validity, box.last_uid = validity, 0
    Mailbox.objects.filter(pk=box.pk).update(uid_validity=validity, last_uid=0)


def _new(server: imaplib.IMAP4, box: Mailbox) -> list[int]:
    """The UIDs after the last one read; `n:*` always names the newest letter, even one that is older than n."""
    day = box.since - timedelta(days=1)
    since = f"{day.day:02}-{MONTHS[day.month - 1]}-{day.year}"
    found = _said(server.uid("SEARCH", "UID", f"{box.last_uid + 1}:*", "SINCE", since), "search")
    words = b" ".join(part for part in found if isinstance(part, bytes)).split()
    return sorted({int(word) for word in words if int(word) > box.last_uid})


def _fetch(server: imaplib.IMAP4, validity: int, uid: int) -> Arrived | None:
    """A letter; of one that is too large only its head. None when it has vanished meanwhile."""
    about = b" ".join(_flat(_said(server.uid("FETCH", str(uid), "(UID RFC822.SIZE INTERNALDATE)"), "fetch")))
    size = _SIZE.search(about)
    if not size:
        return None
    most = settings.UPLOAD_LIMIT_BYTES * 4
    large = int(size[1]) > most
    part = "BODY.PEEK[HEADER]" if large else "BODY.PEEK[]"
    found = _said(server.uid("FETCH", str(uid), f"(UID {part})"), "fetch")
    raw = next((one[1] for one in found if isinstance(one, tuple) and len(one) > 1), None)
    if raw is None:
        return None
    refused = f"信太大，{int(size[1]) // 1024 // 1024} MB，没有取下来；请在邮箱里看。" if large else ""
    return Arrived(validity, uid, bytes(raw), _moment(about), refused)


def _moment(about: bytes) -> datetime:
    """When the server got it; a server that does not say so has just got it."""
    found = imaplib.Internaldate2tuple(about)
    return datetime.fromtimestamp(time.mktime(found), UTC) if found else datetime.now(UTC)


def _flat(parts: Sequence[Any]) -> Iterator[bytes]:
    for part in parts:
        for one in part if isinstance(part, tuple) else (part,):
            if isinstance(one, bytes):
                yield one


def _said(answer: tuple[str, Sequence[Any]], what: str) -> Sequence[Any]:
    status, parts = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{what}: {status} {b' '.join(_flat(parts)).decode('utf-8', 'replace')}")
    return parts


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
