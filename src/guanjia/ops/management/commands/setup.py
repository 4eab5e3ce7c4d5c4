"""guanjia setup: the database and the static files brought to the version of the program."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from guanjia.kernel.problem import Problem
from guanjia.ops.preparation import First, prepare


class Command(BaseCommand):
    """Prints what it does on standard error, the result on standard output."""

    help = "建立或更新数据库与静态文件；可以反复运行"

    def add_arguments(self, parser: CommandParser) -> None:
        """--demo, --company, --office, --estate, --json."""
        parser.add_argument("--demo", action="store_true", help="数据库是空的时，装入演示公司")
        parser.add_argument("--company", default="", help="数据库是空的时，新建这家公司；与下面两项同用")
        parser.add_argument("--office", default="", help="第一个管理处的代码，如 BJ01")
        parser.add_argument("--estate", default="", help="第一个管理处的项目名称，如 翠湖花园")
        parser.add_argument("--json", action="store_true", help="结果写成 JSON，给程序读")

    def handle(self, *args: Any, **options: Any) -> None:
        """See ops.preparation."""
        say = self.stderr.write if options["json"] else self.stdout.write
        done = prepare(say, demo=options["demo"], first=_first(options))
        if options["json"]:
            self.stdout.write(json.dumps(done.as_dict()))
            return
        words = {
            "existing": "已有数据，没有改动",
            "demo": "已装入演示公司",
            "company": "已新建公司和第一个管理处；接着用 guanjia createstaff 建管理员",
            "none": "还没有公司；用 --company、--office、--estate 新建，或用 --demo 试用",
        }
        self.stdout.write(f"数据库（{done.database}）已就绪：{words[done.data]}。")


def _first(options: dict[str, Any]) -> First | None:
    given = [options["company"], options["office"], options["estate"]]
    if not any(given):
        return None
    if not all(given):
        raise Problem("COMPANY_INCOMPLETE", "新建公司要三项都写。", "写上 --company、--office 和 --estate。")
    return First(*given)
