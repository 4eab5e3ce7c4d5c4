"""What templates use: words for times and money, and the components. Everything it draws stands on `/parts/`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guanjia.engine.preview import Clock
from guanjia.estate import phones
from guanjia.kernel import money as fen_words
from guanjia.staff import rules
from guanjia.web import bars, charts, display, office, shell
from guanjia.web.bridge import words
from guanjia.web.components import (
    ActionView,
    ChipView,
    ClauseView,
    ClockView,
    CopyView,
    EventView,
    FieldView,
    GroupView,
    KpiView,
    PhotoView,
    QuotaView,
    QuoteView,
    RulerView,
    RungView,
    StepView,
)
from guanjia.web.empty import EmptyView

register = template.Library()
Context = dict[str, Any]


def _zone() -> ZoneInfo:
    """The zone in force: `office_page` sets the office's."""
    return ZoneInfo(timezone.get_current_timezone_name())


# ---------------------------------------------------------------- words


@register.filter
def moment(at: datetime | None) -> str:
    """`3月24日 周二 10:42`; the year only when not this one."""
    return display.moment(at, office.now(), _zone()) if at else ""


@register.filter
def near(at: datetime | None) -> str:
    """`10:42` today, `昨天 08:40`, else `3月31日 09:00`."""
    return display.near(at, office.now(), _zone()) if at else ""


@register.filter
def wall(at: datetime | None) -> str:
    """`10:42`."""
    return display.wall(at, _zone()) if at else ""


@register.filter
def by_when(due: datetime, whole_day: bool = False) -> str:
    """`10:52 前`: a due time as a promise; `3月31日 前` when whole days count."""
    return _("%s 前") % display.deadline(due, office.now(), _zone(), whole_day=whole_day)


@register.filter
def dayname(at: datetime | None) -> str:
    """`3月24日 周二`."""
    return display.day_name(at, office.now(), _zone()) if at else ""


@register.filter
def sheet_date(at: datetime | None) -> str:
    """`2026-03-24` for tables."""
    return f"{at.astimezone(_zone()):%Y-%m-%d}" if at else ""


@register.filter
def stamp(at: datetime | None) -> str:
    """The instant for machines: `2026-03-24T02:42:00+00:00`."""
    return at.isoformat(timespec="seconds") if at else ""


@register.filter
def money(fen: int | None) -> str:
    """`¥1,280.00` for 128000 fen."""
    return "" if fen is None else fen_words.yuan_sign(fen)


@register.filter
def yuan(fen: int | None) -> str:
    """`1,280.00` for 128000 fen, where 元 stands in the head of the table."""
    return "" if fen is None else fen_words.yuan(fen)


@register.filter
def in_words(fen: int | None) -> str:
    """`壹仟贰佰捌拾元整` for 128000 fen."""
    return "" if fen is None else fen_words.in_words(fen)


@register.filter
def masked(number: str) -> str:
    """`139****5678`."""
    return phones.mask(number)


@register.filter
def masked_address(address: str) -> str:
    """An e-mail address as a page shows it: `w***@example.com`."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}"


@register.filter
def spaced(number: str) -> str:
    """`138 0000 1234`."""
    return phones.spaced(number)


@register.simple_tag(takes_context=True)
def may(context: Context, permission: str) -> bool:
    """Whether the roles of the person at the page carry a permission: `{% may "see_arrears" as dun %}`. No query."""
    return bool(rules.PERMISSIONS[permission] & getattr(context["request"], "roles", frozenset()))


@register.simple_tag
def html_lang() -> str:
    """The language of the page for its `lang` attribute."""
    return {"zh-hans": "zh-CN"}.get(get_language() or "", get_language() or "zh-CN")


@register.simple_tag
def now_stamp() -> str:
    """The server's moment, so that the browser's clock need not be right."""
    return office.now().isoformat(timespec="milliseconds")


@register.simple_tag
def now_moment() -> datetime:
    """The server's moment."""
    return office.now()


@register.simple_tag
def icon(name: str, size: str = "", word: str = "") -> SafeString:
    """An icon that takes the colour of the text; with a word it speaks for itself, otherwise text stands beside it."""
    classes = f"i i-{name} {size}".strip()
    if word:
        return format_html('<i class="{}" role="img" aria-label="{}"></i>', classes, word)
    return format_html('<i class="{}" aria-hidden="true"></i>', classes)


# ---------------------------------------------------------------- frame


@register.simple_tag
def door_address(name: str) -> str:
    """The address of a door by its name, or "" while it is not built."""
    return shell.address(name)


@register.simple_tag(takes_context=True)
def export_address(context: Mapping[str, Any], name: str, first: str, kind: str, second: str = "") -> str:
    """The address of an export with the search and month of the page; `first` and `second`, if there are such, come
    before the kind."""
    args = [one for one in (first, second, kind) if one]
    query = context["request"].GET.urlencode()
    return reverse(name, args=args) + (f"?{query}" if query else "")


@register.inclusion_tag("web/parts/rail.html", takes_context=True)
def rail(context: Mapping[str, Any], area: str = "") -> Context:
    """The navigation at the left, with badges that count overdue things only."""
    return {"entries": shell.entries(context["request"], area)}


# ---------------------------------------------------------------- parts


@register.inclusion_tag("web/parts/clause.html")
def clause(view: ClauseView | None) -> Context:
    """Manual short name and boxed number; dashed 本处设定, amber 规程留空."""
    return {"c": view}


@register.inclusion_tag("web/parts/clause.html")
def clause_of(clock: Clock) -> Context:
    """The clause of an obligation that would start."""
    view = words.clause_view(clock.compiled, clock.clause, own=clock.own_figure, blank=not clock.limit)
    return {"c": view}


@register.filter
def limit_of(clock: Clock) -> str:
    """`15分钟内` for 15m, in the words of its manual; an open limit has no words of its own."""
    return words.limit_words(clock.limit, clock.compiled) or _("尽快")


@register.filter
def event_words(event: str) -> str:
    """An event of the shared vocabulary."""
    return words.event_words(event)


@register.inclusion_tag("web/parts/state.html")
def state(clock: ClockView, pill: bool = False) -> Context:
    """Glyph, word and colour of a state; it ticks when the clock has a due time."""
    return {"k": clock, "pill": pill}


@register.inclusion_tag("web/parts/chip.html")
def chip(view: ChipView) -> Context:
    """An obligation with countdown, due time, duty, owner, clause."""
    return {"o": view, "track": bars.track(view.quota) if view.quota else ""}


@register.inclusion_tag("web/parts/quota.html")
def quota(view: QuotaView) -> Context:
    """The bar of a quota with `12/20`."""
    return {"q": view, "track": bars.track(view)}


@register.inclusion_tag("web/parts/worklist.html")
def worklist(groups: Iterable[GroupView]) -> Context:
    """Rows by due time under their group headings."""
    return {"groups": groups}


@register.inclusion_tag("web/parts/stepper.html")
def stepper(steps: Iterable[StepView]) -> Context:
    """The steps of the procedure."""
    return {"steps": steps}


@register.inclusion_tag("web/parts/timeline.html")
def timeline(events: Iterable[EventView]) -> Context:
    """What happened, newest first; append-only."""
    return {"events": events, "today": sheet_date(office.now())}


@register.inclusion_tag("web/parts/quote.html")
def price_table(view: QuoteView) -> Context:
    """Price lines, total with 大写, proofs."""
    return {"q": view}


@register.inclusion_tag("web/parts/copies.html")
def copies(slips: Iterable[CopyView]) -> Context:
    """The copies of a slip (三联) in their paper colours."""
    return {"copies": slips}


@register.inclusion_tag("web/parts/photos.html")
def photos(pictures: Iterable[PhotoView], add: str = "") -> Context:
    """A grid of photographs; `add` is the address of the add tile, which comes last."""
    return {"photos": pictures, "add": add}


@register.inclusion_tag("web/parts/actions.html")
def actions(offers: Iterable[ActionView], source: str = "", stage: str = "") -> Context:
    """The sticky action bar of a case."""
    return {"offers": offers, "stage": stage, "source": source}


@register.inclusion_tag("web/parts/ladder.html")
def ladder(rungs: Iterable[RungView]) -> Context:
    """The escalation ladder."""
    return {"rungs": rungs}


@register.inclusion_tag("web/parts/kpi.html")
def kpi(view: KpiView) -> Context:
    """A target tile: value, verdict, twelve months, target, ratio, clause."""
    over = view.phase == "over"
    drawing = bars.quota_bar(view.quota) if view.quota else charts.spark(view.series, view.target, over=over)
    return {"k": view, "drawing": drawing}


@register.inclusion_tag("web/parts/ruler.html")
def month_ruler(view: RulerView) -> Context:
    """One row a duty, a column a day, a mark on the due day, the clause at the end."""
    return {
        "r": view,
        "days": range(1, view.days + 1),
        "rows": [(row, bars.lane(row, view)) for row in view.rows],
    }


@register.inclusion_tag("web/parts/empty.html")
def empty_state(view: EmptyView) -> Context:
    """What a list shows instead of rows: all done, loading, trouble, offline."""
    return {"e": view}


@register.simple_tag
def load_bar(value: int, largest: int) -> SafeString:
    """A bar beside a figure of the same row."""
    return bars.load_bar(value, largest)


@register.simple_tag
def ring(share: float) -> SafeString:
    """The phone's countdown ring."""
    return bars.ring(share)


@register.inclusion_tag("web/parts/field.html")
def field(view: FieldView, phone: bool = False) -> Context:
    """A field of a generated form: label above, 必填 as a word, error below with its icon."""
    return {
        "f": view,
        "phone": phone,
        "template": f"web/fields/{FIELD_TEMPLATES.get(view.kind, 'input')}.html",
    }


FIELD_TEMPLATES = {
    "long": "long",
    "list": "long",
    "times": "long",
    "choice": "choice",
    "multi": "multi",
    "checks": "multi",
    "matters": "matters",
    "bool": "bool",
    "tick": "tick",
    "staff": "select",
    "department": "select",
    "party": "select",
    "supplier": "select",
    "lines": "lines",
    "items": "items",
    "suppliers": "suppliers",
    "photos": "photos",
    "signature": "signature",
    "computed": "computed",
    "sum": "computed",
    "product": "computed",
    "table": "computed",
    "figures": "computed",
}


@register.filter
def input_type(view: FieldView) -> str:
    """The type of the plain inputs."""
    return {"time": "datetime-local", "date": "date", "phone": "tel"}.get(view.kind, "text")


@register.filter
def input_mode(view: FieldView) -> str:
    """Which keyboard a phone shows."""
    return {"amount": "decimal", "number": "numeric", "phone": "tel"}.get(view.kind, "")
