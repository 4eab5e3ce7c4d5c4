"""Reading obligations: the worklist, what falls due, what a case owes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Greatest

from guanjia.cases.models import Case
from guanjia.cases.sight import Sight, sight_in
from guanjia.estate.models import Office
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation, Schedule, State, Step
from guanjia.staff.models import User

LONG = ("why", "case__facts", "case__versions")  # columns that no list shows


def of_case(case: Case) -> list[Obligation]:
    """Every obligation of a case, oldest first."""
    return list(case.obligations.order_by("id"))


def worklist(
    place: Office | Sight,
    *,
    now: datetime,
    user: User | None = None,
    roles: Iterable[str] = (),
    scope: str = "all",
    search: str = "",
    owner: int | None = None,
) -> QuerySet[Obligation]:
    """Open obligations by due time, of everybody or of one `owner`; those without one come last, oldest first.

    place: how far a person sees in an office; an office where nobody's sight limits it.
    scope: all, mine (the user's, or his roles' while nobody is named), paused, overdue, open_ended. Each row's `of`
    is who called, or the period, of a case without a party; what is long and not shown in a list is left unread.
    """
    sight = sight_in(place)
    rows = sight.among(Obligation.objects.filter(office=sight.office, closed_at__isnull=True), "case")
    rows = rows.filter(_scope(scope, now, user, roles))
    if owner is not None:
        rows = rows.filter(owner=owner)
    for word in search.split():
        plain = (
            Q(label__icontains=word)
            | Q(case__number__icontains=word)
            | Q(case__unit__code__istartswith=word)
            | Q(case__unit__number__istartswith=word)
            | Q(case__unit__name__startswith=word)
        )
        private = Q(case__subject__icontains=word) | Q(case__party__name__startswith=word)
        rows = rows.filter(sight.found(plain, private, "case"))
    named = [KeyTextTransform(name, "case__facts") for name in ("contact_name", "period")]
    rows = rows.annotate(of=Coalesce(*named, Value(""), output_field=TextField()))
    rows = rows.select_related("case__unit", "case__party", "owner").defer(*LONG)
    return rows.order_by(F("due_at").asc(nulls_last=True), "opened_at", "id")


def asked_of(
    user: User, held: Mapping[int, Iterable[str]], categories: Iterable[str], now: datetime
) -> QuerySet[Obligation]:
    """What a person owes in several offices, himself or while nobody is named by a role that he holds there; the most
    urgent first.

    held: office id -> the roles that count. categories: of which cases.
    """
    mine = Q(owner=user)
    for office_id, roles in held.items():
        mine |= Q(office=office_id, owner__isnull=True, owner_role__in=list(roles))
    rows = Obligation.objects.filter(mine, _scope("all", now, user, ()), office__in=list(held))
    rows = rows.filter(closed_at__isnull=True, case__category__in=list(categories))
    rows = rows.select_related("case__office", "case__unit", "case__party", "owner").defer(*LONG)
    return rows.order_by(F("due_at").asc(nulls_last=True), "opened_at", "id")


def tallies(
    place: Office | Sight,
    scopes: Iterable[str],
    *,
    now: datetime,
    user: User | None = None,
    roles: Iterable[str] = (),
) -> dict[str, int]:
    """How many there are in each scope of the worklist, counted in one statement."""
    sight = sight_in(place)
    rows = sight.among(Obligation.objects.filter(office=sight.office, closed_at__isnull=True), "case")
    roles = list(roles)
    return rows.aggregate(**{name: Count("pk", filter=_scope(name, now, user, roles)) for name in scopes})


def _scope(scope: str, now: datetime, user: User | None, roles: Iterable[str]) -> Q:
    """What of the open obligations belongs to a scope."""
    if scope == "paused":
        return Q(state=State.PAUSED)
    listed = Q(state=State.OPEN) & (Q(not_before__isnull=True) | Q(not_before__lte=now))
    if scope == "mine" and user is not None:
        return listed & (Q(owner=user) | Q(owner__isnull=True, owner_role__in=list(roles)))
    if scope == "overdue":
        return listed & Q(due_at__lt=now)
    if scope == "open_ended":
        return listed & Q(due_at__isnull=True)
    return listed


def one_in(office: Office, pk: int) -> Obligation:
    """An obligation of an office with its case. Raises Problem NOT_FOUND."""
    rows = Obligation.objects.filter(office=office, pk=pk)
    found = rows.select_related(
        "case__office", "case__unit", "case__party", "case__assignee", "owner"
    ).first()
    if found is None:
        raise not_there()
    return found


def not_there() -> Problem:
    """The same answer whether an obligation does not exist or is not the person's to see."""
    return Problem("NOT_FOUND", "没有这件应办。", "请刷新清单。", status=404)


def open_ones(office: Office, manual_key: str, keys: Iterable[str] | None = None) -> list[Obligation]:
    """What is open under a manual, of all obligations or of some; with its case."""
    rows = Obligation.objects.filter(office=office, closed_at__isnull=True)
    rows = rows.filter(state=State.OPEN, manual_key=manual_key)
    if keys is not None:
        rows = rows.filter(key__in=list(keys))
    return list(rows.select_related("case__office", "case__unit").order_by("pk"))


def running_under(office: Office, calendar_key: str, now: datetime) -> list[Obligation]:
    """What runs under a calendar and is not due yet, case by case; cases loaded."""
    rows = Obligation.objects.filter(
        office=office, state=State.OPEN, calendar_key=calendar_key, due_at__gt=now, missed_at__isnull=True
    )
    return list(rows.select_related("case__office", "case__unit", "case__assignee").order_by("case", "pk"))


def overdue_count(place: Office | Sight, now: datetime) -> int:
    """How many are late now: the red badge."""
    sight = sight_in(place)
    rows = sight.among(Obligation.objects.filter(office=sight.office, closed_at__isnull=True), "case")
    return rows.filter(state=State.OPEN, due_at__lt=now).count()


def due_steps(now: datetime, limit: int, offices: Iterable[int] | None = None) -> list[Obligation]:
    """Obligations whose next step is due, oldest first, in a bounded batch: what the ticker looks for."""
    rows = Obligation.objects.filter(next_step_at__isnull=False, next_step_at__lte=now, state=State.OPEN)
    if offices is not None:
        rows = rows.filter(office__in=list(offices))
    return list(rows.order_by("next_step_at", "id")[:limit])


def next_step_at(offices: Iterable[int] | None = None) -> datetime | None:
    """When the next step of all is due; the simulation jumps there."""
    rows = Obligation.objects.filter(state=State.OPEN, next_step_at__isnull=False)
    if offices is not None:
        rows = rows.filter(office__in=list(offices))
    return rows.order_by("next_step_at").values_list("next_step_at", flat=True).first()


def due_schedules(now: datetime, limit: int, offices: Iterable[int] | None = None) -> list[Schedule]:
    """Recurring duties whose next period begins."""
    rows = Schedule.objects.filter(next_at__lte=now).select_related("office")
    rows = rows.filter(Q(retry_at__isnull=True) | Q(retry_at__lte=now))
    if offices is not None:
        rows = rows.filter(office__in=list(offices))
    return list(rows.order_by("next_at", "id")[:limit])


def schedules_of(recurrence: str, offices: Iterable[int] | None = None) -> list[Schedule]:
    """The recurring duties that come round in one way."""
    rows = Schedule.objects.filter(recurrence=recurrence).select_related("office")
    if offices is not None:
        rows = rows.filter(office__in=list(offices))
    return list(rows.order_by("pk"))


def next_schedule_at(offices: Iterable[int] | None = None) -> datetime | None:
    """When the next period of all begins."""
    rows = Schedule.objects.filter(next_at__isnull=False)
    if offices is not None:
        rows = rows.filter(office__in=list(offices))
    rows = rows.annotate(begins=Greatest("next_at", Coalesce("retry_at", "next_at")))
    return rows.order_by("begins").values_list("begins", flat=True).first()


def owed_by(user: User, now: datetime) -> QuerySet[Obligation]:
    """What a person owes in all offices, by due time."""
    return (
        Obligation.objects.filter(owner=user, closed_at__isnull=True, state=State.OPEN)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
        .select_related("case__unit")
        .order_by(F("due_at").asc(nulls_last=True), "opened_at")
    )


def owed_at_shift(office: Office, user: User, now: datetime) -> list[Obligation]:
    """What a person owes in the open cases of an office because he is on a list in them, such as a shift's."""
    rows = Obligation.objects.filter(owner=user, office=office, closed_at__isnull=True, state=State.OPEN)
    return list(rows.exclude(subject="").filter(opened_at__lte=now).order_by("pk"))


def load(office: Office, now: datetime) -> dict[int, tuple[int, int]]:
    """User id -> (open, overdue)."""
    found: dict[int, tuple[int, int]] = {}
    rows = Obligation.objects.filter(office=office, closed_at__isnull=True)
    rows = rows.filter(state=State.OPEN, owner__isnull=False)
    for owner_id, due_at in rows.values_list("owner_id", "due_at"):
        count, late = found.get(owner_id, (0, 0))
        found[owner_id] = (count + 1, late + (due_at is not None and due_at < now))
    return found


def steps_of(case: Case) -> QuerySet[Step]:
    """The steps that have happened to a case's obligations, newest first."""
    return Step.objects.filter(obligation__case=case).select_related("obligation").order_by("-at", "-id")


def too_early(row: Obligation) -> bool:
    """Whether it was met before the window of its limit opened (`from 5m before … to 2m after …`)."""
    return bool(row.met_at and row.earliest and row.met_at < row.earliest)


def late_by(row: Obligation, now: datetime) -> timedelta | None:
    """How late: at its end, or as it stands now; zero when in time. None without a due time, or when cancelled."""
    if row.due_at is None or row.state == State.CANCELLED:
        return None
    return max((row.met_at or now) - row.due_at, timedelta(0))


def rounds_of(office: Office, duty: str) -> list[int]:
    """Ids of the cases in which a duty is owed to each of a list."""
    rows = Obligation.objects.filter(office=office, duty=duty).exclude(subject="")
    return list(rows.values_list("case", flat=True).distinct())
