"""Which obligations the events of an action open, meet, cancel, pause and resume."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from guanjia.policy.compiled import Adopted, CompiledObligation, Match
from guanjia.policy.conditions import lookup
from guanjia.policy.decision import Change, Opening, Owed, Waiting

OPEN = ("open", "paused")
SUBJECT_LENGTH = 60
# the order matters: what ends an obligation is looked at before what pauses it
KINDS = (("met", "stop"), ("cancelled", "cancel"), ("paused", "pause"), ("resumed", "resume"))
ENDINGS = KINDS[:2]


@dataclass
class Ledger:
    """The obligations of one case while one action's events are followed, in order.

    facts: as they are after the action. roles: system roles of the actor. blocked: obligations that were still open
    when an event came that they forbid.
    """

    adopted: Sequence[Adopted]
    owed: Sequence[Owed]
    facts: Mapping[str, Any]
    roles: frozenset[str]
    changes: dict[int, Change] = field(default_factory=dict)
    openings: list[Opening] = field(default_factory=list)
    blocked: list[CompiledObligation] = field(default_factory=list)
    _facts: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def by_key(self, manual_key: str) -> Adopted | None:
        """The adopted manual of a key."""
        return next((one for one in self.adopted if one.compiled.key == manual_key), None)

    def definition(self, row: Owed) -> CompiledObligation | None:
        """The manual's definition of an obligation of the case."""
        one = self.by_key(row.manual_key)
        return one.compiled.obligations.get(row.key) if one else None

    def facts_for(self, one: Adopted) -> Mapping[str, Any]:
        """The facts with this manual's own figures."""
        if not one.compiled.reads_figures:
            return self.facts
        known = self._facts.get(one.compiled.key)
        if known is None:
            known = self._facts[one.compiled.key] = {**self.facts, "figure": one.figure_facts()}
        return known

    def matching(self, obligation: CompiledObligation, matchers: Iterable[Match]) -> list[Match]:
        """The matchers of an event that hold for these facts and this actor."""
        one = self.by_key(obligation.manual_key)
        if one is None:
            return []
        facts, roles = self.facts_for(one), one.compiled.roles_of(self.roles)
        return [m for m in matchers if (not m.by or m.by & roles) and m.test(facts)]

    def touches(self, obligation: CompiledObligation, matchers: Iterable[Match], subject: str) -> bool:
        """Whether one of the matchers of an event holds and means this subject."""
        own = obligation.definition.subject
        return any(
            not own or m.subject == "*" or subject in subjects(self.facts, m.subject or own)
            for m in self.matching(obligation, matchers)
        )


def subjects(facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """What an obligation is counted for: the fact's value, each member of a list once, or nothing in particular."""
    if not name:
        return ("",)
    value = lookup(facts, name)
    if isinstance(value, (list, tuple)):
        return tuple(dict.fromkeys(str(one)[:SUBJECT_LENGTH] for one in value))
    return ("" if value is None else str(value)[:SUBJECT_LENGTH],)


def follow(
    ledger: Ledger, emits: Sequence[str], *, closes: bool
) -> tuple[tuple[Change, ...], tuple[Opening, ...]]:
    """Walk the events in their order: each first ends or pauses what exists, then opens what it starts.

    What an event finds still open although it forbids the event is left in `ledger.blocked`.
    """
    for event in emits:
        if any(event in one.compiled.listens for one in ledger.adopted):
            _touch_existing(ledger, event)
            _touch_openings(ledger, event)
        if any(event in one.compiled.blocking for one in ledger.adopted):
            ledger.blocked.extend(_blocking(ledger, event))
        _open(ledger, event)
    if closes:
        _close_all(ledger)
    return tuple(ledger.changes.values()), tuple(ledger.openings)


def waiting(
    adopted: Sequence[Adopted], facts: Mapping[str, Any], owed: Sequence[Owed]
) -> tuple[Waiting, ...]:
    """Obligations that have not started yet but may, as the case stands: shown as 未起算."""
    known = {(row.manual_key, row.key) for row in owed}
    ledger = Ledger(adopted, owed, facts, frozenset())
    happened = facts.get("events") or {}
    found = []
    for one in adopted:
        for key, obligation in one.compiled.obligations.items():
            if (one.compiled.key, key) in known or not _concerns(ledger, one, obligation):
                continue
            event = next((event for event in obligation.start if event not in happened), "")
            if event:
                text, own = one.resolve(obligation.definition.limit)
                found.append(Waiting(obligation, one.compiled.version, event, text, own))
    return tuple(found)


def _concerns(ledger: Ledger, one: Adopted, obligation: CompiledObligation) -> bool:
    """Whether an obligation is for this kind of case, as it stands."""
    category = ledger.facts.get("category")
    if category not in obligation.categories and "*" not in obligation.categories:
        return False
    if one is not ledger.adopted[0]:
        if not obligation.definition.category:
            return False  # it is for this manual's own procedure, which yielded to another's
        own = one.compiled.categories.get(str(category))
        if own and own.standard == "duty":
            return False  # another manual's duty that happens to have the key of one of this manual's
    return obligation.when(ledger.facts_for(one))


def _touch_existing(ledger: Ledger, event: str) -> None:
    for row in ledger.owed:
        if not _still_open(ledger, row):
            continue
        obligation = ledger.definition(row)
        if obligation is None:
            continue
        paused = _is_paused(ledger, row)
        for what, attribute in KINDS:
            if (what == "paused" and paused) or (what == "resumed" and not paused):
                continue
            matchers = getattr(obligation, attribute).get(event)
            if matchers and ledger.touches(obligation, matchers, row.subject):
                _change(ledger, row, what, event)
                break


def _change(ledger: Ledger, row: Owed, what: str, event: str) -> None:
    """Note a change; a clock that is stopped and started again within one action simply runs on."""
    before = ledger.changes.pop(row.id, None)
    if before is None or {before.what, what} != {"paused", "resumed"}:
        ledger.changes[row.id] = Change(row, what, event)


def _touch_openings(ledger: Ledger, event: str) -> None:
    """An obligation opened by an earlier event of the same action may end at once: it is kept, as ended."""
    for index, opening in enumerate(ledger.openings):
        for what, attribute in ENDINGS:
            matchers = getattr(opening.obligation, attribute).get(event)
            if (
                matchers
                and not opening.ends
                and ledger.touches(opening.obligation, matchers, opening.subject)
            ):
                ledger.openings[index] = replace(opening, ends=what)
                break


def _blocking(ledger: Ledger, event: str) -> Iterable[CompiledObligation]:
    """The obligations still open that forbid an event."""
    rows = (ledger.definition(row) for row in ledger.owed if _still_open(ledger, row))
    opened = (opening.obligation for opening in ledger.openings if not opening.ends)
    for obligation in (*rows, *opened):
        if obligation is not None and event in obligation.definition.blocks:
            yield obligation


def _open(ledger: Ledger, event: str) -> None:
    for one in ledger.adopted:
        for obligation in one.compiled.starts.get(event, ()):
            if not _concerns(ledger, one, obligation):
                continue
            matched = ledger.matching(obligation, obligation.start[event])
            if matched:
                name = next(
                    (m.subject for m in matched if m.subject not in ("", "*")), obligation.definition.subject
                )
                for subject in subjects(ledger.facts, name):
                    _open_one(ledger, one, obligation, event, subject)


def _open_one(ledger: Ledger, one: Adopted, obligation: CompiledObligation, event: str, subject: str) -> None:
    definition = obligation.definition
    same = [
        row
        for row in ledger.owed
        if row.key == definition.key and row.subject == subject and row.manual_key == obligation.manual_key
    ]
    now = [o for o in ledger.openings if o.obligation is obligation and o.subject == subject]
    still = [row for row in same if _still_open(ledger, row)]
    fresh = [opening for opening in now if not opening.ends]
    if (definition.again == "keep" and (still or fresh)) or (definition.again == "once" and (same or now)):
        return
    if definition.again == "restart":
        for row in still:
            ledger.changes[row.id] = Change(row, "cancelled", event)
        gone = {id(opening) for opening in fresh}
        ledger.openings = [opening for opening in ledger.openings if id(opening) not in gone]
        now = [opening for opening in now if id(opening) not in gone]
    text, own = one.resolve(definition.limit)
    generations = [row.generation for row in same] + [opening.generation for opening in now]
    ledger.openings.append(
        Opening(
            obligation=obligation,
            version=one.compiled.version,
            event=event,
            subject=subject,
            generation=1 + max(generations, default=0),
            limit=text,
            own_figure=own,
        )
    )


def _still_open(ledger: Ledger, row: Owed) -> bool:
    if row.state not in OPEN:
        return False
    change = ledger.changes.get(row.id)
    return change is None or change.what in ("paused", "resumed")


def _is_paused(ledger: Ledger, row: Owed) -> bool:
    change = ledger.changes.get(row.id)
    return change.what == "paused" if change else row.state == "paused"


def _close_all(ledger: Ledger) -> None:
    """A case that closes closes its clocks, but for those that outlive it; what was done on the way stays done."""
    for row in ledger.owed:
        obligation = ledger.definition(row)
        beyond = obligation is not None and obligation.definition.life == "beyond"
        if _still_open(ledger, row) and not beyond:
            ledger.changes[row.id] = Change(row, "cancelled", "closed")
    ledger.openings = [o for o in ledger.openings if o.ends or o.obligation.definition.life == "beyond"]
