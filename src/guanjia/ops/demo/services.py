"""Paid services of the last days: each office has just taken on another manual for them.

The estate works by the standard of on-request services, the plaza by the manual of paid services. What is under way,
paid at the door, owed and copied at the counter is played step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from guanjia.adoption import actions as adoption
from guanjia.cases.models import Case
from guanjia.engine import Intake, adopting
from guanjia.engine.facts import reference_of
from guanjia.kernel.moments import iso
from guanjia.ledger import queries as ledger
from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.world import Site, Story, World
from guanjia.policy.loader import compile_text, read
from guanjia.work import actions as work

TAKEN_ON = timedelta(days=6)
BY_KIND = {"home": "home-service", "shop": "paid-service"}
REACHED_BY = {
    "centre_hotline": "0571-00000140",
    "company_fax": "0571-00000141",
    "complaint_email": "kefu@example.com",
    "complaint_day": "0571-00000140",
    "complaint_night": "0571-00000142",
}
COPYING = ("复印", 50, "页")

PAPER = "@paper"  # stands for the customer's signature on paper
TOOLS = {"toolbox": True, "tool_bag": True, "work_mat": True, "shoe_covers": True}
# minutes after the step before, who, what, the form
Step = tuple[int, str, str, Mapping[str, Any]]

AT_HOME: tuple[Step, ...] = (
    (6, "desk", "dispatch", {"server": "@technician"}),
    (90, "technician", "depart", TOOLS),
    (16, "technician", "arrive", {}),
    (3, "technician", "start", {"explained": True}),
    (45, "technician", "finish", {"done": "换好了，试过水"}),
    (4, "technician", "sign_slip", {"signature": PAPER}),
)
CLEANED: tuple[Step, ...] = (
    (5, "desk", "dispatch", {"server": "@cleaner"}),
    (95, "cleaner", "depart", {}),
    (17, "cleaner", "arrive", {}),
    (2, "cleaner", "start", {"explained": True}),
    (110, "cleaner", "finish", {"done": "两间卧室和窗都擦好"}),
    (3, "cleaner", "sign_slip", {"signature": PAPER}),
)
FOLLOWED: Step = (1300, "desk", "follow_up", {"follow_means": "phone", "satisfied": "yes", "timely": "yes"})

PROMISED: tuple[Step, ...] = (
    (
        5,
        "desk",
        "confirm",
        {
            "able": True,
            "served_for": "全家",
            "service_times": "每周一次，上午 9 点",
            "service": "日常清洁",
            "scope": "两室一厅",
            "requirements": "不用化学清洁剂",
            "price": "120",
        },
    ),
    (30, "director", "approve", {}),
    (40, "director", "sign", {"server": "@cleaner", "starts_on": "@now", "signature": PAPER}),
    (50, "desk", "plan_visits", {"visits": "@visits"}),
    (20, "desk", "confirm_visits", {"visits_signature": PAPER}),
)

AGREED: tuple[Step, ...] = (
    (1, "desk", "agree", {"told_chargeable": True, "agreed_fee": "@fee", "agreed_by": "@customer"}),
    (2, "desk", "issue_order", {"order_item": "@item", "fee": "@fee", "appointment_at": "@soon"}),
)
VISITED: tuple[Step, ...] = (
    *AGREED,
    (2, "desk", "dispatch", {"technician": "@technician"}),
    (1, "technician", "accept", {}),
    (40, "technician", "arrive", {}),
    (35, "technician", "finish", {"done": "修好，试过", "quality": "good"}),
    (3, "technician", "sign", {"opinion": "及时", "signature": PAPER}),
)
COUNTERSIGN: Step = (
    60,
    "desk",
    "countersign",
    {"all_done": True, "cs_signature": {"how": "paper", "name": "客服"}},
)
AT_THE_DOOR: tuple[Step, ...] = (
    *VISITED,
    (2, "technician", "collect_cash", {"received": "@fee"}),
    (50, "technician", "hand_in", {"sheet_with_money": True}),
    (6, "finance", "confirm_payment", {"counted": "@fee", "method": "cash"}),
    (20, "technician", "deliver_receipt", {"receipt_number": "@receipt", "delivered_at": "@now"}),
    (30, "technician", "return_sheet", {}),
    COUNTERSIGN,
    (5, "desk", "file_first", {}),
)
ASKED: Step = (1200, "desk", "follow_up", {"follow_means": "phone", "satisfied": "yes"})
OWING: tuple[Step, ...] = (*VISITED, (2, "technician", "mark_owing", {"owing_signature": PAPER}))
PAID_LATER: tuple[Step, ...] = (
    *OWING,
    (1000, "desk", "urge", {"urge_remark": "打过电话，说后天来交"}),
    (1500, "finance", "collect", {"received": "@fee", "method": "wechat"}),
)
AT_THE_COUNTER: tuple[Step, ...] = (
    *AGREED,
    (2, "desk", "serve", {"served_how": "cs", "done": "二十页"}),
    (2, "desk", "sign_counter", {"signature": PAPER}),
    (
        4,
        "finance",
        "collect",
        {"received": "@fee", "method": "cash", "finance_signature": {"how": "paper", "name": "财务"}},
    ),
)

REPAIR = {
    "service_kind": "repair",
    "size": "small",
    "matter": "换水龙头",
    "item": "更换水龙头",
    "price": "80",
}
CLEANING = {
    "service_kind": "housekeeping",
    "service": "日常清洁",
    "matter": "打扫两间卧室，擦窗",
    "price": "120",
}
WEEKLY = {"matter": "每周打扫一次"}
ENGINEERING = {"service": "engineering", "matter": "洗手池龙头滴水", "item": "更换水龙头", "quantity": 1}
COPIES = {"service": "copying", "matter": "复印合同二十页", "item": COPYING[0], "quantity": 20}


@dataclass(frozen=True)
class Scene:
    """A service: when it is asked for (minutes before now), by the how-manieth household, what, and how far it came."""

    minutes: int
    home: int
    data: Mapping[str, Any]
    steps: tuple[Step, ...]
    category: str = "paid_service"


DAY = 1440
SCENES = {
    "home": (
        Scene(5 * DAY, 3, CLEANING, (*CLEANED, FOLLOWED)),
        Scene(3 * DAY + 40, 5, REPAIR, (*AT_HOME, FOLLOWED)),
        Scene(DAY + 30, 7, CLEANING, CLEANED),
        Scene(2 * DAY + 50, 13, WEEKLY, PROMISED, "agreement"),
        Scene(DAY + 95, 15, WEEKLY, PROMISED[:2], "agreement"),
        Scene(150, 9, REPAIR, AT_HOME[:4]),
        Scene(20, 11, CLEANING, CLEANED[:1]),
    ),
    "shop": (
        Scene(5 * DAY, 0, ENGINEERING, (*AT_THE_DOOR, ASKED)),
        Scene(4 * DAY + 25, 1, ENGINEERING, (*PAID_LATER, ASKED)),
        Scene(2 * DAY + 70, 2, ENGINEERING, OWING),
        Scene(DAY + 15, 3, COPIES, AT_THE_COUNTER),
        Scene(75, 4, ENGINEERING, VISITED[:5]),
        Scene(6, 5, COPIES, ()),
    ),
}


def services(world: World, site: Site, kind: str, now: datetime) -> None:
    """Put the new manual and every scene of an office into the queue."""
    world.start(max(now - TAKEN_ON, world.now), take_on(world, site, BY_KIND[kind]))
    for scene in SCENES[kind]:
        at = now - timedelta(minutes=scene.minutes)
        if at > world.now and len(site.homes) > scene.home:
            world.start(
                at, Service(world, site, site.homes[scene.home], scene.data, scene.category).life(scene.steps)
            )


def take_on(world: World, site: Site, manual: str) -> Story:
    """The director adopts the manual of paid services, and copying is put on the list."""
    yield world.now
    adopt(world, site, manual)
    name, price, unit = COPYING
    work.add_item(
        site.office,
        name,
        price_fen=price,
        unit_word=unit,
        at=world.now,
        by=site.crew.one("director").name,
        evaluation="采用新规程时",
    )


def adopt(world: World, site: Site, manual: str) -> None:
    """The director adopts a manual, with the figures that it suggests and the numbers and addresses of the demo."""
    director, text = site.crew.one("director"), read(Path(settings.MANUALS_ROOT) / manual)
    version = adoption.keep_version(text, at=world.now)
    numbers = {**REACHED_BY, "duty_phone": site.office.duty_phone}
    asked = (one for one in compile_text(text).manual.figure if one.unspecified)
    own = {one.key: said for one in asked if (said := one.suggest or numbers.get(one.key, ""))}
    adopting.adopt(site.office, version, at=world.now, by=director, figures=own)
    world.look_ahead()


class Service:
    """One service that a household asks for."""

    def __init__(self, world: World, site: Site, home: Home, data: Mapping[str, Any], category: str) -> None:
        self.world, self.site, self.home, self.data = world, site, home, data
        self.category = category
        self.case: Case

    def life(self, steps: tuple[Step, ...]) -> Story:
        """From the call as far as the steps go."""
        yield self.world.now
        self.open()
        for minutes, who, action, form in steps:
            yield self.world.now + timedelta(minutes=minutes)
            data = {name: self.filled(value) for name, value in form.items()}
            self.case = self.world.do(self.case, action, self.person(who), **data)

    def open(self) -> None:
        """The desk registers it."""
        party, home = self.home.party, self.home
        data = {**self.data, "unit": home.code, "contact_name": party.name, "contact_phone": home.phone}
        if self.category == "paid_service":
            data["channel"] = "phone"
        if "price" in self.data:
            data |= {"timing": "appointment", "appointment_at": iso(self.world.now + timedelta(minutes=117))}
        intake = Intake(party=party, subject=str(self.data["matter"]))
        self.case = self.world.open_kind(self.category, self.site, self.person("desk"), data, intake)

    def person(self, who: str) -> Any:
        """Who does it: the receptionist on duty, or the office's first of a role."""
        if who == "desk":
            return self.site.crew.desk(self.world.now)
        return self.site.crew.by_role[who][0]

    def filled(self, value: Any) -> Any:
        """A value of a form, with what only the moment knows."""
        known: dict[str, Callable[[], Any]] = {
            PAPER: lambda: {"how": "paper", "name": self.home.party.name},
            "@technician": lambda: self.person("technician").pk,
            "@cleaner": lambda: self.person("cleaner").pk,
            "@fee": lambda: f"{self.case.facts['price'] / 100:g}",
            "@item": lambda: self.data["item"],
            "@customer": lambda: self.home.party.name,
            "@soon": lambda: iso(self.world.now + timedelta(minutes=45)),
            "@now": lambda: iso(self.world.now),
            "@visits": lambda: [iso(self.morning(days)) for days in (3, 10, 17, 24)],
            "@receipt": lambda: ledger.receipts_of(self.site.office, reference_of(self.case))[-1].number,
        }
        return known[value]() if isinstance(value, str) and value in known else value

    def morning(self, days: int) -> datetime:
        """Nine o'clock, so many days from now."""
        return self.site.local(self.world.now + timedelta(days=days)).replace(hour=9, minute=0, second=0)
