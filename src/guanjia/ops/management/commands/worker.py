"""guanjia worker: delivers messages and does what was put off until after the answer."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Hands over to django-tasks-db with all queues."""

    help = "后台任务：发消息、导入住户；随 guanjia run 启动，也可以单独多开几个"

    def add_arguments(self, parser: CommandParser) -> None:
        """--batch, --interval."""
        parser.add_argument("--batch", action="store_true", help="做完已有的任务就退出")
        parser.add_argument("--interval", type=int, default=1, help="没有任务时隔几秒再看，默认 1")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is told to stop."""
        call_command(
            "db_worker",
            queue_name="*",
            interval=options["interval"],
            batch=options["batch"],
            reload=False,
            verbosity=options["verbosity"],
        )
