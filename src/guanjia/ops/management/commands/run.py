"""guanjia run: web server, worker and ticker of this machine as one group."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from guanjia.kernel.problem import Problem
from guanjia.ops import group
from guanjia.ops.preparation import prepare
from guanjia.ops.supervisor import Supervisor

TRIES = 300  # about a minute


class Command(BaseCommand):
    """Ends with all its processes on Ctrl-C or SIGTERM."""

    help = "启动网页、后台任务和计时器，一个出错自动重启，一起停止"

    def add_arguments(self, parser: CommandParser) -> None:
        """--setup, --demo, --only."""
        parser.add_argument("--setup", action="store_true", help="启动前先做 guanjia setup")
        parser.add_argument("--demo", action="store_true", help="与 --setup 同用：数据库是空的时装入演示公司")
        parser.add_argument(
            "--only",
            action="append",
            choices=group.NAMES,
            help="只启动这一种，可写几次；几台机器分工时用",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Blocks. Exit code 0 after an orderly stop."""
        with group.running_lock(shared=True):
            self._run(options)

    def _run(self, options: dict[str, Any]) -> None:
        names = tuple(options["only"] or group.NAMES)
        if "web" in names:
            group.require_free_port()
        if options["setup"]:
            prepare(self.stdout.write, demo=options["demo"])
        parts = group.parts(names)
        if not parts:
            raise Problem("NOTHING_TO_RUN", "没有可启动的程序。", "检查 --only。")
        logins = group.demo_logins()
        connections.close_all()
        self.tries = TRIES if "web" in names else 0
        code = Supervisor(parts, self.stdout.write, on_idle=lambda: self._tell(logins)).run()
        sys.exit(code)

    def _tell(self, logins: list[group.Login]) -> None:
        """Once, when the pages can be opened."""
        if not self.tries:
            return
        self.tries -= 1
        if not group.is_up():
            return
        self.tries = 0
        self.stdout.write(f"\n管家已启动：{group.address()}    （按 Ctrl-C 停止）")
        if logins:
            self.stdout.write("演示账号，密码都是 " + logins[0].password)
            for login in logins:
                self.stdout.write(f"  {login.username:<16}{login.role}　{login.name}")
        self.stdout.write("")
        self.stdout.flush()
