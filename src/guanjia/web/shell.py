"""The frame around every page: what stands in the rail for whom, and where each role starts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from guanjia.cases.sight import Sight
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations import queries as obligations
from guanjia.staff.models import Role
from guanjia.staff.rules import PERMISSIONS
from guanjia.web.bridge import seen

FIELD_ROLES = frozenset({Role.TECHNICIAN, Role.CLEANER, Role.SECURITY})
MONEY_ROLES = frozenset({Role.CASHIER, Role.FINANCE})
DESK_ROLES = frozenset({Role.RECEPTIONIST, Role.CS_SUPERVISOR, Role.ENG_SUPERVISOR, Role.DIRECTOR})
SETTING_ROLES = frozenset({Role.ADMINISTRATOR, Role.DIRECTOR, Role.CS_SUPERVISOR, Role.ENG_SUPERVISOR})
ALL_ROLES = frozenset(Role)
INSIDE = ALL_ROLES - FIELD_ROLES


@dataclass(frozen=True)
class Door:
    """An entry of the rail. `name` is the name of its address; `area` marks the pages that belong to it."""

    area: str
    name: str
    label: object
    icon: str
    roles: frozenset[str]
    bottom: bool = False


RAIL = (
    Door("desk", "desk", _("接待台"), "desk", DESK_ROLES),
    Door("shift", "shift", _("值班"), "clock", DESK_ROLES),
    Door("cases", "cases", _("事项"), "case", INSIDE),
    Door("field", "field", _("任务"), "wrench", FIELD_ROLES),
    Door("callbacks", "callbacks", _("回访"), "callback", DESK_ROLES),
    Door("households", "households", _("住户"), "home", PERMISSIONS["see_households"]),
    Door("visits", "visits", _("走访"), "visit", DESK_ROLES),
    Door("cashier", "cashier", _("收费"), "yuan", MONEY_ROLES | DESK_ROLES),
    Door("director", "director", _("报表"), "chart", INSIDE),
    Door("manuals", "manuals", _("规程"), "book", ALL_ROLES),
    Door("settings", "settings", _("设置"), "gear", SETTING_ROLES, bottom=True),
)

# the first role in this order that a person holds decides where they start
HOMES: tuple[tuple[str, str], ...] = (
    (Role.RECEPTIONIST, "desk"),
    (Role.DIRECTOR, "director"),
    (Role.CS_SUPERVISOR, "desk"),
    (Role.ENG_SUPERVISOR, "desk"),
    (Role.CASHIER, "cashier"),
    (Role.FINANCE, "cashier"),
    (Role.COMPANY_CENTRE, "director"),
    (Role.QUALITY, "manuals"),
    (Role.VICE_PRESIDENT, "director"),
    (Role.GENERAL_MANAGER, "director"),
    (Role.TECHNICIAN, "field"),
    (Role.CLEANER, "field"),
    (Role.SECURITY, "field"),
    (Role.ADMINISTRATOR, "settings"),
)


@dataclass(frozen=True)
class Entry:
    """An entry as it is drawn. `overdue` is the figure of the red badge: overdue things only."""

    label: object
    icon: str
    href: str
    current: bool
    bottom: bool
    overdue: int = 0


def address(name: str) -> str:
    """The address of a door that takes no arguments, or "" while it is not built."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def home_of(roles: frozenset[str]) -> str:
    """Where somebody with these roles starts, or "" when none of their doors exists."""
    names = [name for role, name in HOMES if role in roles]
    names += [door.name for door in RAIL if door.roles & roles]
    return next((href for name in names if (href := address(name))), "")


def require_door(request: HttpRequest, area: str) -> None:
    """Nothing, or Problem FORBIDDEN for somebody whose roles do not have this door in their rail."""
    door = next(door for door in RAIL if door.area == area)
    roles: frozenset[str] = request.roles  # type: ignore[attr-defined]
    if not door.roles & roles:
        raise Problem(
            "FORBIDDEN", str(_("您的岗位不用这一页。")), str(_("请从左边的导航进入自己的页面。")), status=403
        )


def overdue_counts(place: Office | Sight, at: datetime) -> dict[str, int]:
    """Overdue things by area, as far as a person sees, for the red badges."""
    return {"cases": obligations.overdue_count(place, at)}


def entries(request: HttpRequest, area: str) -> list[Entry]:
    """The rail for this request; empty outside an office."""
    office: Office | None = getattr(request, "office", None)
    roles: frozenset[str] = getattr(request, "roles", frozenset())
    if office is None:
        return []
    counts = overdue_counts(seen.sight(request), request.now)  # type: ignore[arg-type, attr-defined]
    return [
        Entry(door.label, door.icon, href, door.area == area, door.bottom, counts.get(door.area, 0))
        for door in RAIL
        if door.roles & roles and (href := address(door.name))
    ]
