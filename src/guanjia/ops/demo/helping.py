"""Calls for help of the last days: the estate has just taken on the manual for them. One is going on right now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from guanjia.cases.models import Case
from guanjia.engine import Intake
from guanjia.kernel.moments import iso
from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.services import Step, adopt
from guanjia.ops.demo.world import Site, Story, World

MANUAL = "resident-help-h"
TAKEN_ON = timedelta(days=6)
DAY = 1440
ILL = {"kind": "medical", "matter": "老人胸口疼，喘不上气"}
STOLEN = {"kind": "incident", "incident_kind": "theft", "matter": "门锁被撬，家里被翻过"}
ASKED = {
    "kind": "enquiry",
    "medium": "written",
    "matter": "公共收益去年怎么用的",
    "supervisor_asked": "supervisor",
}
WENT: tuple[Step, ...] = (
    (1, "desk", "alert", {"helper": "@security"}),
    (4, "security", "arrive", {}),
    (2, "security", "confirm", {"confirmed_at": "@now", "situation": "人清醒，需要去医院", "hospital": True, "relative_present": False}),
    (1, "security", "call_ambulance", {"called_at": "@now"}),
    (2, "desk", "tell_relatives", {"relative": "女儿", "relative_told_at": "@now"}),
    (50, "security", "escort", {"escort": "@security", "helped_with": ["registration", "medicine"]}),
    (90, "desk", "finish", {"result": "住院观察，女儿已到医院"}),
)  # fmt: skip
CAUGHT: tuple[Step, ...] = (
    (2, "desk", "alert", {"helper": "@security"}),
    (5, "security", "arrive", {}),
    (4, "security", "confirm", {"confirmed_at": "@now", "situation": "门锁被撬，已保住现场，业主已报警"}),
    (70, "desk", "finish", {"result": "警察来过，笔录做完，换了锁"}),
)


@dataclass(frozen=True)
class Scene:
    """A call: minutes before now, the how-manieth household, what, and how far it came."""

    minutes: int
    home: int
    data: Mapping[str, Any]
    steps: tuple[Step, ...] = ()


SCENES = (
    Scene(3 * DAY + 200, 4, ILL, WENT),
    Scene(2 * DAY + 500, 8, STOLEN, CAUGHT),
    Scene(DAY - 60, 10, ASKED),
    Scene(3, 6, {**ILL, "matter": "老人在浴室摔倒，站不起来"}),
)


def helping(world: World, site: Site, now: datetime) -> None:
    """Put the manual and every call of an estate into the queue."""
    world.start(max(now - TAKEN_ON, world.now), _take_on(world, site))
    for scene in SCENES:
        at = now - timedelta(minutes=scene.minutes)
        if at > world.now and len(site.homes) > scene.home:
            world.start(at, _life(world, site, site.homes[scene.home], scene))


def _take_on(world: World, site: Site) -> Story:
    yield world.now
    adopt(world, site, MANUAL)


def _life(world: World, site: Site, home: Home, scene: Scene) -> Story:
    """From the call as far as the steps go."""
    yield world.now
    desk = site.crew.desk(world.now)
    data = {**scene.data, "unit": home.code, "channel": "phone", "contact_name": home.party.name}
    if scene.data["kind"] == "medical":
        data |= {"floor": int(home.code.rpartition("-")[2][:-2]), "contact_phone": home.phone}
    if scene.data["kind"] == "enquiry":
        data |= {"receiver": desk.pk, "channel": "letter"}
    case = world.open_kind("help", site, desk, data, Intake(party=home.party))
    for minutes, who, action, form in scene.steps:
        yield world.now + timedelta(minutes=minutes)
        case = _step(world, site, case, who, action, form)


def _step(world: World, site: Site, case: Case, who: str, action: str, form: Mapping[str, Any]) -> Case:
    known = {"@security": site.crew.one("security").pk, "@now": iso(world.now)}
    data = {
        name: known.get(value, value) if isinstance(value, str) else value for name, value in form.items()
    }
    actor = site.crew.desk(world.now) if who == "desk" else site.crew.one(who)
    return world.do(case, action, actor, **data)
