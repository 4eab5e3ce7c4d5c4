"""Which cases somebody may see: all of the office, what reaches the company, or his own jobs; and of which not what.

A post of the company sees of each office the complaints, and of the rest what it was told of, asked for or owes: what a
resident says is seen by those who need it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases import shifts
from guanjia.cases.models import Attachment, Case, Event
from guanjia.cases.sight import Sight
from guanjia.engine.veiling import VEIL, hidden_from
from guanjia.estate.models import Office
from guanjia.notify.models import Message
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy.builtin import STEP
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Action, Secret
from guanjia.policy.vocabulary import COMPLAINTS
from guanjia.staff import queries as staff
from guanjia.staff.models import User
from guanjia.staff.rules import COMPANY, FIELD, PERMISSIONS


def sight_of(user: User, office: Office, now: datetime, roles: frozenset[str] | None = None) -> Sight:
    """How far somebody sees in an office. roles: those that he holds there now, if they are at hand."""
    held = staff.roles_of(user, office, now) if roles is None else roles
    reach = None if held & PERMISSIONS["see_all_cases"] else _reach(user, office, now, held)
    every = held & PERMISSIONS["see_complaints"]
    return Sight(office, reach, _confides(user, office, held), COMPLAINTS if every else (), user.pk)


def _reach(user: User, office: Office, now: datetime, held: frozenset[str]) -> Q:
    """The cases of somebody who does not see all: his jobs; outside the field also what he has to do with otherwise."""
    own = Q(assignee=user) | Q(pk__in=obligations.owed_by(user, now).order_by().values("case"))
    if held & FIELD or not held:
        own |= Q(pk__in=cases.pool(office).order_by().values("pk"))
        own |= Q(pk__in=shifts.own_shifts(office, user).values("pk"))
        own |= Q(pk__in=shifts.stood(office, user).values("pk"))
    if not held - FIELD:
        return own
    owed = Obligation.objects.filter(
        Q(owner=user) | Q(owner__isnull=True, owner_role__in=held), office=office
    )
    told = Message.objects.filter(
        office=office, to_user=user, reference=Concat(Value("case:"), OuterRef("number"))
    )
    acted = Event.objects.filter(office=office, actor=user)
    own |= Q(pk__in=owed.values("case")) | Q(Exists(told)) | Q(pk__in=acted.values("case"))
    if held & PERMISSIONS["see_complaints"]:
        own |= Q(category__in=COMPLAINTS)
    if posts := held & COMPANY:
        own |= _reached(office, now, posts)
    return own


# ---------------------------------------------------------------- what reaches the company


@dataclass(frozen=True)
class Ways:
    """How a case comes to posts of the company under a manual: states in which only they act, actions that tell them,
    steps of ladders that go to them."""

    states: frozenset[str]
    actions: frozenset[str]
    steps: frozenset[str]

    @property
    def lines(self) -> Q:
        """The lines of a timeline with which it came."""
        return (
            Q(state__in=self.states) | Q(action__in=self.actions) | Q(action=STEP.key, label__in=self.steps)
        )


def ways_of(one: CompiledManual, posts: Collection[str] = COMPANY) -> Ways:
    """From the manual itself, whatever its words for the posts. posts: which of the company's."""
    meant = {role.key for role in one.manual.role if set(role.is_) <= COMPANY and set(role.is_) & set(posts)}
    meant |= set(posts) - one.titles.keys()
    among = meant | COMPANY | {role.key for role in one.manual.role if set(role.is_) <= COMPANY} | {"system"}
    states: set[str] = set()
    actions: set[str] = set()
    for procedure in one.procedures.values():
        for action in procedure.action:
            if set(action.by) & meant and set(action.by) <= among:
                states |= set(action.from_) - {"*"}
            if not action.opens and _tells(action, meant):
                actions.add(action.key)
    steps = {step.label for known in one.manual.obligation for step in known.step if step.to in meant}
    return Ways(frozenset(states), frozenset(actions), frozenset(steps))


def _tells(action: Action, posts: Collection[str]) -> bool:
    effects = (*action.effects, *(one for way in action.outcome for one in way.effects))
    return any(one.do == "notify" and one.to in posts for one in effects)


def reached(offices: Iterable[Office], now: datetime, posts: Collection[str] = COMPANY) -> Q:
    """The cases of some offices that came to posts of the company, each by the ways of its own manual."""
    found = Q(pk__in=())
    for office in offices:
        found |= Q(office=office) & _reached(office, now, posts)
    return found


def _reached(office: Office, now: datetime, posts: Collection[str]) -> Q:
    versions = adoption.versions_at(office, now)
    found = Q(pk__in=())
    for key in versions:
        ways = ways_of(adoption.with_figures(office, versions, first=key)[0].compiled, posts)
        if ways.states or ways.actions or ways.steps:
            lines = Event.objects.filter(ways.lines, case=OuterRef("pk"))
            found |= Q(manual_key=key) & Q(Exists(lines))
    return found


# ---------------------------------------------------------------- what is confided to others


def _confides(user: User, office: Office, held: frozenset[str]) -> Callable[[], Q | None]:
    """The cases whose manuals confide them to others than this person, asked for when it matters (S001-1-4.12)."""

    def found() -> Q | None:
        every = [_kept(one, secret, user) for one, secret in _secrets(office, held)]
        return None if not every else _any(every)

    return found


def _secrets(office: Office, held: frozenset[str]) -> Iterable[tuple[CompiledManual, Secret]]:
    """What the office's manuals, of whatever version, confide to others than these roles."""
    for key, version in adoption.ever_adopted(office):
        one = adoption.compiled(key, version)
        for secret in one.manual.secret:
            if not {"anyone", *one.roles_of(held)} & set(secret.readers):
                yield one, secret


def _kept(one: CompiledManual, secret: Secret, user: User) -> Q:
    """The cases of a secret that are kept from somebody who reads none by his post; never those confided to himself."""
    kept = Q(**{f"versions__{one.key}": one.version})
    if "*" not in secret.category:
        kept &= Q(category__in=secret.category)
    mine = [Q(assignee=user)] if "assignee" in secret.readers else []
    named = (reader.removeprefix("field:") for reader in secret.readers if reader.startswith("field:"))
    mine += [Q(**{f"facts__{name}": user.pk}) for name in named]
    if mine:
        kept &= ~Q(pk__in=Case.objects.filter(_any(mine)).values("pk"))
    return kept


def _any(every: Iterable[Q]) -> Q:
    first, *others = every
    for one in others:
        first |= one
    return first


def opens_file(row: Attachment, user: User, there: Sight, now: datetime) -> bool:
    """Whether somebody may open a file: his own, or one of a case that he sees there and may read (S001-1-4.12)."""
    if row.uploaded_by_id == user.pk:
        return True
    if row.case is None:
        return there.whole
    return there.opens(row.case) and not hidden_from(row.case, user, now)


def without_secrets(rows: Iterable[Obligation], sight: Sight) -> list[Obligation]:
    """Rows of a worklist as this person may read them: for showing only, never to be saved (S001-1-4.12)."""
    found = list(rows)
    kept = sight.kept(row.case_id for row in found)
    for row in found:
        if row.case_id in kept:
            row.case.subject, row.case.party = VEIL, None
            row.of = ""  # type: ignore[attr-defined]
    return found
