"""What is under way at the moment the demo is opened: due in minutes, overdue, paused, waiting for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from guanjia.kernel.moments import iso
from guanjia.ops.demo import words
from guanjia.ops.demo.matters import about
from guanjia.ops.demo.repairs import Repair
from guanjia.ops.demo.world import Site, Story, World

# minutes before now, household, matter, technician, how far it has come
SCENES = (
    (11, "3-2-1402", "天花板滴水", "田大勇", "accepted"),
    (10, "6-1-0302", "主水管漏水", "陈建军", "accepted"),
    (41, "9-1-1101", "家里跳闸", "罗永平", "accepted"),
    (4, "8-2-1203", "马桶堵", "", "pool"),
    (2, "5-1-0602", "插座没电", "", "registered"),
    (55, "4-2-0901", "纱窗破损", "韩立新", "repairing"),
    (90, "10-1-2102", "空气开关跳了", "罗永平", "reconsent"),
    (75, "1-1-0302", "水箱一直流水", "邓小兵", "signing"),
    (1445, "6-2-1401", "洗衣机龙头漏水", "韩立新", "materials"),
    (300, "2-1-0704", "下水堵了", "田大勇", "appointed"),
    (1500, "1-3-0501", "灯不亮，开关", "陈建军", "late_appointment"),
    (3120, "7-1-0803", "总闸合不上", "罗永平", "completed"),
    (1460, "3-2-1602", "合页松了", "韩立新", "completed"),
    (1600, "8-2-1203", "排气扇不转", "邓小兵", "nobody_home"),
)
# days before now, matter: what the household of the picture had repaired before
BEFORE = ((78, "暖气不热"), (47, "龙头漏水"), (19, "下水慢"))


def scenes(world: World, site: Site, now: datetime) -> None:
    """Put every scene and the earlier repairs of 3-2-1502 into the queue."""
    for minutes, code, text, technician, until in SCENES:
        if any(home.code == code for home in site.homes):
            repair = Repair(world, site, site.home(code), about(site.calls, text))
            world.start(now - timedelta(minutes=minutes), scene(repair, technician, until, now))
    for days, text in BEFORE:
        at = now - timedelta(days=days)
        if at > world.now:
            repair = Repair(world, site, site.home("3-2-1502"), about(site.calls, text))
            world.start(world.daytime(site, at, 9, 18), repair.life())


def scene(repair: Repair, technician: str, until: str, now: datetime) -> Story:
    """A repair that stops at a point of its way."""
    world, crew = repair.world, repair.site.crew
    _register(repair, until, now)
    if until == "registered":
        return
    yield world.after(30, 50)
    if until == "pool":
        repair.do("dispatch", repair.desk(), dispatch_note="谁离得近谁去")
        return
    repair.dispatch(crew.named(technician))
    yield world.after(30, 50)
    repair.do("accept", repair.technician)
    if until in ("accepted", "appointed", "late_appointment"):
        return
    yield from _go_on(repair, until)


def _register(repair: Repair, until: str, now: datetime) -> None:
    """By telephone, at once; or for a time that lies ahead, or that has just passed."""
    ahead = {"appointed": now + timedelta(minutes=25), "late_appointment": now - timedelta(minutes=12)}.get(
        until
    )
    if ahead is not None:
        minute = ahead.minute // 5 * 5
        repair.register("appointment", ahead.replace(minute=minute, second=0, microsecond=0))
    else:
        repair.register("now")


def _go_on(repair: Repair, until: str) -> Story:
    world = repair.world
    yield world.after(240, 420)
    if until == "nobody_home":
        repair.do("nobody_home", repair.technician, left_at=words.LEFT_AT[0])
        return
    repair.do("arrive", repair.technician)
    yield world.after(60, 150)
    repair.inspect()
    if until == "materials":
        yield world.after(60, 120)
        at = repair.slot(26, 30)
        repair.do(
            "agree_materials",
            repair.technician,
            fee=repair.fee,
            cost_told=True,
            no_cash_told=True,
            appointment_at=iso(at),
        )
        return
    yield world.after(60, 120)
    repair.do("start", repair.technician, no_cash_told=True)
    steps: dict[str, Callable[[Repair], Story]] = {
        "repairing": _nothing, "reconsent": _reconsent, "signing": _signing, "completed": _completed,
    }  # fmt: skip
    yield from steps[until](repair)


def _nothing(_repair: Repair) -> Story:
    yield from ()


def _reconsent(repair: Repair) -> Story:
    yield repair.world.after(300, 600)
    repair.do(
        "deviate", repair.technician, deviation="里面的线已经老化，光换空气开关不行", apologised=True,
        new_item="换空气开关并重拉一段线", fee="180",
    )  # fmt: skip


def _signing(repair: Repair) -> Story:
    yield repair.world.minutes(20, 26)
    repair.do("finish", repair.technician, done=repair.call.matter.done[0])
    yield repair.world.after(60, 120)
    repair.do("try_out", repair.technician, trial="satisfied")


def _completed(repair: Repair) -> Story:
    """Signed and the sheet handed in; nobody has rung the resident."""
    yield from _signing(repair)
    yield repair.world.after(40, 90)
    data = {"charge_state": "fixed", "fee": repair.fee} if repair.fee else {"charge_state": "none"}
    repair.do(
        "sign", repair.technician, **data, opinion=words.OPINIONS[0], no_cash_told=True, resident_copy_handed=True,
        signature={"how": "paper", "name": repair.home.party.name},
    )  # fmt: skip
    yield repair.world.minutes(15, 25)
    repair.do("return_sheet", repair.site.crew.one("eng_supervisor"), sheet_back=True)
