"""The only writer of the estate, with `bulk` for many rows. Every change that a search could find keeps the index in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Model, Q

from guanjia.estate import build
from guanjia.estate.bulk import hold, index_rest, index_units
from guanjia.estate.models import Building, Company, Occupancy, Office, Party, Phone, Unit
from guanjia.estate.phones import parse_phone
from guanjia.estate.register import PhonePairs, unit_code, unit_name
from guanjia.estate.spelling import sort_code, squeeze
from guanjia.kernel.problem import Problem

__all__ = ["index_rest", "index_units"]


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


@transaction.atomic
def create_building(office: Office, code: str, name: str = "") -> Building:
    """A building; without a name `3栋` or `A座`. Raises Problem FIELD_REQUIRED or BUILDING_TAKEN."""
    code = _required(code, "楼栋代码", "code")
    if Building.objects.filter(office=office, code__iexact=code).exists():
        raise Problem("BUILDING_TAKEN", f"已有楼栋「{code}」。", field="code")
    hold(office)
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
    hold(building.office)
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
    hold(unit.office)
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
    hold(office)
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
    hold(party.office)
    _set(party, values)
    index_units(party.office, _units_of(party), on=on)
    return party


@transaction.atomic
def set_phones(party: Party, phones: Sequence[str | tuple[str, str]], *, on: date) -> None:
    """The party's numbers from now on, the first one the main number. Raises Problem PHONE_FORMAT."""
    pairs = _pairs(phones)
    hold(party.office)
    _write_phones(party, pairs)
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
    hold(unit.office)
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
    hold(row.unit.office)
    row.until = until
    row.save(update_fields=["until"])
    index_units(row.unit.office, [row.unit_id], on=on)
    return row


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
