"""The page of what several households complain of: who is owed what, household by household, and the ladder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.cases import together
from guanjia.cases.models import Case, Event
from guanjia.engine import alike, tying
from guanjia.engine.offering import CaseView, view_of
from guanjia.estate import phones
from guanjia.estate.models import Unit
from guanjia.kernel.moments import from_iso
from guanjia.kernel.problem import Problem
from guanjia.obligations.models import Obligation, State
from guanjia.policy.schema import Action
from guanjia.policy.vocabulary import CHANNELS
from guanjia.records.report import Block, Cell, Column, Report, Table
from guanjia.staff import rules
from guanjia.web import display, exports
from guanjia.web.bridge import duties, gathering, seen, words
from guanjia.web.bridge.gathering import AlikeView
from guanjia.web.case.ladder import rungs
from guanjia.web.components import ClauseView, ClockView, Phase, RungView
from guanjia.web.doors import OfficeRequest, office_page

# what each household is owed: the events that settle it
OWED: Mapping[str, frozenset[str]] = {
    "agreed": frozenset({"promised", "appointed"}),
    "visit": frozenset({"visited"}),
    "written": frozenset({"answered"}),
    "signature": frozenset({"signed", "signing_refused"}),
}


@dataclass(frozen=True)
class CellView:
    """What a household is owed: a clock, or words; href leads to the action that settles it."""

    clock: ClockView | None = None
    text: str = ""
    href: str = ""


@dataclass(frozen=True)
class ComplaintView:
    """One complaint of a household: when and how it came, and its words."""

    case: Case
    came: str
    words: str


@dataclass(frozen=True)
class HouseholdView:
    """A row of the matrix: a household with all that it complained of, the first first. mark: 第一户, 第五户."""

    case: Case
    who: str
    phone: str
    mark: str
    complaints: tuple[ComplaintView, ...]
    cells: tuple[CellView, ...]

    @property
    def headed(self) -> list[tuple[str, CellView]]:
        """Each cell with the head of its column, for a screen too narrow for columns."""
        return list(zip(heads(), self.cells, strict=True))


@dataclass(frozen=True)
class TogetherView:
    """The whole of it. about: where it is and what the first household said, with labels. count: how many complaints the households made. shown: the obligations that stand in the matrix
    and need no line of their own: done, or without a time by which they are due. rule: how it came to be collective, in words; clause: of that rule."""

    rule: str
    text: str
    clause: ClauseView | None
    about: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    rows: tuple[HouseholdView, ...]
    count: int
    done: tuple[tuple[str, int, int], ...]
    ladder: tuple[RungView, ...]
    outside: tuple[AlikeView, ...]
    joins: bool
    takes_out: bool
    shown: frozenset[int]

    @property
    def more(self) -> bool:
        """Whether a household complained more than once."""
        return self.count > len(self.rows)


def heads() -> tuple[str, ...]:
    """The columns in words."""
    return (_("约定答复时间"), _("上门答复"), _("书面答复"), _("签字"))


def gather(request: OfficeRequest, view: CaseView, events: Sequence[Event]) -> TogetherView | None:
    """What the page of a collective case shows besides; None for any other case."""
    case = view.case
    if case.category != alike.COLLECTIVE:
        return None
    mine = seen.sight(request)
    children = [one for one in together.children(case) if mine.shows(one.number)]
    kept = mine.kept(children)
    seen.veiled(request, children)
    matrix = Matrix(request, view, events, kept)
    counted = alike.counted_of(view.adopted[0])
    rows = tuple(matrix.rows(children, counted))
    titles = heads()
    done = tuple((title, *_tally(row.cells[n].clock for row in rows)) for n, title in enumerate(titles))
    rule, text, clause = _rule(request, view, children, counted)
    codes = {one.unit.code for one in children if one.unit}
    may = rules.can_register(request.user, request.office, request.now)
    outside = alike.still_outside(case, request.now) if case.closed_at is None and mine.whole else ()
    hidden = mine.kept(one.case for one in outside)
    return TogetherView(
        rule, text, clause, tuple(_about(children, rows)), titles, rows, len(children), done,
        ladder=tuple(rungs(view, events, request.now, request.zone, codes)),
        outside=tuple(gathering.row_of(one, kept=one.case.pk in hidden) for one in outside),
        joins=may and _possible(view, "link"),
        takes_out=may and _possible(view, "unlink"),
        shown=matrix.shown(codes),
    )  # fmt: skip


def _possible(view: CaseView, effect: str) -> bool:
    """Whether the person at the page may do the action of the manual that joins a case, or takes one out."""
    action = tying.action_with(view.case, effect)
    return action is not None and any(one.possible and one.action.key == action.key for one in view.offers)


def _tally(clocks: Iterable[ClockView | None]) -> tuple[int, int]:
    """How many are done, of how many that are owed."""
    found = [clock.phase for clock in clocks if clock is not None]
    return found.count(Phase.DONE), len(found)


def _rule(
    request: OfficeRequest, view: CaseView, children: Sequence[Case], counted: int | None
) -> tuple[str, str, ClauseView | None]:
    """How many households in which time, against the manual's figure; its clause in words."""
    compiled = view.adopted[0].compiled
    figure = next((one for one in compiled.manual.figure if one.key == alike.FROM), None)
    clause = words.clause_view(compiled, figure.clause) if figure else None
    text = compiled.clauses.get(figure.clause, "") if figure else ""
    homes = {one.unit_id for one in children} - {None}
    if not children:
        return _("还没有并入投诉。"), text, clause
    first, last = (
        display.near(one.opened_at, request.now, request.zone) for one in (children[0], children[-1])
    )
    said = _("%(first)s 到 %(last)s 有 %(n)s 户投诉") % {"first": first, "last": last, "n": len(homes)}
    became = (view.facts.get("events") or {}).get("became_collective", {}).get("first_at")
    if became:
        at = display.near(from_iso(became), request.now, request.zone)
        return _("%(at)s 认定为集体投诉：%(said)s。") % {"at": at, "said": said}, text, clause
    short = (counted or 0) - len(homes)
    rest = _("，还差 %s 户算集体投诉") % short if short > 0 else ""
    return f"{said}{rest}。", text, clause


def _about(children: Iterable[Case], rows: Sequence[HouseholdView]) -> Iterator[tuple[str, str]]:
    """Where it is, and what the first household said of it: the matter of all, as the first to speak put it."""
    places = dict.fromkeys(_place(one.unit) for one in children if one.unit)
    if places:
        yield _("地点"), "、".join(places)
    if rows:
        first, said = rows[0], rows[0].complaints[0]
        who = " ".join(one for one in (first.case.unit.code if first.case.unit else "", first.who) if one)
        yield _("第一户"), f"{who} {said.came}：{said.words}".strip()


def _place(unit: Unit) -> str:
    """The building and the stair of a unit."""
    return f"{unit.building.name} {unit.stair}单元" if unit.stair else unit.building.name


class Matrix:
    """Household by what is owed to it, as the manual, the timeline and each complaint's own course say."""

    def __init__(
        self, request: OfficeRequest, view: CaseView, events: Sequence[Event], kept: Collection[int]
    ) -> None:
        self.request, self.view, self.kept = request, view, kept
        self.events = sorted(events, key=lambda event: event.seq)
        self.owed: dict[tuple[str, str], Obligation] = {}
        for row in sorted(view.owed, key=lambda row: (row.opened_at, row.pk)):
            if row.subject and row.state != State.CANCELLED:
                self.owed[row.key, row.subject] = row
        self.keys = {column: self._keys(stops) for column, stops in OWED.items()}
        self.actions = {column: self._action(stops) for column, stops in OWED.items()}
        self.phones = rules.reads_phones(request.roles)

    def _keys(self, stops: frozenset[str]) -> list[str]:
        """The obligations of the manuals that are counted by household and end with one of the events."""
        return [
            key
            for one in self.view.adopted
            for key, found in one.compiled.obligations.items()
            if found.definition.subject and stops & set(found.stop)
        ]

    def _action(self, stops: frozenset[str]) -> tuple[Action, str] | None:
        """The action that can be done now for one household, and its field for the household."""
        for offer in self.view.offers:
            emits = {*offer.action.emits, *(event for way in offer.action.outcome for event in way.emits)}
            field = next((one.key for one in offer.action.field if one.kind == "unit"), "")
            if offer.possible and field and emits & stops:
                return offer.action, field
        return None

    def shown(self, codes: frozenset[str] | set[str]) -> frozenset[int]:
        """What is owed to the households of these codes and is done, or due at no time."""
        keys = {key for found in self.keys.values() for key in found}
        return frozenset(
            row.pk
            for row in self.view.owed
            if row.key in keys and row.subject in codes and (row.closed_at or row.due_at is None)
        )

    def rows(self, children: Iterable[Case], counted: int | None) -> Iterator[HouseholdView]:
        """A row for each household, in the order in which they came; a complaint of no household has its own."""
        homes: dict[object, list[Case]] = {}
        for child in children:
            homes.setdefault(child.unit_id or f"case {child.pk}", []).append(child)
        for n, mine in enumerate(homes.values(), start=1):
            first = mine[0]
            named = [one.facts for one in mine if one.pk not in self.kept]
            phone = next((str(one["contact_phone"]) for one in named if one.get("contact_phone")), "")
            name = next((str(one["contact_name"]) for one in named if one.get("contact_name")), "")
            yield HouseholdView(
                case=first,
                who=str(first.party or name),
                phone=phones.mask(phone) if phone and self.phones else "",
                mark=_("第一户") if n == 1 else _("第 %s 户") % n if n == counted else "",
                complaints=tuple(self._complaint(one) for one in mine),
                cells=tuple(self._cell(mine, column) for column in OWED),
            )

    def _complaint(self, child: Case) -> ComplaintView:
        came = display.near(child.opened_at, self.request.now, self.request.zone)
        words_ = child.subject if child.pk in self.kept else str(child.facts.get("matter") or child.subject)
        return ComplaintView(child, f"{came} {CHANNELS.get(child.channel, '')}".strip(), words_)

    def _cell(self, mine: Sequence[Case], column: str) -> CellView:
        child = mine[0]
        code = child.unit.code if child.unit else ""
        rows = [self.owed[key, code] for key in self.keys[column] if (key, code) in self.owed]
        line = self._line(code, OWED[column])
        open_rows = [row for row in rows if row.state in (State.OPEN, State.PAUSED)]
        if line is not None and not open_rows:
            return CellView(self._done(line, rows))
        if rows:
            urgent = min(open_rows or rows, key=lambda row: (row.due_at is None, row.due_at or row.opened_at))
            clock = duties.clock_of(urgent, self.request.now, self.request.zone)
            return CellView(clock, href=self._href(column, code))
        if own := next((cell for one in mine if (cell := self._own(one, column))), None):
            return own
        if column == "written" or not code:
            return CellView(text=_("不需要") if code else "–")
        return CellView(
            text=_("待办") if self.actions[column] or self.keys[column] else "–",
            href=self._href(column, code),
        )

    def _done(self, line: Event, rows: Sequence[Obligation]) -> ClockView:
        """Done: what was agreed where a time was, else when it was done."""
        said = "signing_refused" if "signing_refused" in line.emits else ""
        agreed = next(
            (value for key, value in line.data.items() if key.endswith("_at") and isinstance(value, str)), ""
        )
        at = from_iso(agreed) if agreed and OWED["agreed"] & set(line.emits) else line.at
        late = any(row.missed_at for row in rows)
        words_ = _("拒签") if said else display.near(at, self.request.now, self.request.zone)
        return ClockView(Phase.DONE, words_, _("晚了") if late else "")

    def _line(self, code: str, events: frozenset[str]) -> Event | None:
        """The newest line in which one of the events happened for a household."""
        for event in reversed(self.events):
            if code and events & set(event.emits) and code in map(str, event.data.values()):
                return event
        return None

    def _own(self, child: Case, column: str) -> CellView | None:
        """What the household's own complaint says, where the whole says nothing."""
        happened = child.facts.get("events") or {}
        found = next((happened[name] for name in sorted(OWED[column]) if name in happened), None)
        if found is None:
            return None
        at = display.near(from_iso(found["at"]), self.request.now, self.request.zone)
        return CellView(ClockView(Phase.DONE, at, child.number))

    def _href(self, column: str, code: str) -> str:
        """Where the person at the page settles it, the household filled in."""
        found = self.actions[column]
        if found is None:
            return ""
        action, field = found
        return f"{reverse('case-act', args=[self.view.case.number, action.key])}?{field}={code}"


@require_safe
@office_page
def sheet(request: OfficeRequest, number: str, kind: str) -> HttpResponse:
    """The households and the ladder on paper or as a workbook."""
    [case] = seen.veiled(request, [seen.case_of(request, number)])
    view = view_of(case, request.user, request.now)
    found = gather(request, view, list(cases.timeline(case)))
    if found is None:
        raise Problem("NOT_FOUND", _("这件事不是几户一起的。"), _("请回到事项页。"), status=404)
    columns: list[str | Column] = [_("房号"), _("业户"), Column(_("投诉"), width=2), *found.heads]
    homes = Block(
        _("相关业户"), (found.rule, found.text), Table([_column(one) for one in columns], _lines(found))
    )
    climbed: list[tuple[Cell, ...]] = [
        (n, rung.title, _said(rung), f"{rung.clause.manual} {rung.clause.number}")
        for n, rung in enumerate(found.ladder, start=1)
    ]
    ladder = Block(
        _("上报阶梯"), (),
        Table([Column(_("级"), "number"), Column(_("谁"), width=2), Column(_("何时、用时、怎么算"), width=4), Column(_("依据"))], climbed),
    )  # fmt: skip
    title = f"{case.subject} {case.number}"
    report = Report(
        title, request.office.name, "", [homes, ladder], request.now, request.zone, landscape=True
    )
    return exports.whole(kind, report)


def _column(one: str | Column) -> Column:
    return one if isinstance(one, Column) else Column(one)


def _lines(found: TogetherView) -> list[tuple[Cell, ...]]:
    return [
        (
            row.case.unit.code if row.case.unit else "", row.who, _complained(row),
            *(_cell_words(cell) for cell in row.cells),
        )
        for row in found.rows
    ]  # fmt: skip


def _complained(row: HouseholdView) -> str:
    """What a household complained of, each with its number, on paper."""
    said = "；".join(f"{one.came} {one.case.number}「{one.words}」" for one in row.complaints)
    return f"{row.mark} {said}".strip()


def _cell_words(cell: CellView) -> str:
    return f"{cell.clock.headline} {cell.clock.detail}".strip() if cell.clock else cell.text


def _said(rung: RungView) -> str:
    return "；".join([rung.text, *(f"{who} {what}" for who, what in rung.forks)])
