"""What the components on the pages take: small frozen views, filled by page code and drawn by `templatetags/guanjia`.

They hold words that are ready to show. Nothing here knows a model or a rule; `/parts/` shows every one of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _


class Phase(StrEnum):
    """The six states of an obligation. The value is the name of its glyph and of its CSS class."""

    WAIT = "wait"  # its trigger has not happened
    OK = "ok"  # the clock runs
    SOON = "soon"  # a quarter of the limit or 30 minutes are left, whichever is longer
    OVER = "over"  # past its deadline
    PAUSE = "pause"  # stopped, with reason and approver
    DONE = "done"  # keeps the time taken


@dataclass(frozen=True)
class ClauseView:
    """A clause tag: manual short name and boxed number.

    own: the figure is the office's (本处设定); blank: the manual leaves it open and nobody set it (规程留空);
    href: the clause in the manual; "" draws no link.
    """

    manual: str
    number: str
    href: str = ""
    own: bool = False
    blank: bool = False


@dataclass(frozen=True)
class ClockView:
    """A state: glyph, headline and the absolute time under it. `clocks.clock` makes one from an obligation.

    due_at and soon_at let the browser keep it ticking; None for a state that does not tick.
    """

    phase: Phase
    headline: str
    detail: str = ""
    due_at: datetime | None = None
    soon_at: datetime | None = None
    whole_day: bool = False
    provisional: bool = False

    @property
    def glyph(self) -> str:
        """The icon of the state."""
        return f"s-{self.phase}"


@dataclass(frozen=True)
class QuotaView:
    """A count that must reach a number: `12/20`, the sum behind it, and where the date says it should be."""

    done: int
    due: int
    label: str
    sum_text: str = ""
    expected: int | None = None


@dataclass(frozen=True)
class ChipView:
    """An obligation: countdown, due time, verb-first duty, owner, clause. The stricter clause first, looser after it."""

    clock: ClockView
    label: str
    clauses: tuple[ClauseView, ...]
    owner: str = ""
    note: str = ""
    href: str = ""
    quota: QuotaView | None = None
    on_case: bool = True

    @property
    def edge(self) -> str:
        """CSS class of the edge: on-time duties get the brand edge on case pages only."""
        plain = self.clock.phase is Phase.OK
        return ("now" if self.on_case and not self.quota else "") if plain else str(self.clock.phase)


@dataclass(frozen=True)
class RowView:
    """A line of the worklist. `key` is unique on the page and stays the same between refreshes."""

    key: str
    clock: ClockView
    label: str
    detail: str
    where: str
    who: str
    owner: str
    clause: ClauseView
    href: str
    more_href: str = ""
    quota: QuotaView | None = None


@dataclass(frozen=True)
class GroupView:
    """Rows under one heading: 已超时 2, 今天 11, 本月."""

    title: str
    rows: tuple[RowView, ...]
    count: int | None = None


@dataclass(frozen=True)
class StepView:
    """One step of the stepper. state: ok (done), now, or "" (ahead)."""

    label: str
    state: str = ""
    note: str = ""


@dataclass(frozen=True)
class EventView:
    """One line of the timeline: actor first. icon is the name of an icon without `i-`."""

    at: datetime
    actor: str
    text: str
    icon: str = "check"
    note: str = ""


@dataclass(frozen=True)
class PriceLine:
    """One line of a quote. `quantity` is shown as given (`4`, `2.5`); amounts in fen."""

    name: str
    quantity: str
    measure: str
    unit_price_fen: int
    amount_fen: int


@dataclass(frozen=True)
class ProofView:
    """A proof beneath a quote: word (已告知), what, under which clause; done is false while it is still missing."""

    word: str
    text: str
    clause: ClauseView
    done: bool = True


@dataclass(frozen=True)
class QuoteView:
    """Price lines with their total and proofs."""

    lines: tuple[PriceLine, ...]
    total_fen: int
    proofs: tuple[ProofView, ...] = ()

    @property
    def rest_fen(self) -> int:
        """What the total holds beyond its lines; 0 without lines."""
        return max(self.total_fen - sum(line.amount_fen for line in self.lines), 0) if self.lines else 0


@dataclass(frozen=True)
class CopyView:
    """One copy (联): which, its paper (white, red, yellow), its department, who holds it, the stops ahead."""

    label: str
    paper: str
    department: str
    holder: str
    ahead: tuple[str, ...] = ()
    clock: ClockView | None = None

    @property
    def paper_word(self) -> str:
        """白, 红 or 黄: the colour is never said by colour alone."""
        return {"white": _("白"), "red": _("红"), "yellow": _("黄")}[self.paper]


@dataclass(frozen=True)
class PhotoView:
    """A photograph; alt says what it shows. pk: one that was sent with a form before and goes with it again."""

    src: str
    alt: str
    caption: str = ""
    full: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class ActionView:
    """A button of the action bar, made from the manual.

    source: manual and clause in words; blocked: why it is not possible now, "" when it is. kbd: its key (F9, F4).
    """

    key: str
    label: str
    href: str
    source: str = ""
    blocked: str = ""
    primary: bool = False
    kbd: str = ""
    last: bool = False


@dataclass(frozen=True)
class ChoiceView:
    """A choice of a field; hint is a second line (当班·手上1单), data-* values of price items in `extra`."""

    value: str
    label: str
    hint: str = ""
    extra: tuple[tuple[str, str], ...] = ()


# the kinds of the manual schema, and date, party and computed; sum, product, figures, table and computed are read-only
FIELD_KINDS = (
    "text", "long", "choice", "multi", "bool", "tick", "amount", "number", "sum", "time", "times", "date", "phone", "staff", "unit",
    "item", "supplier", "party", "lines", "list", "photos", "signature", "receipt", "items", "suppliers", "figures",
    "computed", "product", "department", "table", "checks", "case", "matters",
)  # fmt: skip
GROUP_KINDS = frozenset(
    {"choice", "multi", "checks", "matters", "bool", "lines", "items", "suppliers", "photos", "signature"}
)


def way_of_signing(way: str) -> str:
    """How a signature was given, in words."""
    words = {"screen": _("当面手写"), "paper": _("纸面已签"), "link": _("手机链接"), "refused": _("拒签")}
    return words.get(way, way)


@dataclass(frozen=True)
class FieldView:
    """A field of a generated form.

    key: name of the input. kind: one of FIELD_KINDS. value: what it holds, in the kind's own shape: text for most
    (`50.00` for amount, `2026-03-24T14:00` for time, one on a line for list), a tuple of values for multi, True or False for bool and tick,
    a tuple of dictionaries (name, qty, unit, price) for lines, items and suppliers, of PhotoView for photos.
    choices: for lines the price list (`extra`: unit, price). suffix: the measure behind a number (小时).
    allow: for signature the ways it may be given (screen, paper, link, refused); signer: the name printed under it.
    rules: JSON of what the field depends on in its own form (see static/web/depends.js), "" when on nothing;
    shown: whether it takes part as the form stands. warnings: what speaks against the action unless a reason stands here.
    filled_from: the item field of the same form whose price stands here until somebody types another.
    """

    key: str
    label: str
    kind: str = "text"
    required: bool = False
    value: object = ""
    choices: tuple[ChoiceView, ...] = ()
    error: str = ""
    help: str = ""
    suffix: str = ""
    placeholder: str = ""
    clause: ClauseView | None = None
    signer: str = ""
    allow: tuple[str, ...] = ()
    half: bool = False
    rules: str = ""
    shown: bool = True
    warnings: tuple[str, ...] = ()
    filled_from: str = ""
    matters: tuple[object, ...] = ()
    focus: bool = False

    def __post_init__(self) -> None:
        if self.kind not in FIELD_KINDS:
            raise ValueError(f"unknown field kind: {self.kind!r}")

    @property
    def group(self) -> bool:
        """Whether the kind has several inputs under one legend."""
        return self.kind in GROUP_KINDS

    @property
    def must(self) -> bool:
        """Whether the browser itself may insist on it: never when that hangs on what else is entered."""
        return self.required and not self.rules

    @property
    def ink(self) -> dict[str, str]:
        """The signature that was posted before, as the hidden inputs carry it; empty before that."""
        value = self.value if isinstance(self.value, dict) else {}
        strokes = value.get("strokes")
        return {
            "how": str(value.get("how") or ""),
            "name": str(value.get("name") or self.signer),
            "png": str(value.get("png") or ""),
            "strokes": json.dumps(strokes) if strokes else "",
        }

    @property
    def text_value(self) -> str:
        """The value as the inputs carry it."""
        return "" if self.value is None else str(self.value)

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """How a signature may be given, with words."""
        return tuple((way, way_of_signing(way)) for way in self.allow or ("screen",))

    @property
    def described_by(self) -> str:
        """The ids that describe the input, for aria-describedby."""
        parts = (("warn", self.warnings), ("help", self.help), ("error", self.error))
        return " ".join(f"f-{self.key}-{name}" for name, said in parts if said)


@dataclass(frozen=True)
class KpiView:
    """A target of a manual: value, verdict in words, the last twelve months, target, ratio, clause.

    series are the monthly values as drawn (None: no data), target on their scale; href: the cases behind the figure.
    """

    title: str
    value: str
    unit: str
    phase: Phase
    verdict: str
    clause: ClauseView
    target_text: str = ""
    ratio_text: str = ""
    series: tuple[float | None, ...] = ()
    target: float | None = None
    quota: QuotaView | None = None
    href: str = ""

    @property
    def glyph(self) -> str:
        """The icon of the verdict."""
        return f"s-{self.phase}"


@dataclass(frozen=True)
class RulerMark:
    """A due day of the month ruler; word says its state (已办, 待办, 今天到期); href: its case."""

    day: int
    phase: Phase
    word: str
    href: str = ""

    @property
    def glyph(self) -> str:
        """The icon of the mark."""
        return f"s-{self.phase}"


@dataclass(frozen=True)
class RulerRow:
    """One duty of the month: its marks, or a span of days, or a quota."""

    label: str
    period: str
    clause: ClauseView
    marks: tuple[RulerMark, ...] = ()
    span: tuple[int, int] | None = None
    quota: QuotaView | None = None


@dataclass(frozen=True)
class RulerView:
    """A month, one row a duty. `weekend` are the non-working days; today is 0 when the month is another one."""

    days: int
    rows: tuple[RulerRow, ...]
    today: int = 0
    weekend: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True)
class RungView:
    """A rung of the escalation ladder. state: "" (done), here, off (not reached)."""

    title: str
    text: str
    clause: ClauseView
    state: str = ""
    forks: tuple[tuple[str, str], ...] = ()
