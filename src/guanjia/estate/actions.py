"""The only writer of the estate. Every change that a search could find keeps the index in step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.db.models import Model, Q

from guanjia.estate import build
from guanjia.estate.indexing import WordRow, words_of
from guanjia.estate.models import Building, Company, Occupancy, Office, Party, Phone, SearchWord, Unit
from guanjia.estate.phones import parse_phone
from guanjia.estate.register import PhonePairs, Plan, unit_code, unit_name
from guanjia.estate.spelling import fold, sort_code, squeeze
from guanjia.kernel.problem import Problem

Progress = Callable[[str, int, int], None]
BATCH = 1000


def create_company(name: str, short: str = "") -> Company:
    """A company. Raises Problem FIELD_REQUIRED or COMPANY_TAKEN."""
    name = _required(name, "公司名称", "name")
    if Company.objects.filter(name=name).exists():
        raise Problem("COMPANY_TAKEN", f"已有公司「{name}」。", field="name")
    return Company.objects.create(name=name, short=short.strip() or name[:20])


def create_office(
    company: Company,
    code: str,
    name: str,
    estate_name: str,
    *,
    duty_phone: str = "",
    address: str = "",
    time_zone: str = "Asia/Shanghai",
) -> Office:
    """A management office. Raises Problem FIELD_REQUIRED, OFFICE_CODE_TAKEN or TIME_ZONE_UNKNOWN."""
    code = _required(code, "代码", "code")
    if Office.objects.filter(code=code).exists():
        raise Problem(
            "OFFICE_CODE_TAKEN", f"代码「{code}」已用于另一个管理处。", "请换一个代码。", field="code"
        )
    try:
        ZoneInfo(time_zone)
    except (KeyError, ValueError):
        raise Problem(
            "TIME_ZONE_UNKNOWN", f"没有时区「{time_zone}」。", "例如 Asia/Shanghai。", field="time_zone"
        ) from None
    return Office.objects.create(
        company=company,
        code=code,
        name=_required(name, "管理处名称", "name"),
        estate_name=_required(estate_name, "项目名称", "estate_name"),
        duty_phone=duty_phone.strip(),
        address=address.strip(),
        time_zone=time_zone,
    )


def create_building(office: Office, code: str, name: str = "") -> Building:
    """A building; without a name `3栋` or `A座`. Raises Problem FIELD_REQUIRED or BUILDING_TAKEN."""
    code = _required(code, "楼栋代码", "code")
    if Building.objects.filter(office=office, code__iexact=code).exists():
        raise Problem("BUILDING_TAKEN", f"已有楼栋「{code}」。", field="code")
    return Building.objects.create(office=office, code=code, name=name.strip() or unit_name("", code, "", ""))


@transaction.atomic
def create_unit(
    building: Building,
    number: str,
    *,
    on: date,
    stair: str = "",
    floor: int | None = None,
    kind: str = Unit.Kind.RESIDENCE,
    code: str = "",
    name: str = "",
    area_cm2: int | None = None,
    moved_in_on: date | None = None,
    note: str = "",
) -> Unit:
    """A unit; code and name follow from building, stair and number unless given.

    area_cm2: square centimetres. Raises Problem FIELD_REQUIRED, UNIT_KIND or UNIT_CODE_TAKEN.
    """
    number = _required(number, "室号", "number")
    if kind not in Unit.Kind.values:
        raise Problem("UNIT_KIND", f"没有类型「{kind}」。", field="kind")
    code = code.strip() or unit_code(building.code, stair, number)
    if Unit.objects.filter(office=building.office_id, code__iexact=code).exists():
        raise Problem(
            "UNIT_CODE_TAKEN", f"房号「{code}」已有登记。", "请核对楼栋、单元、室号。", field="code"
        )
    unit = Unit.objects.create(
        office_id=building.office_id,
        building=building,
        code=code,
        sort=sort_code(code),
        name=name.strip() or unit_name(building.name, building.code, stair, number),
        stair=stair,
        floor=floor,
        number=number,
        kind=kind,
        area_cm2=area_cm2,
        moved_in_on=moved_in_on,
        note=note,
    )
    index_units(unit.office, [unit.pk], on=on)
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, on: date, **values: object) -> Unit:
    """Other details of a unit: name, floor, kind, area_cm2, moved_in_on, note. Its code stays for good."""
    if unknown := set(values) - {"name", "floor", "kind", "area_cm2", "moved_in_on", "note"}:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    if values.get("kind", unit.kind) not in Unit.Kind.values:
        raise Problem("UNIT_KIND", f"没有类型「{values['kind']}」。", field="kind")
    _set(unit, values)
    index_units(unit.office, [unit.pk], on=on)
    return unit


@transaction.atomic
def create_party(
    office: Office,
    name: str,
    *,
    kind: str = Party.Kind.PERSON,
    title: str = "",
    phones: Sequence[str | tuple[str, str]] = (),
    email: str = "",
    note: str = "",
) -> Party:
    """A person or organisation with its numbers (text, or text and use), the first one the main number.

    Raises Problem FIELD_REQUIRED, PHONE_FORMAT, EMAIL_FORMAT.
    """
    party = Party.objects.create(
        office=office,
        name=_required(name, "姓名", "name"),
        kind=kind,
        title=title,
        email=_email(email),
        note=note.strip(),
    )
    _write_phones(party, _pairs(phones))
    return party


@transaction.atomic
def change_party(party: Party, *, on: date, **values: str) -> Party:
    """Other details of a party: name, title, kind, email, note. Raises Problem FIELD_REQUIRED, EMAIL_FORMAT."""
    if unknown := set(values) - {"name", "title", "kind", "email", "note"}:
        raise TypeError(f"not to be changed: {sorted(unknown)}")
    if "name" in values:
        values["name"] = _required(values["name"], "姓名", "name")
    if "email" in values:
        values["email"] = _email(values["email"])
    _set(party, values)
    index_units(party.office, _units_of(party), on=on)
    return party


@transaction.atomic
def set_phones(party: Party, phones: Sequence[str | tuple[str, str]], *, on: date) -> None:
    """The party's numbers from now on, the first one the main number. Raises Problem PHONE_FORMAT."""
    _write_phones(party, _pairs(phones))
    index_units(party.office, _units_of(party), on=on)


@transaction.atomic
def create_occupancy(
    unit: Unit, party: Party, relation: str, *, on: date, relation_note: str = "", since: date | None = None
) -> Occupancy:
    """A party belongs to a unit from now on. Raises Problem RELATION_UNKNOWN, OCCUPANCY_TAKEN or OTHER_OFFICE."""
    if unit.office_id != party.office_id:
        raise Problem(
            "OTHER_OFFICE", "业户和房屋不在同一个管理处。", "请在房屋所在的管理处登记业户。", field="party"
        )
    if relation not in Occupancy.Relation.values:
        raise Problem(
            "RELATION_UNKNOWN",
            f"没有关系「{relation}」。",
            "可填业主、租户、家人、紧急联系人。",
            field="relation",
        )
    if Occupancy.objects.filter(unit=unit, party=party, relation=relation, until__isnull=True).exists():
        raise Problem("OCCUPANCY_TAKEN", f"{party.name} 已登记在 {unit.code}。", field="party")
    row = Occupancy.objects.create(
        unit=unit, party=party, relation=relation, relation_note=relation_note.strip(), since=since
    )
    index_units(unit.office, [unit.pk], on=on)
    return row


@transaction.atomic
def end_occupancy(occupancy: Occupancy, until: date, *, on: date) -> Occupancy:
    """The party leaves: `until` is the first day on which it no longer belongs to the unit.

    A day to come keeps it to be found until then. Raises Problem OCCUPANCY_ENDED or DATE_ORDER.
    """
    row = Occupancy.objects.select_for_update().select_related("unit__office").get(pk=occupancy.pk)
    if row.until is not None:
        raise Problem("OCCUPANCY_ENDED", f"已于 {row.until} 迁出。", field="until")
    if row.since is not None and until < row.since:
        raise Problem("DATE_ORDER", f"迁出 {until} 早于迁入 {row.since}。", "请核对日期。", field="until")
    row.until = until
    row.save(update_fields=["until"])
    index_units(row.unit.office, [row.unit_id], on=on)
    return row


def index_units(
    office: Office, unit_ids: Iterable[int], *, on: date, progress: Progress | None = None
) -> int:
    """Writes anew the search words of these units of the office; how many words were written.

    `on`: the office's day; who has left by then is no longer found.
    """
    ids = list(dict.fromkeys(unit_ids))
    written = 0
    for start in range(0, len(ids), BATCH // 2):
        some = ids[start : start + BATCH // 2]
        words = list(words_of(office, some, on))
        with transaction.atomic():
            SearchWord.objects.filter(office=office, unit__in=some).delete()
            _insert_words(words)
        written += len(words)
        if progress:
            progress("建立检索", min(start + len(some), len(ids)), len(ids))
    return written


def _insert_words(words: Sequence[WordRow]) -> None:
    """Many rows at once, by COPY or plain INSERTs: an object for each word would take most of the time of an import."""
    table = connection.ops.quote_name(SearchWord._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(name) for name in WordRow._fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for word in words:
                    copy.write_row(word)
            return
        row = "(" + ", ".join(["%s"] * len(WordRow._fields)) + ")"
        for start in range(0, len(words), BATCH):
            some = words[start : start + BATCH]
            values = ", ".join([row] * len(some))
            cells = [cell for word in some for cell in word]
            cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {values}", cells)


@transaction.atomic
def apply_plan(office: Office, plan: Plan, *, on: date, progress: Progress | None = None) -> None:
    """Writes all that a plan of `register.plan` says, or nothing."""
    say = progress or (lambda stage, done, total: None)
    units = _apply_units(office, plan)
    say("房屋", len(plan.new_units), len(plan.new_units))
    parties = _apply_persons(office, plan)
    say("业户", len(plan.new_persons), len(plan.new_persons))
    touched = {units[fold(entry.code)] for entry in plan.new_units} | {
        unit.pk for unit, _ in plan.changed_units
    }
    rows = [build.occupancy(entry, units, parties) for entry in plan.new_occupancies]
    Occupancy.objects.bulk_create(rows, batch_size=BATCH)
    for row, values in plan.changed_occupancies:
        _set(row, values)
    say("入住", len(rows), len(rows))
    touched |= {row.unit_id for row in rows} | {row.unit_id for row, _ in plan.changed_occupancies}
    changed = [party.pk for party, _ in [*plan.changed_persons, *plan.new_phones]]
    for start in range(0, len(changed), BATCH // 2):
        held = Occupancy.objects.filter(party__in=changed[start : start + BATCH // 2])
        touched |= set(held.values_list("unit_id", flat=True))
    index_units(office, sorted(touched), on=on, progress=progress)


def _apply_units(office: Office, plan: Plan) -> dict[str, int]:
    """Writes buildings and units; the id of every unit of the office by its folded code."""
    Building.objects.bulk_create(
        Building(office=office, code=code, name=name or unit_name("", code, "", ""))
        for code, name in plan.buildings.items()
    )
    buildings = {fold(building.code): building for building in Building.objects.filter(office=office)}
    made = [build.unit(office, buildings[fold(entry.building)], entry) for entry in plan.new_units]
    Unit.objects.bulk_create(made, batch_size=BATCH)
    for unit, values in plan.changed_units:
        _set(unit, values)
    return {fold(code): pk for code, pk in Unit.objects.filter(office=office).values_list("code", "pk")}


def _apply_persons(office: Office, plan: Plan) -> dict[int, int]:
    """Writes parties and numbers; the id of every party of the register by its key."""
    made = [build.party(office, entry) for entry in plan.new_persons]
    Party.objects.bulk_create(made, batch_size=BATCH)
    phones = [
        phone
        for party, entry in zip(made, plan.new_persons, strict=True)
        for phone in build.phones(party, entry.phones)
    ]
    Phone.objects.bulk_create(phones, batch_size=BATCH)
    for party, values in plan.changed_persons:
        _set(party, values)
    for party, pairs in plan.new_phones:
        _write_phones(party, pairs)
    ids = {entry.key: party.pk for party, entry in zip(made, plan.new_persons, strict=True)}
    return ids | {key: party.pk for key, party in plan.known_persons.items()}


def _write_phones(party: Party, pairs: PhonePairs) -> None:
    party.phones.all().delete()
    Phone.objects.bulk_create(build.phones(party, pairs))


def _pairs(phones: Sequence[str | tuple[str, str]]) -> PhonePairs:
    pairs: dict[str, str] = {}
    for given in phones:
        text, label = (given, "") if isinstance(given, str) else given
        if text.strip():
            pairs.setdefault(parse_phone(text, field="phones"), label.strip())
    return tuple(pairs.items())


def _units_of(party: Party) -> list[int]:
    return list(Occupancy.objects.filter(Q(party=party)).values_list("unit_id", flat=True).distinct())


def _set(row: Model, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    if values:
        row.save(update_fields=list(values))


def _required(text: str, what: str, field: str) -> str:
    cleaned = " ".join(str(text).split())
    if not squeeze(cleaned):
        raise Problem("FIELD_REQUIRED", f"请填写{what}。", field=field)
    return cleaned


def _email(text: str) -> str:
    cleaned = text.strip()
    if cleaned:
        try:
            validate_email(cleaned)
        except ValidationError:
            raise Problem("EMAIL_FORMAT", f"「{cleaned}」不是邮箱地址。", field="email") from None
    return cleaned
