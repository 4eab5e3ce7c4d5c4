"""The only writer of people, posts, skills, shifts and absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from guanjia.estate.models import Company, Office
from guanjia.estate.phones import parse_phone
from guanjia.kernel.moments import require_aware
from guanjia.kernel.problem import Problem
from guanjia.staff.models import Absence, Department, Post, Role, Shift, Skill, User
from guanjia.staff.queries import COMPANY_ROLES


@transaction.atomic
def create_user(username: str, name: str, *, password: str = "", phone: str = "", email: str = "") -> User:
    """A member of staff; without a password nobody can sign in as them.

    Raises Problem FIELD_REQUIRED, USERNAME_INVALID, USERNAME_TAKEN, PASSWORD_WEAK, PHONE_FORMAT, EMAIL_FORMAT.
    """
    username, name = username.strip(), " ".join(name.split())
    for text, what, field in ((username, "用户名", "username"), (name, "姓名", "name")):
        if not text:
            raise Problem("FIELD_REQUIRED", f"请填写{what}。", field=field)
    try:
        User.username_validator(username)
    except ValidationError:
        raise Problem(
            "USERNAME_INVALID",
            f"「{username}」不能作用户名。",
            "只用字母、数字和 @ . + - _。",
            field="username",
        ) from None
    if User.objects.filter(username__iexact=username).exists():
        raise Problem("USERNAME_TAKEN", f"用户名「{username}」已有人使用。", "请换一个。", field="username")
    user = User(username=username, name=name, email=_email(email))
    user.phone = parse_phone(phone, field="phone") if phone.strip() else ""
    if password:
        _check(password, user)
    user.set_password(password or None)
    user.save()
    return user


def change_user(user: User, *, name: str = "", phone: str | None = None, email: str | None = None) -> User:
    """Name, telephone and e-mail of a member of staff. Raises Problem PHONE_FORMAT or EMAIL_FORMAT."""
    if name.strip():
        user.name = " ".join(name.split())
    if phone is not None:
        user.phone = parse_phone(phone, field="phone") if phone.strip() else ""
    if email is not None:
        user.email = _email(email)
    user.save(update_fields=["name", "phone", "email"])
    return user


def set_password(user: User, password: str) -> None:
    """A new password; sessions of the user end. Raises Problem PASSWORD_WEAK with what Django's validators say."""
    _check(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


def set_active(user: User, *, active: bool) -> None:
    """Let somebody sign in, or no longer: users are never deleted, their name stands in timelines."""
    user.is_active = active
    user.save(update_fields=["is_active"])


def create_department(office: Office, key: str, name: str) -> Department:
    """A department. Raises Problem FIELD_REQUIRED or DEPARTMENT_TAKEN."""
    if not key.strip() or not name.strip():
        raise Problem("FIELD_REQUIRED", "请填写部门的代码和名称。", field="name")
    if Department.objects.filter(office=office, key=key).exists():
        raise Problem("DEPARTMENT_TAKEN", f"已有部门「{key}」。", field="key")
    return Department.objects.create(office=office, key=key.strip(), name=name.strip())


def give_post(
    user: User,
    role: str,
    *,
    office: Office | None = None,
    company: Company | None = None,
    department: Department | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Post:
    """A role in an office, or in the whole company (company centre, quality department, administrator only).

    since: first day; until: the first day on which it no longer holds; both in the office's zone. Giving what is held
    already changes nothing. Raises Problem ROLE_UNKNOWN, POST_SCOPE, DATE_ORDER.
    """
    if role not in Role.values:
        raise Problem("ROLE_UNKNOWN", f"没有岗位「{role}」。", field="role")
    owner = office.company if office else company
    if owner is None or (office is None and role not in COMPANY_ROLES):
        raise Problem("POST_SCOPE", "这个岗位要设在一个管理处。", "请选管理处。", field="office")
    if department is not None and (office is None or department.office_id != office.pk):
        raise Problem("POST_SCOPE", "这个部门不在该管理处。", "请重新选部门。", field="department")
    if since and until and until <= since:
        raise Problem("DATE_ORDER", "结束日期不晚于开始日期。", "请核对日期。", field="until")
    held = Post.objects.filter(user=user, office=office, company=owner, role=role, until__isnull=True).first()
    if held is not None and until is None:
        if department is not None and held.department_id != department.pk:
            held.department = department
            held.save(update_fields=["department"])
        return held
    return Post.objects.create(
        user=user,
        office=office,
        company=owner,
        role=Role(role),
        department=department,
        since=since,
        until=until,
    )


def end_post(post: Post, until: date) -> Post:
    """The post holds no longer from that day on. Raises Problem POST_ENDED or DATE_ORDER."""
    if post.until is not None and post.until <= until:
        raise Problem("POST_ENDED", f"这个岗位已于 {post.until} 结束。", field="until")
    if post.since is not None and until < post.since:
        raise Problem("DATE_ORDER", f"结束 {until} 早于开始 {post.since}。", "请核对日期。", field="until")
    post.until = until
    post.save(update_fields=["until"])
    return post


@transaction.atomic
def set_skills(user: User, keys: Iterable[str]) -> None:
    """What the user can do from now on, in the words of the classification table (水, 电, 锁)."""
    wanted = list(dict.fromkeys(key.strip() for key in keys if key.strip()))
    user.skills.exclude(key__in=wanted).delete()
    held = set(user.skills.values_list("key", flat=True))
    Skill.objects.bulk_create(Skill(user=user, key=key) for key in wanted if key not in held)


def add_shift(office: Office, user: User, label: str, begins_at: datetime, ends_at: datetime) -> Shift:
    """A stretch on duty. Raises Problem SHIFT_ORDER, SHIFT_TOO_LONG (over 36 hours), SHIFT_OVERLAP, NOT_A_MEMBER."""
    begins_at, ends_at = _stretch(begins_at, ends_at)
    if (ends_at - begins_at).total_seconds() > 36 * 3600:
        raise Problem("SHIFT_TOO_LONG", "一个班不能超过36小时。", "请核对开始和结束时间。", field="ends_at")
    if not Post.objects.filter(user=user, office=office).exists():
        raise Problem("NOT_A_MEMBER", f"{user} 不在{office}任职。", "先给岗位，再排班。", field="user")
    if Shift.objects.filter(user=user, begins_at__lt=ends_at, ends_at__gt=begins_at).exists():
        raise Problem("SHIFT_OVERLAP", f"{user} 在这段时间已有班。", "请先取消原来的班。", field="begins_at")
    return Shift.objects.create(
        office=office, user=user, label=label.strip(), begins_at=begins_at, ends_at=ends_at
    )


@transaction.atomic
def add_shifts(office: Office, plan: Iterable[tuple[User, str, datetime, datetime]]) -> int:
    """Many stretches on duty at once: (user, label, begins, ends); how many. All or nothing.

    Raises Problem as `add_shift`.
    """
    rows = [
        Shift(office=office, user=user, label=label.strip(), begins_at=begins, ends_at=ends)
        for user, label, begins, ends in plan
        if _stretch(begins, ends)
    ]
    users = {row.user_id: row.user for row in rows}
    members = set(Post.objects.filter(office=office, user__in=users).values_list("user_id", flat=True))
    first, last = min((r.begins_at for r in rows), default=None), max((r.ends_at for r in rows), default=None)
    known = Shift.objects.filter(user__in=users, begins_at__lt=last, ends_at__gt=first) if rows else ()
    ends: dict[int, datetime] = {}
    for row in sorted((*known, *rows), key=lambda one: (one.user_id, one.begins_at)):
        if row.user_id not in members:
            raise Problem(
                "NOT_A_MEMBER", f"{row.user} 不在{office}任职。", "先给岗位，再排班。", field="user"
            )
        if (row.ends_at - row.begins_at).total_seconds() > 36 * 3600:
            raise Problem(
                "SHIFT_TOO_LONG", "一个班不能超过36小时。", "请核对开始和结束时间。", field="ends_at"
            )
        if row.begins_at < ends.get(row.user_id, row.begins_at):
            raise Problem(
                "SHIFT_OVERLAP",
                f"{users[row.user_id]} 在这段时间已有班。",
                "请先取消原来的班。",
                field="begins_at",
            )
        ends[row.user_id] = row.ends_at
    Shift.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def remove_shift(office: Office, shift_id: int) -> None:
    """Take a planned shift of the office away. Raises Problem NOT_FOUND."""
    deleted, _kinds = Shift.objects.filter(office=office, pk=shift_id).delete()
    if not deleted:
        raise Problem("NOT_FOUND", "没有这个班次。", status=404)


def add_absence(user: User, begins_at: datetime, ends_at: datetime, reason: str) -> Absence:
    """A stretch away; new work goes to somebody else. Raises Problem SHIFT_ORDER or FIELD_REQUIRED."""
    begins_at, ends_at = _stretch(begins_at, ends_at)
    if not reason.strip():
        raise Problem("FIELD_REQUIRED", "请填写缺勤原因。", field="reason")
    return Absence.objects.create(user=user, begins_at=begins_at, ends_at=ends_at, reason=reason.strip())


def end_absence(absence: Absence, ends_at: datetime) -> None:
    """Back earlier than planned; an absence that had not begun goes away."""
    ends_at = require_aware(ends_at)
    if ends_at <= absence.begins_at:
        absence.delete()
    elif ends_at < absence.ends_at:
        absence.ends_at = ends_at
        absence.save(update_fields=["ends_at"])


def _stretch(begins_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    begins_at, ends_at = require_aware(begins_at), require_aware(ends_at)
    if ends_at <= begins_at:
        raise Problem("SHIFT_ORDER", "结束时间不晚于开始时间。", "请核对时间。", field="ends_at")
    return begins_at, ends_at


def _check(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        raise Problem(
            "PASSWORD_WEAK", "".join(wrong.messages), "请换一个更长的密码。", field="password"
        ) from None


def _email(text: str) -> str:
    cleaned = text.strip()
    if cleaned:
        try:
            validate_email(cleaned)
        except ValidationError:
            raise Problem("EMAIL_FORMAT", f"「{cleaned}」不是邮箱地址。", field="email") from None
    return cleaned


@transaction.atomic
def hire(
    office: Office,
    username: str,
    name: str,
    *,
    role: str,
    password: str = "",
    phone: str = "",
    email: str = "",
    since: date | None = None,
) -> User:
    """A new member of staff with a first post in the office, or nothing. Raises as `create_user` and `give_post`."""
    user = create_user(username, name, password=password, phone=phone, email=email)
    give_post(user, role, office=office, since=since)
    return user
