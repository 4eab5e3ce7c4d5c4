"""Who works at the demo company, on which shifts, and when somebody is away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from guanjia.config.demo import demo_hash
from guanjia.estate.models import Company, Office
from guanjia.staff import actions
from guanjia.staff.models import Role, User

HIRED = date(2024, 1, 1)
DEPARTMENTS = (
    ("service", "客服组"),
    ("engineering", "工程组"),
    ("money", "财务组"),
    ("safety", "安全保洁组"),
)
# role, department, login, name, skills
Person = tuple[str, str, str, str, str]
GARDEN: tuple[Person, ...] = (
    ("receptionist", "service", "zhoumin", "周敏", ""),
    ("receptionist", "service", "sunqian", "孙倩", ""),
    ("receptionist", "service", "wufang", "吴芳", ""),
    ("receptionist", "service", "zhengjie", "郑洁", ""),
    ("cs_supervisor", "service", "hejing", "何静", ""),
    ("eng_supervisor", "engineering", "leizhigang", "雷志刚", "水 电"),
    ("technician", "engineering", "tiandayong", "田大勇", "水 电 锁 泥瓦"),
    ("technician", "engineering", "chenjianjun", "陈建军", "水 电 木"),
    ("technician", "engineering", "luoyongping", "罗永平", "电 弱电 锁 水"),
    ("technician", "engineering", "hanlixin", "韩立新", "水 木 泥瓦 电"),
    ("technician", "engineering", "dengxiaobing", "邓小兵", "水 电 泥瓦"),
    ("cleaner", "safety", "liuguixiang", "刘桂香", ""),
    ("security", "safety", "zhaotiejun", "赵铁军", ""),
    ("cashier", "money", "shenyue", "沈悦", ""),
    ("finance", "money", "qianhuimin", "钱慧敏", ""),
    ("director", "service", "linguodong", "林国栋", ""),
)
PLAZA: tuple[Person, ...] = (
    ("receptionist", "service", "gaowen", "高雯", ""),
    ("receptionist", "service", "dinglingling", "丁玲玲", ""),
    ("receptionist", "service", "suyan", "苏妍", ""),
    ("receptionist", "service", "miaoxin", "苗欣", ""),
    ("cs_supervisor", "service", "songxiaoyan", "宋晓燕", ""),
    ("eng_supervisor", "engineering", "caoming", "曹明", "水 电"),
    ("technician", "engineering", "zhoudahai", "周大海", "水 电 锁"),
    ("technician", "engineering", "pengliang", "彭亮", "水 电 泥瓦"),
    ("technician", "engineering", "yuanye", "袁野", "电 弱电 水 锁 木"),
    ("technician", "engineering", "shihongtao", "石洪涛", "水 电 泥瓦 木"),
    ("technician", "engineering", "jinzhuo", "金卓", "水 电"),
    ("cashier", "money", "fanli", "范丽", ""),
    ("finance", "money", "hemin", "贺敏", ""),
    ("director", "service", "jianghaitao", "江海涛", ""),
)
COMPANY = (
    ("company_centre", "tangwan", "唐婉"),
    ("quality", "fengweidong", "冯卫东"),
    ("vice_president", "hanxueqin", "韩雪琴"),
    ("general_manager", "qiuzhengyang", "邱正阳"),
    ("administrator", "xuwenbo", "许文博"),
)
# what somebody does on the days of a round, one after another
ROUNDS = {"receptionist": ("早班", "中班", "夜班", ""), "technician": ("早班", "早班", "中班", "夜班", "")}
HOURS = {"早班": (7, 15), "中班": (15, 23), "夜班": (23, 31), "白班": (8, 18), "值班": (9, 12)}
SIX_DAYS = frozenset({"eng_supervisor", "cleaner", "security"})


@dataclass
class Crew:
    """The people of an office: by role, with their shifts and absences kept in mind."""

    zone: ZoneInfo
    by_role: dict[str, list[User]] = field(default_factory=dict)
    skills: dict[int, frozenset[str]] = field(default_factory=dict)
    shifts: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)
    absences: dict[int, list[tuple[datetime, datetime]]] = field(default_factory=dict)

    def one(self, role: str) -> User:
        """Who holds a role, the first of them."""
        return self.by_role[role][0]

    def named(self, name: str) -> User:
        """Somebody by name. KeyError when nobody is called so."""
        people = {user.name: user for users in self.by_role.values() for user in users}
        return people[name]

    def back(self, user: User, at: datetime) -> datetime:
        """The moment itself, or the first one at which the user is not away."""
        for begins, ends in self.absences.get(user.pk, ()):
            if begins <= at < ends:
                return ends
        return at

    def on_duty(self, role: str, at: datetime) -> list[User]:
        """Who is on shift and not away."""
        return [
            user
            for user in self.by_role[role]
            if any(begins <= at < ends for begins, ends in self.shifts.get(user.pk, ()))
            and self.back(user, at) == at
        ]

    def desk(self, at: datetime) -> User:
        """The receptionist on duty, or the first who is not away."""
        there = self.on_duty("receptionist", at)
        return (there or [one for one in self.by_role["receptionist"] if self.back(one, at) == at])[0]


def hire(office: Office, people: Iterable[Person]) -> Crew:
    """The people of an office with posts, departments and skills."""
    departments = {key: actions.create_department(office, key, name) for key, name in DEPARTMENTS}
    crew = Crew(ZoneInfo(office.time_zone))
    for role, department, login, name, skills in people:
        user = actions.create_user(login, name)
        actions.give_post(user, Role(role), office=office, department=departments[department], since=HIRED)
        if skills:
            actions.set_skills(user, skills.split())
        crew.by_role.setdefault(role, []).append(user)
        crew.skills[user.pk] = frozenset(skills.split())
    return crew


def hire_company(company: Company) -> None:
    """Those who work for all offices."""
    for role, login, name in COMPANY:
        user = actions.create_user(login, name)
        actions.give_post(user, Role(role), company=company, since=HIRED)


def open_doors() -> None:
    """Every user of the demo signs in with the one password that everybody knows."""
    User.objects.update(password=demo_hash())


def roster(office: Office, crew: Crew, first: date, last: date, now: datetime) -> int:
    """Shifts around the clock from one day to another; whoever is named first is on duty now. How many shifts."""
    rows: list[tuple[User, str, datetime, datetime]] = []
    for role, users in crew.by_role.items():
        for place, user in enumerate(users):
            for offset in range((last - first).days + 1):
                day = first + timedelta(days=offset)
                label = _label(role, place, day, now.astimezone(crew.zone))
                if label:
                    rows.append((user, label, *_hours(crew.zone, day, label)))
    for user, _shift, begins, ends in rows:
        crew.shifts.setdefault(user.pk, []).append((begins, ends))
    return actions.add_shifts(office, rows)


def _label(role: str, place: int, day: date, now: datetime) -> str:
    """The shift of a day. The rounds are turned so that the first of a role is on duty at this moment."""
    if role in ROUNDS:
        turn = ROUNDS[role]
        hour = now.hour
        today = (now - timedelta(hours=7)).date()
        wanted = turn.index("早班" if 7 <= hour < 15 else "中班" if 15 <= hour < 23 else "夜班")
        return turn[((day - today).days + wanted + place) % len(turn)]
    if day.weekday() < 5 or (day.weekday() == 5 and role in SIX_DAYS):
        return "白班"
    return "值班" if role in ("eng_supervisor",) else ""


def _hours(zone: ZoneInfo, day: date, label: str) -> tuple[datetime, datetime]:
    begin = datetime.combine(day, time(), zone)
    return tuple(  # type: ignore[return-value]
        (begin + timedelta(hours=hour)).astimezone(ZoneInfo("UTC")) for hour in HOURS[label]
    )


def leaves(crew: Crew, rng: Random, begins: datetime, now: datetime) -> None:
    """Who was away: a supervisor on leave, a receptionist ill, a technician at home; none of them now."""
    days = (now - begins).days
    for name, length, reason in (
        ("eng_supervisor", 2, "年休假"),
        ("receptionist", 2, "病假"),
        ("technician", 3, "事假"),
    ):
        if days < 20:
            return
        user = crew.by_role[name][-1]
        start = rng.randrange(5, days - 8)
        day = (begins + timedelta(days=start)).astimezone(crew.zone).date()
        away = datetime.combine(day, time(0), crew.zone).astimezone(ZoneInfo("UTC"))
        back = away + timedelta(days=length, hours=8, minutes=30)
        actions.add_absence(user, away, back, reason)
        crew.absences.setdefault(user.pk, []).append((away, back))
