"""Lines, their keys and the extensions of the desks."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries as adopted
from guanjia.adoption.shipped import shipped
from guanjia.engine import adopting
from guanjia.estate.models import Office
from guanjia.intake.models import Extension, PhoneLine
from guanjia.kernel.problem import Problem
from guanjia.policy.loader import compile_text
from guanjia.staff.models import User
from guanjia.staff.queries import offices_of

PREFIX = "gl_"
MANUAL = "telephone"
CATEGORY = "missed_call"


def digits(text: str) -> str:
    """The digits of a number as telephone systems write it, a mobile's without the zero before it."""
    plain = re.sub(r"\D", "", text)
    return plain[1:] if re.fullmatch(r"01[3-9]\d{9}", plain) else plain


def digest_of(secret: str) -> str:
    """What is kept of a line's key."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def add(
    office: Office, number: str, label: str, *, at: datetime, rings_in_time: int = 2, call_back: str = ""
) -> tuple[PhoneLine, str]:
    """A line and its key, which cannot be read again.

    An office none of whose manuals says what becomes of missed calls works under the software's own agreement from
    now on; call_back: within how long they are called back, as the office wishes. Raises Problem LINE_NUMBER,
    LINE_TAKEN, LINE_RINGS, or what is wrong with `call_back`.
    """
    plain = digits(number)
    if not 3 <= len(plain) <= 20:
        raise Problem("LINE_NUMBER", f"「{number}」不是线路号码。", "请写业户拨打的号码，只要数字。")
    if not 1 <= rings_in_time <= 20:
        raise Problem("LINE_RINGS", "几声以内接算及时，要填 1 到 20。", field="rings_in_time")
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            line = PhoneLine.objects.create(
                office=office, number=plain, label=(label.strip() or plain)[:40], digest=digest_of(secret),
                rings_in_time=rings_in_time, created_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Problem(
            "LINE_TAKEN", f"线路 {plain} 已经开通。", "先停用原来的，或核对号码。", status=409
        ) from None
    _agree(office, at, call_back)
    return line, secret


def _agree(office: Office, at: datetime, call_back: str) -> None:
    if any(one.compiled.category_for(CATEGORY) for one in adopted.adopted(office, at)):
        return
    own = next((one for one in shipped() if one.key == MANUAL), None)
    if own is None:
        return
    version = adoption.keep_version(own.text, at=at)
    figure = next(one for one in compile_text(own.text).manual.figure if one.key == "call_back")
    adopting.adopt(office, version, at=at, figures={"call_back": call_back or figure.suggest})


def revoke(line: PhoneLine, *, at: datetime) -> None:
    """Ends a line's key now; a second time changes nothing."""
    PhoneLine.objects.filter(pk=line.pk, revoked_at=None).update(revoked_at=at)


def lines(office: Office | None = None) -> QuerySet[PhoneLine]:
    """The lines of an office, or all, oldest first."""
    rows = PhoneLine.objects.select_related("office").order_by("pk")
    return rows.filter(office=office) if office else rows


def line_of_key(secret: str) -> PhoneLine:
    """The line in use with this key. Raises Problem TOKEN_INVALID."""
    found = lines().filter(digest=digest_of(secret), revoked_at=None).first()
    if found is None:
        raise Problem(
            "TOKEN_INVALID",
            "密钥无效、已到期或已收回。",
            "请管理员用 guanjia line add 另开一条。",
            status=401,
        )
    return found


def give_extension(office: Office, number: str, user: User, *, at: datetime) -> Extension:
    """The extension is this person's desk from now on. Raises Problem LINE_NUMBER, TOKEN_OFFICE."""
    plain = digits(number)
    if not 1 <= len(plain) <= 10:
        raise Problem("LINE_NUMBER", f"「{number}」不是分机号。", "只要数字，最多 10 位。")
    if office not in offices_of(user, at):
        raise Problem("TOKEN_OFFICE", f"{user} 在{office}没有岗位。", "先给岗位。", field="office")
    row, _made = Extension.objects.update_or_create(office=office, number=plain, defaults={"user": user})
    return row


def owners(office: Office) -> dict[str, User]:
    """Extension -> whose desk it is."""
    rows = Extension.objects.filter(office=office).select_related("user")
    return {row.number: row.user for row in rows}
