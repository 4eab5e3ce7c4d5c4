"""What the line in the omnibox means, with what the receptionist corrected, ready to be registered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from guanjia.cases import queries as cases
from guanjia.engine import Intake, alike
from guanjia.engine.alike import Gathering
from guanjia.engine.preview import Clock, clocks_of
from guanjia.estate import queries as estate
from guanjia.estate.queries import Member
from guanjia.intake import suggest as suggesting
from guanjia.intake.duplicates import Duplicate
from guanjia.intake.mail.actions import line_of, matter_of
from guanjia.intake.models import Call, Letter
from guanjia.intake.suggest import Picked, Suggestion
from guanjia.kernel.problem import Problem
from guanjia.policy.vocabulary import CATEGORIES, CHANNELS
from guanjia.staff import queries as staff
from guanjia.staff.queries import Candidate
from guanjia.web.bridge import gathering, seen
from guanjia.web.bridge.calling import call_of, known_of, letter_of
from guanjia.web.bridge.gathering import GatheringView
from guanjia.web.case import opening
from guanjia.web.doors import OfficeRequest

CELLS = ("unit", "house", "party", "matter", "phone", "classification", "timing")
# what is wrong with these stands at their own cells, anything else at the line
MARKED = frozenset({"unit", "contact_phone", "appointment_at", "relayed_by"})
MARKS = {"unit": "1", "name": "2", "matter": "3", "phone": "4"}


@dataclass(frozen=True)
class Reading:
    """A line understood. `data` and `intake` are what `open_case` takes; `trouble` says why nothing can start yet."""

    text: str
    typed: Mapping[str, str]
    found: Suggestion
    category: str
    data: dict[str, Any]
    intake: Intake
    clocks: list[Clock] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    together: GatheringView | None = None
    people: list[Candidate] = field(default_factory=list)
    technician: int | None = None
    trouble: str = ""
    call: Call | None = None
    letter: Letter | None = None
    kinds: tuple[tuple[str, str], ...] = ()
    said: str = ""
    sends: bool = False

    @property
    def running(self) -> list[Clock]:
        """The clocks that start at once; the others wait for something to happen."""
        return [clock for clock in self.clocks if not clock.event]

    @property
    def later(self) -> int:
        """How many more may come, as things happen."""
        return len(self.clocks) - len(self.running)

    @property
    def urgent(self) -> bool:
        """Whether somebody must go at once."""
        return self.data.get("timing") == "now"

    @property
    def marks(self) -> list[tuple[str, str]]:
        """The whole line in pieces: (text, number of the cell that it went into, or "")."""
        pieces, here = [], 0
        for token in self.found.line.tokens:
            pieces.append((self.text[here : token.start], ""))
            pieces.append((self.text[token.start : token.end], MARKS.get(token.kind, "")))
            here = token.end
        return [piece for piece in [*pieces, (self.text[here:], "")] if piece[0]]

    @property
    def category_words(self) -> str:
        """The category in words."""
        return category_words(self.category)

    @property
    def members(self) -> tuple[Member, ...]:
        """Between whom the party may be chosen: those who fit, else everybody of the household."""
        return self.found.party.choices or (self.found.household.members if self.found.household else ())


def read(request: OfficeRequest, sent: QueryDict) -> Reading:
    """Understand what was typed; cells that the receptionist corrected go before what was heard."""
    typed = {
        name: sent.get(name, "").strip()
        for name in (*CELLS, "appointment_at", "channel", "relayed_by", "technician")
    }
    text = sent.get("line", "").strip()
    call = call_of(request.office, sent.get("call", ""))
    letter = letter_of(request.office, sent.get("letter", ""))
    if letter and not text:
        text = line_of(letter)
    house, trouble = _house(request, typed["house"])
    kinds = opening.words_of_kinds(request)
    picked = Picked(
        unit=house or _number(typed["unit"]) or (letter.unit_id if letter else None),
        party=_number(typed["party"]) or (letter.party_id if letter else None),
        classification=_number(typed["classification"]),
        category=typed["classification"] if typed["classification"] in dict(kinds) else "",
    )
    caller = call.number if call else ""
    found = suggesting.suggest(request.office, text, at=request.now, picked=picked, caller=caller)
    said = _kind_said(text, kinds) if not typed["classification"] else ""
    if said and said != (found.category or "repair"):
        named = replace(picked, category=said)
        found = suggesting.suggest(request.office, text, at=request.now, picked=named, caller=caller)
    category = found.category or "repair"
    data = {**_data(request, typed, found), **known_of(call), **_written(letter, typed)}
    data = {**opening.named(request, category, found.chosen.row if found.chosen else None), **data}
    intake = _intake(found, call, urgent=data.get("timing") == "now")
    clocks, refused = _clocks(request, category, data, intake)
    sends = opening.sends(request, category)
    people = _people(request, found) if category == "repair" and sends else []
    together = _together(request, category, found) if data.get("matter") else None
    return Reading(
        text=text,
        typed=typed,
        found=found,
        category=category,
        data=data,
        intake=intake,
        clocks=clocks,
        duplicates=_duplicates(request, found, together),
        together=gathering.view_of(together, seen.sight(request)),
        people=people,
        technician=_technician(typed["technician"], people),
        trouble=trouble or refused,
        call=call,
        letter=letter,
        kinds=kinds,
        said="" if found.chosen else said,
        sends=sends,
    )


def _kind_said(text: str, kinds: Sequence[tuple[str, str]]) -> str:
    """The kind whose name stands in the line as a word of its own (`售后 外墙渗水`); "" for none."""
    words = set(re.split(r"[\s，,。；;：:]+", text))
    return next((key for key, label in kinds if label in words), "")


def _together(request: OfficeRequest, category: str, found: Suggestion) -> Gathering | None:
    """Other households that may speak of the same thing."""
    if category not in alike.SPOKEN:
        return None
    unit = found.unit.unit
    building = unit.building if unit else found.unit.building
    own = alike.words_of(request.office)
    report = alike.said_by(found.matter, unit, building, request.now, own, category)
    return alike.speaking_of(request.office, report, request.now)


def _duplicates(request: OfficeRequest, found: Suggestion, together: Gathering | None) -> list[Duplicate]:
    """What is open near by and may be the same matter, without what the hint of several households says already."""
    if not found.unit.unit:
        return []
    known = {one.case.number for one in together.alike} if together else set()
    rows = suggesting.possible_duplicates(request.office, found, at=request.now)
    return suggesting.without_secrets((one for one in rows if one.number not in known), seen.sight(request))


def _house(request: OfficeRequest, typed: str) -> tuple[int | None, str]:
    """The unit that was written into its cell, or why there is none."""
    if not typed:
        return None, ""
    try:
        return estate.unit_by_code(request.office, typed).pk, ""
    except Problem as problem:
        return None, str(problem)


def _technician(typed: str, people: list[Candidate]) -> int | None:
    """Who is sent: as chosen, `0` for the pool; nobody chosen: the first who is on duty."""
    if typed:
        return _number(typed) or None
    return next((one.user.pk for one in people if one.available), None)


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _data(request: OfficeRequest, typed: Mapping[str, str], found: Suggestion) -> dict[str, Any]:
    """The fields of the opening action, as far as they are known."""
    timing = typed["timing"] or ("now" if found.urgency.urgent else "")
    phone = typed["phone"] or found.phone.number or _registered_phone(request, found)
    known = {
        "unit": found.unit.unit.code if found.unit.unit else "",
        "floor": str(found.unit.unit.floor or "") if found.unit.unit else "",
        "contact_phone": phone,
        "contact_name": _called(found),
        "matter": typed["matter"] or found.matter,
        "timing": timing or ("appointment" if typed["appointment_at"] else "now"),
        "appointment_at": typed["appointment_at"],
        "channel": typed["channel"] or "phone",
        "relayed_by": typed["relayed_by"],
        "item": found.item.name if found.item else _wanted(found),
    }
    return {name: value for name, value in known.items() if value}


def _written(letter: Letter | None, typed: Mapping[str, str]) -> dict[str, str]:
    """What a letter says, as far as the receptionist has not said otherwise."""
    if letter is None:
        return {}
    known = {"channel": typed["channel"] or "email", "matter": typed["matter"] or matter_of(letter)}
    if letter.party_id is None and letter.sender_name:
        known["contact_name"] = letter.sender_name
    return known


def _called(found: Suggestion) -> str:
    """The name that the case carries: the party's, else as it was heard."""
    if found.party.party:
        return str(found.party.party)
    return f"{found.line.name}{found.line.title}"


def _registered_phone(request: OfficeRequest, found: Suggestion) -> str:
    """The main number of the chosen party, when the caller gave none."""
    if found.party.party is None:
        return ""
    phones = estate.phones_of(request.office, found.party.party)
    return next((phone.number for phone in phones.order_by("-main", "pk")), "")


def _wanted(found: Suggestion) -> str:
    """What is asked for when the list of services does not have it: what suppliers are recommended for."""
    row = found.chosen.row if found.chosen else None
    return row.problem if row and not row.item and found.suppliers else ""


def _intake(found: Suggestion, call: Call | None, *, urgent: bool) -> Intake:
    row = found.chosen.row if found.chosen else None
    return Intake(
        party=found.party.party,
        unit=found.unit.unit,
        place=row.place if row else "",
        kind=row.kind if row else "",
        problem=row.problem if row else "",
        urgent=urgent,
        urgent_reason=found.urgency.reason,
        skill=found.skill,
        subject=found.matter[:200],
        facts=known_of(call),
    )


def _clocks(
    request: OfficeRequest, category: str, data: Mapping[str, Any], intake: Intake
) -> tuple[list[Clock], str]:
    try:
        return clocks_of(request.office, category, at=request.now, data=data, intake=intake), ""
    except Problem as problem:
        return [], str(problem)


def _people(request: OfficeRequest, found: Suggestion) -> list[Candidate]:
    return staff.candidates(
        request.office, "technician", found.skill, request.now, cases.open_jobs(request.office)
    )


def channels() -> list[tuple[str, str]]:
    """How it came in, with words."""
    return list(CHANNELS.items())


def category_words(key: str) -> str:
    """A category in words."""
    return CATEGORIES.get(key, key)
