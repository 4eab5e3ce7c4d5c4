"""Cases: list, export, open, read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from ninja import Router
from pydantic import Field

from guanjia.adoption import queries as adoption
from guanjia.api import tables
from guanjia.api.keys import ApiRequest, Caller
from guanjia.api.openapi import file_of
from guanjia.api.params import (
    CaseNumber,
    CategoryKey,
    IdempotencyKey,
    Input,
    OfficeCode,
    OfficeOf,
    PageNumber,
    PageSize,
    PerformIn,
    Says,
    Search,
    key_of,
    moment_of,
)
from guanjia.api.shapes.cases import (
    CaseOut,
    CaseRow,
    EventOut,
    LinkOut,
    Outcome,
    PartyPhone,
    case_values,
    fact_phones,
)
from guanjia.api.shapes.common import LARGEST_ID, Page, cut, manual_of, state_label
from guanjia.api.shapes.privacy import masked
from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.engine import Intake, open_case, tying, veiling
from guanjia.engine.facts import facts_of
from guanjia.engine.offering import hidden_from
from guanjia.engine.veiling import veil
from guanjia.estate import queries as estate
from guanjia.estate.models import Office
from guanjia.policy.vocabulary import CHANNELS
from guanjia.staff import rules

router = Router(tags=["事项"])
Scope = Annotated[
    Literal["open", "urgent", "closed", "all"],
    Says("open 没办结的，urgent 其中急的，closed 办结的，all 全部"),
]
HEADINGS = (
    "单号", "类别", "状态", "房号", "业户", "事由", "急", "来源", "承办", "受理", "约定", "完工", "办结"
)  # fmt: skip


class IntakeIn(Input):
    """What reception knows besides the form."""

    place: str = Field("", max_length=20, description="部位")
    kind: str = Field("", max_length=20, description="类型")
    problem: str = Field("", max_length=30, description="问题")
    urgent: bool = False
    urgent_reason: str = Field("", max_length=80)
    skill: str = Field("", max_length=20, description="要哪门手艺")
    subject: str = Field("", max_length=200, description="事由；不写取自表单")
    party: int | None = Field(None, ge=1, le=LARGEST_ID, description="业户的 id")


class OpenIn(PerformIn):
    """A new case."""

    category: str = Field(min_length=1, max_length=40, description="类别，如 repair")
    intake: IntakeIn = Field(IntakeIn(), description="登记时还知道的")


class LinkIn(Input):
    """Another case."""

    number: str = Field(min_length=1, max_length=20, description="另一件事项的单号")
    kind: Literal["same"] = Field("same", description="same 可能同一件事；由本事项引出的由规程开出")


@router.get("/offices/{office}/cases", response=Page[CaseRow], summary="事项清单")
def list_cases(
    request: ApiRequest, office: OfficeCode, scope: Scope = "open", category: CategoryKey = "", search: Search = "",
    page: PageNumber = 1, size: PageSize = 50,
) -> Page[CaseRow]:  # fmt: skip
    """Cases of an office, newest first."""
    place = request.auth.office(office)
    request.auth.require("see_cases", place)
    rows, numbers = cut(
        cases.cases(request.auth.sight(place), search=search, scope=scope, category=category), page, size
    )
    return Page[CaseRow](
        items=[CaseRow.of(case, place.code) for case in veil(rows, request.auth.user, request.auth.now)],
        **numbers,
    )


@router.get("/offices/{office}/cases.csv", summary="事项清单，CSV", openapi_extra=file_of("text/csv"))
def export_cases(
    request: ApiRequest,
    office: OfficeCode,
    scope: Scope = "open",
    category: CategoryKey = "",
    search: Search = "",
) -> StreamingHttpResponse:
    """The same rows as the list, all of them."""
    place = request.auth.office(office)
    request.auth.require("see_cases", place)
    rows = cases.cases(request.auth.sight(place), search=search, scope=scope, category=category)
    shown = veil(rows.iterator(1000), request.auth.user, request.auth.now)
    return tables.csv_of("事项", HEADINGS, _lines(shown, ZoneInfo(place.time_zone)))


@router.post("/offices/{office}/cases", response={201: Outcome}, summary="开单")
def open_one(
    request: ApiRequest, office: OfficeCode, body: OpenIn, response: HttpResponse, idempotency_key: IdempotencyKey = ""
) -> Outcome:  # fmt: skip
    """Open a case."""
    caller = request.auth
    place = caller.office(office)
    result = open_case(
        place,
        body.category,
        actor=caller.user,
        at=moment_of(body.at, place, caller.now),
        now=caller.now,
        data=body.data,
        intake=_intake(place, body.intake),
        key=key_of(caller, idempotency_key),
    )
    if result.repeated:
        response["Idempotent-Replay"] = "true"
    return Outcome.of(result, place.code)


@router.get("/cases/{number}", response=CaseOut, summary="一件事项")
def read_case(request: ApiRequest, number: CaseNumber, office: OfficeOf = "") -> CaseOut:
    """A whole case; of one that a manual confides to some, who looked is written down."""
    case = request.auth.case(number, office)
    veiling.looked(case, request.auth.user, request.auth.now)
    adopted = adoption.with_figures(case.office, case.versions, first=case.manual_key)
    hidden = hidden_from(case, request.auth.user, request.auth.now)
    facts = {name: value for name, value in facts_of(case, adopted).items() if name not in hidden}
    facts = veiling.as_read(facts, request.auth.sight(case.office).kept_numbers)
    phones = adopted[0].compiled.phones
    [case] = veil([case], request.auth.user, request.auth.now)
    if reads := rules.reads_phones(request.auth.roles(case.office)):
        registered = estate.phones_of(case.office, case.party) if case.party else ()
    else:
        facts = {name: value for name, value in facts.items() if name not in phones}
    return CaseOut(
        **case_values(case, case.office.code),
        facts=masked(facts, phones),
        phones=fact_phones(facts, phones),
        party_phones=[PartyPhone.of(phone) for phone in estate.masked_phones(registered)] if reads else [],
        links=_links(request.auth, case),
        events=case.last_seq,
    )


@router.get("/cases/{number}/timeline", response=Page[EventOut], summary="经过")
def timeline(
    request: ApiRequest, number: CaseNumber, office: OfficeOf = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[EventOut]:
    """The lines of a case, newest first."""
    case = request.auth.case(number, office)
    veiling.looked(case, request.auth.user, request.auth.now)
    compiled = manual_of(case)
    phones = compiled.phones
    rows, numbers = cut(cases.timeline(case), page, size)
    hidden = hidden_from(case, request.auth.user, request.auth.now)
    if not rules.reads_phones(request.auth.roles(case.office)):
        hidden |= phones
    kept = request.auth.sight(case.office).kept_numbers
    for row in rows:
        row.data = veiling.as_read(row.data, kept)  # for showing only
    items = [EventOut.of(row, case, compiled, phones, hidden) for row in rows]
    return Page[EventOut](items=items, **numbers)


@router.post("/cases/{number}/links", response={201: LinkOut}, summary="和另一件事项连起来")
def link(request: ApiRequest, number: CaseNumber, body: LinkIn, office: OfficeOf = "") -> LinkOut:
    """Two cases of one office belong together; a second time changes nothing."""
    caller = request.auth
    case = caller.case(number, office)
    caller.require("register", case.office)
    target = cases.case_in(case.office, body.number)
    return LinkOut.of(tying.tie(case, target, actor=caller.user, at=caller.now), case)


def _links(caller: Caller, case: Case) -> list[LinkOut]:
    """The links to cases that the caller sees, as he may read them."""
    found = cases.links_of(case)
    others = {link.pk: link.target if link.source_id == case.pk else link.source for link in found}
    mine = caller.sight(case.office)
    list(veil(others.values(), caller.user, caller.now))
    return [LinkOut.of(link, case) for link in found if mine.shows(others[link.pk].number)]


def _intake(office: Office, given: IntakeIn) -> Intake:
    party = estate.party_for(office, given.party) if given.party else None
    return Intake(**given.model_dump(exclude={"party"}), party=party)


def _lines(rows: Iterable[Case], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for case in rows:
        compiled = manual_of(case)
        found = compiled.category_for(case.category)
        times = (case.opened_at, case.appointment_at, case.completed_at, case.closed_at)
        yield (
            case.number,
            found.label if found else case.category,
            state_label(compiled, case.category, case.state),
            case.unit.code if case.unit else "",
            case.party.name if case.party else "",
            case.subject,
            "急" if case.urgent else "",
            CHANNELS.get(case.channel, case.channel),
            str(case.assignee or ""),
            *(f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in times),
        )
