"""Who looked at personal data: the reader of the list of accesses."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from guanjia.cases.models import Access
from guanjia.estate.models import Occupancy, Office, Unit


def accesses(office: Office, search: str = "", unit: Unit | None = None) -> QuerySet[Access]:
    """Who looked at personal data, newest first; words of a search stand in the name or in what was looked at.

    unit: only at what belongs to this household: to the house, or to somebody who belongs or belonged to it.
    """
    rows = Access.objects.filter(office=office).select_related("user", "unit").order_by("-at", "-pk")
    if unit is not None:
        people = Occupancy.objects.filter(unit=unit).values("party")
        rows = rows.filter(Q(unit=unit) | Q(unit=None, party__in=people))
    for word in search.split():
        rows = rows.filter(
            Q(what__icontains=word) | Q(user__name__icontains=word) | Q(unit__code__contains=word)
        )
    return rows
