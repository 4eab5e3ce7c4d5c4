"""`/healthz`: is the database there, and do ticker and worker keep up."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.metadata import version

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guanjia import clock
from guanjia.notify.models import Message
from guanjia.obligations.models import Obligation, State


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 with how far ticker and outbox are behind, in whole seconds; 503 without the database.

    Being behind is a number to watch, not a failure: a load balancer must not take the pages away for it.
    """
    now = clock.now()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answer = {"ticker_behind_seconds": _ticker_behind(now), "outbox_behind_seconds": _outbox_behind(now)}
    except DatabaseError:
        return JsonResponse({"ok": False, "trouble": "database"}, status=503)
    return JsonResponse({"ok": True, "version": version("guanjia"), "database": connection.vendor, **answer})


def _ticker_behind(now: datetime) -> int:
    """Seconds since the oldest step that is due and was not taken."""
    waiting = Obligation.objects.filter(next_step_at__isnull=False, next_step_at__lte=now, state=State.OPEN)
    oldest = waiting.order_by("next_step_at").values_list("next_step_at", flat=True).first()
    return _seconds(oldest, now)


def _outbox_behind(now: datetime) -> int:
    """Seconds since the oldest message that may be sent and was not."""
    waiting = Message.objects.filter(state=Message.State.WAITING).exclude(not_before__gt=now)
    return _seconds(waiting.order_by("created_at").values_list("created_at", flat=True).first(), now)


def _seconds(since: datetime | None, now: datetime) -> int:
    return max(0, (now - since) // timedelta(seconds=1)) if since else 0
