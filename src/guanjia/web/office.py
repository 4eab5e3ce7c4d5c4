"""The office of a page: which ones the person may see, and which one the session has chosen."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from guanjia import clock
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.staff import queries as staff
from guanjia.staff.models import Role, User

SESSION_KEY = "office"


def now() -> datetime:
    """The moment that counts as now for a page; a sandbox's may be ahead."""
    return clock.now()


def _offices(request: HttpRequest) -> list[Office]:
    return staff.offices_of(request.user, now()) if isinstance(request.user, User) else []


def current_office(request: HttpRequest, offices: list[Office] | None = None) -> Office:
    """The office of this page: the session's choice while the user still holds a post there, else the first.

    Raises Problem NO_OFFICE (403) for somebody without any post.
    """
    offices = _offices(request) if offices is None else offices
    if not offices:
        raise Problem(
            "NO_OFFICE",
            "你的账号还没有在任何管理处任职，看不到事项。",
            "请系统管理员给你设岗位。",
            status=403,
        )
    chosen = request.session.get(SESSION_KEY)
    return next((office for office in offices if office.code == chosen), offices[0])


def choose_office(request: HttpRequest, code: str) -> Office:
    """Makes an office the session's choice. Raises Problem NOT_FOUND (404) for one that the user may not see."""
    office = next((office for office in _offices(request) if office.code == code), None)
    if office is None:
        raise Problem("NOT_FOUND", "没有这个管理处。", "请从右上角的名单里选。", status=404)
    request.session[SESSION_KEY] = office.code
    return office


def zone_of(office: Office) -> ZoneInfo:
    """The office's time zone."""
    return ZoneInfo(office.time_zone)


def post_words(user: User, office: Office, roles: frozenset[str], at: datetime) -> str:
    """What stands under the name in the bar: `客服助理·早班`; the role first in the order of the roles."""
    role = next((role.label for role in Role if role in roles), "")
    shift = staff.shifts_at(office, at).filter(user=user).first()
    return "·".join(str(word) for word in (role, shift.label if shift else "") if word)
