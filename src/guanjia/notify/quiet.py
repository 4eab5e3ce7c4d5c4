"""When a message may be delivered, apart from when it is due. Pure: no clock, no database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from guanjia.kernel.moments import require_aware

QUIET_FROM = time(22)
QUIET_UNTIL = time(8)


def next_allowed(
    now: datetime, zone: ZoneInfo, *, begins: time = QUIET_FROM, ends: time = QUIET_UNTIL
) -> datetime:
    """`now`, or the end of the quiet hours that it lies in (office-local; over midnight when begins is later).

    begins equal to ends means no quiet hours. The end itself is allowed.
    """
    local = require_aware(now).astimezone(zone)
    clock = local.time()
    if begins == ends:
        return now
    overnight = begins > ends
    quiet = clock >= begins or clock < ends if overnight else begins <= clock < ends
    if not quiet:
        return now
    day = local.date() + timedelta(days=1 if overnight and clock >= begins else 0)
    return datetime.combine(day, ends, zone).astimezone(UTC)
