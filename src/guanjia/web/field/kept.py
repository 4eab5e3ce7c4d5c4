"""Steps that a phone kept where there was no network: taken in order, each once; what disagrees is shown, not decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from guanjia.cases import queries as cases
from guanjia.cases.models import Case, Event
from guanjia.engine import Result, perform
from guanjia.engine.offering import CaseView, view_of
from guanjia.kernel.moments import iso, parse_moment
from guanjia.kernel.problem import Problem, Problems
from guanjia.policy import builtin, obstacles
from guanjia.policy.schema import Action
from guanjia.web import office as offices
from guanjia.web.bridge import forms, story, uploads
from guanjia.web.doors import OfficeRequest
from guanjia.web.field import page

TIMES = ("AT_BEFORE_LAST", "BACKDATE_FORBIDDEN")
COLUMNS = {"assignee_id", "department", "appointment_at"}


@dataclass(frozen=True)
class Step:
    """A step as the phone sends it. seq: the last line of the timeline that the person knew; settled: he has seen that
    the office has something else, and wants his own all the same."""

    key: str
    kept_at: datetime
    seq: int
    settled: bool


def take(request: OfficeRequest, number: str, key: str) -> JsonResponse:
    """Do a step that was kept: 200 with the line that it left, or what stands against it beside what the office has."""
    try:
        _of_this_person(request)
        _in_its_office(request)
        step = _read(request)
    except Problem as problem:
        return _refused(problem)
    try:
        case = _job(request, number, key)
    except Problem as problem:
        office = _seen_from_outside(request, number, step)
        return _refused(_gone() if office else problem, office=office)
    return _take(request, case, key, step)


def _take(request: OfficeRequest, case: Case, key: str, step: Step) -> JsonResponse:
    view = view_of(case, request.user, request.now)
    known = view.adopted[0].compiled.actions[view.facts["procedure"]].get(key) or builtin.ACTIONS.get(key)
    if known is None:
        return _refused(Problem("ACTION_UNKNOWN", _("没有这个动作。"), status=404))
    done = cases.event_by_key(case, step.key)
    if done and done.actor_id == request.user.pk and done.action == key:
        return _done(done)
    action = known.definition
    posted = forms.data_of(action, request.POST)
    others = [one for one in _since(case, step.seq) if one.actor_id != request.user.pk]
    if _disagrees(case, action, posted, others):
        return _refused(_changed(), office=_office(request, view, step, action), may=_may(view, action, None))
    try:
        posted |= uploads.keep(request, case, action, step.kept_at)
        result = _perform(request, case, key, posted, step)
    except Problem as problem:
        fresh = view_of(cases.case_in(request.office, case.number), request.user, request.now)
        office = _office(request, fresh, step, action)
        return _refused(problem, office=office, may=_may(fresh, action, problem))
    return _done(result.event)


def _read(request: OfficeRequest) -> Step:
    seq = request.POST.get("kept-seq", "")
    return Step(
        key=request.POST.get("key", "")[:80],
        kept_at=min(parse_moment(request.POST.get("kept-at", ""), request.zone, field="at"), request.now),
        seq=int(seq) if seq.isdecimal() else 0,
        settled=request.POST.get("kept-settled") == "1",
    )


def _of_this_person(request: OfficeRequest) -> None:
    """Another person's steps stay in the phone until he signs in again himself."""
    if request.POST.get("kept-by") != str(request.user.pk):
        raise Problem("KEPT_BY_OTHER", _("这一步是另一位同事记的。"), _("请他自己登录后再传。"), status=403)


def _in_its_office(request: OfficeRequest) -> None:
    """The step belongs to the office in which it was done, whichever one the pages show now."""
    code = request.POST.get("kept-office", "")
    office = next((one for one in request.offices if one.code == code), None)
    if office is None:
        raise Problem("NOT_FOUND", _("您不在这个管理处任职了。"), _("请把手机给主管看。"), status=404)
    request.office, request.zone = office, offices.zone_of(office)


def _job(request: OfficeRequest, number: str, key: str) -> Case:
    """The job; whoever had it once may still leave a note. Raises Problem NOT_FOUND."""
    try:
        return page.own_job(request, number)
    except Problem:
        case = cases.case_in(request.office, number)
        if key == builtin.NOTE.key and cases.was_assigned(case, request.user):
            return case
        raise


def _perform(request: OfficeRequest, case: Case, key: str, posted: dict[str, Any], step: Step) -> Result:
    """Do the step at its own time; once its person has settled a disagreement, now if its own time cannot stand."""

    def at(moment: datetime) -> Result:
        return perform(
            case,
            key,
            actor=request.user,
            at=moment,
            now=request.now,
            data=posted,
            key=step.key,
            kept_at=step.kept_at,
        )

    if case.assignee_id != request.user.pk:
        return at(request.now)
    try:
        return at(step.kept_at)
    except Problem as problem:
        if not step.settled or problem.code not in TIMES:
            raise
        return at(request.now)


def _since(case: Case, seq: int) -> list[Event]:
    """What happened to the case after that line, oldest first."""
    return list(case.events.filter(seq__gt=seq).exclude(action=builtin.STEP.key).order_by("seq"))


def _disagrees(case: Case, action: Action, posted: Mapping[str, Any], others: list[Event]) -> bool:
    """Whether somebody else has meanwhile moved the case, given it away, or entered what this step enters."""
    if not others or not _changes(action):
        return False
    before = dict(case.events.filter(seq__gte=others[0].seq - 1).values_list("seq", "state"))
    for event in others:
        facts = event.changes.get("facts") or {}
        if event.state != before.get(event.seq - 1, event.state) or COLUMNS & set(
            event.changes.get("columns") or {}
        ):
            return True
        if any(key in facts and str(facts[key]) != str(value) for key, value in posted.items()):
            return True
    return False


def _changes(action: Action) -> bool:
    """Whether an action moves a case or sets a fact of it; a note does neither."""
    moves = bool(action.to or action.outcome or action.emits and action.key != builtin.NOTE.key)
    return moves or any(field.keep for field in action.field)


def _changed() -> Problem:
    return Problem("CASE_CHANGED", _("你没网的时候，别人办了这件事。"), _("请对照两边，选一个。"), status=409)


def _gone() -> Problem:
    return Problem("CASE_CHANGED", _("你没网的时候，这件事给了别人。"), _("你记的可以留作备注。"), status=409)


def _may(view: CaseView, action: Action, problem: Problem | None) -> list[str]:
    """What the person may choose besides the office's: `keep` as it is, `edit` it first."""
    offer = next((one for one in view.offers if one.action.key == action.key), None)
    if offer is None or not offer.possible:
        return []
    problems = problem.problems if isinstance(problem, Problems) else (problem,) if problem else ()
    return ["keep"] if all(one.code in TIMES for one in problems) else ["edit"]


def _office(request: OfficeRequest, view: CaseView, step: Step, action: Action) -> dict[str, Any]:
    """What the office has: where the case stands, with whom, and what happened since."""
    compiled, since = view.adopted[0].compiled, _since(view.case, step.seq)
    changed = {name for event in since for name in event.changes.get("facts") or {}}
    told = story.timeline(view, since, request.zone)
    return {
        "seq": view.case.last_seq,
        "state": obstacles.state_label(view.adopted[0], view.facts, view.case.state),
        "who": view.facts.get("assignee_name") or "",
        "here": True,
        "since": [{"at": iso(one.at), "who": one.actor, "what": one.text, "note": one.note} for one in told],
        "values": [
            [field.label, text]
            for field in action.field
            if field.key in changed
            and (value := view.facts.get(field.key)) is not None
            and (text := story.said(field, value, compiled, request.zone))
        ],
    }


def _seen_from_outside(request: OfficeRequest, number: str, step: Step) -> dict[str, Any] | None:
    """What became of a job that somebody had and has no more: where it stands, with whom, by whom. Nothing for others."""
    try:
        case = cases.case_in(request.office, number)
    except Problem:
        return None
    if not cases.was_assigned(case, request.user):
        return None
    view = view_of(case, request.user, request.now)
    since = _since(case, step.seq)
    return {
        "seq": case.last_seq,
        "state": obstacles.state_label(view.adopted[0], view.facts, case.state),
        "who": view.facts.get("assignee_name") or "",
        "here": False,
        "since": [
            {"at": iso(one.at), "who": one.actor_label, "what": one.label, "note": ""} for one in since
        ],
        "values": [],
    }


def _done(event: Event) -> JsonResponse:
    return JsonResponse(
        {"seq": event.seq, "at": iso(event.at), "written": iso(event.written_at), "label": event.label}
    )


def _refused(
    problem: Problem, *, office: dict[str, Any] | None = None, may: list[str] | None = None
) -> JsonResponse:
    """The Problem with what the office has; without it there is nothing that the person may be shown."""
    said = [
        f"{one.message}{one.hint}"
        for one in (problem.problems if isinstance(problem, Problems) else (problem,))
    ]
    answer = {"code": problem.code, "says": said, "office": office, "may": may or []}
    return JsonResponse(answer, status=problem.status)
