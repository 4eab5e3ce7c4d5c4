"""The recurring duties of the supervisors: a daily look at the log, a monthly review of the service items."""

from __future__ import annotations

from datetime import timedelta

from guanjia.cases.models import Case
from guanjia.ops.demo import words
from guanjia.ops.demo.world import Site, Story, World
from guanjia.reports import drafts

REPAIRS = "entrusted-repair-h"
REVIEWED = "本月需求以给排水和疏通为主，现有项目能满足；电气类集中在跳闸和灯具。"
SATISFIED = "回访满意率与上月持平；不满意的主要是上门迟到，已在班前会提醒。"


def log_checks(world: World, site: Site) -> Story:
    """Every day towards the evening; what was missed is looked at the next time."""
    supervisor = site.crew.one("eng_supervisor")
    while True:
        local = site.local(world.now)
        at = world.minutes(0, 150, local.replace(hour=16, minute=20, second=0).astimezone(world.now.tzinfo))
        yield at
        if site.crew.back(supervisor, world.now) == world.now and not world.chance(4):
            for case in _open(site, "log_check"):
                world.do(case, "check_log", supervisor, remarks=world.rng.choice(words.LOG_CHECKS))
                yield world.minutes(2, 6)
        tomorrow = (site.local(world.now) + timedelta(days=1)).replace(hour=8, minute=0, second=0)
        yield tomorrow.astimezone(world.now.tzinfo)


def reviews(world: World, site: Site) -> Story:
    """From the second to the fourth of the month the customer-service supervisor hands in last month's review."""
    supervisor, turn = site.crew.one("cs_supervisor"), 0
    while True:
        local = site.local(world.now)
        day = world.rng.choice((2, 3, 4))
        at = local.replace(day=day, hour=14, minute=world.rng.randrange(60), second=0).astimezone(
            world.now.tzinfo
        )
        if at > world.now:
            yield at
            for case in _open(site, "item_review"):
                data = drafts.complete(case, "review", _opinion(turn), world.now)
                world.do(case, "review", supervisor, **data)
                turn += 1
        local = site.local(world.now)
        following = (local.replace(day=1) + timedelta(days=32)).replace(day=1, hour=9, minute=0, second=0)
        yield following.astimezone(world.now.tzinfo)


def _opinion(turn: int) -> dict[str, object]:
    """What the supervisor writes; the first review of the demo changes both lists."""
    data: dict[str, object] = {"effectiveness": REVIEWED, "satisfaction": SATISFIED}
    if turn == 0:
        data["item_changes"] = [{"op": "add", "name": "清洗水龙头滤网", "price": "10"}]
        data["new_suppliers"] = [
            {"name": "讯通网络服务", "phone": "057100000110", "items": "宽带维修 网络布线"}
        ]
    return data


def _open(site: Site, category: str) -> list[Case]:
    """The open turns of a duty of the manual of repairs; another manual may have one of the same key."""
    rows = Case.objects.filter(
        office=site.office, manual_key=REPAIRS, category=category, closed_at__isnull=True
    )
    return list(rows.select_related("office", "unit", "party", "assignee").order_by("opened_at"))
