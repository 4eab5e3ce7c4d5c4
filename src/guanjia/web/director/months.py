"""The month of a page: as the address writes it, in words, and the months that the tabs offer."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from guanjia.kernel.problem import Problem
from guanjia.reports import spans
from guanjia.web.doors import OfficeRequest
from guanjia.worktime.periods import period_key
from guanjia.worktime.periods import period_of as read_period


def today_of(request: OfficeRequest) -> date:
    """The day in the office."""
    return request.now.astimezone(request.zone).date()


def period_of(request: OfficeRequest) -> str:
    """The month of the address (`2026-03`), else this one."""
    text = request.GET.get("month", "")
    return checked(text) if text else f"{today_of(request):%Y-%m}"


def checked(period: str) -> str:
    """A month as it is written (`2026-03`). Raises Problem DATE_FORMAT."""
    try:
        return f"{date.fromisoformat(f'{period}-01'):%Y-%m}"
    except ValueError:
        raise Problem(
            "DATE_FORMAT", _("月份写得不对。"), _("请按 2026-03 的样子写。"), field="month"
        ) from None


def checked_span(period: str) -> str:
    """A week, month, quarter or year as it is written (`2026-W13`). Raises Problem NOT_FOUND."""
    try:
        return period_key(*read_period(period))
    except (ValueError, IndexError, OverflowError):
        raise Problem("NOT_FOUND", _("没有这个期间。"), _("请从统计表里点开。"), status=404) from None


def month_of(period: str) -> str:
    """The month in which a period ends."""
    return f"{spans.days(period)[1] - timedelta(days=1):%Y-%m}"


def months_before(period: str, count: int) -> list[str]:
    """The months up to a period, oldest first."""
    year, month = (int(part) for part in period.split("-"))
    found = []
    for back in range(count - 1, -1, -1):
        index = year * 12 + month - 1 - back
        found.append(f"{index // 12}-{index % 12 + 1:02d}")
    return found


def offered(request: OfficeRequest, period: str) -> list[tuple[str, str]]:
    """(month, in words) of the tabs: the last three, and the one that is shown."""
    today = today_of(request)
    recent = months_before(f"{today:%Y-%m}", 3)
    return [(one, month_words(one, today)) for one in sorted({period, *recent})]


def month_words(period: str, today: date) -> str:
    """`3月`; with the year when it is not this one."""
    year, month = (int(part) for part in period.split("-"))
    if year == today.year:
        return _("%s月") % month
    return _("%(year)s年%(month)s月") % {"year": year, "month": month}


def span_words(period: str, today: date) -> str:
    """A week as its days, a month, quarter or year by name."""
    first, kind = read_period(period)
    if kind == "month":
        return month_words(period, today)
    if kind == "year":
        return _("%s年") % first.year
    if kind in ("quarter", "half-year"):
        said = _("%(year)s年第%(n)s季度") if kind == "quarter" else _("%(year)s年第%(n)s个半年")
        return said % {"year": first.year, "n": period[-1]}
    last = spans.days(period)[1] - timedelta(days=1)
    return f"{first:%Y-%m-%d}" if kind == "day" else f"{first:%Y-%m-%d} – {last:%m-%d}"
