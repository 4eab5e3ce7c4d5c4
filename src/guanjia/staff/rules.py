"""Permissions: what each role may do in an office. One table; `rules` turns it into predicates.

A door asks `can_register(user, office, at)`, or `require("dispatch", user, office, at)` to get a Problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from rules import RuleSet
from rules.predicates import Predicate, is_active

from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.staff import queries
from guanjia.staff.models import Role, User

R = Role
EVERYBODY = frozenset(role.value for role in R)
FIELD = frozenset({R.TECHNICIAN.value, R.CLEANER.value, R.SECURITY.value})
# they see of the offices what reaches the company, and change nothing there
COMPANY = frozenset(
    {R.COMPANY_CENTRE.value, R.QUALITY.value, R.VICE_PRESIDENT.value, R.GENERAL_MANAGER.value}
)
MONEY = frozenset({R.CASHIER.value, R.FINANCE.value})
DESK = frozenset({R.RECEPTIONIST.value, R.CS_SUPERVISOR.value, R.ENG_SUPERVISOR.value, R.DIRECTOR.value})
ADMINISTRATORS = frozenset({R.ADMINISTRATOR.value})
# they work in the office itself: whatever a resident says there may come to them
OFFICE = DESK | MONEY

PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "see_office": EVERYBODY,
        "register": DESK,
        # lists of cases at all; how far they reach is for `engine.sight`, which asks the two below
        "see_cases": EVERYBODY - FIELD,
        "see_all_cases": OFFICE,
        "see_complaints": COMPANY,
        "see_households": OFFICE | ADMINISTRATORS,
        "see_money": OFFICE,
        "see_arrears": MONEY | {R.RECEPTIONIST.value, R.CS_SUPERVISOR.value, R.DIRECTOR.value},
        "dispatch": DESK,
        "reveal_phone": DESK,
        "backdate": DESK,
        "send_late": FIELD | {R.ENG_SUPERVISOR.value},
        "work_in_field": frozenset(
            {R.TECHNICIAN.value, R.CLEANER.value, R.SECURITY.value, R.ENG_SUPERVISOR.value}
        ),
        "take_money": frozenset({R.CASHIER.value, R.FINANCE.value}),
        "check_money": frozenset({R.FINANCE.value}),
        "see_reports": frozenset(
            {
                R.CS_SUPERVISOR.value,
                R.ENG_SUPERVISOR.value,
                R.FINANCE.value,
                R.DIRECTOR.value,
            }
        )
        | COMPANY,
        # complaints that reached the company; the centre passes one down to an office
        "see_escalated": frozenset({R.COMPANY_CENTRE.value, R.VICE_PRESIDENT.value, R.GENERAL_MANAGER.value}),
        "pass_down": frozenset({R.COMPANY_CENTRE.value}),
        "manage_households": frozenset({R.CS_SUPERVISOR.value, R.DIRECTOR.value, R.ADMINISTRATOR.value}),
        "manage_services": frozenset({R.CS_SUPERVISOR.value, R.DIRECTOR.value}),
        "manage_shifts": frozenset({R.CS_SUPERVISOR.value, R.ENG_SUPERVISOR.value, R.DIRECTOR.value}),
        "manage_hours": frozenset({R.DIRECTOR.value, R.ADMINISTRATOR.value}),
        # it names residents and households: who may not look those up does not read who did
        "see_access_log": frozenset({R.DIRECTOR.value, R.ADMINISTRATOR.value}),
        "see_outbox": frozenset({R.CS_SUPERVISOR.value, R.DIRECTOR.value, R.ADMINISTRATOR.value}),
        "adopt_manual": frozenset({R.DIRECTOR.value, R.QUALITY.value}),
        "administer": frozenset({R.ADMINISTRATOR.value}),
    }
)


@dataclass(frozen=True)
class Scope:
    """Where and when a permission is asked for."""

    office: Office
    at: datetime


def _holds(roles: frozenset[str]) -> Predicate:
    def test(user: User, scope: Scope) -> bool:
        return bool(roles & queries.roles_of(user, scope.office, scope.at))

    return Predicate(test, name="holds one of " + ", ".join(sorted(roles)))


RULES = RuleSet()
for _name, _roles in PERMISSIONS.items():
    RULES.add_rule(_name, is_active & _holds(_roles))


def may(permission: str, user: User, office: Office, at: datetime) -> bool:
    """Whether a user has a permission in an office at that moment. KeyError for a permission that does not exist."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return bool(RULES.test_rule(permission, user, Scope(office, at)))


def require(permission: str, user: User, office: Office, at: datetime) -> None:
    """Nothing, or Problem NOT_FOUND for an office that the user may not see, FORBIDDEN when the role does not suffice."""
    if may(permission, user, office, at):
        return
    if not may("see_office", user, office, at):
        raise Problem("NOT_FOUND", "没有这个管理处。", "请切换到自己的管理处。", status=404)
    allowed = "、".join(str(role.label) for role in Role if role.value in PERMISSIONS[permission])
    raise Problem("FORBIDDEN", "您的岗位不能办这件事。", f"可由{allowed}办理。", status=403)


def can_see_office(user: User, office: Office, at: datetime) -> bool:
    """Any post in the office, or a company post that reaches it."""
    return may("see_office", user, office, at)


def can_register(user: User, office: Office, at: datetime) -> bool:
    """Open a case at the desk."""
    return may("register", user, office, at)


def can_dispatch(user: User, office: Office, at: datetime) -> bool:
    """Send somebody."""
    return may("dispatch", user, office, at)


def can_reveal_phone(user: User, office: Office, at: datetime) -> bool:
    """See a whole telephone number; every look is written down."""
    return may("reveal_phone", user, office, at)


def can_backdate(user: User, office: Office, at: datetime) -> bool:
    """Write down what happened earlier (a paper form typed in later)."""
    return may("backdate", user, office, at)


def can_send_late(user: User, office: Office, at: datetime) -> bool:
    """Send what was done where there was no network, with the time at which it was done (`engine.perform`, `kept_at`)."""
    return may("send_late", user, office, at)


def can_work_in_field(user: User, office: Office, at: datetime) -> bool:
    """Be sent to a home; the phone pages."""
    return may("work_in_field", user, office, at)


def can_take_money(user: User, office: Office, at: datetime) -> bool:
    """Collect, receipt, void: never the person who did the work."""
    return may("take_money", user, office, at)


def can_check_money(user: User, office: Office, at: datetime) -> bool:
    """Sign for a day of the till that somebody else has closed."""
    return may("check_money", user, office, at)


def can_see_reports(user: User, office: Office, at: datetime) -> bool:
    """Statistics and monthly forms."""
    return may("see_reports", user, office, at)


def compared_offices(user: User, office: Office, at: datetime) -> list[Office]:
    """The offices of the company whose reports a user may lay side by side, by code; none for who belongs to one office.

    Whoever holds a post of the company that sees reports has all its offices, whoever may see the reports of several
    offices has those.
    """
    mine = [one for one in queries.offices_of(user, at) if one.company_id == office.company_id]
    held = queries.roles_by_office(user, mine, at)
    found = [one for one in mine if held[one.pk] & PERMISSIONS["see_reports"]]
    whole = queries.company_roles(user, office.company_id, queries.day_in(office, at))
    return found if len(found) > 1 or whole & PERMISSIONS["see_reports"] else []


def sets_for_company(user: User, office: Office, at: datetime) -> bool:
    """Whether a user may set figures for all offices of the office's company: by a post of that company."""
    held = queries.company_roles(user, office.company_id, queries.day_in(office, at))
    return bool(held & COMPANY)


def escalated_offices(
    user: User, office: Office, at: datetime, permission: str = "see_escalated"
) -> list[Office]:
    """The offices of the company whose escalated complaints a user sees (or may pass one down to), by code."""
    mine = [one for one in queries.offices_of(user, at) if one.company_id == office.company_id]
    held = queries.roles_by_office(user, mine, at)
    return [one for one in mine if held[one.pk] & PERMISSIONS[permission]]


def can_see_escalated(user: User, office: Office, at: datetime) -> bool:
    """Complaints of the office that reached the company."""
    return may("see_escalated", user, office, at)


def can_pass_down(user: User, office: Office, at: datetime) -> bool:
    """Pass a complaint that the company took down to the office."""
    return may("pass_down", user, office, at)


def can_manage_households(user: User, office: Office, at: datetime) -> bool:
    """Import, export and change the register of households."""
    return may("manage_households", user, office, at)


def can_manage_services(user: User, office: Office, at: datetime) -> bool:
    """Classification, service items, suppliers."""
    return may("manage_services", user, office, at)


def can_manage_shifts(user: User, office: Office, at: datetime) -> bool:
    """Shifts and absences."""
    return may("manage_shifts", user, office, at)


def can_manage_hours(user: User, office: Office, at: datetime) -> bool:
    """The office's calendars: opening hours and special days."""
    return may("manage_hours", user, office, at)


def can_see_access_log(user: User, office: Office, at: datetime) -> bool:
    """Who looked at personal data."""
    return may("see_access_log", user, office, at)


def can_see_outbox(user: User, office: Office, at: datetime) -> bool:
    """What was sent out, and what could not be."""
    return may("see_outbox", user, office, at)


def can_adopt_manual(user: User, office: Office, at: datetime) -> bool:
    """Adopt a version of a manual and set the office's own figures."""
    return may("adopt_manual", user, office, at)


def can_administer(user: User, office: Office, at: datetime) -> bool:
    """Users, posts, keys of programs."""
    return may("administer", user, office, at)


def can_see_cases(user: User, office: Office, at: datetime) -> bool:
    """Look through lists of cases, not only one's own jobs; `engine.sight` says which cases stand there."""
    return may("see_cases", user, office, at)


def reads_phones(roles: frozenset[str]) -> bool:
    """Whether residents' telephone numbers, masked as they are, are shown: the company reads a complaint without them."""
    return not roles <= COMPANY


def can_see_all_cases(user: User, office: Office, at: datetime) -> bool:
    """Every case of the office."""
    return may("see_all_cases", user, office, at)


def can_see_complaints(user: User, office: Office, at: datetime) -> bool:
    """Every complaint of the office, besides what the person was told of or asked for."""
    return may("see_complaints", user, office, at)


def can_see_households(user: User, office: Office, at: datetime) -> bool:
    """Look through the register of households."""
    return may("see_households", user, office, at)


def can_see_money(user: User, office: Office, at: datetime) -> bool:
    """Read receipts and statements."""
    return may("see_money", user, office, at)


def can_see_arrears(user: User, office: Office, at: datetime) -> bool:
    """Who owes for how long, to dun them: customer service, and finance, who hands the list over (S000-1-4.4.3b)."""
    return may("see_arrears", user, office, at)
