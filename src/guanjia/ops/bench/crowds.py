"""Households that may speak of the same thing, sought among as many open and recent cases as there are; and steps a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from time import perf_counter

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Mod

from guanjia.cases.models import Case, Topic
from guanjia.engine import alike
from guanjia.engine.ticking import tick
from guanjia.estate.models import Unit
from guanjia.kernel import alike as topics
from guanjia.obligations import queries as obligations
from guanjia.ops.bench.clockwork import middle, times
from guanjia.ops.bench.measures import Measure
from guanjia.ops.bench.world import World
from guanjia.policy.compiled import Adopted
from guanjia.policy.loader import compile_text, read

MANUAL = "complaint-handling-8"
BUILDINGS = 50
TEXTS = (
    "电梯又坏了，困了两次", "客梯停运几天了", "停水了", "楼道灯不亮", "垃圾房很臭", "半夜装修太吵", "地下车库积水", "门禁刷卡打不开",
    "电梯里有烟味", "广场舞扰民", "物业费涨价没有通知", "保安不让快递进门", "外墙瓷砖脱落", "狗叫了一夜", "监控坏了没人修",
    "楼下烧烤摊油烟呛人", "高空抛物砸了车", "停车位被占", "热水不热", "绿化带杂草有蚊子",
)  # fmt: skip


def alike_of(world: World, count: int) -> Measure:
    """Those of the same thing among all cases of the last days, for a new one; floor: reading the new case's text alone."""
    size = _spread(world)
    supplier = (Adopted(compile_text(read(settings.MANUALS_ROOT / MANUAL)), {}),)
    unit = Unit.objects.select_related("building").get(office=world.office, code=world.homes[-1][0])
    own = alike.words_of(world.office)

    def heard(n: int) -> topics.Report:
        text = TEXTS[n % len(TEXTS)]
        return alike.said_by(text, unit, unit.building, world.now, own, "complaint")

    found = times(lambda n: alike.speaking_of(world.office, heard(n), world.now, None, supplier), count)
    return Measure("alike", size, middle(found), middle(times(heard, count)), "ms")


def _spread(world: World) -> int:
    """Every case says one of the texts, in one of fifty buildings, within the last day; how many there are."""
    building = Unit.objects.get(office=world.office, code=world.homes[-1][0]).building_id
    at, size = world.now - timedelta(hours=5), 0
    for n, text in enumerate(TEXTS):
        rows = Case.objects.filter(office=world.office).annotate(turn=Mod(F("id"), len(TEXTS))).filter(turn=n)
        rows.update(subject=text, opened_at=at)
        ids = list(rows.values_list("pk", flat=True))
        size += len(ids)
        said = topics.listen(text)
        made = _rows(world, ids, said, building)
        while some := list(islice(made, 5000)):
            Topic.objects.bulk_create(some)
    return size


def _rows(world: World, ids: list[int], said: topics.Said, building: int) -> Iterator[Topic]:
    for place, pk in enumerate(ids):
        where = building if place % BUILDINGS == 0 else 10_000_000 + place % BUILDINGS
        for key in topics.keys(topics.Report(said, world.now, building=where)):
            yield Topic(office=world.office, case_id=pk, key=key, at=world.now - timedelta(hours=5))


def ladder_steps(world: World, size: int, count: int, floor_ms: float) -> Measure:
    """Steps that are due, a second, as the ticker takes them; floor: their rows by bare SQL."""
    at = world.now - timedelta(hours=40)
    for number in range(count):
        world.call(number + count, at)
    due = len(obligations.due_steps(world.now, 100_000))
    began = perf_counter()
    done = tick(world.now, limit=max(due, 1))
    spent = perf_counter() - began
    return Measure("ladder_steps", size, max(done.steps, 1) / spent, 1000 / floor_ms, "1/s")
