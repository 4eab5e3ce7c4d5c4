"""Reading the cases of shifts."""

from __future__ import annotations

from django.db.models import QuerySet

from guanjia.cases.models import Case, Event
from guanjia.cases.queries import RELATED
from guanjia.estate.models import Office
from guanjia.staff.models import User

MOST = 6


def running_shifts(office: Office) -> list[Case]:
    """The open cases of shifts, the one that began last first."""
    return list(_running(office).select_related(*RELATED)[:MOST])


def own_shifts(office: Office, user: User) -> QuerySet[Case]:
    """The running shifts on whose list somebody stands, whatever his post, and however many others have begun since."""
    listed = _running(office).values_list("pk", "facts__shift_people")
    own = [pk for pk, people in listed if user.pk in (people or ())]
    return _running(office).filter(pk__in=own[:MOST]).select_related(*RELATED)


def _running(office: Office) -> QuerySet[Case]:
    rows = Case.objects.filter(office=office, closed_at__isnull=True, facts__has_key="shift_begins_at")
    return rows.order_by("-opened_at", "-pk")


def stood(office: Office, user: User) -> QuerySet[Case]:
    """The shifts in which somebody has done something: he may still look at what he signed."""
    acted = Event.objects.filter(case__office=office, actor=user, case__facts__has_key="shift_begins_at")
    return Case.objects.filter(pk__in=acted.values("case"))
