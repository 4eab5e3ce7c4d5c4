"""Who works where, in which role, on which shift, with which skill. Posts count by the day in the office's zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.staff.models import Absence, Department, Post, Role, Shift, User

# A post in the company (office empty) opens all its offices in these roles only.
COMPANY_ROLES = frozenset(
    {
        Role.COMPANY_CENTRE.value,
        Role.QUALITY.value,
        Role.VICE_PRESIDENT.value,
        Role.GENERAL_MANAGER.value,
        Role.ADMINISTRATOR.value,
    }
)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be sent, and why rather not: off shift, away, without the skill; jobs in hand."""

    user: User
    on_shift: bool
    away: bool
    skilled: bool
    jobs: int

    @property
    def available(self) -> bool:
        """On shift, not away, with the skill that is asked for."""
        return self.on_shift and not self.away and self.skilled


def day_in(office: Office, at: datetime) -> date:
    """The date in the office's zone at an instant."""
    return at.astimezone(ZoneInfo(office.time_zone)).date()


def _held(day: date) -> Q:
    return (Q(since__isnull=True) | Q(since__lte=day)) & (Q(until__isnull=True) | Q(until__gt=day))


def _reaching(office: Office) -> Q:
    return Q(office=office) | Q(office__isnull=True, company=office.company_id, role__in=COMPANY_ROLES)


def _reaches(office: Office, office_id: int | None, company_id: int, role: str) -> bool:
    """Whether a post, given by its columns, reaches the office; the same as `_reaching`."""
    if office_id is not None:
        return office_id == office.pk
    return company_id == office.company_id and role in COMPANY_ROLES


def _posts(office: Office, at: datetime) -> QuerySet[Post]:
    """Posts of active users that hold in the office at that moment, company posts included."""
    return Post.objects.filter(_reaching(office) & _held(day_in(office, at)), user__is_active=True)


def roles_of(user: User, office: Office, at: datetime) -> frozenset[str]:
    """The roles that a user holds in the office at that moment; none for somebody who has left."""
    return roles_by_office(user, [office], at)[office.pk]


def standing_of(user: User, office: Office, at: datetime) -> tuple[frozenset[str], frozenset[str]]:
    """The roles that a user holds in the office at that moment, and the departments in which he works there."""
    if not user.is_active:
        return frozenset(), frozenset()
    posts = Post.objects.filter(user=user).values_list(
        "office_id", "company_id", "role", "since", "until", "department__key"
    )
    rows, day = list(posts), day_in(office, at)
    own = (row[5] for row in rows if row[5] and row[0] == office.pk and _roles_in(office, day, [row[:5]]))
    return _roles_in(office, day, [row[:5] for row in rows]), frozenset(own)


def roles_by_office(user: User, offices: Iterable[Office], at: datetime) -> dict[int, frozenset[str]]:
    """Office id -> the roles that a user holds there at that moment, for many offices in one query."""
    posts = Post.objects.filter(user=user).values_list("office_id", "company_id", "role", "since", "until")
    rows = list(posts) if user.is_active else []
    return {office.pk: _roles_in(office, day_in(office, at), rows) for office in offices}


def _roles_in(
    office: Office, day: date, rows: Iterable[tuple[int | None, int, str, date | None, date | None]]
) -> frozenset[str]:
    return frozenset(
        role
        for office_id, company_id, role, since, until in rows
        if (since is None or since <= day)
        and (until is None or until > day)
        and _reaches(office, office_id, company_id, role)
    )


def reach_of(user: User, at: datetime) -> dict[Office, frozenset[str]]:
    """The offices that a user may see at that moment, by code, each with the roles that he holds there."""
    if not user.is_active:
        return {}
    posts = Post.objects.filter(user=user)
    own = posts.filter(office__isnull=False).values("office")
    whole = posts.filter(office__isnull=True, role__in=COMPANY_ROLES).values("company")
    offices = Office.objects.filter(Q(pk__in=own) | Q(company__in=whole)).select_related("company")
    found = list(offices.order_by("code"))
    held = roles_by_office(user, found, at)
    return {office: held[office.pk] for office in found if held[office.pk]}


def offices_of(user: User, at: datetime) -> list[Office]:
    """The offices that a user may see at that moment, by code."""
    return list(reach_of(user, at))


def company_roles(user: User, company_id: int, day: date) -> frozenset[str]:
    """The roles that a user holds in a whole company on a day."""
    posts = Post.objects.filter(_held(day), user=user, office__isnull=True, company=company_id)
    return frozenset(posts.filter(role__in=COMPANY_ROLES).values_list("role", flat=True))


def office_for(user: User, code: str, at: datetime) -> Office:
    """An office that the user may see. Raises Problem NOT_FOUND for any other."""
    found = next((office for office in offices_of(user, at) if office.code == code), None)
    if found is None:
        raise Problem("NOT_FOUND", f"没有管理处「{code}」。", "请切换到自己的管理处。", status=404)
    return found


def sole_holders(office: Office, at: datetime) -> dict[str, str]:
    """Role -> name, for the roles that one person alone holds in the office at that moment. One query."""
    found: dict[str, dict[int, str]] = {}
    for role, user_id, name in _posts(office, at).values_list("role", "user_id", "user__name"):
        found.setdefault(role, {})[user_id] = name
    return {role: next(iter(names.values())) for role, names in found.items() if len(names) == 1}


def members(office: Office, role: str, at: datetime) -> list[User]:
    """Who holds a role in the office at that moment, by name; for a company role those of the company too."""
    posts = _posts(office, at).filter(role=role).select_related("user").order_by("user__name", "user")
    return list({post.user_id: post.user for post in posts}.values())


def staff_of(office: Office, at: datetime) -> list[User]:
    """Everybody with a post in the office at that moment, by name; posts and skills loaded."""
    people = User.objects.filter(pk__in=_posts(office, at).values("user"))
    return list(people.prefetch_related("posts", "skills").order_by("name", "pk"))


def told_apart(people: Iterable[User]) -> list[str]:
    """Names; those who share theirs with another of them are told apart by their user names."""
    people = list(people)
    shared = Counter(user.name for user in people)
    return [user.name if shared[user.name] == 1 else f"{user.name}（{user.username}）" for user in people]


def told_apart_from(user: User, names: Iterable[str]) -> str:
    """How somebody is called beside some names, of which his own may be another's: with his user name then."""
    return f"{user.name}（{user.username}）" if user.name in names else user.name


def holder_of(office: Office, roles: Iterable[str], user_id: int, at: datetime) -> User | None:
    """The user, if he holds one of the roles in the office at that moment."""
    held = _posts(office, at).filter(user=user_id, role__in=list(roles)).select_related("user").first()
    return held.user if held else None


def somebody(office: Office, text: str, at: datetime) -> User | None:
    """Who is meant by an id or a name among those with a post in the office; `张三（zhangsan2）` for one of two 张三."""
    people = User.objects.filter(pk__in=_posts(office, at).values("user"))
    if text.isascii() and text.isdigit() and len(text) < 19:
        return people.filter(pk=int(text)).first()
    name, _, rest = text.partition("（")
    found = list(people.filter(name=name.strip()))
    if rest:
        return next((user for user in found if user.username == rest.rstrip("）")), None)
    return found[0] if len(found) == 1 else None


def member_for(office: Office, user_id: int, at: datetime) -> User:
    """Somebody with a post in the office. Raises Problem NOT_FOUND for anybody else."""
    found = User.objects.filter(pk__in=_posts(office, at).filter(user=user_id).values("user")).first()
    if found is None:
        raise Problem("NOT_FOUND", "没有这位员工。", "请从名单里选。", status=404)
    return found


def departments_of(office: Office) -> QuerySet[Department]:
    """The departments of the office."""
    return Department.objects.filter(office=office).order_by("pk")


def department_members(office: Office, key: str, at: datetime) -> list[User]:
    """Who has a post in a department of the office at that moment."""
    holders = _posts(office, at).filter(department__office=office, department__key=key).values("user")
    return list(User.objects.filter(pk__in=holders).order_by("name", "pk"))


def department_of(user: User, office: Office, at: datetime) -> Department | None:
    """The department in which a user works in the office."""
    post = _posts(office, at).filter(user=user, department__isnull=False).select_related("department").first()
    return post.department if post else None


def shifts_at(office: Office, at: datetime) -> QuerySet[Shift]:
    """Shifts of the office that are running at that moment; a shift does not include its end."""
    return Shift.objects.filter(office=office, begins_at__lte=at, ends_at__gt=at)


def shifts_between(office: Office, begin: datetime, end: datetime) -> QuerySet[Shift]:
    """Shifts of the office that touch a stretch of time, user loaded."""
    rows = Shift.objects.filter(office=office, begins_at__lt=end, ends_at__gt=begin)
    return rows.select_related("user").order_by("begins_at", "user__name")


def absent_at(users: Iterable[User], at: datetime) -> frozenset[int]:
    """Ids of those who are away at that moment."""
    away = Absence.objects.filter(user__in=list(users), begins_at__lte=at, ends_at__gt=at)
    return frozenset(away.values_list("user_id", flat=True))


def absences_of(office: Office, at: datetime) -> QuerySet[Absence]:
    """Absences of the office's people that are not over, user loaded."""
    people = _posts(office, at).values("user")
    return (
        Absence.objects.filter(user__in=people, ends_at__gt=at).select_related("user").order_by("begins_at")
    )


def on_duty(office: Office, at: datetime, role: str = "") -> list[User]:
    """Who is on shift in the office and not away, by name; with a role, only those who hold it."""
    posts = _posts(office, at).filter(role=role) if role else _posts(office, at)
    people = User.objects.filter(pk__in=shifts_at(office, at).values("user"))
    found = list(people.filter(pk__in=posts.values("user")).order_by("name", "pk"))
    away = absent_at(found, at)
    return [user for user in found if user.pk not in away]


def candidates(
    office: Office, role: str, skill: str, at: datetime, counts: Mapping[int, int] | None = None
) -> list[Candidate]:
    """Everybody with a role in the office, those who can be sent first, fewest jobs first.

    counts: open jobs by user id, from whoever keeps the jobs. An empty skill is everybody's.
    """
    jobs = counts or {}
    people = list(
        User.objects.filter(pk__in=[user.pk for user in members(office, role, at)]).prefetch_related("skills")
    )
    here = set(shifts_at(office, at).values_list("user_id", flat=True))
    away = absent_at(people, at)
    found = [
        Candidate(
            user=user,
            on_shift=user.pk in here,
            away=user.pk in away,
            skilled=not skill or any(held.key == skill for held in user.skills.all()),
            jobs=jobs.get(user.pk, 0),
        )
        for user in people
    ]
    return sorted(
        found,
        key=lambda one: (not one.available, one.away, not one.on_shift, one.jobs, one.user.name, one.user.pk),
    )


def available(office: Office, role: str, skill: str, at: datetime) -> list[User]:
    """Who holds the role and the skill, is on shift and not away, by name."""
    return sorted(
        (one.user for one in candidates(office, role, skill, at) if one.available),
        key=lambda user: (user.name, user.pk),
    )


def next_in_turn(
    office: Office,
    role: str,
    skill: str,
    at: datetime,
    counts: Mapping[int, int],
    last: Mapping[int, datetime] | None = None,
) -> User | None:
    """Whose turn it is: the fewest open jobs, then the longest without a new one, then by name; None when nobody is.

    counts: open jobs by user id; last: when each got the latest job.
    """
    given = last or {}
    people = available(office, role, skill, at)
    return min(
        people,
        key=lambda user: (counts.get(user.pk, 0), given.get(user.pk, _LONG_AGO), user.name, user.pk),
        default=None,
    )


def colleagues(user: User, at: datetime) -> list[User]:
    """Everybody who works in an office that the user may see, the user excepted, by name."""
    found = {other.pk: other for office in offices_of(user, at) for other in staff_of(office, at)}
    found.pop(user.pk, None)
    return sorted(found.values(), key=lambda other: (other.name, other.pk))
