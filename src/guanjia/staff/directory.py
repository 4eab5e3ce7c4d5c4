"""Everybody who has or had a post in an office, for administration; and who may change whose account."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from guanjia.estate.models import Company, Office
from guanjia.kernel.problem import Problem
from guanjia.staff import queries, rules
from guanjia.staff.models import Absence, Post, Role, User


def everybody(office: Office, search: str = "") -> QuerySet[User]:
    """Everybody who has or had a post in the office, or in its company, and who never had one; who may sign in first,
    then by name.

    An account without a post belongs to no company: it waits for its first post where there is one company only. What
    administers the machine itself is never among them.
    """
    posts = Post.objects.filter(Q(office=office) | Q(office__isnull=True, company=office.company_id))
    among = Q(pk__in=posts.values("user"))
    if not Company.objects.exclude(pk=office.company_id).exists():
        among |= Q(posts__isnull=True, is_superuser=False, is_staff=False)
    rows = User.objects.filter(among)
    for word in search.split():
        rows = rows.filter(Q(name__icontains=word) | Q(username__icontains=word) | Q(phone__contains=word))
    return rows.prefetch_related("posts__office", "posts__department", "skills").order_by(
        "-is_active", "name", "pk"
    )


def person_for(office: Office, user_id: int) -> User:
    """One of them. Raises Problem NOT_FOUND for anybody else."""
    found = everybody(office).filter(pk=user_id).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这位员工。", "请从名单里选。", status=404)
    return found


def post_for(office: Office, post_id: int) -> Post:
    """A post in the office itself. Raises Problem NOT_FOUND; posts in the company are not the office's to end."""
    found = Post.objects.filter(office=office, pk=post_id).select_related("user").first()
    if found is None:
        raise Problem("NOT_FOUND", "本处没有这个岗位。", "请从名单里选。", status=404)
    return found


def absence_for(office: Office, absence_id: int, at: datetime) -> Absence:
    """An absence of somebody of the office that is not over. Raises Problem NOT_FOUND."""
    found = queries.absences_of(office, at).filter(pk=absence_id).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这条缺勤，或者已经结束。", status=404)
    return found


def holds(post: Post, on: date) -> bool:
    """Whether a post holds on a day of its office."""
    return (post.since is None or post.since <= on) and (post.until is None or post.until > on)


def require_account(by: User, user: User, office: Office, at: datetime) -> None:
    """Nothing, or a Problem: FORBIDDEN for who does not administer the office, ACCOUNT_ELSEWHERE for the account of
    somebody who also holds a post where `by` is no administrator: a password opens every office of its user."""
    rules.require("administer", by, office, at)
    for post in user.posts.filter(Q(until__isnull=True) | Q(until__gt=queries.day_in(office, at))):
        if not _administers(by, post, at):
            where = post.office.name if post.office else "公司"
            raise Problem(
                "ACCOUNT_ELSEWHERE",
                f"{user} 在{where}还有岗位，账号不由本处管。",
                "请公司的系统管理员办理。",
                status=403,
            )


def _administers(by: User, post: Post, at: datetime) -> bool:
    if post.office is not None:
        return rules.may("administer", by, post.office, at)
    return Post.objects.filter(
        user=by, office__isnull=True, company=post.company_id, role=Role.ADMINISTRATOR, until__isnull=True
    ).exists()
