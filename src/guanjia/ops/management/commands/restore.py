"""guanjia restore: the content of a backup in place of what is there."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from guanjia.ops import backups
from guanjia.ops.group import running_lock


class Command(BaseCommand):
    """Checks everything before it changes anything."""

    help = "用备份文件恢复；先核对，再替换，有数据时要 --force"

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, --force, --json."""
        parser.add_argument("file", help="guanjia backup 写的文件")
        parser.add_argument("--force", action="store_true", help="现有数据也替换；替换前自动另存一份")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Not while `guanjia run` works here: its processes would go on with what they remember."""
        path = Path(options["file"]).resolve()
        with running_lock(shared=False):
            result = backups.restore(path, now=timezone.now(), force=options["force"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result), ensure_ascii=False))
            return
        self.stdout.write(f"已恢复到 {result.created} 的备份（上传文件 {result.media} 个）。")
        if result.safety:
            self.stdout.write(f"替换前的数据另存在 {result.safety}。")
