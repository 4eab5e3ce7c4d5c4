"""The words that manuals put beside a form: what to keep in mind, and what to say under one's own name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.estate.models import Office
from guanjia.policy import scripts
from guanjia.policy.compiled import Adopted, CompiledManual
from guanjia.policy.forms import within_hours
from guanjia.policy.schema import Action
from guanjia.staff import queries as staff
from guanjia.staff.models import User


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words of a manual with the names filled in, and the clause that asks for them. book: where what is said is kept."""

    label: str
    text: str
    clause: str
    compiled: CompiledManual
    book: str = ""


def spoken(
    adopted: Sequence[Adopted], action: Action, office: Office, user: User | None, at: datetime, channel: str = "",
    category: str = "", source: str = "",
) -> list[Spoken]:  # fmt: skip
    """What the adopted manuals want kept in mind or said while an action's form is filled in, in their order.

    The manual that an action comes from speaks at it; every adopted one at a form that asks for the channel, for the
    channels that it names. channel: how the matter came, when that is known; the others' words are left out then.
    category: of the case. source: key of the manual that the action comes from, the procedure's unless given.
    """
    asks = action.opens and any(field.key == "channel" for field in action.field)
    own = source or adopted[0].compiled.key
    wanted = (
        one
        for one in scripts.concerning(adopted, category)
        if not one.script.when
        and (
            (one.manual.key == own and one.script.action == action.key)
            or (asks and one.script.channel and not one.script.action)
        )
        and not (one.script.channel and channel not in ("", one.script.channel))
    )
    return _worded(adopted, wanted, office, user, at)


def at_reception(adopted: Sequence[Adopted], office: Office, user: User, at: datetime) -> list[Spoken]:
    """What the adopted manuals want said to whoever calls or comes, whatever it is about."""
    found = scripts.concerning(adopted)
    wanted = (one for one in found if one.script.channel and not one.script.action and not one.script.when)
    return _worded(adopted, wanted, office, user, at)


def _worded(
    adopted: Sequence[Adopted], found: Iterable[scripts.Said], office: Office, user: User | None, at: datetime
) -> list[Spoken]:
    local = at.astimezone(ZoneInfo(office.time_zone)).time()
    wanted = [one for one in found if within_hours(one.script.hours, local)]
    named = _names(office, user, at) if wanted else {}
    return [
        Spoken(
            one.script.label, _with_names(_text(adopted, one), named), one.script.clause,
            one.manual, one.script.book,
        )
        for one in wanted
    ]  # fmt: skip


def _text(adopted: Iterable[Adopted], said: scripts.Said) -> str:
    return scripts.as_adopted(adopted, said).with_figures(said.script.text, _("（还没有设定）"))


def _names(office: Office, user: User | None, at: datetime) -> dict[str, str]:
    """What stands in braces: the company, the office, the department and the name of who speaks."""
    department = staff.department_of(user, office, at) if user else None
    return {
        "company": office.company.name,
        "office": office.name,
        "department": department.name if department else office.name,
        "me": user.name if user else "",
    }


def _with_names(text: str, named: dict[str, str]) -> str:
    for key, name in named.items():
        text = text.replace(f"{{{key}}}", name)
    return text
