"""Making the demo company: offices, people, households, manuals; then ninety days through the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from guanjia.adoption import actions as adoption
from guanjia.adoption import queries as adopted
from guanjia.engine.schedules import start_schedules
from guanjia.estate import actions as estate
from guanjia.estate.models import Company, Office
from guanjia.intake.classification import load_defaults
from guanjia.kernel.problem import Problem
from guanjia.notify import actions as outbox
from guanjia.notify.models import Message
from guanjia.ops.demo import complaining, duties, front, helping, homes, people, services, tills, today, wires
from guanjia.ops.demo.matters import DATA, Call, calls_of, pick
from guanjia.ops.demo.repairs import Repair
from guanjia.ops.demo.world import Site, Story, World
from guanjia.policy.loader import compile_text, read
from guanjia.staff.models import User
from guanjia.work import queries as work
from guanjia.work.defaults import load_lists

Shown = Callable[[int, int], object]
MANUAL = "entrusted-repair-h"
HOUSE_RULES = DATA / "house-rules.toml"
COMPANY_RULES = DATA / "company-rules.toml"
FOUNDED = timedelta(days=400)
PLANNED = timedelta(days=14)
LONGEST, MOST = 400, 20_000
# how often people call at an hour of the day
HOURS = (1, 1, 1, 1, 1, 2, 4, 10, 20, 26, 24, 17, 11, 11, 18, 18, 16, 17, 20, 22, 17, 10, 5, 2)
OPEN_HOURS = (*(0,) * 9, *HOURS[9:22], 0, 0)


@dataclass(frozen=True)
class Loaded:
    """What was made."""

    households: int
    shops: int
    days: int
    cases: int
    actions: int
    steps: int
    periods: int
    refused: int
    troubles: int

    def as_dict(self) -> dict[str, int]:
        """For --json."""
        return asdict(self)


def load(
    now: datetime, *, seed: int = 1, days: int = 90, households: int = 800, shown: Shown = lambda a, b: None
) -> Loaded:
    """The demo company with its history up to now, or nothing at all. The same seed and moment give the same company.

    shown: called with (days done, days). Raises Problem DATABASE_NOT_EMPTY, DEMO_IN_PRODUCTION, DEMO_SIZE.
    """
    _refuse(days, households)
    now = now.astimezone(UTC).replace(microsecond=0)
    rng = Random(seed)
    with transaction.atomic(), _a_gateway_that_takes_everything():
        sites = _found(rng, now, days, households)
        begins = _midnight(now, sites[0], days)
        world = World(rng, begins, now)
        for site in sites:
            _fill_days(world, site, begins, days)
        today.scenes(world, sites[0], now)
        for site, kind in zip(sites, services.BY_KIND, strict=True):
            services.services(world, site, kind, now)
            tills.tills(world, site)
        helping.helping(world, sites[0], now)
        complaining.complaining(world, sites[0], now)
        front.front(world, sites[0], now)
        wires.wires(world, sites[0], now)
        world.run(lambda moment: shown((moment - begins).days, days + 1))
        wires.answered(world, sites[0])
        wires.hang_up(sites, now)
        people.open_doors()
    shown(days + 1, days + 1)
    counts = world.counts
    return Loaded(
        households=len(sites[0].homes), shops=len(sites[1].homes), days=days, cases=counts.cases, actions=counts.actions,
        steps=counts.ticked.steps, periods=counts.ticked.periods, refused=counts.refused, troubles=counts.ticked.troubles,
    )  # fmt: skip


def _refuse(days: int, households: int) -> None:
    if settings.PRODUCTION:
        raise Problem(
            "DEMO_IN_PRODUCTION",
            "正式运行的安装不装演示公司：它的密码人人知道。",
            "请在另一个数据目录里试用。",
        )
    if Company.objects.exists() or User.objects.exists():
        raise Problem(
            "DATABASE_NOT_EMPTY",
            "数据库里已有数据，没有装入演示公司。",
            "要重新开始，先运行 make reset；或用 GUANJIA_HOME、DATABASE_URL 另指一个空的。",
            status=409,
        )
    least = len(homes.NAMED)
    if not 1 <= days <= LONGEST or not least <= households <= MOST:
        raise Problem(
            "DEMO_SIZE",
            f"天数在 1 到 {LONGEST} 之间，户数在 {least} 到 {MOST} 之间。",
            "改一下 --days 或 --households。",
        )


class _Taken:
    """Stands in for the way out of text messages and letters while the past is made: nothing goes out, everything arrived."""

    stays = True

    def __init__(self, key: str, label: str) -> None:
        self.key, self.label = key, label

    def lacks(self, message: Message) -> str:
        """Nothing."""
        return ""

    def send(self, message: Message) -> None:
        """Nothing to do."""


@contextmanager
def _a_gateway_that_takes_everything() -> Iterator[None]:
    """No message of the invented past reaches a real telephone, mailbox or group, whatever is configured."""
    channels, configured = outbox.CHANNELS, settings.CHANNELS
    outbox.CHANNELS = MappingProxyType(
        {**channels, "sms": _Taken("sms", "短信"), "email": _Taken("email", "邮件")}
    )
    settings.CHANNELS = []
    try:
        yield
    finally:
        outbox.CHANNELS, settings.CHANNELS = channels, configured


def _found(rng: Random, now: datetime, days: int, households: int) -> list[Site]:
    """The company with its two offices."""
    company = estate.create_company("翠湖物业服务有限公司", "翠湖物业")
    people.hire_company(company)
    garden = estate.create_office(
        company, "huayuan", "翠湖花园管理处", "翠湖花园", duty_phone="0571-00000120", address="翠湖路 18 号"
    )
    plaza = estate.create_office(
        company,
        "guangchang",
        "翠湖广场管理处",
        "翠湖广场",
        duty_phone="0571-00000130",
        address="翠湖路 66 号",
    )
    on = now.astimezone(ZoneInfo(garden.time_zone)).date()
    crews = [people.hire(garden, people.GARDEN), people.hire(plaza, people.PLAZA)]
    shops = max(6, households * 3 // 20)
    found = [
        _site(
            garden, crews[0], homes.build_garden(garden, households, rng, on), "home", (3, 3, 3, 4, 5), now
        ),
        _site(plaza, crews[1], homes.build_plaza(plaza, shops, rng, on), "shop", (0, 0, 1, 1, 2), now),
    ]
    begins = _midnight(now, found[0], days)
    for site in found:
        first, last = (
            begins.astimezone(site.crew.zone).date(),
            (now + PLANNED).astimezone(site.crew.zone).date(),
        )
        people.leaves(site.crew, rng, begins, now)
        people.roster(site.office, site.crew, first - timedelta(days=1), last, now)
        start_schedules(site.office, begins - timedelta(seconds=1))
    return found


def _site(
    office: Office,
    crew: people.Crew,
    found: list[homes.Home],
    kind: str,
    a_day: tuple[int, ...],
    now: datetime,
) -> Site:
    """An office with its lists and the manuals that it works under, all of them well before the history begins."""
    since = now - FOUNDED
    load_defaults(office)
    load_lists(office, at=since, by=crew.one("cs_supervisor").name)
    _adopt(office, read(Path(settings.MANUALS_ROOT) / MANUAL), crew.one("director"), since)
    _adopt(office, COMPANY_RULES.read_text("utf-8"), crew.one("director"), since)
    if kind == "home":
        _adopt(office, HOUSE_RULES.read_text("utf-8"), crew.one("director"), since)
    items = {item.key: item.name for item in work.items(office, now)}
    calls = calls_of(kind, work.classifications(office), items)
    return Site(
        office,
        crew,
        found,
        calls,
        _suppliers(office, calls, now),
        adopted.calendar_of(office, "office"),
        a_day,
    )


def _adopt(office: Office, text: str, director: User, at: datetime) -> None:
    version = adoption.keep_version(text, at=at)
    for figure in compile_text(text).manual.figure:
        if figure.unspecified and figure.suggest:
            adoption.set_figure(office, version, figure.key, figure.suggest, at=at, by=director)
    adoption.adopt(office, version, at=at, by=director)


def _suppliers(office: Office, calls: list[Call], at: datetime) -> dict[str, str]:
    """What only suppliers do, and the first who does it."""
    wanted = sorted({one for call in calls for one in (call.matter.wanted, call.matter.onsite) if one})
    found = {item: work.suppliers_for(office, item, at) for item in wanted}
    return {item: suppliers[0].name for item, suppliers in found.items() if suppliers}


def _midnight(now: datetime, site: Site, days: int) -> datetime:
    """The beginning of the office's day, so many days ago."""
    first = site.local(now).date() - timedelta(days=days)
    return datetime.combine(first, time(), site.crew.zone).astimezone(UTC)


def _fill_days(world: World, site: Site, begins: datetime, days: int) -> None:
    """Every call of the history, and the recurring duties, into the queue."""
    world.start(begins, duties.log_checks(world, site))
    world.start(begins, duties.reviews(world, site))
    hours = HOURS if site.a_day[0] else OPEN_HOURS
    for day in range(days + 1):
        begin = begins + timedelta(days=day)
        extra = 1 if site.local(begin).weekday() >= 5 and world.chance(40) else 0
        for _call in range(world.rng.choice(site.a_day) + extra):
            hour = world.rng.choices(range(24), hours)[0]
            at = world.after(0, 3599, begin + timedelta(hours=hour))
            world.start(at, _call_at(world, site, hour))


def _call_at(world: World, site: Site, hour: int) -> Story:
    """Somebody calls; at night only about what cannot wait."""
    home = world.rng.choice(site.homes)
    call = pick(site.calls, world.rng, urgent=hour >= 22 or hour < 7)
    yield from Repair(world, site, home, call).life()
