"""What a typed line means in an office: unit, household, classification, urgency; what is open is asked in the cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Q

from guanjia.cases import queries as cases
from guanjia.cases.models import Case
from guanjia.cases.sight import Sight
from guanjia.engine.veiling import VEIL
from guanjia.estate import queries as estate
from guanjia.estate.models import Building, Office, Party, SearchWord, Unit
from guanjia.estate.queries import Hit, Household, Member
from guanjia.estate.spelling import squeeze
from guanjia.intake import classification, duplicates
from guanjia.intake.classification import Candidate, Urgency
from guanjia.intake.duplicates import Duplicate
from guanjia.intake.line import Line, Lookups, parse
from guanjia.policy.vocabulary import CATEGORIES
from guanjia.staff.queries import day_in
from guanjia.work import queries as work
from guanjia.work.models import Classification, ServiceItem, Supplier

CHOICES = 6
MOST = 60
OLDEST = timedelta(days=30)


@dataclass(frozen=True)
class Picked:
    """What the receptionist has chosen instead of the proposal: ids, or None; a category goes before any row."""

    unit: int | None = None
    party: int | None = None
    classification: int | None = None
    category: str = ""
    urgent: bool | None = None


@dataclass(frozen=True)
class UnitCell:
    """The unit, or those between which the receptionist chooses; why."""

    unit: Unit | None
    evidence: str
    choices: tuple[Unit, ...] = ()
    building: Building | None = None


@dataclass(frozen=True)
class PartyCell:
    """The party, or the members between whom the receptionist chooses; why."""

    party: Party | None
    evidence: str
    choices: tuple[Member, ...] = ()


@dataclass(frozen=True)
class PhoneCell:
    """The number as it was typed, digits; registered: it stands in the household's register."""

    number: str
    registered: bool
    evidence: str


@dataclass(frozen=True)
class Suggestion:
    """All cells of the strip under the line. `missing` names those of address, phone and matter that are still empty."""

    line: Line
    unit: UnitCell
    household: Household | None
    party: PartyCell
    phone: PhoneCell
    matter: str
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    category: str
    category_label: str
    urgency: Urgency
    skill: str
    hint: str
    item: ServiceItem | None
    suppliers: tuple[Supplier, ...]
    missing: tuple[str, ...]


def suggest(
    office: Office,
    text: str,
    *,
    at: datetime,
    rows: Sequence[Classification] | None = None,
    picked: Picked | None = None,
    caller: str = "",
) -> Suggestion:
    """Read a line for an office. `rows`: its classification, loaded when not given. Never fails for what was typed.
    caller: the number from which it is said, as far as the line names none.

    Raises Problem NOT_FOUND when something picked belongs to another office.
    """
    table = work.classifications(office) if rows is None else rows
    choice = picked or Picked()
    line = parse(text, lookups_of(office))
    number = line.phone or caller
    callers = estate.parties_by_phone(office, number) if number else []
    unit = _unit(office, line, callers, choice, at)
    home = estate.household(office, unit.unit, day_in(office, at)) if unit.unit else None
    party = _party(office, line, callers, home, choice)
    candidates = tuple(classification.classify(line.matter, table))
    chosen = _chosen(table, candidates, choice)
    row = chosen.row if chosen else None
    urgency = classification.urgency(line.matter, row)
    if choice.urgent is not None:
        urgency = Urgency(choice.urgent, "由接待员判定", ())
    listed = row.item if row else ""
    wanted = listed or (row.problem if row else "")
    category = choice.category or (row.category if row else "")
    phone = _phone(number, callers, home, party)
    return Suggestion(
        line=line,
        unit=unit,
        household=home,
        party=party,
        phone=phone,
        matter=line.matter,
        candidates=candidates,
        chosen=chosen,
        category=category,
        category_label=CATEGORIES.get(category, ""),
        urgency=urgency,
        skill=row.skill if row else "",
        hint=row.hint if row else "",
        item=work.item_for(office, listed, at) if listed else None,
        suppliers=tuple(work.suppliers_for(office, wanted, at)) if wanted and not listed else (),
        missing=_missing(unit, phone, line),
    )


def lookups_of(office: Office) -> Lookups:
    """What the office knows, for the parser; each question is answered from the index, once."""
    units: dict[str, bool] = {}
    people: dict[str, bool] = {}

    def is_unit(text: str) -> bool:
        if text not in units:
            units[text] = bool(estate.units_by_code(office, text, 1))
        return units[text]

    def is_name(text: str) -> bool:
        if text not in people:
            rows = estate.words_in(office, SearchWord.Kind.NAME, squeeze(text)) if squeeze(text) else None
            people[text] = (
                rows is not None and rows.filter(word=squeeze(text), party__name=text.strip()).exists()
            )
        return people[text]

    return Lookups(is_unit, is_name)


def _unit(office: Office, line: Line, callers: Sequence[Party], picked: Picked, at: datetime) -> UnitCell:
    if picked.unit is not None:
        return UnitCell(estate.unit_for(office, picked.unit), "由接待员选定")
    on = day_in(office, at)
    if line.unit_text:
        token = line.token("unit")
        return _narrowed(office, line, at, token.evidence if token else "")
    homes = {unit.pk: unit for party in callers for unit in estate.units_of_party(office, party, on)}
    if homes:
        return _one_of(list(homes.values()), "按来电号码选定", "这个号码登记在几处，请选一处")
    if line.name:
        hits = estate.search(office, f"{line.name}{line.title}", CHOICES, on=on)
        return _one_of(
            _units(hits), f"全处只有一位{line.name}{line.title}", f"有几位{line.name}{line.title}，请选房屋"
        )
    return UnitCell(None, "没有听到房号")


def _narrowed(office: Office, line: Line, at: datetime, evidence: str) -> UnitCell:
    """The unit of a typed code; among several, those where the caller's name or number is known."""
    exact = estate.units_by_code(office, line.unit_text, CHOICES)
    if len(exact) == 1:
        return UnitCell(exact[0], evidence)
    on = day_in(office, at)
    for known in (line.phone, f"{line.name}{line.title}"):
        if known:
            narrowed = _units(estate.search(office, f"{line.unit_text} {known}", CHOICES, on=on))
            if len(narrowed) == 1:
                return UnitCell(narrowed[0], f"按「{line.unit_text}」和「{known}」选定")
    if exact:
        return UnitCell(None, "有几处相同的房号，请选一处", tuple(exact))
    near = _units(estate.search(office, line.unit_text, CHOICES, on=on))
    building = near[0].building if near and len({unit.building_id for unit in near}) == 1 else None
    return UnitCell(None, "请说全房号" if near else f"没有房号「{line.unit_text}」", tuple(near), building)


def _one_of(units: list[Unit], sure: str, unsure: str) -> UnitCell:
    if len(units) == 1:
        return UnitCell(units[0], sure)
    return UnitCell(None, unsure if units else "没有听到房号", tuple(units[:CHOICES]))


def _units(hits: Sequence[Hit]) -> list[Unit]:
    return list({hit.unit.pk: hit.unit for hit in hits}.values())


def _party(
    office: Office, line: Line, callers: Sequence[Party], home: Household | None, picked: Picked
) -> PartyCell:
    if picked.party is not None:
        return PartyCell(estate.party_for(office, picked.party), "由接待员选定")
    members = home.members if home else ()
    for caller in callers:
        if any(member.party_id == caller.pk for member in members):
            return PartyCell(caller, "按来电号码选定", members)
    named = [member for member in members if line.name and _is_called(member, line)]
    if len(named) == 1:
        return PartyCell(
            estate.party_for(office, named[0].party_id), f"按「{line.name}{line.title}」选定", members
        )
    if len(named) > 1:
        return PartyCell(None, f"这户有几位{line.name}{line.title}，请选一位", tuple(named))
    if callers and not members:
        return PartyCell(callers[0], "按来电号码选定")
    if line.name and members:
        return PartyCell(None, f"这户没有登记{line.name}{line.title}", members)
    return PartyCell(None, "请选来电人" if members else "", members)


def _is_called(member: Member, line: Line) -> bool:
    """Whether a member may be meant by the name; a title that is registered and differs speaks against it."""
    wanted, own = squeeze(line.name), squeeze(member.name)
    said = {"mr": "先生", "ms": "女士"}.get(line.title_key, "")
    if member.title and said and member.title != said:
        return False
    return own == wanted or (bool(line.title) and own.startswith(wanted))


def _phone(number: str, callers: Sequence[Party], home: Household | None, party: PartyCell) -> PhoneCell:
    if not number:
        return PhoneCell("", False, "没有听到电话")
    members = {member.party_id for member in home.members} if home else set()
    if any(caller.pk in members or caller == party.party for caller in callers):
        return PhoneCell(number, True, "与登记号码一致")
    if callers:
        return PhoneCell(number, False, f"登记在别处的{callers[0].name}名下")
    return PhoneCell(number, False, "没有登记过的号码")


def _chosen(
    table: Sequence[Classification], candidates: Sequence[Candidate], picked: Picked
) -> Candidate | None:
    if picked.category:
        return None
    if picked.classification is not None:
        row = next((row for row in table if row.pk == picked.classification), None)
        return Candidate(row, 0, (), "") if row else None
    return candidates[0] if candidates else None


def _missing(unit: UnitCell, phone: PhoneCell, line: Line) -> tuple[str, ...]:
    needed = (("unit", unit.unit), ("phone", phone.number), ("matter", line.matter))
    return tuple(name for name, value in needed if not value)


def possible_duplicates(
    office: Office, found: Suggestion, *, at: datetime, rows: Sequence[Classification] | None = None
) -> list[duplicates.Duplicate]:
    """Open cases of the office that may be the same matter as a suggestion: same unit, neighbours, common parts."""
    table = work.classifications(office) if rows is None else rows
    unit = found.unit.unit
    around = estate.neighbours(unit) if unit else None
    sides = {
        side: getattr(around, side).pk if around and getattr(around, side) else None
        for side in ("above", "below", "left", "right")
    }
    building = unit.building_id if unit else found.unit.building.pk if found.unit.building else None
    row = found.chosen.row if found.chosen else None
    new = duplicates.Report(
        unit=unit.pk if unit else None,
        building=building,
        neighbours=sides,
        place=row.place if row else "",
        kind=row.kind if row else "",
        words=classification.topic_words(found.matter, table),
        at=at,
    )
    near = [pk for pk in (new["unit"], *sides.values()) if pk is not None]
    same = Q(unit__in=near) | (Q(unit__building=building) if building is not None else Q())
    if not near and building is None:
        return []
    open_cases = cases.cases(office, scope="open").filter(same, opened_at__gt=at - OLDEST)[:MOST]
    return duplicates.find(new, [_report(case, table) for case in open_cases])


def without_secrets(found: Iterable[Duplicate], sight: Sight) -> list[Duplicate]:
    """Duplicates as this person may read them: where one's matter is kept from him, so is what is alike (S001-1-4.12)."""
    rows = list(found)
    kept = sight.kept_numbers(one.number for one in rows)
    return [
        replace(one, subject=VEIL, reasons=one.reasons[:1]) if one.number in kept else one for one in rows
    ]


def _report(case: Case, table: Sequence[Classification]) -> duplicates.Report:
    best = classification.classify(case.subject, table, 1)
    return duplicates.Report(
        number=case.number,
        subject=case.subject,
        unit=case.unit_id,
        unit_name=case.unit.name if case.unit else "",
        building=case.unit.building_id if case.unit else None,
        place=best[0].row.place if best else "",
        kind=best[0].row.kind if best else "",
        words=classification.topic_words(case.subject, table),
        at=case.opened_at,
    )
