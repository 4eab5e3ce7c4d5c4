"""Small inline SVG pieces: quota bars, load bars, the lanes of the month ruler, the phone's countdown ring."""

from __future__ import annotations

import math

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from guanjia.web.components import QuotaView, RulerRow, RulerView

BED = mark_safe('<rect class="bed" y="10" width="86%" height="8" rx="4"/>')  # noqa: S308


def _percent(part: float, whole: float) -> str:
    return f"{min(max(part / whole, 0.0), 1.0) * 100 if whole else 0:.2f}%"


def quota_words(quota: QuotaView) -> str:
    """`业户访问：已办12，应办20，按日期应到16`: what the bar says, for those who do not see it."""
    words = _("%(label)s：已办%(done)d，应办%(due)d") % {
        "label": quota.label,
        "done": quota.done,
        "due": quota.due,
    }
    return words + (_("，按日期应到%d") % quota.expected if quota.expected is not None else "")


def track(quota: QuotaView) -> SafeString:
    """The bar of a quota in a line of text."""
    return format_html(
        '<svg class="track" width="100%" height="8" role="img" aria-label="{}">'
        '<rect class="bed" width="100%" height="8" rx="4"/><rect class="a" width="{}" height="8" rx="4"/></svg>',
        quota_words(quota), _percent(quota.done, quota.due),
    )  # fmt: skip


def quota_bar(quota: QuotaView) -> SafeString:
    """The bar of a quota on a KPI tile: with a tick and a word where the date says one should be."""
    mark: SafeString | str = ""
    if quota.expected is not None:
        at = _percent(quota.expected, quota.due)
        share = quota.expected / quota.due if quota.due else 0
        anchor = "start" if share < 0.12 else "end" if share > 0.88 else "middle"
        mark = format_html(
            '<rect class="tick" x="{at}" y="0" width="2" height="14"/>'
            '<text x="{at}" y="28" text-anchor="{anchor}">{text}</text>',
            at=at, anchor=anchor, text=_("应到%d") % quota.expected,
        )  # fmt: skip
    return format_html(
        '<svg class="chart qbar" width="100%" height="36" role="img" aria-label="{}">'
        '<rect class="bed" y="3" width="100%" height="8" rx="4"/><rect class="a" y="3" width="{}" height="8" rx="4"/>{}</svg>',
        quota_words(quota), _percent(quota.done, quota.due), mark,
    )  # fmt: skip


def load_bar(value: int, largest: int) -> SafeString:
    """A bar beside a figure that stands in the same row; hidden from those who do not see it."""
    return format_html(
        '<svg class="load-bar" width="100%" height="10" aria-hidden="true"><rect class="a" width="{}" height="10" rx="2"/></svg>',
        _percent(value, largest),
    )


def lane(row: RulerRow, ruler: RulerView) -> SafeString:
    """What lies under the marks of a ruler row: today's line, a span between two days, or a quota bar."""

    def middle(day: int) -> str:
        return _percent(day - 0.5, ruler.days)

    parts = []
    if row.quota:
        parts.append(BED)
        parts.append(
            format_html(
                '<rect class="a" y="10" width="{}" height="8" rx="4"/><text x="98%" y="19" text-anchor="end" class="d">{}/{}</text>',
                _percent(row.quota.done * 0.86, row.quota.due),
                row.quota.done,
                row.quota.due,
            )  # fmt: skip
        )
    if row.span:
        first, last = row.span
        parts.append(
            format_html('<line class="span" x1="{}" x2="{}" y1="14" y2="14"/>', middle(first), middle(last))
        )
    if ruler.today:
        parts.append(
            format_html('<line class="today" x1="{0}" x2="{0}" y1="0" y2="29"/>', middle(ruler.today))
        )
    inside = format_html_join("", "{}", ((part,) for part in parts))
    if row.quota:
        return format_html(
            '<svg class="chart under" width="100%" height="29" role="img" aria-label="{}">{}</svg>',
            quota_words(row.quota),
            inside,
        )
    return format_html(
        '<svg class="chart under" width="100%" height="29" aria-hidden="true">{}</svg>', inside
    )


RING = 2 * math.pi * 38


def ring(share: float) -> SafeString:
    """The phone's countdown ring: share of the limit that is left, 0 to 1. The browser keeps it turning."""
    gone = (1 - min(max(share, 0.0), 1.0)) * RING
    return format_html(
        '<svg class="ring" viewBox="0 0 88 88" width="88" height="88" aria-hidden="true">'
        '<circle class="bed" cx="44" cy="44" r="38"/>'
        '<circle class="left" cx="44" cy="44" r="38" stroke-dasharray="{}" stroke-dashoffset="{}" transform="rotate(-90 44 44)"/></svg>',
        f"{RING:.1f}", f"{gone:.1f}",
    )  # fmt: skip
