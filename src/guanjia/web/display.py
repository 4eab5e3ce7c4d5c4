"""How times, phones and money read on a page. Pure: every function takes the moment that counts as now.

Instants are aware; `zone` is the office's time zone. What is left rounds up
to the minute and what is over rounds down, so that the countdown added to the clock on the wall gives the due time.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def weekday(day: date) -> str:
    """`周二` for a Tuesday."""
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[day.weekday()]


def day_words(day: date, today: date) -> str:
    """`3月24日`; with the year when it is not this one."""
    if day.year != today.year:
        return _("%(year)d年%(month)d月%(day)d日") % {"year": day.year, "month": day.month, "day": day.day}
    return _("%(month)d月%(day)d日") % {"month": day.month, "day": day.day}


def wall(at: datetime, zone: ZoneInfo) -> str:
    """`10:42` on the office's wall."""
    return f"{at.astimezone(zone):%H:%M}"


def day_name(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`3月24日 周二`; the year only when not this one."""
    day = at.astimezone(zone).date()
    return f"{day_words(day, now.astimezone(zone).date())} {weekday(day)}"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`3月24日 周二 10:42`, 24 hours; the year only when not this one."""
    return f"{day_name(at, now, zone)} {wall(at, zone)}"


def near(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`10:42` today, `昨天 08:40`, `明天 10:42`, else `3月31日 09:00`."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    words = {0: "", -1: _("昨天"), 1: _("明天")}
    name = words.get((here.date() - today).days, day_words(here.date(), today))
    return f"{name} {here:%H:%M}".strip()


def deadline(
    due: datetime, now: datetime, zone: ZoneInfo, *, name_today: bool = False, whole_day: bool = False
) -> str:
    """A due time as people say it: midnight is `24:00` of the day that ends (「5日前」 ends when the 4th ends).

    name_today: the word 今天 stands before a time of today. whole_day: a day further away is shown without its time.
    """
    here, today = due.astimezone(zone), now.astimezone(zone).date()
    if here.hour == here.minute == here.second == 0:
        day, clock = here.date() - DAY, "24:00"
    else:
        day, clock = here.date(), f"{here:%H:%M}"
    words = {0: _("今天") if name_today else "", -1: _("昨天"), 1: _("明天")}
    name = words.get((day - today).days)
    if name is None and whole_day:
        return day_words(day, today)
    return f"{day_words(day, today) if name is None else name} {clock}".strip()


def _hours_minutes(span: timedelta) -> str:
    minutes = span // MINUTE
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def left(span: timedelta) -> str:
    """`剩 00:47` under 24 hours, beyond it `剩 7天` (whole days). `span` is due minus now, rounded up to a minute."""
    span = -(-span // MINUTE) * MINUTE
    text = _hours_minutes(span) if span < DAY else _("%d天") % (span // DAY)
    return _("剩 %s") % text


def over(span: timedelta) -> str:
    """`超 00:26`, from a day on `超 26小时`, from two days on `超 3天`. `span` is now minus due, rounded down."""
    if span < DAY:
        text = _hours_minutes(span)
    elif span < 2 * DAY:
        text = _("%d小时") % (span // timedelta(hours=1))
    else:
        text = _("%d天") % (span // DAY)
    return _("超 %s") % text


def stopped(span: timedelta) -> str:
    """`停 2天`, under a day `停 03:20`."""
    return _("停 %s") % (_hours_minutes(span) if span < DAY else _("%d天") % (span // DAY))


def taken(span: timedelta) -> str:
    """`用时 8分`, `用时 2小时5分`, `用时 3天`."""
    minutes = span // MINUTE
    if span >= DAY:
        text = _("%d天") % (span // DAY)
    elif minutes >= 60 and minutes % 60:
        text = _("%(hours)d小时%(minutes)d分") % {"hours": minutes // 60, "minutes": minutes % 60}
    elif minutes >= 60:
        text = _("%d小时") % (minutes // 60)
    else:
        text = _("%d分") % minutes if minutes else _("不到1分")
    return _("用时 %s") % text


def running(span: timedelta) -> str:
    """`已 00:15`: how long the present step has lasted."""
    return _("已 %s") % (_hours_minutes(span) if span < DAY else _("%d天") % (span // DAY))
