"""guanjia verify: is everything still as it was written?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from guanjia.ops.progress import progress_line
from guanjia.ops.verification import verify


class Command(BaseCommand):
    """Exit code 1 when something is wrong; every wrong row is named."""

    help = "核对：经过连续没被改过，事项的列和经过一致，账平，单据收据不断号；有错时指出是哪一行"

    def add_arguments(self, parser: CommandParser) -> None:
        """--json."""
        parser.add_argument("--json", action="store_true", help="每个错误写成一行 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """See ops.verification."""
        lines = {name: progress_line(self.stderr, f"核对{name}") for name in ("经过", "事项")}
        found = 0
        for trouble in verify(lambda name, done, total: lines[name](done, total)):
            found += 1
            if options["json"]:
                self.stdout.write(json.dumps(trouble.as_dict(), ensure_ascii=False))
            else:
                self.stdout.write(f"{trouble.row}：{trouble.message}（{trouble.check}）")
        if found:
            raise CommandError(f"{found} 处不对。请不要手工改数据库；先备份，再按上面指出的行查原因。")
        if not options["json"]:
            self.stdout.write("全部一致。")
