"""guanjia simulate: a year of an estate under one set of manuals, and under another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia.kernel.problem import Problem
from guanjia.ops.progress import progress_line
from guanjia.ops.simulation.run import Wish, simulate


class Command(BaseCommand):
    """Works on a database of its own beside the configured one, which it does not touch."""

    help = "模拟一个小区的一年：同样的事，照一套规程、再照另一套规程各过一遍；另建数据库，不动正式数据"

    def add_arguments(self, parser: CommandParser) -> None:
        """MANUAL..., --against, --households, --year, --days, --seed, --out."""
        parser.add_argument(
            "manuals", nargs="+", metavar="PATH", help="第一套：规程的文件、目录或代码，可写几部"
        )
        parser.add_argument(
            "--against",
            nargs="+",
            default=[],
            metavar="PATH",
            help="第二套；写了就拿第一套的事项照它重演，再照它过一遍",
        )
        parser.add_argument("--households", type=int, default=800, help="小区有多少户（默认 800）")
        parser.add_argument("--year", type=int, default=2025, help="哪一年（默认 2025）")
        parser.add_argument("--days", type=int, default=365, help="过多少天（默认 365）")
        parser.add_argument("--seed", type=int, default=1, help="种子：同一个种子，发生的事一样（默认 1）")
        parser.add_argument("--out", default="", metavar="DIR", help="把两份报告和逐件的重演写进这个目录")

    def handle(self, *args: Any, **options: Any) -> None:
        """See ops.simulation."""
        if not (1 <= options["days"] <= 366 and 1 <= options["households"] <= 20_000):
            raise Problem(
                "NUMBER_RANGE", "天数要在 1 到 366 之间，户数要在 1 到 20000 之间。", "请改一个数。"
            )
        wish = Wish(
            tuple(options["manuals"]), tuple(options["against"]), options["households"], options["year"],
            options["days"], options["seed"],
        )  # fmt: skip
        lines: dict[str, Any] = {}

        def progress(label: str, done: int, total: int) -> None:
            lines.setdefault(label, progress_line(self.stderr, label))(min(done, total), total)

        for line in simulate(wish, Path(options["out"]) if options["out"] else None, progress):
            self.stdout.write(line)
            self.stdout.flush()
