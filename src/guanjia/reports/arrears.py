"""Arrears, household by household: what is owed since when, which steps of dunning run, and what may be done next.

The steps are the manual's own: the duties that an unsettled charge or the list of arrears starts (S000-1-4.4.3b,
S000-1-4.9.3b). What is paid is gone from the list by itself, because the list is read from the books.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F

from guanjia.adoption import queries as adoption
from guanjia.cases.models import Case
from guanjia.engine.facts import procedure_of
from guanjia.estate import phones
from guanjia.estate.models import Office
from guanjia.kernel.moments import from_iso
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import OpenItem
from guanjia.obligations.models import Obligation, State
from guanjia.policy.compiled import CompiledManual
from guanjia.policy.schema import Action
from guanjia.reports.reconcile import number_of

MOST = 100_000
DUTIES = ("chase-payment", "settle")
EVENTS = frozenset({"unsettled", "arrears_handed_over"})
ORDERS = ("oldest", "most")


@dataclass(frozen=True)
class Debt:
    """What is owed under one reference. `steps`: the duties of dunning that run; `acts`: what this person may do, first first;
    by_manual: whether the manual has such steps at all."""

    number: str
    item: str
    fen: int
    since: datetime
    days: int
    steps: tuple[Obligation, ...] = ()
    acts: tuple[Action, ...] = ()
    contacted_at: datetime | None = None
    contacted_by: str = ""
    by_manual: bool = False


@dataclass(frozen=True)
class Debtor:
    """A household with its debts, the oldest first. phone: masked; phone_id: the number in the register that may be revealed."""

    payer_ref: str
    payer: str
    debts: tuple[Debt, ...]
    phone: str = ""
    phone_id: int | None = None

    @property
    def fen(self) -> int:
        """All that it owes."""
        return sum(debt.fen for debt in self.debts)

    @property
    def days(self) -> int:
        """How many days the oldest debt is old."""
        return max(debt.days for debt in self.debts)


def debtors(
    office: Office, now: datetime, roles: frozenset[str], *, search: str = "", order: str = "oldest"
) -> list[Debtor]:
    """Every household that owes for what was done. What is to be paid before the work (S000-1-4.5.2a) is no arrears yet."""
    items = list(ledger.open_items(office, search=search, size=MOST).page)
    cases = _cases(office, items)
    running = _running(office, cases.values())
    zone = ZoneInfo(office.time_zone)
    homes: dict[str, list[tuple[OpenItem, Case | None]]] = defaultdict(list)
    for item in items:
        case = cases.get(number_of(item.reference))
        if case is None or case.completed_at is not None:
            homes[item.account.reference].append((item, case))
    found = [_debtor(payer, rows, running, roles, now, zone) for payer, rows in homes.items()]
    if order == "most":
        return sorted(found, key=lambda one: (-one.fen, -one.days, one.payer))
    return sorted(found, key=lambda one: (-one.days, -one.fen, one.payer))


def _cases(office: Office, items: Iterable[OpenItem]) -> dict[str, Case]:
    numbers = [number for item in items if (number := number_of(item.reference))]
    rows = Case.objects.filter(office=office, number__in=numbers).select_related("unit", "party")
    return {case.number: case for case in rows.prefetch_related("party__phones")}


def _running(office: Office, cases: Iterable[Case]) -> dict[int, list[Obligation]]:
    """The open duties of dunning by case, what is due first in front."""
    rows = Obligation.objects.filter(
        office=office, case__in=[case.pk for case in cases], state=State.OPEN
    ).select_related("owner")
    found: dict[int, list[Obligation]] = defaultdict(list)
    for row in rows.order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk"):
        if row.key in duns(adoption.compiled(row.manual_key, row.manual_version)):
            found[row.case_id].append(row)
    return found


def duns(compiled: CompiledManual) -> dict[str, str]:
    """The duties of a manual by which a debt is dunned, with the action that fulfils each."""
    return {
        key: one.definition.done_by
        for key, one in compiled.obligations.items()
        if one.definition.duty in DUTIES or EVENTS & one.start.keys()
    }


def _debtor(
    payer: str, rows: list[tuple[OpenItem, Case | None]], running: Mapping[int, list[Obligation]],
    roles: frozenset[str], now: datetime, zone: ZoneInfo,
) -> Debtor:  # fmt: skip
    debts = tuple(
        _debt(item, case, running.get(case.pk, []) if case else [], roles, now, zone) for item, case in rows
    )
    known = next((case for _item, case in reversed(rows) if case), None)
    number, phone_id = _phone(known)
    return Debtor(payer, rows[-1][0].payer_name, debts, number, phone_id)


def _phone(case: Case | None) -> tuple[str, int | None]:
    """The number under which the newest case came in, masked, else the household's first."""
    if case is None:
        return "", None
    given = str(case.facts.get("contact_phone") or "")
    kept = (
        sorted(case.party.phones.all(), key=lambda one: (one.number != given, not one.main, one.pk))
        if case.party
        else []
    )
    if kept and (not given or kept[0].number == given):
        return phones.mask(kept[0].number), kept[0].pk
    return phones.mask(given) if given else "", None


def _debt(
    item: OpenItem, case: Case | None, steps: list[Obligation], roles: frozenset[str], now: datetime, zone: ZoneInfo
) -> Debt:  # fmt: skip
    days = (now.astimezone(zone).date() - item.opened_at.astimezone(zone).date()).days
    if case is None:
        return Debt("", item.item, item.balance_fen, item.opened_at, days)
    contacted: Mapping[str, Any] = (case.facts.get("events") or {}).get("contacted") or {}
    return Debt(
        case.number, str(case.facts.get("item") or item.item), item.balance_fen, item.opened_at, days, tuple(steps),
        tuple(acts_of(case, item, steps, roles)),
        from_iso(contacted["at"]) if contacted.get("at") else None,
        str(contacted.get("who") or ""), bool(duns(adoption.compiled(case.manual_key, case.manual_version))),
    )  # fmt: skip


def acts_of(
    case: Case, item: OpenItem, steps: Collection[Obligation], roles: frozenset[str]
) -> Iterable[Action]:
    """The manual's steps of dunning that somebody with these roles can take now: those that run first, each once."""
    compiled = adoption.compiled(case.manual_key, case.manual_version)
    known = compiled.actions[procedure_of(compiled, case.category)]
    wanted = duns(compiled)
    keys = [wanted[step.key] for step in steps if step.key in wanted] + list(wanted.values())
    facts = {
        **case.facts, "state": case.state, "charged_fen": item.charged_fen, "paid_fen": item.paid_fen, "balance_fen": item.balance_fen,
    }  # fmt: skip
    held = compiled.roles_of(roles)
    for key in dict.fromkeys(keys):
        one = known.get(key)
        if one is None or not {"anyone", *held} & set(one.definition.by):
            continue
        if {"*", case.state} & set(one.definition.from_) and one.when(facts):
            yield one.definition
