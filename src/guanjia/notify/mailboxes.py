"""An office's mailbox: setting it up, its password, and the connection over which letters go out."""

from __future__ import annotations

import smtplib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.notify import servers
from guanjia.notify.models import Mailbox


def _file(office: Office) -> Path:
    return Path(settings.HOME) / "secrets" / f"mailbox-{office.code}"


def keep_password(office: Office, password: str) -> Path:
    """Writes the password into a file of the data folder that only the program may read."""
    path = _file(office)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)  # one that was there already may be readable for others
    path.write_text(password, "utf-8")
    return path


def from_environment() -> bool:
    """Whether the environment has the password of all mailboxes; then no file is asked."""
    return bool(settings.MAIL_PASSWORD)


def has_password(office: Office) -> bool:
    """Whether a password is there, from wherever; it is not looked at."""
    return from_environment() or _file(office).exists()


def password_of(box: Mailbox) -> str:
    """From the environment, else from its file. Raises Problem MAILBOX_PASSWORD without one."""
    path = _file(box.office)
    found = settings.MAIL_PASSWORD or (path.read_text("utf-8").strip() if path.exists() else "")
    if not found:
        raise Problem(
            "MAILBOX_PASSWORD",
            f"没有邮箱 {box.address} 的密码。",
            f"在「设置·邮箱」里填，或运行 guanjia mailbox password {box.office.code}，或设 GUANJIA_MAIL_PASSWORD。",
        )
    return found


def set_up(office: Office, address: str, *, at: datetime, **values: Any) -> Mailbox:
    """The office's mailbox, new or changed; letters of before `since` are left alone: now, for an address that is new.

    Raises Problem EMAIL_FORMAT, MAILBOX_TAKEN.
    """
    if "@" not in address:
        raise Problem("EMAIL_FORMAT", f"「{address}」不是邮箱地址。", field="address")
    if Mailbox.objects.filter(address=address).exclude(office=office).exists():
        raise Problem(
            "MAILBOX_TAKEN",
            f"邮箱 {address} 是别的管理处的。",
            "一个邮箱只给一个管理处。",
            field="address",
            status=409,
        )
    box = known_of(office) or Mailbox(office=office, since=at, address=address)
    if box.address != address:  # another mailbox: nothing of it has been read
        box.since, box.uid_validity, box.last_uid = at, None, 0
    box.address, box.stopped_at = address, None
    box.trouble, box.trouble_at = "", None
    for name, value in values.items():
        setattr(box, name, value)
    box.user = box.user or address
    box.save()
    return box


def known_of(office: Office) -> Mailbox | None:
    """The office's mailbox, also one that is switched off."""
    return Mailbox.objects.filter(office=office).select_related("office", "registrar").first()


def stop(box: Mailbox, *, at: datetime) -> bool:
    """Neither read nor written from now on; False when it was so already."""
    return bool(Mailbox.objects.filter(pk=box.pk, stopped_at=None).update(stopped_at=at))


def mailboxes() -> QuerySet[Mailbox]:
    """All mailboxes in use, by office."""
    return (
        Mailbox.objects.filter(stopped_at=None).select_related("office", "registrar").order_by("office__code")
    )


def mailbox_of(office: Office) -> Mailbox:
    """The office's mailbox in use. Raises Problem MAILBOX_NONE."""
    found = mailboxes().filter(office=office).first()
    if found is None:
        raise Problem(
            "MAILBOX_NONE",
            f"{office.name}没有邮箱。",
            "在「设置·邮箱」里，或用 guanjia mailbox set 设一个。",
            status=404,
        )
    return found


def smtp_of(box: Mailbox) -> smtplib.SMTP:
    """A connection that is signed in, if the server knows how to. Raises one of servers.TROUBLES."""
    smtp: smtplib.SMTP
    if box.smtp_tls == Mailbox.Tls.TLS:
        smtp = smtplib.SMTP_SSL(box.smtp_host, box.smtp_port, timeout=servers.WAIT, context=servers.context())
    else:
        smtp = smtplib.SMTP(box.smtp_host, box.smtp_port, timeout=servers.WAIT)
    try:
        if box.smtp_tls == Mailbox.Tls.STARTTLS:
            smtp.starttls(context=servers.context())
        smtp.ehlo()
        if smtp.has_extn("auth"):
            smtp.login(box.user, password_of(box))
    except BaseException:
        smtp.close()
        raise
    return smtp


def smtp_server(box: Mailbox) -> str:
    """host:port of the server that letters are handed to."""
    return f"{box.smtp_host}:{box.smtp_port}"
