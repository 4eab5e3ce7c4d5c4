"""对账: a month's charges as the orders, the books and the papers have them, order by order, and where they differ.

It keeps nothing and signs nothing: the form that customer service and finance sign is a case of the manual that asks for
one (S000-1-4.9.4b, S000-1-4.9.4c), whose figures are laid beside these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.facts import procedure_of
from guanjia.estate.models import Office
from guanjia.kernel.money import yuan
from guanjia.ledger import sides
from guanjia.ledger.sides import DaySide, Side
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Action, TableDef
from guanjia.reports import spans, tables

CHARGES = ("charge", "set_charge")
Leg = Literal["order", "form", "paper", "day"]
Told = tuple[int, int]


@dataclass(frozen=True)
class Difference:
    """One place where two readings differ: between which, in words, by how much (fen, without a sign)."""

    leg: Leg
    text: str
    fen: int


@dataclass(frozen=True)
class Confirmation:
    """The case in which both sides sign for the month's charges of a category, with the figures of its form.

    filled: customer service has filled it in; before that `told` is what it would say now. told: (charged, paid) of each
    order by number, in fen.
    """

    case: Case
    label: str
    state: str
    category: str
    filled: bool
    told: Mapping[str, Told]

    @property
    def charged_fen(self) -> int:
        """All that the form says was charged."""
        return sum(charged for charged, _paid in self.told.values())

    @property
    def paid_fen(self) -> int:
        """All that the form says was paid: what finance signs for."""
        return sum(paid for _charged, paid in self.told.values())


@dataclass(frozen=True)
class OrderLine:
    """One order of the month: what it charged, its side of the books and papers, what the form says, what differs.

    told: (charged, paid) in a form that customer service has filled in, else None. checked: finance has ticked it off.
    """

    number: str
    service: str
    category: str
    ordered_fen: int
    side: Side
    told: Told | None
    checked: bool
    differences: tuple[Difference, ...] = ()

    @property
    def gap_fen(self) -> int:
        """All its differences added up."""
        return sum(one.fen for one in self.differences)


@dataclass(frozen=True)
class DayLine:
    """A day of the till and what differs there."""

    side: DaySide
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Month:
    """The whole month of an office; lines that differ come first. `open_days` are over, and nobody has closed them."""

    period: str
    lines: list[OrderLine]
    days: list[DayLine]
    confirmations: list[Confirmation] = field(default_factory=list)
    checks: list[tuple[Case, str]] = field(default_factory=list)
    open_days: list[date] = field(default_factory=list)

    @property
    def differing(self) -> int:
        """On how many orders and days something differs."""
        return sum(bool(one) for one in self._differences())

    def gap_of(self, *legs: Leg) -> int:
        """By how much readings differ altogether, in fen."""
        return sum(d.fen for some in self._differences() for d in some if d.leg in legs)

    def _differences(self) -> list[tuple[Difference, ...]]:
        return [*(line.differences for line in self.lines), *(day.differences for day in self.days)]

    @property
    def ordered_fen(self) -> int:
        """All that the orders charged."""
        return sum(line.ordered_fen for line in self.lines)

    def total(self, name: str) -> int:
        """The sum of a figure of all sides of the books and papers."""
        return sum(getattr(line.side, name) for line in self.lines)


def number_of(reference: str) -> str:
    """The number of the case behind a reference of the ledger, or ""."""
    return reference.removeprefix("case:") if reference.startswith("case:") else ""


def month_of(office: Office, period: str, now: datetime) -> Month:
    """The month `2026-03` as it can be told now. S000-1-4.9.5: every order of the month against what finance has."""
    begins, ends = spans.window(office, period)
    completed = Case.objects.filter(office=office, completed_at__gte=begins, completed_at__lt=ends)
    also = [f"case:{number}" for number in completed.order_by("pk").values_list("number", flat=True)]
    found = sides.sides_between(office, begins, ends, also)
    orders = _orders(office, filter(None, map(number_of, found)))
    confirmations, checks, ticked = _duties(office, period, now)
    lines = [
        _line(side, orders.get(number_of(reference)), confirmations, ticked)
        for reference, side in found.items()
    ]
    kept = [line for line in lines if line.ordered_fen or line.told or _moved(line.side)]
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    days = [DayLine(day, tuple(_of_day(day))) for day in sides.days_between(office, begins, ends)]
    return Month(
        period,
        sorted(kept, key=lambda line: not line.differences),
        days,
        confirmations,
        checks,
        [
            one.side.day
            for one in days
            if one.side.close is None and one.side.transfers and one.side.day < today
        ],
    )


def _moved(side: Side) -> bool:
    return any(
        (side.charged_fen, side.allowed_fen, side.paid_fen, side.papers_fen, side.held_fen, side.carried_fen)
    )


# ---------------------------------------------------------------- the orders


def _orders(office: Office, numbers: Iterable[str]) -> dict[str, tuple[Case, CompiledManual]]:
    """The cases behind the lines, each with its manual."""
    rows = Case.objects.filter(office=office, number__in=list(numbers))
    return {case.number: (case, adoption.compiled(case.manual_key, case.manual_version)) for case in rows}


def _amount(case: Case, compiled: CompiledManual) -> int:
    """What the order itself charges: the fact that its manual books from. Nothing for one called off or free of charge."""
    free = "no_charge" in (case.facts.get("events") or {}) and not case.facts.get("charged_at")
    if free or (case.closed_at and not case.completed_at):
        return 0
    for action in compiled.procedures[procedure_of(compiled, case.category)].action:
        effects = [*action.effects, *(effect for outcome in action.outcome for effect in outcome.effects)]
        for effect in effects:
            if effect.do in CHARGES and isinstance(value := case.facts.get(effect.amount), int):
                return value
    return 0


def _line(
    side: Side,
    order: tuple[Case, CompiledManual] | None,
    confirmations: Iterable[Confirmation],
    ticked: set[str],
) -> OrderLine:
    number = number_of(side.reference)
    if order is None:
        return OrderLine(number, side.item, "", 0, side, None, False, tuple(_differences(side, 0, None, "")))
    case, compiled = order
    amount = _amount(case, compiled)
    if side.charged_fen:
        ordered = amount - side.elsewhere_fen
    else:  # completed, and nothing booked at any time
        ordered = amount if case.completed_at and not side.elsewhere_fen else 0
    told, form = None, ""
    for one in confirmations:
        if one.filled and (number in one.told or (case.category == one.category and side.charged_fen)):
            told, form = one.told.get(number, (0, 0)), one.label
    side.payer = side.payer or str(case.facts.get("contact_name") or "")
    return OrderLine(
        number, str(case.facts.get("item") or side.item or case.subject), case.category, ordered, side, told,
        number in ticked, tuple(_differences(side, ordered, told, form)),
    )  # fmt: skip


def _differences(side: Side, ordered: int, told: Told | None, form: str) -> Iterable[Difference]:
    """Order against books, form against books, books against papers."""
    if gap := abs(ordered - side.charged_fen):
        if side.charged_fen:
            text = _("工作单 %(a)s，账上应收 %(b)s") % {"a": yuan(ordered), "b": yuan(side.charged_fen)}
        else:
            text = _("工作单 %s，账上还没有记应收") % yuan(ordered)
        yield Difference("order", text, gap)
    if told is not None and (gap := abs(told[0] - side.due_fen) + abs(told[1] - side.paid_fen)):
        if told == (0, 0):
            text = _("《%s》上没有这一单") % form
        else:
            text = _("《%(form)s》应收 %(a)s 实收 %(b)s，账上应收 %(c)s 实收 %(d)s") % {
                "form": form, "a": yuan(told[0]), "b": yuan(told[1]), "c": yuan(side.due_fen), "d": yuan(side.paid_fen),
            }  # fmt: skip
        yield Difference("form", text, gap)
    if side.held_fen:
        text = _("%(who)s收了 %(fen)s，还没有开收据") % {
            "who": "、".join(dict.fromkeys(side.holders)),
            "fen": yuan(side.held_fen),
        }
        yield Difference("paper", text, side.held_fen)
    if side.gap_fen:
        text = _("账上实收 %(a)s，收据 %(b)s") % {
            "a": yuan(side.paid_fen),
            "b": yuan(side.papers_fen - side.carried_fen),
        }
        yield Difference("paper", text, abs(side.gap_fen))


def _of_day(day: DaySide) -> Iterable[Difference]:
    """Papers against books of a day, and against what it was closed on."""
    if gap := abs(day.papers_fen - day.booked_fen):
        text = _("收据 %(a)s，账上进账 %(b)s") % {"a": yuan(day.papers_fen), "b": yuan(day.booked_fen)}
        yield Difference("day", text, gap)
    if day.closed_fen is not None and (gap := abs(day.papers_fen - day.closed_fen)):
        text = _("收据 %(a)s，关账时 %(b)s") % {"a": yuan(day.papers_fen), "b": yuan(day.closed_fen)}
        yield Difference("day", text, gap)


# ---------------------------------------------------------------- the form that both sides sign


def _duties(
    office: Office, period: str, now: datetime
) -> tuple[list[Confirmation], list[tuple[Case, str]], set[str]]:
    """The cases of the month that list its charges: to be signed, and to be ticked off; which orders are ticked."""
    confirmations: list[Confirmation] = []
    checks: list[tuple[Case, str]] = []
    ticked: set[str] = set()
    rows = Case.objects.filter(office=office, facts__period=period, unit=None).select_related("office")
    for case in rows.order_by("opened_at", "pk"):
        compiled = adoption.compiled(case.manual_key, case.manual_version)
        if (listed := charges_of(compiled, case.category)) is not None:
            confirmations.append(_confirmation(case, compiled, *listed, now))
        elif money_listed(compiled, case.category):
            ticks = _tick_fields(compiled, case.category)
            checks.append((case, _label(case, compiled)))
            ticked |= {number for key in ticks for number in case.facts.get(key) or ()}
    return confirmations, checks, ticked


def _listing(compiled: CompiledManual, category: str) -> list[tuple[Action, str, TableDef]]:
    """The tables that the actions of a duty show: (action, field, table)."""
    known = {table.key: table for table in compiled.manual.table}
    return [
        (action, one.key, known[one.of[0]])
        for action in compiled.procedures[procedure_of(compiled, category)].action
        for one in action.field
        if one.kind == "table" and one.of and one.of[0] in known
    ]


def charges_of(compiled: CompiledManual, category: str) -> tuple[Action, str, TableDef] | None:
    """The first table of a duty that lists what was charged and paid, with its action and field; None without one."""
    return next(
        (
            one
            for one in _listing(compiled, category)
            if {"charged_fen", "paid_fen"} <= {c.fact for c in one[2].column}
        ),
        None,
    )


def money_listed(compiled: CompiledManual, category: str) -> bool:
    """Whether a duty lists a month's orders with sums of money."""
    return any(
        column.sum and column.kind == "amount"
        for *_rest, table in _listing(compiled, category)
        for column in table.column
    )


def _tick_fields(compiled: CompiledManual, category: str) -> list[str]:
    actions = compiled.procedures[procedure_of(compiled, category)].action
    return [one.key for action in actions for one in action.field if one.kind == "checks"]


def _label(case: Case, compiled: CompiledManual) -> str:
    found = compiled.category_for(case.category)
    return found.label if found else case.category


def _confirmation(
    case: Case, compiled: CompiledManual, action: Action, name: str, table: TableDef, now: datetime
) -> Confirmation:
    filled = case.state not in action.from_
    kept = case.facts.get(name) if filled else None
    if kept is None:
        adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)[0]
        kept = tables.draw_up(case, adopted, table, now)
    places = {column["fact"]: place for place, column in enumerate(kept["columns"])}
    told = {
        number: (int(row[places["charged_fen"]] or 0), int(row[places["paid_fen"]] or 0))
        for number, row in zip(kept["cases"], kept["rows"], strict=True)
    }
    state = compiled.states[procedure_of(compiled, case.category)].get(case.state)
    return Confirmation(
        case, _label(case, compiled), state.label if state else _("已撤销"), table.category, filled, told
    )
