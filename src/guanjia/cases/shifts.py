"""Reading the cases of shifts."""

from __future__ import annotations

from guanjia.cases.models import Case
from guanjia.cases.queries import RELATED
from guanjia.estate.models import Office

MOST = 6


def running_shifts(office: Office) -> list[Case]:
    """The open cases of shifts, the one that began last first."""
    rows = Case.objects.filter(office=office, closed_at__isnull=True, facts__has_key="shift_begins_at")
    return list(rows.select_related(*RELATED).order_by("-opened_at", "-pk")[:MOST])
