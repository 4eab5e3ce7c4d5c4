"""From the columns of an obligation to the clock that a page shows. Display only: nothing is decided here."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.web import display
from guanjia.web.components import ClockView, Phase

LEAST_WARNING = timedelta(minutes=30)


def soon_from(opened: datetime, due: datetime, least: timedelta = LEAST_WARNING) -> datetime:
    """The instant from which a running limit counts as due soon: a quarter of it, or `least`, whichever is longer."""
    return due - max((due - opened) / 4, least)


def running(
    due: datetime, opened: datetime, now: datetime, zone: ZoneInfo, *, whole_day: bool = False, appointed: bool = False,
    provisional: bool = False,
) -> ClockView:  # fmt: skip
    """A clock that runs: on time, due soon, or over. A limit of whole days reads 今天内 on its last day.

    appointed: the due time was agreed with the resident. provisional: the calendar does not reach that far yet.
    """
    soon = soon_from(opened, due)
    text = display.deadline(due, now, zone, whole_day=whole_day)
    far = abs(due - now) > timedelta(days=2)
    if now > due:
        detail = text if far else _("%s 到期") % text
        return ClockView(Phase.OVER, display.over(now - due), detail, due, soon, whole_day)
    phase = Phase.SOON if now >= soon else Phase.OK
    headline = display.left(due - now)
    same_day = (due - timedelta(microseconds=1)).astimezone(zone).date() == now.astimezone(zone).date()
    if whole_day and same_day:
        phase, headline = Phase.OK, _("今天内")
    detail = _("约定 %s") % text if appointed else text if far else _("%s 到期") % text
    if phase is Phase.SOON:
        detail = _("%s 将到期") % text
    if provisional:
        detail = _("%s（暂定）") % detail
    return ClockView(phase, headline, detail, due, soon, whole_day, provisional)


def waiting(after: str, limit: str) -> ClockView:
    """Its trigger has not happened: `完工起` over `24小时内`."""
    return ClockView(Phase.WAIT, _("%s起") % after, limit)


def paused(since: datetime, now: datetime, zone: ZoneInfo) -> ClockView:
    """`停 2天` over the day on which it stopped."""
    here = since.astimezone(zone).date()
    return ClockView(
        Phase.PAUSE,
        display.stopped(now - since),
        _("%s起") % display.day_words(here, now.astimezone(zone).date()),
    )


def done(opened: datetime, met: datetime, limit: str = "") -> ClockView:
    """`用时 8分` over `限10分钟`."""
    return ClockView(Phase.DONE, display.taken(met - opened), _("限%s") % limit if limit else "")


def clock(
    *,
    now: datetime,
    zone: ZoneInfo,
    opened_at: datetime,
    due_at: datetime | None,
    paused_at: datetime | None = None,
    met_at: datetime | None = None,
    limit: str = "",
    whole_day: bool = False,
    provisional: bool = False,
) -> ClockView:
    """The clock of an obligation from its columns. `limit` is the limit in words (24小时内); no due time: it waits."""
    if met_at is not None:
        return done(opened_at, met_at, limit)
    if paused_at is not None:
        return paused(paused_at, now, zone)
    if due_at is None:
        return ClockView(Phase.WAIT, _("未起算"), limit)
    return running(due_at, opened_at, now, zone, whole_day=whole_day, provisional=provisional)
