"""What was done to the office's telephone lines and its mailbox: who, when, in words. Never a secret."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from guanjia.estate.models import Office
from guanjia.intake.models import WireChange
from guanjia.staff.models import User

LINE, MAILBOX = WireChange.Wire.LINE, WireChange.Wire.MAILBOX


def note(office: Office, wire: str, what: str, *, by: User | None, at: datetime) -> None:
    """Writes a change down, in the transaction of the change. by: None for the command line of the server."""
    WireChange.objects.create(office=office, wire=wire, what=what[:200], by=by, at=at)


def changes(office: Office, wire: str) -> QuerySet[WireChange]:
    """The changes of the lines or of the mailbox, newest first."""
    return WireChange.objects.filter(office=office, wire=wire).select_related("by").order_by("-at", "-pk")
