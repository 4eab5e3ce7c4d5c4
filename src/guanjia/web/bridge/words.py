"""Words of manuals and offices: clauses, owners, events, limits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.adoption import queries as adoption
from guanjia.engine.speaking import Spoken
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation
from guanjia.policy.builtin import WHO
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.vocabulary import EVENTS, EVERY_SHIFT, ROLES
from guanjia.web.components import ClauseView
from guanjia.worktime import Reason, describe, limits, recurrence

# moments at which a limit may be anchored and that no field of a manual names
ANCHORS = MappingProxyType(
    {"shift_begins_at": gettext_lazy("本班开始"), "shift_ends_at": gettext_lazy("本班结束")}
)


def manual_of(row: Obligation) -> CompiledManual:
    """The manual, in its version, that an obligation comes from."""
    return adoption.compiled(row.manual_key, row.manual_version)


def clause_view(
    compiled: CompiledManual, clause: str, *, own: bool = False, blank: bool = False
) -> ClauseView:
    """A clause tag that leads to the clause in the manual."""
    href = _clause_address(compiled.key, compiled.version, clause) if clause else ""
    return ClauseView(compiled.manual.manual.short, clause, href, own=own, blank=blank)


def spoken_views(said: Iterable[Spoken]) -> list[tuple[Spoken, ClauseView]]:
    """Words beside a form, each with its clause tag."""
    return [(one, clause_view(one.compiled, one.clause)) for one in said]


@lru_cache(4096)
def _clause_address(manual: str, version: str, clause: str) -> str:
    """Where the clause stands in the manual; a clause under a name that no address can carry has none."""
    try:
        return reverse("manual-clause", args=[manual, version, clause])
    except NoReverseMatch:
        return ""


def owner_words(row: Obligation, people: Mapping[str, str]) -> str:
    """Who owes: a name, or the manual's title for the role. people: role -> the only holder's name."""
    if row.owner_id and row.owner:
        return row.owner.name
    if row.owner_role == "assignee":
        return "待派人"
    return people.get(row.owner_role) or role_words(manual_of(row), row.owner_role)


def role_words(compiled: CompiledManual, role: str) -> str:
    """Who, as people say it: a title of the manual, the system's word, or what stands for a person."""
    for title in compiled.manual.role:
        if role in title.is_ or role == title.key:
            return title.label
    if role.startswith("field:"):
        name = compiled.labels.get(role.removeprefix("field:"))
        return f"「{name}」" if name else _("指定的人")
    return (
        {"actor": _("经手人"), "subject": _("各人自己")}.get(role) or WHO.get(role) or ROLES.get(role, role)
    )


def limit_words(text: str, compiled: CompiledManual | None = None) -> str:
    """A limit in Chinese: 15分钟内, 于「约定答复时间」. A text outside the grammar stays as it is."""
    if not text or text == "open":
        return ""
    try:
        return describe(limits.parse(text), {**(compiled.names if compiled else {}), **_anchors()})
    except Problem:
        return text


def _anchors() -> dict[str, str]:
    return {name: str(word) for name, word in ANCHORS.items()}


@lru_cache(maxsize=256)
def recurrence_words(text: str) -> str:
    """A recurrence in Chinese: 每月. One that the office is to set and has not is said to be so."""
    if text == EVERY_SHIFT:
        return _("每班")
    return recurrence.describe(recurrence.parse(text)) if text else _("由本处设定")


def event_words(event: str) -> str:
    """An event of the shared vocabulary in Chinese."""
    return EVENTS.get(event, event)


def reason_text(data: Mapping[str, str]) -> str:
    """A line of the explanation of a due time."""
    return Reason.from_data(data).text()
