"""What a resident sees: promises, not process. The words are the manual's own for residents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine.offering import CaseView, view_of
from guanjia.obligations.models import Obligation
from guanjia.policy.decision import Offer
from guanjia.policy.schema import Action
from guanjia.web import display
from guanjia.web.bridge import bill, forms, story, words
from guanjia.web.components import QuoteView
from guanjia.web.resident.door import LinkRequest

NOTE = "note"


@dataclass(frozen=True)
class Stop:
    """A step of the way. state: ok (behind), now, or "" (ahead); small: a promise that was kept."""

    text: str
    state: str = ""
    at: datetime | None = None
    small: str = ""


@dataclass(frozen=True)
class Promise:
    """What the office still owes: in the resident's words, until when, under which clause."""

    text: str
    when: str
    source: str
    late: bool = False


@dataclass(frozen=True)
class ResidentPage:
    """Everything that the page draws. before_fen: what was agreed to earlier, where it is another amount now."""

    view: CaseView
    hello: str
    title: str
    way: list[Stop]
    promises: list[Promise]
    quote: QuoteView | None
    before_fen: int | None
    telling: list[tuple[str, str]]
    main: Action | None
    others: list[tuple[Action, str]]
    may_note: bool
    thanks: str


def gather(request: LinkRequest) -> ResidentPage:
    """The page of the link's case at this moment."""
    case = request.case
    view = view_of(case, request.resident, request.now)
    events = list(cases.timeline(case))
    acts = offered(view, events) if request.resident.may_act else []
    main = next((action for action in acts if action.primary or action.place == "link"), None)
    compiled = view.adopted[0].compiled
    state = compiled.states[view.facts["procedure"]].get(case.state)
    quote, before = _asked(view, acts)
    return ResidentPage(
        view=view,
        hello=_hello(case),
        title=(state.resident or state.label) if state else _("这件事已经撤销"),
        way=way_of(view, events),
        promises=promises_of(view, request),
        quote=quote,
        before_fen=before,
        telling=_telling(view),
        main=main,
        others=[
            (action, label_of(view, action)) for action in acts if action is not main and action.key != NOTE
        ],
        may_note=any(action.key == NOTE for action in acts),
        thanks=_thanks(view, events),
    )


def _asked(view: CaseView, acts: Iterable[Action]) -> tuple[QuoteView | None, int | None]:
    """The amount that the resident is asked to agree to, else what was priced; and the one agreed to before, if other."""
    known = bill.quote_of(view)
    for action in acts:
        for key, fen in bill.asked_of(action, forms.seen_by(view)).items():
            before = view.facts.get(key)
            lines = known.lines if known and known.total_fen == fen else ()
            return QuoteView(lines, fen), before if isinstance(before, int) and before != fen else None
    return known, None


def _hello(case: Case) -> str:
    """`3栋2单元1502 王女士`: the family name is enough on a page without a password."""
    place = case.unit.name if case.unit else ""
    who = ""
    if case.party:
        title = str(case.party.get_title_display())
        who = f"{case.party.name[:1]}{title}" if title and case.party.kind == "person" else ""
    return f"{place} {who}".strip() or case.number


def offered(view: CaseView, events: Iterable[Event]) -> list[Action]:
    """What the manual lets this resident do now. What leaves the case where it stands can be done once in a round."""
    given = _given(events)
    return [offer.action for offer in view.offers if offer.possible and _open_to(offer, given)]


def _open_to(offer: Offer, given: set[str]) -> bool:
    action = offer.action
    if action.key == NOTE:
        return True
    return "resident" in action.by and (action.key not in given or moves(action))


def moves(action: Action) -> bool:
    """Whether an action leads to another state: then its own state forbids doing it twice."""
    return bool(action.to or any(outcome.to for outcome in action.outcome))


def _given(events: Iterable[Event]) -> set[str]:
    """What residents did since the case was last reopened, newest event first."""
    found: set[str] = set()
    for event in events:
        if "reopened" in event.emits:
            break
        if event.actor_id is None and event.action != "@step":
            found.add(event.action)
    return found


def _thanks(view: CaseView, events: Iterable[Event]) -> str:
    """What was heard of the resident's rating."""
    if "rate" not in _given(events):
        return ""
    if view.facts.get("rated") == "unsatisfied":
        return _("收到了。您不满意的地方，我们派专人处理，再把结果告诉您。")
    return _("收到您的评价，谢谢。")


def way_of(view: CaseView, events: Iterable[Event]) -> list[Stop]:
    """The states that the case went through in the resident's words, then the stages ahead."""
    compiled = view.adopted[0].compiled
    states = compiled.states[view.facts["procedure"]]
    kept = {row.met_at: _kept(row) for row in view.owed if row.state == "met" and row.met_at and _words(row)}
    found: list[Stop] = []
    last = ""
    for event in sorted(events, key=lambda event: event.seq):
        state = states.get(event.state)
        if state is None or event.state == last or not state.resident:
            continue
        last = event.state
        found.append(Stop(state.resident, "ok", event.at, kept.get(event.at, "")))
    if found and not view.case.closed_at:
        found[-1] = Stop(found[-1].text, "now", found[-1].at, found[-1].small)
    return found + _ahead(view, states)


def _ahead(view: CaseView, states: Any) -> list[Stop]:
    """The stages still to come on the main line; none once the case has ended or left it."""
    order = [state for state in states.values() if state.stage]
    keys = [state.key for state in order]
    if view.case.closed_at or view.case.state not in keys:
        return []
    here = states[view.case.state].stage
    later = dict.fromkeys(
        state.stage for state in order[keys.index(view.case.state) :] if state.stage != here
    )
    return [Stop(stage) for stage in later]


def _kept(row: Obligation) -> str:
    """`15 分钟内师傅到您家，用时 8分`."""
    taken = display.taken((row.met_at or row.opened_at) - row.opened_at)
    return _("%(promise)s，%(taken)s") % {"promise": _words(row), "taken": taken}


def _words(row: Obligation) -> str:
    """The promise behind an obligation in the resident's words; "" when the manual makes none."""
    known = words.manual_of(row).obligations.get(row.key)
    return known.definition.resident if known else ""


def promises_of(view: CaseView, request: LinkRequest) -> list[Promise]:
    """What the office still owes this resident: what runs by due time, then what is still to begin."""
    found = []
    live = [row for row in view.owed if row.state in ("open", "paused") and _words(row)]
    for row in sorted(live, key=lambda row: (row.due_at is None, row.due_at or row.opened_at)):
        late = bool(row.due_at and row.due_at < request.now)
        when = display.deadline(row.due_at, request.now, request.zone) if row.due_at else ""
        text = _("说好 %s，已经晚了，我们正在催") if late else _("%s 前")
        found.append(
            Promise(_words(row), text % when if when else "", _source(words.manual_of(row), row.clause), late)
        )
    for one in view.waiting:
        definition = one.obligation.definition
        if definition.resident:
            compiled = adoption.compiled(one.obligation.manual_key, one.version)
            found.append(Promise(definition.resident, "", _source(compiled, definition.clause)))
    return found


def _source(compiled: Any, clause: str) -> str:
    return f"{compiled.manual.manual.title} {clause}"


def _telling(view: CaseView) -> list[tuple[str, str]]:
    """What the manual wants said about money, each with its source."""
    compiled = view.adopted[0].compiled
    actions = compiled.procedures[view.facts["procedure"]].action
    found = {action.notice: _source(compiled, action.clause) for action in reversed(actions) if action.notice}
    return list(found.items())


def entered_by(view: CaseView, action: Action) -> list[tuple[str, str]]:
    """What the last person entered that this resident is to agree to: label and text, newest first."""
    compiled = view.adopted[0].compiled
    zone = ZoneInfo(view.case.office.time_zone)
    asked = [
        field
        for known in compiled.procedures[view.facts["procedure"]].action
        if known.to == view.case.state and known.key != action.key
        for field in known.field
        if field.kind in ("text", "long") and view.facts.get(field.key)
    ]
    return [(field.label, story.said(field, view.facts[field.key], compiled, zone)) for field in asked]


def label_of(view: CaseView, action: Action) -> str:
    """The words on the button: the manual speaks of 业户, here the resident reads it; what comes after is not theirs."""
    return action.label.removeprefix(view.adopted[0].compiled.manual.manual.party_word).split("，")[0]
