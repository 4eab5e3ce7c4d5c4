"""An office's mailbox: setting it up, its password, and the connection over which letters go out."""

from __future__ import annotations

import smtplib
import ssl
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.notify.models import Mailbox

WAIT = 20  # seconds that a mail server may take to answer


def _file(office: Office) -> Path:
    return Path(settings.HOME) / "secrets" / f"mailbox-{office.code}"


def keep_password(office: Office, password: str) -> Path:
    """Writes the password into a file of the data folder that only the program may read."""
    path = _file(office)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(password, "utf-8")
    path.chmod(0o600)
    return path


def password_of(box: Mailbox) -> str:
    """From the environment, else from its file. Raises Problem MAILBOX_PASSWORD without one."""
    path = _file(box.office)
    found = settings.MAIL_PASSWORD or (path.read_text("utf-8").strip() if path.exists() else "")
    if not found:
        raise Problem(
            "MAILBOX_PASSWORD",
            f"没有邮箱 {box.address} 的密码。",
            f"运行 guanjia mailbox password {box.office.code}，或设 GUANJIA_MAIL_PASSWORD。",
        )
    return found


def set_up(office: Office, address: str, *, at: datetime, **values: Any) -> Mailbox:
    """The office's mailbox, new or changed; letters of before `since` (now, when it is new) are left alone."""
    if "@" not in address:
        raise Problem("EMAIL_FORMAT", f"「{address}」不是邮箱地址。", field="address")
    if Mailbox.objects.filter(address=address).exclude(office=office).exists():
        raise Problem(
            "MAILBOX_TAKEN", f"邮箱 {address} 是别的管理处的。", "一个邮箱只给一个管理处。", status=409
        )
    known = Mailbox.objects.filter(office=office).first()
    box = known or Mailbox(office=office, since=at)
    box.address, box.stopped_at = address, None
    for name, value in values.items():
        setattr(box, name, value)
    box.user = box.user or address
    box.save()
    return box


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
            "MAILBOX_NONE", f"{office.name}没有邮箱。", "用 guanjia mailbox set 设一个。", status=404
        )
    return found


def smtp_of(box: Mailbox) -> smtplib.SMTP:
    """A connection that is signed in, if the server knows how to. Raises OSError, smtplib.SMTPException, Problem."""
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if box.smtp_tls == Mailbox.Tls.TLS:
        smtp = smtplib.SMTP_SSL(box.smtp_host, box.smtp_port, timeout=WAIT, context=context)
    else:
        smtp = smtplib.SMTP(box.smtp_host, box.smtp_port, timeout=WAIT)
        if box.smtp_tls == Mailbox.Tls.STARTTLS:
            smtp.starttls(context=context)
    try:
        smtp.ehlo()
        if smtp.has_extn("auth"):
            smtp.login(box.user, password_of(box))
    except BaseException:
        smtp.close()
        raise
    return smtp
