"""Who acts: a member of staff, a resident with a link, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guanjia.estate.models import Office, Party
from guanjia.kernel.problem import Problem
from guanjia.policy.decision import Actor
from guanjia.staff import queries as staff
from guanjia.staff.models import User

LABEL = 60  # what a line of the timeline has room for; whoever telephones may give a longer name


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident behind a signed link. `may_act`: the link was sent to the registered number."""

    name: str
    party: Party | None = None
    may_act: bool = False


class _System:
    """The ticker and the engine's own consequences."""

    name = "系统"


SYSTEM = _System()
Doer = User | Resident | _System


@dataclass(frozen=True, slots=True)
class Who:
    """An actor resolved for one office: what policy needs, and what the timeline writes."""

    actor: Actor
    user: User | None
    label: str


def resolve(doer: Doer, office: Office, at: datetime) -> Who:
    """The roles of an actor in an office. Raises Problem NOT_YOUR_OFFICE when a user has none there."""
    if isinstance(doer, _System):
        return Who(Actor(frozenset({"system"}), name=doer.name), None, doer.name)
    if isinstance(doer, Resident):
        roles = frozenset({"resident"}) if doer.may_act else frozenset()
        return Who(Actor(roles, name=doer.name), None, f"业户 {doer.name}".strip()[:LABEL])
    roles, departments = staff.standing_of(doer, office, at)
    if not roles:
        day = staff.day_in(office, at)
        said = f"{day:%Y-%m-%d} 您不在{office.name}任职。"
        raise Problem("NOT_YOUR_OFFICE", said, "请看时间填得对不对，或切换到自己的管理处。", status=404)
    return Who(Actor(roles, doer.pk, doer.name, departments), doer, doer.name)
