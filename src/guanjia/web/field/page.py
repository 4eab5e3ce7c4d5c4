"""What the technician's pages show: the job in hand, what comes next, the pool, and one job whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guanjia.adoption import queries as adoption
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine.facts import reference_of
from guanjia.engine.offering import CaseView, view_of
from guanjia.kernel.moments import from_iso
from guanjia.obligations import queries as obligations
from guanjia.obligations.models import Obligation
from guanjia.policy import fields as policy_fields
from guanjia.policy import scripts
from guanjia.policy.decision import Offer
from guanjia.policy.schema import Action
from guanjia.records import queries as records
from guanjia.records.models import Record
from guanjia.staff import rules
from guanjia.web import display
from guanjia.web.bridge import bill, depends, duties, forms, photos, story, words
from guanjia.web.components import (
    ActionView,
    ChipView,
    ClauseView,
    EventView,
    PhotoView,
    QuoteView,
)
from guanjia.web.doors import OfficeRequest

AWAY = ("nobody_home", "put_off", "reappointed", "appointed")
ELSEWHERE = ("desk", "cashier", "link")
SHOWN = (
    ("item", gettext_lazy("服务项目")),
    ("dispatch_note", gettext_lazy("交代")),
    ("finding", gettext_lazy("初步查看")),
    ("deviation", gettext_lazy("情况不符")),
    ("new_item", gettext_lazy("改修")),
    ("done", gettext_lazy("做了什么")),
    ("trial_remark", gettext_lazy("试用意见")),
    ("opinion", gettext_lazy("业户意见")),
)


@dataclass(frozen=True)
class Card:
    """The head of a job: where, what, who, and the duty that runs. ring: when the limit began and ends."""

    case: Case
    who: str
    note: str
    chip: ChipView | None
    from_at: datetime | None
    share: float
    state: str


@dataclass(frozen=True)
class Doing:
    """A button: `direct` posts at once, otherwise it opens the form. blocked: why it cannot be done yet."""

    view: ActionView
    direct: bool = False


@dataclass(frozen=True)
class Row:
    """A further job: when, where, what."""

    case: Case
    when: str
    detail: str
    late: bool = False


@dataclass(frozen=True)
class JobPage:
    """A job whole: everything that is needed where there is no network."""

    card: Card
    view: CaseView
    main: Doing | None
    others: list[Doing]
    facts: list[tuple[str, str]]
    rules: list[tuple[str, ClauseView]]
    quote: QuoteView | None
    notice: tuple[str, ClauseView] | None
    photos: list[PhotoView]
    papers: list[tuple[Record, bool]]
    timeline: list[EventView]


def own_job(request: OfficeRequest, number: str) -> Case:
    """A job of the person's own, one of the pool, or a shift of his. Raises Problem NOT_FOUND for everything else."""
    case = cases.case_in(request.office, number)
    if case.assignee_id == request.user.pk or in_pool(request, case) or on_list(request, case):
        return case
    raise cases.not_found(number)


def on_list(request: OfficeRequest, case: Case) -> bool:
    """Whether the case is a shift on whose list this person stands."""
    return request.user.pk in (case.facts.get("shift_people") or ())


def in_pool(request: OfficeRequest, case: Case) -> bool:
    """Whether nobody has taken the job yet and this person may."""
    free = case.assignee_id is None and case.closed_at is None
    return free and takes_jobs(request) and cases.pool(request.office).filter(pk=case.pk).exists()


def takes_jobs(request: OfficeRequest) -> bool:
    """Whether the person works in the field."""
    return rules.may("work_in_field", request.user, request.office, request.now)


def in_order(jobs: Iterable[Case], owed: Iterable[Obligation]) -> list[tuple[Case, Obligation | None]]:
    """The jobs with the duty that presses most: where the person is now, then by due time, finished ones last."""
    first: dict[int, Obligation] = {}
    for row in owed:
        first.setdefault(row.case_id, row)

    def rank(case: Case) -> tuple[bool, bool, bool, datetime]:
        row = first.get(case.pk)
        due = (row.due_at if row else None) or case.appointment_at
        return case.completed_at is not None, not on_site(case), due is None, due or case.opened_at

    return [(case, first.get(case.pk)) for case in sorted(jobs, key=rank)]


def on_site(case: Case) -> bool:
    """Whether the person has arrived and neither left again nor finished."""
    events = case.facts.get("events") or {}
    arrived = events.get("arrived", {}).get("at", "")
    left = max((events.get(name, {}).get("at", "") for name in AWAY), default="")
    return bool(arrived) and case.completed_at is None and arrived > left


def row_of(case: Case, duty: Obligation | None, request: OfficeRequest) -> Row:
    """A further job in one line: the time is the appointment's, else that of the duty."""
    at = case.appointment_at or (duty.due_at if duty else None)
    matter = case.subject or str(case.facts.get("matter") or "")
    late = bool(duty and duty.due_at and duty.due_at < request.now)
    return Row(
        case,
        _when(at, request),
        "·".join(part for part in (matter, duty.label if duty else "") if part),
        late,
    )


def _when(at: datetime | None, request: OfficeRequest) -> str:
    if at is None:
        return _("不限")
    here, today = at.astimezone(request.zone), request.now.astimezone(request.zone).date()
    return display.wall(at, request.zone) if here.date() == today else f"{here.month}-{here.day:02d}"


def card_of(view: CaseView, request: OfficeRequest) -> Card:
    """The head of a job with the duty of this person that ends first."""
    case = view.case
    row = pressing(view, request)
    state = view.adopted[0].compiled.states[view.facts["procedure"]].get(case.state)
    share = 0.0
    if row and row.due_at and row.due_at > row.opened_at:
        share = max((row.due_at - request.now) / (row.due_at - row.opened_at), 0.0)
    notes = (case.unit.note if case.unit else "", view.facts.get("note"), view.facts.get("dispatch_note"))
    return Card(
        case=case,
        who=str(case.party or view.facts.get("contact_name") or ""),
        note=" ".join(str(note) for note in notes if note),
        chip=duties.chip(row, request.now, request.zone, {}) if row else None,
        from_at=row.opened_at if row else None,
        share=share,
        state=state.label if state else "",
    )


def pressing(view: CaseView, request: OfficeRequest) -> Obligation | None:
    """The duty of this person that ends first."""
    running = [row for row in view.owed if _mine(row, request) and row.due_at]
    return min(running, key=lambda row: row.due_at or request.now, default=None)


def _mine(row: Obligation, request: OfficeRequest) -> bool:
    begun = row.not_before is None or row.not_before <= request.now
    return row.state == "open" and row.owner_id == request.user.pk and begun


def doings(view: CaseView) -> tuple[Doing | None, list[Doing]]:
    """The one thing to do next, and the rest: what the manual puts first, else what is owed; locked ones say why."""
    mine = [offer for offer in view.offers if _belongs_here(view, offer)]
    possible = [offer for offer in mine if offer.possible]
    owed = _owed_actions(view)
    ranked = [offer for offer in possible if offer.action.primary] or [
        o for o in possible if o.action.key in owed
    ]
    main = ranked[0] if ranked else None
    rest = [offer for offer in mine if offer is not main and offer.action.key != "withdraw"]
    rest.sort(key=lambda offer: (offer.action.key == "note", not offer.possible))
    return (_doing(view, main) if main else None), [_doing(view, offer) for offer in rest]


def _belongs_here(view: CaseView, offer: Offer) -> bool:
    """Whether an action is this person's in the field: the manual lets the assignee or his role do it."""
    if offer.action.place in ELSEWHERE or (offer.action.place == "any" and not offer.possible):
        return False
    by = set(offer.action.by)
    held = view.adopted[0].compiled.roles_of(view.actor.roles)
    return offer.possible or "assignee" in by or bool(by & held)


def _owed_actions(view: CaseView) -> set[str]:
    definitions = [words.manual_of(row).obligations.get(row.key) for row in view.owed if row.state == "open"]
    return {one.definition.done_by for one in definitions if one and one.definition.done_by}


def _doing(view: CaseView, offer: Offer) -> Doing:
    action = offer.action
    short = view.source_of(offer.action.key).manual.manual.short
    text, clause = offer.reasons[0] if offer.reasons else ("", "")
    button = ActionView(
        key=action.key,
        label=action.label,
        href=reverse("field-act", args=[view.case.number, action.key]),
        source=f"{short} {action.clause}".strip() if action.clause else "",
        blocked=f"{text}（{clause}）" if text and clause else text,
    )
    return Doing(button, direct=offer.possible and not _asks(action, view))


def _asks(action: Action, view: CaseView) -> bool:
    """Whether an action cannot be done without filling something in, as the facts stand."""
    facts, own = forms.seen_by(view), {field.key for field in action.field}
    return any(
        policy_fields.is_required(field, facts) or bool(depends.rules_of(field, facts, own - {field.key}))
        for field in action.field
        if policy_fields.holds(field.show_when, facts)
    )


def job_of(request: OfficeRequest, case: Case) -> JobPage:
    """A job whole."""
    view = view_of(case, request.user, request.now)
    main, others = doings(view)
    return JobPage(
        card=card_of(view, request),
        view=view,
        main=main,
        others=others,
        facts=[
            *_times(case, request),
            *((str(label), str(view.facts[key])) for key, label in SHOWN if view.facts.get(key)),
        ],
        rules=_rules(view),
        quote=bill.quote_of(view),
        notice=notice_of(view),
        photos=photos.of_case(request, case),
        papers=_papers(request, case),
        timeline=story.timeline(view, cases.timeline(case), request.zone),
    )


def _times(case: Case, request: OfficeRequest) -> list[tuple[str, str]]:
    """When the visit is appointed, and how long the person has been there."""
    found = []
    if case.appointment_at and case.completed_at is None:
        found.append((_("约定时间"), display.near(case.appointment_at, request.now, request.zone)))
    if on_site(case):
        since = from_iso(case.facts["events"]["arrived"]["at"])
        found.append((_("到场以后"), display.running(request.now - since)))
    return found


def _rules(view: CaseView) -> list[tuple[str, ClauseView]]:
    """What the manual wants kept in mind all the time: its words that belong to no action and no channel."""
    compiled = view.adopted[0].compiled
    always = (
        one
        for one in compiled.manual.script
        if not one.action and not one.channel and not one.when and not one.board
    )
    held = scripts.pinned(view.adopted, view.facts)
    held += [scripts.Said(compiled, one) for one in always if one.clause]
    return [
        (scripts.words_of(view.adopted, one, view.facts), words.clause_view(one.manual, one.script.clause))
        for one in held
    ]


def notice_of(view: CaseView) -> tuple[str, ClauseView] | None:
    """What the manual wants said whenever money comes up (no cash), with its clause."""
    compiled = view.adopted[0].compiled
    for action in compiled.procedures[view.facts["procedure"]].action:
        if action.notice:
            return action.notice, words.clause_view(compiled, action.clause)
    return None


def _papers(request: OfficeRequest, case: Case) -> list[tuple[Record, bool]]:
    """The papers of a job that are handed out or left (call note, repair sheet), with whether they are signed."""
    rows = records.records_of(request.office, reference_of(case))
    found = []
    for record in rows:
        compiled = adoption.compiled(record.manual_key, record.manual_version)
        form = next((form for form in compiled.manual.form if form.key == record.form), None)
        if form is not None and form.nature in ("note", "slip") and record.voided_at is None:
            found.append((record, record.signed_at is not None))
    return found


def owed_by(request: OfficeRequest) -> list[Obligation]:
    """What this person owes in this office, by due time."""
    return [
        row for row in obligations.owed_by(request.user, request.now) if row.office_id == request.office.pk
    ]
