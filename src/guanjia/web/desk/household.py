"""Everything about a household on one card, and its page: members, money, history, neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guanjia.cases import queries as cases
from guanjia.cases.accesses import accesses
from guanjia.cases.models import Case
from guanjia.estate import queries as estate
from guanjia.estate.models import Unit
from guanjia.estate.queries import Household
from guanjia.ledger import queries as ledger
from guanjia.staff import rules
from guanjia.staff.queries import day_in
from guanjia.web import shell
from guanjia.web.bridge import seen
from guanjia.web.bridge.seen import veiled
from guanjia.web.doors import OfficeRequest, office_page

YEAR = timedelta(days=365)
LOOKED = 10


@dataclass(frozen=True)
class Card:
    """A household as the desk sees it while the caller speaks."""

    home: Household
    owed_fen: int
    payer: str
    open_cases: list[Case]
    history: list[Case]
    around: list[tuple[str, Unit, Case | None]]
    may_reveal: bool


def card(request: OfficeRequest, unit: Unit | None) -> Card | None:
    """The card of a unit of this office; None without one."""
    if unit is None:
        return None
    home = estate.household(request.office, unit, day_in(request.office, request.now))
    history = veiled(request, cases.history_of(seen.sight(request), unit, request.now - YEAR)[:20])
    payer = f"unit:{unit.code}"
    reads_money = bool(rules.PERMISSIONS["see_money"] & request.roles)
    lines = ledger.statement(request.office, payer) if reads_money else []
    return Card(
        home=home,
        owed_fen=lines[-1].balance_fen if lines else 0,
        payer=payer if reads_money else "",
        open_cases=[case for case in history if case.closed_at is None],
        history=[case for case in history if case.closed_at is not None],
        around=_around(request, unit),
        may_reveal=rules.can_reveal_phone(request.user, request.office, request.now),
    )


def _around(request: OfficeRequest, unit: Unit) -> list[tuple[str, Unit, Case | None]]:
    """Above and below with what is open there."""
    found = estate.neighbours(unit)
    sides = [(word, one) for word, one in (("楼上", found.above), ("楼下", found.below)) if one]
    near = {
        case.unit_id: case
        for case in veiled(request, cases.open_near(seen.sight(request), [one.pk for _word, one in sides]))
    }
    return [(word, one, near.get(one.pk)) for word, one in sides]


@require_safe
@office_page
def households(request: OfficeRequest) -> HttpResponse:
    """Units of the office by any word that a receptionist hears."""
    shell.require_door(request, "households")
    search = request.GET.get("q", "").strip()
    page = estate.units_page(request.office, search, _page(request)).page
    return render(request, "web/desk/households.html", {"page": page, "search": search, "area": "households"})


def _page(request: OfficeRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isdigit() else 1


@require_safe
@office_page
def household(request: OfficeRequest, code: str) -> HttpResponse:
    """One household: members with masked numbers, open and past cases, money, neighbours."""
    shell.require_door(request, "households")
    unit = estate.unit_by_code(request.office, code)
    may_see = rules.can_see_access_log(request.user, request.office, request.now)
    context = {
        "household": card(request, unit),
        "looked": accesses(request.office, unit=unit)[:LOOKED] if may_see else None,
        "area": "households",
    }
    return render(request, "web/desk/household.html", context)
