"""The households of the estate and the shops of the plaza, written through the import of households."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from guanjia.estate import bulk
from guanjia.estate.models import Occupancy, Office, Party
from guanjia.estate.register import OccupancyEntry, PersonEntry, Register, UnitEntry, plan, unit_code
from guanjia.ops.demo import names

# building, stairs, floors, flats on a floor: 800 flats
BUILDINGS = (
    ("1", 3, 6, 2), ("2", 2, 11, 4), ("3", 2, 18, 2), ("4", 2, 18, 2), ("5", 2, 18, 2),
    ("6", 2, 18, 2), ("7", 2, 18, 3), ("8", 2, 18, 3), ("9", 2, 18, 2), ("10", 2, 25, 2),
)  # fmt: skip
MORE = (2, 25, 2)
DEAF = "老人白天独自在家，听力不好。敲门重些，说明是「管理处田师傅」。"
NOTES = (
    "家里有狗，上门前先打电话。",
    "晚上八点后才有人。",
    "门铃坏了，请敲门。",
    "有婴儿，请轻声。",
    "进门请穿鞋套。",
    "老人独居，请慢慢说。",
    "白天家里没人，先约时间。",
)
# Households that stories name: code -> (owner, title, number, note, family: (name, title, how related, number))
NAMED: dict[str, tuple[str, str, str, str, tuple[tuple[str, str, str, str], ...]]] = {
    "3-2-1502": (
        "王秀兰", "ms", "13800001234", DEAF,
        (
            ("赵国平", "mr", "配偶", "13900005678"),
            ("王雨", "ms", "女儿", "13600002468"),
            ("王德厚", "mr", "父亲，82岁", "057100000917"),
        ),
    ),
    "3-2-1402": ("何先明", "mr", "13700002345", "", ()),
    "3-2-1602": ("吴建平", "mr", "13600003456", "", ()),
    "6-1-0302": ("刘伟", "mr", "13500004567", "", ()),
    "7-1-0803": ("黄志强", "mr", "13500007803", "", ()),
    "1-3-0501": ("李慧", "ms", "13600010501", "", ()),
    "9-1-1101": ("张磊", "mr", "13700091101", "", ()),
    "2-1-0704": ("孙丽", "ms", "13800020704", "", ()),
    "8-2-1203": ("罗小红", "ms", "13900081203", "", ()),
    "5-1-0602": ("谢文斌", "mr", "15000050602", "", ()),
    "4-2-0901": ("蒋雅琴", "ms", "15100040901", "", ()),
    "10-1-2102": ("顾启明", "mr", "15200102102", "", ()),
    "1-1-0302": ("潘桂兰", "ms", "15800010302", NOTES[5], ()),
    "6-2-1401": ("陆海燕", "ms", "15900061401", "", ()),
}  # fmt: skip


@dataclass(frozen=True)
class Home:
    """A household or shop as stories know it: whom the desk talks to."""

    code: str
    party: Party
    phone: str
    note: str


@dataclass
class _Book:
    """The register being written."""

    rng: Random
    taken: set[str] = field(default_factory=set)
    units: list[UnitEntry] = field(default_factory=list)
    persons: list[PersonEntry] = field(default_factory=list)
    stays: list[OccupancyEntry] = field(default_factory=list)
    callers: dict[str, int] = field(default_factory=dict)

    def person(self, code: str, relation: str, name: str, **more: object) -> int:
        key = len(self.persons) + 1
        phone, label = (
            str(more.pop("phone", "") or names.mobile(self.rng, self.taken)),
            str(more.pop("label", "")),
        )
        note, since = str(more.pop("how", "")), more.pop("since", None)
        self.persons.append(PersonEntry(key, key, name, phones=((phone, label),), **more))  # type: ignore[arg-type]
        self.stays.append(OccupancyEntry(key, code, key, relation, note, since))  # type: ignore[arg-type]
        return key


def flats(count: int) -> list[tuple[str, str, int, str]]:
    """(building, stair, floor, number) of so many flats; those that stories name come first."""
    found = [flat for building in _buildings(count) for flat in _flats_of(*building)]
    found.sort(key=lambda flat: unit_code(flat[0], flat[1], flat[3]) not in NAMED)
    return found[:count]


def _buildings(count: int) -> Iterator[tuple[str, int, int, int]]:
    yield from BUILDINGS
    stairs, floors, wide = MORE
    for extra in range(max(0, count - 800) // (stairs * floors * wide) + 1):
        yield (str(11 + extra), stairs, floors, wide)


def _flats_of(building: str, stairs: int, floors: int, wide: int) -> Iterator[tuple[str, str, int, str]]:
    for stair in range(1, stairs + 1):
        for floor in range(1, floors + 1):
            for flat in range(1, wide + 1):
                yield building, str(stair), floor, f"{floor:02d}{flat:02d}"


def build_garden(office: Office, count: int, rng: Random, on: date) -> list[Home]:
    """So many households of the estate; named ones first."""
    book = _Book(
        rng, taken={one[2] for one in NAMED.values()} | {m[3] for one in NAMED.values() for m in one[4]}
    )
    for building, stair, floor, number in flats(count):
        code = unit_code(building, stair, number)
        moved = date(2017, 3, 1) + timedelta(days=rng.randrange(2600))
        named = NAMED.get(code)
        note = named[3] if named else (rng.choice(NOTES) if rng.random() < 0.06 else "")
        area = 986_000 if code == "3-2-1502" else rng.randrange(5600, 14500) * 100
        book.units.append(
            UnitEntry(
                len(book.units) + 1, code, building, number, stair=stair, floor=floor, area_cm2=area,
                moved_in_on=date(2019, 8, 16) if code == "3-2-1502" else moved, note=note,
            )
        )  # fmt: skip
        if named:
            _named(book, code, named)
        else:
            _household(book, code, moved)
    return _write(office, book, on)


def _named(
    book: _Book, code: str, named: tuple[str, str, str, str, tuple[tuple[str, str, str, str], ...]]
) -> None:
    name, title, phone, _note, family = named
    book.callers[code] = book.person(code, "owner", name, title=title, phone=phone)
    for relative, how_called, how, number in family:
        landline = number.startswith("0")
        book.person(
            code,
            "family",
            relative,
            title=how_called,
            how=how,
            phone=number,
            label="座机" if landline else "",
        )


def _household(book: _Book, code: str, moved: date) -> None:
    rng = book.rng
    name, title = names.person(rng)
    owner = book.person(code, "owner", name, title=title, since=moved)
    book.callers[code] = owner
    kind = rng.random()
    if kind < 0.17:
        tenant, called = names.person(rng)
        since = moved + timedelta(days=rng.randrange(60, 900))
        book.callers[code] = book.person(code, "tenant", tenant, title=called, since=since)
    elif kind < 0.80:
        for how in rng.sample(("配偶", "儿子", "女儿", "父亲", "母亲"), rng.choice((0, 1, 1, 2))):
            surname = name[0] if how in ("儿子", "女儿") else ""
            relative, _title = names.person(rng, surname)
            book.person(code, "family", relative, how=how)
    elif kind < 0.88:
        friend, _title = names.person(rng)
        book.person(code, "emergency", friend, how=rng.choice(("女儿", "弟弟", "邻居", "同事")))


def build_plaza(office: Office, count: int, rng: Random, on: date) -> list[Home]:
    """So many shops: one landlord, a tenant for each, and whom to ring."""
    book = _Book(rng)
    landlord = book.persons
    for number in range(count):
        building, place = ("A", "B")[number % 2], number // 2
        floor, flat = place // 20 + 1, place % 20 + 1
        text, code = f"{floor}{flat:02d}", f"{building}-{floor}{flat:02d}"
        opened = date(2021, 5, 1) + timedelta(days=rng.randrange(1500))
        book.units.append(
            UnitEntry(
                number + 1, code, building, text, building_name=f"{building}座", floor=floor, kind="shop",
                area_cm2=rng.randrange(3000, 22000) * 100, moved_in_on=opened,
            )
        )  # fmt: skip
        if not landlord:
            book.person(code, "owner", "翠湖商业经营公司", kind="organisation")
        else:
            book.stays.append(OccupancyEntry(10_000 + number, code, 1, "owner"))
        book.callers[code] = book.person(
            code, "tenant", names.shop(number), kind="organisation", since=opened
        )
        keeper, title = names.person(rng)
        book.person(code, "emergency", keeper, title=title, how="店长")
    return _write(office, book, on)


def _write(office: Office, book: _Book, on: date) -> list[Home]:
    """Through the import: the plan of a register, then all of it at once."""
    register = Register(tuple(book.units), tuple(book.persons), tuple(book.stays))
    bulk.apply_plan(office, lambda: plan(office, register), on=on)
    phones = {(one.name, one.phones[0][0]) for one in book.persons}
    assert len(phones) == len(book.persons), "each person has a number of its own"
    numbers = {one.key: one.phones[0][0] for one in book.persons}
    stays = Occupancy.objects.filter(unit__office=office).select_related("party", "unit")
    by_phone = {}
    for stay in stays.prefetch_related("party__phones"):
        for phone in stay.party.phones.all():
            by_phone[stay.unit.code, phone.number] = stay
    found = []
    for code, key in book.callers.items():
        stay = by_phone[code, numbers[key]]
        found.append(Home(code, stay.party, numbers[key], stay.unit.note))
    return found
