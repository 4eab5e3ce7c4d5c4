"""guanjia demo: a living company in an empty database."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.ops.demo.load import load
from guanjia.ops.progress import progress_line


class Command(BaseCommand):
    """All or nothing: interrupted, the database is as empty as before."""

    help = "在空的数据库里装入演示公司：一个小区、一个商场，和到现在为止的经过"

    def add_arguments(self, parser: CommandParser) -> None:
        """--seed, --days, --households, --json."""
        parser.add_argument("--seed", type=int, default=1, help="换一个数，就是另一家公司；默认 1")
        parser.add_argument("--days", type=int, default=90, help="经过有多少天，默认 90")
        parser.add_argument("--households", type=int, default=800, help="小区有多少户，默认 800；商场按比例")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """See ops.demo.load."""
        done = load(
            clock.now(), seed=options["seed"], days=options["days"], households=options["households"],
            shown=progress_line(self.stderr, "演示公司"),
        )  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(done.as_dict()))
            return
        self.stdout.write(
            f"演示公司：{done.households} 户，{done.shops} 家商铺，{done.days} 天里 {done.cases} 件报修、{done.actions} 个动作。"
        )
