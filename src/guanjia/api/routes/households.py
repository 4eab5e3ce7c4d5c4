"""Households: search, list, card; a telephone number in full, which is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from ninja import Router
from pydantic import Field

from guanjia.api.keys import ApiRequest
from guanjia.api.params import CaseNumber, OfficeCode, OfficeOf, PageNumber, PageSize, Says, Search
from guanjia.api.shapes.cases import CaseRow
from guanjia.api.shapes.common import Id, Page, manual_of, numbers_of
from guanjia.api.shapes.estate import HitOut, HouseholdOut, HouseholdRow, PhoneOut
from guanjia.cases import actions as case_actions
from guanjia.cases import queries as cases
from guanjia.engine.veiling import veil
from guanjia.estate import queries as estate
from guanjia.estate.phones import spaced
from guanjia.estate.search import occupants_of
from guanjia.kernel.problem import Problem
from guanjia.staff.queries import day_in

router = Router(tags=["住户"])
HISTORY = timedelta(days=365)
LATEST = 20


@router.get("/offices/{office}/search", response=Page[HitOut], summary="按来电说的找")
def search(
    request: ApiRequest,
    office: OfficeCode,
    text: Search,
    limit: Annotated[int, Field(ge=1, le=50), Says("最多几个")] = 20,
) -> Page[HitOut]:
    """Units that answer to every word, best first: code in any spelling, name, pinyin, part of a number."""
    caller = request.auth
    place = caller.office(office)
    caller.require("see_households", place)
    hits = estate.search(place, text, limit, on=day_in(place, caller.now))
    return Page[HitOut](items=[HitOut.of(hit) for hit in hits], total=len(hits), page=1, pages=1, size=limit)


@router.get("/offices/{office}/households", response=Page[HouseholdRow], summary="住户清单")
def households(
    request: ApiRequest, office: OfficeCode, search: Search = "", page: PageNumber = 1, size: PageSize = 50
) -> Page[HouseholdRow]:
    """Units in the order of their codes with who belongs to them."""
    caller = request.auth
    place = caller.office(office)
    caller.require("see_households", place)
    found = estate.units_page(place, search, page, size=size, on=day_in(place, caller.now))
    _units, numbers = numbers_of(found.page, page)
    rows = found.rows if page <= numbers["pages"] else ()
    return Page[HouseholdRow](items=[HouseholdRow.of(row) for row in rows], **numbers)


@router.get("/offices/{office}/households/{unit_id}", response=HouseholdOut, summary="一户")
def household(request: ApiRequest, office: OfficeCode, unit_id: Id) -> HouseholdOut:
    """The card of a household; telephone numbers are masked."""
    caller = request.auth
    place = caller.office(office)
    caller.require("see_households", place)
    today = day_in(place, caller.now)
    unit = estate.unit_for(place, unit_id)
    history = cases.history_of(caller.sight(place), unit, caller.now - HISTORY)
    latest = veil(history.select_related("unit", "party", "assignee")[:LATEST], caller.user, caller.now)
    return HouseholdOut.card(
        estate.household(place, unit, today),
        estate.neighbours(unit),
        occupants_of([unit.pk], today)[unit.pk],
        [CaseRow.of(case, place.code) for case in latest],
    )


@router.post("/offices/{office}/phones/{phone_id}/reveal", response=PhoneOut, summary="看登记的电话")
def reveal_phone(request: ApiRequest, office: OfficeCode, phone_id: Id) -> PhoneOut:
    """A registered number in full; who looked is written down."""
    caller = request.auth
    place = caller.office(office)
    caller.require("reveal_phone", place)
    phone = estate.reveal_phone(place, phone_id)
    case_actions.note_access(place, caller.user, f"电话 {phone.party.name}", caller.now, party=phone.party)
    return PhoneOut(number=phone.number, spaced=spaced(phone.number))


@router.post("/cases/{number}/phones/{fact}/reveal", response=PhoneOut, summary="看事项里留的电话")
def reveal_case_phone(
    request: ApiRequest, number: CaseNumber, fact: Annotated[str, Field(max_length=60)], office: OfficeOf = ""
) -> PhoneOut:
    """A number that was given for a case in full; who looked is written down."""
    caller = request.auth
    case = caller.case(number, office)
    caller.require("reveal_phone", case.office)
    value = case.facts.get(fact) if fact in manual_of(case).phones else None
    if not isinstance(value, str) or not value:
        raise Problem("NOT_FOUND", "这件事里没有这个电话。", "见事项的 phones。", status=404)
    said = f"电话 {case.number} {fact}"
    case_actions.note_access(case.office, caller.user, said, caller.now, unit=case.unit, party=case.party)
    return PhoneOut(number=value, spaced=spaced(value))
