"""guanjia backup: everything that cannot be made anew, in one file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from guanjia.ops import backups
from guanjia.ops.progress import progress_line


class Command(BaseCommand):
    """Runs beside a working installation."""

    help = "备份数据库、上传的文件和密钥到一个文件；不用停机"

    def add_arguments(self, parser: CommandParser) -> None:
        """FILE, --verify, --json."""
        parser.add_argument("file", nargs="?", help="写到哪里，默认数据目录的 backups/ 下")
        parser.add_argument("--verify", action="store_true", help="不写，只核对这个备份文件是否完好")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints where the file is."""
        now = timezone.now()
        path = Path(options["file"]).resolve() if options["file"] else backups.default_path(now)
        if options["verify"]:
            result = backups.verify(path)
        else:
            result = backups.backup(path, now=now, progress=progress_line(self.stderr, "备份"))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(result), ensure_ascii=False))
            return
        verb = "备份完好" if options["verify"] else "已备份"
        megabytes = f"{result.size / 1_000_000:.1f}"
        self.stdout.write(f"{verb}：{result.path}（{megabytes} MB，上传文件 {result.media} 个）")
        if not options["verify"]:
            self.stdout.write("里面有业户资料和密钥，请放在只有管理员能读的地方，并存一份在别的机器上。")
