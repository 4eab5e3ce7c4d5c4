"""What the page of a case shows, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine import alike
from guanjia.engine.facts import reference_of
from guanjia.engine.offering import CaseView, view_of
from guanjia.estate import phones
from guanjia.estate import queries as estate
from guanjia.kernel.moments import from_iso
from guanjia.ledger import queries as ledger
from guanjia.ledger.models import Receipt
from guanjia.policy import obstacles
from guanjia.policy.decision import Offer
from guanjia.policy.schema import Action
from guanjia.policy.vocabulary import CHANNELS
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.reports import reconcile, sheets
from guanjia.staff import rules
from guanjia.web import display
from guanjia.web.bridge import duties, gathering, photos, seen, story, words
from guanjia.web.bridge.gathering import GatheringView
from guanjia.web.case import pinned, recorded, together
from guanjia.web.case.day import DayLog, log_of
from guanjia.web.case.ladder import rungs
from guanjia.web.components import (
    ActionView,
    ChipView,
    ClauseView,
    CopyView,
    EventView,
    Phase,
    PhotoView,
    PriceLine,
    ProofView,
    QuoteView,
    RungView,
    StepView,
)
from guanjia.web.doors import OfficeRequest

BAR_SIZE = 6
LINKS = 20
AWAITED = 5


@dataclass(frozen=True)
class PaperView:
    """A form of the case: its title, number, clause, and its copies."""

    record: Record
    clause: ClauseView
    copies: tuple[CopyView, ...]


@dataclass(frozen=True)
class CasePage:
    """Everything that the template draws."""

    case: Case
    view: CaseView
    category: str
    steps: list[StepView]
    chips: list[ChipView]
    after: list[ChipView]
    later: list[ChipView]
    elsewhere: int
    counts: tuple[int, int, int]
    quote: QuoteView | None
    photos: list[PhotoView]
    papers: list[PaperView]
    timeline: list[EventView]
    links: list[Case]
    more_links: int
    near: list[Case]
    may_tie: bool
    day: DayLog | None
    receipts: list[Receipt]
    bar: list[ActionView]
    more: list[ActionView]
    stage: str
    source: str
    facts: list[tuple[str, str]]
    said: list[tuple[str, str]]
    tables: list[recorded.TableView]
    joint: list[recorded.PartView]
    reconciles: bool
    signed: list[recorded.SignedView]
    pinned: pinned.PinnedView | None
    crowd: GatheringView | None
    together: together.TogetherView | None
    ladder: list[RungView]


def gather(request: OfficeRequest, case: Case) -> CasePage:
    """The page of a case for this person at this moment."""
    view = view_of(case, request.user, request.now)
    if not rules.reads_phones(request.roles):
        view = view.without(view.adopted[0].compiled.phones)
    events = list(cases.timeline(case))
    compiled = view.adopted[0].compiled
    found = compiled.category_for(case.category)
    people = duties.people_of(case.office, request.now)
    chips = duties.chips(view.owed, view.waiting, request.now, request.zone, people)
    whole = together.gather(request, view, events)
    rest = [row for row in view.owed if not whole or row.pk not in whole.shown]
    lines = duties.chips(rest, view.waiting, request.now, request.zone, people) if whole else chips
    later = [chip for chip in lines if _uncertain(chip)]
    shown, after = _folded([chip for chip in lines if not _uncertain(chip)])
    bar, more = _actions(view)
    papers = records.records_of(case.office, reference_of(case))
    reads_money = bool(rules.PERMISSIONS["see_money"] & request.roles)
    links, more_links = _linked(request, case)
    return CasePage(
        case=case,
        view=view,
        category=found.label if found else case.category,
        steps=story.steps(view, events, request.now, request.zone),
        chips=shown,
        after=after,
        later=later,
        elsewhere=len(chips) - len(lines),
        counts=_counts(chips),
        quote=_quote(view),
        photos=photos.of_case(request, case),
        papers=[_paper(view, record) for record in papers],
        timeline=story.timeline(view, events, request.zone),
        links=links,
        more_links=more_links,
        near=_near_cases(request, case),
        day=log_of(request, case, compiled),
        may_tie=rules.can_register(request.user, request.office, request.now),
        receipts=ledger.receipts_of(case.office, reference_of(case)) if reads_money else [],
        bar=bar,
        more=more,
        stage=stage_of(view),
        source=compiled.manual.manual.title,
        facts=_facts(request, view, events),
        said=recorded.pairs(view, request.zone),
        tables=recorded.tables(recorded.kept(view), request.zone, seen.sight(request).shows),
        joint=recorded.joint(view, request.zone),
        reconciles=reads_money
        and bool(view.facts.get("period"))
        and reconcile.money_listed(compiled, case.category),
        signed=recorded.signed(view, papers),
        pinned=pinned.gather(request, view, list(papers)),
        crowd=_crowd(request, case),
        together=whole,
        ladder=_ladder(request, view, events),
    )


def _crowd(request: OfficeRequest, case: Case) -> GatheringView | None:
    """Other households that may speak of the same thing: for those who see every case of the office, and decide."""
    if case.closed_at is not None or not seen.sight(request).whole:
        return None
    return gathering.view_of(alike.gathering_of(case, request.now), seen.sight(request))


def _ladder(request: OfficeRequest, view: CaseView, events: list[Event]) -> list[RungView]:
    """How far a complaint has climbed and would climb; nothing where its manual has no ladder."""
    if view.case.category != "complaint":
        return []
    found = rungs(view, events, request.now, request.zone, ())
    return found if len(found) > 1 else []


def stage_of(view: CaseView) -> str:
    """The state of the case in its manual's words."""
    state = view.adopted[0].compiled.states[view.facts["procedure"]].get(view.case.state)
    return state.label if state else _("已撤销")


def _linked(request: OfficeRequest, case: Case) -> tuple[list[Case], int]:
    """The cases that stand as linked, as this person may see them, and how many more there are; whoever may not see
    one of the first is not told how many follow."""
    found, count = cases.linked_to(case, LINKS)
    mine = seen.sight(request)
    shown = [one for one in found if mine.shows(one.number)]
    return seen.veiled(request, shown), count - len(found) if len(shown) == len(found) else 0


def _near_cases(request: OfficeRequest, case: Case) -> list[Case]:
    """What else is open in the same home and above and below it: offered when cases are to be tied."""
    if case.unit is None or case.closed_at is not None:
        return []
    around = estate.neighbours(case.unit)
    units = [one.pk for one in (case.unit, around.above, around.below) if one]
    found = cases.open_near(seen.sight(request), units)
    return seen.veiled(request, [one for one in found if one.pk != case.pk])


def _uncertain(chip: ChipView) -> bool:
    """Whether a duty may never come up: nothing has started it and the manual gives it no time."""
    return chip.clock.phase is Phase.WAIT and not chip.clock.detail


def _folded(chips: list[ChipView]) -> tuple[list[ChipView], list[ChipView]]:
    """What stands open, and what is folded away: of the duties that have not started only the next few stand open."""
    waiting = [chip for chip in chips if chip.clock.phase is Phase.WAIT]
    # one alone takes no more room than its fold
    after = waiting[AWAITED:] if len(waiting) > AWAITED + 1 else []
    return [chip for chip in chips if chip not in after], after


def _counts(chips: list[ChipView]) -> tuple[int, int, int]:
    """Running, not started, done."""
    phases = [str(chip.clock.phase) for chip in chips]
    return (
        len(phases) - phases.count("wait") - phases.count("done"),
        phases.count("wait"),
        phases.count("done"),
    )


def _facts(request: OfficeRequest, view: CaseView, events: list[Event]) -> list[tuple[str, str]]:
    """The four facts at the head: how it came in, who has it, telephone, manuals."""
    case = view.case
    taken = events[-1].actor_label if events else ""
    channel = CHANNELS.get(case.channel, "")
    received = f"{display.near(case.opened_at, request.now, request.zone)} {channel}·{taken}".replace(
        " ·", "·"
    )
    facts = [(_("受理"), received)]
    if case.unit:
        facts.append((_("承办"), case.assignee.name if case.assignee else _("待派人")))
    elif period := view.facts.get("period"):
        facts.append((_("期间"), str(period)))
    if rules.reads_phones(request.roles) and (phone := view.facts.get("contact_phone")):
        facts.append((_("电话"), phones.mask(str(phone))))
    if case.appointment_at:
        facts.append((_("约定"), display.near(case.appointment_at, request.now, request.zone)))
    facts.append(
        (
            _("适用规程"),
            _("%(n)s 部·%(version)s 版") % {"n": len(view.adopted), "version": case.manual_version},
        )
    )
    return facts


def _actions(view: CaseView) -> tuple[list[ActionView], list[ActionView]]:
    """The action bar: what this person can do first; what is locked stays in sight; the rest under 其他."""
    owed = {row.key for row in view.owed if row.state == "open"}
    wanted = {
        one.definition.done_by
        for manual in view.adopted
        for key, one in manual.compiled.obligations.items()
        if key in owed
    }
    mine = [offer for offer in view.offers if offer.possible]
    mine.sort(key=lambda offer: (offer.action.key not in wanted, -offer.action.primary))
    locked = [
        offer
        for offer in view.offers
        if not offer.possible and offer.action.key != "withdraw" and _near(view, offer)
    ]
    ordered = [offer for offer in mine if offer.action.key not in ("note", "withdraw")] + locked
    note = [offer for offer in mine if offer.action.key == "note"]
    withdraw = [offer for offer in mine if offer.action.key == "withdraw"]
    bar = [
        action_view(
            view, offer, first=index == 0 and (offer.action.primary > 0 or offer.action.key in wanted)
        )
        for index, offer in enumerate(ordered[:BAR_SIZE])
    ]
    more = [action_view(view, offer) for offer in [*ordered[BAR_SIZE:], *withdraw]]
    return [*bar, *(action_view(view, offer) for offer in note)], more


def _near(view: CaseView, offer: Offer) -> bool:
    """Whether a forbidden action is worth showing: it is this person's, and something is missing."""
    by = set(offer.action.by)
    mine = bool(by & (view.adopted[0].compiled.roles_of(view.actor.roles) | view.actor.roles))
    mine = mine or ("on_shift" in by and obstacles.on_shift(view.actor, view.facts))
    return mine or ("assignee" in by and view.actor.user_id == view.case.assignee_id)


def action_view(view: CaseView, offer: Offer, *, first: bool = False) -> ActionView:
    """A button made from the manual; a locked one says what is missing and the clause."""
    action = offer.action
    compiled = view.source_of(action.key)
    blocked = ""
    if offer.reasons:
        text, clause = offer.reasons[0]
        blocked = f"{text}{clause}"
    kbd = "F4" if action.key == "note" else "F9" if first and offer.possible else ""
    return ActionView(
        key=action.key,
        label=action.label,
        href=reverse("case-act", args=[view.case.number, action.key]),
        source=_("电话、说明、留言")
        if action.key == "note"
        else f"{compiled.manual.manual.short} {action.clause}".strip(),
        blocked=blocked,
        primary=first and offer.possible,
        kbd=kbd,
        last=action.key == "note",
    )


def _quote(view: CaseView) -> QuoteView | None:
    """Materials and the charge, with the proofs that they were told and agreed."""
    facts = view.facts
    lines = [
        PriceLine(line["name"], line["qty"], line["unit"], line["price_fen"], line["amount_fen"])
        for line in facts.get("materials") or ()
    ]
    fee = facts.get("fee")
    if not lines and not fee:
        return None
    return QuoteView(
        tuple(lines), int(fee if fee is not None else sum(line.amount_fen for line in lines)), _proofs(view)
    )


def _proofs(view: CaseView) -> tuple[ProofView, ...]:
    """Told, no cash, agreed: each with its clause; what has not happened yet stays visible."""
    compiled = view.adopted[0].compiled
    facts, events = view.facts, view.facts.get("events") or {}
    actions = {action.key: action for action in compiled.procedures[facts["procedure"]].action}

    def proof(action: str, word: str, text: str, done: bool) -> ProofView | None:
        known = actions.get(action)
        return ProofView(word, text, words.clause_view(compiled, known.clause), done) if known else None

    told = events.get("charge_told", {}).get("at")
    when = from_iso(told) if told else None
    found = (
        proof(
            "agree_materials",
            _("已告知"),
            _("材料费用 %s") % (_short(when) if when else ""),
            when is not None,
        ),
        proof("agree_materials", _("不收现金"), _("费用由财务内勤收取"), bool(facts.get("no_cash_told"))),
        proof("agree_change", _("已同意"), _("业户同意新的做法和费用"), "consented" in events)
        if "deviation_found" in events
        else None,
    )
    return tuple(one for one in found if one)


def _short(moment: Any) -> str:
    return display.wall(moment, moment.tzinfo)


def _paper(view: CaseView, record: Record) -> PaperView:
    short, clause = sheets.clause_of(record)
    compiled = adoption.compiled(record.manual_key, record.manual_version)
    copies = tuple(
        CopyView(
            copy.label, copy.paper, copy.goes_to, _holder(copy), () if copy.arrived_at else (copy.goes_to,)
        )
        for copy in record.copies.all()
    )
    return PaperView(record, words.clause_view(compiled, clause), copies)


def _holder(copy: Any) -> str:
    if copy.state == "missing":
        return _("遗失（最后在 %s）") % copy.holder
    if copy.state == "archived":
        return _("册 %s") % copy.volume
    return str(copy.holder)


def action_of(view: CaseView, key: str) -> Action | None:
    """An action that is offered now."""
    return next((offer.action for offer in view.offers if offer.action.key == key), None)


def reasons_of(view: CaseView, key: str) -> tuple[tuple[str, str], ...]:
    """Why an offered action is not possible."""
    return next((offer.reasons for offer in view.offers if offer.action.key == key), ())
