"""Takes a made-up list of households in and says how long each step takes, and how long nobody else can write.

    guanjia migrate && python tests/intake/measure_import.py 10000

No test, run it by hand, with DATABASE_URL or GUANJIA_HOME naming a database that may be filled.
"""

from __future__ import annotations

import csv
import io
import os
import random
import sys
import threading
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guanjia.config.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from guanjia.estate import actions as estate  # noqa: E402
from guanjia.estate.models import Company, SearchWord, Unit  # noqa: E402
from guanjia.intake import households  # noqa: E402

ON = date(2026, 3, 24)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力华建国志玉春红梅云海燕琳慧鹏飞宇浩欣怡梓涵子轩雨晨佳思"


def listing(rows: int) -> bytes:
    """A list of so many households as CSV, one person each."""
    dice = random.Random(7)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(("楼栋", "单元", "室号", "建筑面积（平方米）", "姓名", "称呼", "关系", "电话1"))
    for place in range(rows):
        building, rest = divmod(place, 132)
        stair, rest = divmod(rest, 66)
        floor, door = divmod(rest, 2)
        name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=2))
        phone = f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"
        number = f"{floor + 1}{door + 1:02d}"
        writer.writerow((building + 1, stair + 1, number, "98.6", name, "女士", "业主", phone))
    return buffer.getvalue().encode()


class Neighbour(threading.Thread):
    """Somebody else who writes all the time; `longest`: seconds that one write had to wait."""

    def __init__(self, company: Company) -> None:
        super().__init__(daemon=True)
        self.company, self.longest, self.writes, self.done = company, 0.0, 0, threading.Event()

    def run(self) -> None:
        """Writes until told to stop."""
        while not self.done.wait(0.02):
            begun = time.perf_counter()
            with transaction.atomic():
                Company.objects.filter(pk=self.company.pk).update(short=str(self.writes)[:20])
            self.longest = max(self.longest, time.perf_counter() - begun)
            self.writes += 1
        connection.close()


def main() -> None:
    """One office, one list, dry run and commit."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    content = listing(rows)
    number = Company.objects.count()
    office = estate.create_office(
        estate.create_company(f"测量{number}"), f"measure{number}", "测量管理处", "测量花园"
    )
    other = Neighbour(estate.create_company(f"别人{number}"))
    begun = time.perf_counter()
    report = households.dry_run(office, "a.csv", content)
    say(f"dry run of {rows} rows on {connection.vendor}: {time.perf_counter() - begun:.2f} s")
    other.start()
    begun = time.perf_counter()
    households.commit(office, "a.csv", content, sha256=report.sha256, digest=report.digest, on=ON)
    say(f"commit: {time.perf_counter() - begun:.2f} s")
    other.done.set()
    other.join()
    say(f"another writer: {other.writes} writes, longest wait {other.longest:.2f} s")
    words = SearchWord.objects.filter(office=office).count()
    say(f"{Unit.objects.filter(office=office).count()} units, {words} words")


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
