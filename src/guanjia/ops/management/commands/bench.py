"""guanjia bench: how fast the ground is on this machine, beside floors measured in the same run."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia import clock
from guanjia.ops.bench.measures import Measure
from guanjia.ops.bench.run import bench, effort
from guanjia.ops.progress import progress_line


class Command(BaseCommand):
    """Works on a database of its own beside the configured one, which it does not touch."""

    help = "测速：开单、列表、时限、上报、月报等各有多快，与同一次里量到的底线并列；另建数据库，不动正式数据"

    def add_arguments(self, parser: CommandParser) -> None:
        """--quick, --size, --json."""
        parser.add_argument("--quick", action="store_true", help="四十秒以内的一轮，档案五千件")
        parser.add_argument("--size", type=int, metavar="件数", help="档案里有多少件办结的事，默认十万")
        parser.add_argument("--json", action="store_true", help="每个数写成一行 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """See ops.bench."""
        lines: dict[str, Any] = {}

        def progress(label: str, done: int, total: int) -> None:
            lines.setdefault(label, progress_line(self.stderr, label))(done, total)

        if not options["json"]:
            self.stdout.write(f"{'':24}{'件数':>8}{'':4}{'量得':>8}{'底线':>8}{'倍数':>6}")
        for found in bench(clock.now(), effort(options["size"], quick=options["quick"]), progress):
            self.stdout.write(
                json.dumps(found.as_dict(), ensure_ascii=False) if options["json"] else _line(found)
            )
            self.stdout.flush()


def _line(found: Measure) -> str:
    return f"{found.name:24}{found.size:>10}{found.value:>12.3f}{found.floor:>10.3f} {found.unit:10}{found.ratio:>8.2f}"
