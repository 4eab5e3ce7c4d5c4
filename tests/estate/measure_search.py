"""Fills an empty database with households of one office and measures the search: no test, run it by hand.

    guanjia migrate && python tests/estate/measure_search.py 100000

with DATABASE_URL or GUANJIA_HOME naming a database that may be filled.
"""

from __future__ import annotations

import functools
import os
import random
import statistics
import sys
import time
from datetime import date
from itertools import islice

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanjia.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from guanjia.estate import actions, bulk, queries  # noqa: E402
from guanjia.estate.models import Office, Party, SearchWord, Unit  # noqa: E402
from guanjia.estate.register import OccupancyEntry, PersonEntry, Register, UnitEntry, plan  # noqa: E402

ON = date(2026, 3, 24)
SURNAMES = (
    "王" * 7
    + "李" * 7
    + "张" * 6
    + "刘" * 5
    + "陈" * 5
    + "杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶贺毛郝顾龚邵万钱严覃武戴莫孔向汤单仇解"
)
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力华建国志玉春红梅云海燕琳慧鹏飞宇浩欣怡梓涵子轩雨晨佳思"


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def household(place: int, dice: random.Random) -> tuple[UnitEntry, list[PersonEntry], list[OccupancyEntry]]:
    """One unit with two or three people, each with a mobile number."""
    building, rest = divmod(place, 132)
    stair, rest = divmod(rest, 66)
    floor, door = divmod(rest, 2)
    number = f"{floor + 1}{door + 1:02d}"
    code = f"{building + 1}-{stair + 1}-{number}"
    unit = UnitEntry(place, code, str(building + 1), number, stair=str(stair + 1), floor=floor + 1)
    persons, stays = [], []
    for member in range(dice.choice((2, 2, 3))):
        key = place * 4 + member
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
        phone = f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"
        title = dice.choice(("mr", "ms", ""))
        persons.append(PersonEntry(place, key, name, title=title, phones=((phone, ""),)))
        stays.append(OccupancyEntry(place, code, key, "owner" if member == 0 else "family"))
    return unit, persons, stays


def fill(office: Office, households: int) -> None:
    """Batches of 5,000 households through the same writer as an import."""
    dice = random.Random(7)
    made = (household(place, dice) for place in range(households))
    while batch := list(islice(made, 5000)):
        register = Register(
            tuple(unit for unit, _, _ in batch),
            tuple(person for _, persons, _ in batch for person in persons),
            tuple(stay for _, _, stays in batch for stay in stays),
        )
        begun = time.perf_counter()
        bulk.apply_plan(office, functools.partial(plan, office, register), on=ON)
        say(f"{batch[-1][0].line + 1} households, {time.perf_counter() - begun:.1f} s for 5,000")


def main() -> None:
    """Fill once, then measure each text twenty times."""
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    office = Office.objects.filter(code="measure").first()
    if office is None:
        company = actions.create_company("测量物业")
        office = actions.create_office(company, "measure", "测量管理处", "测量花园")
        fill(office, households)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    person = Party.objects.filter(office=office).order_by("pk")[12345 % Party.objects.count()]
    number = person.phones.get().number
    say(f"{Unit.objects.count()} units, {SearchWord.objects.count()} words, {connection.vendor}")
    texts = (
        "3-2-1502", "3栋2单元1502", "1502", "321502", "15", "1", number, number[-4:], number[3:6], person.name,
        "王", "王秀", "秀兰", "wangxiulan", "wxl", "w", "wang xiulan", "王 1502", "3栋 王女士", "王 女士", "王 1单元",
        "1单元 2301", "王 张 李", "李 138 5", "3栋王", "99栋 王秀兰 138", "不存在", "zzz", "138 139",
    )  # fmt: skip
    worst = least = 0.0
    for text in texts:
        spent = []
        for _ in range(20):
            begun = time.perf_counter()
            hits = queries.search(office, text, 20, on=ON)
            spent.append((time.perf_counter() - begun) * 1000)
        worst, least = max(worst, statistics.median(spent)), max(least, min(spent))
        best = f"{hits[0].unit.code} {hits[0].party or ''} {hits[0].matched}" if hits else "-"
        say(
            f"{statistics.median(spent):7.2f} ms  best {min(spent):6.2f}  most {max(spent):7.2f}  {len(hits):3d} hits  {text:14s} {best}"
        )
    say(f"worst median {worst:.2f} ms, worst of the best {least:.2f} ms")


main()
