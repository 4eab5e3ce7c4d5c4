"""The small estate on which cards are played: one office, a stair of flats, one person for each role."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from guanjia.adoption import actions as adoption
from guanjia.engine.schedules import start_schedules
from guanjia.estate import actions as estate
from guanjia.estate.models import Office, Party
from guanjia.kernel.moments import parse_moment
from guanjia.kernel.problem import Problem
from guanjia.ops.cards.card import Person, ShiftDef
from guanjia.policy.loader import compile_text, read
from guanjia.staff import actions as staff
from guanjia.staff import queries as staff_queries
from guanjia.staff.models import Role, User
from guanjia.work import actions as work

ZONE = ZoneInfo("Asia/Shanghai")
DAY_ONE = date(2020, 1, 1)
DEPARTMENTS = (
    ("service", "客服组"),
    ("engineering", "工程组"),
    ("cleaning", "保洁组"),
    ("money", "财务部"),
    ("office", "办公室"),
)
# role, name, department
PEOPLE = (
    ("receptionist", "周敏", "service"),
    ("cs_supervisor", "何静", "service"),
    ("eng_supervisor", "雷志刚", "engineering"),
    ("technician", "田大勇", "engineering"),
    ("technician", "陈建军", "engineering"),
    ("cleaner", "刘桂香", "cleaning"),
    ("security", "赵铁军", "office"),
    ("security", "马建", "office"),
    ("cashier", "沈悦", "money"),
    ("finance", "钱会计", "money"),
    ("director", "林国栋", "office"),
    ("company_centre", "公司中心", ""),
    ("quality", "品质部", ""),
    ("vice_president", "副总经理", ""),
    ("general_manager", "总经理", ""),
    ("administrator", "管理员", ""),
)
HOUSEHOLDS = (
    ("3", "2", "1502", 15, "王秀兰", "ms", "13800001234"),
    ("3", "2", "1402", 14, "何先明", "mr", "13700002345"),
    ("3", "2", "1602", 16, "吴建平", "mr", "13600003456"),
    ("6", "1", "0302", 3, "刘伟", "mr", "13500004567"),
)
ITEMS = (
    ("更换水龙头", 3000),
    ("水管维修", 8000),
    ("更换灯具", 2000),
    ("疏通下水", 5000),
    ("复印", 50),
    ("擦窗", 10000),
)
SUPPLIERS = (("金音琴行", "0755-00001111", "钢琴调音"), ("安心锁具", "0755-00002222", "开锁 换锁芯"))


@dataclass
class Stage:
    """The office and its people; by role key, or by name."""

    office: Office
    people: dict[str, list[User]] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)

    def copy(self) -> Stage:
        """The same office and people, to which a card may add its own."""
        people = {role: list(users) for role, users in self.people.items()}
        return Stage(self.office, people, dict(self.parties))

    def person(self, who: str) -> User:
        """Somebody by system role (the first), or by name. Raises Problem CARD_PERSON."""
        for users in self.people.values():
            for user in users:
                if user.name == who:
                    return user
        if who not in self.people:
            names = "、".join(user.name for users in self.people.values() for user in users)
            raise Problem(
                "CARD_PERSON", f"卡片里没有「{who}」这个人。", f"可写岗位、规程里的称呼，或：{names}。"
            )
        return self.people[who][0]


def moment(text: str) -> datetime:
    """A card's local time as an instant. Raises Problem TIME_FORMAT."""
    return parse_moment(text, ZONE)


def local(at: datetime | None) -> str:
    """An instant as cards write it; nothing for None."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if at else ""


def trial(text: str) -> str:
    """A manual's text under a version of its own, so that an edited one can be played beside the version in use."""
    mark = hashlib.sha256(text.encode()).hexdigest()[:6]
    return re.sub(r'(?m)^(version\s*=\s*)"([^"]*)"', lambda m: f'{m[1]}"{m[2][:12]}~{mark}"', text, count=1)


def ground() -> Stage:
    """The part of the stage that is the same for every card: office, people, households, prices. No manual yet."""
    company = estate.create_company("绿城示范物业公司", "示范物业")
    office = estate.create_office(company, "card", "翠湖花园管理处", "翠湖花园", duty_phone="0755-00000120")
    stage = Stage(office)
    for key, name in DEPARTMENTS:
        staff.create_department(office, key, name)
    _people(stage, PEOPLE)
    _homes(stage, HOUSEHOLDS)
    opened = datetime.combine(DAY_ONE, time(), ZONE).astimezone(UTC)
    for name, price in ITEMS:
        work.add_item(office, name, price_fen=price, at=opened, by="开业", evaluation="")
    for name, phone, items in SUPPLIERS:
        work.add_supplier(office, name, phone=phone, items=items, at=opened, by="开业", evaluation="")
    return stage


def build(
    texts: Iterable[str], figures: Mapping[str, str], begins: datetime, homes: Iterable[str] = (),
    more: Iterable[Person] = (), shifts: Iterable[ShiftDef] = (), on: Stage | None = None,
) -> Stage:  # fmt: skip
    """Set the stage in the current transaction: the manuals are adopted well before the card begins.

    figures: values for blanks, `key` or `manual/key`; what a card does not say takes the manual's suggestion.
    homes: further households by code. on: a ground that is there already. Raises Problem CARD_FAULTY for a code that is
    none.
    """
    stage = on.copy() if on else ground()
    _people(stage, ((one.role, one.name, one.department) for one in more))
    for one in shifts:
        for later in (timedelta(days=n) for n in range(one.days)):
            begins_at, ends_at = moment(one.begins) + later, moment(one.ends) + later
            staff.add_shift(stage.office, stage.person(one.who), one.label, begins_at, ends_at)
    _homes(stage, (_home(code, n) for n, code in enumerate(homes, start=1)))
    for text in texts:
        _adopt(stage.office, text, figures, begins.astimezone(UTC) - timedelta(days=400))
    start_schedules(stage.office, begins.astimezone(UTC) - timedelta(seconds=1))
    return stage


def _people(stage: Stage, people: Iterable[tuple[str, str, str]]) -> None:
    departments = {one.key: one for one in staff_queries.departments_of(stage.office)}
    for number, (role, name, department) in enumerate(people, sum(map(len, stage.people.values()))):
        user = staff.create_user(f"card-{role}-{number}", name)
        staff.give_post(
            user, Role(role), office=stage.office, department=departments.get(department), since=DAY_ONE
        )
        stage.people.setdefault(role, []).append(user)


def _home(code: str, n: int) -> tuple[str, str, str, int, str, str, str]:
    """A further household: its name and telephone are made up."""
    parts = code.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        raise Problem("CARD_FAULTY", f"homes 里的「{code}」不是房号。", "写成 楼-单元-室号，如 5-1-1101。")
    building, stair, number = parts
    return building, stair, number, int(number) // 100, f"住户{n}", "", f"1390000{n:04}"


def _homes(stage: Stage, homes: Iterable[tuple[str, str, str, int, str, str, str]]) -> None:
    buildings = {one.code: one for one in stage.office.buildings.all()}
    for code, stair, number, floor, name, title, phone in homes:
        if code not in buildings:
            buildings[code] = estate.create_building(stage.office, code)
        unit = estate.create_unit(buildings[code], number, stair=stair, floor=floor, on=DAY_ONE)
        party = estate.create_party(stage.office, name, title=title, phones=[phone])
        estate.create_occupancy(unit, party, "owner", on=DAY_ONE, since=DAY_ONE)
        stage.parties[unit.code] = party


def _adopt(office: Office, text: str, figures: Mapping[str, str], at: datetime) -> None:
    version = adoption.keep_version(text, at=at)
    for figure in compile_text(text).manual.figure:
        value = figures.get(f"{version.key}/{figure.key}") or figures.get(figure.key)
        if value or (figure.unspecified and figure.suggest):
            adoption.set_figure(office, version, figure.key, value or figure.suggest, at=at)
    adoption.adopt(office, version, at=at)


def texts_of(folder: Path, keys: Iterable[str], own: str) -> list[str]:
    """The texts of the manuals that a card names, its own first."""
    return [own, *(read(folder / key) for key in keys)]
