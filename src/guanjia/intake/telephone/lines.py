"""Lines, their keys and the extensions of the desks. Every change says who made it; None is the command line."""

from __future__ import annotations

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries as adopted
from guanjia.adoption.shipped import shipped
from guanjia.engine import adopting
from guanjia.estate.models import Office
from guanjia.intake import wires
from guanjia.intake.models import Extension, PhoneLine
from guanjia.kernel.problem import Problem
from guanjia.policy.loader import compile_text
from guanjia.staff.models import User
from guanjia.staff.queries import offices_of

PREFIX = "gl_"
MANUAL = "telephone"
CATEGORY = "missed_call"
WEEK = timedelta(days=7)


def digits(text: str) -> str:
    """The digits of a number as telephone systems write it, a mobile's without the zero before it."""
    plain = re.sub(r"\D", "", text)
    return plain[1:] if re.fullmatch(r"01[3-9]\d{9}", plain) else plain


def digest_of(secret: str) -> str:
    """What is kept of a line's key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _key() -> str:
    return PREFIX + secrets.token_urlsafe(32)


@transaction.atomic
def add(
    office: Office, number: str, label: str, *, at: datetime, rings_in_time: int = 2, call_back: str = "",
    by: User | None = None,
) -> tuple[PhoneLine, str]:  # fmt: skip
    """A line and its key, which cannot be read again.

    An office none of whose manuals says what becomes of missed calls works under the software's own agreement from
    now on; call_back: within how long they are called back, as the office wishes. Raises Problem LINE_NUMBER,
    LINE_TAKEN, LINE_RINGS, or what is wrong with `call_back`.
    """
    plain = digits(number)
    if not 3 <= len(plain) <= 20:
        raise Problem(
            "LINE_NUMBER", f"「{number}」不是线路号码。", "请写业户拨打的号码，只要数字。", field="number"
        )
    _check_rings(rings_in_time)
    secret = _key()
    try:
        with transaction.atomic():
            line = PhoneLine.objects.create(
                office=office, number=plain, label=(label.strip() or plain)[:40], digest=digest_of(secret),
                rings_in_time=rings_in_time, created_at=at, keyed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Problem(
            "LINE_TAKEN", f"线路 {plain} 已经开通。", "先停用原来的，或核对号码。", field="number", status=409
        ) from None
    _agree(office, at, call_back)
    wires.note(office, wires.LINE, f"开通线路 {line.label}（{plain}）", by=by, at=at)
    return line, secret


def _check_rings(rings: int) -> None:
    if not 1 <= rings <= 20:
        raise Problem("LINE_RINGS", "几声以内接算及时，要填 1 到 20。", field="rings_in_time")


def _agree(office: Office, at: datetime, call_back: str) -> None:
    if calls_back(office, at):
        return
    own = next((one for one in shipped() if one.key == MANUAL), None)
    if own is None:
        return
    version = adoption.keep_version(own.text, at=at)
    figure = next(one for one in compile_text(own.text).manual.figure if one.key == "call_back")
    adopting.adopt(office, version, at=at, figures={"call_back": call_back or figure.suggest})


def calls_back(office: Office, at: datetime) -> bool:
    """Whether a manual of the office says what becomes of missed calls."""
    return any(one.compiled.category_for(CATEGORY) for one in adopted.adopted(office, at))


@transaction.atomic
def change(
    line: PhoneLine, label: str, rings_in_time: int, *, at: datetime, by: User | None = None
) -> PhoneLine:
    """Another name or another count of rings. Raises Problem LINE_RINGS, LINE_REVOKED."""
    _in_use(line)
    _check_rings(rings_in_time)
    line.label, line.rings_in_time = (label.strip() or line.number)[:40], rings_in_time
    line.save(update_fields=["label", "rings_in_time"])
    wires.note(
        line.office,
        wires.LINE,
        f"改线路 {line.number}：{line.label}，{rings_in_time} 声以内算及时",
        by=by,
        at=at,
    )
    return line


@transaction.atomic
def rotate(line: PhoneLine, *, at: datetime, by: User | None = None) -> str:
    """A new key for the line; the old one opens nothing from now on. Raises Problem LINE_REVOKED."""
    _in_use(line)
    secret = _key()
    line.digest, line.keyed_at = digest_of(secret), at
    line.save(update_fields=["digest", "keyed_at"])
    wires.note(line.office, wires.LINE, f"换线路 {line.label}（{line.number}）的密钥", by=by, at=at)
    return secret


@transaction.atomic
def revoke(line: PhoneLine, *, at: datetime, by: User | None = None) -> None:
    """Ends a line's key now; a second time changes nothing."""
    if PhoneLine.objects.filter(pk=line.pk, revoked_at=None).update(revoked_at=at):
        wires.note(line.office, wires.LINE, f"停用线路 {line.label}（{line.number}）", by=by, at=at)


def _in_use(line: PhoneLine) -> None:
    """The row is ours until the transaction ends, and the line is still open."""
    if not PhoneLine.objects.select_for_update().filter(pk=line.pk, revoked_at=None).exists():
        raise Problem("LINE_REVOKED", "这条线路已经停用。", "要再用，请另开一条。", status=409)


def lines(office: Office | None = None) -> QuerySet[PhoneLine]:
    """The lines of an office, or all, oldest first."""
    rows = PhoneLine.objects.select_related("office").order_by("pk")
    return rows.filter(office=office) if office else rows


def counted(office: Office, now: datetime, search: str = "") -> QuerySet[PhoneLine]:
    """The lines of an office with `week`, the real calls of the last seven days: those in use first."""
    rows = PhoneLine.objects.filter(office=office).select_related("office")
    for word in search.split():
        rows = rows.filter(Q(number__contains=digits(word) or word) | Q(label__icontains=word))
    recent = Q(calls__begun_at__gt=now - WEEK, calls__trial=False)
    rows = rows.annotate(week=Count("calls", filter=recent), ended=Q(revoked_at__isnull=False))
    return rows.order_by("ended", "label", "pk")


def line_for(office: Office, pk: int, now: datetime) -> PhoneLine:
    """A line of the office with the calls of its week; Problem NOT_FOUND for any other."""
    found = counted(office, now).filter(pk=pk).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这条线路。", "请从列表里重新选择。", status=404)
    return found


def line_of_key(secret: str) -> PhoneLine:
    """The line in use with this key. Raises Problem TOKEN_INVALID."""
    found = lines().filter(digest=digest_of(secret), revoked_at=None).first()
    if found is None:
        raise Problem(
            "TOKEN_INVALID",
            "密钥无效、已到期或已收回。",
            "请管理员在「设置·电话线路」里换一个密钥，或用 guanjia line add 另开一条。",
            status=401,
        )
    return found


def note_refusal(line: PhoneLine, problem: Problem, *, at: datetime) -> None:
    """A report under the line's own key that could not be taken, for whoever looks why no calls appear."""
    PhoneLine.objects.filter(pk=line.pk).update(trouble=f"{problem.message}"[:200], trouble_at=at)


@transaction.atomic
def give_extension(
    office: Office, number: str, user: User, *, at: datetime, by: User | None = None
) -> Extension:
    """The extension is this person's desk from now on. Raises Problem LINE_NUMBER, TOKEN_OFFICE."""
    plain = digits(number)
    if not 1 <= len(plain) <= 10:
        raise Problem("LINE_NUMBER", f"「{number}」不是分机号。", "只要数字，最多 10 位。", field="extension")
    if office not in offices_of(user, at):
        raise Problem("TOKEN_OFFICE", f"{user} 在{office}没有岗位。", "先给岗位。", field="user")
    row, _made = Extension.objects.update_or_create(office=office, number=plain, defaults={"user": user})
    wires.note(office, wires.LINE, f"分机 {plain} 归{user}", by=by, at=at)
    return row


@transaction.atomic
def drop_extension(office: Office, pk: int, *, at: datetime, by: User | None = None) -> str:
    """The extension is nobody's desk any more: it rings on every desk. Its number; Problem NOT_FOUND."""
    row = Extension.objects.filter(office=office, pk=pk).first()
    if row is None:
        raise Problem("NOT_FOUND", "没有这个分机。", "请从列表里重新选择。", status=404)
    row.delete()
    wires.note(office, wires.LINE, f"分机 {row.number} 不再归人", by=by, at=at)
    return row.number


def extensions(office: Office) -> QuerySet[Extension]:
    """The extensions that are somebody's desk, by number."""
    return Extension.objects.filter(office=office).select_related("user").order_by("number")


def owners(office: Office) -> dict[str, User]:
    """Extension -> whose desk it is."""
    return {row.number: row.user for row in extensions(office)}
