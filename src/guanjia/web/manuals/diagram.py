"""A procedure as a drawing: inline SVG made on the server, without script and without inline style.

One column of boxes in the order of `flow.Graph`. An action that leads to the next box is an arrow straight down with
its name beside it. Any other starts as a line of words to the right of its box and runs to the lane of its target: all
arrows into one state share one lane, so that lines meet and never lie on each other. Words stand left of all lanes:
nothing can cover them. Colours and weights come from classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from guanjia.web.manuals.flow import Edge, Graph, Node

BOX, WORDS_GAP = 148, 22
HEAD, ROW, TAIL, GAP, LANE = 34, 22, 8, 16, 15
TOP = 10


def _n(value: float) -> str:
    """A coordinate."""
    return f"{value:.1f}"


@dataclass
class Placed:
    """A node with its place: left, top, bottom, the arrows straight down out of it, those that go by a lane and what
    stands beside those."""

    node: Node
    left: float
    top: float = 0
    bottom: float = 0
    down: list[Edge] = field(default_factory=list)
    aside: list[Edge] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    @property
    def right(self) -> float:
        """The right side of the box."""
        return self.left + BOX

    @property
    def entry(self) -> float:
        """Where arrows come in."""
        return self.top + HEAD / 2


@dataclass(frozen=True)
class Bus:
    """The lane of a target: from which lines it is fed, and which lane from the left it has."""

    target: Placed
    rows: tuple[float, ...]
    lane: int

    @property
    def span(self) -> tuple[float, float]:
        """From where to where it runs."""
        marks = (*self.rows, self.target.entry)
        return min(marks), max(marks)


def draw(graph: Graph, key: str, title: str) -> SafeString:
    """The drawing. key: unique on the page; the text alternative says how many states and arrows there are."""
    placed = _place(graph)
    if not placed:
        return SafeString("")
    reach = (
        placed[0].right + WORDS_GAP + max((_width(row) for one in placed for row in one.rows), default=0) + 14
    )
    buses = _buses(placed)
    width = reach + (max((bus.lane for bus in buses), default=-1) + 1) * LANE + 12
    height = placed[-1].bottom + TOP
    parts = [_bus(bus, placed, reach) for bus in buses]
    parts += [_node(one) for one in placed]
    parts += [_down(one, after) for one, after in zip(placed, placed[1:], strict=False)]
    return format_html(
        '<svg class="flow" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-labelledby="{k}-t {k}-d">'
        '<title id="{k}-t">{t}</title><desc id="{k}-d">{d}</desc>{b}</svg>',
        w=f"{width:.0f}", h=f"{height:.0f}", k=key, t=title, d=_finding(graph), b=_join(parts),
    )  # fmt: skip


def _finding(graph: Graph) -> str:
    states = [node for node in graph.nodes if node.kind not in ("start", "any")]
    return _("%(states)s 个状态，%(edges)s 条去路；图下有文字清单。") % {
        "states": len(states),
        "edges": len(graph.edges),
    }


# ---------------------------------------------------------------- places


def _place(graph: Graph) -> list[Placed]:
    left = 24 + max((_width(node.stage) for node in graph.nodes), default=0)
    found = [Placed(node, left) for node in graph.nodes]
    names = {node.key: node.label for node in graph.nodes}
    y: float = TOP
    for index, one in enumerate(found):
        following = found[index + 1].node.key if index + 1 < len(found) else None
        for edge in graph.edges:
            if edge.source == one.node.key:
                (one.down if edge.target == following else one.aside).append(edge)
        one.rows = [f"{edge.label} → {names[edge.target]}" for edge in one.aside]
        rows = max(len(one.rows), 1 if one.node.staying else 0)
        one.top = y
        one.bottom = y + (HEAD + rows * ROW + TAIL if rows else HEAD)
        y = one.bottom + max(GAP, len(one.down) * ROW + GAP)
    return found


def _width(text: str) -> float:
    """A generous width of a text at 13 px; edges also name where they lead."""
    return sum(13.2 if ord(char) > 0x2E7F else 7.4 for char in text)


def _row_y(one: Placed, index: int) -> float:
    return one.top + HEAD + index * ROW + ROW / 2 - 2


def _buses(placed: list[Placed]) -> list[Bus]:
    """One lane a target; short ones on the inside, none over another."""
    fed: dict[str, list[float]] = {}
    for one in placed:
        for index, edge in enumerate(one.aside):
            fed.setdefault(edge.target, []).append(_row_y(one, index))
    by_key = {one.node.key: one for one in placed}
    wanted = [Bus(by_key[key], tuple(rows), -1) for key, rows in fed.items()]
    wanted.sort(key=lambda bus: (bus.span[1] - bus.span[0], bus.span[0]))
    lanes: list[list[tuple[float, float]]] = []
    found = []
    for bus in wanted:
        low, high = bus.span
        free = next(
            (n for n, taken in enumerate(lanes) if all(high < a - 6 or low > b + 6 for a, b in taken)),
            len(lanes),
        )
        if free == len(lanes):
            lanes.append([])
        lanes[free].append((low, high))
        found.append(Bus(bus.target, bus.rows, free))
    return found


# ---------------------------------------------------------------- drawing


def _join(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _node(one: Placed) -> SafeString:
    node = one.node
    if node.kind == "start":
        return format_html(
            '<circle class="dot" cx="{}" cy="{}" r="7"/>', _n(one.left + BOX / 2), _n(one.entry)
        )
    shape = format_html(
        '<rect class="box {}" x="{}" y="{}" width="{}" height="{}" rx="6"/>',
        node.kind, _n(one.left), _n(one.top), BOX, _n(one.bottom - one.top),
    )  # fmt: skip
    texts = [_text(one.left + 12, one.top + 22, node.label or _("任何未办结状态"), "name")]
    if node.stage:
        texts.append(_text(one.left - 12, one.top + 22, node.stage, "stage", "end"))
    if node.staying:
        texts.append(_text(one.left + 12, one.top + 44, _("另有 %s 个动作") % node.staying, "stay"))
    for index, row in enumerate(one.rows):
        texts.append(_text(one.right + WORDS_GAP, _row_y(one, index) + 4.5, row, "say"))
    return format_html("<g>{}{}</g>", shape, _join(texts))


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', kind, _n(x), _n(y), anchor, text
    )


def _arrow(x: float, y: float, way: str) -> SafeString:
    corners = {
        "down": ((x, y), (x - 4.5, y - 8), (x + 4.5, y - 8)),
        "left": ((x, y), (x + 8, y - 4.5), (x + 8, y + 4.5)),
    }[way]
    points = " ".join(f"{_n(a)},{_n(b)}" for a, b in corners)
    return format_html('<polygon class="tip" points="{}"/>', points)


def _down(one: Placed, after: Placed) -> SafeString:
    """The arrow straight down to the next box, with the names of its actions beside it."""
    if not one.down:
        return SafeString("")
    x = one.left + BOX / 2
    begin = one.entry + 7 if one.node.kind == "start" else one.bottom
    line = format_html('<path class="line" d="M{} {}V{}"/>', _n(x), _n(begin), _n(after.top - 7))
    said = [
        _text(x + 14, one.bottom + GAP / 2 + index * ROW + 14, edge.label, "say")
        for index, edge in enumerate(one.down)
    ]
    return format_html("<g>{}{}{}</g>", line, _arrow(x, after.top, "down"), _join(said))


def _bus(bus: Bus, placed: list[Placed], reach: float) -> SafeString:
    """The lane of a target with the lines that feed it; a dot stands where a line joins."""
    x, right = reach + bus.lane * LANE, bus.target.right
    low, high = bus.span
    lines = [f"M{_n(x)} {_n(low)}V{_n(high)}", f"M{_n(x)} {_n(bus.target.entry)}H{_n(right + 7)}"]
    dots = []
    for one in placed:
        for index, edge in enumerate(one.aside):
            if edge.target == bus.target.node.key:
                y, begin = _row_y(one, index), right + WORDS_GAP + _width(one.rows[index]) + 4
                lines.append(f"M{_n(right)} {_n(y)}h{WORDS_GAP - 4}M{_n(begin)} {_n(y)}H{_n(x)}")
                dots.append((_n(x), _n(y)))
    return format_html(
        '<g class="bus"><title>{}</title><path class="line" d="{}"/>{}{}</g>',
        _("到「%s」") % bus.target.node.label, "".join(lines),
        format_html_join("", '<circle class="join" cx="{}" cy="{}" r="2.5"/>', dots),
        _arrow(right, bus.target.entry, "left"),
    )  # fmt: skip
