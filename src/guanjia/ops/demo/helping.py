"""Calls for help of the last days: the estate has just taken on the manual for them. One is going on right now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from guanjia.ops.demo.homes import Home
from guanjia.ops.demo.scenes import Scene, play, take_on
from guanjia.ops.demo.services import Step
from guanjia.ops.demo.world import Site, World

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


SCENES = (
    Scene("help", 3 * DAY + 200, 4, ILL, WENT),
    Scene("help", 2 * DAY + 500, 8, STOLEN, CAUGHT),
    Scene("help", DAY - 60, 10, ASKED),
    Scene("help", 3, 6, {**ILL, "matter": "老人在浴室摔倒，站不起来"}),
)


def helping(world: World, site: Site, now: datetime) -> None:
    """Put the manual and every call of an estate into the queue."""
    take_on(world, site, MANUAL, now - TAKEN_ON)
    play(world, site, SCENES, now, _known)


def _known(world: World, site: Site, home: Home, scene: Scene) -> dict[str, Any]:
    """What the desk asks besides, by the kind of call."""
    if scene.data["kind"] == "medical":
        return {"floor": int(home.code.rpartition("-")[2][:-2]), "contact_phone": home.phone}
    if scene.data["kind"] == "enquiry":
        return {"receiver": site.crew.desk(world.now).pk, "channel": "letter"}
    return {}
