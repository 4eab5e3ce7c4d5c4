"""The month of a page: as the address writes it, in words, and the months that the tabs offer."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from guanjia.kernel.problem import Problem
from guanjia.web.doors import OfficeRequest


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
